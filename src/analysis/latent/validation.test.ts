/**
 * Every measure of latent spaces on spaces made to have it or not: what does not rank them as they were made is not
 * kept.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { someOf } from '../../../test/effort.js';
import { createRuntime } from '../../runtime/node.js';
import {
  blobs,
  type ConstructedOptions,
  type ConstructedSpace,
  disc,
  gaussian,
  islands,
  moved,
  randomLabels,
  ring,
  swissRoll,
} from './constructed.oracle.js';
import { discretenessFigures } from './discreteness.js';
import { gapFigures } from './gaps.js';
import { preservation } from './preservation.js';
import { separabilityFigures } from './separability.js';
import { shapeFigures } from './shape.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** Sizes and draws of codes, and the same codes turned, scaled and moved. */
const variants: readonly {
  readonly name: string;
  readonly options: ConstructedOptions;
  readonly change?: Parameters<typeof moved>[1];
}[] = [
  { name: '500 codes', options: { count: 500, seed: 1 } },
  { name: '1500 codes', options: { count: 1500, seed: 2 } },
  { name: '800 codes, turned and shrunk', options: { count: 800, seed: 3 }, change: { seed: 5, scale: 0.02 } },
  {
    name: '800 codes, turned, stretched and moved',
    options: { count: 800, seed: 4 },
    change: { seed: 8, scale: 40, offset: 100 },
  },
];

const makers = {
  blobs,
  islands,
  disc,
  ring,
  roll: swissRoll,
  heap: gaussian,
  wide: (options: ConstructedOptions) => gaussian({ ...options, width: 16 }),
  sudden: (options: ConstructedOptions) => islands({ ...options, decoder: 'sudden' }),
} as const;
type Name = keyof typeof makers;

