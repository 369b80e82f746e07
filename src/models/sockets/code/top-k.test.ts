import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../../test/effort.js';
import { fedScope, float64, forwardCase, randomWeights, specification } from '../../../../test/tiny.js';
import { evaluate } from '../../../graph/evaluate.js';
import { grad } from '../../../graph/gradient.js';
import * as op from '../../../graph/ops/index.js';
import { variable } from '../../../graph/tensor.js';
import { topKCode } from './top-k.js';

/** Rows of small numbers above 0, full of ties. */
const rows = fc.integer({ min: 1, max: 8 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    active: fc.integer({ min: 1, max: width }),
    values: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

describe('a top-k code', () => {
  it('keeps exactly the k largest values of each example, also among equals, and their gradient', () => {
    fc.assert(
      fc.property(rows, ({ width, active, values }) => {
        const shape = [values.length, width];
        const dense = variable('dense', shape);
        const { code, passed } = topKCode(
          { type: 'top-k', width, active, activation: 'identity' },
          { scope: fedScope(new Map()).scope, context: {}, inputSize: width, layer: () => dense },
        );
        expect(passed).toBe(code);
        const feeds = new Map([[dense, float64(shape, values.flat())]]);
        const [slope] = grad(op.ReduceSum(code), [dense]);
        const [kept, slopes] = evaluate([code, slope!], feeds).map(({ data }) => [...data]);
        for (const [n, row] of values.entries()) {
          const own = kept!.slice(n * width, (n + 1) * width);
          const largest = [...row].sort((a, b) => b - a).slice(0, active);
          expect(own.filter((value) => value !== 0).sort((a, b) => b - a)).toEqual(largest);
          own.forEach((value, i) => {
            expect([0, row[i]]).toContain(value);
            expect(slopes![n * width + i]).toBe(value === 0 ? 0 : 1);
          });
        }
      }),
      { numRuns: effort(100, 1000) },
    );
  });

  it('is the same after training as in training', () => {
    const model = specification({ code: { type: 'top-k', width: 4, active: 2, activation: 'relu' } });
    const weights = randomWeights(model);
    const examples = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
    const [trained, after] = [forwardCase(model, weights, examples, {}), forwardCase(model, weights, examples)].map(
      ({ pass, feeds }) => evaluate([pass.code], feeds)[0]!.data,
    );
    expect(trained).toEqual(after);
    for (let n = 0; n < 10; n++) {
      expect([...after!.subarray(4 * n, 4 * n + 4)].filter((value) => value !== 0).length).toBeLessThanOrEqual(2);
    }
  });
});
