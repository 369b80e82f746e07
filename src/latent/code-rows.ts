import { refuseNotFinite } from '../data/scaling.js';
import { badInput } from '../errors.js';
import { createRandom, permutation } from '../random.js';

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
