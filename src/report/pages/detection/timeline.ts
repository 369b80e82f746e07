import * as Plot from '@observablehq/plot';
import { count, figure } from '../../../core/format.js';
import type { Timeline } from '../../../tasks/detect/detection-figures.js';
import { chart } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import type { DetectionReportInput } from './input.js';
import { scoreRoom, thresholdName, thresholdRule } from './threshold.js';

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
