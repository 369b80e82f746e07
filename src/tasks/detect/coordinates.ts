import { normalQuantile } from '../../analysis/statistics/normal-quantile.js';
import { columnMeans, columnVariances } from '../../analysis/statistics/rows.js';
import { columnOf } from '../../core/vectors.js';

/** A column's mean and the inverse of its deviation; 1 instead of a deviation of 0. */
export interface Standard {
  readonly mean: number;
  readonly scale: number;
}

/** What a column of reference rows is measured by. */
interface Column {
  readonly plain: Standard;
  readonly bent: Standard;
  readonly ranked: Standard;
  readonly sorted: Float32Array;
}

export function standardOf(values: Float64Array): Standard {
  const means = columnMeans(values, 1);
  const [mean = 0] = means;
  const deviation = Math.sqrt(columnVariances(values, 1, means)[0] ?? 0);
  return { mean, scale: deviation > 1e-12 ? 1 / deviation : 1 };
}

/** Farther out than this nothing is told apart: squares of what lies beyond are no 32-bit floats. */
const FARTHEST = 1e9;

export const standardised = (value: number, { mean, scale }: Standard): number =>
  Math.min(FARTHEST, Math.max(-FARTHEST, (value - mean) * scale));

/** Twice the number of ascending values below a value, those equal to it counted by half: a whole number. */
export function doubleRank(sorted: Float32Array | Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  if (sorted[low] !== value) return 2 * low;
  const below = low;
  high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return below + low;
}

/** The coordinates in which rows are compared, learned from reference rows. */
export interface Coordinates {
  /** Each column to mean 0 and deviation 1: [n, size] to [n, size]. */
  plain(rows: Float32Array): Float32Array;
  /**
   * [n, size] to [n, 2 size]: the inverse hyperbolic sine of what {@link plain} gives, which draws long tails in, and after them
   * the normal scores of the columns (van der Waerden 1952), which spread dense places out and crowded outliers together.
   */
  bent(rows: Float32Array): Float32Array;
}

/**
 * @param rows [n, size] of at least one row
 */
export function fitCoordinates(rows: Float32Array, size: number): Coordinates {
  const count = rows.length / size;
  const scores = Float64Array.from({ length: 2 * count + 1 }, (_, rank) =>
    normalQuantile((rank / 2 + 0.5) / (count + 1)),
  );
  const columns = Array.from({ length: size }, (_, j): Column => {
    const values = columnOf(rows, size, j);
    const sorted = Float32Array.from(values).sort();
    const plain = standardOf(values);
    const bent = standardOf(values.map((value) => Math.asinh(standardised(value, plain))));
    const ranked = standardOf(values.map((value) => scores[doubleRank(sorted, value)]!));
    return { plain, bent, ranked, sorted };
  });
  return {
    plain(values) {
      const into = new Float32Array(values.length);
      for (const [j, { plain }] of columns.entries()) {
        for (let at = j; at < values.length; at += size) into[at] = standardised(values[at]!, plain);
      }
      return into;
    },
    bent(values) {
      const into = new Float32Array(2 * values.length);
      for (const [j, { plain, bent, ranked, sorted }] of columns.entries()) {
        for (let at = j, to = j; at < values.length; at += size, to += 2 * size) {
          const value = values[at]!;
          into[to] = standardised(Math.asinh(standardised(value, plain)), bent);
          into[to + size] = standardised(scores[doubleRank(sorted, value)]!, ranked);
        }
      }
      return into;
    },
  };
}
