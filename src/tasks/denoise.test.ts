import { afterAll, describe, expect, it } from 'vitest';
import { randomWeights, specification, spots } from '../../test/tiny.js';
import { peakSignalToNoise } from '../analysis/latent/fidelity.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { type ExampleStream, joined } from '../data/stream.js';
import { type Autoencoder, openAutoencoder } from '../models/autoencoder.js';
import type { Corruption, Specification } from '../models/specification.js';
import { corruptedDataset, denoise, denoiseBlocks } from './denoise.js';

const gaussian: Corruption = { type: 'gaussian', deviation: 0.3, clipped: true };
const images = (corruption: Corruption): Specification =>
  specification({
    corruption,
    input: { shape: [4, 4], scaling: { method: 'bytes', offset: [0], scale: [1 / 255] } },
    output: 'sigmoid',
    loss: 'bce',
  });

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});
function atWork(made: Specification): Autoencoder {
  const autoencoder = openAutoencoder({ specification: made, weights: randomWeights(made) });
  opened.push(autoencoder);
  return autoencoder;
}
const data = spots(40);
const scaled = (values: ArrayLike<number>) => Float32Array.from(values, (value) => value / 255);

describe('a corrupted data set', () => {
  it('is the same however it is read, and another for another seed', async () => {
    const noisy = corruptedDataset(data, images(gaussian), gaussian, 3);
    const whole = await noisy.block(0, 40);
    expect(whole.subarray(16 * 7, 16 * 12)).toEqual(await noisy.block(7, 12));
    expect(await corruptedDataset(data, images(gaussian), gaussian, 4).block(0, 40)).not.toEqual(whole);
    expect(Math.max(...whole)).toBeLessThanOrEqual(255.001);
    expect(Math.min(...whole)).toBeGreaterThanOrEqual(0);
  });

  it('has the noise that was asked for, in scaled units', async () => {
    const gray = arrayDataset(new Uint8Array(16 * 500).fill(128), { name: 'gray', shape: [4, 4] });
    const noise: Corruption = { type: 'gaussian', deviation: 0.1, clipped: true };
    const values = scaled(await corruptedDataset(gray, images(noise), noise).block(0, 500));
    const square = values.reduce((sum, value) => sum + (value - 128 / 255) ** 2, 0) / values.length;
    expect(Math.sqrt(square)).toBeCloseTo(0.1, 2);
  });
});

describe('denoising', () => {
  it('of given examples is their reconstruction, with nothing to compare', async () => {
    const autoencoder = atWork(images(gaussian));
    const { values, corrupted } = await denoise(autoencoder, data);
    expect(values).toEqual(await autoencoder.reconstruct(data));
    expect(corrupted).toBeUndefined();
  });

  it('of clean examples corrupts them first, and measures both ends', async () => {
    const autoencoder = atWork(images(gaussian));
    const { values, corrupted } = await denoise(autoencoder, data, { corruption: gaussian, seed: 5 });
    const noisy = await corruptedDataset(data, autoencoder.specification, gaussian, 5).block(0, 40);
    expect(corrupted!.values).toEqual(noisy);
    expect(values).toEqual(await autoencoder.reconstruct(Float32Array.from(noisy)));
    const clean = await data.block(0, 40);
    expect(corrupted!.peak).toBe(1);
    expect(corrupted!.before).toBeCloseTo(peakSignalToNoise(scaled(clean), scaled(noisy), 1), 4);
    expect(corrupted!.after).toBeCloseTo(peakSignalToNoise(clean, values, 255), 4);
  });

  it('refuses a model that never saw corrupted examples, and says how to train one', async () => {
    await expect(denoise(atWork(images({ type: 'none' })), data)).rejects.toThrow(
      /expected a model trained on corrupted examples.*`kind: "denoising"`/,
    );
  });

  it('block by block is that of the whole, whatever the blocks', async () => {
    const autoencoder = atWork(images(gaussian));
    const whole = await denoise(autoencoder, data, { corruption: gaussian, seed: 5 });
    const parts: Float32Array[] = [];
    const { block, ...form } = data;
    const source: ExampleStream = {
      ...form,
      async *blocks() {
        for (const [start, end] of [
          [0, 1],
          [1, 17],
          [17, 40],
        ] as const) {
          yield { start, end, values: await block(start, end) };
        }
      },
    };
    const { labels: _labels, times: _times, names: _names, ...stream } = source as ExampleStream & Partial<Dataset>;
    const walk = denoiseBlocks(autoencoder, stream, { corruption: gaussian, seed: 5 });
    let next = await walk.next();
    for (; !next.done; next = await walk.next()) {
      const { start, end, values, cleaned } = next.value;
      expect(values).toEqual(await block(start, end));
      parts.push(cleaned);
    }
    expect(joined(parts)).toEqual(whole.values);
    expect(next.value?.before).toBeCloseTo(whole.corrupted!.before, 9);
    expect(next.value?.after).toBeCloseTo(whole.corrupted!.after, 9);
  });

  it('ends where the signal says so', async () => {
    const stop = new AbortController();
    const walk = denoiseBlocks(atWork(images(gaussian)), data, { signal: stop.signal });
    stop.abort();
    await expect(walk.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});
