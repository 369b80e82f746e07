import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteFile, schemaFromColumnData } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { openParquetTable } from './parquet.js';
import type { WantedColumn } from './raw.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-raw-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

function save(name: string, columnData: ColumnSource[], rowGroupSize?: number): string {
  const filename = join(folder, name);
  parquetWriteFile({ filename, columnData, ...(rowGroupSize && { rowGroupSize }) });
  return filename;
}

async function read(path: string, wanted: readonly WantedColumn[]) {
  const table = await openParquetTable(path);
  const cells: unknown[][] = wanted.map(() => []);
  const places: string[] = [];
  for await (const { start, rows, columns, place } of table.chunks(wanted)) {
    expect(start).toBe(places.length);
    for (let row = 0; row < rows; row++) places.push(place(row).replace(path, 't'));
    for (const [i, column] of columns.entries()) {
      for (let row = 0; row < rows; row++) {
        cells[i]!.push((column.as === 'number' && column.words?.get(row)) || column.values[row]);
      }
    }
  }
  return { cells, places };
}

const number = (name: string): WantedColumn => ({ name, as: 'number' });
const text = (name: string): WantedColumn => ({ name, as: 'text' });
const gap = Number.NaN;

describe('a Parquet table', () => {
  it('gives numbers of any width, booleans, dates and texts, missing values as NaN or undefined', async () => {
    const path = save('types.parquet', [
      { name: 'i', data: [1, null, 3], type: 'INT32', nullable: true },
      { name: 'l', data: [4n, 5n, 2n ** 60n], type: 'INT64' },
      { name: 'd', data: [0.5, Number.NaN, Number.NEGATIVE_INFINITY], type: 'DOUBLE' },
      { name: 'b', data: [true, false, true], type: 'BOOLEAN' },
      { name: 's', data: ['x', '', 'NA'], type: 'STRING' },
      { name: 't', data: [new Date(0), new Date(1e12), new Date(-5)], type: 'TIMESTAMP' },
    ]);
    const table = await openParquetTable(path);
    expect(table).toMatchObject({ path, columns: ['i', 'l', 'd', 'b', 's', 't'], rows: 3 });
    const dates = ['1970-01-01T00:00:00.000Z', '2001-09-09T01:46:40.000Z', '1969-12-31T23:59:59.995Z'];
    expect(await read(path, table.columns.map(number))).toEqual({
      cells: [[1, gap, 3], [4, 5, 2 ** 60], [0.5, gap, '-Infinity'], [1, 0, 1], ['x', gap, 'NA'], dates],
      places: ['t, row 1', 't, row 2', 't, row 3'],
    });
    expect((await read(path, [text('b'), text('s'), text('t'), text('i'), number('i')])).cells).toEqual([
      ['true', 'false', 'true'],
      ['x', undefined, 'NA'],
      dates,
      ['1', undefined, '3'],
      [1, gap, 3],
    ]);
  });

  it('comes whole through row groups smaller and larger than what is read at once', async () => {
    const rows = effort(6_000, 30_000);
    const data = Array.from({ length: 150 }, (_, c) => ({
      name: `c${c}`,
      data: Float32Array.from({ length: rows }, (_, i) => i * 150 + c),
      type: 'FLOAT' as const,
    }));
    for (const size of [rows, 999]) {
      const path = save(`groups-${size}.parquet`, data, size);
      const { cells } = await read(
        path,
        data.map(({ name }) => number(name)),
      );
      // toEqual takes seconds for millions of values
      for (const [c, column] of cells.entries()) {
        expect(column.length).toBe(rows);
        expect(column.every((value, i) => value === Math.fround(i * 150 + c))).toBe(true);
      }
    }
  });

  it.each([
    ['GZIP', gzipSync],
    ['BROTLI', brotliCompressSync],
  ] as const)('may be packed with %s, and with a dictionary', async (codec, pack) => {
    const columnData: ColumnSource[] = [
      {
        name: 'word',
        data: Array.from({ length: 500 }, (_, i) => `w${i % 3}`),
        type: 'STRING',
        encoding: 'RLE_DICTIONARY',
      },
      { name: 'x', data: Float64Array.from({ length: 500 }, (_, i) => i), type: 'DOUBLE' },
    ];
    const writer = new ByteWriter();
    const parquet = new ParquetWriter({
      writer,
      schema: schemaFromColumnData({ columnData }),
      codec,
      compressors: { [codec]: (bytes: Uint8Array) => new Uint8Array(pack(bytes)) },
    });
    parquet.write({ columnData });
    parquet.finish();
    const path = join(folder, `${codec}.parquet`);
    await writeFile(path, writer.getBytes());
    const { cells } = await read(path, [text('word'), number('x')]);
    expect(cells[0]!.slice(0, 4)).toEqual(['w0', 'w1', 'w2', 'w0']);
    expect(cells[1]).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  it('is refused where it is packed otherwise, damaged, empty or of groups', async () => {
    const columnData: ColumnSource[] = [{ name: 'x', data: new Float64Array(500), type: 'DOUBLE' }];
    const writer = new ByteWriter();
    const schema = schemaFromColumnData({ columnData });
    const parquet = new ParquetWriter({ writer, schema, codec: 'LZ4', compressors: { LZ4: (bytes) => bytes } });
    parquet.write({ columnData });
    parquet.finish();
    await writeFile(join(folder, 'lz4.parquet'), writer.getBytes());
    await expect(openParquetTable(join(folder, 'lz4.parquet'))).rejects.toThrow(/packed with SNAPPY, .*, got LZ4 \(/);

    const path = save('whole.parquet', [{ name: 'a', data: [1, 2, 3], type: 'DOUBLE' }]);
    const whole = await readFile(path);
    await writeFile(join(folder, 'cut.parquet'), whole.subarray(0, whole.length - 20));
    await expect(openParquetTable(join(folder, 'cut.parquet'))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(openParquetTable(join(folder, 'none.parquet'))).rejects.toThrow(/expected a file, got nothing/);
    await expect(read(path, [number('b')])).rejects.toThrow(/for `columns`, got "b" \(there are "a"\)/);
    const empty = save('empty.parquet', [{ name: 'a', data: [], type: 'DOUBLE' }]);
    await expect(openParquetTable(empty)).rejects.toThrow(/at least one row of numbers, got none/);
  });

  it('is stopped on request', async () => {
    const path = save('stop.parquet', [{ name: 'a', data: new Float64Array(20_000), type: 'DOUBLE' }]);
    const stop = new AbortController();
    const walk = async () => {
      for await (const { start } of (await openParquetTable(path)).chunks([number('a')], stop)) {
        expect(start).toBe(0);
        stop.abort();
      }
    };
    await expect(walk()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what a Parquet file says of itself', () => {
  /** Footer, its length and the mark. */
  const file = (...footer: number[]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    return Buffer.concat([Buffer.from('PAR1'), Buffer.from(footer), length, Buffer.from('PAR1')]);
  };
  const refused = async (bytes: Uint8Array) => {
    const path = join(folder, 'footer.parquet');
    await writeFile(path, bytes);
    return expect(openParquetTable(path)).rejects;
  };

  it('is refused where lists are longer than its bytes, or parts too many and too deep', async () => {
    // field 1, a list of 2 ** 25 structs
    await (await refused(file(0x19, 0xfc, 0x80, 0x80, 0x80, 0x10, 0))).toThrow('a list of 33554432 in 1 bytes');
    const length = [0xff & (5000 | 0x80), 5000 >> 7];
    await (await refused(file(0x19, 0xfc, ...length, ...Array(5000).fill(0), 0))).toThrow('parts');
    await (await refused(file(...Array(100).fill(0x1c), ...Array(101).fill(0)))).toThrow('more than 32 deep');
  });
});
