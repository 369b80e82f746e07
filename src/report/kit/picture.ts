import { encode } from 'fast-png';
import { badInput } from '../../core/errors.js';
import { base64 } from '../../data/base64.js';
import { type Look, lookOf } from '../../data/look.js';

export { base64, type Look, lookOf };

type Picture = Extract<Look, { kind: 'picture' }>;

function checkSize(values: ArrayLike<number>, look: Picture): void {
  const expected = look.width * look.height * look.channels;
  if (values.length !== expected) {
    throw badInput('report', `expected a picture of ${expected} values, got ${values.length}`);
  }
}

function dataUri(png: Parameters<typeof encode>[0]): string {
  return `data:image/png;base64,${base64(encode(png, { zlib: { level: 9 } }))}`;
}

/**
 * An example as a PNG data URI.
 *
 * @param values [h, w] or [h, w, 3]; clipped to `range`, whose ends are drawn black and white
 */
export function picture(values: Float32Array, look: Picture, range: readonly [number, number] = [0, 1]): string {
  checkSize(values, look);
  const [low, high] = range;
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
export function weightPicture(values: Float32Array, look: Picture): string {
  checkSize(values, look);
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  const scale = largest > 0 ? 127 / largest : 0;
  const data = Uint8Array.from(values, (value) => 127 + Math.round((Number.isFinite(value) ? value : 0) * scale));
  const { width, height, channels } = look;
  return dataUri({ width, height, channels, data, ...(channels === 1 && { palette: weightPalette }) });
}

/** Many small pictures in one: a sheet with `columns` of them in a row. */
export interface Sheet {
  readonly uri: string;
  readonly columns: number;
  readonly rows: number;
  /** Sides of one picture on the sheet. */
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

/** Sides longer than this are averaged down: a thumbnail is looked at for a moment. */
const longestSide = 40;

/**
 * Pictures as one sheet of thumbnails, in 32 levels per channel to keep the page small.
 *
 * @param values [count, h, w] or [count, h, w, 3], 0 … 255
 */
export function thumbnailSheet(values: Uint8Array, count: number, look: Picture): Sheet {
  const size = look.width * look.height * look.channels;
  if (values.length < count * size) {
    throw badInput('report', `expected ${count} thumbnails of ${size} bytes, got ${values.length} bytes`);
  }
  const shrink = Math.ceil(Math.max(look.width, look.height) / longestSide);
  const width = Math.ceil(look.width / shrink);
  const height = Math.ceil(look.height / shrink);
  const columns = Math.max(1, Math.ceil(Math.sqrt((count * height) / width)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const line = columns * width * look.channels;
  const data = new Uint8Array(line * rows * height);
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / columns) * height * line + (n % columns) * width * look.channels;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < look.channels; channel++) {
          let sum = 0;
          let cells = 0;
          for (let yy = y * shrink; yy < Math.min((y + 1) * shrink, look.height); yy++) {
            for (let xx = x * shrink; xx < Math.min((x + 1) * shrink, look.width); xx++) {
              sum += values[n * size + (yy * look.width + xx) * look.channels + channel] ?? 0;
              cells++;
            }
          }
          const level = Math.round(((sum / cells) * 31) / 255);
          data[corner + y * line + x * look.channels + channel] = Math.round((level * 255) / 31);
        }
      }
    }
  }
  const uri = dataUri({ width: columns * width, height: rows * height, channels: look.channels, data });
  return { uri, columns, rows, width, height, count };
}
