import { jacobianOf } from '../../../../analysis/latent/jacobian.js';
import type { Dataset } from '../../../../data/dataset.js';
import { sliceDataset } from '../../../../data/slice.js';
import type { Model } from '../../../../models/autoencoder.js';
import { penaltyOf } from '../../../../models/specification.js';
import type { RuntimeOptions } from '../../../../runtime/runtime.js';
import type { CodeJacobian } from '../input.js';

/** Test examples that the norm is averaged over. */
const EXAMPLES = 500;

/** How the code answers to small changes of the input; undefined where nothing was asked of that in training. */
export async function jacobianFigures(
  model: Model,
  test: Dataset,
  runtime: RuntimeOptions | undefined,
): Promise<CodeJacobian | undefined> {
  if (!penaltyOf(model.specification, 'contractive')) return undefined;
  const examples = Math.min(EXAMPLES, test.length);
  const { meanNorm, spectrum, spectrumExamples } = await jacobianOf(model, sliceDataset(test, 0, examples), runtime);
  return { examples, spectrum: [...spectrum], spectrumExamples, norm: meanNorm };
}
