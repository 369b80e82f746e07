import { itemAt } from '../../core/collections.js';
import { columnOf, sumOf } from '../../core/vectors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { bootstrap, type Estimate, orderOf } from '../statistics/estimate.js';
import { nearestNeighbours } from '../statistics/neighbours.js';
import { countCodes, distinctRows, rowsAt, samplePositions } from '../statistics/rows.js';

export interface IntrinsicDimensionOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes looked at, at most; drawn at random where there are more. Default 5000. */
  readonly points?: number;
  /** Of the bootstrap. Default 200. */
  readonly resamples?: number;
}

/** The part of the largest ratios that is left out, as in the paper: these come from where the density changes. */
const DISCARDED = 0.1;

/**
 * Codes in families: whoever is nearest to one is in the same family. Ratios within a family share distances.
 *
 * @param indices [count, 2] nearest neighbours
 */
function familiesOf(indices: Int32Array, count: number): number[][] {
  const families = Array.from({ length: count }, (_, n) => [n]);
  for (let n = 0; n < count; n++) {
    const pair = [itemAt(families, n), itemAt(families, itemAt(indices, 2 * n))] as const;
    const [larger, smaller] = pair[0].length < pair[1].length ? [pair[1], pair[0]] : pair;
    if (larger === smaller) continue;
    larger.push(...smaller);
    for (const member of smaller) families[member] = larger;
  }
  return [...new Set(families)].map((members) => members.sort((a, b) => a - b));
}

/**
 * The slope through the origin of −ln(1 − F(μ)) over ln μ, F being the part of the ratios up to μ.
 *
 * @param logs [n] ln μ
 * @param order positions of these, rising
 * @param drawn how often each is there
 */
function slope(logs: Float64Array, order: Int32Array, drawn: Int32Array): number {
  const total = sumOf(drawn);
  const kept = Math.max(1, Math.floor(total * (1 - DISCARDED)));
  let [rank, products, squares] = [0, 0, 0];
  for (const position of order) {
    if (rank >= kept) break;
    const log = logs[position] ?? Number.NaN;
    for (let times = drawn[position] ?? 0; times > 0 && rank < kept; times--) {
      rank++;
      products += log * -Math.log(1 - rank / (total + 1));
      squares += log * log;
    }
  }
  return squares > 0 ? products / squares : Number.POSITIVE_INFINITY;
}

/**
 * How many dimensions codes really fill, by the distances to their nearest two others, TwoNN: where codes are evenly
 * dense on the scale of these, the ratio of the two has P(μ > m) = m^−d, so that d is the slope of a line (Facco,
 * d'Errico, Rodriguez & Laio 2017, "Estimating the intrinsic dimension of datasets by a minimal neighborhood
 * information"; the 10 % largest ratios are left out as there). The density has to be even over two neighbours only,
 * not over the k that the maximum-likelihood estimate wants (Levina & Bickel 2004). In many dimensions two are far, too,
 * and it comes out low: 14.4 for 5000 codes of a heap of 16. Twins count once; codes on a lattice have no slope and get
 * the width, and nothing gets more. Codes that are all the same have no dimension: 0.
 *
 * The interval is by a bootstrap of families of nearest neighbours, whose ratios depend on each other.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there is no code, or a value is not finite
 */
export async function intrinsicDimension(
  codes: Float32Array,
  width: number,
  { runtime, seed = 0, points = 5000, resamples = 200 }: IntrinsicDimensionOptions,
): Promise<Estimate> {
  const positions = samplePositions(countCodes(codes, width), points, seed, 'intrinsic-dimension/points');
  const sample = rowsAt(codes, width, positions);
  const distinct = rowsAt(sample, width, distinctRows(sample, width).first);
  const count = distinct.length / width;
  if (count === 1) return { value: 0, interval: [0, 0] };
  // two codes lie on a line
  if (count === 2) return { value: 1, interval: [0, Math.min(width, 1)] };
  const { distances, indices } = await nearestNeighbours(runtime, distinct, width, 2);
  const nearest = columnOf(distances, 2, 0);
  const logs = columnOf(distances, 2, 1).map((second, n) => Math.log(second / (nearest[n] ?? Number.NaN)));
  // sorted once: a resample is then in order as soon as it is counted
  const order = orderOf(logs);
  const families = familiesOf(indices, count);
  const drawn = new Int32Array(count);
  return bootstrap(
    families.length,
    (chosen) => {
      drawn.fill(0);
      for (const family of chosen) for (const member of itemAt(families, family)) drawn[member]! += 1;
      return Math.min(width, slope(logs, order, drawn));
    },
    { seed, stream: 'intrinsic-dimension/bootstrap', resamples },
  );
}
