import * as Plot from '@observablehq/plot';
import { count, figure } from '../../core/format.js';
import { chart, type Stop, sideNames, thin } from './chart.js';
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
export function barChart({ label, bars, color, unit, levels = [], heights = [280, 220], ...rest }: BarChart): Html {
  const { format = (value: number) => figure(value, 3), tickText = String } = rest;
  const most = Math.max(...bars.map(({ y }) => y), ...levels.map(({ value }) => value));
  const [first, last] = rest.ends ?? [bars[0]?.x1 ?? 0, bars.at(-1)?.x2 ?? 1];
  return chart((room) => {
    const left = room.pick(56, 50);
    const right = levels.length > 0 ? room.pick(110, 96) : 14;
    const ticks = rest.ticks?.(room.pick(10, 5));
    // A hair between bars where there is room for one.
    const gap = ((room.width - left - right) / bars.length) * 0.12 > 0.5 ? 0.5 : 0;
    return {
      label,
      height: room.pick(...heights),
      margins: [16, right, room.pick(44, 40), left],
      x: { domain: [first, last], ticks: ticks ?? room.pick(10, 5), text: ticks && count, tickSize: 3, label: unit },
      y: {
        domain: [0, most > 0 ? most * 1.05 : 1],
        ticks: 5,
        text: (value) => (value === 0 ? '0' : tickText(value)),
      },
      marks: [
        Plot.rectY(bars, {
          ...{ x1: 'x1', x2: 'x2', y: 'y', fill: `var(--${color})`, fillOpacity: 0.8 },
          ...{ insetLeft: gap, insetRight: gap },
        }),
        levelRules(levels, 1.5),
      ],
      markup: ({ y }) =>
        sideNames(
          levels.map(({ name, value, color: levelColor }) => ({
            ...{ x: room.width - right + 8, y: y(value), color: levelColor },
            text: html`${name} <tspan class="number">${format(value)}</tspan>`,
          })),
          0,
        ),
      stops: ({ x }) => thin(bars, 400).map((bar): Stop => [x((bar.x1 + bar.x2) / 2), bar.says]),
    };
  });
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
