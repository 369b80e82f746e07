import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from './interpolate.js';

const value = fc.float({ min: -3, max: 3, noNaN: true });
const pair = fc
  .integer({ min: 2, max: 6 })
  .chain((width) =>
    fc.tuple(
      fc.array(value, { minLength: width, maxLength: width }),
      fc.array(value, { minLength: width, maxLength: width }),
    ),
  );
const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));

describe('interpolation', () => {
  it('begins and ends at the two codes, straight or spherical', () => {
    fc.assert(
      fc.property(pair, fc.constantFrom('straight' as const, 'spherical' as const), ([a, b], path) => {
        const [from, to] = [Float32Array.from(a), Float32Array.from(b)];
        const codes = interpolate(from, to, 9, path);
        for (let k = 0; k < from.length; k++) {
          expect(codes[k]).toBeCloseTo(from[k]!, 5);
          expect(codes[8 * from.length + k]).toBeCloseTo(to[k]!, 5);
        }
      }),
    );
  });

  it('takes equal steps on a straight path', () => {
    const codes = interpolate(Float32Array.of(0, 0), Float32Array.of(4, 8), 5);
    expect([...codes]).toEqual([0, 0, 1, 2, 2, 4, 3, 6, 4, 8]);
  });

  it('keeps the length and takes equal angles on a spherical one between codes of one length', () => {
    const codes = interpolate(Float32Array.of(2, 0, 0), Float32Array.of(0, 2, 0), 4, 'spherical');
    for (let step = 0; step < 4; step++) {
      const place = codes.subarray(3 * step, 3 * step + 3);
      expect(norm(place)).toBeCloseTo(2, 5);
      expect(Math.atan2(place[1]!, place[0]!)).toBeCloseTo((step / 3) * (Math.PI / 2), 5);
    }
  });

  it('goes straight where there is no one great circle: from or to the origin, between opposite codes', () => {
    for (const to of [Float32Array.of(0, 0), Float32Array.of(-1, 0)]) {
      const from = Float32Array.of(1, 0);
      expect(interpolate(from, to, 7, 'spherical')).toEqual(interpolate(from, to, 7));
    }
  });
});
