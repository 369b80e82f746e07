import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalQuantile } from '../../analysis/statistics/normal-quantile.js';
import { createRandom } from '../../core/random.js';
import { partDistribution, surprise } from './surprise.js';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });

it('a surprise is never negative and never falls as the value grows', () => {
  fc.assert(
    fc.property(values, values, (known, asked) => {
      const distribution = partDistribution(Float64Array.from(known));
      const found = asked.toSorted((a, b) => a - b).map((value) => surprise(distribution, value));
      for (const [i, one] of found.entries()) expect(one).toBeGreaterThanOrEqual(i === 0 ? 0 : found[i - 1]!);
    }),
  );
});

it('a surprise is minus the logarithm of the share that reaches the value, beyond what was seen too where the tail is a power', () => {
  const random = createRandom(1, 'pareto');
  const distribution = partDistribution(Float64Array.from({ length: 20_000 }, () => (1 - random.uniform()) ** -0.5));
  for (const share of [0.9, 0.5, 0.2, 0.05, 0.001, 1e-6]) {
    expect(surprise(distribution, share ** -0.5) / -Math.log(share)).toBeCloseTo(1, 1);
  }
});

it('the normal quantile is the inverse of the distribution function', () => {
  for (const [probability, value] of [
    [0.5, 0],
    [0.975, 1.959963985],
    [0.01, -2.326347874],
    [1e-6, -4.753424309],
  ] as const) {
    expect(normalQuantile(probability)).toBeCloseTo(value, 7);
  }
});
