import type { WorkOptions } from '../../core/work.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import { errorsOf } from './scoring.js';

/**
 * How often a row is brought back before its error is taken for the combined score. A network that learned to remove noise moves a
 * row towards the data (Alain & Bengio 2014); where it lies far from them, one pass is only a part of the way. After many passes
 * all rows come to the same few places, and the error says less again: of 1 … 10 passes, 2 to 4 ranked anomalies best.
 */
export const PASSES = 3;

/**
 * Rows that a model has brought back so many times, each time what it made of them before.
 *
 * @param rows [n, size] raw units
 */
export async function broughtBack(
  autoencoder: Autoencoder,
  rows: Float32Array,
  times: number,
  options: WorkOptions = {},
): Promise<Float32Array> {
  let moved = rows;
  for (let pass = 0; pass < times; pass++)
    moved = await autoencoder.reconstruct(moved, { ...options, ensureFinite: false });
  return moved;
}

/**
 * The mean squared errors of rows after so many passes, in scaled units.
 *
 * @param rows [n, size] raw units
 * @param rebuilt the same after one pass
 */
export async function errorsAfterPasses(
  autoencoder: Autoencoder,
  rows: Float32Array,
  rebuilt: Float32Array,
  passes: number,
  options: WorkOptions = {},
): Promise<Float64Array> {
  const size = inputSize(autoencoder.specification);
  const toErrors = errorsOf(autoencoder.specification);
  const moved = await broughtBack(autoencoder, rebuilt, passes - 1, options);
  const error = new Float64Array(size);
  return Float64Array.from({ length: rows.length / size }, (_, n) => {
    toErrors(rows, moved, n * size, error);
    return error.reduce((sum, value) => sum + value ** 2, 0) / size;
  });
}
