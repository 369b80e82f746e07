import { badInput } from '../../../core/errors.js';
import { several } from '../../../core/format.js';
import { round, thin } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { swatch } from '../../kit/parts.js';
import { type Look, lookOf, picture } from '../../kit/picture.js';
import { rangeOf, spanOf } from '../training/profile.js';
import type { LatentReportInput } from './input.js';

type Shaped = Pick<LatentReportInput, 'shape' | 'sequence' | 'columns'>;

/** Sides of pictures on a sheet are averaged down to so many pixels. */
const LONGEST = 64;
/** Side of a picture in the units of the drawing; profiles are wider. */
const CELL = 56;
const PROFILE = { width: 84, height: 56 } as const;
/** Places of a profile that are drawn. */
const mostPlaces = 80;
/** Up to so many columns of a table are stems; more are a line, which for few columns would suggest an order. */
const mostStems = 24;
/** Columns of a window that are drawn over one another. */
const mostSeries = 3;
/** Columns of a table that are named. */
const mostNamed = 12;
/** Levels of a channel: as many as an eye tells apart on a small picture, and few enough to keep the page small. */
const LEVELS = 63;
/** Of the many on a plane. */
const PLANE_LEVELS = 31;

/** Several examples as one drawing. */
export interface Tray {
  readonly input: Shaped;
  /** [count, size] */
  readonly values: Float32Array;
  readonly count: number;
  /** Examples in a row. */
  readonly columns: number;
  /** The values drawn black and white, or at the bottom and the top of a profile. */
  readonly range: readonly [number, number];
  /** The name of the colour of profiles in the style sheet. */
  readonly color: string;
  /** Whether examples touch, as the cells of a plane do. */
  readonly isPlane?: boolean;
}

/** A drawing under way: its markup and its size in units of its own. */
export interface Drawn {
  readonly markup: Html;
  readonly width: number;
  readonly height: number;
  /** Of one example. */
  readonly cell: { readonly width: number; readonly height: number };
}

/** The number of values of an example. */
export const sizeOf = ({ shape }: Shaped): number => shape.reduce((product, side) => product * side, 1);

const isPicture = (input: Shaped): boolean => lookOf(input.shape, input.sequence).kind === 'picture';

/** The values that decoded examples are drawn between: those of the data for pictures, else what they span. */
export function drawnRange(
  input: Pick<LatentReportInput, 'shape' | 'sequence' | 'examples'>,
  all: Iterable<Float32Array>,
): readonly [number, number] {
  return isPicture(input) ? rangeOf([Float32Array.from(input.examples.range)]) : spanOf(all);
}

/** The sides of one example on a drawing. */
export function cellOf(input: Shaped): Drawn['cell'] {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'profile') return PROFILE;
  const scale = CELL / Math.max(look.width, look.height);
  return { width: look.width * scale, height: look.height * scale };
}

/** Pictures side by side as one, averaged down where they are large; missing ones are in the middle of the range. */
function sheet({ values, count, columns, range, isPlane }: Tray, look: Extract<Look, { kind: 'picture' }>): string {
  const { channels } = look;
  const levels = isPlane ? PLANE_LEVELS : LEVELS;
  const shrink = Math.ceil(Math.max(look.width, look.height) / LONGEST);
  const [width, height] = [Math.ceil(look.width / shrink), Math.ceil(look.height / shrink)];
  const rows = Math.ceil(count / columns);
  const size = look.width * look.height * channels;
  const line = columns * width * channels;
  const out = new Float32Array(line * rows * height).fill(0.5);
  const [low, high] = range;
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / columns) * height * line + (n % columns) * width * channels;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) {
          let [sum, cells] = [0, 0];
          for (let yy = y * shrink; yy < Math.min((y + 1) * shrink, look.height); yy++) {
            for (let xx = x * shrink; xx < Math.min((x + 1) * shrink, look.width); xx++) {
              sum += values[n * size + (yy * look.width + xx) * channels + channel]!;
              cells++;
            }
          }
          const share = Math.min(1, Math.max(0, (sum / cells - low) / (high - low || 1)));
          out[corner + y * line + x * channels + channel] = Math.round(share * levels) / levels;
        }
      }
    }
  }
  return picture(out, { kind: 'picture', width: columns * width, height: rows * height, channels });
}

/** The curves of one example: a window has one for each of its first columns, a table one. */
function curvesOf({ input }: Tray, values: Float32Array): number[][] {
  if (!input.sequence) return [Array.from(values)];
  const steps = input.shape[0] ?? 1;
  const features = values.length / steps;
  return Array.from({ length: Math.min(features, mostSeries) }, (_, feature) =>
    Array.from({ length: steps }, (__, step) => values[step * features + feature]!),
  );
}

