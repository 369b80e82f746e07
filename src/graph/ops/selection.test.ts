import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type Value } from '../evaluate.js';
import { grad } from '../gradient.js';
import { type Tensor, variable } from '../tensor.js';
import * as op from './index.js';

const value = (shape: readonly number[], data: readonly number[]): Value => ({ shape, data: Float64Array.from(data) });
const computed = (output: Tensor, input: Tensor, data: Value): Value =>
  evaluate([output], new Map([[input, data]]))[0]!;

describe('the mask of the largest values', () => {
  it('has exactly k ones in each row, none of them below a zero', () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })).chain(([rows, n]) =>
      fc.tuple(
        fc.constant([rows, n] as const),
        fc.integer({ min: 1, max: n }),
        // few different values, so that there are ties
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: rows * n, maxLength: rows * n }),
      ),
    );
    fc.assert(
      fc.property(table, ([[rows, n], k, data]) => {
        const x = variable('x', ['batch', n]);
        const mask = computed(op.topKMask(x, k), x, value([rows, n], data));
        expect(mask.shape).toEqual([rows, n]);
        for (let row = 0; row < rows; row++) {
          const places = Array.from({ length: n }, (_, i) => row * n + i);
          const [ones, zeros] = [1, 0].map((bit) => places.filter((i) => mask.data[i] === bit)) as [number[], number[]];
          expect([ones.length, zeros.length]).toEqual([k, n - k]);
          for (const one of ones) {
            for (const zero of zeros) {
              expect(data[one]! > data[zero]! || (data[one] === data[zero] && one < zero)).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('lets the gradient through where it is 1', () => {
    const x = variable('x', ['batch', 4]);
    const [slope] = grad(op.ReduceSum(op.Mul(x, op.topKMask(x, 2))), [x]);
    expect([...computed(slope!, x, value([1, 4], [3, -1, 2, 2])).data]).toEqual([1, 0, 1, 0]);
  });

  it('of more values than there are is refused', () => {
    expect(() => op.topKMask(variable('x', ['batch', 4]), 5)).toThrow(/TopK.*at least 5/);
  });
});

describe('the smallest', () => {
  it('of equal values is the first one, along any axis', () => {
    const x = variable('x', [2, 3]);
    const data = value([2, 3], [5, 1, 1, 0, 4, 1]);
    expect(computed(op.ArgMin(x), x, data)).toEqual(value([2], [1, 0]));
    expect(computed(op.ArgMin(x, 0), x, data)).toEqual(value([3], [1, 0, 0]));
  });
});

describe('one hot', () => {
  it('has a row for each index, with a single 1 there', () => {
    const indices = variable('indices', ['batch'], 'int64');
    const rows = computed(op.oneHot(indices, 4), indices, value([3], [2, 0, 3]));
    expect(rows).toEqual(value([3, 4], [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]));
  });
});
