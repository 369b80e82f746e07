// Examples as drawings: pictures on one sheet, rows of a table and windows of a series as profiles in boxes.

import { badInput } from '../../core/errors.js';
import { several } from '../../core/format.js';
import { rowAt } from '../../core/vectors.js';
import { exampleSize } from '../../data/dataset.js';
import { round, thin } from './chart.js';
import { linesOf } from './example-lines.js';
import { type Html, html } from './html.js';
import { swatch } from './parts.js';
import { lookOf, pictureSheet } from './picture.js';

/** What tells how an example is drawn: [28, 28] and [h, w, 3] are pictures, others profiles over columns, or over time. */
export interface Shaped {
  readonly shape: readonly number[];
  /** Whether the first axis of an example is time. */
  readonly sequence?: boolean;
  readonly columns?: readonly string[];
}

/** The values drawn black and white, or at the bottom and the top. */
export type Range = readonly [low: number, high: number];

/** The lowest and the highest of all values. */
export function spanOf(all: Iterable<Float32Array>): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low < high ? [low, high] : [low - 1, low + 1];
}

/** The values drawn black and white: 0 and 1, or what the data span where they go beyond. */
export function rangeOf(all: Iterable<Float32Array>): Range {
  const [low, high] = spanOf(all);
  return low >= -0.001 && high <= 1.001 ? [0, 1] : [Math.min(low, 0), Math.max(high, 1)];
}

/** Sides of pictures on a sheet are averaged down to so many pixels. */
const LONGEST = 64;
/** Side of a picture in the units of the drawing; profiles are wider. */
const CELL = 56;
const PROFILE = { width: 84, height: 56 } as const;
/** Places of a profile that are drawn. */
const mostPlaces = 80;
/** Up to so many columns of a table are stems; more are a line, which for few columns would suggest an order. */
const mostStems = 24;
/** Columns of a window have colours of their own, where there are several; so many are drawn over one another. */
const windowColors = ['network', 'c4', 'c8'] as const;
/** Columns of a table that are named. */
const mostNamed = 12;
/** Levels of a channel: as many as an eye tells apart on a small picture, and few enough to keep the page small; of the many on a plane. */
const [LEVELS, PLANE_LEVELS] = [63, 31];

/** Several examples as one drawing. */
export interface ExampleRows {
  readonly input: Shaped;
  /** [count, size] */
  readonly values: Float32Array;
  readonly count: number;
  /** Examples in a row. */
  readonly columns: number;
  readonly range: Range;
  /** The name of the colour of profiles in the style sheet. */
  readonly color: string;
  /** Whether examples touch, as the cells of a plane do. */
  readonly isPlane?: boolean;
}

/** A drawing under way: its markup, its size in units of its own, and that of one example. */
export type DrawnExamples = ReturnType<typeof drawExamples>;

/** An example as a profile in a box of its own. */
function profile({ range, color, input, isPlane }: ExampleRows, values: Float32Array, left: number, top: number): Html {
  const [low, high] = range;
  const { width, height } = PROFILE;
  const pad = isPlane ? 1 : 4;
  const room = width - 2 * pad - 4;
  const y = (value: number): number => {
    const share = Math.min(1.04, Math.max(-0.04, (value - low) / (high - low || 1)));
    return round(top + height - pad - 2 - share * (height - 2 * pad - 4));
  };
  const base = y(Math.min(high, Math.max(low, 0)));
  const steps = input.sequence ? (input.shape[0] ?? 1) : values.length;
  const lines = linesOf(values, steps, windowColors.length);
  const isStems = !input.sequence && steps <= mostStems;
  const paths = lines.map((line, i) => {
    const places = thin([...line.entries()], mostPlaces);
    const x = (at: number): number =>
      round(left + pad + 2 + (isStems ? ((at + 0.5) * room) / steps : (at * room) / Math.max(1, steps - 1)));
    const path = isStems
      ? places.map(([at, value]) => `M${x(at)} ${base}V${y(value)}`).join('')
      : `M${places.map(([at, value]) => `${x(at)} ${y(value)}`).join('L')}`;
    const stroke = lines.length > 1 ? (windowColors[i] ?? color) : color;
    return html`<path class="${isStems ? 'stems' : 'curve'}" d="${path}" style="stroke:var(--${stroke})"></path>`;
  });
  return html`<rect class="box" x="${round(left + 0.5)}" y="${round(top + 0.5)}" width="${width - 1}" height="${height - 1}"></rect><line class="zero" x1="${left + pad}" x2="${left + width - pad}" y1="${base}" y2="${base}"></line>${paths}`;
}

