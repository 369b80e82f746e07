import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighbourhoodOf } from './neighbourhood.js';

describe('the neighbourhood of a place', () => {
  // Numbers whose squares are exact, so that the same distance is the same however it is computed.
  const number = (low: number, high: number) =>
    fc.integer({ min: 64 * low, max: 64 * high }).map((value) => value / 64);
  const place = fc.tuple(number(-3, 3), number(-1, 2));

  it('has the nearest of all points that count, or none within the distance', () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 80 }),
        place,
        number(0, 2),
        fc.integer({ min: 1, max: 3 }),
        (places, [x, y], within, every) => {
          const points = Float32Array.from(places.flat());
          const distance = (i: number): number => Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y);
          const counting = places.map((_, i) => i).filter((i) => i % every === 0);
          const least = Math.min(...counting.map(distance));
          const found = neighbourhoodOf(points).nearest(x, y, within, (i) => i % every === 0);
          if (found === undefined) expect(least).toBeGreaterThan(within * (1 - 1e-12));
          else {
            expect(found % every).toBe(0);
            expect(distance(found)).toBeCloseTo(least, 10);
            expect(least).toBeLessThanOrEqual(within * (1 + 1e-12));
          }
        },
      ),
    );
  });

  it('is found where all points are one', () => {
    expect(neighbourhoodOf(new Float32Array(20).fill(2)).nearest(2, 2, 0.1)).toBeDefined();
    expect(neighbourhoodOf(new Float32Array(20).fill(2)).nearest(3, 2, 0.1)).toBeUndefined();
  });
});
