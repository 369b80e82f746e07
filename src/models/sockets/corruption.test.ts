import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fedContext, float64, forwardCase, randomWeights, specification } from '../../../test/tiny.js';
import { largestDifference } from '../../../test/training-case.js';
import { createRandom } from '../../core/random.js';
import { evaluate, type Value } from '../../graph/evaluate.js';
import { type Tensor, variable } from '../../graph/tensor.js';
import type { Corruption } from '../specification.js';
import { corrupt, corruptValues } from './corruption.js';

const [rows, columns] = [200, 50];
const count = rows * columns;

/** What becomes of values in 0.1 … 0.9, none of which is 0 or 1. */
function corrupted(corruption: Corruption, seed = 1): { clean: Float64Array; seen: ArrayLike<number> } {
  const random = createRandom(seed, 'values');
  const clean = Float64Array.from({ length: count }, () => 0.1 + 0.8 * random.uniform());
  const x = variable('x', [rows, columns]);
  const feeds = new Map<Tensor, Value>([[x, float64([rows, columns], clean)]]);
  const [seen] = evaluate([corrupt(corruption, x, fedContext(feeds, { seed }).noise)], feeds);
  return { clean, seen: seen!.data };
}

/** How far a share of `count` draws may be from its probability: five standard deviations. */
const spread = (probability: number): number => 5 * Math.sqrt((probability * (1 - probability)) / count);
const part = (values: ArrayLike<number>, is: (value: number, i: number) => boolean): number =>
  Array.from(values).filter(is).length / values.length;

describe('corruption', () => {
  it('of none leaves the examples as they are', () => {
    const x = variable('x', [2, 3]);
    const noise = (): Tensor => {
      throw new Error('asked for noise');
    };
    expect(corrupt({ type: 'none' }, x, noise)).toBe(x);
  });

  it.each([0.1, 0.5, 3])('by gaussian noise has mean 0 and the deviation asked for, %d', (deviation) => {
    const { clean, seen } = corrupted({ type: 'gaussian', deviation, clipped: false });
    const noise = Array.from(seen, (value, i) => value - clean[i]!);
    const mean = noise.reduce((sum, value) => sum + value, 0) / count;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(count));
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  it('by gaussian noise is cut off at 0 and 1 where the data lie between, and nowhere else', () => {
    const free = corrupted({ type: 'gaussian', deviation: 0.5, clipped: false }).seen;
    const { seen } = corrupted({ type: 'gaussian', deviation: 0.5, clipped: true });
    const expected = Array.from(free, (value) => Math.min(Math.max(value, 0), 1));
    expect(largestDifference(seen, expected)).toBe(0);
    expect(part(seen, (value) => value === 0 || value === 1)).toBeGreaterThan(0.1);
  });

  it.each([
    0.05, 0.3, 0.9,
  ])('by masking sets that part of the values to 0, %d, and leaves the others', (probability) => {
    const { clean, seen } = corrupted({ type: 'masking', probability });
    expect(Math.abs(part(seen, (value) => value === 0) - probability)).toBeLessThan(spread(probability));
    expect(part(seen, (value, i) => value === 0 || value === clean[i])).toBe(1);
  });

  it.each([0.1, 0.4, 0.8])('by salt and pepper makes half of that part 0 and half 1, %d', (probability) => {
    const { clean, seen } = corrupted({ type: 'salt-and-pepper', probability });
    const half = probability / 2;
    expect(Math.abs(part(seen, (value) => value === 0) - half)).toBeLessThan(spread(half));
    expect(Math.abs(part(seen, (value) => value === 1) - half)).toBeLessThan(spread(half));
    expect(part(seen, (value, i) => value === 0 || value === 1 || value === clean[i])).toBe(1);
  });
});

describe('a network that learns to undo corruption', () => {
  const corruption = { type: 'masking', probability: 0.5 } as const;
  const random = createRandom(1, 'examples');
  const examples = Float64Array.from({ length: 24 }, () => random.normal());
  const weights = randomWeights(specification());

  it('sees the corrupted example, and is compared with the clean one', () => {
    const { pass, feeds, x } = forwardCase(specification({ corruption }), weights, examples, {});
    const [output, error] = evaluate([pass.output, pass.terms.reconstruction!], feeds).map(({ data }) => data);
    const squares = Array.from(output!, (value, i) => (value - examples[i]!) ** 2);
    expect(error![0]).toBeCloseTo(squares.reduce((sum, value) => sum + value, 0) / 24, 6);

    const seen = evaluate([corrupt(corruption, x, fedContext(feeds).noise)], feeds)[0]!.data;
    const plain = forwardCase(specification(), weights, seen);
    expect(largestDifference(output!, evaluate([plain.pass.output], plain.feeds)[0]!.data)).toBeLessThan(1e-12);
    expect(largestDifference(seen, examples)).toBeGreaterThan(0.1);
  });

  it('sees the clean example after training', () => {
    const [noisy, plain] = [specification({ corruption }), specification()].map((model) => {
      const { pass, feeds } = forwardCase(model, weights, examples);
      return evaluate([pass.output], feeds)[0]!.data;
    });
    expect(noisy).toEqual(plain);
  });
});

const probability = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const corruptions: fc.Arbitrary<Corruption> = fc.oneof(
  fc.constant({ type: 'none' } as const),
  fc.record({ type: fc.constant('gaussian' as const), deviation: probability, clipped: fc.boolean() }),
  fc.record({ type: fc.constant('masking' as const), probability }),
  fc.record({ type: fc.constant('salt-and-pepper' as const), probability }),
);

describe('corruption of numbers', () => {
  it('does to numbers what it does in a training step, given the same normal numbers', () => {
    fc.assert(
      fc.property(corruptions, fc.nat(), (corruption, seed) => {
        const random = createRandom(seed, 'test');
        const values = Float32Array.from({ length: 60 }, () => random.uniform());
        const normals = Float32Array.from({ length: 60 }, () => random.normal());
        const x = variable('x', [6, 10]);
        const noise = variable('noise', [6, 10]);
        const [expected] = evaluate(
          [corrupt(corruption, x, () => noise)],
          new Map([
            [x, { shape: [6, 10], data: Float64Array.from(values) }],
            [noise, { shape: [6, 10], data: Float64Array.from(normals) }],
          ]),
        );
        let next = 0;
        const got = corruptValues(corruption, values, () => normals[next++]!);
        for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected!.data[i]!, 6);
      }),
    );
  });
});
