import * as Plot from '@observablehq/plot';
import { count, figure } from '../../core/format.js';
import { addMarkup, draw, finish, logTicks, round, type Stop, spread, thin } from './chart.js';
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

/** Whole numbers along an axis, evenly spaced and round. */
export function wholeTicks(first: number, last: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => (last - first) / s <= most) ?? 10_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks.length > 0 ? ticks : [first];
}

/** The places themselves as ticks, those left out that would run into others; the first and the last stay. */
function placeTicks(places: readonly number[], pixels: (place: number) => number, apart: number): number[] {
  const last = places.at(-1)!;
  const ticks: number[] = [];
  for (const place of places) {
    const free = ticks.every((tick) => pixels(place) - pixels(tick) >= apart);
    if (place === last || (free && pixels(last) - pixels(place) >= apart)) ticks.push(place);
  }
  return ticks;
}

/** The scale of y: logarithmic where early values would otherwise squeeze the rest into the bottom. */
function scaleOf(values: readonly number[], fixed: LineChart['y']) {
  if (fixed) return { log: false, domain: fixed.domain };
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const log = least > 0 && most / least > 2;
  const [into, outOf] = log ? [Math.log, Math.exp] : [(v: number) => v, (v: number) => v];
  const span = into(most) - into(least) || Math.abs(into(least)) * 0.1 || 1;
  return { log, domain: [outOf(into(least) - span * 0.09), outOf(into(most) + span * 0.05)] as const };
}

