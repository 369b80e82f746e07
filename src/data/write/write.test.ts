import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open as openFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { GargaloError } from '../../core/errors.js';
import { readNpy } from '../read/npy.js';
import { openCsvTable } from '../table/csv.js';
import { readCsv } from '../table/files.js';
import { openParquetTable } from '../table/parquet.js';
import type { RawTable } from '../table/raw.js';
import { delimited } from './delimited.js';
import { npy } from './npy.js';
import { parquet } from './parquet.js';
import {
  checkWritable,
  fileProblem,
  numberColumns,
  type OutputCells,
  type OutputColumn,
  openTableWriter,
  replaceFile,
  writeFileAtomic,
  writeTable,
} from './write.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** toEqual takes seconds for a million values. */
const same = (a: ArrayBufferView, b: ArrayBufferView) =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const name = fc.string({ unit: fc.constantFrom(...'ab ,"\n\té'), maxLength: 6 }).map((text) => `x${text}x`);
const cell = fc.float({ noNaN: true, noDefaultInfinity: true });
const tables = fc
  .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 9 }))
  .chain(([columns, rows]) =>
    fc
      .array(cell, { minLength: rows * columns.length, maxLength: rows * columns.length })
      .map((list) => ({ columns, rows, values: Float32Array.from(list) })),
  );

describe('a written table reads back the same, to the bit:', () => {
  it.each(['t.csv', 't.tsv', 't.npy'])('%s', async (file) => {
    const path = join(folder, file);
    const read = file.endsWith('.npy') ? readNpy : readCsv;
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        await writeTable(path, table);
        const dataset = await read(path);
        expect(await dataset.block(0, dataset.length)).toEqual(table.values);
        expect(dataset.shape).toEqual([table.columns.length]);
        if (dataset.columns) expect(dataset.columns).toEqual(table.columns);
      }),
      { numRuns: effort(60, 600) },
    );
  });

  it('t.parquet', async () => {
    const path = join(folder, 't.parquet');
    await fc.assert(
      fc.asyncProperty(tables, async ({ columns, rows, values }) => {
        await writeTable(path, { columns, rows, values });
        const objects = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
        const back = objects.flatMap((row) => columns.map((column) => row[column]));
        expect(Float32Array.from(back)).toEqual(values);
      }),
      { numRuns: effort(40, 400) },
    );
  });

  it('larger than one piece of every writer', async () => {
    const columns = Array.from({ length: 33 }, (_, i) => String(i + 1));
    const rows = 40_000;
    const values = Float32Array.from({ length: rows * 33 }, (_, i) => Math.sin(i));
    for (const file of ['l.csv', 'l.npy', 'l.parquet']) await writeTable(join(folder, file), { columns, rows, values });
    const csv = await readCsv(join(folder, 'l.csv'));
    expect(csv.columns).toEqual(columns);
    expect(same(await csv.block(0, rows), values)).toBe(true);
    const npy = await readNpy(join(folder, 'l.npy'));
    expect(same(await npy.block(0, rows), values)).toBe(true);
    const parquet = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'l.parquet')) });
    expect(parquet.length).toBe(rows);
    expect(parquet[39_999]?.['33']).toBe(values.at(-1));
  });

  it('the header of .npy ends at a multiple of 64, as NumPy wants it', async () => {
    await writeTable(join(folder, 'h.npy'), { columns: ['a'], rows: 1, values: Float32Array.of(1) });
    const bytes = await readFile(join(folder, 'h.npy'));
    expect(bytes.length).toBe(128 + 4);
    expect(bytes.subarray(0, 10)).toEqual(Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]));
    expect(bytes.toString('latin1', 10, 128)).toMatch(/^\{'descr': '<f4', .*\} *\n$/);
  });

  it('numbers in .csv are the shortest that do', async () => {
    await writeTable(join(folder, 's.csv'), { columns: ['a'], rows: 4, values: Float32Array.of(0.1, 1e-7, 255, -0) });
    expect(await readFile(join(folder, 's.csv'), 'utf8')).toBe('a\n0.1\n1e-7\n255\n-0\n');
  });
});

