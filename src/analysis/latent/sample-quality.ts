import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { columnOf } from '../../core/vectors.js';
import { type Pca, projectPca } from '../../models/pca.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type Estimate, meanEstimate } from '../statistics/estimate.js';
import { frechetEstimate, groupedMoments } from '../statistics/frechet.js';
import { distanceBlocks, nearestNeighbours } from '../statistics/neighbours.js';
import { rowsAt } from '../statistics/rows.js';

/** How good drawn examples are, beside real ones. */
export interface SampleQuality {
  /** The part of the samples that lie among real examples: 0 … 1. */
  readonly precision: Estimate;
  /** The part of the real examples that lie among samples: 0 … 1. */
  readonly recall: Estimate;
  /** Squared Fréchet distance of the two, in squared scaled units summed over an example; 0 of the same distribution. */
  readonly frechet: Estimate;
}

/** Real examples, ready for samples to be held against. */
export interface SampleJudge {
  /** Principal components that all of it is seen in. */
  readonly components: number;
  /** Real examples. */
  readonly examples: number;
  /** Neighbours that the distance to the farthest of is how far "among" reaches. */
  readonly k: number;
  /** @param samples [count, size] in scaled units; as many as there are examples, or recall is the lower for it */
  judge(samples: Float32Array): Promise<SampleQuality>;
}

export interface SampleJudgeOptions {
  readonly seed?: number;
  /** Default 3, as in the paper. */
  readonly k?: number;
  /** Examples, and samples, at most; drawn at random where there are more. Default 5000. */
  readonly limit?: number;
}

const K = 3;
const LIMIT = 5000;
const COMPONENTS = 64;
/** A covariance takes at least so many examples for each of its dimensions. */
const EXAMPLES_A_COMPONENT = 10;
/** What single precision may be off by, relative to the mean square of the values. */
const ROUNDING = 1e-6;

function drawn(rows: Float32Array, size: number, limit: number, seed: number, stream: string): Float32Array {
  const count = rows.length / size;
  if (count <= limit) return rows;
  return rowsAt(rows, size, permutation(count, createRandom(seed, stream)).subarray(0, limit));
}

/** The distance of each point to its k-th neighbour, squared, with room for rounding. */
async function reachesOf(runtime: Runtime, points: Float32Array, width: number, k: number): Promise<Float64Array> {
  const { distances } = await nearestNeighbours(runtime, points, width, k);
  const square = points.reduce((sum, value) => sum + value * value, 0) / (points.length / width);
  return columnOf(distances, k, k - 1).map((reach) => reach * reach * (1 + ROUNDING) + ROUNDING * square);
}

/** [m] 1 where a query lies as near to some point as that point's own neighbours do. */
async function amongOf(
  runtime: Runtime,
  queries: Float32Array,
  points: Float32Array,
  reaches: Float64Array,
  width: number,
): Promise<Uint8Array> {
  const among = new Uint8Array(queries.length / width);
  const limits = Float32Array.from(reaches);
  const n = limits.length;
  for await (const { start, end, squares } of distanceBlocks(runtime, queries, points, width)) {
    for (let q = start; q < end; q++) {
      const row = (q - start) * n;
      let i = 0;
      while (i < n && (squares[row + i] ?? Number.NaN) > (limits[i] ?? Number.NaN)) i++;
      if (i < n) among[q] = 1;
    }
  }
  return among;
}

/**
 * How good drawn examples are: precision and recall (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric for
 * Assessing Generative Models", k = 3) and the Fréchet distance (Heusel et al. 2017). Those papers compare pictures by the
 * features of a network that has seen a million photographs; here they are compared by what any data have, their first 64
 * principal components at most, in scaled units. The figures are therefore no FID and not comparable with published ones,
 * but with each other: what held-out real examples get says what
 * recall and distance can come to. Precision can come out above theirs: samples that are smoother than real examples, as
 * a narrow code makes them, lie nearer the middle of what is real.
 *
 * Intervals: of precision the samples are drawn anew, of recall the real examples, of the Fréchet distance both.
 *
 * @param pca fitted to training data; its components beyond its width count too
 * @param examples [n, size] real ones, in scaled units
 * @throws GargaloError `bad-input` where there are no more than k examples or samples, or a value is no number
 */
export async function openSampleJudge(
  runtime: Runtime,
  pca: Pca,
  examples: Float32Array,
  { seed = 0, k = K, limit = LIMIT }: SampleJudgeOptions = {},
): Promise<SampleJudge> {
  const size = pca.mean.length;

  function rowsOf(values: Float32Array, what: string, stream: string): Float32Array {
    const count = values.length / size;
    if (!Number.isInteger(count) || count <= k) {
      throw badInput(what, `expected more than ${k} of ${size} values each, got ${values.length} values`);
    }
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw badInput(what, `expected numbers, got ${values[odd]} in row ${Math.floor(odd / size) + 1}`);
    return drawn(values, size, limit, seed, stream);
  }

  const real = rowsOf(examples, 'examples', 'sample-quality/examples');
  const count = real.length / size;
  const width = Math.max(
    1,
    Math.min(COMPONENTS, pca.components.length / size, Math.floor(count / EXAMPLES_A_COMPONENT)),
  );
  const points = projectPca(pca, real, width);
  const reaches = await reachesOf(runtime, points, width, k);
  const moments = groupedMoments(points, width, createRandom(seed, 'sample-quality/groups'));
  return {
    components: width,
    examples: count,
    k,
    async judge(samples) {
      const found = projectPca(pca, rowsOf(samples, 'samples', 'sample-quality/samples'), width);
      const precise = await amongOf(runtime, found, points, reaches, width);
      const recalled = await amongOf(runtime, points, found, await reachesOf(runtime, found, width, k), width);
      const own = groupedMoments(found, width, createRandom(seed, 'sample-quality/groups'));
      return {
        precision: meanEstimate(precise, { seed, stream: 'sample-quality/precision' }),
        recall: meanEstimate(recalled, { seed, stream: 'sample-quality/recall' }),
        frechet: frechetEstimate(moments, own, { seed }),
      };
    },
  };
}
