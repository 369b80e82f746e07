import { describe, expect, it } from 'vitest';
import { arrayDataset } from '../data/dataset.js';
import type { KindName } from '../models/kinds/index.js';
import { fit } from './fit.js';

const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(i / 3), Math.cos(i / 5), i % 7]);
const options = { code: 2, epochs: 3, seed: 1, threads: 1 } as const;

describe('a training that ends far from its data', () => {
  it.each<[KindName, number]>([
    ['linear', 1e6],
    ['sparse', 1e6],
    ['detecting', 1e6],
    ['contractive', 1e6],
    ['adversarial', 10],
    ['vector-quantized', 10],
  ])('is called diverged, although its losses are numbers (%s, %d)', async (kind, learningRate) => {
    const { autoencoder, reason, history, warnings } = await fit(rows, { ...options, kind, learningRate });
    await autoencoder.close();
    expect(history.every(({ testLoss }) => Number.isFinite(testLoss))).toBe(true);
    expect(reason).toBe('diverged');
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^training diverged: .* more than 10 times that of giving the mean .* no use; lower the learning rate, now 1/,
      ),
    );
  });

  it('keeps its start where that is better, and says so', async () => {
    const { autoencoder, reason, warnings } = await fit(rows, { ...options, kind: 'basic', learningRate: 1 });
    await autoencoder.close();
    expect(reason).toBe('completed');
    expect(warnings).toContainEqual(
      expect.stringMatching(/^training diverged: .*; the weights of the start are kept; lower/),
    );
  });

  it.each<[KindName, number]>([
    ['linear', 1e-3],
    ['linear', 1e-7],
    ['basic', 1e-3],
    ['variational', 1e-7],
    ['vector-quantized', 1e-7],
    ['adversarial', 1e-7],
  ])('is none that only came no further (%s, %d)', async (kind, learningRate) => {
    const { autoencoder, reason, warnings } = await fit(rows, { ...options, kind, learningRate });
    await autoencoder.close();
    expect(reason).toBe('completed');
    expect(warnings.filter((warning) => warning.includes('diverged'))).toEqual([]);
  });

  it('is none where test data are far from all others, or hardly vary', async () => {
    const far = arrayDataset(
      Float32Array.from(rows.slice(0, 20).flat(), (value) => value * 1000),
      { name: 'far', shape: [5] },
    );
    for (const validation of [far, rows.slice(0, 1), Array.from({ length: 9 }, () => rows[0]!)]) {
      const { autoencoder, reason } = await fit(rows, { ...options, kind: 'linear', validation });
      await autoencoder.close();
      expect(reason).toBe('completed');
    }
  });
});