/** A round value at an axis: 0.05, 2e-6. */
function tickText(value: number): string {
  return Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

/** Where stages begin and end, in places of x. */
function stagesOf({ x, stages }: LineChart): { name: string; from: number; to: number }[] {
  if (!stages || new Set(stages).size < 2) return [];
  const found: { name: string; from: number; to: number }[] = [];
  for (const [i, name] of stages.entries()) {
    const last = found.at(-1);
    if (last?.name === name) last.to = x[i]!;
    else found.push({ name, from: x[i]!, to: x[i]! });
  }
  return found;
}

/** Rules between stages, and their names above where they fit. */
function stageMarks(chart: LineChart, toPixels: (x: number) => number, ends: readonly [number, number], top: number) {
  const stages = stagesOf(chart);
  const bottom = ends[1];
  return html`<g class="stages">${stages.map((stage, i) => {
    const before = stages[i - 1];
    const after = stages[i + 1];
    const left = toPixels(before ? (before.to + stage.from) / 2 : stage.from);
    const right = toPixels(after ? (stage.to + after.from) / 2 : stage.to);
    const fits = (text: string) => text.length * 6.6 <= right - left - 8;
    const text = [stage.name, stage.name.replace(/^layer (\d+) of (\d+)$/, '$1/$2')].find(fits);
    return html`${before && html`<line x1="${round(left)}" x2="${round(left)}" y1="${ends[0]}" y2="${bottom}"></line>`}${
      text && html`<text x="${round(i === 0 ? left : left + 4)}" y="${top}" text-anchor="start">${text}</text>`
    }`;
  })}</g>`;
}

/** Draws curves. */
export function lineChart(chart: LineChart, width: number): Html {
  const { x, lines, levels = [], format = figure, named = true } = chart;
  const wide = width > 500;
  const hasStages = stagesOf(chart).length > 0;
  const right = named ? (wide ? 112 : 92) : wide ? 80 : 62;
  const [height, left, top, bottom] = wide ? [400, 56, hasStages ? 34 : 20, 44] : [300, 46, hasStages ? 32 : 20, 40];
  const values = [...lines.flatMap((line) => line.values), ...levels.map((level) => level.value)].filter(
    Number.isFinite,
  );
  const { log, domain } = scaleOf(values, chart.y);
  const into = log ? Math.log : (v: number) => v;
  const toPixels = (value: number) =>
    height - bottom - ((into(value) - into(domain[0])) / (into(domain[1]) - into(domain[0]))) * (height - bottom - top);
  const [first, last] = [x[0]!, x.at(-1)!];
  const dots = x.length <= 40;
  const isLog = chart.doublings && first !== last;
  const places = (at: number) => (Math.log(at / first) / Math.log(last / first)) * (width - left - right);
  const xTicks = isLog ? placeTicks(x, places, 26) : wholeTicks(first, last, wide ? 10 : 5);
  const ticks = chart.y?.ticks ?? (log ? logTicks(domain[0], domain[1], toPixels, 34) : undefined);

  const marks = lines.flatMap(({ values: ys, color, strokeWidth = 2, ringed }) => {
    const points = x.map((at, i) => ({ x: at, y: ys[i]!, stage: chart.stages?.[i] ?? '' }));
    const shown = points.filter((point) => Number.isFinite(point.y) && (!log || point.y > 0));
    return [
      Plot.lineY(shown, { x: 'x', y: 'y', z: 'stage', stroke: `var(--${color})`, strokeWidth, curve: 'linear' }),
      ...(dots ? [Plot.dot(shown, { x: 'x', y: 'y', r: wide ? 2.6 : 2, fill: `var(--${color})` })] : []),
      ...(ringed === undefined
        ? []
        : [
            Plot.dot(
              shown.filter((point) => [ringed].flat().includes(point.x)),
              { x: 'x', y: 'y', r: 7, stroke: `var(--${color})`, strokeWidth: 1.5 },
            ),
          ]),
    ];
  });
  const drawing = draw({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: first === last ? [first - 1, last + 1] : [first, last], ...(isLog && { type: 'log' }) },
    y: { type: log ? 'log' : 'linear', domain: [...domain] },
    marks: [
      Plot.gridY(ticks && [...ticks], { ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY(ticks && [...ticks], {
        ticks: 6,
        tickSize: 0,
        label: null,
        // As text, because of a logarithmic axis Plot lets D3 leave labels out.
        ...(chart.y ? { text: chart.y.tickText } : log && { text: tickText }),
      }),
      Plot.axisX(xTicks, {
        tickSize: 4,
        // As text, as for y.
        text: (at: number) => count(at),
        label: chart.unit,
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      Plot.ruleY(levels, { y: 'value', stroke: (level: Level) => `var(--${level.color})`, strokeDasharray: '5 4' }),
      ...marks,
    ],
  });

  // Names at the ends of the lines, moved apart where the lines end together.
  const ends = [
    ...lines.map(({ name, color, values: ys }) => ({ name, color, value: ys.findLast(Number.isFinite) ?? Number.NaN })),
    ...levels,
  ].filter((end) => Number.isFinite(end.value) && (!log || end.value > 0));
  const heights = spread(
    ends.map((end) => drawing.y(end.value)),
    17,
  );
  addMarkup(drawing, stageMarks(chart, drawing.x, [top, height - bottom], top - 12));
  addMarkup(
    drawing,
    html`<g class="names">${ends.map(
      (end, i) =>
        html`<text x="${width - right + 10}" y="${round(heights[i]!)}" dy="0.35em" text-anchor="start" style="fill:var(--${end.color})">${named && `${end.name} `}<tspan class="${named ? 'number' : 'value'}">${format(end.value, wide ? 4 : 3)}</tspan></text>`,
    )}</g>`,
  );
  const stops = thin(
    x.map((_, i) => i),
    500,
  ).map((i): Stop => {
    const stage = hasStages ? ` · ${chart.stages![i]!}` : '';
    const said = [...lines].reverse().filter(({ values: ys }) => Number.isFinite(ys[i]!));
    const text = said.map((line) => `${line.name} ${format(line.values[i]!, 4)}`).join('\n');
    return [drawing.x(x[i]!), `${chart.unit} ${count(x[i]!)}${stage}\n${text}`];
  });
  return finish(drawing, chart.label, stops);
}
