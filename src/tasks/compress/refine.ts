import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Autoencoder, Model } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import { LARGEST } from './integers.js';
import { dequantize, type Quantizer } from './quantizer.js';

/** What the values of each place cost, in bits. */
export type BitTables = readonly ReadonlyMap<number, number>[];

/** Of a value that never came, as if it had come so often. */
const UNSEEN = 0.3;

/** The bits of each value of each place, by how often it came; those of values that never came under NaN. */
export function bitTables(values: Int32Array, places: number): BitTables {
  const examples = values.length / places;
  return Array.from({ length: places }, (_, place) => {
    const counts = new Map<number, number>();
    for (let at = place; at < values.length; at += places) {
      counts.set(values[at] as number, (counts.get(values[at] as number) ?? 0) + 1);
    }
    const total = examples + UNSEEN * (counts.size + 2);
    const bits = new Map([...counts].map(([value, count]) => [value, -Math.log2((count + UNSEEN) / total)]));
    return bits.set(Number.NaN, -Math.log2(UNSEEN / total));
  });
}

/** The bits of a value of a place. */
export function bitsOf(tables: BitTables, place: number, value: number): number {
  const table = tables[place] as ReadonlyMap<number, number>;
  return table.get(value) ?? (table.get(Number.NaN) as number);
}

/** What is weighed in a search. */
export interface Refinement {
  readonly quantizer: Quantizer;
  /** What bits are counted by. */
  readonly tables: BitTables;
  /** Squared error of an example, in scaled units, that a bit is worth. */
  readonly bitPrice: number;
  /** How often each place is looked at. */
  readonly sweeps: number;
  /** What outputs are written as: bytes are clipped. */
  readonly type: 'uint8' | 'float32';
}

/** The squared error of each example, in scaled units. */
function errorsOf(
  originals: ArrayLike<number>,
  made: Float32Array,
  { specification }: Model,
  type: Refinement['type'],
): Float64Array {
  const size = inputSize(specification);
  const { scale } = specification.input.scaling;
  return Float64Array.from({ length: made.length / size }, (_, example) => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const at = example * size + i;
      const value = made[at] as number;
      const shown = type === 'uint8' ? Math.min(Math.max(value, 0), 255) : value;
      sum += ((shown - (originals[at] as number)) * (scale[i % scale.length] as number)) ** 2;
    }
    return sum;
  });
}

/**
 * Looks for whole numbers near those that the encoder came to with which an example comes back nearer, or in fewer bits: at each
 * place in turn one less and one more are tried on the decoder, and what lowers error + price · bits is kept (as the
 * quantisers of video encoders do, Sullivan & Wiegand 1998, and as Yang, Bamler & Mandt 2020, "Improving Inference for Neural
 * Image Compression", close the gap of an encoder). The file is none the longer to decompress.
 *
 * @param values [n, places]; changed in place
 * @param originals [n, input size], raw units
 */
export async function refine(
  decoder: Model & Pick<Autoencoder, 'decode'>,
  values: Int32Array,
  originals: ArrayLike<number>,
  { quantizer, tables, bitPrice, sweeps, type }: Refinement,
  signal?: WorkOptions['signal'],
): Promise<void> {
  const places = tables.length;
  const errors = async (some: Int32Array): Promise<Float64Array> =>
    errorsOf(originals, await decoder.decode(dequantize(some, quantizer, decoder)), decoder, type);
  const now = await errors(values);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let changed = 0;
    for (let place = 0; place < places; place++) {
      stopWhereAborted(signal, 'compressing');
      const tried: { readonly by: number; readonly errors: Float64Array }[] = [];
      for (const by of [-1, 1]) {
        const other = values.slice();
        for (let at = place; at < other.length; at += places) other[at]! += by;
        tried.push({ by, errors: await errors(other) });
      }
      for (let example = 0; example < now.length; example++) {
        const at = example * places + place;
        const value = values[at] as number;
        let best = { by: 0, error: now[example] as number };
        let least = best.error + bitPrice * bitsOf(tables, place, value);
        for (const { by, errors: theirs } of tried) {
          const error = theirs[example] as number;
          const cost = error + bitPrice * bitsOf(tables, place, value + by);
          if (cost < least && Math.abs(value + by) <= LARGEST) [best, least] = [{ by, error }, cost];
        }
        if (best.by === 0) continue;
        values[at] = value + best.by;
        now[example] = best.error;
        changed++;
      }
    }
    if (changed === 0) return;
  }
}
