import * as Plot from '@observablehq/plot';
import type { Histogram } from '../../../analysis/statistics/code-columns.js';
import type { CodeDistribution } from '../../../analysis/training/distribution.js';
import type { SparsityFigures } from '../../../analysis/training/sparsity.js';
import { count, figure, percent, roundPercent, several } from '../../../core/format.js';
import { type Bar, barChart, rankedBars } from '../../kit/bars.js';
import { draw, finish, wholeTicks } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { lineChart } from '../../kit/lines.js';
import type { Section } from '../../kit/page.js';
import { colorKey } from '../../kit/parts.js';
import type { ReportInput } from './input.js';

/** A histogram as bars, each the part of all that it holds. */
export function histogramBars({ low, high, counts }: Histogram, what: string): Bar[] {
  const total = counts.reduce((sum, value) => sum + value, 0) || 1;
  const step = (high - low) / counts.length;
  return counts.map((value, i) => {
    const [x1, x2] = [low + i * step, low + (i + 1) * step];
    return {
      x1,
      x2,
      y: value / total,
      says: `${figure(x1)} to ${figure(x2)}\n${percent(value / total)} of the ${what}`,
    };
  });
}

/** What is drawn of each unit: how often it is on, or how active it is on average. */
function perUnit({ mean, active, kept, target }: SparsityFigures) {
  const always = active.every((share) => share > 0.999);
  if (target !== undefined || (always && !kept)) {
    return { values: mean, name: 'mean activity', format: (value: number) => figure(value, 2), level: target };
  }
  const level = kept && kept.asked / mean.length;
  return { values: active, name: 'part of the examples in which it is not 0', format: percent, level };
}

function sparsityWords(activity: SparsityFigures): Html {
  const { mean, active, dead, inactive, target, kept, examples } = activity;
  const width = mean.length;
  const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / width;
  const sentences = [`Over ${several(examples, 'test example')}:`];
  if (kept) {
    const { asked, fewest, most } = kept;
    const exact = fewest === asked && most === asked;
    sentences.push(
      exact
        ? `of the ${count(width)} values of a code exactly ${count(asked)} are kept, in every example.`
        : `of the ${count(width)} values of a code ${count(fewest)} to ${count(most)} are not 0, where ${count(asked)} are kept (a value that is kept may be 0).`,
    );
  } else if (target !== undefined) {
    const got = average(mean);
    sentences.push(
      `the mean activity is ${figure(got)}, ${percent(Math.abs(got / target - 1))} ${got >= target ? 'above' : 'below'} its target of ${String(target)}.`,
    );
  } else {
    const part = average(active);
    sentences.push(
      `${figure(part * width)} of ${count(width)} code values are not 0 in an example (${percent(part)}).`,
    );
  }
  sentences.push(
    `${dead === 0 ? 'No unit is' : dead === 1 ? 'One unit is' : `${count(dead)} units are`} dead (the same value for every example)${
      inactive > dead ? `, ${count(inactive - dead)} more hardly move` : ''
    }.`,
  );
  return html`<p class="lead">${sentences.join(' ')}</p>`;
}

/** How active the units of a sparse code are. */
export function sparsity(input: ReportInput): Section | undefined {
  const { sparsity: activity } = input;
  if (!activity) return undefined;
  const { values, name, format, level } = perUnit(activity);
  const bars = rankedBars(
    [...values],
    (y) => y,
    (y, rank) => `unit ${rank} by use\n${format(y)}`,
  );
  const shares = format === percent;
  const levels = level === undefined ? [] : [{ name: activity.kept ? 'even' : 'target', value: level, color: 'pca' }];
  return {
    id: 'sparsity',
    short: 'Sparsity',
    title: 'How sparse the code is',
    body: html`${sparsityWords(activity)}
<figure><h3>Each unit<small>, the most used first</small></h3>${barChart({
      label: `Units of the code by ${name}`,
      bars,
      color: 'network',
      unit: 'code units',
      ticks: (most) => wholeTicks(1, bars.length, most),
      levels,
      format,
      ...(shares && { tickText: roundPercent }),
    })}<figcaption>Of each code unit: ${name}.${activity.kept && ' Dashed: all units used equally often.'}${activity.target !== undefined && ' Dashed: the target.'}</figcaption></figure>
<figure><h3>All values${activity.zeros > 0 && html`<small>, but for ${percent(activity.zeros)} that are 0</small>`}</h3>${barChart(
      {
        label: 'Histogram of all code values',
        bars: histogramBars(activity.histogram, 'values'),
        color: 'network',
        unit: 'activity',
        tickText: roundPercent,
        heights: [240, 200],
      },
    )}<figcaption>Part of the ${activity.zeros > 0 ? 'code values that are not 0' : 'code values'} of all these examples, by size.</figcaption></figure>`,
  };
}

