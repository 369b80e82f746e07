import { peakSignalToNoise } from '../../../../analysis/latent/fidelity.js';
import type { Dataset } from '../../../../data/dataset.js';
import { applyScaling } from '../../../../data/scaling.js';
import { sliceDataset } from '../../../../data/slice.js';
import type { Autoencoder } from '../../../../models/autoencoder.js';
import { inputSize } from '../../../../models/specification.js';
import { denoise } from '../../../../tasks/denoise.js';
import type { Denoising } from '../input.js';

/** Test examples that the ratios are measured on, and those shown. */
const MEASURED = 1000;
const SHOWN = 10;
const SEED = 0;

/** Test examples corrupted as in training, and cleaned; undefined for a network that never saw any. */
export async function denoisingOf(autoencoder: Autoencoder, test: Dataset): Promise<Denoising | undefined> {
  const { specification } = autoencoder;
  const { corruption } = specification;
  if (corruption.type === 'none') return undefined;
  const { scaling } = specification.input;
  const unseen = sliceDataset(test, 0, Math.min(MEASURED, test.length));
  const { values, corrupted } = await denoise(autoencoder, unseen, { corruption, seed: SEED });
  if (!corrupted) return undefined;
  const size = inputSize(specification);
  const { labels } = test;
  const part = (all: Float32Array, i: number) => applyScaling(all.slice(i * size, (i + 1) * size), scaling);
  const shown = Array.from({ length: Math.min(SHOWN, unseen.length) }, (_, i) => i);
  return {
    corruption,
    before: corrupted.before,
    after: corrupted.after,
    count: unseen.length,
    examples: await Promise.all(
      shown.map(async (index) => {
        const clean = applyScaling(await test.block(index, index + 1), scaling);
        const [seen, output] = [part(corrupted.values, index), part(values, index)];
        const label = labels?.names[labels.values[index] ?? -1];
        return {
          index,
          ...(label !== undefined && { label }),
          clean,
          corrupted: seen,
          output,
          before: peakSignalToNoise(clean, seen, corrupted.peak),
          after: peakSignalToNoise(clean, output, corrupted.peak),
        };
      }),
    ),
  };
}
