import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { arrayDataset } from '../../data/dataset.js';
import { fit } from '../../train/fit.js';
import { inspect } from './inspect.js';
import { readSubject } from './subject.js';

const random = createRandom(1, 'examples');
const data = arrayDataset(
  Float32Array.from({ length: 80 * 4 }, () => random.normal()),
  { name: 'table', shape: [4] },
);

async function model(options: Parameters<typeof fit>[1]) {
  const { autoencoder } = await fit(data, { code: 2, epochs: 1, output: 'identity', loss: 'mse', ...options });
  await autoencoder.close();
  return autoencoder;
}

describe('inspecting several models', () => {
  it('takes the figures of PCA at a width once, and anew for another seed', async () => {
    const one = await model({ kind: 'linear' });
    const subject = await readSubject({ examples: data }, one.specification.input.scaling);
    const [first, second, other] = [
      await inspect(one, subject),
      await inspect(await model({ encoder: [3] }), subject),
      await inspect(one, subject, { seed: 1 }),
    ];
    expect(second.pca).toBe(first.pca);
    expect(other.pca).not.toBe(first.pca);
    expect(first.filters?.count).toBe(2);
    expect(second.filters).toBeUndefined();
  });

  it('shows no filters of what is not known to be linear, though it has no hidden layers', async () => {
    const bare = await model({ kind: 'basic', activation: 'relu', codeActivation: 'identity' });
    const subject = await readSubject({ examples: data }, bare.specification.input.scaling);
    expect((await inspect(bare, subject)).filters).toBeUndefined();
  });
});
