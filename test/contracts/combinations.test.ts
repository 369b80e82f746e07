import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GargaloError } from '../../src/core/errors.js';
import type { Dataset } from '../../src/data/dataset.js';
import { windowsOf } from '../../src/data/windows.js';
import { openAutoencoder } from '../../src/models/autoencoder.js';
import type { SocketValues } from '../../src/models/kind.js';
import { type KindName, kinds } from '../../src/models/kinds/index.js';
import { activationNames } from '../../src/nn/activations.js';
import { type FitResult, fit } from '../../src/train/fit.js';
import { decodeModelFile, encodeModelFile } from '../../src/train/model-format.js';
import { effort } from '../effort.js';
import { mixedTable, spots, table } from '../tiny.js';

const data: Readonly<Record<string, Dataset>> = {
  images: spots(24, 6),
  table: table(24),
  mixed: mixedTable(24),
  embedded: mixedTable(24, 'embedding'),
  windows: windowsOf(table(40, 2), { window: 6 }),
};

/** Settings of the sockets, each left out most of the time. */
const settings: fc.Arbitrary<SocketValues> = fc.record(
  {
    body: fc.constantFrom('dense', 'convolutional', 'recurrent'),
    encoder: fc.constantFrom([], [5], [6, 4]),
    decoder: fc.constantFrom([], [5]),
    activation: fc.constantFrom(...activationNames),
    tied: fc.constant(true),
    filters: fc.constantFrom([2], [2, 3]),
    stem: fc.constantFrom(1, 2, 3),
    kernel: fc.constantFrom(1, 2, 3),
    downsampling: fc.constantFrom('stride', 'max-pool', 'average-pool'),
    upsampling: fc.constantFrom('transposed', 'nearest'),
    codeLayer: fc.constantFrom('dense', 'none'),
    cell: fc.constantFrom('lstm', 'gru'),
    loss: fc.constantFrom('bce', 'mse'),
    code: fc.constantFrom(1, 2, 4),
    codeActivation: fc.constantFrom('sigmoid', 'identity'),
    bottleneck: fc.constantFrom('plain', 'top-k', 'gaussian', 'quantized', 'vector-quantized'),
    rate: fc.constant(0.2),
    klWarmup: fc.constant(2),
    freeBits: fc.constant(0.1),
    entries: fc.constant(4),
    vectors: fc.constant(1),
    corruption: fc.constantFrom('gaussian', 'masking', 'salt-and-pepper'),
    noise: fc.constantFrom(0.2, 0.5),
    l1: fc.constant(1e-3),
    sparsity: fc.constant(0.1),
    contractive: fc.constant(1e-3),
    projections: fc.constantFrom(0, 1),
    l2: fc.constant(1e-4),
    orthogonality: fc.constant(1e-2),
    adversarial: fc.constant(0.01),
    discriminator: fc.constant([3]),
    pretraining: fc.constantFrom('autoencoder', 'rbm'),
    pretrainingEpochs: fc.constant(1),
  },
  { requiredKeys: [] },
);
/** Of all that was drawn, what a coin keeps: few settings at a time, as people give them. */
const some = fc
  .tuple(settings, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 40, maxLength: 40 }))
  .map(([values, coins]) => Object.fromEntries(Object.entries(values).filter((_, i) => coins[i] === 0)));

const rest = { recipe: 'none', epochs: 1, batch: 16, seed: 1, threads: 1 } as const;

/** Trains with what the kind has a use for: one after the other, settings that it refuses as without effect are left out. */
async function trainedWith(examples: Dataset, kind: KindName, values: SocketValues): Promise<FitResult | undefined> {
  try {
    return await fit(examples, { ...rest, ...values, kind });
  } catch (error) {
    expect(error).toBeInstanceOf(GargaloError);
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringContaining('expected') });
    const { where, problem } = error as GargaloError;
    if (!problem.includes('changes nothing')) return undefined;
    expect(Object.keys(values)).toContain(where);
    return trainedWith(examples, kind, { ...values, [where]: undefined });
  }
}

describe('any settings of the sockets', () => {
  it('are trained, saved, loaded and trained on, or refused with a reason', async () => {
    let trained = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds.map(({ name }) => name)),
        fc.constantFrom(...Object.keys(data)),
        some,
        async (kind, form, values) => {
          const examples = data[form] as Dataset;
          const result = await trainedWith(examples, kind, values);
          if (!result) return;
          trained += 1;
          const { autoencoder, history } = result;
          expect(history.every(({ testLoss, testSquaredError }) => Number.isFinite(testLoss + testSquaredError))).toBe(
            true,
          );
          const loaded = decodeModelFile(encodeModelFile(autoencoder), 'model.onnx');
          const reopened = openAutoencoder(loaded);
          expect(await reopened.reconstruct(examples)).toEqual(await autoencoder.reconstruct(examples));
          const outputs = await reopened.decode(await reopened.encode(examples));
          expect(outputs.every(Number.isFinite)).toBe(true);
          const resumed = await fit(examples, { resume: loaded, epochs: 2 });
          expect(resumed.history.length).toBe(history.length + 1);
          for (const opened of [autoencoder, reopened, resumed.autoencoder]) await opened.close();
        },
      ),
      { seed: 4, numRuns: effort(24, 400) },
    );
    // not all were refused
    expect(trained).toBeGreaterThan(effort(6, 100));
  });
});