/** How the entries of a codebook are used. */
export function codebook(input: ReportInput): Section | undefined {
  const use = input.codebook;
  if (!use) return undefined;
  const { perplexity, examples, vectors } = use;
  const counts = [...use.counts];
  const total = counts.reduce((sum, value) => sum + value, 0) || 1;
  const order = counts.map((value, entry) => ({ value, entry }));
  const used = counts.filter((value) => value > 0).length;
  const bars = rankedBars(
    order,
    ({ value }) => value / total,
    ({ value, entry }) => `entry ${count(entry + 1)}\nchosen ${several(value, 'time')}, ${percent(value / total)}`,
  );
  const bits = vectors * Math.log2(counts.length);
  return {
    id: 'codebook',
    short: 'Codebook',
    title: 'How the codebook is used',
    body: html`<p class="lead">${several(examples, 'test example')} choose ${several(vectors, 'entry', 'entries')} each. ${
      used === counts.length ? 'All' : `${count(used)} of`
    } ${several(counts.length, 'entry', 'entries')} are used${used < counts.length ? '; the others are dead weight' : ''}. The perplexity is ${figure(perplexity)}: what ${figure(perplexity)} entries in equal use would carry. An example takes ${figure(bits)} bits at most.</p>
<figure>${barChart({
      label: `Use of the ${counts.length} codebook entries, perplexity ${figure(perplexity)}`,
      bars,
      color: 'network',
      unit: 'entries, the most used first',
      levels: [{ name: 'even', value: 1 / counts.length, color: 'pca' }],
      ticks: (most) => wholeTicks(1, bars.length, most),
      format: percent,
      tickText: roundPercent,
    })}<figcaption>Part of all choices that fall on each entry. Dashed: all used equally often.</figcaption></figure>`,
  };
}

/** How the code answers to small changes of the input. */
export function jacobian(input: ReportInput): Section | undefined {
  const figures = input.jacobian;
  if (!figures || figures.spectrum.length === 0) return undefined;
  const { spectrumExamples, meanNorm, examples } = figures;
  const spectrum = [...figures.spectrum];
  const total = spectrum.reduce((sum, value) => sum + value ** 2, 0);
  let sum = 0;
  const most = spectrum.findIndex((value) => {
    sum += value ** 2;
    return sum >= 0.9 * total;
  });
  return {
    id: 'jacobian',
    short: 'Contraction',
    title: 'How the code answers to small changes',
    body: html`<p class="lead">The Jacobian ∂code/∂x says how far the code moves when an example does. Over ${several(examples, 'test example')} its Frobenius norm is ${figure(meanNorm)} on average. Where codes contract, few directions are left that the code follows: ${several(most + 1, 'singular value')} of ${count(spectrum.length)} hold${most === 0 ? 's' : ''} ${roundPercent(0.9)} of the squared norm.</p>
<figure>${lineChart({
      label: `Singular values of the code’s Jacobian, mean over ${several(spectrumExamples, 'test example')}, the largest ${figure(Math.max(...spectrum))}`,
      x: spectrum.map((_, i) => i + 1),
      unit: 'singular value',
      named: false,
      lines: [{ name: 'mean', color: 'network', values: spectrum }],
    })}<figcaption>Singular values of ∂code/∂x, largest first, each averaged over ${several(spectrumExamples, 'example')}; in units of code per unit of scaled input.</figcaption></figure>`,
  };
}

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

function distributionWords(distribution: CodeDistribution): Html {
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
  const { distribution: figures } = input;
  if (!figures || figures.dimensions.length === 0) return undefined;
  const order = ordered(figures);
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
    body: html`${distributionWords(figures)}
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
