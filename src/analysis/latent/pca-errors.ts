import { badInput } from '../../core/errors.js';
import { addRow, columnOf, squaredDistance } from '../../core/vectors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Dataset } from '../../data/dataset.js';
import { applyScaling, type Scaling } from '../../data/scaling.js';
import { readBlocks } from '../../data/stream.js';
import { type Pca, projectPca } from '../../models/pca.js';
import { crossEntropy, isUnit } from './fidelity.js';

/** What PCA's reconstructions of a data set are off by at one width. */
export interface PcaError {
  readonly width: number;
  /** Summed over one example in scaled units, mean over the examples. */
  readonly squaredError: number;
  /** bce per value of outputs clipped to the open interval (0, 1); null where the data leave 0 … 1. */
  readonly bce: number | null;
}

/** The errors of PCA at several widths. */
export interface PcaErrors {
  /** In the order of the widths. */
  readonly errors: readonly PcaError[];
  /** The squared error of no component at all: of the mean of the data that PCA was fitted to. */
  readonly meanSquaredError: number;
  /** bce of a perfect reconstruction; null as above. */
  readonly bceFloor: number | null;
}

/**
 * The errors of PCA at several widths from one decomposition, in one pass over the data.
 *
 * @param pca at least as wide as the widest, unless that is the size of the examples, where PCA is exact
 * @param widths rising
 * @param scaling how raw values become those that were analysed
 * @throws GargaloError `bad-input` where PCA has too few components; `cancelled`
 */
export async function pcaErrors(
  pca: Pca,
  dataset: Dataset,
  widths: readonly number[],
  scaling: Scaling,
  { signal, onProgress }: WorkOptions = {},
): Promise<PcaErrors> {
  const size = pca.mean.length;
  const known = pca.components.length / size;
  const widest = Math.max(0, ...widths.filter((width) => width < size));
  if (widest > known) throw badInput('pca', `expected at least ${widest} components, got ${known}`);
  const sums = widths.map((width) => ({ width, squares: 0, entropy: 0 }));
  let [ofMean, floor, bounded] = [0, 0, true];
  for await (const { start, end, values } of readBlocks(dataset)) {
    stopWhereAborted(signal, dataset.name);
    const x = applyScaling(values, scaling);
    bounded &&= isUnit(x);
    const count = end - start;
    const scores = projectPca(pca, x, widest);
    const rebuilt = new Float32Array(count * size);
    for (let n = 0; n < count; n++) rebuilt.set(pca.mean, n * size);
    ofMean += squaredDistance(x, 0, rebuilt, 0, x.length);
    if (bounded) floor += crossEntropy(x, x, 0);
    let done = 0;
    for (const sum of sums) {
      const { width } = sum;
      const output = width < size ? rebuilt : x;
      for (; width < size && done < width; done++) addComponent(rebuilt, pca, scores, done, widest);
      sum.squares += squaredDistance(x, 0, output, 0, x.length);
      if (bounded) sum.entropy += crossEntropy(x, output);
    }
    onProgress?.({ done: end, total: dataset.length });
  }
  const perValue = (sum: number): number | null => (bounded ? sum / (dataset.length * size) : null);
  return {
    errors: sums.map(({ width, squares, entropy }) => ({
      width,
      squaredError: squares / dataset.length,
      bce: perValue(entropy),
    })),
    meanSquaredError: ofMean / dataset.length,
    bceFloor: perValue(floor),
  };
}

/** Adds what component k says of each example. */
function addComponent(rebuilt: Float32Array, pca: Pca, scores: Float32Array, k: number, width: number): void {
  const size = pca.mean.length;
  for (const [n, score] of columnOf(scores, width, k).entries()) {
    addRow(rebuilt, n * size, pca.components, k * size, size, score);
  }
}
