import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { densityComponents } from './components.js';
import { islands, ring } from './constructed.oracle.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** Two normal heaps of the same size, so many standard deviations apart. */
function heaps(width: number, apart: number, count = 1000): Float32Array {
  const random = createRandom(3, 'heaps');
  return Float32Array.from({ length: count * width }, (_, i) => {
    const side = Math.floor(i / width) % 2;
    return random.normal() + (i % width === 0 ? side * apart : 0);
  });
}

describe('components at a density level', () => {
  it('have the parts of the islands they are', async () => {
    const { codes, labels } = islands({ side: 2, count: 1200 });
    const { count, parts, interval } = await densityComponents(codes, 2, { runtime });
    expect(count).toBe(4);
    expect(interval).toEqual([4, 4]);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 10);
    expect(parts).toEqual([...parts].sort((a, b) => b - a));
    // as many codes in each, but for chance
    const largest = Math.max(...[0, 1, 2, 3].map((label) => labels.filter((other) => other === label).length)) / 1200;
    expect(Math.abs(parts[0]! - largest)).toBeLessThan(0.1);
  });

  it('are two where heaps lie apart, one where they touch', async () => {
    const countOf = async (width: number, apart: number): Promise<number> =>
      (await densityComponents(heaps(width, apart), width, { runtime, subsamples: 2 })).count;
    expect([await countOf(2, 3), await countOf(2, 6)]).toEqual([1, 2]);
    expect([await countOf(16, 4), await countOf(16, 10)]).toEqual([1, 2]);
  });

  it('are not what chance makes of an even line, at any size', async () => {
    for (const count of [200, 700, 2500]) {
      for (const seed of [1, 2]) {
        const { codes } = ring({ count, seed });
        expect((await densityComponents(codes, 2, { runtime, subsamples: 2 })).count).toBe(1);
      }
    }
  });

  it('are the different codes where there are few, but not those of hardly any examples', async () => {
    const oneHot = Float32Array.from({ length: 3000 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
    const { count, parts } = await densityComponents(oneHot, 3, { runtime });
    expect(count).toBe(3);
    for (const part of parts) expect(part).toBeCloseTo(1 / 3, 2);
    const outliers = heaps(2, 0, 600);
    outliers.set([40, 40, -40, 40, 40, -40]);
    expect((await densityComponents(outliers, 2, { runtime })).count).toBe(1);
  });

  it('are one of codes that are all the same, or only one or two', async () => {
    for (const codes of [new Float32Array(60).fill(2), Float32Array.of(1, 2), Float32Array.of(1, 2, 5, 5)]) {
      const { count, interval, parts } = await densityComponents(codes, 2, { runtime });
      expect({ count, interval, parts }).toEqual({ count: 1, interval: [1, 1], parts: [1] });
    }
  });

  it('are refused of nothing and of what is no number', async () => {
    await expect(densityComponents(new Float32Array(0), 2, { runtime })).rejects.toThrow('at least 1');
    await expect(densityComponents(Float32Array.of(1, 2, 3, Number.NaN), 2, { runtime })).rejects.toThrow('row 2');
  });
});
