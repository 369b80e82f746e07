import { afterAll, describe, expect, it } from 'vitest';
import { randomWeights, specification } from '../../test/tiny.js';
import { type Autoencoder, openAutoencoder } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { decodeModelFile, encodeModelFile } from '../train/model-format.js';
import { drawCodes, entryShares, priorOf, sample, samplerOf } from './sample.js';

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});
function atWork(change: Partial<Specification>): Autoencoder {
  const made = specification({ ...change, body: undefined } as Partial<Omit<Specification, 'body'>>);
  const autoencoder = openAutoencoder({ specification: made, weights: randomWeights(made) });
  opened.push(autoencoder);
  return autoencoder;
}

const gaussian = { code: { type: 'gaussian', width: 2, beta: 1, warmup: 0, freeBits: 0 } } as const;
const quantized = {
  code: { type: 'vector-quantized', width: 4, vectors: 2, entries: 5, commitment: 0.25, decay: 0.99 },
} as const;
const rival = { penalties: [{ type: 'adversarial', weight: 0.1, discriminator: [4] }] } as const;

describe('sampling', () => {
  it('draws codes from N(0, I) where codes were pulled there, and decodes them', async () => {
    for (const change of [gaussian, rival]) {
      const autoencoder = atWork(change);
      const { codes, values, prior } = await sample(autoencoder, { count: 2000, seed: 1 });
      expect(prior).toBe('normal');
      const mean = codes.reduce((sum, value) => sum + value, 0) / codes.length;
      const square = codes.reduce((sum, value) => sum + value ** 2, 0) / codes.length;
      expect(mean).toBeCloseTo(0, 1);
      expect(square).toBeCloseTo(1, 0);
      expect(values).toEqual(await autoencoder.decode(codes));
    }
  });

  it('draws codebook entries as often as training chose them', async () => {
    const autoencoder = atWork(quantized);
    const counts = Float32Array.of(6, 0, 3, 0, 1);
    const weights = new Map([...autoencoder.weights, ['codebook/counts', counts]]);
    const { codes, prior } = await sample({ ...autoencoder, weights }, { count: 2000, seed: 2 });
    expect(prior).toBe('codebook');
    const vectors = weights.get('codebook/vectors')!;
    const chosen = new Array<number>(5).fill(0);
    for (let at = 0; at < codes.length; at += 2) {
      const entry = [0, 1, 2, 3, 4].find((i) => vectors[2 * i] === codes[at] && vectors[2 * i + 1] === codes[at + 1]);
      chosen[entry!]!++;
    }
    for (const [i, count] of counts.entries()) expect(chosen[i]! / 4000).toBeCloseTo(count / 10, 1);
    expect(chosen[1]).toBe(0);
  });

  it('takes all entries as equal where training left no counts', () => {
    expect([...entryShares({ weights: new Map() }, quantized.code)]).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  it('gives the same for the same seed, and something else for another', async () => {
    const autoencoder = atWork(gaussian);
    await expect(sample(autoencoder, { count: 2 ** 31 })).rejects.toThrow(
      /^count: expected at most \d+ examples, .* in parts/,
    );
    const { codes } = await sample(autoencoder, { count: 3, seed: 7 });
    expect((await sample(autoencoder, { count: 3, seed: 7 })).codes).toEqual(codes);
    expect((await sample(autoencoder, { count: 3, seed: 8 })).codes).not.toEqual(codes);
    expect((await sample(autoencoder, { count: 9, seed: 7 })).codes.subarray(0, 6)).toEqual(codes);
  });

  it('draws from the density that was fitted to its codes, where the model carries one, saved and read again too', async () => {
    const mixture = { width: 2, weights: [1], means: [5, -5], factors: [0.1, 0, 0.1], codes: 9 };
    for (const change of [{}, gaussian]) {
      const autoencoder = { ...atWork(change), mixture };
      const { codes, values, prior } = await sample(autoencoder, { count: 500, seed: 3 });
      expect(prior).toBe('mixture');
      for (const i of [0, 1]) {
        const unit = codes.filter((_value, at) => at % 2 === i);
        expect(unit.reduce((sum, value) => sum + value, 0) / 500).toBeCloseTo(i ? -5 : 5, 1);
      }
      expect(values).toEqual(await autoencoder.decode(codes));
      const { specification: made, weights } = autoencoder;
      const read = decodeModelFile(encodeModelFile({ specification: made, weights, mixture }), 'm.onnx');
      expect(drawCodes(read, samplerOf(read), 500, 3)).toEqual(codes);
    }
    const { specification: made, weights } = atWork({});
    const damaged = { specification: made, weights, mixture: { ...mixture, width: 3 } };
    expect(() => decodeModelFile(encodeModelFile(damaged), 'm.onnx')).toThrow(/m\.onnx: .*damaged/);
    expect(() => drawCodes(damaged, 'codebook', 1)).toThrow('expected a codebook');
    expect(() => drawCodes({ specification: made, weights }, 'mixture', 1)).toThrow('expected a mixture');
  });

  it('refuses a code of unknown distribution, with the remedy, and counts that are none', async () => {
    const plain = specification();
    expect(priorOf(plain)).toBeUndefined();
    expect(() => samplerOf({ specification: plain }, 'm.onnx')).toThrow(
      /m\.onnx: expected a code whose distribution is known, got a plain one.*`kind: "variational"`/,
    );
    await expect(sample(atWork({}), { count: 2 })).rejects.toThrow('whose distribution is known');
    await expect(sample(atWork(gaussian), { count: 0 })).rejects.toThrow('count: expected a whole number');
  });
});
