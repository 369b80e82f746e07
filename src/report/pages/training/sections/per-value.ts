import type { ValueErrors } from '../../../../analysis/training/value-errors.js';
import { count, percent, several } from '../../../../core/format.js';
import { type Html, html } from '../../../kit/html.js';
import { swatch } from '../../../kit/parts.js';
import { lookOf, weightPicture } from '../../../kit/picture.js';
import { imageOf, zoomStyle } from '../../../kit/strip.js';
import type { ReportInput } from '../input.js';

/** Rows of the table, and values without names up to which there is one. */
const mostRows = 20;
const mostUnnamed = 64;
/** Shares of variance closer together than this are the same. */
const EQUAL = 0.005;

interface Row {
  readonly name: string;
  /** Shares of the variance that are explained; below 0 the mean would do better. */
  readonly pca: number;
  readonly network: number;
}

function rowsOf({ names, variance, network, pca }: ValueErrors): Row[] {
  const largest = variance.reduce((most, value) => Math.max(most, value), 0);
  return Array.from(variance, (value, i) => ({
    value,
    row: { name: names?.[i] ?? `value ${i + 1}`, pca: 1 - pca[i]! / value, network: 1 - network[i]! / value },
  }))
    .filter(({ value, row }) => value > 1e-9 * largest && Number.isFinite(row.pca) && Number.isFinite(row.network))
    .map(({ row }) => row)
    .sort((a, b) => b.network - b.pca - (a.network - a.pca));
}

/** Both shares of a row as dots on a line from 0 to 1; what lies below 0 is drawn at 0. */
function dumbbell({ pca, network }: Row): Html {
  const at = (share: number): string => (6 + 148 * Math.min(1, Math.max(0, share))).toFixed(1);
  return html`<svg class="dumbbell" viewBox="0 0 160 14" aria-hidden="true"><line x1="6" x2="154" y1="7" y2="7" stroke="var(--line)"></line><line x1="${at(pca)}" x2="${at(network)}" y1="7" y2="7" stroke="var(--${network >= pca ? 'network' : 'pca'})" stroke-width="3"></line><circle cx="${at(pca)}" cy="7" r="4" fill="var(--pca)"></circle><circle cx="${at(network)}" cy="7" r="4" fill="var(--network)"></circle></svg>`;
}

function table(rows: readonly Row[], what: string): Html {
  const points = (gain: number): string => {
    const text = (Math.abs(gain) * 100).toFixed(1);
    return Number(text) === 0 ? text : `${gain > 0 ? '+' : '−'}${text}`;
  };
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Variance explained of each ${what}"><table class="figures">
<thead><tr><th scope="col">${what}</th><th scope="col">${swatch('pca')}PCA</th><th scope="col">${swatch('network')}network</th><th scope="col" class="gain">gain in points</th><th scope="col">0 … 100 %</th></tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th><td>${percent(row.pca)}</td><td>${percent(row.network)}</td><td class="gain">${points(row.network - row.pca)}</td><td>${dumbbell(row)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** How many rows the network explains more, as much and less of than PCA. */
function tally(rows: readonly Row[], what: string): string {
  const gains = rows.map(({ pca, network }) => network - pca);
  const more = gains.filter((gain) => gain > EQUAL).length;
  const less = gains.filter((gain) => gain < -EQUAL).length;
  if (more + less === 0) return `The network explains as much of every ${what} as PCA.`;
  return `Of ${several(rows.length, what)} the network explains more of the variance than PCA in ${count(more)}, as much in ${count(rows.length - more - less)} and less in ${count(less)}.`;
}

function tableFigure(errors: ValueErrors): Html | undefined {
  const all = rowsOf(errors);
  if (all.length === 0 || (!errors.names && all.length > mostUnnamed)) return undefined;
  const what = errors.names ? 'column' : 'value';
  const shown = all.slice(0, mostRows);
  const which = all.length > shown.length ? `, the first ${count(shown.length)} of ${count(all.length)}` : '';
  return html`<h3>${what === 'column' ? 'Column by column' : 'Value by value'}<small>, the largest gain first${which}</small></h3>
<p class="lead">The share of the variance over the test data that each explains: 100 % is a perfect rebuild, 0 % as good as the mean. ${tally(all, what)}</p>${table(shown, what)}`;
}

function pictureFigure({ network, pca }: ValueErrors, input: ReportInput): Html | undefined {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind !== 'picture') return undefined;
  const { width, height, channels } = look;
  const gain = new Float32Array(width * height);
  for (const [i, error] of network.entries()) gain[Math.floor(i / channels)]! += pca[i]! - error;
  const alt = 'Where the network leaves less squared error than PCA, and where more';
  return html`<h3>Pixel by pixel</h3>
<p class="lead">Red: the network leaves less squared error than PCA on the test data; blue: more; blank: as much.</p>
<ul class="mosaic" style="${zoomStyle(look, 168, 112)};grid-template-columns:var(--wide)"><li>${imageOf(look, weightPicture(gain, { ...look, channels: 1 }), alt)}</li></ul>`;
}

/** What the network explains of each value beside PCA: a table of columns, or a picture of pixels. */
export function perValue(input: ReportInput): Html | undefined {
  const { perValue: errors } = input;
  if (!errors?.network.every(Number.isFinite)) return undefined;
  return lookOf(input.shape, input.sequence).kind === 'picture' ? pictureFigure(errors, input) : tableFigure(errors);
}
