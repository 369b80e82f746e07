import * as Plot from '@observablehq/plot';
import { count, figure } from '../../core/format.js';
import { chart, logTicks, type Room, round, type Stop, sideNames, thin, wholeTicks } from './chart.js';
import { type Html, html } from './html.js';

/** One curve. */
export interface Line {
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly color: string;
  /** A value for each place along x; what is not finite is left out. */
  readonly values: readonly number[];
  readonly strokeWidth?: number;
  /** A place along x whose point is ringed, or several. */
  readonly ringed?: number | readonly number[];
}

/** A level worth comparing curves with. */
export interface Level {
  readonly name: string;
  readonly value: number;
  readonly color: string;
}

/** Curves over epochs, or over any other whole numbers. */
export interface LineChart {
  /** What the drawing shows, in words. */
  readonly label: string;
  readonly x: readonly number[];
  /** What x counts. */
  readonly unit: string;
  /** Doublings of x are as far apart everywhere, and ticks are the places themselves. */
  readonly doublings?: boolean;
  /** The stage that each place belongs to, where there are several: curves break between them, and their names are written. */
  readonly stages?: readonly string[];
  readonly lines: readonly Line[];
  readonly levels?: readonly Level[];
  /** Writes a value; the number of significant digits is less where there is little room. */
  readonly format?: (value: number, digits: number) => string;
  /** The ends of y and its ticks, where they are not to follow from the values. */
  readonly y?: {
    readonly domain: readonly [number, number];
    readonly ticks: readonly number[];
    readonly tickText: (value: number) => string;
  };
  /** Whether the ends of the curves carry names, or values alone where a key says which is which. */
  readonly named?: boolean;
}

/** Levels as dashed rules. */
export const levelRules = (levels: readonly Level[], strokeWidth = 1): Plot.Markish =>
  Plot.ruleY(levels, {
    ...{ y: 'value', stroke: ({ color }: Level) => `var(--${color})`, strokeDasharray: '5 4' },
    ...(strokeWidth !== 1 && { strokeWidth }),
  });

/** The places themselves as ticks, those left out that would run into others; the first and the last stay. */
function placeTicks(
  places: readonly number[],
  last: number,
  pixels: (place: number) => number,
  apart: number,
): number[] {
  const ticks: number[] = [];
  for (const place of places) {
    const isFree = ticks.every((tick) => pixels(place) - pixels(tick) >= apart);
    if (place === last || (isFree && pixels(last) - pixels(place) >= apart)) ticks.push(place);
  }
  return ticks;
}

/** The scale of y: logarithmic where early values would otherwise squeeze the rest into the bottom. */
function scaleOf(values: readonly number[], fixed: LineChart['y']) {
  if (fixed) return { isLog: false, domain: fixed.domain };
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const isLog = least > 0 && most / least > 2;
  const [to, from] = isLog ? [Math.log, Math.exp] : [(v: number) => v, (v: number) => v];
  const span = to(most) - to(least) || Math.abs(to(least)) * 0.1 || 1;
  return { isLog, domain: [from(to(least) - span * 0.09), from(to(most) + span * 0.05)] as const };
}

