import { describe, expect, it } from 'vitest';
import { blobs, type ConstructedSpace, disc, gaussian, islands, moved, ring, swissRoll } from './constructed.oracle.js';

/** Distances between rows of two arrays. */
function distances(a: Float32Array, b: Float32Array, width: number): number[] {
  return Array.from({ length: a.length / width }, (_, n) =>
    Math.hypot(...Array.from({ length: width }, (_unused, k) => a[n * width + k]! - b[n * width + k]!)),
  );
}

const spaces: (() => ConstructedSpace)[] = [
  blobs,
  islands,
  disc,
  ring,
  () => ring({ thickness: 0.4 }),
  swissRoll,
  gaussian,
  () => gaussian({ width: 16 }),
];

describe('constructed spaces', () => {
  for (const make of spaces) {
    const space = make();
    it(`${space.name}: codes come back as they were, turned ones too`, async () => {
      for (const one of [space, moved(space, { seed: 3, scale: 2, offset: 5 })]) {
        expect(Math.max(...distances(one.codes, await one.roundTrip(one.codes), one.width))).toBeLessThan(1e-4);
        expect(Math.max(...distances(one.examples, await one.decode(one.codes), one.size))).toBeLessThan(1e-4);
        expect(Math.max(...distances(one.codes, await one.encode(one.examples), one.width))).toBeLessThan(1e-4);
      }
    });
  }

  it('move a place in a hole to the support, by as much as it is away', async () => {
    const back = async (space: ConstructedSpace, ...place: number[]) => [
      ...(await space.roundTrip(Float32Array.from(place))),
    ];
    const close = (actual: number[], expected: number[]): void => {
      for (const [k, value] of expected.entries()) expect(actual[k]).toBeCloseTo(value, 5);
    };
    close(await back(blobs(), -1, 0), [-3, 0]);
    close(await back(islands(), 1.5, 0), [1, 0]);
    close(await back(ring(), 0.3, 0.4), [0.6, 0.8]);
    close(await back(ring({ thickness: 0.4 }), 0.3, 0.4), [0.48, 0.64]);
    close(await back(disc(), 0, 2), [0, 1]);
    close(await back(gaussian(), 3, 4), [3, 4]);
    const [x, y, z] = await back(swissRoll(), 8, 3, 1);
    expect(y).toBe(3);
    let nearest = Number.POSITIVE_INFINITY;
    for (let t = 1.5 * Math.PI; t < 4.5 * Math.PI; t += 1e-4) {
      nearest = Math.min(nearest, Math.hypot(t * Math.cos(t) - 8, t * Math.sin(t) - 1));
    }
    expect(Math.hypot(x! - 8, z! - 1)).toBeCloseTo(nearest, 5);
  });

  it('jump between islands where the decoder is sudden, and nowhere where it is smooth', async () => {
    const ends = Float32Array.of(1.99, 0, 2.01, 0);
    for (const [decoder, least, most] of [
      ['smooth', 0.01, 0.03],
      ['sudden', 1.99, 2.01],
    ] as const) {
      const space = islands({ decoder });
      const out = await space.decode(ends);
      const [step] = distances(out.slice(0, space.size), out.slice(space.size), space.size);
      expect(step).toBeGreaterThan(least);
      expect(step).toBeLessThan(most);
    }
  });
});
