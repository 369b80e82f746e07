import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime } from '#runtime';
import { createRandom } from '../../core/random.js';
import { arrayDataset } from '../../data/dataset.js';
import type { Runtime } from '../../runtime/runtime.js';
import { examplesToMeasure, suggestCodeWidth } from './code-width.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

/** Rows of `size` values that are linear in `hidden` normal numbers, and some noise. */
function linear(rows: number, size: number, hidden: number, noise = 0) {
  const random = createRandom(0, 'rows');
  const weights = Float64Array.from({ length: hidden * size }, () => random.normal());
  const values = new Float32Array(rows * size);
  for (let n = 0; n < rows; n++) {
    const codes = Array.from({ length: hidden }, () => random.normal());
    for (let i = 0; i < size; i++) {
      values[n * size + i] = codes.reduce(
        (sum, code, k) => sum + code * weights[k * size + i]!,
        noise * random.normal(),
      );
    }
  }
  return arrayDataset(values, { name: 'linear', shape: [size] });
}

const suggest = (data: ReturnType<typeof linear>, method: 'standard' | 'robust' = 'standard') =>
  suggestCodeWidth(runtime, data, method);

describe('the width that is suggested', () => {
  it('is the number of hidden numbers where rows are linear in these, with little noise or none', async () => {
    for (const noise of [0, 0.05]) {
      const { width, componentsFor90, intrinsicDimension } = (await suggest(linear(600, 20, 4, noise)))!;
      expect(width).toBe(4);
      expect(componentsFor90).toBeLessThanOrEqual(4);
      expect(intrinsicDimension).toBeGreaterThan(3);
    }
  });

  it('is between the dimensions and the components of a bent line', async () => {
    const random = createRandom(0, 'line');
    const places = Float64Array.from({ length: 500 }, () => random.uniform());
    const line = Float32Array.from({ length: 500 * 16 }, (_, i) =>
      Math.sin((1 + (i % 16)) * places[Math.floor(i / 16)]! * 2 * Math.PI),
    );
    const found = (await suggest(arrayDataset(line, { name: 'line', shape: [16] })))!;
    expect(found.intrinsicDimension).toBeLessThan(1.2);
    expect(found.componentsFor90).toBeGreaterThan(12);
    expect(found).toMatchObject({
      by: 'mean',
      width: Math.round(Math.sqrt(found.intrinsicDimension * found.componentsFor90!)),
    });
  });

  it('is no wider than half of the values, whatever noise fills', async () => {
    expect(await suggest(linear(300, 6, 6))).toMatchObject({ width: 3, by: 'limit' });
    expect(await suggest(linear(300, 1, 1))).toMatchObject({ width: 1 });
  });

  it('does not follow a few wild values with the scaling for these', async () => {
    const data = linear(400, 12, 3);
    const values = Float32Array.from(await data.block(0, 400));
    values[0] = 1e7;
    const wild = arrayDataset(values, { name: 'wild', shape: [12] });
    expect((await suggest(wild, 'robust'))!.width).toBe((await suggest(data, 'robust'))!.width);
  });

  it('is the same for large examples, by their distances', async () => {
    const found = (await suggest(linear(120, 5000, 4)))!;
    expect(found).toMatchObject({ width: 4, componentsFor95: 4, values: 5000, examples: 120 });
  });

  it('is not there for examples that are alike, or few', async () => {
    expect(await suggest(arrayDataset(new Float32Array(90).fill(2), { name: 'alike', shape: [3] }))).toBeUndefined();
    expect(await suggest(linear(5, 6, 2))).toBeUndefined();
  });

  it('takes fewer examples the larger they are', () => {
    expect(examplesToMeasure(8)).toBe(5000);
    expect(examplesToMeasure(784)).toBeLessThan(5000);
    expect(examplesToMeasure(5000)).toBeGreaterThan(100);
    expect(examplesToMeasure(1e7)).toBe(0);
  });
});
