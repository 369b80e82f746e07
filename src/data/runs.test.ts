import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { watched } from '../../test/tiny.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { LARGE_BYTES } from './large.js';
import { drawRuns, gapsOf, runsDataset, SAMPLE_EXAMPLES, sampleOfLarge } from './runs.js';
import { splitDataset } from './split.js';

/** Examples that are their own positions. */
const numbered = (length: number) =>
  arrayDataset(
    Float32Array.from({ length: 2 * length }, (_, i) => i >> 1),
    {
      name: 'n',
      shape: [2],
      labels: { names: ['even', 'odd'], values: Int32Array.from({ length }, (_, i) => i % 2) },
      names: Array.from({ length }, (_, i) => `${i}.png`),
      times: { column: 't', unit: 'number', values: Float64Array.from({ length }, (_, i) => i / 2) },
    },
  );

/** Data beyond the limit that nobody keeps: each example is its position, as four bytes and zeros. */
function endless(length: number, size = 1024): Dataset {
  return {
    name: 'endless',
    shape: [size],
    type: 'uint8',
    length,
    labels: { names: [], values: Int32Array.from({ length }, (_, i) => i) },
    async block(start, end) {
      const values = new Uint8Array((end - start) * size);
      const view = new DataView(values.buffer);
      for (let i = start; i < end; i++) view.setUint32((i - start) * size, i);
      return values;
    },
  };
}

const positions = async (dataset: Dataset, start: number, end: number): Promise<number[]> => {
  const values = (await dataset.block(start, end)) as Uint8Array;
  const view = new DataView(values.buffer, values.byteOffset);
  return Array.from({ length: end - start }, (_, i) => view.getUint32(i * 1024));
};

describe('runs', () => {
  it('drawn, and what lies between them, are all examples once, in order, however they are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(9),
        async (length, part, seed) => {
          const data = numbered(length);
          const count = Math.max(1, Math.min(length - 1, Math.round(part * length)));
          const runs = drawRuns(data, count, seed, 'test');
          const sides = [runsDataset(data, runs, 'chosen'), runsDataset(data, gapsOf(runs, length))] as const;
          expect(sides.map((side) => side.length)).toEqual([count, length - count]);
          const seen: number[] = [];
          for (const side of sides) {
            const whole = Array.from(await side.block(0, side.length)).filter((_, i) => i % 2 === 0);
            const middle = side.length >> 1;
            const parts = [...(await side.block(0, middle)), ...(await side.block(middle, side.length))];
            expect(parts.filter((_, i) => i % 2 === 0)).toEqual(whole);
            expect(whole.toSorted((a, b) => a - b)).toEqual(whole);
            expect([...side.labels!.values]).toEqual(whole.map((position) => position % 2));
            expect([...side.times!.values]).toEqual(whole.map((position) => position / 2));
            expect(side.names).toEqual(whole.map((position) => `${position}.png`));
            seen.push(...whole);
          }
          expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(length).keys()]);
        },
      ),
      { numRuns: effort(60, 600) },
    );
  });

  it('are read whole where the gaps are small, and apart where they are not', async () => {
    const data = watched(numbered(1000));
    const near = runsDataset(data, [
      [0, 10],
      [12, 20],
    ]);
    await near.block(5, 15);
    expect(data.reads).toEqual([[5, 17]]);
    data.reads.length = 0;
    const far = runsDataset(data, [
      [0, 10],
      [900, 910],
    ]);
    await far.block(5, 15);
    expect(data.reads).toEqual([
      [5, 10],
      [900, 905],
    ]);
  });

  it('lie all over the data', () => {
    const runs = drawRuns(endless(1_000_000), 50_000, 1, 'test');
    expect(runs[0]![1] - runs[0]![0]).toBe(64);
    const tenths = new Array<number>(10).fill(0);
    for (const [start] of runs) tenths[Math.floor(start / 100_000)]! += 1;
    // 782 runs: 78 ± 8 in each tenth
    expect(Math.min(...tenths)).toBeGreaterThan(50);
    expect(Math.max(...tenths)).toBeLessThan(110);
  });
});

describe('splitting data beyond the limit', () => {
  const length = Math.floor(LARGE_BYTES / 1024) + 100_000;

  it('reads nothing and copies nothing, and puts every example on one side', async () => {
    const data = watched(endless(length));
    const { train, validation } = await splitDataset(data, 0.1, 3);
    expect(data.reads).toEqual([]);
    expect([train.length, validation.length]).toEqual([length - Math.round(length / 10), Math.round(length / 10)]);
    expect(validation.name).toBe('endless/validation');
    const all = new Uint8Array(length);
    for (const side of [train, validation]) for (const position of side.labels!.values) all[position]! += 1;
    expect(all.every((count) => count === 1)).toBe(true);
    for (const side of [train, validation]) {
      expect(await positions(side, 5000, 6000)).toEqual([...side.labels!.values.subarray(5000, 6000)]);
    }
  });

  it('takes no more than it is told', async () => {
    expect((await splitDataset(endless(length), 0.5, 3, 1000)).validation.length).toBe(1000);
    // of less data the fraction holds
    expect((await splitDataset(endless(5000), 0.5, 3, 1000)).validation.length).toBe(2500);
  });
});

describe('a sample', () => {
  it('is taken of large data only, always the same, and stays below the limit itself', () => {
    const small = endless(1000);
    expect(sampleOfLarge(small)).toBe(small);
    const sample = sampleOfLarge(endless(400_000));
    expect(sample.length).toBe(SAMPLE_EXAMPLES);
    expect(sampleOfLarge(endless(400_000)).labels).toEqual(sample.labels);
    expect(sampleOfLarge(endless(400_000), 1).labels).not.toEqual(sample.labels);
    expect(sampleOfLarge(endless(1000, 2 ** 20)).length).toBe(256);
  });
});
