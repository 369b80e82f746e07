import { itemAt } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { addRow, positionsOf, rowAt, squaredDistance, sumOf } from '../../core/vectors.js';

/** `gaussian`: e^(−r²/2h²) · `imq`, inverse multiquadric: h²/(h² + r²), with heavier tails (Tolstikhin et al. 2018). */
export type Kernel = 'gaussian' | 'imq';

/** How far two samples are from being of one distribution. */
export interface Discrepancy {
  /** The unbiased estimate of MMD²: around 0, and below it as often as above, where the distributions are the same. */
  readonly squared: number;
  /** The part of the permutations that give as much or more; small: the distributions differ. */
  readonly pValue: number;
  /** Below this are 95 % of what permutations give. */
  readonly limit: number;
  /** h of the kernel, the median distance between points of both samples together. */
  readonly bandwidth: number;
  /** Points of each sample that were compared. */
  readonly points: number;
}

export interface DiscrepancyOptions {
  readonly kernel?: Kernel;
  /** Default: the median distance between points. */
  readonly bandwidth?: number;
  /** At most that many points of each sample are compared, drawn at random; the work grows with the square. Default 1000. */
  readonly points?: number;
  /** How often the points are dealt out anew for the null distribution. Default 500. */
  readonly permutations?: number;
  readonly seed?: number;
}

/** Squared distances between all rows, [n, n]. */
function squaredDistances(rows: Float64Array, width: number): Float64Array {
  const count = rows.length / width;
  const squares = new Float64Array(count * count);
  for (let n = 0; n < count; n++) {
    for (let m = 0; m < n; m++) {
      const square = squaredDistance(rows, n * width, rows, m * width, width);
      squares[n * count + m] = square;
      squares[m * count + n] = square;
    }
  }
  return squares;
}

/** The median distance between different points (Gretton et al. 2012, section 8), or 1 where all points are the same. */
function medianDistance(squares: Float64Array, count: number): number {
  const below = new Float64Array((count * (count - 1)) / 2);
  for (let n = 0, at = 0; n < count; at += n++) below.set(squares.subarray(n * count, n * count + n), at);
  below.sort();
  return Math.sqrt(itemAt(below, below.length >> 1)) || 1;
}

/**
 * The maximum mean discrepancy of two samples (Gretton et al. 2012, "A Kernel Two-Sample Test"): the unbiased estimate
 * of MMD² (their eq. 3), and how likely as much is where both are of one distribution, by permutations.
 *
 * @param first [n, width] row-major
 * @param second [m, width]
 * @throws GargaloError `bad-input` where there are no two points on each side, or widths do not fit
 */
export function maximumMeanDiscrepancy(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  width: number,
  options: DiscrepancyOptions = {},
): Discrepancy {
  const { kernel = 'gaussian', points = 1000, permutations = 500, seed = 0 } = options;
  for (const { length } of [first, second]) {
    if (length % width !== 0 || length < 2 * width) {
      throw badInput('codes', `expected two or more points of ${width} values on each side, got ${length} values`);
    }
  }
  const count = Math.min(points, first.length / width, second.length / width);
  if (!Number.isInteger(count) || count < 2) throw badInput('points', `expected 2 or more, got ${points}`);
  const all = 2 * count;
  const rows = new Float64Array(all * width);
  let to = 0;
  for (const [name, values] of [['first', first] as const, ['second', second] as const]) {
    const order = permutation(values.length / width, createRandom(seed, `discrepancy/${name}`)).subarray(0, count);
    for (const row of order) addRow(rows, width * to++, values, row * width, width);
  }
  const squares = squaredDistances(rows, width);
  const bandwidth = options.bandwidth ?? medianDistance(squares, all);
  const scale = bandwidth * bandwidth;
  const similarity =
    kernel === 'gaussian'
      ? (square: number) => Math.exp(-square / 2 / scale)
      : (square: number) => scale / (scale + square);
  const values = squares.map(similarity);
  // a point with itself never counts
  for (let n = 0; n < all; n++) values[n * (all + 1)] = 0;
  const sums = Float64Array.from({ length: all }, (_, n) => sumOf(rowAt(values, all, n)));
  const total = sumOf(sums);

  /** MMD² where the first half of `order` is one sample and the rest the other. */
  const statistic = (order: Int32Array): number => {
    let [within, reached] = [0, 0];
    for (let i = 0; i < count; i++) {
      const place = order[i] ?? -1;
      reached += sums[place] ?? Number.NaN;
      for (let j = 0; j < i; j++) within += 2 * (values[place * all + (order[j] ?? -1)] ?? Number.NaN);
    }
    const across = reached - within;
    const others = total - within - 2 * across;
    return (within + others) / (count * (count - 1)) - (2 * across) / (count * count);
  };

  const squared = statistic(positionsOf(all));
  const random = createRandom(seed, 'discrepancy/permutations');
  const dealt = Float64Array.from({ length: permutations }, () => statistic(permutation(all, random))).sort();
  const reached = dealt.filter((value) => value >= squared).length;
  return {
    squared,
    // the order at hand is one of those that might have been dealt
    pValue: (1 + reached) / (1 + permutations),
    limit: dealt[Math.min(permutations - 1, Math.ceil(0.95 * permutations) - 1)] ?? Number.NaN,
    bandwidth,
    points: count,
  };
}

/**
 * How far codes are from draws of N(0, I), the prior that variational and adversarial training pull them to. For a
 * gaussian code take {@link drawnCodes}: its means alone are narrower than the prior.
 *
 * @param codes [n, width] row-major
 */
export function priorDiscrepancy(
  codes: ArrayLike<number>,
  width: number,
  options: DiscrepancyOptions = {},
): Discrepancy {
  const random = createRandom(options.seed ?? 0, 'discrepancy/prior');
  const count = Math.min(options.points ?? 1000, codes.length / width);
  const draws = Float64Array.from({ length: Math.floor(count) * width }, () => random.normal());
  return maximumMeanDiscrepancy(codes, draws, width, options);
}
