import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import type { Estimate } from '../statistics/estimate.js';
import type { CodeSpace } from './code-space.js';
import {
  blobs,
  type ConstructedOptions,
  type ConstructedSpace,
  disc,
  gaussian,
  islands,
  moved,
  ring,
} from './constructed.oracle.js';
import { gapDepths, gapReference } from './gap-reference.js';
import { gapFigures } from './gaps.js';
import { placeFigures } from './place-figures.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** Fewer places and resamples than by default. */
const quick = { runtime, places: 600, resamples: 60 };

/** A space whose round trip changes nothing. */
const identity = (width: number): CodeSpace => ({
  width,
  size: width,
  encode: async (x) => x,
  decode: async (z) => z,
  roundTrip: async (z) => z.slice(),
});

const meet = (a: Estimate, b: Estimate): boolean => a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1];

describe('in very many dimensions', () => {
  it.each([40, 200])('figures of %i are numbers, and so are the ends of their intervals', async (width) => {
    // some codes are much farther out than others, as those of images are
    const random = createRandom(1, 'far');
    const far = Float64Array.from({ length: 300 }, () => Math.exp(0.5 * random.normal()));
    const codes = gaussian({ count: 300, width }).codes.map((value, i) => value * far[Math.floor(i / width)]!);
    const { region } = await gapFigures(identity(width), codes, quick);
    for (const { value, interval } of Object.values(region) as Estimate[]) {
      for (const number of [value, ...interval]) expect(number).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('what real codes are like', () => {
  it('is their own round trip and distance, of which limits leave out 1 %', async () => {
    const space = disc({ count: 1000, wobble: 0.05 });
    const reference = await gapReference(space, space.codes, { runtime });
    const beyond = (values: Float64Array, limit: number): number => values.filter((value) => value > limit).length;
    expect(beyond(reference.roundTrips, reference.limits.roundTrip)).toBe(10);
    expect(beyond(reference.distances, reference.limits.distance)).toBe(10);
    const { depth } = await gapDepths(space, reference, space.codes, { runtime });
    expect(beyond(depth, 1)).toBeLessThanOrEqual(20);
  });

  it('is a seeded sample of many codes, and says which', async () => {
    const space = disc({ count: 300 });
    const reference = await gapReference(space, space.codes, { runtime, points: 100, seed: 4 });
    expect(new Set(reference.positions).size).toBe(100);
    for (const [i, position] of reference.positions.entries()) {
      expect(reference.codes[2 * i]).toBe(space.codes[2 * position]);
    }
    const again = await gapReference(space, space.codes, { runtime, points: 100, seed: 4 });
    expect(again).toEqual(reference);
  });

  it('makes a place as deep as its round trip and distance are over the limits', async () => {
    const space = ring({ count: 2000, wobble: 0.02 });
    const reference = await gapReference(space, space.codes, { runtime });
    const { depth, roundTrip, distance } = await gapDepths(space, reference, Float32Array.of(0.3, 0.4), { runtime });
    // half-way to the middle: the circle is 0.5 away, and codes lie on it closely
    expect(distance[0]! * reference.limits.distance).toBeCloseTo(0.5, 3);
    expect(Math.abs(roundTrip[0]! * reference.limits.roundTrip - 0.5)).toBeLessThan(0.04);
    expect(depth[0]).toBe(Math.max(roundTrip[0]!, distance[0]!));
  });
});

describe('gaps', () => {
  it('are the part of the way between two heaps that is empty', async () => {
    const space = islands({ side: 2, count: 1500 });
    const { lines, codesRoundTrip } = await gapFigures(space, space.codes, { ...quick, places: 2000 });
    // what a grid of places says, with nothing drawn: for lines between different discs, the part outside of all
    const random = createRandom(9, 'ends');
    let outside = 0;
    const tries = 200_000;
    for (let i = 0; i < tries; i++) {
      const end = (): number[] => {
        const island = random.integer(4);
        const [radius, angle] = [Math.sqrt(random.uniform()), 2 * Math.PI * random.uniform()];
        return [4 * (island % 2) + radius * Math.cos(angle), 4 * Math.floor(island / 2) + radius * Math.sin(angle)];
      };
      const [a, b, t] = [end(), end(), random.uniform()];
      const place = a.map((value, k) => (1 - t) * value + t * b[k]!);
      const nearest = place.map((value) => value - 4 * Math.round(Math.min(1, Math.max(0, value / 4))));
      if (Math.hypot(...nearest) > 1) outside++;
    }
    expect(lines.unfaithful.interval[0]).toBeLessThan(outside / tries);
    expect(lines.unfaithful.interval[1]).toBeGreaterThan(outside / tries);
    expect(lines.gaps.value).toBeGreaterThanOrEqual(Math.max(lines.unfaithful.value, lines.empty.value));
    expect(codesRoundTrip.value).toBe(0);
  });

  it('are not where codes fill their region evenly or as a round heap, at any width', async () => {
    for (const space of [disc(), gaussian(), gaussian({ width: 16 })]) {
      const { lines, region } = await gapFigures(space, space.codes, quick);
      expect(lines.gaps.value).toBeLessThan(0.03);
      expect(region.gaps.interval[0]).toBeLessThan(0.07);
    }
  });

  it('have no round trip where decoding and encoding change nothing, float noise or not', async () => {
    const { codes } = blobs();
    const noisy: CodeSpace = {
      ...identity(2),
      roundTrip: async (z) => z.map((value, i) => value + 1e-5 * Math.sin(i)),
    };
    for (const space of [identity(2), noisy]) {
      const { lines, region, codesRoundTrip } = await gapFigures(space, codes, quick);
      for (const figures of [lines, region]) {
        expect(figures.unfaithful).toEqual({ value: 0, interval: [0, 0] });
        expect(figures.roundTrip).toEqual({ value: 0, interval: [0, 0] });
        expect(figures.empty.value).toBeGreaterThan(0.2);
      }
      expect(codesRoundTrip.value).toBe(0);
    }
  });

  it('stay what they are when codes are turned, scaled and moved', async () => {
    const changes = fc.record({
      turn: fc.nat(1000),
      scale: fc.constantFrom(0.01, 0.5, 30),
      offset: fc.constantFrom(0, -3, 20),
      make: fc.constantFrom<(options: ConstructedOptions) => ConstructedSpace>(blobs, islands, ring, disc),
    });
    await fc.assert(
      fc.asyncProperty(changes, async ({ turn, scale, offset, make }) => {
        const space = make({ count: 400, wobble: 0.03 });
        const other = moved(space, { seed: turn, scale, offset: offset * scale });
        const [before, after] = [
          await gapFigures(space, space.codes, quick),
          await gapFigures(other, other.codes, quick),
        ];
        for (const part of ['lines', 'region'] as const) {
          for (const name of ['gaps', 'unfaithful', 'empty', 'roundTrip'] as const) {
            // places of the region are others when its axes point elsewhere
            const tolerance = part === 'lines' ? 0.006 : 0.06;
            expect(Math.abs(before[part][name].value - after[part][name].value)).toBeLessThan(tolerance);
          }
          expect(after[part].distance.value / before[part].distance.value).toBeGreaterThan(0.8);
          expect(after[part].distance.value / before[part].distance.value).toBeLessThan(1.25);
        }
      }),
      { numRuns: effort(12, 120) },
    );
  });

  it('agree within their intervals between two draws of the codes', async () => {
    let [agreed, asked] = [0, 0];
    const thick = (options: ConstructedOptions): ConstructedSpace => ring({ ...options, thickness: 0.4 });
    for (const make of [blobs, disc, thick]) {
      for (let seed = 0; seed < 5; seed++) {
        const [a, b] = await Promise.all(
          [2 * seed + 1, 2 * seed + 2].map(async (draw) => {
            const space = make({ count: 400, seed: draw, wobble: 0.03 });
            return gapFigures(space, space.codes, { ...quick, seed: draw });
          }),
        );
        for (const part of ['lines', 'region'] as const) {
          for (const name of ['gaps', 'unfaithful', 'empty', 'roundTrip', 'distance'] as const) {
            asked++;
            if (meet(a![part][name], b![part][name])) agreed++;
          }
        }
      }
    }
    // 99 % of intervals of 95 % meet; and they are not so wide that all do whatever is compared
    expect(agreed / asked).toBeGreaterThan(0.95);
    const [one, other] = [blobs({ count: 400 }), disc({ count: 400 })];
    const figures = [await gapFigures(one, one.codes, quick), await gapFigures(other, other.codes, quick)] as const;
    expect(meet(figures[0].lines.gaps, figures[1].lines.gaps)).toBe(false);
  });

  it('are the same digit for digit with the same seed', async () => {
    const space = islands({ count: 300 });
    const first = await gapFigures(space, space.codes, { ...quick, seed: 3 });
    expect(await gapFigures(space, space.codes, { ...quick, seed: 3 })).toEqual(first);
    expect(await gapFigures(space, space.codes, { ...quick, seed: 4 })).not.toEqual(first);
  });

  it('are less certain where there are few codes, though each line then has many places', async () => {
    const width = async (count: number): Promise<number> => {
      const space = blobs({ count });
      const { interval } = (await gapFigures(space, space.codes, quick)).lines.gaps;
      return interval[1] - interval[0];
    };
    expect(await width(20)).toBeGreaterThan(2 * (await width(1200)));
  });

  it('are everywhere beside codes that are few different ones', async () => {
    const oneHot = Float32Array.from({ length: 600 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
    const { lines } = await gapFigures(identity(3), oneHot, quick);
    // a third of the lines has the same code at both ends
    expect(lines.empty.value).toBeGreaterThan(0.55);
    expect(lines.empty.value).toBeLessThan(0.78);
  });

  it('are none where all codes are the same, and no figure is NaN', async () => {
    for (const codes of [new Float32Array(80).fill(3), Float32Array.of(0, 1, 2, 5), Float32Array.of(1, 1, 1, 1)]) {
      const { lines, region, codesRoundTrip } = await gapFigures(identity(2), codes, quick);
      for (const { value, interval } of [...Object.values(lines), ...Object.values(region), codesRoundTrip]) {
        expect([value, ...interval].every(Number.isFinite)).toBe(true);
      }
      if (codes.length === 80) expect([lines.gaps.value, region.gaps.value]).toEqual([0, 0]);
    }
    const line = Float32Array.from({ length: 50 }, (_, i) => i);
    expect((await gapFigures(identity(1), line, quick)).lines.gaps.value).toBe(0);
  });

  it('are refused of codes that are too few or no numbers, naming the row', async () => {
    await expect(gapFigures(identity(2), Float32Array.of(1, 2), quick)).rejects.toThrow('at least 2');
    const broken = Float32Array.of(1, 2, 3, Number.NaN, 5, 6);
    await expect(gapFigures(identity(2), broken, quick)).rejects.toThrow('row 2');
    const lost: CodeSpace = { ...identity(2), roundTrip: async (z) => z.map(() => Number.NaN) };
    await expect(gapFigures(lost, blobs().codes, quick)).rejects.toThrow('finite');
  });
});

describe('places of any kind', () => {
  it('are held against the same limits: other draws of the codes have 1 to 2 % in gaps', async () => {
    const [space, other] = [gaussian({ count: 2000 }), gaussian({ count: 2000, seed: 2 })];
    const reference = await gapReference(space, space.codes, { runtime });
    const { gaps, distance } = await placeFigures(space, reference, other.codes, { runtime });
    expect(gaps.value).toBeLessThan(0.03);
    expect(distance.interval[0]).toBeLessThan(1);
    expect(distance.interval[1]).toBeGreaterThan(1);
    const far = other.codes.map((value) => value + 9);
    expect((await placeFigures(space, reference, far, { runtime })).gaps.value).toBe(1);
  });
});
