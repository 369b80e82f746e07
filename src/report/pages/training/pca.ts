import * as Plot from '@observablehq/plot';
import type { ValueErrors } from '../../../analysis/training/value-errors.js';
import { count, figure, percent, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import { chart, round, type Stop, thin } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { known, swatch, tableOf } from '../../kit/parts.js';
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
  return chart((room) => {
    const [left, right] = [46, room.pick(24, 14)];
    const bar = Math.max(1, Math.min(22, ((room.width - left - right) / (last + 1)) * 0.68));
    return {
      label: `Variance explained by PCA’s components; ${several(last, 'component')} together ${percent(sum)}`,
      height: room.pick(340, 260),
      margins: [16, right, room.pick(44, 40), left],
      x: {
        domain: [0.3, last + 0.7],
        ticks: Math.min(last, room.pick(12, 6)),
        text: (component) => (Number.isInteger(component) ? String(component) : ''),
        ...{ tickSize: 0, label: 'component' },
      },
      y: { domain: [0, Math.max(1, sum)], ticks: [0, 0.25, 0.5, 0.75, 1], text: (share) => `${share * 100} %` },
      marks: [
        Plot.ruleX(points, {
          ...{ x: 'component', y1: 0, y2: 'share', stroke: color },
          ...{ strokeOpacity: 0.45, strokeWidth: bar, strokeLinecap: 'butt' },
        }),
        Plot.lineY(points, { x: 'component', y: 'sum', stroke: color, strokeWidth: 2.2 }),
        ...(last <= 60 ? [Plot.dot(points, { x: 'component', y: 'sum', r: room.pick(2.6, 1.8), fill: color })] : []),
      ],
      markup: (drawing) => {
        if (!at) return undefined;
        const [x, y] = [round(drawing.x(at.component)), round(drawing.y(at.sum))];
        const isRight = at.component > (last + 1) / 2;
        return html`<g class="mark"><line x1="${x}" x2="${x}" y1="${round(drawing.y(0))}" y2="${y}"></line><circle cx="${x}" cy="${y}" r="4.5"></circle>
<text x="${x + (isRight ? -10 : 10)}" y="${round(drawing.y(at.sum / 2))}" text-anchor="${isRight ? 'end' : 'start'}">${several(code, 'component')}: <tspan class="number">${percent(at.sum)}</tspan></text></g>`;
      },
      stops: ({ x }) =>
        thin(points, 400).map(
          ({ component, share, sum: together }): Stop => [
            x(component),
            `component ${count(component)}\nalone ${percent(share)}\ntogether ${percent(together)}`,
          ],
        ),
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
function startWords({ start, summary }: ReportInput): string {
  if (!start || !(start.testSquaredError > 0)) return '';
  if (summary.keptEpoch === 0)
    return ' Training started at PCA, and no epoch improved on it: its nonlinear part adds nothing.';
  const left = percent(summary.testSquaredError / start.testSquaredError);
  return ` Training started at PCA with ${figure(start.testSquaredError)} and ended with ${figure(summary.testSquaredError)}: with its nonlinear part the network leaves ${left} of the error.`;
}

/** Which examples were looked at, where there were too many to look at all. */
function sampleWords({ sampled }: ReportInput): string {
  const words = ({ examples, of }: { readonly examples: number; readonly of: number }, what: string) =>
    `${count(examples)} of the ${count(of)} ${what} examples, drawn at random in runs`;
  return [
    sampled?.train && ` PCA is fitted to ${words(sampled.train, 'training')}.`,
    sampled?.test && ` It is measured on ${words(sampled.test, 'test')}; so are the examples and the map above.`,
  ]
    .filter(Boolean)
    .join('');
}

/** PCA at the same code width: the best that a linear code can do. */
export function pcaTwin(input: ReportInput): Section {
  const { pca, summary } = input;
  const share = pca.explained.slice(0, pca.width).reduce((sum, value) => sum + value, 0);
  const known = pca.explained.length >= pca.width;
  const half = pca.explained.findIndex((_, i) => pca.explained.slice(0, i + 1).reduce((a, b) => a + b, 0) >= 0.5);
  const { testSquaredError: network, pcaSquaredError: linear } = summary;
  return {
    id: 'pca',
    short: 'PCA',
    title: 'Against a linear code',
    body: html`<p class="lead">PCA is the best a linear code of the same width can do in squared error on the data it is fitted to, so it is the mark to beat.${
      known && pca.explained.length > 0
        ? ` Its ${several(pca.width, 'component')} hold ${percent(share)} of the variance${half >= 0 && half + 1 < pca.width ? `; the first ${count(half + 1)} already hold half` : ''}.`
        : ''
    }${Number.isFinite(network) && linear > 0 && !input.start ? ` The network leaves ${percent(network / linear)} of PCA’s error on the test data.` : ''}${startWords(input)}${sampleWords(input)}</p>
${
  pca.explained.length > 0 &&
  html`<figure>${scree(input)}<figcaption>Share of the training data’s variance that each component explains (bars) and that all up to it explain together (line).</figcaption></figure>`
}${comparison(input)}${perValue(input)}`,
  };
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
  return Array.from(variance, (value, i) => ({
    value,
    row: {
      name: names?.[i] ?? `value ${i + 1}`,
      pca: 1 - (pca[i] ?? Number.NaN) / value,
      network: 1 - (network[i] ?? Number.NaN) / value,
    },
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
  for (const [i, error] of network.entries()) {
    const pixel = Math.floor(i / channels);
    gain[pixel] = (gain[pixel] ?? 0) + (pca[i] ?? Number.NaN) - error;
  }
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
