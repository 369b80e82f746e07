import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { arrayDataset } from './dataset.js';
import { applyScaling, fitScaling, type ScalingMethod, scalingMethods, undoScaling } from './scaling.js';

const table = (values: readonly number[], size: number) =>
  arrayDataset(Float32Array.from(values), { name: 't', shape: [size], columns: ['a', 'b', 'c'].slice(0, size) });

describe('a scaling', () => {
  it("called 'bytes' brings 255 to 1, 'none' leaves all", async () => {
    const dataset = arrayDataset(Uint8Array.of(0, 51, 255), { name: 'b', shape: [1] });
    const bytes = await fitScaling('bytes', dataset);
    expect(bytes).toEqual({ method: 'bytes', offset: [0], scale: [1 / 255] });
    expect(applyScaling(Uint8Array.of(0, 51, 255), bytes)).toEqual(Float32Array.of(0, 0.2, 1));
    expect(await fitScaling('none', dataset)).toEqual({ method: 'none', offset: [0], scale: [1] });
  });

  it("called 'min-max' brings each feature to 0…1, a constant one to 0", async () => {
    const scaling = await fitScaling('min-max', table([1, 7, -4, 3, 7, 4], 3));
    expect(scaling).toEqual({ method: 'min-max', offset: [1, 7, -4], scale: [0.5, 1, 0.125] });
    expect(applyScaling(Float32Array.of(1, 7, -4, 3, 7, 4), scaling)).toEqual(Float32Array.of(0, 0, 0, 1, 0, 1));
  });

  it("called 'standard' agrees with the two-pass formula, across blocks and far from zero", async () => {
    const length = 10_000;
    const values = Float32Array.from({ length: 2 * length }, (_, i) => (i % 2 ? 5 : 1e6 + (i % 7)));
    const { offset, scale } = await fitScaling('standard', arrayDataset(values, { name: 's', shape: [2] }));
    const first = values.filter((_, i) => i % 2 === 0);
    const mean = first.reduce((sum, value) => sum + value / length, 0);
    const variance = first.reduce((sum, value) => sum + (value - mean) ** 2 / length, 0);
    expect(offset[0]).toBeCloseTo(mean, 6);
    expect(scale[0]).toBeCloseTo(1 / Math.sqrt(variance), 9);
    expect([offset[1], scale[1]]).toEqual([5, 1]);
  });

  it('is undone, to the precision of 32-bit floats, and survives JSON', async () => {
    const cell = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    // numbers below about 1e-38 are not held to full precision
    const smallest = 1e-35;
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(...scalingMethods), async (list, method) => {
        const dataset = table(list.flat(), 2);
        const scaling = JSON.parse(JSON.stringify(await fitScaling(method, dataset)));
        const values = Float32Array.from(list.flat());
        const scaled = applyScaling(values, scaling);
        expect(scaled.every(Number.isFinite)).toBe(true);
        const back = undoScaling(scaled, scaling);
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        for (let i = 0; i < values.length; i++) {
          expect(Math.abs((back[i] as number) - (values[i] as number))).toBeLessThanOrEqual(
            largest * 2 ** -20 + smallest,
          );
        }
      }),
    );
  });

  it('can work in place', () => {
    const values = Float32Array.of(1, 2);
    const scaling = { method: 'standard', offset: [1], scale: [2] } as const;
    expect(applyScaling(values, scaling, values)).toBe(values);
    expect(undoScaling(values, scaling, values)).toEqual(Float32Array.of(1, 2));
  });

  it('is refused for NaN, infinity, unknown methods, no examples and parts of examples', async () => {
    await expect(fitScaling('standard', table([1, 2, 3, Number.NaN], 2))).rejects.toThrow(
      /t, row 2, column "b": .*NaN/,
    );
    await expect(fitScaling('min-max', table([Number.POSITIVE_INFINITY, 2], 2))).rejects.toThrow(/row 1, column "a"/);
    await expect(fitScaling('no' as ScalingMethod, table([1], 1))).rejects.toThrow(/expected none, bytes, .* got "no"/);
    await expect(fitScaling('standard', table([], 1))).rejects.toThrow(/at least one example/);
    const two = { method: 'standard', offset: [1, 1], scale: [2, 2] } as const;
    expect(() => applyScaling(new Float32Array(3), two)).toThrow(/whole examples of 2 features, got 3 values/);
    expect(() => undoScaling(new Float32Array(2), two, new Float32Array(1))).toThrow(/room for 2 values, got 1/);
  });
});

describe('the scaling called robust', () => {
  it('brings the median to 0 and the middle half to 1, whatever a few wild values do', async () => {
    const values = [7, 1, 3, 5, 1e6].flatMap((value) => [value, 2]);
    const { offset, scale } = await fitScaling('robust', table(values, 2));
    expect({ offset, scale }).toEqual({ offset: [5, 2], scale: [1 / 4, 1] });
  });

  it('takes the whole range where the middle half is one value', async () => {
    const { offset, scale } = await fitScaling('robust', table([0, 0, 0, 0, 0, 0, 0, 8], 1));
    expect({ offset, scale }).toEqual({ offset: [0], scale: [1 / 8] });
  });

  it('takes it too where the middle half is too narrow for scaled values to be finite', async () => {
    const { offset, scale } = await fitScaling('robust', table([0, 2e-38, 2e-38, 4e-38, 8], 1));
    expect(offset[0]).toBeCloseTo(2e-38, 44);
    expect(scale).toEqual([1 / 8]);
  });

  it('of many examples is near the truth by a sample, the same for the same seed', async () => {
    const random = createRandom(1, 'robust');
    const values = Float32Array.from({ length: 200_000 }, () => 3 + 2 * random.normal());
    const data = arrayDataset(values, { name: 'many', shape: [1] });
    const one = await fitScaling('robust', data, 5);
    expect(one).toEqual(await fitScaling('robust', data, 5));
    expect(one).not.toEqual(await fitScaling('robust', data, 6));
    expect(one.offset[0]).toBeCloseTo(3, 1);
    // the middle half of a normal distribution is 1.349 deviations wide
    expect(1 / one.scale[0]!).toBeCloseTo(2 * 1.349, 1);
  });
});
