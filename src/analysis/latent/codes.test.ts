import { describe, expect, it } from 'vitest';
import { randomWeights, specification, table } from '../../../test/tiny.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { codeActivity, codebookUse, drawnCodes, perplexity, posteriors } from './codes.js';
import { peakSignalToNoise } from './fidelity.js';

const data = table(500);
const input = { shape: [6], scaling: { method: 'standard', offset: [10], scale: [0.3] } } as const;

describe('codes as the decoder gets them', () => {
  it('of a gaussian code lie about their means as far as their variances say', async () => {
    const whole = specification({ input, code: { type: 'gaussian', width: 2, beta: 1, warmup: 0, freeBits: 0 } });
    const model = { specification: whole, weights: randomWeights(whole, 2) };
    const { mean, logVariance } = await posteriors(model, data);
    const autoencoder = openAutoencoder(model);
    expect(mean).toEqual(await autoencoder.encode(data));
    await autoencoder.close();
    const codes = await drawnCodes(model, data);
    const standard = codes.map((z, i) => (z - mean[i]!) / Math.exp(logVariance[i]! / 2));
    const average = standard.reduce((sum, e) => sum + e, 0) / 1000;
    const variance = standard.reduce((sum, e) => sum + e * e, 0) / 1000;
    expect(Math.abs(average)).toBeLessThan(4 / Math.sqrt(1000));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 1000));
    expect(await drawnCodes(model, data)).toEqual(codes);
    expect(await drawnCodes(model, data, { seed: 1 })).not.toEqual(codes);
  });

  it('of any other code are the codes', async () => {
    const whole = specification({ input });
    const model = { specification: whole, weights: randomWeights(whole) };
    const autoencoder = openAutoencoder(model);
    expect(await drawnCodes(model, data)).toEqual(await autoencoder.encode(data));
    await autoencoder.close();
    await expect(posteriors(model, data)).rejects.toMatchObject({ code: 'bad-input', where: 'model' });
  });
});

describe('codebook use', () => {
  const code = { type: 'vector-quantized', width: 4, vectors: 2, entries: 5, commitment: 0.25, decay: 0.99 } as const;
  const whole = specification({ input, code });
  const model = { specification: whole, weights: randomWeights(whole, 3) };

  it('counts the entries that the parts of the codes are', async () => {
    const { counts, used, perplexity: found } = await codebookUse(model, data);
    const autoencoder = openAutoencoder(model);
    const codes = await autoencoder.encode(data);
    await autoencoder.close();
    const book = model.weights.get('codebook/vectors')!;
    const expected = new Float64Array(5);
    for (let at = 0; at < codes.length; at += 2) {
      const entry = [0, 1, 2, 3, 4].find((k) => book[2 * k] === codes[at] && book[2 * k + 1] === codes[at + 1]);
      expected[entry!]! += 1;
    }
    expect(counts).toEqual(expected);
    expect(used).toBe(expected.filter((count) => count > 0).length);
    const entropy = expected.reduce((sum, n) => sum - (n > 0 ? (n / 1000) * Math.log(n / 1000) : 0), 0);
    expect(found).toBeCloseTo(Math.exp(entropy), 10);
  });

  it('is refused for codes without a codebook', async () => {
    const plain = specification({ input });
    const other = { specification: plain, weights: randomWeights(plain) };
    await expect(codebookUse(other, data)).rejects.toMatchObject({ code: 'bad-input', where: 'model' });
  });

  it('has the perplexity of as many entries as are chosen equally often', () => {
    expect(perplexity([7, 7, 7, 0, 7])).toBeCloseTo(4, 10);
    expect(perplexity([0, 9])).toBe(1);
    expect(perplexity([0, 0])).toBe(0);
  });
});

it('active units and dead ones are told from their values', () => {
  const codes = [0, 2, 5, 1e-4, 0, 3, 5, -1, 0, 0, 5, 0];
  const { activeFraction, frequencies, deadUnits, variances } = codeActivity(codes, 4);
  expect([...frequencies]).toEqual([0, 2 / 3, 1, 1 / 3]);
  expect(activeFraction).toBeCloseTo(0.5, 12);
  // 0 and 5 for every example
  expect(deadUnits).toBe(2);
  expect(variances[1]).toBeCloseTo(14 / 9, 12);
  expect(() => codeActivity(codes, 5)).toThrow('a multiple of 5');
  expect(() => codeActivity([], 5)).toThrow('at least one code');
});

describe('the peak signal-to-noise ratio', () => {
  it('is 20 decibels more for a tenth of the difference', () => {
    // an error of 1 in 256 values out of 255: 20 log₁₀ 255
    expect(peakSignalToNoise([0, 10], [1, 9])).toBeCloseTo(48.1308, 4);
    expect(peakSignalToNoise([0, 1], [0.1, 0.9], 1)).toBeCloseTo(20, 10);
    expect(peakSignalToNoise([0, 1], [0.01, 0.99], 1)).toBeCloseTo(40, 10);
  });

  it('is infinite where nothing differs, and refuses what cannot be compared', () => {
    expect(peakSignalToNoise([3, 4], [3, 4])).toBe(Number.POSITIVE_INFINITY);
    expect(() => peakSignalToNoise([1], [1, 2])).toThrow('as many values on both sides');
    expect(() => peakSignalToNoise([], [])).toThrow();
  });
});
