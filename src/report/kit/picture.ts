import { encode } from 'fast-png';
import { badInput } from '../../core/errors.js';
import { base64 } from '../../data/base64.js';
import { lookOf, type PictureLook } from '../../data/look.js';

export { lookOf };

function checkSize(values: ArrayLike<number>, { width, height, channels }: PictureLook): void {
  const expected = width * height * channels;
  if (values.length !== expected) {
    throw badInput('report', `expected a picture of ${expected} values, got ${values.length}`);
  }
}

/** A PNG as a data URI. */
export function dataUri(png: Parameters<typeof encode>[0], level: 6 | 9 = 9): string {
  return `data:image/png;base64,${base64(encode(png, { zlib: { level } }))}`;
}

/**
 * An example as a PNG data URI.
 *
 * @param values [h, w] or [h, w, 3]; clipped to `range`, whose ends are drawn black and white
 */
export function picture(
  values: Float32Array,
  look: PictureLook,
  [low, high]: readonly [number, number] = [0, 1],
): string {
  checkSize(values, look);
  const scale = 255 / (high - low || 1);
  // A clamped array rounds and clips; NaN becomes 0.
  const data = Uint8ClampedArray.from(values, (value) => (value - low) * scale);
  return dataUri({ width: look.width, height: look.height, channels: look.channels, data });
}

/** Colours of weights: blue below zero, red above, and the more opaque the further from zero, so that zero is the page itself. */
const weightPalette = Array.from({ length: 255 }, (_, i) => {
  const alpha = Math.abs(i - 127) * 2;
  return i < 127 ? [38, 110, 214, alpha] : [214, 56, 42, alpha];
});

/**
 * Weights as a PNG data URI. One channel: blue below 0, clear at 0, red above, scaled by the largest magnitude.
 * Three channels: the colours themselves around mid-gray.
 */
export function weightPicture(values: Float32Array, look: PictureLook): string {
  checkSize(values, look);
  const largest = values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  const scale = largest > 0 ? 127 / largest : 0;
  const data = Uint8Array.from(values, (value) => 127 + Math.round((Number.isFinite(value) ? value : 0) * scale));
  const { width, height, channels } = look;
  return dataUri({ width, height, channels, data, ...(channels === 1 && { palette: weightPalette }) });
}

/** Many small pictures in one, with the sides of one picture on it. */
export type Sheet = ReturnType<typeof pictureSheet>;

/** How pictures become a sheet. */
export interface SheetOptions {
  readonly count: number;
  /** Default: so many that the sheet is about a square. */
  readonly columns?: number;
  /** The values drawn black and white. */
  readonly range: readonly [number, number];
  /** Longer sides are averaged down to so many pixels. */
  readonly longest: number;
  /** Levels of a channel above black: few keep the page small. */
  readonly levels: number;
}

/**
 * Pictures side by side as one, averaged down where they are large. What is left of the last row is in the middle of the range.
 *
 * @param values [count, h, w] or [count, h, w, 3]
 */
export function pictureSheet(values: Float32Array | Uint8Array, look: PictureLook, options: SheetOptions) {
  const { count, range, longest, levels } = options;
  const { channels } = look;
  const size = look.width * look.height * channels;
  if (values.length < count * size) {
    throw badInput('report', `expected ${count} pictures of ${size} values, got ${values.length} values`);
  }
  const shrink = Math.ceil(Math.max(look.width, look.height) / longest);
  const [width, height] = [Math.ceil(look.width / shrink), Math.ceil(look.height / shrink)];
  const columns = options.columns ?? Math.max(1, Math.ceil(Math.sqrt((count * height) / width)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const line = columns * width;
  const [low, high] = range;
  /** The mean of a channel over what one pixel of the sheet stands for. */
  const meanAt = (picture: number, column: number, row: number, channel: number): number => {
    const [right, bottom] = [Math.min(column + shrink, look.width), Math.min(row + shrink, look.height)];
    let sum = 0;
    for (let y = row; y < bottom; y++) {
      const start = picture * size + y * look.width * channels + channel;
      for (let x = column; x < right; x++) sum += values[start + x * channels] as number;
    }
    return sum / ((right - column) * (bottom - row));
  };
  const sheet = new Float32Array(line * rows * height * channels).map((_, at) => {
    const pixel = Math.floor(at / channels);
    const [x, y] = [pixel % line, Math.floor(pixel / line)];
    const picture = Math.floor(y / height) * columns + Math.floor(x / width);
    if (picture >= count) return 0.5;
    const mean = meanAt(picture, (x % width) * shrink, (y % height) * shrink, at % channels);
    const share = Math.min(1, Math.max(0, (mean - low) / (high - low || 1)));
    return Math.round(share * levels) / levels;
  });
  const uri = picture(sheet, { kind: 'picture', width: line, height: rows * height, channels });
  return { uri, columns, rows, width, height, count };
}
