import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import type { Pca } from '../../models/pca.js';
import { createRuntime } from '../../runtime/node.js';
import { openSampleJudge } from './sample-quality.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

function rows(count: number, width: number, seed: number, shift = 0, scale = 1): Float32Array {
  const random = createRandom(seed, 'sample-quality-test');
  return Float32Array.from({ length: count * width }, () => shift + scale * random.normal());
}

/** Components that are the first values themselves. */
function axes(size: number, count = size): Pca {
  const components = new Float32Array(count * size);
  for (let k = 0; k < count; k++) components[k * size + k] = 1;
  return {
    width: 1,
    mean: new Float32Array(size),
    components,
    variances: new Float64Array(count).fill(1),
    totalVariance: size,
  };
}

const distance = (a: Float32Array, i: number, b: Float32Array, j: number, width: number): number =>
  Math.hypot(...Array.from({ length: width }, (_, k) => a[i * width + k]! - b[j * width + k]!));

/** The definition, pair by pair. */
function among(queries: Float32Array, points: Float32Array, width: number, k: number): number {
  const n = points.length / width;
  const reaches = Array.from(
    { length: n },
    (_, i) =>
      Array.from({ length: n }, (_unused, j) => j)
        .filter((j) => j !== i)
        .map((j) => distance(points, i, points, j, width))
        .sort((a, b) => a - b)[k - 1]!,
  );
  const m = queries.length / width;
  return (
    Array.from({ length: m }, (_, q) =>
      reaches.some((reach, i) => distance(queries, q, points, i, width) <= reach),
    ).filter(Boolean).length / m
  );
}

describe('the quality of samples', () => {
  it('is precision and recall as they are defined', async () => {
    const [real, samples] = [rows(120, 3, 1), rows(90, 3, 2, 0.8, 0.7)];
    for (const k of [1, 3]) {
      const judge = await openSampleJudge(runtime, axes(3), real, { k });
      expect(judge).toMatchObject({ components: 3, examples: 120, k });
      const { precision, recall } = await judge.judge(samples);
      expect(precision.value).toBeCloseTo(among(samples, real, 3, k), 10);
      expect(recall.value).toBeCloseTo(among(real, samples, 3, k), 10);
      for (const { value, interval } of [precision, recall]) {
        expect(interval[0]).toBeLessThan(value);
        expect(interval[1]).toBeGreaterThan(value);
      }
    }
  });

  it('of samples far from everything real is none', async () => {
    const judge = await openSampleJudge(runtime, axes(4), rows(400, 4, 3));
    const { precision, recall, frechet } = await judge.judge(rows(400, 4, 4, 50));
    expect(precision).toEqual({ value: 0, interval: [0, 0] });
    expect(recall).toEqual({ value: 0, interval: [0, 0] });
    expect(frechet.value / (4 * 2500)).toBeCloseTo(1, 1);
  });

  it('of other real examples is the best there is', async () => {
    const judge = await openSampleJudge(runtime, axes(4), rows(1000, 4, 5));
    const { precision, recall, frechet } = await judge.judge(rows(1000, 4, 6));
    expect(precision.value).toBeGreaterThan(0.9);
    expect(recall.value).toBeGreaterThan(0.9);
    expect(frechet.interval[0]).toBe(0);
    expect(frechet.interval[1]).toBeLessThan(0.1);
  });

  it('is precision without recall where samples are all of one sort, and the other way round', async () => {
    const two = Float32Array.from([...rows(300, 2, 7), ...rows(300, 2, 8, 20)]);
    const one = rows(600, 2, 9);
    const few = await (await openSampleJudge(runtime, axes(2), two)).judge(one);
    expect(few.precision.value).toBeGreaterThan(0.9);
    expect(few.recall.value).toBeGreaterThan(0.4);
    expect(few.recall.value).toBeLessThan(0.55);
    const many = await (await openSampleJudge(runtime, axes(2), one)).judge(two);
    expect(many.recall.value).toBeGreaterThan(0.9);
    expect(many.precision.value).toBeLessThan(0.55);
  });

  it('is seen in the components that there are, as far as examples allow', async () => {
    const real = rows(200, 6, 10);
    expect((await openSampleJudge(runtime, axes(6, 2), real)).components).toBe(2);
    const judge = await openSampleJudge(runtime, axes(6), rows(35, 6, 11));
    expect(judge.components).toBe(3);
    expect((await openSampleJudge(runtime, axes(6), rows(5, 6, 11))).components).toBe(1);
    // what no component shows counts for nothing
    const hidden = real.map((value, i) => (i % 6 === 5 ? 100 : value));
    const { precision } = await (await openSampleJudge(runtime, axes(6, 5), real)).judge(hidden);
    expect(precision.value).toBe(1);
  });

  it('stands examples that are all the same', async () => {
    const judge = await openSampleJudge(runtime, axes(2), new Float32Array(40).fill(2));
    expect(await judge.judge(new Float32Array(40).fill(2))).toMatchObject({
      precision: { value: 1 },
      recall: { value: 1 },
      frechet: { value: 0 },
    });
    expect((await judge.judge(new Float32Array(40).fill(3))).precision.value).toBe(0);
  });

  it('takes so many at most, the same each time', async () => {
    const judge = await openSampleJudge(runtime, axes(2), rows(500, 2, 12), { limit: 100, seed: 3 });
    expect(judge.examples).toBe(100);
    const samples = rows(500, 2, 13);
    expect(await judge.judge(samples)).toEqual(await judge.judge(samples));
  });

  it('refuses what cannot be compared', async () => {
    await expect(openSampleJudge(runtime, axes(2), rows(3, 2, 14))).rejects.toThrow('expected more than 3');
    const judge = await openSampleJudge(runtime, axes(2), rows(50, 2, 15));
    await expect(judge.judge(new Float32Array(7))).rejects.toThrow('samples: expected more than 3');
    await expect(judge.judge(rows(9, 2, 16).map((v, i) => (i === 5 ? Number.NaN : v)))).rejects.toThrow('NaN in row 3');
  });
});
