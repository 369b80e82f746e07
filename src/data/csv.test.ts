import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GargaloError } from '../errors.js';
import { type CsvOptions, readCsv } from './csv.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string | Uint8Array, options: CsvOptions = {}, name = 't.csv') {
  const path = join(folder, name);
  await writeFile(path, text);
  const dataset = await readCsv(path, options);
  return { ...dataset, values: [...(await dataset.block(0, dataset.length))] };
}

describe('a table', () => {
  it('has its columns named by a header, or counted', async () => {
    expect(await read('a, "b c"\n1,2\n3,-4.5e-1\n')).toMatchObject({
      name: 't.csv',
      type: 'float32',
      length: 2,
      shape: [2],
      columns: ['a', 'b c'],
      values: [1, 2, 3, Math.fround(-0.45)],
    });
    expect(await read('1,2\n3,4')).toMatchObject({ columns: ['1', '2'], values: [1, 2, 3, 4] });
    expect(await read(',0,1\n0,5,6\n')).toMatchObject({ columns: ['column 1', '0', '1'], values: [0, 5, 6] });
  });

  it('may have a byte order mark, CRLF, blank lines, tabs', async () => {
    expect(await read('\ufeffa,b\r\n\r\n1,2\r\n')).toMatchObject({ columns: ['a', 'b'], values: [1, 2] });
    expect(await read('a\tb,c\n1\t2\n', {}, 't.tsv')).toMatchObject({ columns: ['a', 'b,c'], values: [1, 2] });
    expect(await read('1\t2\n', {}, 't.txt')).toMatchObject({ values: [1, 2] });
    expect(await read('1,2\n', {}, 't.txt')).toMatchObject({ values: [1, 2] });
  });

  it('keeps the asked-for columns in their order, and ignores the rest', async () => {
    const text = 'a,word,b\n1,x,2\n3,y,4\n';
    expect(await read(text, { columns: ['b', 'a'] })).toMatchObject({ columns: ['b', 'a'], values: [2, 1, 4, 3] });
    await expect(read(text, { columns: ['z'] })).rejects.toThrow(
      /for --columns, got "z" \(there are "a", "word", "b"\)/,
    );
    await expect(read(text, { columns: ['a', 'a'] })).rejects.toThrow(/--columns: .*"a" twice/);
  });

  it('takes a column for the class', async () => {
    const text = 'a,kind\n1,x\n2,\n3,b\n4,x\n';
    const { labels, values, columns } = await read(text, { label: 'kind' });
    expect({ values, columns }).toEqual({ values: [1, 2, 3, 4], columns: ['a'] });
    expect(labels).toEqual({ names: ['b', 'x'], values: Int32Array.of(1, -1, 0, 1) });
    expect((await read('1,10\n2,9\n', { label: '2' })).labels?.names).toEqual(['9', '10']);
    await expect(read(text, { label: 'no' })).rejects.toThrow(/for --label, got "no"/);
  });

  it('is read only as far as the limit', async () => {
    const rest = '"never closed\n'.repeat(20_000);
    expect(await read(`1,2\n3,4\n${rest}`, { limit: 2 })).toMatchObject({ values: [1, 2, 3, 4] });
  });

  it('of many rows comes whole through every chunk', async () => {
    const rows = 100_000;
    const { values } = await read(Array.from({ length: rows }, (_, i) => `${i},${-i},7\n`).join(''));
    expect(values.length).toBe(3 * rows);
    expect(values.every((value, i) => value === [i / 3, -(i - 1) / 3, 7][i % 3])).toBe(true);
  });
});

describe('a bad table is refused with file, row, column and mend:', () => {
  const cases: readonly [string, string | Uint8Array, RegExp][] = [
    ['a ragged row', 'a,b\n1,2\n\n3\n', /t\.csv, row 4: expected 2 columns, got 1/],
    ['a ragged row after CRLF', 'a,b\n1,2\r\n3,4,5\n', /row 3: expected 2 columns, got 3/],
    ['a word', 'a,b\n1,2\n3,cat\n', /row 3, column "b": expected a number, got the word "cat" .*--columns.*--label b/],
    ['an empty cell', '1,2\n1,\n', /row 2, column "2": expected a number, got an empty cell \(fill/],
    ['an empty cell at the start', ',2\n1,1\n', /row 1, column "1": .*an empty cell/],
    ['NaN', 'a\nNaN\n', /row 2, column "a": .*the missing value "NaN"/],
    ['infinity', 'a\n-inf\n', /row 2, column "a": expected a finite number, got "-inf"/],
    ['a number too large', 'a\n1e39\n', /fits a 32-bit float .*got "1e39"/],
    ['a hexadecimal number', 'a\n0x10\n', /the word "0x10"/],
    ['a decimal comma', 'a;b\n1;2\n', /expected a number, got "1;2" \(cells are separated by commas/],
    ['a quote left open', 'a,b\n1,"2\n3,4\n', /t\.csv, row 2 or below: expected a closing quote, got the end/],
    ['a quote inside a cell', 'a,b\n1,2"3"\n', /t\.csv, row 2: expected rows of cells, got: Invalid Opening Quote/],
    ['a column name twice', 'a,a\n1,2\n', /row 1: expected different column names, got "a" twice/],
    ['a header alone', 'a,b\n', /at least one row of numbers, got only a header/],
    ['no content', '\n\n', /got an empty file/],
    ['a binary file', Buffer.from('PK\x03\x04abc'), /expected text, got the byte 0x03 at byte 2/],
    ['UTF-16', Buffer.from('a,b\n1,2', 'utf16le'), /expected text, got the byte 0x00 at byte 1 .*UTF-16/],
  ];
  it.each(cases)('%s', async (_, text, message) => {
    const error: unknown = await read(text).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GargaloError);
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
  });

  it('a missing file, a folder', async () => {
    await expect(readCsv(join(folder, 'no.csv'))).rejects.toThrow(/no\.csv: expected a file, got nothing/);
    await expect(readCsv(folder)).rejects.toThrow(/got a folder/);
  });

  it('whatever the bytes are, the answer is a data set or a GargaloError', async () => {
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'12.-e,"\n\r \ta'), maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const error: unknown = await read(text).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(GargaloError);
      }),
      { numRuns: 300 },
    );
  });
});
