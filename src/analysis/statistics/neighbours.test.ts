import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { distanceBlocks, nearestNeighbours } from './neighbours.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

function cloud(count: number, width: number, seed: number, offset = 0): Float32Array {
  const random = createRandom(seed, 'cloud');
  return Float32Array.from({ length: count * width }, () => offset + random.normal());
}

const distance = (a: Float32Array, i: number, b: Float32Array, j: number, width: number): number =>
  Math.hypot(...Array.from({ length: width }, (_, k) => a[i * width + k]! - b[j * width + k]!));

describe('nearest neighbours', () => {
  it('are those that comparing all pairs finds, far from the origin too', async () => {
    const shapes = fc.record({
      n: fc.integer({ min: 12, max: 60 }),
      width: fc.integer({ min: 1, max: 20 }),
      k: fc.integer({ min: 1, max: 10 }),
      offset: fc.constantFrom(0, 100),
      seed: fc.nat(),
      other: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, width, k, offset, seed, other }) => {
        const points = cloud(n, width, seed, offset);
        const queries = other ? cloud(7, width, seed + 1, offset) : undefined;
        const asked = queries ?? points;
        const found = await nearestNeighbours(runtime, points, width, k, queries ? { queries } : {});
        for (let q = 0; q * width < asked.length; q++) {
          const expected = Array.from({ length: n }, (_, i) => i)
            .filter((i) => other || i !== q)
            .map((i) => distance(asked, q, points, i, width))
            .sort((a, b) => a - b);
          for (let i = 0; i < k; i++) {
            expect(found.distances[q * k + i]).toBeCloseTo(expected[i]!, 10);
            expect(distance(asked, q, points, found.indices[q * k + i]!, width)).toBeCloseTo(expected[i]!, 10);
          }
        }
      }),
      { numRuns: effort(25, 250) },
    );
  });

  it('come from several blocks where there are many points', async () => {
    const points = cloud(3000, 3, 5);
    const starts: number[] = [];
    for await (const { start } of distanceBlocks(runtime, points, points, 3)) starts.push(start);
    expect(starts.length).toBeGreaterThan(1);
    const { indices } = await nearestNeighbours(runtime, points, 3, 1, { queries: points });
    expect([...indices]).toEqual(Array.from({ length: 3000 }, (_, i) => i));
  });

  it('are refused where there are too few points', async () => {
    await expect(nearestNeighbours(runtime, cloud(3, 2, 1), 2, 3)).rejects.toThrow('expected at least 3');
  });
});
