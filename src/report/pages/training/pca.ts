import * as Plot from '@observablehq/plot';
import type { ValueErrors } from '../../../analysis/training/value-errors.js';
import { count, figure, percent, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import type { SampledPart } from '../../../tasks/training-figures.js';
import { chart, round } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { known, lead, swatch, tableOf } from '../../kit/parts.js';
import { lookOf, weightPicture } from '../../kit/picture.js';
import { imageOf, zoomStyle } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

/** The variance that each component explains, and that all up to it explain together. */
function scree({ pca }: ReportInput): Html {
  const { explained, width: code } = pca;
  let sum = 0;
  const points = explained.map((share, i) => {
    sum += share;
    return { component: i + 1, share, sum };
  });
  const last = points.length;
  const at = points[code - 1];
  const color = 'var(--pca)';
  return chart(({ pick, width }) => {
    const [left, right] = [46, pick(24, 14)];
    const bar = Math.max(1, Math.min(22, ((width - left - right) / (last + 1)) * 0.68));
    return {
      label: `Variance explained by PCA’s components; ${several(last, 'component')} together ${percent(sum)}`,
      ...{ height: pick(340, 260), top: 16, right, left },
      x: {
        ...{ domain: [0.3, last + 0.7], ticks: Math.min(last, pick(12, 6)), tickSize: 0, label: 'component' },
        text: (component) => (Number.isInteger(component) ? String(component) : ''),
      },
      y: { domain: [0, Math.max(1, sum)], ticks: [0, 0.25, 0.5, 0.75, 1], text: (share) => `${share * 100} %` },
      marks: [
        Plot.ruleX(points, {
          ...{ x: 'component', y1: 0, y2: 'share', stroke: color },
          ...{ strokeOpacity: 0.45, strokeWidth: bar, strokeLinecap: 'butt' },
        }),
        Plot.lineY(points, { x: 'component', y: 'sum', stroke: color, strokeWidth: 2.2 }),
        ...(last <= 60 ? [Plot.dot(points, { x: 'component', y: 'sum', r: pick(2.6, 1.8), fill: color })] : []),
      ],
      markup: (drawing) => {
        if (!at) return undefined;
        const [x, y] = [round(drawing.x(at.component)), round(drawing.y(at.sum))];
        const isRight = at.component > (last + 1) / 2;
        return html`<g class="mark"><line x1="${x}" x2="${x}" y1="${round(drawing.y(0))}" y2="${y}"></line><circle cx="${x}" cy="${y}" r="4.5"></circle>
<text x="${x + (isRight ? -10 : 10)}" y="${round(drawing.y(at.sum / 2))}" text-anchor="${isRight ? 'end' : 'start'}">${several(code, 'component')}: <tspan class="number">${percent(at.sum)}</tspan></text></g>`;
      },
      stops: points.map(({ component, share, sum: together }) => [
        component,
        `component ${count(component)}\nalone ${percent(share)}\ntogether ${percent(together)}`,
      ]),
    };
  });
}

function comparison(input: ReportInput): Html {
  const { summary, pca, loss, start } = input;
  const values = exampleSize(input);
  const floor = summary.bceFloor;
  const networkBce = input.testBce ?? (loss === 'bce' ? summary.testLoss : null);
  const withBce = networkBce !== null || pca.testBce !== null || floor !== null;
  const row = (name: string, color: string, squared: number, bce: number | null) => {
    const above = bce === null || floor === null ? null : bce - floor;
    const entropies = [known(bce, (value) => figure(value, 4)), known(above, figure)];
    return [
      html`${swatch(color)}${name}`,
      ...[figure(squared, 4), figure(squared / values), ...(withBce ? entropies : [])],
    ] as const;
  };
  return tableOf({
    label: 'Network and PCA in numbers',
    head: ['', 'squared error per example', 'per value', ...(withBce ? ['bce per value', 'bce above the floor'] : [])],
    rows: [
      ...(start ? [row('network at its start', 'train', start.testSquaredError, null)] : []),
      row('network', 'network', summary.testSquaredError, networkBce),
      row('PCA', 'pca', summary.pcaSquaredError, pca.testBce),
      row('a perfect rebuild', 'floor', 0, floor),
    ],
  });
}

/** What the nonlinear part adds, where training started at PCA. */
function startWords({ start, summary }: ReportInput): string | false {
  if (!start || !(start.testSquaredError > 0)) return false;
  if (summary.keptEpoch === 0) {
    return 'Training started at PCA, and no epoch improved on it: its nonlinear part adds nothing.';
  }
  const left = percent(summary.testSquaredError / start.testSquaredError);
  return `Training started at PCA with ${figure(start.testSquaredError)} and ended with ${figure(summary.testSquaredError)}: with its nonlinear part the network leaves ${left} of the error.`;
}

/** Which examples were looked at, where there were too many to look at all. */
const sampleWords = ({ examples, of }: SampledPart, what: string) =>
  `${count(examples)} of the ${count(of)} ${what} examples, drawn at random in runs`;

/** PCA at the same code width: the best that a linear code can do. */
export function pcaTwin(input: ReportInput): Html {
  const { summary, sampled } = input;
  const { explained, width } = input.pca;
  const sums = explained.map((_, i) => explained.slice(0, i + 1).reduce((a, b) => a + b, 0));
  const half = sums.findIndex((sum) => sum >= 0.5) + 1;
  const { testSquaredError: network, pcaSquaredError: linear } = summary;
  return html`${lead(
    'PCA is the best a linear code of the same width can do in squared error on the data it is fitted to, so it is the mark to beat.',
    explained.length >= Math.max(1, width) &&
      `Its ${several(width, 'component')} hold ${percent(sums[width - 1] ?? 0)} of the variance${half > 0 && half < width ? `; the first ${count(half)} already hold half` : ''}.`,
    Number.isFinite(network) &&
      linear > 0 &&
      !input.start &&
      `The network leaves ${percent(network / linear)} of PCA’s error on the test data.`,
    startWords(input),
    sampled?.train && `PCA is fitted to ${sampleWords(sampled.train, 'training')}.`,
    sampled?.test && `It is measured on ${sampleWords(sampled.test, 'test')}; so are the examples and the map above.`,
  )}
${
  explained.length > 0 &&
  html`<figure>${scree(input)}<figcaption>Share of the training data’s variance that each component explains (bars) and that all up to it explain together (line).</figcaption></figure>`
}${comparison(input)}${perValue(input)}`;
}

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
  const share = (error = Number.NaN, whole = 0) => 1 - error / whole;
  return Array.from(variance, (value, i): Row & { value: number } => ({
    ...{ name: names?.[i] ?? `value ${i + 1}`, value, pca: share(pca[i], value), network: share(network[i], value) },
  }))
    .filter((row) => row.value > 1e-9 * largest && Number.isFinite(row.pca) && Number.isFinite(row.network))
    .sort((a, b) => b.network - b.pca - (a.network - a.pca));
}

