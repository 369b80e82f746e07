// The scores: how high they are, beside those of the training data, and when.
import * as Plot from '@observablehq/plot';
import { histogramOf } from '../../../analysis/statistics/code-columns.js';
import { zip } from '../../../core/collections.js';
import { count, figure, percent, roundPercent } from '../../../core/format.js';
import type { ScoreName } from '../../../models/calibration.js';
import type { Timeline } from '../../../tasks/detect/detection-figures.js';
import { shareBelow } from '../../../tasks/detect/evaluation.js';
import { chart, type Room, round } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import { comparedWith, type DetectionReportInput } from './input.js';

/** How large charts of scores are: with room above for what the threshold is called. */
const scoreRoom = ({ pick }: Room) => {
  return { height: pick(340, 270), top: 34, right: pick(20, 12), left: pick(56, 50) };
};

/** How the threshold is drawn. */
const thresholdRule = { stroke: 'var(--ink)', strokeDasharray: '5 4', strokeWidth: 1.5 } as const;

/** What the threshold is, in words over a chart. */
const thresholdName = (threshold: number, x: number, top: number, anchor: 'start' | 'end'): Html =>
  html`<text x="${round(x)}" y="${top - 14}" text-anchor="${anchor}" style="fill:var(--ink)">threshold <tspan class="number">${figure(threshold, 3)}</tspan></text>`;

const BINS = 60;

/** Scores in bins of equal ratio, as errors differ by factors: the share of each kind of score in each. */
function binsOf({ scores, training, labelled }: DetectionReportInput) {
  const positive = [...training.scores.quantiles, ...scores].filter((score) => score > 0 && Number.isFinite(score));
  const most = positive.reduce((a, b) => Math.max(a, b), 0) || 1;
  const least = positive.reduce((a, b) => Math.min(a, b), most);
  const [from, to] = [Math.log(Math.max(least, most * 1e-9) * 0.98), Math.log(most * 1.02)];
  const edge = (i: number) => Math.exp(from + ((to - from) * i) / BINS);
  const below = (i: number) => (i === 0 ? 0 : shareBelow(training.scores, edge(i)));
  const shares = (isAnomaly: boolean) => {
    const chosen = scores.filter((_, i) => (labelled?.isAnomaly[i] === 1) === isAnomaly);
    return histogramOf(Array.from(chosen, Math.log), from, to, BINS).counts.map((scored) => scored / scores.length);
  };
  return zip(shares(false), shares(true)).map(([normal, anomalous], i) => {
    return { x1: edge(i), x2: edge(i + 1), training: below(i + 1) - below(i), normal, anomalous };
  });
}

type Bin = ReturnType<typeof binsOf>[number];

/** Filled bins on top of others. */
const bars = (bins: readonly Bin[], below: keyof Bin | undefined, kind: keyof Bin, color: string): Plot.Markish =>
  Plot.rectY(bins, {
    ...{ x1: 'x1', x2: 'x2', fill: `var(--${color})`, fillOpacity: 0.75, insetLeft: 0.5, insetRight: 0.5 },
    y1: (bin: Bin) => (below ? bin[below] : 0),
    y2: (bin: Bin) => (below ? bin[below] : 0) + bin[kind],
  });