// Each of the two kinds of change once; the long variant has other sizes and draws too.
describe.each(
  someOf(variants, ({ change, options }) => options.count === 500 || change?.offset !== undefined),
)('$name', ({ options, change }) => {
  const spaces = Object.fromEntries(
    Object.entries(makers).map(([name, make]) => {
      const space: ConstructedSpace = make(options);
      return [name, change ? moved(space, change) : space];
    }),
  ) as Record<Name, ConstructedSpace>;
  const all = Object.keys(makers) as Name[];

  /** A figure of some of the spaces. */
  async function each<Value>(
    names: readonly Name[],
    figure: (space: ConstructedSpace) => Promise<Value>,
  ): Promise<Record<Name, Value>> {
    const rows: [string, Value][] = [];
    for (const name of names) rows.push([name, await figure(spaces[name])]);
    return Object.fromEntries(rows) as Record<Name, Value>;
  }

  it('gaps: around a hole and between turns everywhere, between islands, not in a disc or a heap', async () => {
    const figures = await each(all, (space) => gapFigures(space, space.codes, { runtime, places: 500, resamples: 60 }));
    const expected: Record<Name, readonly [least: number, most: number]> = {
      ring: [0.9, 1],
      roll: [0.85, 1],
      islands: [0.45, 0.68],
      sudden: [0.45, 0.68],
      blobs: [0.18, 0.38],
      disc: [0, 0.03],
      heap: [0, 0.03],
      wide: [0, 0.03],
    };
    for (const name of all) {
      const [least, most] = expected[name];
      expect(figures[name].lines.gaps.value, name).toBeGreaterThanOrEqual(least);
      expect(figures[name].lines.gaps.value, name).toBeLessThanOrEqual(most);
    }
    const filled: Name[] = ['disc', 'heap', 'wide'];
    for (const name of ['ring', 'roll', 'islands', 'sudden', 'blobs'] as const) {
      for (const other of filled) {
        expect(figures[name].lines.gaps.interval[0]).toBeGreaterThan(figures[other].lines.gaps.interval[1]);
        expect(figures[name].region.gaps.interval[0]).toBeGreaterThan(figures[other].region.gaps.interval[1]);
      }
    }
  });

  it('components: as many as were made', async () => {
    const found = await each(all, async (space) => {
      const { components } = await discretenessFigures(space, space.codes, { runtime, subsamples: 5, lines: 2 });
      return components.count;
    });
    expect(found).toEqual({ blobs: 2, islands: 9, sudden: 9, disc: 1, ring: 1, roll: 1, heap: 1, wide: 1 });
  });

  it('jumps: where the decoder is sudden, and nowhere else', async () => {
    const jumps = await each(
      all,
      async (space) => (await discretenessFigures(space, space.codes, { runtime, points: 100, lines: 200 })).jump,
    );
    for (const name of all) {
      if (name === 'sudden') {
        expect(jumps[name].interval[0]).toBeGreaterThan(4);
      } else {
        // a linear decoder, but for rounding
        expect(jumps[name].value).toBeGreaterThanOrEqual(1);
        expect(jumps[name].value).toBeLessThan(1.05);
      }
    }
  });

  it('intrinsic dimension: of a line, a sheet, and as many as a heap has', async () => {
    const found = await each(['ring', 'roll', 'disc', 'heap', 'wide', 'blobs'], async (space) => {
      return (await shapeFigures(space.codes, space.width, { runtime })).intrinsicDimension.value;
    });
    const expected = { ring: 1, roll: 2, disc: 2, heap: 2, blobs: 2 } as const;
    for (const [name, dimension] of Object.entries(expected)) {
      expect(Math.abs(found[name as keyof typeof expected] / dimension - 1), name).toBeLessThan(0.2);
    }
    // in 16 dimensions all neighbours are far, and the density changes on the way to them
    expect(found.wide).toBeGreaterThan(10);
    expect(found.wide).toBeLessThanOrEqual(16);
  });

  it('effective rank: as many as vary alike', async () => {
    const found = await each(['disc', 'ring', 'heap', 'wide', 'blobs'], async (space) => {
      return (await shapeFigures(space.codes, space.width, { runtime })).effectiveRank.value;
    });
    for (const name of ['disc', 'ring', 'heap'] as const) expect(found[name]).toBeCloseTo(2, 1);
    expect(found.wide).toBeGreaterThan(15.5);
    // two heaps 12 apart vary √37 times as much along the line between them as across
    const share = Math.sqrt(37) / (1 + Math.sqrt(37));
    const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    expect(Math.abs(found.blobs - Math.exp(entropy))).toBeLessThan(0.06);
  });

  it('separability: of islands by their names, not by names that mean nothing', async () => {
    const found = await each(['blobs', 'islands', 'disc', 'heap'], async ({ codes, width, labels, classes }) => {
      const random = randomLabels(labels.length, classes);
      const about = { runtime, points: 800 };
      return {
        named: await separabilityFigures(codes, width, { ...about, labels: { values: labels } }),
        random: (await separabilityFigures(codes, width, { ...about, labels: { values: random } })).labelled!,
      };
    });
    for (const name of ['blobs', 'islands'] as const) {
      const { labelled, clusters } = found[name].named;
      expect(labelled!.neighbours.value).toBe(1);
      expect(labelled!.probe.value).toBeGreaterThan(name === 'blobs' ? 0.999 : 0.97);
      expect(labelled!.silhouette.value).toBeGreaterThan(0.6);
      expect(clusters.count).toBe(name === 'blobs' ? 2 : 9);
      expect(clusters.stability.value).toBeGreaterThan(0.95);
    }
    // halves of a disc and sides of a heap can be told apart, but are no heaps
    for (const name of ['disc', 'heap'] as const) {
      const { labelled, clusters } = found[name].named;
      expect(labelled!.probe.value).toBeGreaterThan(0.95);
      expect(labelled!.silhouette.value).toBeLessThan(0.45);
      expect(clusters.silhouette.interval[1]).toBeLessThan(found.blobs.named.clusters.silhouette.interval[0]);
    }
    for (const { random } of Object.values(found)) {
      expect(Math.abs(random.neighbours.value - 1 / random.classes)).toBeLessThan(0.08);
      expect(random.probe.value).toBeLessThan(1.25 * random.chance + 0.05);
      expect(random.silhouette.value).toBeLessThan(0.05);
    }
  });

  it('preservation: whole where examples are the codes laid out, lost where they have nothing to do with each other', async () => {
    for (const name of ['blobs', 'disc', 'ring', 'roll', 'wide'] as const) {
      const { examples, size, codes, width } = spaces[name];
      const { trustworthiness, continuity } = await preservation(examples, size, codes, width, { runtime });
      expect(trustworthiness.value, name).toBeGreaterThan(0.999);
      expect(continuity.value, name).toBeGreaterThan(0.999);
    }
    const { codes, width } = spaces.disc;
    const others = spaces.heap;
    const lost = await preservation(codes, width, others.codes, others.width, { runtime });
    expect(lost.trustworthiness.value).toBeLessThan(0.6);
    expect(lost.continuity.value).toBeLessThan(0.6);
    // a rolled sheet seen from its end: what lies along the roll falls together, and nothing is torn
    const { codes: rolled, width: three, sheet } = spaces.roll;
    const unrolled = await preservation(rolled, three, sheet!, 2, { runtime });
    const heights = Float32Array.from({ length: sheet!.length }, (_unused, i) => (i % 2 === 0 ? 0 : sheet![i]!));
    const flattened = await preservation(rolled, three, heights, 2, { runtime });
    expect(unrolled.trustworthiness.interval[0]).toBeGreaterThan(0.97);
    expect(flattened.trustworthiness.interval[1]).toBeLessThan(unrolled.trustworthiness.interval[0]);
    expect(flattened.continuity.value).toBeGreaterThan(flattened.trustworthiness.value);
  });
});
