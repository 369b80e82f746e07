import { count, figure, percent, several } from '../../../../core/format.js';
import type { Specimen } from '../../../../tasks/training-figures.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { type Look, lookOf, picture } from '../../../kit/picture.js';
import type { ReportInput } from '../input.js';
import { profileFigure, rangeOf, spanOf } from '../profile.js';
import { exampleValues } from './section.js';

/** Pictures in one strip: what fits side by side on a screen. */
const stripLength = 10;
/** Sizes for pictures of a look: whole multiples of a pixel where there is room, so that pixels stay square and sharp. */
export function zoomStyle(look: { readonly width: number }, wide: number, narrow: number): string {
  const fitting = (room: number) => (look.width <= room ? Math.floor(room / look.width) * look.width : room);
  return `--wide:${fitting(wide)}px;--narrow:${fitting(narrow)}px`;
}

const rows = [
  { key: 'input', name: 'input', color: 'input' },
  { key: 'reconstruction', name: 'network', color: 'network' },
  { key: 'pcaReconstruction', name: 'PCA', color: 'pca' },
] as const;

/** An example in words. */
export function naming(specimen: Pick<Specimen, 'index' | 'label'>): string {
  return `test example ${count(specimen.index)}${specimen.label === undefined ? '' : `, label ${specimen.label}`}`;
}

function errorRow(specimens: readonly Specimen[], key: 'squaredError' | 'pcaSquaredError'): Html {
  const other = key === 'squaredError' ? 'pcaSquaredError' : 'squaredError';
  const [name, color] = key === 'squaredError' ? ['network', 'network'] : ['PCA', 'pca'];
  return html`<tr class="errors ${color}"><th scope="row"><span class="swatch" style="--swatch:var(--${color})"></span><span class="what">error,</span> ${name}</th>${specimens.map(
    (s) => html`<td${s[key] < s[other] && html` class="less"`}>${figure(s[key])}</td>`,
  )}</tr>`;
}

function strip(
  specimens: readonly Specimen[],
  look: Extract<Look, { kind: 'picture' }>,
  range: readonly [number, number],
  name: string,
): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table class="strip" style="${zoomStyle(look, 84, 56)}">
<thead><tr><td></td>${specimens.map((s) => html`<th scope="col">${s.label !== undefined && html`<span title="${s.label}">${s.label}</span>`}<small>#${s.index}</small></th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row"><span class="swatch" style="--swatch:var(--${row.color})"></span>${row.name}</th>${specimens.map(
        (s) =>
          html`<td><img src="${picture(s[row.key], look, range)}" width="${look.width}" height="${look.height}" alt="${row.name === 'input' ? naming(s) : `${naming(s)}, rebuilt by ${row.name === 'PCA' ? 'PCA' : 'the network'}`}"></td>`,
      )}</tr>`,
  )}${errorRow(specimens, 'squaredError')}${errorRow(specimens, 'pcaSquaredError')}</tbody></table></div>`;
}

function profile(specimen: Specimen, input: ReportInput, range: readonly [number, number]): Html {
  return profileFigure({
    input,
    name: `Values of ${naming(specimen)}: input, network and PCA`,
    series: rows.map(({ key, name, color }) => ({
      name,
      color,
      values: specimen[key],
      style: key === 'input' ? 'behind' : key === 'reconstruction' ? 'line' : 'other',
    })),
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
  return html`<p class="key" aria-hidden="true">${rows.map((row) => html`<span><span class="swatch" style="--swatch:var(--${row.color})"></span>${row.name}</span>`)}<span>below: squared error, <span class="network">network</span> / <span class="pca">PCA</span></span><span>point at a value for its ${input.sequence ? 'step' : 'name'}</span></p>
<div class="profiles">${specimens.map((specimen) => profile(specimen, input, range))}</div>`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
  const network = mean(specimens.map((s) => s.squaredError));
  const linear = mean(specimens.map((s) => s.pcaSquaredError));
  return {
    id: 'samples',
    short: 'Reconstructions',
    title: 'What goes in, what comes back',
    body: html`<p class="lead">The first ${several(specimens.length, 'test example')}, each squeezed from ${count(exampleValues(input))} to ${several(pca.width, 'number')} and rebuilt from nothing else. The network comes closer than PCA on ${count(closer)} of ${count(specimens.length)}; squared error, averaged over these: ${figure(network)} against ${figure(linear)}.${grayNote(input)}</p>
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
