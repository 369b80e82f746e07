import * as Plot from '@observablehq/plot';
import { count, figure, percent, several } from '../../../../core/format.js';
import { exampleSize } from '../../../../data/dataset.js';
import { chart, round, type Stop, thin } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { known, swatch, tableOf } from '../../../kit/parts.js';
import type { ReportInput } from '../input.js';
import { perValue } from './per-value.js';

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
