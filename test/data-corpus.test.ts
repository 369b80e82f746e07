// Small files of every kind that people have, made for this, and what must come of each: the columns with their types, missing cells (−n) and
// those that cannot be features (!), the first row, and what is said of how the file was understood; or the error.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeTable, type TextOptions } from '../src/index.js';
import { type OpenOptions, openData, openTable } from '../src/node.js';

const folder = fileURLToPath(new URL('data-corpus/', import.meta.url));

const grouped = (groups: number, by: string) => `${groups} groups by ${by}: no window reaches from one to another`;

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
  ['customers.csv', 24, 'customer: text! | a: number | b: number', 'C00000 | 20 | 20', []],
  ['cut.csv.gz', 'expected an intact gzip file, got damaged data: unexpected end of file'],
  [
    'dates-day-first.csv',
    24,
    'when: date! | level: number',
    '01/03/2026 00:00 | 20',
    ['column "when": dates are read day first, dd/mm/yyyy, by "13/03/2026 00:00"; `timeFormat` says otherwise'],
  ],
  ['dates-either.csv', 24, 'when: date! | level: number', '01/03/2026 00:00 | 20', []],
  [
    'dates-month-first.csv',
    24,
    'when: date! | level: number',
    '03/01/2026 12:00 AM | 20',
    ['column "when": dates are read month first, mm/dd/yyyy, by "03/13/2026 12:00 AM"; `timeFormat` says otherwise'],
  ],
  [
    'dates-points.csv',
    24,
    'when: date! | level: number',
    '01.03.2026 00:00 | 20',
    [
      'column "when": dates are read day first, dd/mm/yyyy, as with points between ("01.03.2026 00:00"); `timeFormat` says otherwise',
    ],
  ],
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
  ['gap.csv', 24, 'ts: date! | level: number', '2026-03-01 00:00:00 | 20', []],
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
  ['machines-in-blocks.csv', 24, 'ts: date! | machine: category | level: number', '2026-03-01 00:00:00 | A | 20', []],
  ['machines-in-turns.csv', 24, 'ts: date! | machine: category | level: number', '2026-03-01 00:00:00 | A | 20', []],
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
  [
    'sites-and-devices.csv',
    24,
    'ts: date! | site: category | device: number | level: number',
    '2026-03-01 00:00:00 | N | 1 | 20',
    [],
  ],
  ['summer-time-ends.csv', 24, 'ts: date! | level: number', '2026-10-25 01:00:00 | 20', []],
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
  ['times-repeated.csv', 24, 'ts: date! | level: number', '2026-03-01 00:00:00 | 20', []],
  ['times-with-holes.csv', 24, 'ts: date! | level: number −3', '2026-03-01 00:00:00 | 20', []],
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

type InSeries = readonly [
  file: string,
  options: OpenOptions,
  windows: number | string,
  first: string,
  notes?: readonly string[],
];

