import * as Plot from '@observablehq/plot';
import { histogramOf } from '../../../analysis/training/code-columns.js';
import { zip } from '../../../core/collections.js';
import { count, figure, percent, roundPercent } from '../../../core/format.js';
import type { ScoreName } from '../../../models/calibration.js';
import { shareBelow } from '../../../tasks/detect/evaluation.js';
import { chart } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import { comparedWith, type DetectionReportInput } from './input.js';
import { scoreRoom, thresholdName, thresholdRule } from './threshold.js';

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
