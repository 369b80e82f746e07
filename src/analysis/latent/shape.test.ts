import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { disc, gaussian, ring, swissRoll } from './constructed.oracle.js';
import { shapeFigures } from './shape.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

describe('the shape of codes', () => {
  it.each([
    ['a ring', ring({ count: 2000, thickness: 0 }), 1],
    ['a disc', disc({ count: 2000 }), 2],
    ['a swiss roll', swissRoll({ count: 4000 }), 2],
    ['a gaussian of 8 dimensions', gaussian({ count: 4000, width: 8 }), 8],
  ] as const)('has the dimension that %s was made with', async (_, { codes, width }, dimension) => {
    const { intrinsicDimension } = await shapeFigures(codes, width, { runtime });
    expect(Math.abs(intrinsicDimension.value / dimension - 1)).toBeLessThan(0.12);
    expect(intrinsicDimension.interval[0]).toBeLessThan(intrinsicDimension.value);
    expect(intrinsicDimension.interval[1]).toBeGreaterThan(intrinsicDimension.value);
  });

  it('has an effective rank of as many as vary alike, and between for others', async () => {
    const random = createRandom(1, 'rank');
    const made = (scales: readonly number[]) =>
      Float32Array.from({ length: 3000 * scales.length }, (_, i) => scales[i % scales.length]! * random.normal());
    const rankOf = async (scales: readonly number[]) =>
      (await shapeFigures(made(scales), scales.length, { runtime })).effectiveRank.value;
    expect(await rankOf([1, 1, 1, 1])).toBeCloseTo(4, 1);
    expect(await rankOf([1, 1, 0, 0])).toBeCloseTo(2, 1);
    // singular values 2 : 1 are shares of 2/3 and 1/3
    expect(await rankOf([2, 1])).toBeCloseTo(Math.exp(-(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3)), 1);
  });

  it('counts units that vary', async () => {
    const random = createRandom(2, 'active');
    const codes = Float32Array.from({ length: 1500 }, (_, i) => [10, 1.5, 0.5][i % 3]! * random.normal());
    const { activeUnits, variances } = await shapeFigures(codes, 3, { runtime });
    expect(activeUnits).toBe(2);
    expect(variances[0]! / variances[1]!).toBeGreaterThan(30);
  });

  it('is nothing where all codes are the same, and leaves twins out elsewhere', async () => {
    const none = await shapeFigures(new Float32Array(40).fill(2), 2, { runtime });
    expect(none).toMatchObject({ intrinsicDimension: { value: 0 }, effectiveRank: { value: 0 }, activeUnits: 0 });
    const { codes } = disc({ count: 1500 });
    const twins = Float32Array.from([...codes, ...codes.subarray(0, 400)]);
    const { intrinsicDimension } = await shapeFigures(twins, 2, { runtime });
    expect(intrinsicDimension.value).toBeGreaterThan(1.5);
  });

  it('refuses codes that are no numbers, naming the row', async () => {
    await expect(shapeFigures(Float32Array.of(1, 2, 3, Number.NaN, 5, 6), 2, { runtime })).rejects.toThrow('row 2');
  });
});
