import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { frechetDistance, frechetEstimate, type Gaussian, groupedMoments } from './frechet.js';

/** Rows of N(shift, scale² I). */
function rows(count: number, width: number, seed: number, shift = 0, scale = 1): Float32Array {
  const random = createRandom(seed, 'frechet-test');
  return Float32Array.from({ length: count * width }, () => shift + scale * random.normal());
}

const between = (a: Float32Array, b: Float32Array, width: number, seed = 0) =>
  frechetEstimate(
    groupedMoments(a, width, createRandom(seed, 'a')),
    groupedMoments(b, width, createRandom(seed, 'b')),
    { seed },
  );

describe('the Fréchet distance', () => {
  it('of normal distributions with diagonal covariances is Σ (μ − μ′)² + (σ − σ′)²', () => {
    const a: Gaussian = { mean: Float64Array.of(1, -2), covariance: Float64Array.of(4, 0, 9) };
    const b: Gaussian = { mean: Float64Array.of(0, 1), covariance: Float64Array.of(1, 0, 25) };
    expect(frechetDistance(a, b)).toBeCloseTo(1 + 9 + 1 + 4, 10);
    expect(frechetDistance(a, a)).toBeCloseTo(0, 10);
  });

  it('of plane distributions has the closed form of 2 × 2 roots, both ways round', () => {
    // tr A^½ = √(tr A + 2 √det A) for a 2 × 2 matrix with positive eigenvalues
    const numbers = fc.double({ min: 0.1, max: 3, noNaN: true });
    const lower = fc.tuple(numbers, fc.double({ min: -2, max: 2, noNaN: true }), numbers);
    fc.assert(
      fc.property(lower, lower, ([a, b, c], [p, q, r]) => {
        const [s, t] = [[a * a, a * b, b * b + c * c] as const, [p * p, p * q, q * q + r * r] as const];
        const product = s[0] * t[0] + 2 * s[1] * t[1] + s[2] * t[2];
        const root = Math.sqrt(product + 2 * a * c * p * r);
        const expected = s[0] + s[2] + t[0] + t[2] - 2 * root;
        const mean = new Float64Array(2);
        const [x, y] = [
          { mean, covariance: Float64Array.from(s) },
          { mean, covariance: Float64Array.from(t) },
        ];
        expect(frechetDistance(x, y)).toBeCloseTo(expected, 6);
        expect(frechetDistance(y, x)).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('knows distributions that have no width in some directions', () => {
    const point: Gaussian = { mean: Float64Array.of(0, 0), covariance: new Float64Array(3) };
    const line: Gaussian = { mean: Float64Array.of(3, 0), covariance: Float64Array.of(4, 4, 4) };
    expect(frechetDistance(point, point)).toBeCloseTo(0, 6);
    expect(frechetDistance(point, line)).toBeCloseTo(9 + 8, 5);
    expect(frechetDistance(line, point)).toBeCloseTo(9 + 8, 5);
    expect(frechetDistance(line, line)).toBeCloseTo(0, 5);
  });

  it('is right on average from few rows, 0 too, where plain moments are far too large', () => {
    const width = 10;
    for (const [shift, expected] of [
      [0, 0],
      [0.2, width * 0.04],
    ] as const) {
      const found = Array.from({ length: 12 }, (_, seed) =>
        between(rows(200, width, seed), rows(200, width, 100 + seed, shift), width, seed),
      );
      const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
      expect(Math.abs(mean - expected)).toBeLessThan(0.09);
      const holding = found.filter(({ interval: [low, high] }) => low <= expected && expected <= high).length;
      expect(holding).toBeGreaterThanOrEqual(10);
    }
  });

  it('tells distributions that are not the same', () => {
    const { value, interval } = between(rows(1000, 4, 1), rows(1000, 4, 2, 0, 1.5), 4);
    expect(Math.abs(value - 4 * 0.25)).toBeLessThan(0.15);
    expect(interval[0]).toBeGreaterThan(0.5);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });

  it('can be taken from a single row each', () => {
    const { value, interval } = between(Float32Array.of(1, 2), Float32Array.of(4, 6), 2);
    expect(value).toBeCloseTo(25, 4);
    expect(interval).toEqual([value, value]);
  });
});
