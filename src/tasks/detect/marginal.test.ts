import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { crossedRows, partWeights } from './crossed.js';
import { fitMarginal } from './marginal.js';

describe('how rare values are in their column', () => {
  it('is a logarithm of counts where there are few values', () => {
    const rows = Float32Array.from([...Array(9).fill(0), 1]);
    const { terms } = fitMarginal(rows, 1);
    const found = terms(Float32Array.of(0, 1, 2));
    expect(found[0]).toBe(0);
    expect(found[1]).toBeCloseTo(Math.log(9.5 / 1.5), 12);
    expect(found[2]).toBeCloseTo(Math.log(9.5 / 0.5), 12);
  });

  it('leaves a row itself out where it is one that was counted', () => {
    const rows = Float32Array.from([...Array(9).fill(0), 1]);
    const own = fitMarginal(rows, 1).terms(rows, true);
    expect(own[0]).toBeCloseTo(Math.log(9.5 / 8.5), 12);
    expect(own[9]).toBeCloseTo(Math.log(9.5 / 0.5), 12);
  });

  it('grows away from where values lie close together, and is highest beyond all of them and in gaps', () => {
    const random = createRandom(1, 'marginal');
    const rows = Float32Array.from({ length: 2000 }, (_, i) => (i % 4 === 0 ? 50 : 0) + random.normal());
    const { terms } = fitMarginal(rows, 1);
    const [dense, sparse, gap, beyond, far] = terms(Float32Array.of(0, 50, 25, 80, 3e38));
    expect(sparse!).toBeGreaterThan(dense!);
    expect(gap!).toBeGreaterThan(sparse!);
    expect(beyond!).toBe(gap!);
    expect(far!).toBe(gap!);
  });

  it('is counted in each column by itself', () => {
    const { terms } = fitMarginal(Float32Array.of(0, 5, 0, 5, 1, 5), 2);
    const found = terms(Float32Array.of(1, 5));
    expect(found[0]!).toBeGreaterThan(0);
    expect(found[1]!).toBe(0);
  });
});

describe('crossed rows', () => {
  const rows = Float32Array.from({ length: 50 * 3 }, (_, i) => i);

  it('take some values from one row and some from another, each in its column', () => {
    const crossed = crossedRows(rows, 3);
    for (let start = 0; start < crossed.length; start += 3) {
      const from = [0, 1, 2].map((j) => (crossed[start + j]! - j) / 3);
      expect(from.every(Number.isInteger)).toBe(true);
      expect(new Set(from).size).toBeLessThanOrEqual(2);
    }
    expect(crossedRows(rows, 3)).toEqual(crossed);
  });

  it('give weight to the parts that tell them', () => {
    const usual = Float64Array.of(1, 2, 3, 4);
    const [told, untold] = [Float64Array.of(5, 6), usual];
    const same = { error: usual, distance: usual, relative: usual, marginal: usual };
    const weights = partWeights(same, { error: told, distance: untold, relative: untold, marginal: untold }, 3);
    expect(weights.error / weights.distance).toBeCloseTo(Math.exp(0.5 / 0.2), 5);
    expect(weights.relative).toBe(weights.distance);
  });
});
