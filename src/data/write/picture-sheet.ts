import type { SampleDepth } from '../dataset.js';
import type { PictureLook } from '../look.js';

/** The samples of pictures: bytes, 16 bits, or floats. */
export type Samples = Uint8Array | Uint16Array | Float32Array;

/** Pictures of one size, as bytes where nothing else is said. */
export interface Pictures<Data extends Samples = Uint8Array> {
  readonly look: PictureLook;
  readonly count: number;
  /** [count, h, w] or [count, h, w, channels]; bytes 0 … 255. */
  readonly bytes: Data;
}

/** One picture, as bytes where nothing else is said. */
export interface Picture<Data extends Samples = Uint8Array> {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels]; bytes 0 … 255. */
  readonly data: Data;
  /** [height, width] how opaque each pixel is, where it was read apart; of bytes 255 is all. */
  readonly alpha?: Samples;
}

/** So many samples of the type of others. */
export function samplesLike<Data extends Samples>(data: Data, length: number): Data {
  const made: Samples =
    data instanceof Uint8Array
      ? new Uint8Array(length)
      : data instanceof Uint16Array
        ? new Uint16Array(length)
        : new Float32Array(length);
  return made as Data;
}

/** Pixels between two pictures of a sheet. */
const GAP = 2;
/** Values as samples of a depth: rounded and clipped to what it holds; floats as they are. */
export function samplesOf(values: Float32Array, depth: SampleDepth): Samples {
  if (depth === 'float') return values;
  // a clamped array rounds and clips
  if (depth === '8') return new Uint8Array(Uint8ClampedArray.from(values).buffer);
  return Uint16Array.from(values, (value) => Math.round(Math.min(Math.max(value, 0), 65535)));
}

/** What lies between them, by the bytes of a sample: the middle of the range; of floats, which have none, 0. */
const GAP_GRAY: Readonly<Record<number, number>> = { 1: 128, 2: 32768 };
/** Small pictures are drawn larger, in whole multiples, until a side has that many pixels. */
const SMALL_SIDE = 56;

/**
 * Pictures side by side on a sheet, row by row.
 *
 * @param across pictures in a row; as square a sheet as they allow by default
 */
export function pictureSheet<Data extends Samples = Uint8Array>(
  { look, count, bytes }: Pictures<Data>,
  across?: number,
): Picture<Data> {
  const { channels } = look;
  const zoom = Math.max(1, Math.round(SMALL_SIDE / Math.max(look.width, look.height)));
  const [wide, high] = [look.width * zoom, look.height * zoom];
  const columns = across ?? Math.max(1, Math.ceil(Math.sqrt((count * high) / wide)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const width = columns * (wide + GAP) + GAP;
  const height = rows * (high + GAP) + GAP;
  const data = samplesLike(bytes, width * height * channels);
  data.fill(GAP_GRAY[data.BYTES_PER_ELEMENT] ?? 0);
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
