import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeControls } from '../../core/errors.js';
import { type Html, html, type Part, trusted } from './html.js';

/** A place on a chart that answers to the pointer and the arrow keys: its x, and the lines to show there. */
export type Stop = readonly [x: number | Date, lines: string];

/** Pixels around what is drawn. */
export type Margins = readonly [top: number, right: number, bottom: number, left: number];

/** A drawing under construction: Plot's SVG, its scales as functions from values to pixels, and the pixels where its frame ends. */
export type Drawing = ReturnType<typeof draw>;

/** Draws with Observable Plot in a document of its own; the look (colours, letters) is left to the page's style sheet. */
export function draw({ margins, ...options }: Plot.PlotOptions & { margins: Margins; width: number; height: number }) {
  const { document } = parseHTML('<!doctype html><html><head></head><body></body></html>');
  const [marginTop, marginRight, marginBottom, marginLeft] = margins;
  const svg = Plot.plot({ document, className: 'plot', marginTop, marginRight, marginBottom, marginLeft, ...options });
  svg.querySelector('style')?.remove();
  svg.removeAttribute('font-family');
  svg.removeAttribute('font-size');
  const pixels = (name: 'x' | 'y') => {
    const apply = svg.scale(name)?.apply;
    return (value: number | Date): number => Number(apply?.(value) ?? 0);
  };
  const [right, bottom] = [options.width - marginRight, options.height - marginBottom];
  return { svg, x: pixels('x'), y: pixels('y'), frame: { left: marginLeft, right, top: marginTop, bottom } };
}

/** More places of a chart than this do not answer to the pointer: fingers are no finer. */
const MOST_STOPS = 500;

/** What makes markup of a drawing. */
export interface Finish {
  /** What the drawing shows, in words, for those who cannot see it. */
  readonly label: string;
  /** SVG on top of it. */
  readonly markup?: Part;
  /** Where it answers to pointer and arrow keys. */
  readonly stops?: readonly Stop[] | undefined;
  /** Attributes for the page's script. */
  readonly data?: Readonly<Record<string, string>>;
}

/** A drawing as markup. */
export function finish({ svg, x }: Drawing, { label, markup, stops = [], data = {} }: Finish): Html {
  const places = thin(stops, MOST_STOPS).map(([at, lines]) => [round(x(at)), lines]);
  const attributes = {
    ...Object.fromEntries([...svg.attributes].map((attribute) => [attribute.name, attribute.value])),
    role: 'img',
    'aria-label': label,
    ...(places.length > 0 && { tabindex: '0', 'data-stops': JSON.stringify(places) }),
    ...data,
  };
  // Written here, not by linkedom, which leaves ampersands in attributes as they are.
  return html`<svg${Object.entries(attributes).map(([key, value]) => html` ${key}="${value}"`)}>${trusted(escapeControls(svg.innerHTML))}${markup}</svg>`;
}

/** Room for a chart. Every chart is drawn for two: the page shows the one that fits, so that letters keep their size on a phone. */
export interface Room {
  readonly width: number;
  readonly isWide: boolean;
  /** The first where there is much room, else the second. */
  pick<T>(wide: T, narrow: T): T;
}

/** A drawing in both rooms; the style sheet shows one. */
export function inBothRooms(drawn: (room: Room) => Html, wide = 960, narrow = 340): Html {
  const wideRoom: Room = { width: wide, isWide: true, pick: (first) => first };
  const narrowRoom: Room = { width: narrow, isWide: false, pick: (_, second) => second };
  return html`<div class="chart wide">${drawn(wideRoom)}</div><div class="chart narrow">${drawn(narrowRoom)}</div>`;
}

/** An axis of a chart. */
export interface Axis {
  readonly domain?: readonly [low: number | Date, high: number | Date];
  readonly type?: 'linear' | 'log' | 'utc';
  readonly nice?: boolean;
  /** About how many, or which. */
  readonly ticks?: number | readonly number[] | undefined;
  /** Of a logarithmic axis: round values as ticks, none closer to another than so many pixels. */
  readonly apart?: number;
  /** Writes a tick, where Plot's own way is not meant; of a logarithmic axis all, of which D3 would leave some out. */
  readonly text?: ((value: number) => string) | undefined;
  /** Pixels of the lines at ticks. */
  readonly tickSize?: number;
  readonly label?: string;
}

/** A chart with a grid, ticks at the left and below, and what stands in it. */
export interface Chart {
  readonly label: string;
  readonly width?: number;
  readonly height: number;
  /** Pixels around what is drawn; below always what a line of ticks and a label need. */
  readonly top: number;
  readonly right: number;
  readonly left?: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Plot.Markish[];
  /** Marks under the grid. */
  readonly behind?: readonly Plot.Markish[];
  /** SVG on top. */
  readonly markup?: (drawing: Drawing) => Part;
  readonly stops?: readonly Stop[];
}

