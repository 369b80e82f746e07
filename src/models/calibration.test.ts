import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { calibrationLevels, distributionOf, robustThresholdOf, thresholdOf } from './calibration.js';

const scores = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 });

it('a threshold is exceeded by no more of the training data than the rest of the share, and is the least such at kept levels', () => {
  fc.assert(
    fc.property(scores, fc.constantFrom(...calibrationLevels.slice(1)), (found, share) => {
      const threshold = thresholdOf(distributionOf(Float64Array.from(found)), share);
      const below = (limit: number) => found.filter((score) => score <= limit).length;
      expect(below(threshold)).toBeGreaterThanOrEqual(share * found.length - 1e-6);
      expect(found).toContain(threshold);
      const smaller = found.filter((score) => score < threshold);
      if (smaller.length > 0) expect(below(Math.max(...smaller))).toBeLessThan(share * found.length - 1e-9);
    }),
  );
});

it('between two levels it is the upper one', () => {
  const distribution = distributionOf(Float64Array.from({ length: 100_000 }, (_, i) => i));
  expect(thresholdOf(distribution, 0.5)).toBe(49_999);
  expect(thresholdOf(distribution, 0.5001)).toBe(50_099);
  expect(thresholdOf(distribution, 0.99995)).toBe(99_994);
  expect(thresholdOf(distribution, 1)).toBe(99_999);
});

it.each([0, -0.1, 1.1, Number.NaN])('refuses a share of %s', (share) => {
  expect(() => thresholdOf(distributionOf(Float64Array.of(1)), share)).toThrow(/^quantile: expected a share/);
});

it.each([
  ['examples', 0.08],
  ['rows', 0.2],
] as const)('a threshold from the bulk of %s is not moved by anomalies among the training data', (of, part) => {
  const random = createRandom(3, 'scores');
  // Scores with an exponential tail, whose 99 % quantile is log 100.
  const usual = Array.from({ length: 20_000 }, () => -Math.log(1 - random.uniform()));
  const clean = robustThresholdOf(distributionOf(Float64Array.from(usual)), of);
  expect(clean.threshold).toBeGreaterThan(0.93 * Math.log(100));
  expect(clean.threshold).toBeLessThan(1.03 * Math.log(100));
  const wild = usual.map((score, i) => (i < part * usual.length ? 100 + score : score));
  const soiled = robustThresholdOf(distributionOf(Float64Array.from(wild)), of);
  expect(thresholdOf(distributionOf(Float64Array.from(wild)), 0.99)).toBeGreaterThan(100);
  expect(soiled.threshold).toBeLessThan(2.5 * clean.threshold);
  // The share that it gives is that of the scores which do not exceed it.
  const below = wild.filter((score) => score <= soiled.threshold).length / wild.length;
  expect(Math.abs(soiled.share - below)).toBeLessThan(0.002);
});
