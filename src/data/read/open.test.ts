import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { GargaloError } from '../../core/errors.js';
import { writeTable } from '../write/write.js';
import { openData } from './open.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-open-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function save(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 8);

describe('opening data', () => {
  it('goes by content before the name', async () => {
    for (const path of [await save('a.csv', idx), await save('b', gzipSync(idx))]) {
      const { train, test } = await openData(path);
      expect(train).toMatchObject({ type: 'uint8', length: 2, shape: [1] });
      expect(test).toBeUndefined();
    }
  });

  it('goes by name where the content says nothing', async () => {
    const table = { columns: ['a', 'b'], rows: 2, values: Float32Array.of(1, 2, 3, 4) };
    for (const name of ['t.csv', 't.TSV', 't.npy']) {
      await writeTable(join(folder, name), table);
      const { train } = await openData(join(folder, name));
      expect(await train.block(0, 2)).toEqual(table.values);
    }
    await expect(openData(await save('x-idx3-ubyte', 'hello'))).rejects.toThrow(/IDX magic number .*got 0x68656c6c/);
    await expect(openData(await save('x.npy', 'hello'))).rejects.toThrow(/NumPy array .*got 68656c6c6f/);
  });

  it('as windows limits their number', async () => {
    const path = await save('series.csv', `time,a\n${Array.from({ length: 30 }, (_, i) => `t${i},${i}`).join('\n')}`);
    const { train } = await openData(path, { columns: ['a'], window: 4, stride: 3, limit: 5 });
    expect(train).toMatchObject({ length: 5, shape: [4, 1], sequence: true });
    expect([...(await train.block(4, 5))]).toEqual([12, 13, 14, 15]);
    const all = await openData(path, { columns: ['a'], window: 4, stride: 3 });
    expect(all.train.length).toBe(9);
  });

  it('of MNIST limits the training data alone', async () => {
    const { train, test } = await openData('mnist', { limit: 100 });
    expect(train.length).toBe(100);
    expect(train.labels?.values.length).toBe(100);
    expect(test?.length).toBe(10_000);
  });

  it('takes limit, columns and label for tables', async () => {
    const path = await save('l.csv', 'a,b,k\n1,2,x\n3,4,y\n5,6,x\n');
    const { train } = await openData(path, { limit: 2, columns: ['b'], label: 'k' });
    expect(await train.block(0, train.length)).toEqual(Float32Array.of(2, 4));
    expect(train.labels).toEqual({ names: ['x', 'y'], values: Int32Array.of(0, 1) });
    expect((await openData(path, { limit: 9, label: 'k' })).train.length).toBe(3);
    expect((await openData(await save('l', idx), { limit: 1 })).train.length).toBe(1);
  });

  it('refuses in words', async () => {
    const refused = (source: string, options = {}) => expect(openData(source, options)).rejects;
    await refused(5 as never).toThrow(/expected a path or "mnist", got number/);
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await refused('mnist', { limit }).toThrow(`limit: expected a whole number of examples, at least 1, got ${limit}`);
    }
    await refused('mnist', { label: 'x' }).toThrow(/mnist: expected a table for `label`/);
    await refused(await save('i', idx), { columns: ['a'] }).toThrow(/expected a table for `columns`/);
    await refused(join(folder, 'no.csv')).toThrow(
      /no\.csv: expected a file, got nothing .*check the path; readable are: "mnist", a folder of images, IDX/,
    );
    await refused(folder).toThrow(/expected images in the folder, got 4 \.csv, .*\(images that are read: PNG/);
    await refused(await save('x.gar', Uint8Array.of(0x89, 0x47, 0x41, 0x52))).toThrow(
      /got a file that gargalo compress wrote \(gargalo decompress .*x\.gar -o examples\/ brings back/,
    );
    await refused('/dev/null').toThrow(/got a device/);
    await refused(await save('e.csv', '')).toThrow(/e\.csv: expected data, got an empty file/);
    await refused(await save('p.pdf', '%PDF-1.7')).toThrow(/begins with 0x25504446 \(readable are: .*\.csv/);
    await refused(join(await save('f.csv', '1'), 'x')).toThrow(/expected a folder on the way/);
  });

  it('of any bytes under any name gives data or a GargaloError', async () => {
    const heads = fc.constantFrom(
      [],
      [0, 0, 8, 1],
      [0, 0, 13, 2],
      [0x1f, 0x8b, 8, 0],
      [...Buffer.from('\x93NUMPY\x01', 'latin1')],
      [...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
      [0xff, 0xd8, 0xff, 0xe0],
    );
    const names = fc.constantFrom('r', 'r.csv', 'r.npy', 'r.idx', 'r.txt', 'r.png', 'r.webp');
    await fc.assert(
      fc.asyncProperty(heads, fc.uint8Array({ maxLength: 40 }), names, async (head, tail, name) => {
        const path = await save(name, Uint8Array.of(...head, ...tail));
        const error: unknown = await openData(path).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(GargaloError);
      }),
      { numRuns: effort(300, 3000) },
    );
  });
});
