// Rows of numbers in flat arrays, [n, width] row-major: how codes, examples and places are kept.
import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { rowAt, squaredDistance, sumOf } from '../../core/vectors.js';
import { refuseNotFinite } from '../../data/scaling.js';

/**
 * How many codes there are.
 *
 * @param codes [n, width]
 * @param least refused with fewer
 * @throws GargaloError `bad-input` where values do not make rows, one is not finite, or there are too few
 */
export function countCodes(codes: Float32Array, width: number, least = 1): number {
  const count = codes.length / width;
  if (!Number.isInteger(count)) {
    throw badInput('codes', `expected rows of ${width} values, got ${codes.length} values`);
  }
  if (count < least) throw badInput('codes', `expected at least ${least} codes, got ${count}`, 'give more examples');
  refuseNotFinite(codes, 'codes', width);
  return count;
}

/**
 * Positions of at most `limit` of `count` things, drawn without repetition and in rising order; all of them where there
 * are no more.
 */
export function samplePositions(count: number, limit: number, seed: number, stream: string): Int32Array {
  const order = permutation(count, createRandom(seed, stream)).slice(0, limit);
  return order.sort();
}

/** The rows at some positions, one after the other. */
export function rowsAt<Values extends Float32Array | Uint8Array>(
  values: Values,
  width: number,
  positions: Iterable<number> & ArrayLike<number>,
): Values extends Uint8Array ? Uint8Array : Float32Array;
export function rowsAt(
  values: Float32Array | Uint8Array,
  width: number,
  positions: Iterable<number> & ArrayLike<number>,
): Float32Array | Uint8Array {
  const length = positions.length * width;
  const rows = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let to = 0;
  for (const row of positions) rows.set(rowAt(values, width, row), width * to++);
  return rows;
}

/** The least and the largest value. */
export function rangeOf(values: Iterable<number>): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The mean of each column. */
export function columnMeans(values: ArrayLike<number>, width: number): Float64Array {
  const count = values.length / width;
  const means = new Float64Array(width);
  for (let at = 0; at < values.length; ) for (let k = 0; k < width; k++) means[k]! += values[at++]! / count;
  return means;
}

/** The variance of each column, of all rows as they are (not n − 1). */
export const columnVariances = (values: ArrayLike<number>, width: number, means: Float64Array): Float64Array =>
  columnMeans(
    Float64Array.from(values, (value, at) => (value - (means[at % width] ?? Number.NaN)) ** 2),
    width,
  );

/** Rows that are different. */
export interface DistinctRows {
  /** Positions of the first row of each value, rising. */
  readonly first: Int32Array;
  /** [n] which of them each row equals, as an index into `first`. */
  readonly like: Int32Array;
}

/** Rows by value; 0 and −0 are one. */
export function distinctRows(values: Float32Array, width: number): DistinctRows {
  const bits = new Uint32Array(values.map((value) => value + 0).buffer);
  const like = new Int32Array(values.length / width);
  const first: number[] = [];
  /** By hash, the rows of that hash that came first and their indices in `first`. */
  const known = new Map<number, { readonly row: Uint32Array; readonly index: number }[]>();
  for (let n = 0; n < like.length; n++) {
    const row = rowAt(bits, width, n);
    let hash = 0x811c9dc5;
    for (const word of row) {
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
    }
    const candidates = known.get(hash) ?? [];
    const same = candidates.find((other) => other.row.every((word, k) => word === row[k]));
    like[n] = same?.index ?? first.length;
    if (same) continue;
    known.set(hash, [...candidates, { row, index: first.length }]);
    first.push(n);
  }
  return { first: Int32Array.from(first), like };
}

/** The mean of rows, the square of how far each is from it, and the root of the mean of these: their spread. */
export function centreOf(
  values: Float32Array,
  width: number,
): { readonly mean: Float64Array; readonly squares: Float64Array; readonly spread: number } {
  const count = values.length / width;
  const mean = columnMeans(values, width);
  const squares = Float64Array.from({ length: count }, (_, row) =>
    squaredDistance(values, row * width, mean, 0, width),
  );
  return { mean, squares, spread: Math.sqrt(sumOf(squares) / count) };
}

/** Squared Euclidean distances between rows of two arrays that lie opposite each other. */
export const squaredRowDistances = (a: Float32Array, b: Float32Array, width: number): Float64Array =>
  Float64Array.from({ length: a.length / width }, (_, row) => squaredDistance(a, row * width, b, row * width, width));
