import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openData } from './open.js';
import { readParquet } from './parquet.js';
import { writeTable } from './write.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Columns = Parameters<typeof parquetWriteFile>[0]['columnData'];

function save(name: string, columnData: Columns): string {
  const filename = join(folder, name);
  parquetWriteFile({ filename, columnData });
  return filename;
}

describe('reading Parquet', () => {
  it('gives back what writeTable wrote, over many row groups', async () => {
    const [rows, width] = [40_000, 33];
    const columns = Array.from({ length: width }, (_, i) => `c${i}`);
    const values = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i) * 1e3);
    const path = join(folder, 'large.parquet');
    await writeTable(path, { columns, rows, values });
    const { train } = await openData(path);
    expect(train).toMatchObject({ length: rows, shape: [width], columns, type: 'float32' });
    expect(await train.block(0, rows)).toEqual(values);
  });

  it('takes whole numbers of any width, columns in the order asked for, and a label', async () => {
    const path = save('mixed.parquet', [
      { name: 'a', data: [1, 2, 3], type: 'INT32' },
      { name: 'b', data: [4n, 5n, 6n], type: 'INT64' },
      { name: 'class', data: ['dog', 'cat', 'dog'], type: 'STRING' },
      { name: 'd', data: [0.5, 0.25, 1], type: 'DOUBLE' },
    ]);
    const dataset = await readParquet(path, { columns: ['d', 'b'], label: 'class', limit: 2 });
    expect(await dataset.block(0, 2)).toEqual(Float32Array.of(0.5, 4, 0.25, 5));
    expect(dataset.labels).toEqual({ names: ['cat', 'dog'], values: Int32Array.of(1, 0) });
    await expect(readParquet(path)).rejects.toThrow(/mixed\.parquet, row 1, column "class": .* got "dog"/);
    await expect(readParquet(path, { label: 'kind' })).rejects.toThrow(/for --label, got "kind" \(there are "a", "b"/);
    await expect(readParquet(path, { columns: ['x'] })).rejects.toThrow(/for --columns, got "x"/);
  });

  it('refuses missing values, NaN and damage, naming the place', async () => {
    const holes = save('holes.parquet', [{ name: 'a', data: [1, null, 3], type: 'DOUBLE', nullable: true }]);
    await expect(readParquet(holes)).rejects.toThrow(/row 2, column "a": .* got a missing value/);
    const nan = save('nan.parquet', [{ name: 'a', data: [1, 2, Number.NaN], type: 'DOUBLE' }]);
    await expect(readParquet(nan)).rejects.toThrow(/row 3, column "a": .* got "NaN"/);
    const whole = await readFile(nan);
    await writeFile(join(folder, 'cut.parquet'), whole.subarray(0, whole.length - 20));
    await expect(readParquet(join(folder, 'cut.parquet'))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(readParquet(join(folder, 'none.parquet'))).rejects.toMatchObject({ code: 'bad-input' });
  });
});
