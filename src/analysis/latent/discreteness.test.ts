import { afterAll, describe, expect, it } from 'vitest';
import { createRuntime } from '../../runtime/node.js';
import { blobs, disc, gaussian, islands } from './constructed.oracle.js';
import { discretenessFigures } from './discreteness.js';
import { jumpsAlong } from './jumps.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());
const at = { runtime, points: 1500 };

describe('discreteness', () => {
  it.each([
    ['two blobs', blobs({ count: 1200 }), 2],
    ['nine islands', islands({ count: 1500, side: 3 }), 9],
    ['a disc', disc({ count: 1200 }), 1],
    ['a gaussian of 16 dimensions', gaussian({ count: 1200, width: 16 }), 1],
  ] as const)('counts the components of %s', async (_, space, count) => {
    const { components } = await discretenessFigures(space, space.codes, at);
    expect(components.count).toBe(count);
    expect(components.parts).toHaveLength(count);
    expect(components.interval[0]).toBeLessThanOrEqual(count);
    expect(components.interval[1]).toBeGreaterThanOrEqual(count);
  });

  it('finds sudden changes between islands, and none where the decoder is even', async () => {
    const jumpOf = async (space: ReturnType<typeof blobs>) => (await discretenessFigures(space, space.codes, at)).jump;
    const [sudden, smooth, even] = [
      await jumpOf(islands({ count: 800, decoder: 'sudden' })),
      await jumpOf(islands({ count: 800 })),
      await jumpOf(disc({ count: 800 })),
    ];
    expect(even.value).toBeCloseTo(1, 3);
    expect(sudden.interval[0]).toBeGreaterThan(smooth.interval[1]);
    expect(sudden.value).toBeGreaterThan(4);
  });

  it('is one component without a jump where all codes are the same', async () => {
    const space = disc({ count: 50 });
    const { components, jump } = await discretenessFigures(space, new Float32Array(100).fill(0.1), { runtime });
    expect(components.count).toBe(1);
    expect(jump.value).toBe(1);
  });
});

describe('the jump along a line', () => {
  it('is 1 for equal steps, and the number of steps for a single one', () => {
    expect([...jumpsAlong(Float32Array.of(0, 1, 2, 3, 4), 4, 1)]).toEqual([1]);
    expect([...jumpsAlong(Float32Array.of(0, 0, 0, 5, 5), 4, 1)]).toEqual([4]);
    expect([...jumpsAlong(Float32Array.of(7, 7, 7, 7, 7), 4, 1)]).toEqual([1]);
    // two lines of two values: lengths 5 and 5, then 1 and 3
    expect([...jumpsAlong(Float32Array.of(0, 0, 3, 4, 6, 8, 0, 0, 1, 0, 1, 3), 2, 2)]).toEqual([1, 1.5]);
  });
});