/** Both shares of a row as dots on a line from 0 to 1; what lies below 0 is drawn at 0. */
function dumbbell({ pca, network }: Row): Html {
  const at = (share: number): string => (6 + 148 * Math.min(1, Math.max(0, share))).toFixed(1);
  return html`<svg class="dumbbell" viewBox="0 0 160 14" aria-hidden="true"><line x1="6" x2="154" y1="7" y2="7" stroke="var(--line)"></line><line x1="${at(pca)}" x2="${at(network)}" y1="7" y2="7" stroke="var(--${network >= pca ? 'network' : 'pca'})" stroke-width="3"></line><circle cx="${at(pca)}" cy="7" r="4" fill="var(--pca)"></circle><circle cx="${at(network)}" cy="7" r="4" fill="var(--network)"></circle></svg>`;
}

/** A gain in points of a percentage. */
function gainOf({ pca, network }: Row): string {
  const text = (Math.abs(network - pca) * 100).toFixed(1);
  return Number(text) === 0 ? text : `${network > pca ? '+' : '−'}${text}`;
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
${lead('The share of the variance over the test data that each explains: 100 % is a perfect rebuild, 0 % as good as the mean.', tally(all, what))}${tableOf(
  {
    ...{ label: `Variance explained of each ${what}`, kind: 'gains' },
    head: [what, html`${swatch('pca')}PCA`, html`${swatch('network')}network`, 'gain in points', '0 … 100 %'],
    rows: shown.map((row) => [row.name, percent(row.pca), percent(row.network), gainOf(row), dumbbell(row)]),
  },
)}`;
}

/** What the network explains of each value beside PCA: a table of columns, or a picture of pixels. */
function perValue({ perValue: errors, shape, sequence }: ReportInput): Html | undefined {
  if (!errors?.network.every(Number.isFinite)) return undefined;
  const look = lookOf(shape, sequence);
  if (look.kind !== 'picture') return tableFigure(errors);
  const { pca, network } = errors;
  const gain = new Float32Array(look.width * look.height);
  for (const [i, error] of network.entries()) {
    const pixel = Math.floor(i / look.channels);
    gain[pixel] = (gain[pixel] ?? 0) + (pca[i] ?? Number.NaN) - error;
  }
  const alt = 'Where the network leaves less squared error than PCA, and where more';
  return html`<h3>Pixel by pixel</h3>
${lead('Red: the network leaves less squared error than PCA on the test data; blue: more; blank: as much.')}
<ul class="mosaic" style="${zoomStyle(look, 168, 112)};grid-template-columns:var(--wide)"><li>${imageOf(look, weightPicture(gain, { ...look, channels: 1 }), alt)}</li></ul>`;
}
