import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { checkMixture, type Mixture } from '../../models/mixture.js';
import { fitMixture, mixtureLogDensity, sampleMixture } from './mixture.js';
import { type Components, initial, iterate } from './mixture-em.js';

function normals(count: number, seed: number): Float64Array {
  const random = createRandom(seed, 'mixture-test');
  return Float64Array.from({ length: count }, () => random.normal());
}

/** Three blobs in the plane, one of them long and turned. */
const known: Mixture = {
  width: 2,
  weights: [0.5, 0.3, 0.2],
  means: [0, 0, 8, 8, -6, 9],
  factors: [1, 0.5, 0.4, 0.5, 0, 2, 1.5, -1, 0.3],
  codes: 1000,
};

const momentsOf = (values: ArrayLike<number>, width: number) => {
  const count = values.length / width;
  const mean = Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += values[n * width + i]!;
    return sum / count;
  });
  const covariance = mean.flatMap((_, i) =>
    mean.slice(0, i + 1).map((_unused, j) => {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += (values[n * width + i]! - mean[i]!) * (values[n * width + j]! - mean[j]!);
      return sum / count;
    }),
  );
  return { mean, covariance };
};

/** L Lᵀ of one lower triangle, as a lower triangle. */
const covarianceOf = (factor: readonly number[], width: number): number[] => {
  const at = (i: number, j: number): number => (j > i ? 0 : factor[(i * (i + 1)) / 2 + j]!);
  return Array.from({ length: width }, (_, i) =>
    Array.from({ length: i + 1 }, (_unused, j) =>
      Array.from({ length: width }, (_m, m) => at(i, m) * at(j, m)).reduce((sum, value) => sum + value, 0),
    ),
  ).flat();
};

const closeTo = (got: readonly number[], expected: readonly number[], tolerance: number): void => {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(tolerance);
};

