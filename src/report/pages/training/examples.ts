import { count, figure, percent, several } from '../../../core/format.js';
import { meanOf } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf, type PictureLook } from '../../../data/look.js';
import type { Specimen } from '../../../tasks/training-figures.js';
import { rangeOf, spanOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { colorKey } from '../../kit/parts.js';
import { picture } from '../../kit/picture.js';
import { profileFigure } from '../../kit/profile.js';
import { figureRow, mosaicOf, naming, pictureStrip } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

/** Pictures in one strip: what fits side by side on a screen. */
const stripLength = 10;
const rows = [
  { key: 'input', name: 'input', color: 'input', style: 'behind' },
  { key: 'reconstruction', name: 'network', color: 'network', style: 'line' },
  { key: 'pcaReconstruction', name: 'PCA', color: 'pca', style: 'other' },
] as const;

/** The squared errors of the network, or of PCA, the smaller one of both bold. */
function errorRow(specimens: readonly Specimen[], key: 'squaredError' | 'pcaSquaredError'): Html {
  const other = key === 'squaredError' ? 'pcaSquaredError' : 'squaredError';
  const [name, color] = key === 'squaredError' ? ['network', 'network'] : ['PCA', 'pca'];
  const cells = specimens.map((s) => html`<td${s[key] < s[other] && html` class="less"`}>${figure(s[key])}</td>`);
  return figureRow(name, 'error', color, cells, color);
}

function strip(
  specimens: readonly Specimen[],
  look: PictureLook,
  range: readonly [number, number],
  label: string,
): Html {
  const rebuilt = { input: '', reconstruction: ', rebuilt by the network', pcaReconstruction: ', rebuilt by PCA' };
  const shown = rows.map(({ key, name, color }) => ({
    ...{ name, color },
    pictures: specimens.map((s) => ({ values: s[key], alt: `${naming(s)}${rebuilt[key]}` })),
  }));
  const errors = [errorRow(specimens, 'squaredError'), errorRow(specimens, 'pcaSquaredError')];
  const groups = [{ rows: [...shown, ...errors] }];
  return pictureStrip({ label, look, range, examples: specimens, groups, hasFigures: true });
}

function profile(specimen: Specimen, input: ReportInput, range: readonly [number, number]): Html {
  return profileFigure({
    input,
    name: `Values of ${naming(specimen)}: input, network and PCA`,
    series: rows.map(({ key, ...row }) => ({ ...row, values: specimen[key] })),
    range,
    caption: html`<b>${specimen.label ?? `#${specimen.index}`}</b>${specimen.label !== undefined && html` <small>#${specimen.index}</small>`} <span class="error"><span class="network">${figure(specimen.squaredError)}</span> / <span class="pca">${figure(specimen.pcaSquaredError)}</span></span>`,
  });
}

function gallery(specimens: readonly Specimen[], input: ReportInput, name: string): Html {
  const look = lookOf(input.shape, input.sequence);
  const everyone = [...input.samples, ...input.worst, ...input.best];
  if (look.kind === 'picture') {
    const range = rangeOf(everyone.map((specimen) => specimen.input));
    const strips: Html[] = [];
    for (let i = 0; i < specimens.length; i += stripLength) {
      strips.push(strip(specimens.slice(i, i + stripLength), look, range, name));
    }
    return html`<div class="strips">${strips}</div><p class="key">Below each column: squared error over the whole example, the smaller one bold.</p>`;
  }
  const range = spanOf(everyone.flatMap((specimen) => rows.map(({ key }) => specimen[key])));
  return html`${colorKey(
    rows,
    html`below: squared error, <span class="network">network</span> / <span class="pca">PCA</span>`,
    `point at a value for its ${input.sequence ? 'step' : 'name'}`,
  )}
<div class="profiles">${specimens.map((specimen) => profile(specimen, input, range))}</div>`;
}

function grayNote(input: ReportInput): string {
  const [low, high] = rangeOf([...input.samples, ...input.worst, ...input.best].map((specimen) => specimen.input));
  if (lookOf(input.shape, input.sequence).kind !== 'picture' || (low === 0 && high === 1)) return '';
  return ` Black is ${figure(low)} and white ${figure(high)}.`;
}

/** The first test examples over what the network and PCA make of them. */
export function samples(input: ReportInput): Section | undefined {
  const { samples: specimens, pca } = input;
  if (specimens.length === 0) return undefined;
  const closer = specimens.filter((s) => s.squaredError < s.pcaSquaredError).length;
  const network = meanOf(specimens.map((s) => s.squaredError));
  const linear = meanOf(specimens.map((s) => s.pcaSquaredError));
  return {
    id: 'samples',
    short: 'Reconstructions',
    title: 'What goes in, what comes back',
    body: html`<p class="lead">The first ${several(specimens.length, 'test example')}, each squeezed from ${count(exampleSize(input))} to ${several(pca.width, 'number')} and rebuilt from nothing else. The network comes closer than PCA on ${count(closer)} of ${count(specimens.length)}; squared error, averaged over these: ${figure(network)} against ${figure(linear)}.${grayNote(input)}</p>
${gallery(specimens, input, 'Test examples and their reconstructions')}`,
  };
}

/** The label that most of some examples carry, where one stands out. */
function commonLabel(specimens: readonly Specimen[]): string {
  const tally = new Map<string, number>();
  for (const { label } of specimens) if (label !== undefined) tally.set(label, (tally.get(label) ?? 0) + 1);
  const [first, second] = [...tally].sort((a, b) => b[1] - a[1]);
  if (!first || tally.size < 2 || first[1] < 3 || first[1] === second?.[1]) return '';
  return ` ${count(first[1])} of these ${count(specimens.length)} carry the label ${first[0]}.`;
}

/** The test examples that came back worst and best. */
export function extremes(input: ReportInput): Section | undefined {
  const { worst, best, summary } = input;
  if (worst.length === 0 && best.length === 0) return undefined;
  const usual = summary.testSquaredError;
  const against = (error: number) =>
    usual === 0
      ? `as all are`
      : error >= usual
        ? `${figure(error / usual, 2)} times the mean of ${figure(usual)}`
        : `${percent(error / usual)} of the mean of ${figure(usual)}`;
  return {
    id: 'extremes',
    short: 'Best and worst',
    title: 'The hardest and the easiest',
    body: html`${
      worst[0] &&
      html`<h3>Worst first</h3><p class="lead">The largest squared error on the test data is ${figure(worst[0].squaredError)}, ${against(worst[0].squaredError)}. Look here for what the code cannot hold, and for mistakes in the data.${commonLabel(worst)}</p>${gallery(worst, input, 'Worst reconstructions, worst first')}`
    }${
      best[0] &&
      html`<h3>Best first</h3><p class="lead">The smallest is ${figure(best[0].squaredError)}, ${against(best[0].squaredError)}.${commonLabel(best)}</p>${gallery(best, input, 'Best reconstructions, best first')}`
    }`,
  };
}

/** Rows of a table are drawn larger than pictures: that many of them. */
const mostProfiles = 12;

/** Examples drawn from the model. */
export function generated(input: ReportInput): Section | undefined {
  const { generated: drawn } = input;
  if (!drawn || drawn.count === 0) return undefined;
  const size = exampleSize(input);
  const look = lookOf(input.shape, input.sequence);
  const shown = look.kind === 'picture' ? drawn.count : Math.min(drawn.count, mostProfiles);
  const examples = Array.from({ length: shown }, (_, i) => drawn.values.subarray(i * size, (i + 1) * size));
  const range = look.kind === 'picture' ? rangeOf(examples) : spanOf(examples);
  return {
    id: 'generated',
    short: 'New examples',
    title: 'Examples that never were',
    body: html`<p class="lead">${several(shown, 'example')} that the decoder makes of ${drawn.prior}. None is taken from the data.</p>
${
  look.kind === 'picture'
    ? mosaicOf(
        look,
        examples.map((values) => picture(values, look, range)),
        (i) => `Generated example ${i + 1}`,
        true,
      )
    : html`<div class="profiles">${examples.map((values, i) =>
        profileFigure({
          input,
          name: `Generated example ${i + 1}`,
          series: [{ name: 'generated', color: 'network', values, style: 'line' }],
          range,
          caption: html`<b>${i + 1}</b>`,
        }),
      )}</div>`
}`,
  };
}