/** What becomes of tables that are cut into windows of 6 rows: how many, and what the first column of outputs has for the first; or the error. */
const inSeries: readonly InSeries[] = [
  ['machines-in-turns.csv', { time: 'ts', group: 'machine' }, 14, 'A', [grouped(2, 'machine')]],
  ['machines-in-blocks.csv', { time: 'ts', group: 'machine' }, 14, 'A', [grouped(2, 'machine')]],
  ['sites-and-devices.csv', { time: 'ts', group: ['site', 'device'] }, 4, 'N', [grouped(4, 'site, device')]],
  [
    'machines-in-turns.csv',
    { time: 'ts', columns: ['level'] },
    'column "ts": expected the rows of one series, got 12 rows that repeat the time before, the first of them row 2 (keep the series apart with `group: "machine"`',
    '',
  ],
  [
    'sites-and-devices.csv',
    { time: 'ts', columns: ['level'] },
    'column "ts": expected the rows of one series, got 18 rows that repeat the time before, the first of them row 2 (keep the series apart with `group: ["site","device"]`',
    '',
  ],
  [
    'machines-in-blocks.csv',
    { time: 'ts', columns: ['level'] },
    14,
    '',
    [
      '"machine" tells several series apart, in each of which the time rises: `group: "machine"`',
      'the clock goes back once (first at row 13, 2026-03-01T00:00:00.000Z): the series is split there',
    ],
  ],
  [
    'machines-in-turns.csv',
    { columns: ['level'] },
    19,
    '',
    ['no times are used, so that windows reach across whatever is missing; `time: "ts"` takes those of the column'],
  ],
  [
    'gap.csv',
    { time: 'ts' },
    14,
    '',
    [
      '1 step in time is longer than 15 min 00 s, the longest 16 h 50 min before row 15, 2026-03-01T19:00:00.000Z: no window reaches across; `gap` sets the limit',
      '5 windows that would reach across gaps are left out',
    ],
  ],
  ['gap.csv', { time: 'ts', gap: 'none' }, 19, '', []],
  [
    'summer-time-ends.csv',
    { time: 'ts' },
    14,
    '',
    [
      'the clock goes back once (first at row 13, 2026-10-25T02:00:00.000Z): the series is split there',
      'the clock changes by an hour in the night to a Sunday once (first at row 13, 2026-10-25T02:00:00.000Z), as local times do for summer time: write times in UTC or with their zone (2026-10-25T02:30:00+01:00), and do not sort them, which would mix two hours',
    ],
  ],
  [
    'times-repeated.csv',
    { time: 'ts' },
    19,
    '',
    ['1 row repeats the time before (first at row 10, 2026-03-01T01:20:00.000Z)'],
  ],
  [
    'times-with-holes.csv',
    { time: 'ts', missing: 'drop' },
    11,
    '8',
    [
      '3 of 24 rows were left out, because cells are missing: rows 6, 7, 24',
      '1 step in time is longer than 15 min 00 s, the longest 30 min 00 s before row 8, 2026-03-01T01:10:00.000Z: no window reaches across; `gap` sets the limit',
      '5 rows lie in pieces shorter than the window of 6 rows and are in none',
    ],
  ],
  [
    'times-with-holes.csv',
    { time: 'ts', missing: 'interpolate' },
    18,
    '1',
    [
      '2 missing cells are filled in, on the line between the rows before and behind',
      '1 of 24 rows was left out, because cells are missing: row 24',
    ],
  ],
  [
    'times-with-holes.csv',
    { time: 'ts', missing: 'forward' },
    19,
    '1',
    ['3 missing cells are filled in, as in the row before'],
  ],
  ['customers.csv', { id: 'customer' }, 19, 'C00000', []],
  [
    'dates-either.csv',
    { time: 'when' },
    'column "when": expected dates that tell day and month apart, got none above 12, as "01/03/2026 00:00" (say it with `timeFormat: "dd/mm/yyyy"`',
    '',
  ],
  ['dates-either.csv', { time: 'when', timeFormat: 'dd/mm/yyyy' }, 19, '', []],
  [
    'dates-day-first.csv',
    { time: 'when', timeFormat: 'mm/dd/yyyy' },
    'row 14, column "when": expected a date, mm/dd/yyyy, got "13/03/2026 00:00"',
    '',
  ],
];

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

  it.each(inSeries)('%s in windows with %j: %s', async (...entry) => {
    const [file, options, windows, first, notes = []] = entry as unknown as InSeries;
    const opened = openData(join(folder, file), { ...options, window: 6 });
    if (typeof windows === 'string') {
      await expect(opened).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(windows) });
      return;
    }
    const { train } = await opened;
    const { carried, notes: said = [] } = train;
    expect({ windows: train.length, first: String(carried![0]!.values[0]), notes: said }).toEqual({
      windows,
      first: first === '' ? '1' : first,
      notes,
    });
    expect((await train.block(0, train.length)).every(Number.isFinite)).toBe(true);
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