function scoreChart(input: DetectionReportInput, bins: readonly Bin[]): Html {
  const { threshold } = input.line;
  // A threshold of 0 lies beyond the left end of a logarithmic axis.
  const [least, most] = [bins[0]?.x1 ?? 1, bins.at(-1)?.x2 ?? 1];
  const low = threshold > 0 ? Math.max(Math.min(least, threshold * 0.95), most * 1e-12) : least;
  const high = Math.max(most, threshold * 1.05);
  const outline = bins.flatMap(({ x1, x2, training }) => [x1, x2].map((x) => [x, training] as const));
  const tallest = Math.max(...bins.flatMap((bin) => [bin.training, bin.normal + bin.anomalous]));
  const says = (bin: Bin): string =>
    [
      `score ${figure(bin.x1)} to ${figure(bin.x2)}`,
      `${percent(bin.normal + bin.anomalous)} of these`,
      ...(input.labelled ? [`${percent(bin.anomalous)} labelled anomalies`] : []),
      `${percent(bin.training)} of the ${comparedWith(input)}`,
    ].join('\n');
  return chart((room) => ({
    label: `How scores are distributed, with the threshold at ${figure(threshold)}`,
    ...scoreRoom(room),
    x: {
      ...{ type: 'log', domain: [low, high], apart: room.pick(46, 44) },
      ...{ text: (at) => figure(at, 2), label: 'score' },
    },
    y: { domain: [0, tallest * 1.05], ticks: 5, text: roundPercent },
    marks: [
      bars(bins, undefined, 'normal', 'network'),
      bars(bins, 'normal', 'anomalous', 'c6'),
      Plot.line(outline, { stroke: 'var(--input)', strokeWidth: 1.5 }),
      Plot.ruleX(threshold > 0 ? [threshold] : [], thresholdRule),
    ],
    markup: ({ x, frame }) => {
      const place = threshold > 0 ? x(threshold) : frame.left;
      const isLeft = place < room.width / 2;
      const name = thresholdName(threshold, isLeft ? place + 6 : place - 6, frame.top, isLeft ? 'start' : 'end');
      return html`<g class="names">${name}</g>`;
    },
    stops: bins.map((bin) => [Math.sqrt(bin.x1 * bin.x2), says(bin)]),
  }));
}

/** What a score is. */
const meanings: Readonly<Record<ScoreName, string>> = {
  combined:
    'how rare the reconstruction error, the distance from training rows, that distance relative to theirs and the values column by column are among training rows, in nats, a weighted mean',
  error: 'the mean squared error of what the model rebuilds, in scaled units',
  mahalanobis:
    'the squared Mahalanobis distance of the errors from those of the training data, over the number of values',
  bounded:
    'the mean squared error, in scaled units, of what the model rebuilds from codes that are brought back into their usual range',
  pattern:
    'how rare the error from bounded codes, the distance from the nearest training window and the roughness are among training windows, in nats, added up',
};

/** How the scores are distributed, beside those of the training data. */
export function distribution(input: DetectionReportInput): Html {
  const { line, training, scores, anomalies, what, labelled } = input;
  return html`${lead(
    `${roundPercent(line.quantile)} of ${count(training.examples)} ${comparedWith(input)} of ${training.data} stay below ${figure(line.threshold)}; of these ${count(scores.length)} ${what}s ${percent(anomalies / scores.length)} lie above.`,
    `Scores: ${meanings[line.score]}${line.rows ? ', of a row the mean over the windows that hold it' : ''}, on a logarithmic scale.`,
  )}
${colorKey([
  { name: labelled ? 'these, not labelled as anomalies' : `these ${what}s`, color: 'network' },
  ...(labelled ? [{ name: 'labelled anomalies', color: 'c6' }] : []),
  { name: comparedWith(input), color: 'input' },
])}<figure>${scoreChart(input, binsOf(input))}<figcaption>The share of the scores in each of ${BINS} steps of equal ratio. Filled: the scores of these data; the line: those of the ${comparedWith(input)}.</figcaption></figure>`;
}

/** A stretch of the series: where it begins and ends, the highest score in it and whether a labelled anomaly is. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly score: number;
  readonly labelled: boolean;
}

/** Stretches of as many rows each, so that there are about `most`. */
function stretchesOf({ scores, labelled }: DetectionReportInput, { at }: Timeline, most: number): Stretch[] {
  const step = Math.max(1, Math.ceil(scores.length / most));
  return Array.from({ length: Math.ceil(scores.length / step) }, (_, i) => {
    const [start, end] = [i * step, Math.min(scores.length, (i + 1) * step)];
    return {
      from: at[start] ?? Number.NaN,
      to: at[end - 1] ?? Number.NaN,
      score: scores.subarray(start, end).reduce((a, b) => Math.max(a, b)),
      labelled: labelled?.isAnomaly.subarray(start, end).includes(1) ?? false,
    };
  });
}

