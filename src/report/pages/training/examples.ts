import { count, figure, percent, several } from '../../../core/format.js';
import { meanOf, rowAt } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf, type PictureLook } from '../../../data/look.js';
import type { Specimen } from '../../../tasks/training-figures.js';
import { type Range, rangeOf, spanOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import { picture } from '../../kit/picture.js';
import { profileFigure } from '../../kit/profile.js';
import { figureRow, mosaicOf, naming, pictureStrip } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

/** Pictures in one strip: what fits side by side on a screen. */
const stripLength = 10;
const rows = [
  { key: 'input', name: 'input', color: 'input', style: 'behind', alt: '' },
  { key: 'reconstruction', name: 'network', color: 'network', style: 'line', alt: ', rebuilt by the network' },
  { key: 'pcaReconstruction', name: 'PCA', color: 'pca', style: 'other', alt: ', rebuilt by PCA' },
] as const;

const everyone = ({ samples, worst, best }: ReportInput): Specimen[] => [...samples, ...worst, ...best];

/** The gray levels that pictures of the page are drawn between. */
const grays = (input: ReportInput): Range => rangeOf(everyone(input).map((specimen) => specimen.input));

function strip(examples: readonly Specimen[], look: PictureLook, range: Range, label: string): Html {
  const shown = rows.map(({ key, ...row }) => ({ ...row, pictures: examples.map((specimen) => specimen[key]) }));
  const errorRow = (name: string, color: string, key: 'squaredError' | 'pcaSquaredError') =>
    figureRow(
      [name, 'error', color, color],
      examples,
      (specimen) => figure(specimen[key]),
      (specimen) => specimen[key] < Math.max(specimen.squaredError, specimen.pcaSquaredError),
    );
  const errors = [errorRow('network', 'network', 'squaredError'), errorRow('PCA', 'pca', 'pcaSquaredError')];
  return pictureStrip({ label, look, range, examples, groups: [{ rows: [...shown, ...errors] }], hasFigures: true });
}

function profile(specimen: Specimen, input: ReportInput, range: Range): Html {
  const { label, index, squaredError, pcaSquaredError } = specimen;
  return profileFigure({
    ...{ input, range, name: `Values of ${naming(specimen)}: input, network and PCA` },
    series: rows.map(({ key, ...row }) => ({ ...row, values: specimen[key] })),
    caption: html`<b>${label ?? `#${index}`}</b>${label !== undefined && html` <small>#${index}</small>`} <span class="error"><span class="network">${figure(squaredError)}</span> / <span class="pca">${figure(pcaSquaredError)}</span></span>`,
  });
}

function gallery(specimens: readonly Specimen[], input: ReportInput, name: string): Html {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'picture') {
    const strips = Array.from({ length: Math.ceil(specimens.length / stripLength) }, (_, i) =>
      strip(specimens.slice(i * stripLength, (i + 1) * stripLength), look, grays(input), name),
    );
    return html`<div class="strips">${strips}</div><p class="key">Below each column: squared error over the whole example, the smaller one bold.</p>`;
  }
  const range = spanOf(everyone(input).flatMap((specimen) => rows.map(({ key }) => specimen[key])));
  return html`${colorKey(
    rows,
    html`below: squared error, <span class="network">network</span> / <span class="pca">PCA</span>`,
    `point at a value for its ${input.sequence ? 'step' : 'name'}`,
  )}
<div class="profiles">${specimens.map((specimen) => profile(specimen, input, range))}</div>`;
}

function grayNote(input: ReportInput): string | false {
  const [low, high] = grays(input);
  const isUsual = lookOf(input.shape, input.sequence).kind !== 'picture' || (low === 0 && high === 1);
  return !isUsual && `Black is ${figure(low)} and white ${figure(high)}.`;
}

/** The first test examples over what the network and PCA make of them. */
export function samples(input: ReportInput): Html | undefined {
  const { samples: specimens, pca } = input;
  if (specimens.length === 0) return undefined;
  const closer = specimens.filter((s) => s.squaredError < s.pcaSquaredError).length;
  const network = meanOf(specimens.map((s) => s.squaredError));
  const linear = meanOf(specimens.map((s) => s.pcaSquaredError));
  return html`${lead(
    `The first ${several(specimens.length, 'test example')}, each squeezed from ${count(exampleSize(input))} to ${several(pca.width, 'number')} and rebuilt from nothing else.`,
    `The network comes closer than PCA on ${count(closer)} of ${count(specimens.length)}; squared error, averaged over these: ${figure(network)} against ${figure(linear)}.`,
    grayNote(input),
  )}
${gallery(specimens, input, 'Test examples and their reconstructions')}`;
}

/** The label that most of some examples carry, where one stands out. */
function commonLabel(specimens: readonly Specimen[]): string | false {
  const tally = new Map<string, number>();
  for (const { label } of specimens) if (label !== undefined) tally.set(label, (tally.get(label) ?? 0) + 1);
  const [first, second] = [...tally].sort((a, b) => b[1] - a[1]);
  if (!first || !second || first[1] < 3 || first[1] === second[1]) return false;
  return `${count(first[1])} of these ${count(specimens.length)} carry the label ${first[0]}.`;
}

/** The test examples that came back worst and best. */
export function extremes(input: ReportInput): Html | undefined {
  const { worst, best, summary } = input;
  const usual = summary.testSquaredError;
  if (worst.length === 0 && best.length === 0) return undefined;
  const against = (error: number) => {
    if (usual === 0) return 'as all are';
    return error >= usual
      ? `${figure(error / usual, 2)} times the mean of ${figure(usual)}`
      : `${percent(error / usual)} of the mean of ${figure(usual)}`;
  };
  const part = (name: 'Worst' | 'Best', specimens: readonly Specimen[], extreme: string, advice?: string) =>
    specimens[0] &&
    html`<h3>${name} first</h3>${lead(
      `${extreme} is ${figure(specimens[0].squaredError)}, ${against(specimens[0].squaredError)}.`,
      advice,
      commonLabel(specimens),
    )}${gallery(specimens, input, `${name} reconstructions, ${name.toLowerCase()} first`)}`;
  return html`${part('Worst', worst, 'The largest squared error on the test data', 'Look here for what the code cannot hold, and for mistakes in the data.')}${part('Best', best, 'The smallest')}`;
}

/** Rows of a table are drawn larger than pictures: that many of them. */
const mostProfiles = 12;

/** Examples drawn from the model. */
export function generated(input: ReportInput): Html | undefined {
  const { generated: drawn } = input;
  if (!drawn || drawn.count === 0) return undefined;
  const look = lookOf(input.shape, input.sequence);
  const shown = look.kind === 'picture' ? drawn.count : Math.min(drawn.count, mostProfiles);
  const examples = Array.from({ length: shown }, (_, i) => rowAt(drawn.values, exampleSize(input), i));
  const name = (i: number) => `Generated example ${i + 1}`;
  const profiles = () =>
    examples.map((values, i) =>
      profileFigure({
        ...{ input, name: name(i), range: spanOf(examples), caption: html`<b>${i + 1}</b>` },
        series: [{ name: 'generated', color: 'network', values, style: 'line' }],
      }),
    );
  return html`${lead(`${several(shown, 'example')} that the decoder makes of ${drawn.prior}. None is taken from the data.`)}
${
  look.kind === 'picture'
    ? mosaicOf(
        look,
        examples.map((values) => picture(values, look, rangeOf(examples))),
        name,
        true,
      )
    : html`<div class="profiles">${profiles()}</div>`
}`;
}
