import * as Plot from '@observablehq/plot';
import type { CodeDistribution } from '../../../../analysis/training/distribution.js';
import { count, figure, several } from '../../../../core/format.js';
import { barChart, rankedBars } from '../../../kit/bars.js';
import { draw, finish, wholeTicks } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { colorKey } from '../../../kit/parts.js';
import type { ReportInput } from '../input.js';
import { histogramBars } from './section.js';

/** More dimensions than this are not drawn one by one. */
const mostDrawn = 32;

type Dimension = CodeDistribution['dimensions'][number] & { readonly number: number };

/** exp(−x²/2)/√(2π) */
const density = (x: number) => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** The dimensions that carry most first, where that is known. */
function ordered({ dimensions }: CodeDistribution): Dimension[] {
  const all = dimensions.map((dimension, i) => ({ ...dimension, number: i + 1 }));
  return all.sort((a, b) => (b.divergence ?? 0) - (a.divergence ?? 0));
}

function small(dimension: Dimension): Html {
  const { histogram, number, mean, deviation, divergence } = dimension;
  const { low, high, counts } = histogram;
  const step = (high - low) / counts.length;
  const bars = histogramBars(histogram, 'codes').map((bar) => ({ ...bar, y: bar.y / step }));
  const curve = Array.from({ length: 49 }, (_, i) => {
    const x = low + ((high - low) * i) / 48;
    return { x, y: density(x) };
  });
  const top = Math.max(0.42, ...bars.map(({ y }) => y)) * 1.05;
  const drawing = draw({
    ...{ width: 160, height: 92, margins: [4, 10, 18, 10] },
    x: { domain: [low, high], axis: null },
    y: { domain: [0, top], axis: null },
    marks: [
      Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'y', fill: 'var(--network)', fillOpacity: 0.75, inset: 0.3 }),
      Plot.lineY(curve, { x: 'x', y: 'y', stroke: 'var(--pca)', strokeWidth: 1.6 }),
      Plot.ruleY([0], { stroke: 'var(--faint)' }),
      Plot.axisX([low, 0, high], { tickSize: 2, tickFormat: String, label: null }),
    ],
  });
  const shape = `mean ${figure(mean, 2)}, deviation ${figure(deviation, 2)}`;
  return html`<figure>${finish(drawing, { label: `Code value ${number}: ${shape}` })}<figcaption><b>${number}</b> ${divergence === undefined ? `μ ${figure(mean, 2)} · σ ${figure(deviation, 2)}` : `${figure(divergence, 2)} nats`}</figcaption></figure>`;
}

function words(distribution: CodeDistribution): Html {
  const { dimensions, inactive, discrepancy, bound, examples } = distribution;
  const total = dimensions.reduce((sum, { divergence = Number.NaN }) => sum + divergence, 0);
  const sentences = [
    `Codes of ${several(examples, 'test example')} against the prior N(0, I), which new examples are drawn from.`,
  ];
  if (Number.isFinite(total)) {
    sentences.push(
      `A code takes ${figure(total)} nats (${figure(total / Math.LN2)} bits) from the prior, over ${several(dimensions.length, 'dimension')}.`,
    );
  }
  if (bound !== undefined) {
    sentences.push(
      `The loss times the size of an example bounds −log p(x): ${figure(bound, 4)} nats an example, if its values are read as probabilities of black and white.`,
    );
  }
  sentences.push(
    inactive === 0
      ? 'No dimension is inactive.'
      : `${several(inactive, 'dimension is', 'dimensions are')} inactive: the same for every example.`,
  );
  if (discrepancy) {
    const { squared, limit, points } = discrepancy;
    sentences.push(
      `The squared maximum mean discrepancy (MMD²) of ${several(points, 'code')} and as many draws of the prior is ${figure(squared, 2)}; where both are of one distribution it stays below ${figure(limit, 2)} in 95 of 100 cases${squared <= limit ? ': the two cannot be told apart' : ''}.`,
    );
  }
  return html`<p class="lead">${sentences.join(' ')}</p>`;
}

/** The codes against the prior. */
export function distribution(input: ReportInput): Section | undefined {
  const { distribution: found } = input;
  if (!found || found.dimensions.length === 0) return undefined;
  const order = ordered(found);
  const known = order[0]?.divergence !== undefined;
  const bars = rankedBars(
    order,
    ({ divergence = 0 }) => divergence,
    ({ divergence = 0, number }) => `code value ${count(number)}\n${figure(divergence)} nats`,
  );
  const more = order.length > mostDrawn ? `, the first ${mostDrawn} of ${count(order.length)}` : '';
  return {
    id: 'distribution',
    short: 'Code and prior',
    title: 'The code against its prior',
    body: html`${words(found)}
<h3>Each dimension<small>${known ? ', what carries most first' : ''}${more}</small></h3>
${colorKey([
  { name: known ? 'codes, drawn from q(z|x)' : 'codes', color: 'network' },
  { name: 'N(0, 1)', color: 'pca' },
])}
<div class="histograms">${order.slice(0, mostDrawn).map(small)}</div>
${
  known &&
  order.length > 1 &&
  html`<figure><h3>Divergence from the prior</h3>${barChart({
    label: 'KL divergence of each code dimension from N(0, 1), in nats',
    bars,
    color: 'network',
    unit: 'code dimensions, the largest first',
    ticks: (most) => wholeTicks(1, bars.length, most),
    heights: [240, 200],
  })}<figcaption>KL(q(z|x) ‖ N(0, 1)) of each dimension in nats, mean over the examples: what it tells about an example.</figcaption></figure>`
}`,
  };
}
