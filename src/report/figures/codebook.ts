import type { Dataset } from '../../data/dataset.js';
import type { Model } from '../../models/autoencoder.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import type { CodebookUse } from '../input.js';
import { outputOf } from './codes.js';

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
  const indices = await outputOf(model, 'indices', test, EXAMPLES, runtime);
  const counts = new Array<number>(code.entries).fill(0);
  for (const index of indices) counts[index] = counts[index]! + 1;
  const entropy = counts.reduce((sum, count) => {
    const share = count / indices.length;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return { examples: indices.length / code.vectors, vectors: code.vectors, counts, perplexity: Math.exp(entropy) };
}
