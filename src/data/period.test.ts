import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { createRandom } from '../core/random.js';
import { arrayDataset } from './dataset.js';
import { chooseWindow, chooseWindowOf, periodOf } from './period.js';

/** A wave of a period with a trend and noise. */
const wave = (rows: number, period: number, { trend = 0, noise = 0.2, seed = 1 } = {}) => {
  const random = createRandom(seed, 'wave');
  return Float64Array.from(
    { length: rows },
    (_, i) => Math.sin((2 * Math.PI * i) / period) + trend * i + noise * random.normal(),
  );
};
const noise = (rows: number, seed: number) => wave(rows, 1e9, { noise: 1, seed });

describe('the period of a series', () => {
  it('is found within a twentieth, whatever its trend and level', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 200 }),
        fc.integer({ min: 6, max: 20 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.nat(),
        (period, periods, trend, seed) => {
          const found = periodOf(wave(period * periods, period, { trend: trend / period, seed }));
          expect(Math.abs(found!.rows - period)).toBeLessThanOrEqual(Math.max(1, 0.05 * period));
        },
      ),
      { numRuns: effort(50, 500) },
    );
  });

  it('is that of all columns together, and missing cells do not hide it', () => {
    const rows = wave(900, 30);
    const both = Float64Array.from({ length: 1800 }, (_, i) =>
      i % 2 === 0 ? ((i * 7919) % 101 < 8 ? Number.NaN : 1000 * rows[i / 2]!) : noise(900, 3)[(i - 1) / 2]!,
    );
    expect(periodOf(both, 2)!.rows).toBe(30);
  });

  it('is none of noise, of a constant and of what does not come back three times', () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(periodOf(noise(2000, seed))).toBeUndefined();
    expect(periodOf(new Float64Array(500))).toBeUndefined();
    expect(periodOf(wave(500, 200, { noise: 0 }))).toBeUndefined();
    expect(periodOf(Float64Array.of(1, 2))).toBeUndefined();
  });
});

describe('the window of a series', () => {
  it('is whole periods, at least 64 rows, and says why', () => {
    expect(chooseWindow(wave(2000, 100, { noise: 0 })).window).toBe(100);
    const { window, reason } = chooseWindow(wave(2000, 24, { noise: 0 }));
    expect(window).toBe(72);
    expect(reason).toMatch(
      /^windows of 72 rows, 3 periods: the values repeat every 24 rows \(autocorrelation 1\.00\)$/,
    );
  });

  it('is 256 rows without a period, and at most a quarter of the rows', () => {
    expect(chooseWindow(noise(5000, 1))).toEqual({ window: 256, reason: 'windows of 256 rows: no period was found' });
    expect(chooseWindow(noise(400, 1)).window).toBe(100);
    expect(chooseWindow(wave(200, 20, { noise: 0 })).window).toBe(40); // two periods are left of four
    expect(chooseWindow(new Float64Array(2)).window).toBe(1);
  });

  it('is that of the longest piece where the clock goes back', async () => {
    const values = Float32Array.from([...noise(300, 1), ...wave(1200, 80, { noise: 0 })]);
    const times = Float64Array.from({ length: 1500 }, (_, i) => (i < 300 ? i + 5000 : i));
    const series = arrayDataset(values, {
      name: 's',
      shape: [1],
      times: { column: 't', unit: 'number', values: times },
    });
    expect((await chooseWindowOf(series)).period?.rows).toBe(80);
  });
});
