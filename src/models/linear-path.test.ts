import { afterAll, describe, expect, it } from 'vitest';
import { spots, table, waves } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import type { Dataset } from '../data/dataset.js';
import { applyScaling, fitScaling } from '../data/scaling.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { grad } from '../graph/gradient.js';
import { constant, type Tensor, variable } from '../graph/tensor.js';
import { createScope } from '../nn/scope.js';
import { initialWeights } from '../train/train.js';
import { openAutoencoder } from './autoencoder.js';
import type { SocketValues } from './kind.js';
import { kindNamed } from './kinds/index.js';
import { startAtPca } from './linear-path.js';
import { forward } from './network.js';
import { fitPca, throughPca } from './pca.js';

const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});

/** What a network rebuilds before its first step, and what PCA does, in scaled units. */
async function start(data: Dataset, kind: string, values: SocketValues) {
  const bounded = data.type === 'uint8';
  const scaling = await fitScaling(bounded ? 'bytes' : 'standard', data, 1);
  const { shape, sequence } = data;
  const input = { shape, scaling, bounded, ...(sequence && { sequence }) };
  const specification = kindNamed(kind).specify(input, { start: 'pca', loss: 'mse', ...values });
  const { width } = specification.code;
  const pca = await fitPca(data, { width, scaling });
  const weights = startAtPca(specification, initialWeights(specification, 1), pca);
  const autoencoder = openAutoencoder({ specification, weights });
  opened.push(autoencoder);
  const x = applyScaling(await data.block(0, data.length), scaling);
  const linear = throughPca(pca, x, width);
  return { specification, rebuilt: applyScaling(await autoencoder.reconstruct(data), scaling), linear, x };
}

describe('a network with a linear path that starts at PCA', () => {
  it.each<[string, () => Dataset, string, SocketValues]>([
    ['of dense layers', () => table(40), 'basic', { code: 2, encoder: [5] }],
    ['of two layers each side', () => table(40), 'deep', { code: 3, encoder: [5, 4] }],
    ['of convolutions', () => spots(40), 'convolutional', { code: 3, filters: [2], output: 'identity' }],
    ['of recurrent cells', () => waves(40), 'recurrent', { code: 3, encoder: [4], codeLayer: 'dense' }],
    ['with a gaussian code', () => table(40), 'variational', { code: 2, encoder: [5] }],
  ])('%s rebuilds what PCA rebuilds', async (_name, data, kind, values) => {
    const { rebuilt, linear } = await start(data(), kind, values);
    expect(largestDifference(rebuilt, linear)).toBeLessThan(2e-4);
  });

  it('with a clipped output rebuilds what PCA does, limited to 0 … 1', async () => {
    const { rebuilt, linear } = await start(spots(40), 'basic', { code: 2, encoder: [5], output: 'clipped' });
    expect(Math.min(...linear)).toBeLessThan(0);
    expect(
      largestDifference(
        rebuilt,
        linear.map((value) => Math.min(1, Math.max(0, value))),
      ),
    ).toBeLessThan(2e-4);
  });
});

it('an output that is clipped goes back as soon as the example lies within: its gradient is that of the clipped error', () => {
  const made = kindNamed('basic').specify(
    { shape: [2], scaling: { method: 'none', offset: [0], scale: [1] }, bounded: true },
    { code: 1, encoder: [2], loss: 'mse', output: 'clipped' },
  );
  // Every weight is 0, so that the output is the bias of its layer.
  const bias = variable('bias', [2]);
  const scope = createScope((definition) =>
    definition.name === 'decoder/output/bias'
      ? bias
      : constant(new Float32Array(definition.shape.reduce((a, b) => a * b, 1)), definition.shape),
  );
  const x = variable('x', [1, 2]);
  const { terms } = forward(made, scope, x);
  const [gradient] = grad(terms.reconstruction!, [bias]);
  const at = (output: readonly number[], example: readonly number[]) => [
    ...evaluate(
      [gradient!],
      new Map<Tensor, Value>([
        [bias, { shape: [2], data: Float64Array.from(output) }],
        [x, { shape: [1, 2], data: Float64Array.from(example) }],
      ]),
    )[0]!.data,
  ];
  // Mean over two values: each has (clip(y) − x).
  expect(at([-1, 2], [0.25, 0.5])).toEqual([-0.25, 0.5]);
  expect(at([-1, 2], [0, 1])).toEqual([0, 0]);
  expect(at([0.5, 0.75], [0.25, 1])).toEqual([0.25, -0.25]);
});
