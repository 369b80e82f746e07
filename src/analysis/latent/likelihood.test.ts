import { describe, expect, it } from 'vitest';
import { randomWeights, specification, spots } from '../../../test/tiny.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import type { Model } from '../../models/autoencoder.js';
import type { Specification } from '../../models/specification.js';
import { logLikelihood } from './likelihood.js';

/** Six bits of an example, three wide hidden layers on the way, a code of one or two numbers. */
function model(width: number, seed = 4): Model {
  const whole = specification(
    {
      input: { shape: [6], scaling: { method: 'none', offset: [0], scale: [1] } },
      code: { type: 'gaussian', width, beta: 1, warmup: 0, freeBits: 0 },
      loss: 'bce',
      output: 'sigmoid',
    },
    { encoder: [5], decoder: [4] },
  );
  // a posterior that is not far narrower than the true one: else no number of draws is enough
  const weights = [...randomWeights(whole, seed, 1)].map(
    ([name, values]) => [name, name.startsWith('encoder') ? values.map((w) => 0.2 * w) : values] as const,
  );
  return { specification: whole, weights: new Map(weights) };
}

function bits(length: number): Dataset {
  const random = createRandom(9, 'bits');
  const values = Float32Array.from({ length: length * 6 }, () => random.integer(2));
  return arrayDataset(values, { name: 'bits', shape: [6] });
}

/** x W + b by hand, with tanh where there is one. */
function layer({ weights }: Model, name: string, x: readonly number[], squash: boolean): number[] {
  const [weight, bias] = [weights.get(`${name}/weight`)!, weights.get(`${name}/bias`)!];
  return Array.from(bias, (b, j) => {
    const sum = x.reduce((total, value, i) => total + value * weight[i * bias.length + j]!, b);
    return squash ? Math.tanh(sum) : sum;
  });
}

/** log p(x|z), in double precision, as textbooks have it. */
function logDecoded(m: Model, x: readonly number[], z: readonly number[]): number {
  const logits = layer(m, 'decoder/output', layer(m, 'decoder/0', z, true), false);
  return logits.reduce((sum, a, i) => sum + (x[i] === 1 ? -Math.log1p(Math.exp(-a)) : -Math.log1p(Math.exp(a))), 0);
}

const normal = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
const STEP = 0.02;
const grid = Array.from({ length: 2 * Math.round(8 / STEP) + 1 }, (_, i) => -8 + i * STEP);

/** What the integral over the prior gives, and the bound under the encoder's posterior. */
function exact(
  m: Model,
  x: readonly number[],
  width: number,
): { logLikelihood: number; reconstruction: number; divergence: number } {
  const h = layer(m, 'encoder/0', x, true);
  const mean = layer(m, 'encoder/code', h, false);
  const logVariance = layer(m, 'encoder/log-variance', h, false);
  const points = width === 1 ? grid.map((z) => [z]) : coarse.flatMap((a) => coarse.map((b) => [a, b]));
  const cell = width === 1 ? STEP : (8 * STEP) ** 2;
  let [integral, reconstruction] = [0, 0];
  for (const e of points) {
    const weight = e.reduce((product, value) => product * normal(value), cell);
    integral += weight * Math.exp(logDecoded(m, x, e));
    const z = e.map((value, i) => mean[i]! + Math.exp(logVariance[i]! / 2) * value);
    reconstruction += weight * logDecoded(m, x, z);
  }
  const divergence = mean.reduce(
    (sum, mu, i) => sum + (mu * mu + Math.exp(logVariance[i]!) - 1 - logVariance[i]!) / 2,
    0,
  );
  return { logLikelihood: Math.log(integral), reconstruction, divergence };
}
const coarse = grid.filter((_, i) => i % 8 === 0);

describe.each([1, 2])('the log-likelihood under a code of width %i', (width) => {
  const m = model(width);
  const count = 12;
  const data = bits(count);

  it('is what the integral over the prior gives, and so are the parts of the bound', async () => {
    const found = await logLikelihood(m, data, { samples: 3001 });
    const raw = await data.block(0, count);
    let [total, reconstruction, divergence] = [0, 0, 0];
    for (let n = 0; n < count; n++) {
      const expected = exact(m, [...raw.subarray(6 * n, 6 * n + 6)], width);
      expect(Math.abs(found.each[n]! - expected.logLikelihood)).toBeLessThan(0.15);
      total += expected.logLikelihood / count;
      reconstruction += expected.reconstruction / count;
      divergence += expected.divergence / count;
    }
    expect(found.samplingError).toBeLessThan(0.01);
    expect(Math.abs(found.logLikelihood - total)).toBeLessThan(4 * found.samplingError + 1e-4);
    expect(Math.abs(found.reconstruction - reconstruction)).toBeLessThan(0.03);
    expect(found.divergence).toBeCloseTo(divergence, 4);
    expect(found.elbo).toBeCloseTo(found.reconstruction - found.divergence, 10);
    expect(found.elbo).toBeLessThan(found.logLikelihood);
    const mean = found.each.reduce((sum, value) => sum + value, 0) / count;
    const spread = Math.sqrt(found.each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count);
    expect(found.standardError).toBeCloseTo(spread, 10);
  });

  it('with one draw is, on average, the bound', async () => {
    const many: Dataset = arrayDataset(
      Float32Array.from({ length: 6 * 4000 }, (_, i) => [1, 0, 1, 1, 0, 0][i % 6]!),
      { name: 'the same', shape: [6] },
    );
    const one = await logLikelihood(m, many, { samples: 1 });
    expect(Math.abs(one.logLikelihood - one.elbo)).toBeLessThan(5 * one.standardError);
    expect(one.effectiveSamples).toBeCloseTo(1, 6);
  });

  it('gives the same digits for the same seed', async () => {
    const [a, b, c] = [
      await logLikelihood(m, data, { samples: 50 }),
      await logLikelihood(m, data, { samples: 50 }),
      await logLikelihood(m, data, { samples: 50, seed: 1 }),
    ];
    expect(b).toEqual(a);
    expect(c!.logLikelihood).not.toBe(a.logLikelihood);
  });
});

describe('a log-likelihood', () => {
  it('is refused where there is none', async () => {
    const m = model(1);
    const bare = (change: Partial<Specification>): Model => ({
      ...m,
      specification: { ...m.specification, ...change },
    });
    const plain = bare({ code: { type: 'plain', width: 1, activation: 'identity' } });
    await expect(logLikelihood(plain, bits(2))).rejects.toMatchObject({ code: 'bad-input', where: 'model' });
    await expect(logLikelihood(bare({ loss: 'mse' }), bits(2))).rejects.toMatchObject({ where: 'model' });
    await expect(logLikelihood(m, bits(2), { samples: 0 })).rejects.toMatchObject({ where: 'samples' });
    await expect(logLikelihood(m, bits(0))).rejects.toMatchObject({ where: 'bits' });
    await expect(logLikelihood(m, spots(2))).rejects.toMatchObject({ where: 'spots' });
    const gray = arrayDataset(Float32Array.of(0, 1, 0.5, 1, 0, 0), { name: 'gray', shape: [6] });
    await expect(logLikelihood(m, gray)).rejects.toMatchObject({
      where: 'gray',
      problem: 'expected values of 0 and 1, got 0.5',
    });
  });

  it('stops when told to', async () => {
    await expect(logLikelihood(model(1), bits(4), { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});