/** What stands where on a profile, in words; pictures need none. */
export function profileKey({ shape, sequence, columns }: Shaped): Html | undefined {
  if (lookOf(shape, sequence).kind === 'picture') return undefined;
  const size = exampleSize({ shape });
  if (sequence) {
    const features = size / (shape[0] ?? 1);
    const named = windowColors.slice(0, features).map((color, i) => {
      return html`<span>${swatch(color)}${columns?.[i] ?? `column ${i + 1}`}</span>`;
    });
    const left = features - named.length;
    const rest = left > 0 ? ` and ${several(left, 'column')} not drawn` : '';
    return html`<p class="key">Each box is a window over time${features === 1 && rest === '' ? '.' : ':'} ${features > 1 && named}${rest}</p>`;
  }
  const names = columns?.slice(0, mostNamed).join(', ');
  return html`<p class="key">Each box is a profile: ${several(size, 'value')} from left to right${names && `: ${names}${size > mostNamed ? ', …' : ''}`}. The line is 0.</p>`;
}

/** The size of one example on a drawing. */
export function cellOf({ shape, sequence }: Shaped): { readonly width: number; readonly height: number } {
  const look = lookOf(shape, sequence);
  if (look.kind === 'profile') return PROFILE;
  const scale = CELL / Math.max(look.width, look.height);
  return { width: look.width * scale, height: look.height * scale };
}

/** Draws examples in rows: pictures as one PNG with lines of the page between them, others as profiles. */
function drawExamples(drawn: ExampleRows) {
  const { input, values, count, columns, range, isPlane } = drawn;
  const size = exampleSize(input);
  if (values.length < count * size) {
    throw badInput('report', `expected ${count} examples of ${size} values, got ${values.length} values`);
  }
  const look = lookOf(input.shape, input.sequence);
  const cell = cellOf(input);
  const rows = Math.ceil(count / columns);
  const [width, height] = [round(columns * cell.width), round(rows * cell.height)];
  if (look.kind === 'profile') {
    const boxes = Array.from({ length: count }, (_, n) => {
      const [left, top] = [(n % columns) * cell.width, Math.floor(n / columns) * cell.height];
      return profile(drawn, rowAt(values, size, n), left, top);
    });
    return { markup: html`<g class="profiles">${boxes}</g>`, width, height, cell };
  }
  const levels = isPlane ? PLANE_LEVELS : LEVELS;
  const { uri } = pictureSheet(values, look, { count, columns, range, levels, longest: LONGEST });
  const isCoarse = Math.max(look.width, look.height) < LONGEST;
  const lines = [
    ...Array.from({ length: columns - 1 }, (_, i) => `M${round((i + 1) * cell.width)} 0V${height}`),
    ...Array.from({ length: rows - 1 }, (_, i) => `M0 ${round((i + 1) * cell.height)}H${width}`),
  ];
  const markup = html`<image${isCoarse && html` class="pixels"`} width="${width}" height="${height}" preserveAspectRatio="none" href="${uri}"></image>${!isPlane && lines.length > 0 && html`<path class="between" d="${lines.join('')}"></path>`}`;
  return { markup, width, height, cell };
}

/** What a drawing of examples is shown with. */
export interface ExamplesFigure {
  /** What is to be seen, in words. */
  readonly says: string;
  /** SVG on top of it. */
  readonly markup?: (drawn: DrawnExamples) => Html;
  /** Room below it for more of that. */
  readonly below?: number;
  /** Added to its class. */
  readonly kind?: string;
  /** Whether it is as wide as its place. */
  readonly isFluid?: boolean;
}

/** Examples drawn as a picture by itself. */
export function examplesFigure(rows: ExampleRows, { says, markup, below = 0, kind, isFluid }: ExamplesFigure): Html {
  const drawn = drawExamples(rows);
  const { width, height } = drawn;
  return html`<svg class="tray${kind && ` ${kind}`}" viewBox="0 0 ${width} ${height + below}"${!isFluid && html` style="max-width:${width}px"`} role="img" aria-label="${says}">${drawn.markup}${markup?.(drawn)}</svg>`;
}
