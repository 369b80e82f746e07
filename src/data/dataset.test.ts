import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { inFolder, npyBytes, table } from '../../test/tiny.js';
import { collect } from './collect.js';
import { type Dataset, readInto } from './dataset.js';
import { readNpy } from './read/npy.js';
import { drawRuns, runsDataset } from './runs.js';
import { sliceDataset } from './slice.js';
import { streamOf } from './stream.js';

describe('reading into memory that is there', () => {
  it('gives what reading a block gives, of any view of any data', async () => {
    await inFolder(async (folder) => {
      const save = async (name: string, values: ArrayBufferView, type: string): Promise<Dataset> => {
        const path = join(folder, `${name}.npy`);
        await writeFile(path, npyBytes(values, { type, shape: [60, 2] }));
        return readNpy(path, { largeBytes: 10 });
      };
      const numbers = Array.from({ length: 120 }, (_, i) => i);
      const floats = await save('f4', Float32Array.from(numbers), '<f4');
      const bytes = await save('u1', Uint8Array.from(numbers), '|u1');
      const doubles = await save('f8', Float64Array.from(numbers), '<f8');
      const spooled = await collect(streamOf(floats), { memoryBytes: 1 });
      const memory = table(60, 2);
      const fills = async (data: Dataset): Promise<boolean> => {
        const into = (await data.block(0, 2)).slice();
        return (await data.block(0, 2, into)) === into;
      };
      expect(await Promise.all([floats, bytes, spooled].map(fills))).toEqual([true, true, true]);
      expect(await Promise.all([doubles, memory].map(fills))).toEqual([false, false]);
      const views = [floats, bytes, spooled, doubles, memory].flatMap((data) => [
        data,
        sliceDataset(data, 5, 55),
        runsDataset(data, drawRuns(data, 20, 1, 'a')),
        // what others make of a block is not passed by
        { ...data, block: async (a: number, b: number) => (await data.block(a, b)).map((value) => value + 1) },
      ]);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...views), fc.nat(60), fc.nat(60), async (data, a, b) => {
          const [start, end] = [Math.min(a, b, data.length), Math.min(Math.max(a, b), data.length)];
          const values = await data.block(start, end);
          const into = values.slice().fill(99);
          await readInto(data, start, end, into);
          expect([...into]).toEqual([...values]);
        }),
        { numRuns: effort(200, 2000) },
      );
    });
  });

  it('finds values that are not finite', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'n.npy');
      await writeFile(path, npyBytes(Float32Array.of(1, 2, Number.NaN, 4), { shape: [2, 2] }));
      const data = await readNpy(path, { largeBytes: 10 });
      await expect(readInto(data, 0, 2, new Float32Array(4))).rejects.toThrow(/row 2, column 1: .*got NaN/);
    });
  });
});
