import type { Runtime } from '../runtime/runtime.js';
import { countCodes, rowsAt, samplePositions } from './code-rows.js';
import { bootstrap, type Estimate } from './estimate.js';
import { nearestNeighbours } from './neighbours.js';

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

/** Positions of codes of which no two are the same: twins say nothing about dimensions. */
function withoutTwins(codes: Float32Array, width: number): Int32Array {
  const first = new Map<string, number>();
  for (let n = 0; n * width < codes.length; n++) {
    const key = codes.subarray(n * width, (n + 1) * width).join();
    if (!first.has(key)) first.set(key, n);
  }
  return Int32Array.from(first.values());
}

/**
 * The slope through the origin of −ln(1 − F(μ)) over ln μ, F being the part of the ratios up to μ.
 *
 * @param logs ln μ in rising order
 */
function slope(logs: Float64Array): number {
  const kept = Math.max(1, Math.floor(logs.length * (1 - DISCARDED)));
  let [products, squares] = [0, 0];
  for (let i = 0; i < kept; i++) {
    products += logs[i]! * -Math.log(1 - (i + 1) / (logs.length + 1));
    squares += logs[i]! ** 2;
  }
  return squares > 0 ? products / squares : Number.POSITIVE_INFINITY;
}

/**
 * How many dimensions codes really fill, by the distances to their nearest two others, TwoNN: where codes are evenly dense on the
 * scale of these, the ratio of the two has P(μ > m) = m^−d, so that d is the slope of a line (Facco, d'Errico, Rodriguez
 * & Laio 2017, "Estimating the intrinsic dimension of datasets by a minimal neighborhood information"; the 10 % largest ratios
 * are left out as there). It asks less of the density than the maximum-likelihood estimate over k neighbours (Levina & Bickel
 * 2004), which is below it in many dimensions. Twins count once; codes on a lattice have no slope and get the width; never more than the width. Codes that are all the same have no dimension: 0.
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
  const distinct = rowsAt(sample, width, withoutTwins(sample, width));
  const count = distinct.length / width;
  if (count === 1) return { value: 0, interval: [0, 0] };
  // two codes lie on a line
  if (count === 2) return { value: 1, interval: [0, Math.min(width, 1)] };
  const { distances } = await nearestNeighbours(runtime, distinct, width, 2);
  const logs = Float64Array.from({ length: count }, (_, n) =>
    Math.log(distances[2 * n + 1]! / distances[2 * n]!),
  ).sort();
  return bootstrap(count, (chosen) => Math.min(width, slope(Float64Array.from(chosen.toSorted(), (i) => logs[i]!))), {
    seed,
    stream: 'intrinsic-dimension/bootstrap',
    resamples,
  });
}
