import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { rowAt } from '../../core/vectors.js';
import { refuseNotFinite } from '../../data/scaling.js';
import type { Runtime } from '../../runtime/runtime.js';
import { meanEstimate } from '../statistics/estimate.js';
import { distanceBlocks, smallest } from '../statistics/neighbours.js';
import { rowsAt } from '../statistics/rows.js';
import type { PreservationFigures } from './figures.js';

export interface PreservationOptions {
  /** Its products are the work; the caller closes it. */
  readonly runtime: Runtime;
  /** Neighbours looked at; fewer where there are not enough points. Default 12. */
  readonly k?: number;
  /** At most that many points are compared, drawn at random; the work grows with the square. Default 5000. */
  readonly points?: number;
  readonly seed?: number;
}

/**
 * How far the neighbours that a point has elsewhere are out of its neighbourhood here: the sum of max(0, rank − k).
 *
 * @param row distances of all points here
 * @param elsewhere [k] positions of the neighbours
 */
function excess(row: Float32Array, elsewhere: Int32Array, self: number): number {
  const k = elsewhere.length;
  const limits = Float32Array.from(elsewhere, (other) => row[other] ?? Number.NaN).sort();
  // How many points are nearer than each of them, all but the point itself: their ranks from 0.
  const ranks = new Int32Array(k);
  const farthest = limits[k - 1] ?? Number.NaN;
  for (let i = 0; i < row.length; i++) {
    const value = row[i] ?? Number.NaN;
    if (value >= farthest || i === self) continue;
    let at = k - 1;
    while (at > 0 && (limits[at - 1] ?? Number.NaN) > value) at--;
    ranks[at]!++;
  }
  let [sum, nearer] = [0, 0];
  for (const rank of ranks) {
    nearer += rank;
    sum += Math.max(0, nearer + 1 - k);
  }
  return sum;
}

/**
 * How well neighbourhoods of one space live on in another: trustworthiness (no strangers among the k nearest of the new
 * space) and continuity (none of the k nearest of the old one lost), Venna & Kaski 2001, equations 1 and 2. Each is 1
 * where neighbourhoods are the same and about 0.5 where the spaces have nothing to do with each other. What counts is a
 * stranger's rank by distance in the other space, less k; among equal distances it is the best.
 *
 * At most 5000 points are compared. In a sample a neighbourhood of k points reaches farther than among all points: figures
 * compare where as many points went in. Intervals are over the points, each with what it adds to the mean.
 *
 * @param from [n, fromWidth] the old space: examples, or codes
 * @param to [n, toWidth] the new one: codes, or places on a map
 * @throws GargaloError `bad-input` where there are fewer than 4 points, the spaces have different numbers of them, or a value is not finite
 */
export async function preservation(
  from: Float32Array,
  fromWidth: number,
  to: Float32Array,
  toWidth: number,
  options: PreservationOptions,
): Promise<PreservationFigures> {
  const { runtime, points = 5000, seed = 0 } = options;
  const all = from.length / fromWidth;
  if (!Number.isInteger(all) || all < 4 || to.length !== all * toWidth) {
    const got = `${from.length} values and ${to.length}`;
    throw badInput(
      'preservation',
      `expected rows of ${fromWidth} and ${toWidth} values, 4 or more of each, got ${got}`,
    );
  }
  refuseNotFinite(from, 'preservation, the old space', fromWidth);
  refuseNotFinite(to, 'preservation, the new space', toWidth);
  const n = Math.min(all, points);
  // The largest excess there can be, by which the sum is divided, is the one of the formula up to k < n / 2.
  const k = Math.min(options.k ?? 12, Math.ceil(n / 2) - 1);
  if (!Number.isInteger(k) || k < 1) throw badInput('preservation', `expected k of 1 or more, got ${options.k}`);
  // In random order also where all take part: neighbours at the same distance are then a random choice of them.
  const chosen = permutation(all, createRandom(seed, 'preservation')).subarray(0, n);
  const [old, fresh] = [rowsAt(from, fromWidth, chosen), rowsAt(to, toWidth, chosen)];
  const [trusted, kept] = [new Float64Array(n), new Float64Array(n)];
  const [found, values] = [new Int32Array(k), new Float64Array(k)];
  const scale = 2 / (k * (2 * n - 3 * k - 1));
  const blocks = distanceBlocks(runtime, fresh, fresh, toWidth);
  try {
    for await (const { start, end, squares } of distanceBlocks(runtime, old, old, fromWidth)) {
      // Both come in blocks of the same rows: their size follows from the number of points alone.
      const { value: other } = await blocks.next();
      for (let i = start; other && i < end; i++) {
        const [before, after] = [rowAt(squares, n, i - start), rowAt(other.squares, n, i - start)];
        smallest(after, i, found, values);
        trusted[i] = 1 - scale * excess(before, found, i);
        smallest(before, i, found, values);
        kept[i] = 1 - scale * excess(after, found, i);
      }
    }
  } finally {
    await blocks.return();
  }
  return {
    k,
    trustworthiness: meanEstimate(trusted, { seed, stream: 'preservation/trustworthiness' }),
    continuity: meanEstimate(kept, { seed, stream: 'preservation/continuity' }),
    points: n,
  };
}