describe('a table written piece by piece', () => {
  const columns: OutputColumn[] = [
    { name: 'when', type: 'date' },
    { name: 'clock', type: 'double' },
    { name: 'class', type: 'text' },
    { name: 'x', type: 'number' },
    { name: 'y', type: 'number' },
  ];
  const words = fc.option(
    fc
      .string({ unit: fc.constantFrom(...'ab,;"\n é1'), minLength: 1, maxLength: 5 })
      .filter((text) => text.trim() === text),
    {
      nil: undefined,
    },
  );
  const row = fc.record({
    when: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -1e12, max: 4e12 })),
    clock: fc.oneof(fc.constant(Number.NaN), fc.double({ noNaN: true, noDefaultInfinity: true })),
    word: words,
    x: cell,
    y: cell,
  });
  const pieces = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });

  async function write(
    path: string,
    list: readonly (readonly { when: number; clock: number; word: string | undefined; x: number; y: number }[])[],
  ) {
    const writer = await openTableWriter(path, columns);
    for (const rows of list) {
      const cells: OutputCells[] = [
        { values: Float64Array.from(rows, ({ when }) => when), at: 0, step: 1 },
        { values: Float64Array.from(rows, ({ clock }) => clock), at: 0, step: 1 },
        rows.map(({ word }) => word),
        ...numberColumns(Float32Array.from(rows.flatMap(({ x, y }) => [x, y])), 2),
      ];
      await writer.write(rows.length, cells);
    }
    await expect(stat(path)).rejects.toThrow();
    await writer.finish();
  }

  it.each([
    ['p.csv', openCsvTable],
    ['p.tsv', openCsvTable],
    ['p.parquet', openParquetTable],
  ] as const)('is read back whole: %s', async (file, open: (path: string) => Promise<RawTable>) => {
    const path = join(folder, file);
    await fc.assert(
      fc.asyncProperty(pieces, async (list) => {
        await rm(path, { force: true });
        await write(path, list);
        const cells: unknown[][] = columns.map(() => []);
        const wanted = columns.map(({ name, type }) => ({
          name,
          as: type === 'text' || type === 'date' ? ('text' as const) : ('number' as const),
        }));
        for await (const chunk of (await open(path)).chunks(wanted)) {
          for (const [i, column] of chunk.columns.entries()) cells[i]!.push(...column.values);
        }
        const rows = list.flat();
        expect(cells[0]!.map((text) => new Date(text as string).getTime())).toEqual(rows.map(({ when }) => when));
        expect(cells[1]).toEqual(rows.map(({ clock }) => clock));
        expect(cells[2]).toEqual(rows.map(({ word }) => word));
        expect(cells[3]!.map((value) => Math.fround(value as number))).toEqual(rows.map(({ x }) => x));
        expect(cells[4]!.map((value) => Math.fround(value as number))).toEqual(rows.map(({ y }) => y));
      }),
      { numRuns: effort(60, 600) },
    );
  });

  it('is the same file as one written at once', async () => {
    const values = Float32Array.from({ length: 3000 }, (_, i) => Math.cos(i));
    const names = ['a', 'b', 'c'];
    for (const ending of ['csv', 'tsv', 'npy', 'parquet']) {
      await writeTable(join(folder, `once.${ending}`), { columns: names, rows: 1000, values });
      const writer = await openTableWriter(
        join(folder, `pieces.${ending}`),
        names.map((name) => ({ name, type: 'number' })),
      );
      for (let start = 0; start < 1000; start += 300) {
        const end = Math.min(1000, start + 300);
        await writer.write(end - start, numberColumns(values.subarray(3 * start, 3 * end), 3));
      }
      await writer.finish();
      expect(
        same(await readFile(join(folder, `pieces.${ending}`)), await readFile(join(folder, `once.${ending}`))),
      ).toBe(true);
    }
  });

  it('of numbers that need 64 bits is an array of them', async () => {
    const path = join(folder, 'double.npy');
    const writer = await openTableWriter(path, [columns[1]!, columns[3]!]);
    await writer.write(2, [
      { values: Float64Array.of(1e12 + 1, 2), at: 0, step: 1 },
      { values: Float32Array.of(3, 4), at: 0, step: 1 },
    ]);
    await writer.finish();
    const bytes = await readFile(path);
    expect(bytes.toString('latin1', 10, 128)).toMatch(/'descr': '<f8', .*'shape': \(2, 2\)/);
    expect(new Float64Array(Uint8Array.from(bytes.subarray(128)).buffer)).toEqual(Float64Array.of(1e12 + 1, 3, 2, 4));
    await expect(openTableWriter(path, columns)).rejects.toThrow(/expected columns of numbers, got words in "class"/);
  });

  it('leaves what was there, and nothing else, where it is discarded or fails', async () => {
    const inside = join(folder, 'discard');
    await mkdir(inside);
    await writeFile(join(inside, 'd.csv'), 'old');
    for (const ending of ['csv', 'npy', 'parquet']) {
      const path = join(inside, `d.${ending}`);
      const writer = await openTableWriter(path, [{ name: 'a', type: 'number' }]);
      await writer.write(2, numberColumns(Float32Array.of(1, 2), 1));
      await writer.discard();
      const failing = await openTableWriter(path, [{ name: 'a', type: 'number' }]);
      await expect(failing.write(3, numberColumns(Float32Array.of(1, 2), 1))).rejects.toThrow(
        /3 rows of 1 values, got 2/,
      );
      await expect(failing.finish()).rejects.toThrow();
    }
    expect(await readdir(inside)).toEqual(['d.csv']);
    expect(await readFile(join(inside, 'd.csv'), 'utf8')).toBe('old');
  });

  it.skipIf(!existsSync('/dev/full'))('leaves nothing where the disk is full', async () => {
    // every write to this device fails as on a full disk
    const full = await openFile('/dev/full', 'w');
    for (const format of [delimited(','), npy, parquet]) {
      const write = async () => {
        const writer = await format(full, [{ name: 'a', type: 'number' }], {
          path: 'full',
          texts: { escaped: 0 },
        });
        await writer.write(2, numberColumns(Float32Array.of(1, 2), 1));
        await writer.finish();
      };
      expect(fileProblem('full', await write().catch((error: unknown) => error), 'write')).toMatchObject({
        message: expect.stringMatching(/disk is full/),
      });
    }
    await full.close();
  });
});

