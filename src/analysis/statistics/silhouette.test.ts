import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { silhouettes } from './silhouette.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** As Rousseeuw (1987) writes it, distance by distance. */
function byDefinition(points: Float32Array, width: number, groups: readonly number[], i: number): number {
  const distance = (j: number): number =>
    Math.hypot(...Array.from({ length: width }, (_, k) => points[i * width + k]! - points[j * width + k]!));
  const mean = (group: number): number => {
    const members = groups.flatMap((own, j) => (own === group && j !== i ? [distance(j)] : []));
    return members.reduce((sum, value) => sum + value, 0) / members.length;
  };
  const own = mean(groups[i]!);
  const others = [...new Set(groups)].filter((group) => group !== groups[i]).map(mean);
  if (Number.isNaN(own) || others.length === 0) return 0;
  const nearest = Math.min(...others);
  return (nearest - own) / Math.max(nearest, own);
}

describe('silhouettes', () => {
  it('are their definition, for several groupings at once', async () => {
    const shapes = fc.record({
      n: fc.integer({ min: 2, max: 40 }),
      width: fc.integer({ min: 1, max: 8 }),
      counts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      offset: fc.constantFrom(0, 30),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, width, counts, offset, seed }) => {
        const random = createRandom(seed, 'silhouette-test');
        const points = Float32Array.from({ length: n * width }, () => offset + random.normal());
        // Some groups may have nobody.
        const groupings = counts.map((count) => ({
          count,
          groups: Array.from({ length: n }, () => random.integer(count)),
        }));
        const found = await silhouettes(runtime, points, width, groupings);
        groupings.forEach(({ groups }, at) => {
          for (let i = 0; i < n; i++) {
            expect(found[at]![i]).toBeCloseTo(byDefinition(points, width, groups, i), 3);
          }
        });
      }),
      { numRuns: effort(25, 250) },
    );
  });

  it('are 1 for heaps of the same codes, and 0 where all codes are the same or one alone', async () => {
    const groups = [0, 0, 1, 1, 2];
    const [heaps] = await silhouettes(runtime, Float32Array.of(1, 2, 1, 2, 5, 1, 5, 1, 9, 9), 2, [
      { groups, count: 3 },
    ]);
    expect([...heaps!]).toEqual([1, 1, 1, 1, 0]);
    const [same] = await silhouettes(runtime, new Float32Array(10).fill(0.1), 2, [{ groups, count: 3 }]);
    expect([...same!]).toEqual([0, 0, 0, 0, 0]);
  });
});
