import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom, permutation } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { preservation } from './preservation.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

function cloud(count: number, width: number, seed: number): Float32Array {
  const random = createRandom(seed, 'preservation-test');
  return Float32Array.from({ length: count * width }, () => random.normal());
}

/** Whether two points are as far from a third but for the rounding of 32-bit numbers: either may come first. */
function hasTies(points: Float32Array, width: number): boolean {
  const n = points.length / width;
  return Array.from({ length: n }).some((_, i) => {
    const squares = Array.from({ length: n }, (_, j) =>
      Array.from({ length: width }, (_, c) => (points[i * width + c]! - points[j * width + c]!) ** 2).reduce(
        (a, b) => a + b,
      ),
    ).sort((a, b) => a - b);
    return squares.some((square, j) => j > 0 && square - squares[j - 1]! < 1e-6 * squares.at(-1)!);
  });
}

/** Equation 1 of Venna & Kaski (2001), with every point sorted for every other. */
function byDefinition(from: Float32Array, fromWidth: number, to: Float32Array, toWidth: number, k: number): number {
  const n = from.length / fromWidth;
  const order = (points: Float32Array, width: number, i: number): number[] => {
    const square = (j: number): number =>
      Array.from({ length: width }, (_, c) => (points[i * width + c]! - points[j * width + c]!) ** 2).reduce(
        (a, b) => a + b,
      );
    return Array.from({ length: n }, (_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => square(a) - square(b));
  };
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const ranks = order(from, fromWidth, i);
    for (const j of order(to, toWidth, i).slice(0, k)) sum += Math.max(0, ranks.indexOf(j) + 1 - k);
  }
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * sum;
}

describe('preservation of neighbourhoods', () => {
  it('is its definition, and continuity is trustworthiness the other way round', async () => {
    const shapes = fc.record({
      n: fc.integer({ min: 4, max: 60 }),
      fromWidth: fc.integer({ min: 1, max: 6 }),
      toWidth: fc.integer({ min: 1, max: 3 }),
      k: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, fromWidth, toWidth, k, seed }) => {
        const [from, to] = [cloud(n, fromWidth, seed), cloud(n, toWidth, seed + 1)];
        fc.pre(!hasTies(from, fromWidth) && !hasTies(to, toWidth));
        const found = await preservation(from, fromWidth, to, toWidth, { runtime, k });
        expect(found.k).toBe(Math.min(k, Math.ceil(n / 2) - 1));
        expect(found.points).toBe(n);
        expect(found.trustworthiness.value).toBeCloseTo(byDefinition(from, fromWidth, to, toWidth, found.k), 10);
        expect(found.continuity.value).toBeCloseTo(byDefinition(to, toWidth, from, fromWidth, found.k), 10);
      }),
      { numRuns: effort(30, 300) },
    );
  });

  it('is 1 where nothing moves relative to its neighbours', async () => {
    const points = cloud(500, 3, 1);
    const turned = Float32Array.from(points, (_, i) => 5 - 2 * points[i - (i % 3) + ((i + 1) % 3)]!);
    const found = await preservation(points, 3, turned, 3, { runtime });
    for (const { value, interval } of [found.trustworthiness, found.continuity]) {
      expect(value).toBeGreaterThan(0.9999);
      expect(interval[1] - interval[0]).toBeLessThan(1e-4);
    }
  });

  it('is about a half where the spaces have nothing to do with each other', async () => {
    const { trustworthiness, continuity } = await preservation(cloud(1500, 4, 1), 4, cloud(1500, 2, 2), 2, { runtime });
    expect(Math.abs(trustworthiness.value - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(continuity.value - 0.5)).toBeLessThan(0.02);
  });

  it('tells what is folded together from what is torn apart', async () => {
    const plane = cloud(800, 2, 4);
    const flattened = plane.filter((_, i) => i % 2 === 0);
    const folded = await preservation(plane, 2, flattened, 1, { runtime });
    expect(folded.continuity.value - folded.trustworthiness.value).toBeGreaterThan(0.1);
    const torn = await preservation(flattened, 1, plane, 2, { runtime });
    expect(torn.trustworthiness.value).toBeCloseTo(folded.continuity.value, 10);
  });

  it('says of codes that are all the same that nobody was torn away, and that neighbours are anybody', async () => {
    const found = await preservation(cloud(400, 2, 1), 2, new Float32Array(400).fill(0.3), 1, { runtime });
    expect(found.continuity.value).toBe(1);
    expect(Math.abs(found.trustworthiness.value - 0.5)).toBeLessThan(0.06);
  });

  it('comes from a sample where there are many points, whose figures are those of any sample', async () => {
    const from = cloud(3000, 5, 7);
    const to = from.filter((_, i) => i % 5 < 2);
    const some = await preservation(from, 5, to, 2, { runtime, points: 600, seed: 1 });
    expect(some.points).toBe(600);
    expect(await preservation(from, 5, to, 2, { runtime, points: 600, seed: 1 })).toEqual(some);
    const order = permutation(3000, createRandom(3, 'any'));
    const few = [...order.subarray(0, 600)];
    const take = (values: Float32Array, width: number) =>
      Float32Array.from(few.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
    const other = await preservation(take(from, 5), 5, take(to, 2), 2, { runtime });
    expect(Math.abs(other.trustworthiness.value - some.trustworthiness.value)).toBeLessThan(0.02);
  });

  it('is refused where points are too few, not the same or not finite', async () => {
    await expect(preservation(cloud(3, 2, 1), 2, cloud(3, 1, 1), 1, { runtime })).rejects.toThrow('4 or more');
    await expect(preservation(cloud(9, 2, 1), 2, cloud(8, 1, 1), 1, { runtime })).rejects.toThrow('expected rows');
    const broken = cloud(9, 1, 1);
    broken[4] = Number.NaN;
    await expect(preservation(cloud(9, 2, 1), 2, broken, 1, { runtime })).rejects.toThrow('row 5');
  });
});