/** A round value at an axis: 0.05, 2e-6. */
function tickText(value: number): string {
  return Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

/** Where stages begin and end, in places of x. */
function stagesOf({ x, stages }: LineChart): { name: string; from: number; to: number }[] {
  if (!stages || new Set(stages).size < 2) return [];
  const runs: { name: string; from: number; to: number }[] = [];
  for (const [i, at] of x.entries()) {
    const [name, last] = [stages[i] ?? '', runs.at(-1)];
    if (last?.name === name) last.to = at;
    else runs.push({ name, from: at, to: at });
  }
  return runs;
}

/** Rules between stages, and their names above where they fit. */
function stageMarks(chart: LineChart, toPixels: (x: number) => number, top: number, bottom: number) {
  const stages = stagesOf(chart);
  return html`<g class="stages">${stages.map((stage, i) => {
    const before = stages[i - 1];
    const after = stages[i + 1];
    const left = toPixels(before ? (before.to + stage.from) / 2 : stage.from);
    const right = toPixels(after ? (stage.to + after.from) / 2 : stage.to);
    const text = [stage.name, stage.name.replace(/^layer (\d+) of (\d+)$/, '$1/$2')].find(
      (name) => name.length * 6.6 <= right - left - 8,
    );
    return html`${before && html`<line x1="${round(left)}" x2="${round(left)}" y1="${top}" y2="${bottom}"></line>`}${
      text && html`<text x="${round(i === 0 ? left : left + 4)}" y="${top - 12}" text-anchor="start">${text}</text>`
    }`;
  })}</g>`;
}

/** A curve, with dots where there are few places, and rings around some. */
function curveMarks({ values, color, strokeWidth = 2, ringed }: Line, chart: LineChart, isLog: boolean, room: Room) {
  const points = chart.x.map((x, i) => ({ x, y: values[i] ?? Number.NaN, stage: chart.stages?.[i] ?? '' }));
  const shown = points.filter(({ y }) => Number.isFinite(y) && (!isLog || y > 0));
  const stroke = `var(--${color})`;
  const rings = ringed === undefined ? [] : shown.filter(({ x }) => [ringed].flat().includes(x));
  return [
    Plot.lineY(shown, { x: 'x', y: 'y', z: 'stage', stroke, strokeWidth, curve: 'linear' }),
    ...(chart.x.length <= 40 ? [Plot.dot(shown, { x: 'x', y: 'y', r: room.pick(2.6, 2), fill: stroke })] : []),
    ...(ringed === undefined ? [] : [Plot.dot(rings, { x: 'x', y: 'y', r: 7, stroke, strokeWidth: 1.5 })]),
  ];
}

/** What is said at each place: the curves that have a value there. */
function stopsOf(chart: LineChart, toPixels: (x: number) => number, format: (value: number, digits: number) => string) {
  const { x, unit, stages, lines } = chart;
  const hasStages = stagesOf(chart).length > 0;
  return thin([...x.entries()], 500).map(([i, at]): Stop => {
    const said = [...lines].reverse().flatMap(({ name, values }) => {
      const value = values[i] ?? Number.NaN;
      return Number.isFinite(value) ? [`${name} ${format(value, 4)}`] : [];
    });
    return [toPixels(at), `${unit} ${count(at)}${hasStages ? ` · ${stages?.[i]}` : ''}\n${said.join('\n')}`];
  });
}

/** Draws curves. */
export function lineChart(lineChart: LineChart): Html {
  const { label, x, unit, lines, levels = [], format = figure, named = true } = lineChart;
  const values = [...lines.flatMap((line) => line.values), ...levels.map((level) => level.value)].filter(
    Number.isFinite,
  );
  const { isLog, domain } = scaleOf(values, lineChart.y);
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 0];
  const isDoubling = lineChart.doublings && first !== last;
  return chart((room) => {
    const right = named ? room.pick(112, 92) : room.pick(80, 62);
    const [height, left, top, bottom] = room.pick([400, 56, 20, 44] as const, [300, 46, 20, 40] as const);
    const start = stagesOf(lineChart).length > 0 ? top + room.pick(14, 12) : top;
    const along = (at: number) => (Math.log(at / first) / Math.log(last / first)) * (room.width - left - right);
    const ticks = lineChart.y?.ticks ?? (isLog ? logTicks(...domain, height - bottom - start, 34) : 6);
    const ends = [
      ...lines.map(({ values: all, ...line }) => ({ ...line, value: all.findLast(Number.isFinite) ?? Number.NaN })),
      ...levels,
    ].filter(({ value }) => Number.isFinite(value) && (!isLog || value > 0));
    return {
      label,
      height,
      margins: [start, right, bottom, left],
      x: {
        domain: first === last ? [first - 1, last + 1] : [first, last],
        ...(isDoubling && { type: 'log' }),
        ticks: isDoubling ? placeTicks(x, last, along, 26) : wholeTicks(first, last, room.pick(10, 5)),
        text: count,
        label: unit,
      },
      y: {
        type: isLog ? 'log' : 'linear',
        domain,
        ticks,
        text: lineChart.y?.tickText ?? (isLog ? tickText : undefined),
      },
      marks: [levelRules(levels), ...lines.flatMap((line) => curveMarks(line, lineChart, isLog, room))],
      markup: (drawing) => [
        stageMarks(lineChart, drawing.x, start, height - bottom),
        sideNames(
          ends.map(({ name, color, value }) => ({
            ...{ x: room.width - right + 10, y: drawing.y(value), color },
            text: html`${named && `${name} `}<tspan class="${named ? 'number' : 'value'}">${format(value, room.pick(4, 3))}</tspan>`,
          })),
        ),
      ],
      stops: (drawing) => stopsOf(lineChart, drawing.x, format),
    };
  });
}
