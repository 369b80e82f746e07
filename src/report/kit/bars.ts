import * as Plot from '@observablehq/plot';
import { count, figure } from '../../core/format.js';
import { addMarkup, draw, finish, round, type Stop, thin } from './chart.js';
import { type Html, html } from './html.js';
import type { Level } from './lines.js';

/** One bar, from x1 to x2. */
export interface Bar {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
  /** What it says when pointed at. */
  readonly says: string;
}

/** Bars side by side. */
export interface BarChart {
  /** What the drawing shows, in words. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** The name of their colour in the style sheet. */
  readonly color: string;
  /** What x is. */
  readonly unit: string;
  /** The ends of x, where bars do not fill it. */
  readonly ends?: readonly [number, number];
  /** Ticks of x; round ones by default. */
  readonly ticks?: (most: number) => readonly number[];
  readonly levels?: readonly Level[];
  readonly format?: (value: number) => string;
  /** Writes the ticks of y. */
  readonly tickText?: (value: number) => string;
  /** Wide and narrow height in pixels. */
  readonly heights?: readonly [number, number];
}

/** Draws bars from 0. */
export function barChart(chart: BarChart, width: number): Html {
  const { bars, color, levels = [], format = (value: number) => figure(value, 3), tickText = String } = chart;
  const wide = width > 500;
  const height = (chart.heights ?? [280, 220])[wide ? 0 : 1];
  const [left, top, bottom] = [wide ? 56 : 50, 16, wide ? 44 : 40];
  const right = levels.length > 0 ? (wide ? 110 : 96) : 14;
  const most = Math.max(...bars.map(({ y }) => y), ...levels.map(({ value }) => value));
  const [first, last] = chart.ends ?? [bars[0]!.x1, bars.at(-1)!.x2];
  const ticks = chart.ticks?.(wide ? 10 : 5);
  // A hair between bars where there is room for one.
  const gap = ((width - left - right) / bars.length) * 0.12 > 0.5 ? 0.5 : 0;
  const drawing = draw({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: [first, last] },
    y: { domain: [0, most > 0 ? most * 1.05 : 1] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: 5,
        tickSize: 0,
        label: null,
        tickFormat: (value: number) => (value === 0 ? '0' : tickText(value)),
      }),
      Plot.axisX(ticks && [...ticks], {
        ...(ticks ? { tickFormat: count } : { ticks: wide ? 10 : 5 }),
        tickSize: 3,
        label: chart.unit,
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      Plot.rectY(bars, {
        x1: 'x1',
        x2: 'x2',
        y: 'y',
        fill: `var(--${color})`,
        fillOpacity: 0.8,
        insetLeft: gap,
        insetRight: gap,
      }),
      Plot.ruleY(levels, {
        y: 'value',
        stroke: (level: Level) => `var(--${level.color})`,
        strokeDasharray: '5 4',
        strokeWidth: 1.5,
      }),
    ],
  });
  addMarkup(
    drawing,
    html`<g class="names">${levels.map(
      (level) =>
        html`<text x="${width - right + 8}" y="${round(drawing.y(level.value))}" dy="0.35em" text-anchor="start" style="fill:var(--${level.color})">${level.name} <tspan class="number">${format(level.value)}</tspan></text>`,
    )}</g>`,
  );
  const stops = thin(bars, 400).map((bar): Stop => [drawing.x((bar.x1 + bar.x2) / 2), bar.says]);
  return finish(drawing, chart.label, stops);
}

/** Values as bars at 1, 2, …, the largest first, with what each says. */
export function rankedBars<T>(
  items: readonly T[],
  value: (item: T) => number,
  says: (item: T, rank: number) => string,
): Bar[] {
  const sorted = [...items].sort((a, b) => value(b) - value(a));
  return sorted.map((item, i) => ({ x1: i + 0.5, x2: i + 1.5, y: value(item), says: says(item, i + 1) }));
}
