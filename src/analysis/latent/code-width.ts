import { Matrix } from 'ml-matrix';
import { itemAt } from '../../core/collections.js';
import { sumOf } from '../../core/vectors.js';
import { arrayDataset, type Dataset, exampleSize } from '../../data/dataset.js';
import { applyScaling, fitScaling, type ScalingMethod } from '../../data/scaling.js';
import { eigenpairs, symmetric } from '../../models/eigenpairs.js';
import { fitPcaOn } from '../../models/pca.js';
import type { Runtime } from '../../runtime/runtime.js';
import { distanceBlocks } from '../statistics/neighbours.js';
import { intrinsicDimension } from './intrinsic-dimension.js';

/** A code width for some examples, and what it comes from. */
export interface CodeWidth {
  readonly width: number;
  /** Where the width comes from: between dimensions and components, the components that hold 95 % of the variance, or a limit. */
  readonly by: 'mean' | 'components' | 'limit';
  /** Examples that were looked at. */
  readonly examples: number;
  /** Values of an example. */
  readonly values: number;
  /** Dimensions that examples fill, at the distance of nearest neighbours. */
  readonly intrinsicDimension: number;
  /** Components of PCA that hold 90 % and 95 % of the variance; null where they are more than were looked for. */
  readonly componentsFor90: number | null;
  readonly componentsFor95: number | null;
}

/** No code is suggested that is wider than this, or than half of the values. */
const WIDEST = 64;
/** Fewer examples than this say nothing. */
const FEWEST = 20;
/** Ranges of the middle half from the median, where values are pulled to that lie beyond. */
const WILD = 5;
/** Pairs of examples times values that distances are taken of: about a second. */
const DISTANCES = 8e9;
/** Values of all examples together. */
const MEMORY = 1.6e7;
/** Beyond so many values an example is large: few are looked at. */
const LARGE = 4096;
/** Up to so many values the eigenproblem is solved whole, and beyond roughly: residuals of so much of the largest eigenvalue. */
const DIRECT = 160;
const TOLERANCE = 1e-3;

/** How many components hold so much of the variance. */
function componentsFor(part: number, variances: ArrayLike<number>, total: number): number | null {
  let sum = 0;
  for (let i = 0; i < variances.length; i++) {
    sum += variances[i] ?? Number.NaN;
    if (sum >= part * total) return i + 1;
  }
  return null;
}

/**
 * Examples as a network sees them. With a robust scaling the wild values that it is for would be nearly all of the variance: they
 * are pulled in, and columns weigh the same.
 */
async function scaledFor(data: Dataset, method: ScalingMethod): Promise<Float32Array> {
  const { name, shape, length } = data;
  const scaled = applyScaling(await data.block(0, length), await fitScaling(method, data));
  if (method !== 'robust') return scaled;
  const tame = scaled.map((value) => Math.max(-WILD, Math.min(WILD, value)));
  return applyScaling(tame, await fitScaling('standard', arrayDataset(tame, { name, shape })));
}

/**
 * How many examples are enough, and few enough to be looked at in about a second and little memory.
 *
 * @returns 0 where examples are so large that these would be too few
 */
export function examplesToMeasure(values: number): number {
  const most = values > LARGE ? 300 : 5000;
  const count = Math.floor(Math.min(most, Math.sqrt(DISTANCES / values), MEMORY / values));
  return count < FEWEST ? 0 : count;
}

/** Variances along the first components, the largest first, and the sum of all. */
async function variancesOf(
  runtime: Runtime,
  sample: Dataset,
  scaled: Float32Array,
): Promise<{ readonly variances: ArrayLike<number>; readonly totalVariance: number }> {
  const size = exampleSize(sample);
  if (size <= LARGE) {
    const searched = size <= DIRECT ? size : size > 1024 ? WIDEST / 2 : WIDEST;
    return fitPcaOn(runtime, sample, { width: Math.min(size, searched), tolerance: TOLERANCE });
  }
  // Of few large examples by their distances: these give the products of centred examples, which have the same eigenvalues as the
  // covariance (Gower 1966).
  const count = sample.length;
  const products = Matrix.zeros(count, count);
  for await (const { start, end, squares } of distanceBlocks(runtime, scaled, scaled, size)) {
    for (let n = start; n < end; n++) {
      for (let m = 0; m < count; m++) products.set(n, m, n === m ? 0 : -itemAt(squares, (n - start) * count + m) / 2);
    }
  }
  const { values } = eigenpairs(symmetric(products.center('row').center('column').div(count)));
  const variances = values.map((value) => Math.max(0, value));
  return { variances, totalVariance: sumOf(variances) };
}

/**
 * How many numbers a code should have for some examples, without training: between the dimensions that these fill ({@link
 * intrinsicDimension}), which would be enough for a network that bends its code along them, and the components that PCA needs for
 * 90 % of the variance, which are enough for one that does not bend it at all. The geometric mean of both: trained autoencoders of
 * tables were found to need about as many, and neither of the two alone (twins among the examples make the first one small, noise
 * makes both large). No more than the components for 95 % of the variance, half of the values, and 64; at least 1. A sweep over
 * widths tells it exactly.
 *
 * @param data examples without missing values, a sample of {@link examplesToMeasure} where there are more
 * @returns undefined where there is nothing to measure: fewer than 20 examples, or all alike
 */
export async function suggestCodeWidth(
  runtime: Runtime,
  data: Dataset,
  method: ScalingMethod,
): Promise<CodeWidth | undefined> {
  const { length, name } = data;
  if (length < FEWEST) return undefined;
  const size = exampleSize(data);
  const scaled = await scaledFor(data, method);
  const sample = arrayDataset(scaled, { name, shape: [size] });
  const pca = await variancesOf(runtime, sample, scaled);
  if (!(pca.totalVariance > 0)) return undefined;
  const componentsFor90 = componentsFor(0.9, pca.variances, pca.totalVariance);
  const componentsFor95 = componentsFor(0.95, pca.variances, pca.totalVariance);
  const { value } = await intrinsicDimension(scaled, size, { runtime, resamples: 1 });
  const limit = Math.max(1, Math.min(WIDEST, Math.floor(size / 2)));
  const mean = Math.max(1, Math.round(Math.sqrt(value * (componentsFor90 ?? pca.variances.length))));
  const components = componentsFor95 ?? Number.POSITIVE_INFINITY;
  const width = Math.min(mean, components, limit);
  return {
    width,
    by: width === mean ? 'mean' : width === components ? 'components' : 'limit',
    examples: length,
    values: size,
    intrinsicDimension: value,
    componentsFor90,
    componentsFor95,
  };
}
