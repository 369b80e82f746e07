import { gzipSync } from 'node:zlib';
import { type Html, html, trusted } from '../../kit/html.js';

type Values = Uint8Array | Uint16Array | Int16Array | Float32Array;

/** Effort of gzip: more makes pages hardly smaller and takes many times as long. */
const LEVEL = 7;

/**
 * The bytes of values, the first of each value before the second of each: so they compress better. What is left at the
 * end stays there.
 */
function byPlace(values: Values, wide: number): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (wide === 1) return bytes;
  const sorted = bytes.slice();
  const whole = bytes.length - (bytes.length % wide);
  for (let place = 0, at = 0; place < wide; place++) {
    for (let i = place; i < whole; i += wide) sorted[at++] = bytes[i]!;
  }
  return sorted;
}

/**
 * Values in an element that is not shown: compressed, in base 64.
 *
 * @param wide bytes of a value
 */
export function island(name: string, values: Values, wide: number = values.BYTES_PER_ELEMENT): Html {
  return packedIsland(name, gzipSync(byPlace(values, wide), { level: LEVEL }));
}

/** The same of bytes that gzip has compressed before. */
export function packedIsland(name: string, packed: Uint8Array): Html {
  return html`<script type="text/plain" data-live="${name}">${trusted(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('base64'))}</script>\n`;
}

/** Values as bytes of a range, clipped to it. */
export function bytesOf(values: ArrayLike<number>, [low, high]: readonly [number, number]): Uint8Array {
  const scale = 255 / (high - low || 1);
  return new Uint8Array(Uint8ClampedArray.from(values, (value) => (value - low) * scale));
}

/** Values as 65,535ths between ends. */
export function sixteenBits(
  values: Float32Array,
  stride: number,
  low: readonly number[],
  high: readonly number[],
): Uint16Array {
  return Uint16Array.from(values, (value, i) => {
    const [a, b] = [low[i % stride]!, high[i % stride]!];
    return b > a ? Math.round(((value - a) / (b - a)) * 65_535) : 0;
  });
}
