import type { Dataset } from '../data/dataset.js';
import { applyScaling, undoScaling } from '../data/scaling.js';
import { badInput } from '../errors.js';
import { peakSignalToNoise } from '../latent/fidelity.js';
import { type Autoencoder, checkInput } from '../models/autoencoder.js';
import { corruptValues } from '../models/corruption.js';
import { type Corruption, inputSize, type Specification } from '../models/specification.js';
import { createRandom } from '../random.js';

/**
 * A data set as the encoder sees it in training: corrupted in scaled units, then brought back to raw ones. An example is
 * corrupted the same way whichever block it is read in.
 */
export function corruptedDataset(
  dataset: Dataset,
  specification: Specification,
  corruption: Corruption,
  seed = 0,
): Dataset {
  checkInput(specification, dataset);
  const { scaling } = specification.input;
  const size = inputSize(specification);
  return {
    ...dataset,
    type: 'float32',
    async block(start, end) {
      const values = applyScaling(await dataset.block(start, end), scaling);
      for (let i = start; i < end; i++) {
        const at = (i - start) * size;
        const { normal } = createRandom(seed, `corruption/${i}`);
        values.set(corruptValues(corruption, values.subarray(at, at + size), normal), at);
      }
      return undoScaling(values, scaling, values);
    },
  };
}

/** Whether the scaled values of a model's data lie in 0 … 1, as far as the model tells. */
export function isBounded({ output, input }: Specification): boolean {
  return output === 'sigmoid' || input.scaling.method === 'bytes' || input.scaling.method === 'min-max';
}

/** What is left to a caller of {@link denoise}. */
export interface DenoiseOptions {
  /** The examples are clean: corrupt them this way first, and measure what that does and how much of it is undone. */
  readonly corruption?: Corruption;
  readonly seed?: number;
}

/** Cleaned examples; all values in raw units, [n, input size] row-major. */
export interface Denoised {
  readonly values: Float32Array;
  /** What was cleaned, and how near to the clean examples it was and came, in dB; where they were corrupted first. */
  readonly corrupted?: {
    readonly values: Float32Array;
    readonly before: number;
    readonly after: number;
    /** The peak that the ratios are taken against, in scaled units. */
    readonly peak: number;
  };
}

/**
 * Refuses a model that never learned to undo a corruption.
 *
 * @param where the model's file, for messages
 * @throws GargaloError `bad-input` that says how to train one
 */
export function checkDenoiser({ corruption }: Specification, where = 'model'): void {
  if (corruption.type !== 'none') return;
  throw badInput(
    where,
    'expected a model trained on corrupted examples, got one that never saw any',
    'train one with gargalo train <data> --kind denoising --noise 0.5, or use gargalo reconstruct',
  );
}

/**
 * Cleans examples with a model that was trained on corrupted ones (Vincent et al. 2008). The peak signal-to-noise ratios
 * are those of the mean squared error over all values; the peak is 1 where scaled values lie in 0 … 1, else the range of
 * the clean ones.
 *
 * @throws GargaloError `bad-input` for a model trained without corruption, or examples that do not fit it
 */
export async function denoise(
  autoencoder: Autoencoder,
  dataset: Dataset,
  { corruption, seed = 0 }: DenoiseOptions = {},
): Promise<Denoised> {
  const { specification } = autoencoder;
  checkDenoiser(specification);
  checkInput(specification, dataset);
  const seen = corruption ? corruptedDataset(dataset, specification, corruption, seed) : dataset;
  const size = inputSize(specification);
  const { scaling } = specification.input;
  const values = new Float32Array(dataset.length * size);
  const noisy = new Float32Array(corruption ? values.length : 0);
  const clean = new Float32Array(noisy.length);
  for await (const { start, end, reconstruction } of autoencoder.blocks(seen)) {
    values.set(reconstruction, start * size);
    if (!corruption) continue;
    noisy.set(await seen.block(start, end), start * size);
    applyScaling(await dataset.block(start, end), scaling, clean.subarray(start * size, end * size));
  }
  if (!corruption) return { values };
  const peak = isBounded(specification) ? 1 : rangeOf(clean);
  const ratio = (raw: Float32Array) => peakSignalToNoise(clean, applyScaling(raw, scaling), peak);
  return { values, corrupted: { values: noisy, before: ratio(noisy), after: ratio(values), peak } };
}

function rangeOf(values: Float32Array): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
