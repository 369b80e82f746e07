import * as Plot from '@observablehq/plot';
import { count, figure } from '../../core/format.js';
import { type Axis, chart, type Drawing, type Room, round, type Stop, sideNames, wholeTicks } from './chart.js';
import { type Html, html } from './html.js';

/** One curve. */
export interface Line {
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly color: string;
  /** A value for each place along x; what is not finite is left out. */
  readonly values: readonly number[];
  readonly strokeWidth?: number;
  /** Places along x whose points are ringed. */
  readonly ringed?: readonly number[];
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
  /** The axis of y, where it is not to follow from the values. */
  readonly y?: Axis;
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
function placeTicks(places: readonly number[], pixels: number, apart: number): number[] {
  const [first = 1, last = 1] = [places[0], places.at(-1)];
  const isFree = (a: number, b: number) => (Math.log(b / a) / Math.log(last / first)) * pixels >= apart;
  const ticks: number[] = [];
  for (const place of places) {
    if (place === last || (isFree(place, last) && isFree(ticks.at(-1) ?? 0, place))) ticks.push(place);
  }
  return ticks;
}

/** The axis of y: logarithmic where early values would otherwise squeeze the rest into the bottom. */
function axisOf(values: readonly number[]): Axis & { readonly domain: readonly [number, number] } {
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const isLog = least > 0 && most / least > 2;
  const [to, from] = isLog ? [Math.log, Math.exp] : [Number, Number];
  const span = to(most) - to(least) || Math.abs(to(least)) * 0.1 || 1;
  const domain = [from(to(least) - span * 0.09), from(to(most) + span * 0.05)] as const;
  return isLog ? { type: 'log', domain, apart: 34, text: tickText } : { type: 'linear', domain };
}

/** A round value at an axis: 0.05, 2e-6. */
function tickText(value: number): string {
  return Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

interface Stage {
  readonly name: string;
  readonly from: number;
  to: number;
}

/** Where stages begin and end, in places of x. */
function stagesOf({ x, stages }: LineChart): Stage[] {
  if (!stages || new Set(stages).size < 2) return [];
  const runs: Stage[] = [];
  for (const [i, at] of x.entries()) {
    const [name, last] = [stages[i] ?? '', runs.at(-1)];
    if (last?.name === name) last.to = at;
    else runs.push({ name, from: at, to: at });
  }
  return runs;
}

/** Rules between stages, and their names above where they fit. */
function stageMarks(stages: readonly Stage[], { x, frame: { top, bottom } }: Drawing): Html {
  return html`<g class="stages">${stages.map((stage, i) => {
    const [before, after] = [stages[i - 1], stages[i + 1]];
    const left = x(before ? (before.to + stage.from) / 2 : stage.from);
    const right = x(after ? (stage.to + after.from) / 2 : stage.to);
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
  const rings = shown.filter(({ x }) => ringed?.includes(x));
  return [
    Plot.lineY(shown, { x: 'x', y: 'y', z: 'stage', stroke, strokeWidth, curve: 'linear' }),
    ...(chart.x.length <= 40 ? [Plot.dot(shown, { x: 'x', y: 'y', r: room.pick(2.6, 2), fill: stroke })] : []),
    ...(ringed ? [Plot.dot(rings, { x: 'x', y: 'y', r: 7, stroke, strokeWidth: 1.5 })] : []),
  ];
}

/** Draws curves. */
export function lineChart(lineChart: LineChart): Html {
  const { label, x, unit, lines, levels = [], format = figure, named = true } = lineChart;
  const stages = stagesOf(lineChart);
  const values = [...lines.flatMap((line) => line.values), ...levels.map((level) => level.value)];
  const y = lineChart.y ?? axisOf(values.filter(Number.isFinite));
  const isLog = y.type === 'log';
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 0];
  const isDoubling = lineChart.doublings && first !== last;
  const ends = [
    ...lines.map(({ values: all, ...line }) => ({ ...line, value: all.findLast(Number.isFinite) ?? Number.NaN })),
    ...levels,
  ].filter(({ value }) => Number.isFinite(value) && (!isLog || value > 0));
  /** What is said at each place: the curves that have a value there. */
  const stops = x.map((at, i): Stop => {
    const said = [...lines].reverse().flatMap(({ name, values: all }) => {
      const value = all[i] ?? Number.NaN;
      return Number.isFinite(value) ? [`${name} ${format(value, 4)}`] : [];
    });
    const stage = stages.length > 0 ? ` · ${lineChart.stages?.[i]}` : '';
    return [at, `${unit} ${count(at)}${stage}\n${said.join('\n')}`];
  });
  return chart((room) => {
    const { pick, width } = room;
    const [left, right] = [pick(56, 46), named ? pick(112, 92) : pick(80, 62)];
    return {
      ...{ label, height: pick(400, 300), top: stages.length > 0 ? pick(34, 32) : 20, right, left },
      x: {
        domain: first === last ? [first - 1, last + 1] : [first, last],
        ...(isDoubling && { type: 'log' }),
        ticks: isDoubling ? placeTicks(x, width - left - right, 26) : wholeTicks(first, last, pick(10, 5)),
        ...{ text: count, label: unit },
      },
      y,
      marks: [levelRules(levels), ...lines.flatMap((line) => curveMarks(line, lineChart, isLog, room))],
      markup: (drawing) => [
        stageMarks(stages, drawing),
        sideNames(
          ends.map(({ name, color, value }) => ({
            ...{ x: drawing.frame.right + 10, y: drawing.y(value), color },
            text: html`${named && `${name} `}<tspan class="${named ? 'number' : 'value'}">${format(value, pick(4, 3))}</tspan>`,
          })),
        ),
      ],
      stops,
    };
  });
}
