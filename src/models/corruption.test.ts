import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../graph/evaluate.js';
import { variable } from '../graph/tensor.js';
import { createRandom } from '../random.js';
import { corrupt, corruptValues } from './corruption.js';
import type { Corruption } from './specification.js';

const probability = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const corruptions: fc.Arbitrary<Corruption> = fc.oneof(
  fc.constant({ type: 'none' } as const),
  fc.record({ type: fc.constant('gaussian' as const), deviation: probability, clipped: fc.boolean() }),
  fc.record({ type: fc.constant('masking' as const), probability }),
  fc.record({ type: fc.constant('salt-and-pepper' as const), probability }),
);

describe('corruption', () => {
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

  it.each(['masking', 'salt-and-pepper'] as const)('%s changes as large a part of the values as it is told', (type) => {
    const random = createRandom(1, 'values');
    const values = new Float32Array(100_000).fill(0.5);
    const got = corruptValues({ type, probability: 0.3 }, values, random.normal);
    expect(got.filter((value) => value !== 0.5).length / got.length).toBeCloseTo(0.3, 2);
    expect(got.filter((value) => value === 1).length / got.length).toBeCloseTo(type === 'masking' ? 0 : 0.15, 2);
  });
});
