import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctRows } from '../statistics/rows.js';
import { placeAmong } from './map-umap.js';

describe('distinct rows', () => {
  it('are the first of each value', () => {
    const values = fc.array(fc.constantFrom(0, -0, 1, -1, 0.5), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 3 }), (drawn, width) => {
        const rows = Math.floor(drawn.length / width);
        const { first, like } = distinctRows(Float32Array.from(drawn.slice(0, rows * width)), width);
        const text = (row: number): string => drawn.slice(row * width, (row + 1) * width).join();
        const seen = [...new Set(Array.from({ length: rows }, (_, row) => text(row)))];
        expect(Array.from(first, text)).toEqual(seen);
        expect(Array.from(like, (index) => text(first[index]!))).toEqual(
          Array.from({ length: rows }, (_, row) => text(row)),
        );
      }),
    );
  });
});

describe('a place among others', () => {
  const two = { k: 4, indices: Int32Array.of(0, 1, 2, 3), distances: Float64Array.of(1, 1, 1, 1) };

  it('is where most neighbours are, not between', () => {
    const places = Float32Array.of(0, 0, 0, 1, 1, 0, 100, 0);
    const [x, y] = placeAmong(two, places);
    expect(x).toBeLessThanOrEqual(1);
    expect(y).toBeLessThanOrEqual(1);
  });

  it('is that of a neighbour with the same code', () => {
    const places = Float32Array.of(3, 4, 0, 1, 1, 0, 0, 0);
    const [x, y] = placeAmong({ ...two, distances: Float64Array.of(0, 1, 1, 1) }, places);
    expect(x).toBeCloseTo(3, 4);
    expect(y).toBeCloseTo(4, 4);
  });

  it('never leaves the box of the neighbours', () => {
    const coordinate = fc.double({ min: -10, max: 10, noNaN: true });
    const neighbour = fc.tuple(coordinate, coordinate, fc.double({ min: 0, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(neighbour, { minLength: 1, maxLength: 12 }), (neighbours) => {
        const distances = Float64Array.from(neighbours, ([, , distance]) => distance).sort();
        const indices = Int32Array.from(neighbours.keys());
        const places = Float32Array.from(neighbours.flatMap((one) => one.slice(0, 2)));
        const found = placeAmong({ k: neighbours.length, indices, distances }, places);
        for (const axis of [0, 1]) {
          const along = places.filter((_, i) => i % 2 === axis);
          expect(found[axis]).toBeGreaterThanOrEqual(Math.min(...along) - 1e-5);
          expect(found[axis]).toBeLessThanOrEqual(Math.max(...along) + 1e-5);
        }
      }),
    );
  });
});
