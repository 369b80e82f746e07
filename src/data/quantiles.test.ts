import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { createSample } from './quantiles.js';

describe('a sample', () => {
  it('has the quantiles of all numbers, where no more came than it keeps', () => {
    const numbers = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(numbers, (list) => {
        const sample = createSample(50, () => createRandom(1, 'sample'));
        for (const value of list) sample.add(value);
        const sorted = list.toSorted((a, b) => a - b);
        expect(sample.quantile(0)).toBe(sorted[0]);
        expect(sample.quantile(1)).toBe(sorted.at(-1));
        const middle = (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
        expect(sample.quantile(0.5)).toBe(middle);
      }),
    );
  });

  it('keeps each number with the same chance', () => {
    const [size, length, rounds] = [10, 100, 2000];
    const kept = new Float64Array(length);
    for (let round = 0; round < rounds; round++) {
      const sample = createSample(size, () => createRandom(round, 'sample'));
      for (let i = 0; i < length; i++) sample.add(i);
      for (let k = 0; k < size; k++) kept[Math.round(sample.quantile(k / (size - 1)))]! += 1;
    }
    // each is kept 200 times, give or take 13.4; the quantiles at k/(size − 1) are the kept numbers themselves
    for (const part of [kept.subarray(0, 10), kept.subarray(45, 55), kept.subarray(90)]) {
      const mean = part.reduce((sum, count) => sum + count, 0) / 10;
      expect(Math.abs(mean - 200)).toBeLessThan(5 * (13.4 / Math.sqrt(10)));
    }
  });

  it('of nothing has none', () => {
    expect(createSample(3, () => createRandom(1, 's')).quantile(0.5)).toBeNaN();
  });
});
