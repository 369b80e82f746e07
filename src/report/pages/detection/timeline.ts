import * as Plot from '@observablehq/plot';
import { count, figure } from '../../../core/format.js';
import { addMarkup, draw, finish, inBothWidths, logTicks, round, type Stop, thin } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { colorKey } from '../../kit/parts.js';
import type { DetectionReportInput, Timeline } from './input.js';

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
      from: at[start]!,
      to: at[end - 1]!,
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
    if (last && stretches[i - 1]!.labelled) last.to = to;
    else bands.push({ from, to });
  }
  return bands;
}

/** A time as people write it, or a position. */
export function momentOf(value: number, { unit }: Pick<Timeline, 'unit'>): string {
  if (unit === 'number') return count(value);
  if (!Number.isFinite(value)) return 'unknown';
  return new Date(value)
    .toISOString()
    .replace('T', ' ')
    .replace(/(:00)?\.000Z$/, '');
}

function chart(input: DetectionReportInput, timeline: Timeline, width: number): Html {
  const wide = width > 500;
  const [height, left, right, top, bottom] = wide ? [340, 56, 20, 34, 44] : [270, 50, 12, 34, 40];
  const { threshold } = input.line;
  const stretches = stretchesOf(input, timeline, wide ? 800 : 300).filter(
    ({ score, from, to }) => score > 0 && Number.isFinite(from) && Number.isFinite(to),
  );
  const isDate = timeline.unit === 'date';
  // A threshold of 0 lies below any logarithmic axis.
  const scores = [...stretches.map(({ score }) => score), ...(threshold > 0 ? [threshold] : [])];
  const [low, high] = [
    scores.reduce((a, b) => Math.min(a, b)) * 0.9,
    scores.reduce((a, b) => Math.max(a, b)) * 1.1,
  ] as const;
  const along = (value: number) => (Math.log(value / low) / Math.log(high / low)) * (height - top - bottom);
  const x = (value: number) => (isDate ? new Date(value) : value);
  const [first, last] = [stretches[0]!.from, stretches.at(-1)!.to];
  const yTicks = logTicks(low, high, along, 30);
  const drawing = draw({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: [x(first), x(last)], ...(isDate && { type: 'utc' }) },
    y: { type: 'log', domain: [low, high] },
    marks: [
      Plot.rect(labelledBands(stretches), {
        x1: ({ from }: Stretch) => x(from),
        x2: ({ to }: Stretch) => x(to),
        y1: low,
        y2: high,
        fill: 'var(--c6)',
        fillOpacity: 0.22,
      }),
      Plot.gridY(yTicks, { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY(yTicks, { tickSize: 0, label: null, text: (value: number) => figure(value, 2) }),
      Plot.axisX({ ticks: wide ? 8 : 3, tickSize: 4, label: timeline.name, labelArrow: 'none', labelAnchor: 'center' }),
      Plot.line(stretches, {
        x: ({ from }: Stretch) => x(from),
        y: 'score',
        stroke: 'var(--network)',
        strokeWidth: 1.2,
      }),
      Plot.ruleY(threshold > 0 ? [threshold] : [], { stroke: 'var(--ink)', strokeDasharray: '5 4', strokeWidth: 1.5 }),
    ],
  });
  addMarkup(
    drawing,
    html`<g class="names"><text x="${left}" y="${top - 14}" text-anchor="start" style="fill:var(--ink)">threshold <tspan class="number">${figure(threshold, 3)}</tspan></text><text x="${width - right}" y="${round(top - 14)}" text-anchor="end" class="number">score, logarithmic</text></g>`,
  );
  const place = (value: number) => left + ((value - first) / (last - first || 1)) * (width - left - right);
  const stops = thin(stretches, 400).map(
    ({ from, score, labelled }): Stop => [
      place(from),
      `${momentOf(from, timeline)}\nscore ${figure(score)}${score > threshold ? ', an anomaly' : ''}${labelled ? '\nlabelled' : ''}`,
    ],
  );
  return finish(drawing, `Scores over time, with the threshold at ${figure(threshold)}`, stops);
}

/** The scores of a series in its order, or nothing of other data. */
export function timelineSection(input: DetectionReportInput): Section | undefined {
  const { timeline, what, labelled } = input;
  // Scores of 0 alone have no place on a logarithmic axis.
  if (!timeline || !input.scores.some((score) => score > 0)) return undefined;
  return {
    id: 'timeline',
    short: 'Over time',
    title: 'When it happened',
    body: html`<p class="lead">The scores of the ${what}s in their order; of many that fall on one place the highest.${what === 'row' && ' Windows are scored, and a row by those that hold it: what is unusual raises the rows around it.'}</p>
${colorKey([
  { name: 'score', color: 'network' },
  ...(labelled ? [{ name: `labelled ${labelled.classes.join(', ')}`, color: 'c6' }] : []),
])}<figure>${inBothWidths((width) => chart(input, timeline, width))}<figcaption>What rises above the dashed line is an anomaly.${labelled && ' Shaded: the stretches that are labelled.'}</figcaption></figure>`,
  };
}
