import { createRandom } from '../core/random.js';
import { type Dataset, exampleSize } from './dataset.js';

/** Uniform numbers in [0, 1) for one example: of its own stream, so that blocks may be read in any order. */
function draws(seed: number, example: number, size: number): Float64Array {
  const random = createRandom(seed, `binarize/${example}`);
  return Float64Array.from({ length: size }, () => random.uniform());
}

/**
 * A data set whose values are the two ends of the range only. Drawn, a value becomes the upper end with the probability
 * that it stands for, the same each time it is read (Salakhutdinov & Murray 2008, "binarized MNIST" with a fixed draw); by
 * the threshold, where it lies above the middle. What is read is as long and of the same type: bytes become 0 and 255,
 * floats from 0 to 1 become 0 and 1.
 *
 * @param method `drawn` for likelihoods as the literature has them, `threshold` for the same picture each time
 */
export function binarized(dataset: Dataset, method: 'drawn' | 'threshold' = 'drawn', seed = 0): Dataset {
  const size = exampleSize(dataset);
  const top = dataset.type === 'uint8' ? 255 : 1;
  return {
    ...dataset,
    name: `${dataset.name}/binary`,
    async block(start, end) {
      const values = (await dataset.block(start, end)).slice();
      for (let n = start; n < end; n++) {
        const at = (n - start) * size;
        const limits = method === 'drawn' ? draws(seed, n, size) : undefined;
        for (let i = 0; i < size; i++) {
          const value = values[at + i]! / top;
          values[at + i] = value > (limits ? limits[i]! : 0.5) ? top : 0;
        }
      }
      return values;
    },
  };
}
