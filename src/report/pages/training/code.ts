import * as Plot from '@observablehq/plot';
import type { Histogram } from '../../../analysis/statistics/code-columns.js';
import type { CodeDistribution } from '../../../analysis/training/distribution.js';
import type { SparsityFigures } from '../../../analysis/training/sparsity.js';
import { count, figure, percent, roundPercent, several } from '../../../core/format.js';
import { meanOf } from '../../../core/vectors.js';
import { type Bar, barChart, rankedBars } from '../../kit/bars.js';
import { draw, finish } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { lineChart } from '../../kit/lines.js';
import { colorKey, lead } from '../../kit/parts.js';
import type { ReportInput } from './input.js';

/** A histogram as bars, each the part of all that it holds. */
function histogramBars({ low, high, counts }: Histogram, what: string): Bar[] {
  const total = counts.reduce((sum, value) => sum + value, 0) || 1;
  const step = (high - low) / counts.length;
  return counts.map((value, i) => {
    const [x1, x2, y] = [low + i * step, low + (i + 1) * step, value / total];
    return { x1, x2, y, says: `${figure(x1)} to ${figure(x2)}\n${percent(y)} of the ${what}` };
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

/** How many of the values of a code are in use. */
function useWords({ mean, active, target, kept }: SparsityFigures): string {
  const width = mean.length;
  if (kept) {
    const { asked, fewest, most } = kept;
    return fewest === asked && most === asked
      ? `of the ${count(width)} values of a code exactly ${count(asked)} are kept, in every example.`
      : `of the ${count(width)} values of a code ${count(fewest)} to ${count(most)} are not 0, where ${count(asked)} are kept (a value that is kept may be 0).`;
  }
  if (target !== undefined) {
    const got = meanOf(mean);
    return `the mean activity is ${figure(got)}, ${percent(Math.abs(got / target - 1))} ${got >= target ? 'above' : 'below'} its target of ${String(target)}.`;
  }
  const part = meanOf(active);
  return `${figure(part * width)} of ${count(width)} code values are not 0 in an example (${percent(part)}).`;
}

/** How active the units of a sparse code are. */
export function sparsity({ sparsity: activity }: ReportInput): Html | undefined {
  if (!activity) return undefined;
  const { dead, inactive, target, kept, examples, zeros, histogram } = activity;
  const { values, name, format, level } = perUnit(activity);
  const deadWords = dead === 0 ? 'No unit is' : dead === 1 ? 'One unit is' : `${count(dead)} units are`;
  const units = rankedBars([...values], Number, (y, rank) => `unit ${rank} by use\n${format(y)}`, {
    ...{ label: `Units of the code by ${name}`, unit: 'code units', format },
    levels: level === undefined ? [] : [{ name: kept ? 'even' : 'target', value: level, color: 'pca' }],
  });
  const all = barChart({
    ...{ label: 'Histogram of all code values', bars: histogramBars(histogram, 'values'), unit: 'activity' },
    ...{ format: percent, heights: [240, 200] },
  });
  return html`${lead(
    `Over ${several(examples, 'test example')}:`,
    useWords(activity),
    `${deadWords} dead (the same value for every example)${inactive > dead ? `, ${count(inactive - dead)} more hardly move` : ''}.`,
  )}
<figure><h3>Each unit<small>, the most used first</small></h3>${units}<figcaption>Of each code unit: ${name}.${kept && ' Dashed: all units used equally often.'}${target !== undefined && ' Dashed: the target.'}</figcaption></figure>
<figure><h3>All values${zeros > 0 && html`<small>, but for ${percent(zeros)} that are 0</small>`}</h3>${all}<figcaption>Part of the ${zeros > 0 ? 'code values that are not 0' : 'code values'} of all these examples, by size.</figcaption></figure>`;
}

/** How the entries of a codebook are used. */
export function codebook({ codebook: use }: ReportInput): Html | undefined {
  if (!use) return undefined;
  const { perplexity, examples, vectors } = use;
  const entries = [...use.counts].map((chosen, entry) => ({ chosen, entry: count(entry + 1) }));
  const total = entries.reduce((sum, { chosen }) => sum + chosen, 0) || 1;
  const used = entries.filter(({ chosen }) => chosen > 0).length;
  const isFull = used === entries.length;
  const bars = rankedBars(
    entries,
    ({ chosen }) => chosen / total,
    ({ chosen, entry }) => `entry ${entry}\nchosen ${several(chosen, 'time')}, ${percent(chosen / total)}`,
    {
      label: `Use of the ${entries.length} codebook entries, perplexity ${figure(perplexity)}`,
      ...{ unit: 'entries, the most used first', format: percent },
      levels: [{ name: 'even', value: 1 / entries.length, color: 'pca' }],
    },
  );
  return html`${lead(
    `${several(examples, 'test example')} choose ${several(vectors, 'entry', 'entries')} each.`,
    `${isFull ? 'All' : `${count(used)} of`} ${several(entries.length, 'entry', 'entries')} are used${isFull ? '' : '; the others are dead weight'}.`,
    `The perplexity is ${figure(perplexity)}: what ${figure(perplexity)} entries in equal use would carry.`,
    `An example takes ${figure(vectors * Math.log2(entries.length))} bits at most.`,
  )}
<figure>${bars}<figcaption>Part of all choices that fall on each entry. Dashed: all used equally often.</figcaption></figure>`;
}

/** How the code answers to small changes of the input. */
export function jacobian({ jacobian: figures }: ReportInput): Html | undefined {
  if (!figures || figures.spectrum.length === 0) return undefined;
  const { spectrumExamples, meanNorm, examples } = figures;
  const spectrum = [...figures.spectrum];
  const total = spectrum.reduce((sum, value) => sum + value ** 2, 0);
  let sum = 0;
  const most = spectrum.findIndex((value) => {
    sum += value ** 2;
    return sum >= 0.9 * total;
  });
  return html`${lead(
    'The Jacobian ∂code/∂x says how far the code moves when an example does.',
    `Over ${several(examples, 'test example')} its Frobenius norm is ${figure(meanNorm)} on average.`,
    `Where codes contract, few directions are left that the code follows: ${several(most + 1, 'singular value')} of ${count(spectrum.length)} hold${most === 0 ? 's' : ''} ${roundPercent(0.9)} of the squared norm.`,
  )}
<figure>${lineChart({
    label: `Singular values of the code’s Jacobian, mean over ${several(spectrumExamples, 'test example')}, the largest ${figure(Math.max(...spectrum))}`,
    ...{ x: spectrum.map((_, i) => i + 1), unit: 'singular value', named: false },
    lines: [{ name: 'mean', color: 'network', values: spectrum }],
  })}<figcaption>Singular values of ∂code/∂x, largest first, each averaged over ${several(spectrumExamples, 'example')}; in units of code per unit of scaled input.</figcaption></figure>`;
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

function small({ histogram, number, mean, deviation, divergence }: Dimension): Html {
  const { low, high, counts } = histogram;
  const step = (high - low) / counts.length;
  const bars = histogramBars(histogram, 'codes').map((bar) => ({ ...bar, y: bar.y / step }));
  const curve = Array.from({ length: 49 }, (_, i) => {
    const x = low + ((high - low) * i) / 48;
    return [x, density(x)] as const;
  });
  const drawing = draw({
    ...{ width: 160, height: 92, margins: [4, 10, 18, 10] },
    x: { domain: [low, high], axis: null },
    y: { domain: [0, Math.max(0.42, ...bars.map(({ y }) => y)) * 1.05], axis: null },
    marks: [
      Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'y', fill: 'var(--network)', fillOpacity: 0.75, inset: 0.3 }),
      Plot.line(curve, { stroke: 'var(--pca)', strokeWidth: 1.6 }),
      Plot.ruleY([0], { stroke: 'var(--faint)' }),
      Plot.axisX([low, 0, high], { tickSize: 2, tickFormat: String, label: null }),
    ],
  });
  const label = `Code value ${number}: mean ${figure(mean, 2)}, deviation ${figure(deviation, 2)}`;
  const facts =
    divergence === undefined ? `μ ${figure(mean, 2)} · σ ${figure(deviation, 2)}` : `${figure(divergence, 2)} nats`;
  return html`<figure>${finish(drawing, { label })}<figcaption><b>${number}</b> ${facts}</figcaption></figure>`;
}

/** How far the codes are from draws of the prior. */
function discrepancyWords({ squared, limit, points }: NonNullable<CodeDistribution['discrepancy']>): string {
  return `The squared maximum mean discrepancy (MMD²) of ${several(points, 'code')} and as many draws of the prior is ${figure(squared, 2)}; where both are of one distribution it stays below ${figure(limit, 2)} in 95 of 100 cases${squared <= limit ? ': the two cannot be told apart' : ''}.`;
}

/** The codes against the prior. */
export function distribution({ distribution: figures }: ReportInput): Html | undefined {
  if (!figures || figures.dimensions.length === 0) return undefined;
  const { dimensions, inactive, discrepancy, bound, examples } = figures;
  const order = ordered(figures);
  const isKnown = order[0]?.divergence !== undefined;
  const total = dimensions.reduce((sum, { divergence = Number.NaN }) => sum + divergence, 0);
  const more = order.length > mostDrawn ? `, the first ${mostDrawn} of ${count(order.length)}` : '';
  const divergences = rankedBars(
    order,
    ({ divergence = 0 }) => divergence,
    ({ divergence = 0, number }) => `code value ${count(number)}\n${figure(divergence)} nats`,
    {
      label: 'KL divergence of each code dimension from N(0, 1), in nats',
      ...{ unit: 'code dimensions, the largest first', heights: [240, 200] },
    },
  );
  return html`${lead(
    `Codes of ${several(examples, 'test example')} against the prior N(0, I), which new examples are drawn from.`,
    Number.isFinite(total) &&
      `A code takes ${figure(total)} nats (${figure(total / Math.LN2)} bits) from the prior, over ${several(dimensions.length, 'dimension')}.`,
    bound !== undefined &&
      `The loss times the size of an example bounds −log p(x): ${figure(bound, 4)} nats an example, if its values are read as probabilities of black and white.`,
    inactive === 0
      ? 'No dimension is inactive.'
      : `${several(inactive, 'dimension is', 'dimensions are')} inactive: the same for every example.`,
    discrepancy && discrepancyWords(discrepancy),
  )}
<h3>Each dimension<small>${isKnown ? ', what carries most first' : ''}${more}</small></h3>
${colorKey([
  { name: isKnown ? 'codes, drawn from q(z|x)' : 'codes', color: 'network' },
  { name: 'N(0, 1)', color: 'pca' },
])}
<div class="histograms">${order.slice(0, mostDrawn).map(small)}</div>
${
  isKnown &&
  order.length > 1 &&
  html`<figure><h3>Divergence from the prior</h3>${divergences}<figcaption>KL(q(z|x) ‖ N(0, 1)) of each dimension in nats, mean over the examples: what it tells about an example.</figcaption></figure>`
}`;
}