const scaleOf = ({ domain, type, nice }: Axis): Plot.ScaleOptions => ({
  ...(domain && { domain: [...domain] }),
  ...(type && { type }),
  ...(nice && { nice }),
});

/** The ticks of an axis of so many pixels as Plot takes them, and how they are written. */
function ticksOf({ ticks = 6, apart, domain: [low, high] = [0, 1], text }: Axis, pixels: number) {
  const values = apart === undefined ? ticks : logTicks(Number(low), Number(high), pixels, apart);
  const written = text ? { text } : {};
  return typeof values === 'number'
    ? ([undefined, { ticks: values }, written] as const)
    : ([[...values], {}, written] as const);
}

/** Draws charts in both rooms. */
export function chart(chartIn: (room: Room) => Chart): Html {
  return inBothRooms((room) => {
    const { label, height, top, right, x, y, marks, behind = [], markup, stops, ...sizes } = chartIn(room);
    const { width = room.width, left = room.pick(56, 46) } = sizes;
    const bottom = room.pick(44, 40);
    const [xTicks, xCount, xText] = ticksOf(x, width - left - right);
    const [yTicks, yCount, yText] = ticksOf(y, height - top - bottom);
    const yLabel = y.label === undefined ? { label: null } : ({ label: y.label, labelArrow: 'none' } as const);
    const xLabel = { label: x.label ?? null, labelArrow: 'none', labelAnchor: 'center' } as const;
    const drawing = draw({
      ...{ width, height, margins: [top, right, bottom, left], x: scaleOf(x), y: scaleOf(y) },
      marks: [
        ...behind,
        Plot.gridY(yTicks, { ...yCount, stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.axisY(yTicks, { ...yCount, tickSize: 0, ...yLabel, ...yText }),
        Plot.axisX(xTicks, { ...xCount, tickSize: x.tickSize ?? 4, ...xLabel, ...xText }),
        ...marks,
      ],
    });
    return finish(drawing, { label, markup: markup?.(drawing), stops });
  });
}

/** A name beside what it names, in a colour of the style sheet. */
type SideName = Readonly<{ x: number; y: number; color: string; text: Part }>;

/** Names at the ends of what they name, moved apart where those end together. */
export function sideNames(names: readonly SideName[], gap = 17): Html {
  const heights = spread(
    names.map(({ y }) => y),
    gap,
  );
  return html`<g class="names">${names.map(
    ({ x, y, color, text }, i) =>
      html`<text x="${round(x)}" y="${round(heights[i] ?? y)}" dy="0.35em" text-anchor="start" style="fill:var(--${color})">${text}</text>`,
  )}</g>`;
}

/** Pixels with one decimal: enough for a screen, and short. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Moves positions apart until neighbours are `gap` pixels from each other, keeping their order and their centre. */
function spread(positions: readonly number[], gap: number): number[] {
  const sorted = positions.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  for (let pass = 0; pass < 20; pass++) {
    for (const [i, below] of sorted.entries()) {
      const above = sorted[i - 1];
      const lack = above ? gap - (below.at - above.at) : 0;
      if (!above || lack <= 0) continue;
      above.at -= lack / 2;
      below.at += lack / 2;
    }
  }
  return sorted.sort((a, b) => a.index - b.index).map(({ at }) => at);
}

const mantissas = [1, 5, 2, 3, 7, 1.5, 4, 2.5, 6, 8, 9];

/** Round values for a logarithmic axis of so many pixels: the roundest first, none closer to another than `apart` pixels. */
function logTicks(low: number, high: number, pixels: number, apart: number): number[] {
  if (!(low > 0 && Number.isFinite(high))) return [];
  const ticks: number[] = [];
  const scale = pixels / Math.log(high / low);
  for (const mantissa of mantissas) {
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      const value = Number(`${mantissa}e${power}`);
      const isFree = ticks.every((tick) => Math.abs(Math.log(tick / value)) * scale >= apart);
      if (value >= low && value <= high && isFree) ticks.push(value);
    }
  }
  return ticks.sort((a, b) => a - b);
}

/** Whole numbers along an axis, evenly spaced and round. */
export function wholeTicks(first: number, last: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => (last - first) / s <= most) ?? 10_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks.length > 0 ? ticks : [first];
}

/** At most `most` of the items, evenly spaced, the first and the last among them. */
export function thin<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const kept = new Set(Array.from({ length: most }, (_, i) => Math.round((i * (items.length - 1)) / (most - 1))));
  return items.filter((_, i) => kept.has(i));
}
