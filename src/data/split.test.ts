import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { arrayDataset } from './dataset.js';
import { splitDataset } from './split.js';
import { readBlocks } from './stream.js';

const numbered = (length: number) =>
  arrayDataset(
    Float32Array.from({ length: 2 * length }, (_, i) => i),
    {
      name: 'n',
      shape: [2],
      columns: ['a', 'b'],
      names: Array.from({ length }, (_, i) => `${i}.png`),
      labels: { names: ['even', 'odd'], values: Int32Array.from({ length }, (_, i) => i % 2) },
    },
  );

describe('splitting', () => {
  it('puts every example on exactly one side, with its label', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 200 }), fc.integer(), async (length, seed) => {
        const { train, validation } = await splitDataset(numbered(length), 0.25, seed);
        expect(validation.length).toBe(Math.round(length * 0.25));
        const seen: number[] = [];
        for (const side of [train, validation]) {
          const values = await side.block(0, side.length);
          expect(side).toMatchObject({ shape: [2], columns: ['a', 'b'], type: 'float32' });
          for (let i = 0; i < side.length; i++) {
            const example = (values[2 * i] as number) / 2;
            expect(values[2 * i + 1]).toBe(2 * example + 1);
            expect(side.labels?.values[i]).toBe(example % 2);
            expect(side.names?.[i]).toBe(`${example}.png`);
            seen.push(example);
          }
        }
        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      }),
      { numRuns: effort(40, 400) },
    );
  });

  it('is the same for the same seed and another for another', async () => {
    const side = async (seed: number) => {
      const { validation } = await splitDataset(numbered(100), 0.2, seed);
      return [...(await validation.block(0, validation.length))];
    };
    expect(await side(1)).toEqual(await side(1));
    expect(await side(1)).not.toEqual(await side(2));
  });

  it('keeps bytes and works across blocks', async () => {
    const bytes = arrayDataset(
      Uint8Array.from({ length: 10_000 }, (_, i) => i % 251),
      { name: 'b', shape: [1] },
    );
    const { train } = await splitDataset(bytes, 0.5, 3);
    expect(train).toMatchObject({ type: 'uint8', length: 5000 });
  });

  it('refuses an empty side and fractions that are none', async () => {
    await expect(splitDataset(numbered(3), 0.1, 0)).rejects.toThrow(/got 3 and 0 \(3 × 0.1\)/);
    await expect(splitDataset(numbered(3), 0.9, 0)).rejects.toThrow(/got 0 and 3/);
    for (const fraction of [0, 1, -1, Number.NaN]) {
      await expect(splitDataset(numbered(3), fraction, 0)).rejects.toThrow(/between 0 and 1, got/);
    }
  });
});

it('blocks cover the data once, in order, whatever the size of an example', async () => {
  for (const [length, size] of [
    [9000, 1],
    [5, 2 ** 23],
  ] as const) {
    const dataset = arrayDataset(new Uint8Array(length * size), { name: 'd', shape: [size] });
    let next = 0;
    for await (const { start, end, values } of readBlocks(dataset)) {
      expect(start).toBe(next);
      expect(values.length).toBe((end - start) * size);
      expect(values.length).toBeLessThanOrEqual(2 ** 24);
      next = end;
    }
    expect(next).toBe(length);
  }
});
