import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { maximumMeanDiscrepancy, priorDiscrepancy } from './discrepancy.js';

function normals(count: number, width: number, seed: number, shift = 0, scale = 1): Float32Array {
  const random = createRandom(seed, 'discrepancy-test');
  return Float32Array.from({ length: count * width }, () => shift + scale * random.normal());
}

/** Equation 3 of Gretton et al. (2012), sum by sum. */
function byDefinition(x: number[][], y: number[][], k: (a: number[], b: number[]) => number): number {
  const n = x.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i !== j) sum += (k(x[i]!, x[j]!) + k(y[i]!, y[j]!)) / (n * (n - 1));
      sum -= (2 * k(x[i]!, y[j]!)) / (n * n);
    }
  }
  return sum;
}

const rowsOf = (values: Float32Array, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, n) => [...values.subarray(n * width, (n + 1) * width)]);
const square = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

describe('the maximum mean discrepancy', () => {
  it.each(['gaussian', 'imq'] as const)('is its definition (%s)', (kernel) => {
    const [x, y] = [normals(30, 3, 1), normals(30, 3, 2, 0.5)];
    const [a, b] = [rowsOf(x, 3), rowsOf(y, 3)];
    const distances = [...a, ...b].flatMap((p, i, all) => all.slice(i + 1).map((q) => Math.sqrt(square(p, q))));
    const median = distances.sort((p, q) => p - q)[distances.length >> 1]!;
    const found = maximumMeanDiscrepancy(x, y, 3, { kernel, permutations: 10 });
    expect(found.bandwidth).toBeCloseTo(median, 10);
    const k = (p: number[], q: number[]): number =>
      kernel === 'gaussian'
        ? Math.exp(-square(p, q) / (2 * median * median))
        : median ** 2 / (median ** 2 + square(p, q));
    expect(found.squared).toBeCloseTo(byDefinition(a, b, k), 10);
    const wide = maximumMeanDiscrepancy(x, y, 3, { kernel, bandwidth: 2, permutations: 10 });
    expect(wide.bandwidth).toBe(2);
    expect(wide.squared).not.toBeCloseTo(found.squared, 6);
  });

  it('tends to what the integral gives for two normal distributions', () => {
    // E k for x − y ~ N(m, 2 + …): with h = 1 in one dimension, E e^(−d²/2) = e^(−m²/2(1+v)) / √(1+v), v = var d
    const expected = (v: number, m: number): number => Math.exp((-m * m) / 2 / (1 + v)) / Math.sqrt(1 + v);
    const [shift, scale] = [0.7, 1.5];
    const exact = expected(2, 0) + expected(2 * scale ** 2, 0) - 2 * expected(1 + scale ** 2, shift);
    const [x, y] = [normals(1500, 1, 3), normals(1500, 1, 4, shift, scale)];
    const { squared } = maximumMeanDiscrepancy(x, y, 1, { bandwidth: 1, points: 1500, permutations: 1 });
    expect(Math.abs(squared - exact)).toBeLessThan(0.012);
  });

  it.each(['gaussian', 'imq'] as const)('tells codes that are no draws of the prior (%s)', (kernel) => {
    for (const codes of [normals(400, 4, 5, 0.4), normals(400, 4, 5, 0, 0.6)]) {
      const { squared, pValue, limit } = priorDiscrepancy(codes, 4, { kernel, permutations: 200 });
      expect(pValue).toBeLessThan(0.01);
      expect(squared).toBeGreaterThan(limit);
    }
  });

  it('finds draws of the prior different one time in twenty, and is 0 on average', () => {
    const found = Array.from({ length: 60 }, (_, i) =>
      priorDiscrepancy(normals(80, 3, 100 + i), 3, { permutations: 100, seed: i }),
    );
    const wrong = found.filter(({ squared, limit }) => squared > limit).length;
    expect(wrong).toBeLessThanOrEqual(8);
    const pValues = found.map(({ pValue }) => pValue);
    expect(pValues.reduce((sum, p) => sum + p, 0) / 60).toBeGreaterThan(0.35);
    expect(pValues.reduce((sum, p) => sum + p, 0) / 60).toBeLessThan(0.65);
    const mean = found.reduce((sum, { squared }) => sum + squared, 0) / 60;
    const spread = Math.sqrt(found.reduce((sum, { squared }) => sum + (squared - mean) ** 2, 0)) / 60;
    expect(Math.abs(mean)).toBeLessThan(4 * spread);
  });

  it('compares as many points as asked for, the same each time', () => {
    const codes = normals(300, 2, 7);
    const few = priorDiscrepancy(codes, 2, { points: 50, permutations: 20 });
    expect(few.points).toBe(50);
    expect(priorDiscrepancy(codes, 2, { points: 50, permutations: 20 })).toEqual(few);
    expect(priorDiscrepancy(codes, 2, { points: 50, permutations: 20, seed: 1 }).squared).not.toBe(few.squared);
  });

  it('of points that are all the same is 0', () => {
    const same = new Float32Array(20).fill(3);
    expect(maximumMeanDiscrepancy(same, same, 2, { permutations: 10 })).toMatchObject({ squared: 0, pValue: 1 });
  });

  it('refuses what it cannot compare', () => {
    expect(() => priorDiscrepancy(new Float32Array(3), 2)).toThrow('two or more points of 2 values');
    expect(() => priorDiscrepancy(new Float32Array(2), 2)).toThrow('two or more points of 2 values');
    expect(() => priorDiscrepancy(new Float32Array(20), 2, { points: 1 })).toThrow();
  });
});
