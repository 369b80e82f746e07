import { describe, expect, it } from 'vitest';
import { fedContext, fedScope, float64 } from '../../../../test/tiny.js';
import { largestDifference } from '../../../../test/training-case.js';
import { createRandom } from '../../../core/random.js';
import { evaluate, type Value } from '../../../graph/evaluate.js';
import { type Tensor, variable } from '../../../graph/tensor.js';
import type { GaussianCode } from '../../specification.js';
import type { CodePass } from './code.js';
import { gaussianCode, gaussianDivergence } from './gaussian.js';

/** ∫ q log(q / p) by the trapezoidal rule, q = N(μ, e^l), p = N(0, 1). */
function integrated(mean: number, logVariance: number): number {
  const deviation = Math.exp(logVariance / 2);
  const logDensity = (x: number, m: number, s: number): number =>
    -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
  const [points, width] = [20_000, 24 * deviation];
  let sum = 0;
  for (let i = 0; i <= points; i++) {
    const x = mean + width * (i / points - 0.5);
    const log = logDensity(x, mean, deviation);
    sum += Math.exp(log) * (log - logDensity(x, 0, 1));
  }
  return (sum * width) / points;
}

const [batch, width, inputSize] = [7, 3, 10];
const random = createRandom(1, 'heads');
const heads = {
  code: Float64Array.from({ length: batch * width }, () => random.normal()),
  'log-variance': Float64Array.from({ length: batch * width }, () => random.normal() - 1),
};

/** The code of those heads. */
function built(
  change: Partial<GaussianCode>,
  training?: { epoch: number },
  values: Readonly<Record<string, Float64Array>> = heads,
): { pass: CodePass; feeds: Map<Tensor, Value>; noise?: ArrayLike<number> } {
  const feeds = new Map<Tensor, Value>();
  const context = training ? fedContext(feeds, training) : {};
  const pass = gaussianCode(
    { type: 'gaussian', width, beta: 1, warmup: 0, freeBits: 0, ...change },
    {
      scope: fedScope(new Map()).scope,
      context,
      inputSize,
      layer(name) {
        const head = variable(name, [batch, width]);
        feeds.set(head, float64([batch, width], values[name]!));
        return head;
      },
    },
  );
  const noise = training && feeds.get(fedContextNoise(context))!.data;
  return { pass, feeds, ...(noise && { noise }) };
}
const fedContextNoise = (context: { noise?: (name: string, shape: number[]) => Tensor }): Tensor =>
  context.noise!('code', [batch, width]);

const divergenceOf = (...parameters: Parameters<typeof built>): number => {
  const { pass, feeds } = built(...parameters);
  return evaluate([pass.terms.divergence!], feeds)[0]!.data[0]!;
};

/** The divergence of each dimension, mean over the batch. */
const perDimension = Array.from({ length: width }, (_, j) => {
  let sum = 0;
  for (let n = 0; n < batch; n++) {
    const [mean, log] = [heads.code[n * width + j]!, heads['log-variance'][n * width + j]!];
    sum += (mean ** 2 + Math.exp(log) - 1 - log) / 2;
  }
  return sum / batch;
});
const total = perDimension.reduce((sum, value) => sum + value, 0);

describe('the divergence of a normal distribution from N(0, 1)', () => {
  it.each(
    [-3, -0.5, 0, 1, 4].flatMap((mean) => [-6, -1, 0, 0.7, 3].map((log) => [mean, log] as const)),
  )('is the integral of q log(q / p), for a mean of %d and a log variance of %d', (mean, log) => {
    const tensors = [variable('mean', [1, 1]), variable('log', [1, 1])] as const;
    const feeds = new Map<Tensor, Value>(tensors.map((tensor, i) => [tensor, float64([1, 1], [[mean, log][i]!])]));
    const [value] = evaluate([gaussianDivergence(...tensors)], feeds)[0]!.data;
    expect(value).toBeCloseTo(integrated(mean, log), 6);
  });
});

describe('a gaussian code', () => {
  it('is drawn in training, mean + deviation × noise, and is the mean as people get it', () => {
    const { pass, feeds, noise } = built({}, { epoch: 1 });
    const [code, passed] = evaluate([pass.code, pass.passed], feeds).map(({ data }) => data);
    expect(code).toEqual(heads.code);
    const drawn = heads.code.map((mean, i) => mean + Math.exp(heads['log-variance'][i]! / 2) * noise![i]!);
    expect(largestDifference(passed!, drawn)).toBeLessThan(1e-12);
    const after = built({});
    expect(evaluate([after.pass.passed], after.feeds)[0]!.data).toEqual(heads.code);
  });

  it('is charged its divergence, summed over dimensions, for each element of the input, times beta', () => {
    for (const beta of [0, 1, 4]) expect(divergenceOf({ beta })).toBeCloseTo((beta * total) / inputSize, 6);
  });

  it('is charged more and more over the warm-up, and in full from then on and after training', () => {
    for (const [epoch, part] of [
      [0, 0],
      [1, 0.25],
      [3.5, 0.875],
      [4, 1],
      [9, 1],
    ] as const) {
      expect(divergenceOf({ warmup: 4 }, { epoch })).toBeCloseTo((part * total) / inputSize, 6);
    }
    expect(divergenceOf({ warmup: 4 })).toBeCloseTo(total / inputSize, 6);
  });

  it('has its free bits in each dimension by the mean over the batch', () => {
    const limit = [...perDimension].sort((a, b) => a - b)[1]! + 1e-3;
    const charged = perDimension.reduce((sum, value) => sum + Math.max(value, limit), 0);
    expect(charged).toBeGreaterThan(total);
    expect(divergenceOf({ freeBits: limit })).toBeCloseTo(charged / inputSize, 6);
  });

  it('stays finite where a network says that the variance is beyond all bounds', () => {
    const wild = { ...heads, 'log-variance': heads['log-variance'].map((_, i) => (i % 2 ? 1000 : -1000)) };
    const { pass, feeds } = built({}, { epoch: 1 }, wild);
    const [logs, passed, value] = evaluate(
      [pass.outputs['log-variance']!, pass.passed, pass.terms.divergence!],
      feeds,
    ).map(({ data }) => [...data]);
    expect(new Set(logs)).toEqual(new Set([10, -10]));
    expect([...passed!, ...value!].every(Number.isFinite)).toBe(true);
  });
});
