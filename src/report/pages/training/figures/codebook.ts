import { codebookUse } from '../../../../analysis/latent/codes.js';
import type { Dataset } from '../../../../data/dataset.js';
import { sliceDataset } from '../../../../data/slice.js';
import type { Model } from '../../../../models/autoencoder.js';
import type { RuntimeOptions } from '../../../../runtime/runtime.js';
import type { CodebookUse } from '../input.js';

/** Use is counted over at most that many test examples. */
const EXAMPLES = 5000;

/** How test examples use the codebook; undefined where there is none. */
export async function codebookOf(
  model: Model,
  test: Dataset,
  runtime: RuntimeOptions | undefined,
): Promise<CodebookUse | undefined> {
  const { code } = model.specification;
  if (code.type !== 'vector-quantized') return undefined;
  const examples = Math.min(EXAMPLES, test.length);
  const { counts, perplexity } = await codebookUse(model, sliceDataset(test, 0, examples), runtime);
  return { examples, vectors: code.vectors, counts: [...counts], perplexity };
}
