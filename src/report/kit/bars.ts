import * as Plot from '@observablehq/plot';
import { count, figure, percent, roundPercent } from '../../core/format.js';
import { chart, sideNames, wholeTicks } from './chart.js';
import { type Html, html } from './html.js';
import { type Level, levelRules } from './lines.js';

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
  /** What x is. */
  readonly unit: string;
  /** The ends of x, where bars do not fill it. */
  readonly ends?: readonly [number, number];
  /** Ticks of x at whole numbers. */
  readonly isCounted?: boolean;
  readonly levels?: readonly Level[];
  /** Writes a value; percent for shares, whose ticks are percentages too. */
  readonly format?: (value: number) => string;
  /** Wide and narrow height in pixels. */
  readonly heights?: readonly [number, number];
}

/** Draws bars from 0. */
export function barChart(barChart: BarChart): Html {
  const { label, bars, unit, isCounted, levels = [], format = figure, heights = [280, 220] } = barChart;
  const most = Math.max(...bars.map(({ y }) => y), ...levels.map(({ value }) => value));
  const tickText = format === percent ? roundPercent : String;
  const domain = barChart.ends ?? ([bars[0]?.x1 ?? 0, bars.at(-1)?.x2 ?? 1] as const);
  return chart(({ pick, width }) => {
    const left = pick(56, 50);
    const right = levels.length > 0 ? pick(110, 96) : 14;
    const ticks = pick(10, 5);
    // A hair between bars where there is room for one.
    const inset = ((width - left - right) / bars.length) * 0.12 > 0.5 ? 0.5 : 0;
    const wholes = isCounted && { ticks: wholeTicks(1, Math.floor(domain[1]), ticks), text: count };
    return {
      ...{ label, height: pick(...heights), top: 16, right, left },
      x: { domain, ticks, tickSize: 3, label: unit, ...wholes },
      y: { domain: [0, most > 0 ? most * 1.05 : 1], ticks: 5, text: (value) => (value ? tickText(value) : '0') },
      marks: [
        Plot.rectY(bars, {
          ...{ x1: 'x1', x2: 'x2', y: 'y', fill: 'var(--network)', fillOpacity: 0.8 },
          ...{ insetLeft: inset, insetRight: inset },
        }),
        levelRules(levels, 1.5),
      ],
      markup: ({ y, frame }) =>
        sideNames(
          levels.map(({ name, value, color }) => ({
            ...{ x: frame.right + 8, y: y(value), color },
            text: html`${name} <tspan class="number">${format(value)}</tspan>`,
          })),
          0,
        ),
      stops: bars.map(({ x1, x2, says }) => [(x1 + x2) / 2, says]),
    };
  });
}

/** Draws values as bars at 1, 2, …, the largest first, with what each says. */
export function rankedBars<T>(
  items: readonly T[],
  value: (item: T) => number,
  says: (item: T, rank: number) => string,
  chart: Omit<BarChart, 'bars'>,
): Html {
  const sorted = [...items].sort((a, b) => value(b) - value(a));
  const bars = sorted.map((item, i) => ({ x1: i + 0.5, x2: i + 1.5, y: value(item), says: says(item, i + 1) }));
  return barChart({ ...chart, bars, isCounted: true });
}