describe('a mixture of normal distributions', () => {
  it('of one component is the mean and the covariance of the codes', async () => {
    const codes = normals(3000, 1).map((value, i) => value * (1 + (i % 3)) + 5 * (i % 3));
    for (let n = 0; n < 1000; n++) codes[n * 3 + 2]! += 0.7 * codes[n * 3]!;
    const { mixture, iterations, logDensity } = await fitMixture(codes, 3, { components: 1 });
    const { mean, covariance } = momentsOf(codes, 3);
    expect(mixture.weights).toEqual([1]);
    closeTo(mixture.means, mean, 1e-6);
    closeTo(covarianceOf(mixture.factors, 3), covariance, 2e-5);
    expect(iterations).toBeGreaterThan(0);
    const densities = mixtureLogDensity(mixture, codes);
    expect(densities.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(logDensity, 5);
  });

  it('has the density of the formula', () => {
    const codes = [0.3, -0.2, 7, 9, -6, 9, 40, 40];
    const expected = [0, 1, 2, 3].map((n) => {
      const density = known.weights.map((weight, k) => {
        const [a, b, c] = known.factors.slice(3 * k, 3 * k + 3) as [number, number, number];
        const [x, y] = [codes[2 * n]! - known.means[2 * k]!, codes[2 * n + 1]! - known.means[2 * k + 1]!];
        // Σ = [[a², ab], [ab, b² + c²]], its determinant (a c)²
        const square = ((b * b + c * c) * x * x - 2 * a * b * x * y + a * a * y * y) / (a * c) ** 2;
        return (weight * Math.exp(-square / 2)) / (2 * Math.PI * a * c);
      });
      return Math.log(density.reduce((sum, value) => sum + value, 0));
    });
    const found = mixtureLogDensity(known, codes);
    for (const n of [0, 1, 2]) expect(found[n]).toBeCloseTo(expected[n]!, 7);
    // far from everything the sum underflows, its logarithm does not
    expect(expected[3]).toBe(Number.NEGATIVE_INFINITY);
    expect(found[3]).toBeLessThan(-400);
    expect(Number.isFinite(found[3])).toBe(true);
  });

  it('is found again in what it gave', async () => {
    const codes = sampleMixture(known, 6000, 3);
    const { mixture } = await fitMixture(codes, 2, { components: 3, seed: 1 });
    for (const [k, weight] of known.weights.entries()) {
      const found = [0, 1, 2].find(
        (c) =>
          Math.hypot(mixture.means[2 * c]! - known.means[2 * k]!, mixture.means[2 * c + 1]! - known.means[2 * k + 1]!) <
          0.3,
      )!;
      expect(mixture.weights[found]).toBeCloseTo(weight, 1);
      closeTo(
        covarianceOf(mixture.factors.slice(3 * found, 3 * found + 3), 2),
        covarianceOf(known.factors.slice(3 * k, 3 * k + 3), 2),
        0.25,
      );
    }
  });

  it('has as many components as codes that were held out ask for', async () => {
    const { mixture, tried } = await fitMixture(sampleMixture(known, 3000, 4), 2, {
      components: [1, 2, 3, 16],
      seed: 2,
    });
    expect(mixture.weights.length).toBe(3);
    expect(tried.map(({ components }) => components)).toEqual([1, 2, 3, 16]);
    const best = Math.max(...tried.map(({ heldOut }) => heldOut));
    expect(tried[2]!.heldOut).toBe(best);
    const one = await fitMixture(normals(4000, 5), 2, { seed: 1 });
    expect(one.mixture.weights.length).toBe(1);
  });

  it('becomes likelier with every iteration, whatever the codes are', () => {
    const shapes = fc.record({
      count: fc.integer({ min: 2, max: 120 }),
      width: fc.integer({ min: 1, max: 5 }),
      many: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(),
      islands: fc.boolean(),
      copies: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ count, width, many, seed, islands, copies }) => {
        const codes = normals(count * width, seed).map((value, i) => {
          const n = Math.floor(i / width);
          return (copies && n % 2 === 1 ? 1 : value) * (islands ? 0.01 : 1) + (islands ? n % 3 : 0);
        });
        const prior = 1e-6 * count;
        let components: Components = initial(codes, width, many, prior, createRandom(seed, 'start'));
        let before = Number.NEGATIVE_INFINITY;
        for (let n = 0; n < 15; n++) {
          const step = iterate(codes, components, prior);
          expect(step.objective).toBeGreaterThan(before - 1e-6 * (1 + Math.abs(before)));
          expect(step.components.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
          [components, before] = [step.components, step.objective];
        }
      }),
      { numRuns: effort(60, 600) },
    );
  });

  it('gives samples of its own moments', () => {
    const samples = sampleMixture(known, 40_000, 6);
    const { mean, covariance } = momentsOf(samples, 2);
    const expectedMean = [0, 1].map((i) => known.weights.reduce((sum, w, k) => sum + w * known.means[2 * k + i]!, 0));
    closeTo(mean, expectedMean, 0.15);
    const expected = [0, 0, 0];
    for (const [k, weight] of known.weights.entries()) {
      const own = covarianceOf(known.factors.slice(3 * k, 3 * k + 3), 2);
      const [x, y] = [known.means[2 * k]! - expectedMean[0]!, known.means[2 * k + 1]! - expectedMean[1]!];
      for (const [i, outer] of [x * x, x * y, y * y].entries()) expected[i]! += weight * (own[i]! + outer);
    }
    closeTo(covariance, expected, 0.8);
    expect(sampleMixture(known, 5, 6)).toEqual(samples.slice(0, 10));
    expect(sampleMixture(known, 5, 7)).not.toEqual(samples.slice(0, 10));
  });

  it.each([
    ['one code', Float32Array.of(1, 2)],
    ['two codes', Float32Array.of(1, 2, 3, 4)],
    ['codes that are all the same', new Float32Array(200).fill(3)],
    ['zeros', new Float32Array(200)],
    ['a constant dimension', Float32Array.from(normals(400, 8), (value, i) => (i % 2 ? 7 : value))],
    ['three different codes', Float32Array.from({ length: 200 }, (_, i) => Math.floor(i / 2) % 3)],
    [
      'dimensions of very different sizes',
      Float32Array.from(normals(400, 9), (value, i) => value * (i % 2 ? 1e6 : 1e-6)),
    ],
  ])('stands %s', async (_name, codes) => {
    const { mixture, logDensity } = await fitMixture(codes, 2, { seed: 1 });
    checkMixture(JSON.parse(JSON.stringify(mixture)) as Mixture, 2);
    expect(Number.isFinite(logDensity)).toBe(true);
    const found = mixtureLogDensity(mixture, codes);
    expect(found.every(Number.isFinite)).toBe(true);
    const from = momentsOf(codes, 2).mean;
    const [low, high] = [0, 1]
      .map((i) => codes.filter((_value, at) => at % 2 === i))
      .reduce<[number[], number[]]>(
        ([lows, highs], unit) => [
          [...lows, Math.min(...unit)],
          [...highs, Math.max(...unit)],
        ],
        [[], []],
      );
    const samples = sampleMixture(mixture, 300, 2);
    for (const i of [0, 1]) {
      const reach = high[i]! - low[i]!;
      const room = reach * 2.5 + 1e-4 * (1 + Math.abs(from[i]!));
      for (let n = 0; n < 300; n++) expect(Math.abs(samples[2 * n + i]! - from[i]!)).toBeLessThan(room);
    }
  });

  it('is the same for the same seed', async () => {
    const codes = sampleMixture(known, 500, 10);
    expect(await fitMixture(codes, 2, { seed: 4 })).toEqual(await fitMixture(codes, 2, { seed: 4 }));
  });

  it('ends when it is told to, and tells how far it is', async () => {
    const aborting = new AbortController();
    const seen: number[] = [];
    const work = fitMixture(sampleMixture(known, 2000, 11), 2, {
      signal: aborting.signal,
      onProgress: ({ done }) => {
        seen.push(done);
        if (done === 4) aborting.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('refuses what is no code', async () => {
    await expect(fitMixture([1, 2, 3, Number.NaN], 2)).rejects.toThrow('got NaN in row 2');
    await expect(fitMixture([1, 2, 3], 2)).rejects.toThrow('expected rows of 2 values');
    await expect(fitMixture([], 2)).rejects.toThrow('at least one');
    await expect(fitMixture([1, 2], 2, { components: 0 })).rejects.toThrow('whole numbers of at least 1');
    await expect(fitMixture(new Float32Array(600), 600)).rejects.toThrow('at most 512');
    expect(() => mixtureLogDensity(known, [1, 2, 3])).toThrow('expected rows of 2 values');
  });

  it('is checked when it is read', () => {
    expect(() => checkMixture(known, 2)).not.toThrow();
    const pivot = known.factors.map((value, i) => (i === 2 ? -value : value));
    const damaged: [Partial<Record<keyof Mixture, unknown>>, string][] = [
      [{ width: 3 }, 'mixture.width: expected one of 2, got 3'],
      [{ weights: [] }, 'mixture.weights: expected at least one component'],
      [{ weights: [0.5, 0.3, 0.4] }, 'mixture.weights: expected weights that sum to 1, got 1.2'],
      [{ weights: ['x'] }, 'mixture.weights[0]: expected a number from 0 to 1, got "x"'],
      [{ means: [1] }, 'mixture.means: expected a list of'],
      [{ means: [Number.NaN, ...known.means.slice(1)] }, 'mixture.means[0]: expected a finite number, got NaN'],
      [{ factors: pivot }, 'mixture.factors[2]: expected a number above 0'],
      [
        { factors: [...known.factors.slice(0, -1), null] },
        `mixture.factors[${known.factors.length - 1}]: expected a finite`,
      ],
      [{ codes: Number.NaN }, 'mixture.codes: expected a whole number of at least 1'],
      [{ data: 3 }, 'mixture.data: expected a text, got 3'],
    ];
    for (const [part, message] of damaged) expect(() => checkMixture({ ...known, ...part }, 2)).toThrow(message);
    expect(() => checkMixture(null, 2)).toThrow('mixture: expected an object, got null');
  });
});
