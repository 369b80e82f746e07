import * as Plot from '@observablehq/plot';
import { count, figure, percent, several } from '../../../../core/format.js';
import { addMarkup, draw, finish, inBothWidths, round, type Stop, thin } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';
import { perValue } from './per-value.js';
import { exampleValues } from './section.js';

function scree(input: ReportInput, width: number): Html {
  const { explained, width: code } = input.pca;
  const wide = width > 500;
  let sum = 0;
  const points = explained.map((share, i) => {
    sum += share;
    return { component: i + 1, share, sum };
  });
  const last = points.length;
  const [left, right, top, bottom] = [46, wide ? 24 : 14, 16, wide ? 44 : 40];
  const bar = Math.max(1, Math.min(22, ((width - left - right) / (last + 1)) * 0.68));
  const drawing = draw({
    width,
    height: wide ? 340 : 260,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: [0.3, last + 0.7] },
    y: { domain: [0, Math.max(1, sum)] },
    marks: [
      Plot.gridY([0, 0.25, 0.5, 0.75, 1], { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY([0, 0.25, 0.5, 0.75, 1], { tickFormat: (v: number) => `${v * 100} %`, tickSize: 0, label: null }),
      Plot.axisX({
        ticks: Math.min(last, wide ? 12 : 6),
        tickFormat: (v: number) => (Number.isInteger(v) ? String(v) : ''),
        tickSize: 0,
        label: 'component',
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      Plot.ruleX(points, {
        x: 'component',
        y1: 0,
        y2: 'share',
        stroke: 'var(--pca)',
        strokeOpacity: 0.45,
        strokeWidth: bar,
        strokeLinecap: 'butt',
      }),
      Plot.lineY(points, { x: 'component', y: 'sum', stroke: 'var(--pca)', strokeWidth: 2.2 }),
      ...(last <= 60 ? [Plot.dot(points, { x: 'component', y: 'sum', r: wide ? 2.6 : 1.8, fill: 'var(--pca)' })] : []),
    ],
  });
  const at = points[code - 1];
  if (at) {
    const x = round(drawing.x(at.component));
    const y = round(drawing.y(at.sum));
    const toLeft = at.component > (last + 1) / 2;
    addMarkup(
      drawing,
      html`<g class="mark"><line x1="${x}" x2="${x}" y1="${round(drawing.y(0))}" y2="${y}"></line><circle cx="${x}" cy="${y}" r="4.5"></circle>
<text x="${x + (toLeft ? -10 : 10)}" y="${round(drawing.y(at.sum / 2))}" text-anchor="${toLeft ? 'end' : 'start'}">${several(code, 'component')}: <tspan class="number">${percent(at.sum)}</tspan></text></g>`,
    );
  }
  const stops = thin(points, 400).map(
    (p): Stop => [
      drawing.x(p.component),
      `component ${count(p.component)}\nalone ${percent(p.share)}\ntogether ${percent(p.sum)}`,
    ],
  );
  return finish(
    drawing,
    `Variance explained by PCA’s components; ${several(last, 'component')} together ${percent(sum)}`,
    stops,
  );
}

function comparison(input: ReportInput): Html {
  const { summary, pca, loss, start } = input;
  const values = exampleValues(input);
  const floor = summary.bceFloor;
  const networkBce = input.testBce ?? (loss === 'bce' ? summary.testLoss : null);
  const withBce = networkBce !== null || pca.testBce !== null || floor !== null;
  const bce = (value: number | null) => (value === null ? '–' : figure(value, 4));
  const above = (value: number | null) => (value === null || floor === null ? '–' : figure(value - floor));
  const row = (name: string, color: string, squared: number, cross: number | null) =>
    html`<tr><th scope="row"><span class="swatch" style="--swatch:var(--${color})"></span>${name}</th><td>${figure(squared, 4)}</td><td>${figure(squared / values)}</td>${withBce && html`<td>${bce(cross)}</td><td>${above(cross)}</td>`}</tr>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Network and PCA in numbers"><table class="figures">
<thead><tr><th scope="col"></th><th scope="col">squared error per example</th><th scope="col">per value</th>${withBce && html`<th scope="col">bce per value</th><th scope="col">bce above the floor</th>`}</tr></thead>
<tbody>${start && row('network at its start', 'train', start.testSquaredError, null)}${row('network', 'network', summary.testSquaredError, networkBce)}${row('PCA', 'pca', summary.pcaSquaredError, pca.testBce)}${row('a perfect rebuild', 'floor', 0, floor)}</tbody></table></div>`;
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
  html`<figure>${inBothWidths((width) => scree(input, width))}<figcaption>Share of the training data’s variance that each component explains (bars) and that all up to it explain together (line).</figcaption></figure>`
}${comparison(input)}${perValue(input)}`,
  };
}