describe('a table is not written', () => {
  it('in an unknown format, with values missing or names repeated', async () => {
    const table = { columns: ['a', 'b'], rows: 1, values: Float32Array.of(1, 2) };
    const path = join(folder, 'n.csv');
    await expect(writeTable(join(folder, 'n.xlsx'), table)).rejects.toThrow(
      /in \.csv, \.tsv, \.npy, \.parquet, got "n\.xlsx"/,
    );
    await expect(writeTable(path, { ...table, rows: 2 })).rejects.toThrow(/2 rows of 2 values, got 2 values/);
    await expect(writeTable(path, { ...table, columns: ['a', 'a'] })).rejects.toThrow(/"a" twice/);
    await expect(stat(path)).rejects.toThrow();
  });
});

describe('a file is replaced at once', () => {
  it('and leaves no temporary', async () => {
    const path = join(folder, 'once', 'f.txt');
    await mkdir(join(folder, 'once'));
    await writeFileAtomic(path, 'old');
    await writeFileAtomic(path, new TextEncoder().encode('new'));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(join(folder, 'once'))).toEqual(['f.txt']);
  });

  it('or stays as it was, when the writing fails half way', async () => {
    const path = join(folder, 'half', 'f.txt');
    await mkdir(join(folder, 'half'));
    await writeFileAtomic(path, 'old');
    const failing = replaceFile(path, async (file) => {
      await file.writeFile('ne');
      throw new RangeError('broken');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(join(folder, 'half'))).toEqual(['f.txt']);
  });

  it('by several writers, of which one wins whole', async () => {
    const path = join(folder, 'race.txt');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
  });

  it('only where a file can be', async () => {
    await writeFile(join(folder, 'file'), '');
    const refused = (path: string) => expect(writeFileAtomic(path, 'x')).rejects;
    await refused(join(folder, 'no', 'f')).toThrow(
      /expected the folder .*no, got nothing of that name \(create it first\)/,
    );
    await refused(folder).toThrow(/expected a file to write, got a folder/);
    await refused(join(folder, 'file', 'f')).toThrow(/expected a folder on the way/);
    await refused(join(folder, 'x'.repeat(300))).toThrow(/name is too long/);
    await refused('/dev/null').toThrow(/got a device/);
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

describe('a problem of the file system', () => {
  it('becomes a bad input with the mend', () => {
    const problem = (code: string) =>
      fileProblem('p', Object.assign(new Error(code), { code, syscall: 'write' }), 'write');
    expect(problem('ENOSPC')).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/disk is full \(free/),
    });
    expect(problem('EACCES')).toMatchObject({ message: expect.stringMatching(/^p: cannot write: permission denied/) });
    expect(problem('EROFS')).toMatchObject({ message: expect.stringMatching(/read-only/) });
    expect(problem('EIO')).toBeInstanceOf(GargaloError);
    const other = new TypeError('x');
    expect(fileProblem('p', other, 'read')).toBe(other);
  });
});

describe('a folder to write to', () => {
  it('is created, and left empty', async () => {
    const path = join(folder, 'runs', 'one');
    await checkWritable(path);
    expect(await readdir(path)).toEqual([]);
    await checkWritable(path);
  });

  it('is refused where it is a file or closed', async () => {
    await writeFile(join(folder, 'plain'), '');
    await expect(checkWritable(join(folder, 'plain'))).rejects.toThrow(/expected a folder, got a file/);
    await expect(checkWritable(join(folder, 'plain', 'sub'))).rejects.toThrow(GargaloError);
  });

  // nothing is closed to the administrator
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('is refused where it is closed', async () => {
    const path = join(folder, 'closed');
    await mkdir(path);
    await chmod(path, 0o500);
    await expect(checkWritable(path)).rejects.toThrow(/permission denied \(change/);
  });
});

describe('numbers of rows', () => {
  it('are whole numbers in Parquet, and refused where they do not fit', async () => {
    const path = join(folder, 'rows.parquet');
    const rowsUpTo = async (last: number): Promise<void> => {
      const writer = await openTableWriter(path, [{ name: 'row', type: 'integer' }]);
      await writer.write(3, [{ values: Float64Array.of(1, 2, last), at: 0, step: 1 }]);
      await writer.finish();
    };
    await rowsUpTo(2_147_483_647);
    const objects = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    expect(objects).toEqual([{ row: 1 }, { row: 2 }, { row: 2_147_483_647 }]);
    await expect(rowsUpTo(2_147_483_648)).rejects.toThrow(/numbers below 2,147,483,648 in "row"/);
  });
});
