import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
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
export function rowsAt(values: Float32Array, width: number, positions: ArrayLike<number>): Float32Array {
  const rows = new Float32Array(positions.length * width);
  for (let i = 0; i < positions.length; i++) {
    const from = (positions[i] as number) * width;
    rows.set(values.subarray(from, from + width), i * width);
  }
  return rows;
}

/** Rows that are different. */
export interface DistinctRows {
  /** Positions of the first row of each value, rising. */
  readonly first: Int32Array;
  /** [n] which of them each row equals, as an index into `first`. */
  readonly like: Int32Array;
}

/** Rows by value; 0 and −0 are one. */
export function distinctRows(values: Float32Array, width: number): DistinctRows {
  const n = values.length / width;
  const bits = new Uint32Array(values.map((value) => value + 0).buffer);
  const like = new Int32Array(n);
  const first: number[] = [];
  /** By hash, indices into `first`. */
  const found = new Map<number, number[]>();
  const same = (a: number, b: number): boolean => {
    for (let i = 0; i < width; i++) if (bits[a * width + i] !== bits[b * width + i]) return false;
    return true;
  };
  for (let row = 0; row < n; row++) {
    let hash = 0x811c9dc5;
    for (let i = row * width; i < (row + 1) * width; i++) {
      hash = Math.imul(hash ^ bits[i]!, 0x01000193);
      hash ^= hash >>> 15;
    }
    const candidates = found.get(hash) ?? [];
    const known = candidates.find((index) => same(first[index]!, row));
    like[row] = known ?? first.length;
    if (known !== undefined) continue;
    found.set(hash, [...candidates, first.length]);
    first.push(row);
  }
  return { first: Int32Array.from(first), like };
}

/** The mean of rows, the square of how far each is from it, and the root of the mean of these: their spread. */
export function centreOf(
  values: Float32Array,
  width: number,
): { readonly mean: Float64Array; readonly squares: Float64Array; readonly spread: number } {
  const count = values.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / count;
  const squares = new Float64Array(count);
  for (let i = 0; i < values.length; i++) squares[Math.floor(i / width)]! += (values[i]! - mean[i % width]!) ** 2;
  return { mean, squares, spread: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / count) };
}

/** Euclidean distances between rows of two arrays that lie opposite each other. */
export function rowDistances(a: Float32Array, b: Float32Array, width: number): Float64Array {
  const distances = new Float64Array(a.length / width);
  for (let i = 0; i < a.length; i++) distances[Math.floor(i / width)]! += (a[i]! - b[i]!) ** 2;
  return distances.map(Math.sqrt);
}