/** Neighbouring stretches that are labelled, as one. */
function labelledBands(stretches: readonly Stretch[]): { from: number; to: number }[] {
  const bands: { from: number; to: number }[] = [];
  for (const [i, { labelled, from, to }] of stretches.entries()) {
    if (!labelled) continue;
    const last = bands.at(-1);
    if (last && stretches[i - 1]?.labelled) last.to = to;
    else bands.push({ from, to });
  }
  return bands;
}

/** A time as people write it, or a position. */
function momentOf(value: number, { unit }: Pick<Timeline, 'unit'>): string {
  if (unit === 'number') return count(value);
  if (!Number.isFinite(value)) return 'unknown';
  return new Date(value)
    .toISOString()
    .replace('T', ' ')
    .replace(/(:00)?\.000Z$/, '');
}

function timeChart(input: DetectionReportInput, timeline: Timeline): Html {
  const { threshold } = input.line;
  const isDate = timeline.unit === 'date';
  const at = (value: number) => (isDate ? new Date(value) : value);
  return chart((room) => {
    const stretches = stretchesOf(input, timeline, room.pick(800, 300)).filter(
      ({ score, from, to }) => score > 0 && Number.isFinite(from) && Number.isFinite(to),
    );
    // A threshold of 0 lies below any logarithmic axis.
    const scores = [...stretches.map(({ score }) => score), ...(threshold > 0 ? [threshold] : [])];
    const low = scores.reduce((a, b) => Math.min(a, b)) * 0.9;
    const high = scores.reduce((a, b) => Math.max(a, b)) * 1.1;
    return {
      label: `Scores over time, with the threshold at ${figure(threshold)}`,
      ...scoreRoom(room),
      x: {
        domain: [at(stretches[0]?.from ?? 0), at(stretches.at(-1)?.to ?? 0)],
        ...(isDate && { type: 'utc' }),
        ...{ ticks: room.pick(8, 3), label: timeline.name },
      },
      y: { type: 'log', domain: [low, high], apart: 30, text: (value) => figure(value, 2) },
      behind: [
        Plot.rect(labelledBands(stretches), {
          ...{ x1: ({ from }: Stretch) => at(from), x2: ({ to }: Stretch) => at(to), y1: low, y2: high },
          ...{ fill: 'var(--c6)', fillOpacity: 0.22 },
        }),
      ],
      marks: [
        Plot.line(stretches, {
          ...{ x: ({ from }: Stretch) => at(from), y: 'score', stroke: 'var(--network)', strokeWidth: 1.2 },
        }),
        Plot.ruleY(threshold > 0 ? [threshold] : [], thresholdRule),
      ],
      markup: ({ frame: { left, right, top } }) =>
        html`<g class="names">${thresholdName(threshold, left, top, 'start')}<text x="${right}" y="${top - 14}" text-anchor="end" class="number">score, logarithmic</text></g>`,
      stops: stretches.map(({ from, score, labelled }) => [
        at(from),
        `${momentOf(from, timeline)}\nscore ${figure(score)}${score > threshold ? ', an anomaly' : ''}${labelled ? '\nlabelled' : ''}`,
      ]),
    };
  });
}

/** The scores of a series in its order, or nothing of other data. */
export function timelineOf(input: DetectionReportInput): Html | undefined {
  const { timeline, what, labelled } = input;
  // Scores of 0 alone have no place on a logarithmic axis.
  if (!timeline || !input.scores.some((score) => score > 0)) return undefined;
  return html`${lead(
    `The scores of the ${what}s in their order; of many that fall on one place the highest.`,
    what === 'row' && 'Windows are scored, and a row by those that hold it: what is unusual raises the rows around it.',
  )}
${colorKey([
  { name: 'score', color: 'network' },
  ...(labelled ? [{ name: `labelled ${labelled.classes.join(', ')}`, color: 'c6' }] : []),
])}<figure>${timeChart(input, timeline)}<figcaption>What rises above the dashed line is an anomaly.${labelled && ' Shaded: the stretches that are labelled.'}</figcaption></figure>`;
}
