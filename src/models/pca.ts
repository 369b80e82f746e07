import { createRuntime } from '#runtime';
import { addRow } from '../core/vectors.js';
import type { WorkOptions } from '../core/work.js';
import type { Dataset } from '../data/dataset.js';
import type { Scaling } from '../data/scaling.js';
import type { Runtime, RuntimeOptions } from '../runtime/runtime.js';

/** Principal components of a data set, in scaled units. */
export interface Pca {
  /** How many components a code of this PCA has. */
  readonly width: number;
  /** [size] */
  readonly mean: Float32Array;
  /** [count, size] orthonormal rows, largest variance first; the largest entry of each is positive. At least `width` rows. */
  readonly components: Float32Array;
  /** [count] variance along each component (divided by n, not n−1). */
  readonly variances: Float64Array;
  /** Sum of the variances along all components, kept or not. */
  readonly totalVariance: number;
}

/** How {@link fitPca} works. */
export interface PcaOptions {
  readonly width: number;
  /** How raw values become those that are analysed; default none. */
  readonly scaling?: Scaling;
  /** Components to find where that is more than `width`: for looking at. */
  readonly maximumComponents?: number;
  /** Residual of an eigenpair relative to the largest eigenvalue at which it counts as found; default 1e-7, 1e-5 of more than 800 features. Of up to 160 features all are exact. */
  readonly tolerance?: number;
  readonly runtime?: RuntimeOptions;
  /** Ends the work: it throws a GargaloError `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Called with what is done of the eigenvectors, which of wide codes take longest. */
  readonly onProgress?: WorkOptions['onProgress'];
}

/**
 * Principal component analysis (Pearson 1901; Hotelling 1933): the linear code with the smallest squared error at a
 * width, and so the measure of every autoencoder. The products with the data run on the engine in blocks; the
 * eigenvectors of the covariance come from block subspace iteration with Rayleigh–Ritz projection (Halko, Martinsson &
 * Tropp 2011, section 4.5), repeated until the residual of every wanted pair is below 1e-7 of the largest eigenvalue (1e-5 of examples of more
 * than 800 values). Of fewer examples than values, up to 1,000, they come from the products of the examples with each other instead,
 * which have the same eigenvalues (Turk & Pentland 1991, section 2).
 *
 * @throws GargaloError `bad-input` where the width is larger than the examples, or a value is NaN or infinite
 */
export async function fitPca(dataset: Dataset, options: PcaOptions): Promise<Pca> {
  const runtime = await createRuntime(options.runtime);
  try {
    return await fitPcaOn(runtime, dataset, options);
  } finally {
    await runtime.close();
  }
}

/** {@link fitPca} on a runtime that the caller closes. */
export async function fitPcaOn(runtime: Runtime, dataset: Dataset, options: Omit<PcaOptions, 'runtime'>): Promise<Pca> {
  // Linear algebra is loaded when it is first needed: many programs only use codes.
  const { fitComponents } = await import('./pca-fit.js');
  return fitComponents(runtime, dataset, options);
}

/**
 * Codes of scaled examples: their coordinates along the first components.
 *
 * @param values [n, size] scaled
 * @returns [n, width]
 */
export function projectPca(pca: Pca, values: Float32Array, width = pca.width): Float32Array {
  const size = pca.mean.length;
  const count = values.length / size;
  const scores = new Float32Array(count * width);
  const centred = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < size; i++) centred[i] = (values[n * size + i] ?? Number.NaN) - (pca.mean[i] ?? Number.NaN);
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (centred[i] ?? Number.NaN) * (pca.components[k * size + i] ?? Number.NaN);
      scores[n * width + k] = sum;
    }
  }
  return scores;
}

/**
 * Examples from codes: the mean plus the first components times the coordinates along them.
 *
 * @param scores [n, width]
 * @returns [n, size] scaled
 */
export function reconstructPca(pca: Pca, scores: Float32Array, width = pca.width): Float32Array {
  const size = pca.mean.length;
  const count = scores.length / width;
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n++) {
    values.set(pca.mean, n * size);
    for (let k = 0; k < width; k++) {
      addRow(values, n * size, pca.components, k * size, size, scores[n * width + k] ?? Number.NaN);
    }
  }
  return values;
}

/**
 * What PCA makes of scaled examples; with as many components as values they are the examples themselves.
 *
 * @param values [n, size] scaled
 * @returns [n, size] scaled
 */
export function throughPca(pca: Pca, values: Float32Array, width = pca.width): Float32Array {
  if (width >= pca.mean.length) return values;
  return reconstructPca(pca, projectPca(pca, values, width), width);
}
