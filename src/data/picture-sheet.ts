import type { PictureLook } from './look.js';

/** Pictures as bytes. */
export interface Pictures {
  readonly look: PictureLook;
  readonly count: number;
  /** [count, h, w] or [count, h, w, channels], 0 … 255. */
  readonly bytes: Uint8Array;
}

/** One picture as bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], 0 … 255. */
  readonly data: Uint8Array;
}

/** Pixels between two pictures of a sheet. */
const GAP = 2;
/** Small pictures are drawn larger, in whole multiples, until a side has that many pixels. */
const SMALL_SIDE = 56;

/**
 * Pictures side by side on a sheet, row by row.
 *
 * @param across pictures in a row; as square a sheet as they allow by default
 */
export function pictureSheet({ look, count, bytes }: Pictures, across?: number): Picture {
  const { channels } = look;
  const zoom = Math.max(1, Math.round(SMALL_SIDE / Math.max(look.width, look.height)));
  const [wide, high] = [look.width * zoom, look.height * zoom];
  const columns = across ?? Math.max(1, Math.ceil(Math.sqrt((count * high) / wide)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const width = columns * (wide + GAP) + GAP;
  const height = rows * (high + GAP) + GAP;
  const data = new Uint8Array(width * height * channels).fill(128);
  for (let n = 0; n < count; n++) {
    const left = GAP + (n % columns) * (wide + GAP);
    const top = GAP + Math.floor(n / columns) * (high + GAP);
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        const from = ((n * look.height + Math.floor(y / zoom)) * look.width + Math.floor(x / zoom)) * channels;
        const to = ((top + y) * width + left + x) * channels;
        for (let channel = 0; channel < channels; channel++) data[to + channel] = bytes[from + channel]!;
      }
    }
  }
  return { width, height, channels, data };
}
