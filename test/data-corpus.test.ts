// Small files of every kind that people have, made for this, and what must come of each: the columns with their types, missing cells (−n) and
// those that cannot be features (!), the first row, and what is said of how the file was understood; or the error.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeTable, type TextOptions } from '../src/index.js';
import { openData, openTable } from '../src/node.js';

const folder = fileURLToPath(new URL('data-corpus/', import.meta.url));

type Told = readonly [file: string, rows: number, columns: string, first: string, notes: readonly string[]];
type Refused = readonly [file: string, message: string];

const corpus: readonly (Told | Refused)[] = [
  ['array.json', 'row 1: expected an object in JSON'],
  ['blanks.txt', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['book.ods', 'expected a file that can be read, got an OpenDocument spreadsheet'],
  ['book.xls', 'expected a file that can be read, got an Excel file'],
  ['book.xlsx', 'expected a file that can be read, got an Excel file'],
  [
    'columns-counted.csv',
    24,
    '1: number | 2: number | 3: number',
    '20 | 1000 | 0',
    ['the first row is taken for names, though it could be one of values; `header: false` takes it for values'],
  ],
  [
    'comma-in-header.csv',
    24,
    'Temp (°C, innen): number | Druck, hPa: number | n: number',
    '23.86 | 1001.7 | 0',
    ['columns "Temp (°C, innen)", "Druck, hPa": numbers with a decimal comma'],
  ],
  ['comma.csv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['commas-in.tsv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  [
    'comment-header.txt',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['lines before the table that begin with # are left out: 1'],
  ],
  [
    'comment-with-comma.csv',
    24,
    'temp: number | press: number',
    '23.86 | 1001.7',
    ['lines before the table that begin with # are left out: 1'],
  ],
  ['comments-inside.csv', 'row 11: expected 3 columns, got 4'],
  [
    'comments.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['lines before the table that begin with # are left out: 2'],
  ],
  ['cr.csv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  [
    'crlf.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['columns "temp", "press": numbers with a decimal comma'],
  ],
  ['currency-mixed.csv', 24, 'a: text!', '€5', []],
  [
    'currency.csv',
    24,
    'a: number | b: number | c: number',
    '5.5 | 7 | 9',
    ['column "a": numbers with $', 'columns "b", "c": numbers with €'],
  ],
  ['cut.csv.gz', 'expected an intact gzip file, got damaged data: unexpected end of file'],
  [
    'decimal-comma-no-header.csv',
    24,
    '1: number | 2: number | 3: number',
    '23.86 | 1001.7 | 0',
    ['columns "1", "2": numbers with a decimal comma'],
  ],
  [
    'decimal-comma-quoted.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['columns "temp", "press": numbers with a decimal comma'],
  ],
  [
    'decimal-comma.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['columns "temp", "press": numbers with a decimal comma'],
  ],
  [
    'dollars-negative.csv',
    24,
    'balance: number',
    '1000',
    [
      'column "balance": numbers with a comma between thousands, $; "$1,000" could be another number: `decimal`, `thousands`',
    ],
  ],
  ['excel-errors.csv', 24, 'rating: number −3 | price: number −3', '1 | 23.86', []],
  ['far-from-zero.csv', 24, 'x: number | n: number', '5412345.12 | 0', []],
  ['forms-mixed.csv', 24, 'x: text! | n: number', '0.5 | 0', []],
  [
    'german-full.csv',
    24,
    'betrag: number',
    '1234.5',
    ['column "betrag": numbers with a decimal comma, a point between thousands'],
  ],
  ['header-short.csv', 'row 1: expected 3 columns, as in most rows, got 2'],
  [
    'header-words.csv',
    24,
    'colour: category | shape: category',
    'red | disc',
    ['the first row is taken for names, though it could be one of values; `header: false` takes it for values'],
  ],
  ['headers-repeated.csv', 25, 'temp: number! | press: number! | n: number!', '23.86 | 1001.7 | 0', []],
  ['infinite.csv', 24, 'a: number! | b: number', '20 | 1000', []],
  ['ip-addresses.csv', 24, 'address: category | n: number', '192.168.100.100 | 0', []],
  [
    'iso-8859-2.csv',
    24,
    'miasto: category | temp: number',
    '£ód¼ | 23.86',
    ['the encoding is taken for windows-1252, since 0xa3 at byte 12 is no UTF-8; `encoding` names another'],
  ],
  ['leading-zero-comma.csv', 24, 'x: number | y: number', '1.2 | 0', ['column "x": numbers with a decimal comma']],
  [
    'lines-marked.ndjson',
    24,
    'price: number | area: number',
    '1000 | 106.4',
    ['column "price": numbers with a comma between thousands; "1,000" could be another number: `decimal`, `thousands`'],
  ],
  ['lines.jsonl', 24, 'temp: number −1 | city: category | ok: boolean', '23.86 | München | true', []],
  ['lines.jsonl.gz', 24, 'temp: number −1 | city: category | ok: boolean', '23.86 | München | true', []],
  ['millions.csv', 24, 'price: number', '900', ['column "price": numbers with a comma between thousands']],
  ['minus-999.csv', 24, 'temp: number | site: category', '23.86 | a', []],
  [
    'mixed-decimals.csv',
    24,
    'fw: number | temp: number | press: number',
    '1.3 | 23.86 | 1001.7',
    ['columns "temp", "press": numbers with a decimal comma'],
  ],
  [
    'multiple-words.txt',
    24,
    '1: category',
    'sentence number one',
    [
      'the first row is taken for values, since "sentence number one" comes again in its column: the column is called 1; `header: true` takes it for names',
    ],
  ],
  ['names-twice.csv', 'row 1: expected different column names, got "temp" twice, in the columns 1 and 2'],
  [
    'namibia.csv',
    24,
    'country: category −6 | temp: number',
    'BW | 23.86',
    ['column "country": NA is taken for missing; `keepNa: true` takes it for a word'],
  ],
  ['nested.jsonl', 'row 2, column "a": expected a number, a text, true, false or null, got'],
  [
    'no-header-dates.csv',
    24,
    '1: date! | 2: number | 3: category',
    '2026-01-01 | 23.86 | ok',
    [
      'the first row is taken for values, since "ok" comes again in its column: the columns are called 1 … 3; `header: true` takes it for names',
    ],
  ],
  ['no-header-numbers.csv', 24, '1: number | 2: number | 3: number', '23.86 | 1001.7 | 0', []],
  [
    'no-header-words.csv',
    24,
    '1: number | 2: number | 3: category',
    '23.86 | 1001.7 | setosa',
    [
      'the first row is taken for values, since "setosa" comes again in its column: the columns are called 1 … 3; `header: true` takes it for names',
    ],
  ],
  ['one-slip.csv', 24, 'x: number! | n: number', '0.5 | 0', ['column "x": numbers with a decimal comma']],
  ['packed.csv.gz', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['packed.gz', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['packed.tsv.gz', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  [
    'pandas-index.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['column "column 1" only counts rows and is left out; naming it in `columns` keeps it'],
  ],
  [
    'pandas-shuffled.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['column "Unnamed: 0" only counts rows and is left out; naming it in `columns` keeps it'],
  ],
  ['parentheses.csv', 24, 'balance: number', '3.2', ['column "balance": numbers, negative in parentheses']],
  ['percent-mixed.csv', 24, 'load: text! | temp: number', '0.10 | 23.86', []],
  [
    'percent.csv',
    24,
    'load: number | temp: number',
    '0 | 23.86',
    ['column "load": numbers with %, taken as written (80% is 80)'],
  ],
  ['pipe.csv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  [
    'point-thousands.csv',
    24,
    'price: number | size: number',
    '1200 | 106.4',
    [
      'column "price": numbers with a decimal comma, a point between thousands; "1.200" could be another number: `decimal`, `thousands`',
      'column "size": numbers with a decimal comma',
    ],
  ],
  [
    'preamble.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    [
      'lines before the table of fewer cells than 3 are left out: 2; `skip: 0` keeps them',
      'columns "temp", "press": numbers with a decimal comma',
    ],
  ],
  ['quoted-lines.csv', 24, 'first, name: category | n: number', 'a "b"\nc 0 | 0', []],
  ['ragged.csv', 'row 11: expected 3 columns, got 2'],
  ['semicolon.csv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  [
    'sep-line.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['the line sep=; is left out: it names the separator', 'columns "temp", "press": numbers with a decimal comma'],
  ],
  ['tab.csv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['tab.tsv', 24, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0', []],
  ['table.csv.bz2', 'expected a file that can be read, got a file packed with bzip2'],
  ['table.csv.zst', 'expected a file that can be read, got a file packed with Zstandard'],
  [
    'thousands-apostrophe.csv',
    24,
    'price: number | temp: number',
    '1000 | 23.86',
    [
      'column "price": numbers with a decimal comma, an apostrophe between thousands',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  [
    'thousands-blank.csv',
    24,
    'price: number | temp: number',
    '1000 | 23.86',
    [
      'column "price": numbers with a decimal comma, a blank between thousands',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  [
    'thousands-comma-alone.csv',
    24,
    'price: number',
    '1000',
    ['column "price": numbers with a comma between thousands; "1,000" could be another number: `decimal`, `thousands`'],
  ],
  [
    'thousands-comma.csv',
    24,
    'price: number | area: number',
    '1000 | 106.4',
    ['column "price": numbers with a comma between thousands; "1,000" could be another number: `decimal`, `thousands`'],
  ],
  [
    'thousands-narrow.csv',
    24,
    'price: number | temp: number',
    '1000 | 23.86',
    [
      'column "price": numbers with a decimal comma, a blank between thousands',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  [
    'thousands-nbsp.csv',
    24,
    'price: number | temp: number',
    '1000 | 23.86',
    [
      'column "price": numbers with a decimal comma, a blank between thousands',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  [
    'thousands-thin.csv',
    24,
    'price: number | temp: number',
    '1000 | 23.86',
    [
      'column "price": numbers with a decimal comma, a blank between thousands',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  ['three-decimals-comma.csv', 24, 'x: text! | y: text!', '1,200 | 2,300', []],
  ['three-decimals.csv', 24, 'x: number | y: number', '1.2 | 2.3', []],
  ['title.csv', 'row 1: expected 2 columns, as in most rows, got 1'],
  [
    'unknown-first.csv',
    24,
    '1: number! | 2: number | 3: category',
    'unknown | 1001.7 | a',
    [
      'the first row is taken for values, since "unknown" comes again in its column: the columns are called 1 … 3; `header: true` takes it for names',
    ],
  ],
  ['unnamed-values.csv', 24, 'column 1: number | temp: number | press: number', '0 | 23.86 | 1001.7', []],
  [
    'utf-16be-bom.csv',
    24,
    'Straße: category | temp: number',
    'München | 23.86',
    ['column "temp": numbers with a decimal comma'],
  ],
  [
    'utf-16le-bom.csv',
    24,
    'Straße: category | temp: number',
    'München | 23.86',
    ['column "temp": numbers with a decimal comma'],
  ],
  [
    'utf-16le.csv',
    24,
    'temp: number | press: number | n: number',
    '23.86 | 1001.7 | 0',
    ['the encoding is taken for utf-16le, by its zeros'],
  ],
  [
    'utf-8-bom.csv',
    24,
    'Straße: category | temp: number',
    'München | 23.86',
    ['column "temp": numbers with a decimal comma'],
  ],
  ['utf-8-broken.csv', 'expected UTF-8, got the byte 0xe9 at byte 119'],
  [
    'windows-1252.csv',
    24,
    'Straße: category | temp: number',
    'München | 23.86',
    [
      'the encoding is taken for windows-1252, since 0xdf at byte 4 is no UTF-8; `encoding` names another',
      'column "temp": numbers with a decimal comma',
    ],
  ],
  [
    'years.csv',
    24,
    'country: text! | 2019: number | 2020: number | 2021: number',
    'land 0 | 23.86 | 1001.7 | 23.86',
    ['the first row is taken for names, though it could be one of values; `header: false` takes it for values'],
  ],
];

type Settled = readonly [file: string, options: TextOptions, columns: string, first: string];

/** What options settle. */
const settled: readonly Settled[] = [
  ['three-decimals-comma.csv', { decimal: ',' }, 'x: number | y: number', '1.2 | 2.3'],
  ['three-decimals-comma.csv', { thousands: ',' }, 'x: number | y: number', '1200 | 2300'],
  ['thousands-comma-alone.csv', { decimal: ',' }, 'price: number', '1'],
  ['namibia.csv', { keepNa: true }, 'country: category | temp: number', 'BW | 23.86'],
  ['minus-999.csv', { na: ['-999', 'unknown'] }, 'temp: number −4 | site: category −8', '23.86 | a'],
  [
    'no-header-words.csv',
    { header: true },
    '23.86: number | 1001.7: number | setosa: category',
    '24.35 | 1008.2 | virginica',
  ],
  ['iso-8859-2.csv', { encoding: 'iso-8859-2' }, 'miasto: category | temp: number', 'Łódź | 23.86'],
  ['comments-inside.csv', { comment: '#' }, 'temp: number | press: number | n: number', '23.86 | 1001.7 | 0'],
  ['header-short.csv', { skip: 1 }, '1: number | 2: number | 3: number', '1 | 23.86 | 1001.7'],
  ['comma.csv', { delimiter: ';' }, 'temp,press,n: text!', '23.86,1001.7,0'],
  ['semicolon.csv', { delimiter: ';', header: false }, '1: number! | 2: number! | 3: number!', 'temp | press | n'],
  ['percent.csv', { decimal: '.', thousands: 'none' }, 'load: number | temp: number', '0 | 23.86'],
];

async function found(file: string, options: TextOptions = {}) {
  const table = await openTable(join(folder, file), options);
  if (!table) throw new Error(`${file} is no table`);
  const { rows, columns, preview, notes } = await describeTable(table, options);
  const words = columns.map(
    ({ name, type, missing, problem }) => `${name}: ${type}${missing > 0 ? ` −${missing}` : ''}${problem ? '!' : ''}`,
  );
  return { rows, columns: words.join(' | '), first: preview[0]!.join(' | '), notes };
}

describe('files of all kinds', () => {
  it('whose numbers 32-bit floats would flatten are told so, with what to subtract', async () => {
    const told = (await describeTable((await openTable(join(folder, 'far-from-zero.csv')))!)).columns[0]?.numbers;
    expect(told?.rounded).toBe(
      '32-bit floats round it by up to 0.166, where its values span 0.046: subtract 5412345.14 from it first',
    );
    const { train } = await openData(join(folder, 'far-from-zero.csv'));
    expect(train.notes).toEqual([`! column "x": ${told?.rounded}`]);
  });

  it.each(corpus)('%s', async (file, ...expected) => {
    const [rows, columns, first, notes] = expected;
    if (typeof rows === 'number') expect(await found(file)).toEqual({ rows, columns, first, notes });
    else
      await expect(found(file)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining(`${file}${/^row/.test(`${rows}`) ? ', ' : ': '}${rows}`),
      });
  });

  it('are all there', () => {
    expect(readdirSync(folder).sort()).toEqual(corpus.map(([file]) => file));
    expect(corpus.length).toBeGreaterThan(40);
  });

  it.each(settled)('%s with %j', async (file, options, columns, first) => {
    expect(await found(file, options)).toMatchObject({ columns, first });
  });

  it('are read alike whichever columns are asked for', async () => {
    const { train } = await openData(join(folder, 'point-thousands.csv'), { columns: ['price'], limit: 1 });
    expect(await train.block(0, 1)).toEqual(Float32Array.of(1200));
  });

  it('that hold the same numbers give the same', async () => {
    const valuesOf = async (file: string, column: string) => {
      const { train } = await openData(join(folder, file), { columns: [column] });
      return [...(await train.block(0, train.length))];
    };
    for (const column of ['temp', 'press']) {
      const expected = await valuesOf('comma.csv', column);
      const same = corpus.flatMap(([file, , columns]) =>
        columns?.split(' | ').includes(`${column}: number`) && file !== 'minus-999.csv' ? [file] : [],
      );
      expect(same.length).toBeGreaterThan(20);
      for (const file of same)
        expect({ file, values: await valuesOf(file, column) }).toEqual({ file, values: expected });
    }
  });
});