/** Columns of a window have colours of their own, where there are several. */
const windowColors = ['network', 'c4', 'c8'];

/** An example as a profile in a box of its own. */
function profile(tray: Tray, values: Float32Array, left: number, top: number): Html {
  const { range, color, input } = tray;
  const [low, high] = range;
  const { width, height } = PROFILE;
  const pad = tray.isPlane ? 1 : 4;
  const y = (value: number): number => {
    const share = Math.min(1.04, Math.max(-0.04, (value - low) / (high - low || 1)));
    return round(top + height - pad - 2 - share * (height - 2 * pad - 4));
  };
  const base = y(Math.min(high, Math.max(low, 0)));
  const curves = curvesOf(tray, values);
  const drawn = curves.map((curve, series) => {
    const places = thin(
      curve.map((_, i) => i),
      mostPlaces,
    );
    const x = (i: number): number =>
      round(left + pad + 2 + (i * (width - 2 * pad - 4)) / Math.max(1, curve.length - 1));
    const isStems = !input.sequence && curve.length <= mostStems;
    const middle = (i: number): number => round(left + pad + 2 + ((i + 0.5) * (width - 2 * pad - 4)) / curve.length);
    const path = isStems
      ? places.map((i) => `M${middle(i)} ${base}V${y(curve[i]!)}`).join('')
      : `M${places.map((i) => `${x(i)} ${y(curve[i]!)}`).join('L')}`;
    return html`<path class="${isStems ? 'stems' : 'curve'}" d="${path}" style="stroke:var(--${curves.length > 1 ? windowColors[series]! : color})"></path>`;
  });
  return html`<rect class="box" x="${round(left + 0.5)}" y="${round(top + 0.5)}" width="${width - 1}" height="${height - 1}"></rect><line class="zero" x1="${left + pad}" x2="${left + width - pad}" y1="${base}" y2="${base}"></line>${drawn}`;
}

/** What stands where on a profile, in words; pictures need none. */
export function profileKey(input: Shaped): Html | undefined {
  if (isPicture(input)) return undefined;
  const { shape, sequence, columns } = input;
  if (sequence) {
    const features = sizeOf(input) / (shape[0] ?? 1);
    const names = Array.from({ length: Math.min(features, mostSeries) }, (_, i) => columns?.[i] ?? `column ${i + 1}`);
    const rest = features > mostSeries ? ` and ${several(features - mostSeries, 'column')} not drawn` : '';
    return html`<p class="key">Each box is a window over time${features === 1 && rest === '' ? '.' : ':'} ${features > 1 && names.map((name, i) => html`<span>${swatch(windowColors[i]!)}${name}</span>`)}${rest}</p>`;
  }
  const size = sizeOf(input);
  const named = columns?.slice(0, mostNamed).join(', ');
  return html`<p class="key">Each box is a profile: ${several(size, 'value')} from left to right${named && `: ${named}${size > mostNamed ? ', …' : ''}`}. The line is 0.</p>`;
}

/** Draws examples in rows: pictures as one PNG with lines of the page between them, others as profiles. */
export function drawTray(tray: Tray): Drawn {
  const { input, values, count, columns } = tray;
  const size = sizeOf(input);
  if (values.length < count * size) {
    throw badInput('report', `expected ${count} examples of ${size} values, got ${values.length} values`);
  }
  const cell = cellOf(input);
  const rows = Math.ceil(count / columns);
  const [width, height] = [round(columns * cell.width), round(rows * cell.height)];
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'profile') {
    const boxes = Array.from({ length: count }, (_, n) =>
      profile(
        tray,
        values.subarray(n * size, (n + 1) * size),
        (n % columns) * cell.width,
        Math.floor(n / columns) * cell.height,
      ),
    );
    return { markup: html`<g class="profiles">${boxes}</g>`, width, height, cell };
  }
  const isCoarse = Math.max(look.width, look.height) < LONGEST;
  const lines = [
    ...Array.from({ length: columns - 1 }, (_, i) => `M${round((i + 1) * cell.width)} 0V${height}`),
    ...Array.from({ length: rows - 1 }, (_, i) => `M0 ${round((i + 1) * cell.height)}H${width}`),
  ];
  return {
    markup: html`<image${isCoarse && html` class="pixels"`} width="${width}" height="${height}" preserveAspectRatio="none" href="${sheet(tray, look)}"></image>${!tray.isPlane && lines.length > 0 && html`<path class="between" d="${lines.join('')}"></path>`}`,
    width,
    height,
    cell,
  };
}

/**
 * A drawing of examples as a picture by itself.
 *
 * @param says what is to be seen, in words
 */
export function trayFigure(tray: Tray, says: string): Html {
  const { markup, width, height } = drawTray(tray);
  return html`<svg class="tray" viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="img" aria-label="${says}">${markup}</svg>`;
}
