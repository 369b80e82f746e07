import type { PictureLook } from '../../data/look.js';
import type { Picture, Pictures } from '../../data/write/picture-sheet.js';

/** Sides that every format can have: WebP ends at 16,383 pixels. */
const LONGEST = 16_383;
/** Pixels of a sheet, at most. */
const MOST_PIXELS = 2 ** 26;

/** How many pictures fit on a sheet. */
export function sheetCapacity({ width, height }: Pick<PictureLook, 'width' | 'height'>): number {
  const across = Math.floor(LONGEST / width);
  const down = Math.floor(LONGEST / height);
  return Math.max(1, Math.min(across * down, Math.floor(MOST_PIXELS / width / height)));
}

/** Pictures edge to edge, as square as they allow: nothing but their own pixels, and black in the places that stay free. */
export function tiled({ look, count, bytes }: Pictures): Picture {
  const { width: across, height: down, channels } = look;
  const columns = Math.min(Math.floor(LONGEST / across), Math.max(1, Math.ceil(Math.sqrt((count * down) / across))));
  const [width, height] = [columns * across, Math.ceil(count / columns) * down];
  const data = new Uint8Array(width * height * channels);
  eachRow({ look, count, bytes }, columns, (from, to, length) => data.set(bytes.subarray(from, from + length), to));
  return { width, height, channels, data };
}

/** The pictures of a sheet that {@link tiled} made. */
export function untiled(
  data: Uint8Array,
  { look, count }: Pick<Pictures, 'look' | 'count'>,
  width: number,
): Uint8Array {
  const bytes = new Uint8Array(count * look.width * look.height * look.channels);
  eachRow({ look, count }, width / look.width, (to, from, length) => bytes.set(data.subarray(from, from + length), to));
  return bytes;
}

/** Where each row of pixels of each picture lies, alone and on the sheet. */
function eachRow(
  { look, count }: Pick<Pictures, 'look' | 'count'> & { readonly bytes?: Uint8Array },
  columns: number,
  visit: (alone: number, onSheet: number, length: number) => void,
): void {
  const { width, height, channels } = look;
  const length = width * channels;
  for (let n = 0; n < count; n++) {
    const [left, top] = [n % columns, Math.floor(n / columns) * height];
    for (let y = 0; y < height; y++) {
      visit((n * height + y) * length, (top + y) * columns * length + left * length, length);
    }
  }
}
