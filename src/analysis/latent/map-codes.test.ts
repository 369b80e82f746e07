import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeAtPlace } from './map-codes.js';

describe('the code that a place of a map stands for', () => {
  it('is the point on the plane', () => {
    const plane = {
      origin: Float32Array.of(1, 2, 3),
      across: Float32Array.of(1, 0, 0),
      up: Float32Array.of(0, 0.6, 0.8),
    };
    const code = codeAtPlace({ points: new Float32Array(2), plane }, new Float32Array(3), 3, [2, 10]);
    expect([...code].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([3, 8, 11]);
  });

  it('is the code of a point where one lies, and a blend within the four nearest codes elsewhere', () => {
    const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        numbers,
        fc.float({ min: -6, max: 6, noNaN: true }),
        fc.float({ min: -6, max: 6, noNaN: true }),
        (raw, u, v) => {
          const points = Float32Array.from(raw);
          const codes = Float32Array.from({ length: 10 }, (_, i) => i * 1.5);
          const at = (place: readonly [number, number]) => codeAtPlace({ points }, codes, 1, place)[0]!;
          const squared = (i: number) => (points[2 * i]! - u) ** 2 + (points[2 * i + 1]! - v) ** 2;
          const nearest = Array.from({ length: 10 }, (_, i) => i).sort((a, b) => squared(a) - squared(b));
          const among = nearest.slice(0, 4).map((i) => codes[i]!);
          const blend = at([u, v]);
          expect(blend).toBeGreaterThanOrEqual(Math.min(...among) - 1e-4);
          expect(blend).toBeLessThanOrEqual(Math.max(...among) + 1e-4);
          const twins = Array.from({ length: 10 }, (_, i) => i).filter(
            (i) => points[2 * i] === points[0] && points[2 * i + 1] === points[1],
          );
          if (twins.length === 1) expect(at([points[0]!, points[1]!])).toBeCloseTo(codes[0]!, 3);
        },
      ),
    );
  });
});
