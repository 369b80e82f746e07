import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { disc, gaussian } from './constructed.oracle.js';
import { intrinsicDimension } from './intrinsic-dimension.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

describe('the intrinsic dimension', () => {
  it('is that of what the codes lie on, not of what they lie in', async () => {
    const random = createRandom(1, 'plane');
    // a bent sheet in six dimensions
    const sheet = Array.from({ length: 2000 }, () => {
      const [u, v] = [random.uniform(), random.uniform()];
      return [u, v, u * v, Math.sin(2 * u), v * v, u - v];
    });
    const codes = Float32Array.from(sheet.flat());
    const { value, interval } = await intrinsicDimension(codes, 6, { runtime });
    expect(Math.abs(value - 2)).toBeLessThan(0.2);
    expect(interval[0]).toBeLessThan(2);
    expect(interval[1]).toBeGreaterThan(2);
  });

  it('is what the slope over all ratios but the largest tenth says', async () => {
    const { codes } = gaussian({ count: 60, width: 3 });
    const square = (i: number, j: number): number =>
      [0, 1, 2].reduce((sum, k) => sum + (codes[3 * i + k]! - codes[3 * j + k]!) ** 2, 0);
    const logs = Array.from({ length: 60 }, (_, i) => {
      const others = Array.from({ length: 60 }, (_unused, j) => j).filter((j) => j !== i);
      const [first, second] = others.map((j) => square(i, j)).sort((a, b) => a - b);
      return Math.log(second! / first!) / 2;
    }).sort((a, b) => a - b);
    const kept = logs.slice(0, 54);
    const products = kept.reduce((sum, log, i) => sum - log * Math.log(1 - (i + 1) / 61), 0);
    const expected = products / kept.reduce((sum, log) => sum + log * log, 0);
    expect((await intrinsicDimension(codes, 3, { runtime })).value).toBeCloseTo(Math.min(3, expected), 8);
  });

  it('counts twins once', async () => {
    const { codes } = disc({ count: 500 });
    const twice = Float32Array.from([...codes, ...codes]);
    const { value } = await intrinsicDimension(codes, 2, { runtime });
    expect((await intrinsicDimension(twice, 2, { runtime })).value).toBeCloseTo(value, 1);
  });

  it('agrees within its intervals between draws', async () => {
    let agreed = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const [a, b] = await Promise.all(
        [seed, seed + 100].map(async (draw) => {
          const { codes } = gaussian({ count: 400, width: 5, seed: draw });
          return intrinsicDimension(codes, 5, { runtime });
        }),
      );
      if (a!.interval[0] <= b!.interval[1] && b!.interval[0] <= a!.interval[1]) agreed++;
    }
    expect(agreed).toBeGreaterThanOrEqual(9);
  });

  it('is 0 of one place, 1 of two, and at most the width of a lattice', async () => {
    expect(await intrinsicDimension(new Float32Array(20).fill(3), 2, { runtime })).toEqual({
      value: 0,
      interval: [0, 0],
    });
    expect((await intrinsicDimension(Float32Array.of(0, 0, 1, 1), 2, { runtime })).value).toBe(1);
    const lattice = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 10 : Math.floor(i / 20)));
    expect((await intrinsicDimension(lattice, 2, { runtime })).value).toBe(2);
  });
});
