import { columnOf } from '../../core/vectors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Autoencoder, Model } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import { scalesOf } from '../detect/scoring.js';
import { LARGEST } from './integers.js';
import { dequantize, type Quantizer } from './quantizer.js';

/** What the values of a place cost, in bits: those that came, and any other. */
export interface BitTable {
  readonly known: ReadonlyMap<number, number>;
  readonly unseen: number;
}

/** Of a value that never came, as if it had come so often. */
const UNSEEN = 0.3;

/** The bits of each value of each place, by how often it came. */
export function bitTables(values: Int32Array, places: number): BitTable[] {
  const examples = values.length / places;
  return Array.from({ length: places }, (_, place) => {
    const counts = new Map<number, number>();
    for (const value of columnOf(values, places, place)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const total = examples + UNSEEN * (counts.size + 2);
    return {
      known: new Map([...counts].map(([value, count]) => [value, -Math.log2((count + UNSEEN) / total)])),
      unseen: -Math.log2(UNSEEN / total),
    };
  });
}

/** The bits of a value of a place. */
export const bitsOf = ({ known, unseen }: BitTable, value: number): number => known.get(value) ?? unseen;

/** What is weighed in a search. */
export interface Refinement {
  readonly quantizer: Quantizer;
  /** What bits are counted by. */
  readonly tables: readonly BitTable[];
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
  const scales = scalesOf(specification);
  return Float64Array.from({ length: made.length / size }, (_, example) => {
    let sum = 0;
    for (let i = 0, at = example * size; i < size; i++, at++) {
      const value = made[at]!;
      const shown = type === 'uint8' ? Math.min(Math.max(value, 0), 255) : value;
      sum += ((shown - originals[at]!) * scales[i]!) ** 2;
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
    for (const [place, table] of tables.entries()) {
      stopWhereAborted(signal, 'compressing');
      const tried: { readonly by: number; readonly errors: Float64Array }[] = [];
      for (const by of [-1, 1]) {
        const other = values.slice();
        for (let at = place; at < other.length; at += places) other[at]! += by;
        tried.push({ by, errors: await errors(other) });
      }
      for (const [example, value] of columnOf(values, places, place).entries()) {
        const at = example * places + place;
        let best = { by: 0, error: now[example]! };
        let least = best.error + bitPrice * bitsOf(table, value);
        for (const { by, errors: theirs } of tried) {
          const error = theirs[example]!;
          const cost = error + bitPrice * bitsOf(table, value + by);
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
