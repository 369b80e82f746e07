import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { minimise } from './minimise.js';

describe('minimise', () => {
  it('ends where linear equations say that a quadratic is least', async () => {
    for (const size of [1, 3, 20]) {
      const random = createRandom(size, 'quadratic');
      const root = new Matrix(Array.from({ length: size }, () => Array.from({ length: size }, () => random.normal())));
      const a = root.transpose().mmul(root).add(Matrix.eye(size).mul(0.1));
      const b = Array.from({ length: size }, () => random.normal());
      const expected = solve(a, Matrix.columnVector(b)).to1DArray();
      const found = await minimise(
        new Float64Array(size),
        async (at) => {
          const ax = a.mmul(Matrix.columnVector(Array.from(at))).to1DArray();
          return {
            value: ax.reduce((sum, value, i) => sum + at[i]! * (value / 2 - b[i]!), 0),
            gradient: Float64Array.from(ax, (value, i) => value - b[i]!),
          };
        },
        { tolerance: 1e-9, iterations: 500 },
      );
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it('makes steps shorter where they are too long', async () => {
    const found = await minimise(
      Float64Array.of(8),
      async ([x]) => ({ value: Math.log(Math.cosh(x! - 2)), gradient: Float64Array.of(Math.tanh(x! - 2)) }),
      { tolerance: 1e-8 },
    );
    expect(found[0]).toBeCloseTo(2, 6);
  });

  it('stops after so many steps, and at once where there is nothing to gain', async () => {
    let calls = 0;
    const steep = async ([x]: Float64Array) => {
      calls++;
      return { value: Math.exp(-x!), gradient: Float64Array.of(-Math.exp(-x!)) };
    };
    await minimise(Float64Array.of(0), steep, { iterations: 3, tolerance: 0 });
    expect(calls).toBeLessThan(10);
    const least = Float64Array.of(0.5);
    const [{ gradient, value }] = [{ gradient: Float64Array.of(0), value: 1 }];
    expect(await minimise(least, async () => ({ gradient, value }))).toBe(least);
  });
});
