// Tables written in some dialect give the values that they were written from, read by another program: this one. And tables that pandas has
// read give the values that it found.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findForms } from './column-forms.js';
import { openCsvTable } from './csv.js';
import { withMissing } from './missing-marks.js';
import { type ThousandsMark, thousandsMarks } from './number-format.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-dialect-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Dialect {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly thousands: ThousandsMark | 'none';
  readonly quoted: boolean;
  readonly encoding: string;
  readonly packed: boolean;
  readonly header: boolean;
  readonly na: string;
  readonly end: string;
}

interface Values {
  readonly number: number | undefined;
  readonly word: string | undefined;
  readonly other: number;
}

/** As a person writes it: "-1.234,5". */
function numberText(value: number, { decimal, thousands }: Dialect): string {
  const [whole, part] = String(Math.abs(value)).split('.') as [string, string?];
  const mark = thousands === 'none' ? '' : thousands;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, mark);
  return `${value < 0 ? '-' : ''}${grouped}${part === undefined ? '' : decimal + part}`;
}

/** Each byte of windows-1252 that is used below. */
const latin = (text: string) => Uint8Array.from(text, (letter) => (letter === '€' ? 0x80 : letter.charCodeAt(0)));

function encoded(text: string, encoding: string): Uint8Array {
  switch (encoding) {
    case 'windows-1252':
      return latin(text);
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    default:
      return new TextEncoder().encode(text);
  }
}

function written(rows: readonly Values[], dialect: Dialect): Uint8Array {
  const { delimiter, decimal, na, header, quoted, end } = dialect;
  const quote = (cell: string) =>
    quoted || cell.includes(delimiter) || cell.includes('"') || cell.trim() !== cell
      ? `"${cell.replaceAll('"', '""')}"`
      : cell;
  const number = (value: number | undefined) => (value === undefined ? na : numberText(value, dialect));
  const cells = rows.map(({ number: first, word, other }) => [
    number(first),
    word ?? na,
    String(other).replace('.', decimal),
  ]);
  const all = [...(header ? [['größe', 'wort', '3']] : []), ...cells];
  return encoded(all.map((row) => row.map(quote).join(delimiter) + end).join(''), dialect.encoding);
}

const number = fc.oneof(
  fc.integer({ min: -2_000_000, max: 2_000_000 }),
  fc.integer({ min: -99_999_999, max: 99_999_999 }).map((value) => value / 1000),
  fc.constantFrom(0, 1.234, 1234, 1234.5, 0.5),
);
const rows = fc.array(
  fc.record({
    number: fc.option(number, { nil: undefined, freq: 6 }),
    word: fc.option(fc.constantFrom('rot', 'grün', 'a, b', 'a;b', 'sagt "ja"', '5 €', 'NA?'), {
      nil: undefined,
      freq: 6,
    }),
    other: fc.integer({ min: 1, max: 9999 }).map((value) => value / 16),
  }),
  { minLength: 1, maxLength: 20 },
);
const dialects = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    decimal: fc.constantFrom('.' as const, ',' as const),
    thousands: fc.constantFrom('none' as const, ...thousandsMarks),
    quoted: fc.boolean(),
    encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le'),
    packed: fc.boolean(),
    header: fc.boolean(),
    na: fc.constantFrom('-999', 'fehlt', '', 'NA'),
    end: fc.constantFrom('\n', '\r\n'),
  })
  .filter(({ decimal, thousands }) => decimal !== thousands);

type Told = Pick<Dialect, 'delimiter' | 'decimal' | 'thousands' | 'encoding' | 'header'> & { readonly na: string[] };

/** The cells of a file whose dialect is told. */
async function readAs(path: string, options: Told): Promise<{ columns: readonly string[]; rows: Values[] }> {
  const table = withMissing(await openCsvTable(path, options), options.na);
  const { formats, problems } = await findForms(table, table.columns, options);
  expect(problems.size).toBe(0);
  const wanted = table.columns.map((name, i) => ({
    name,
    as: i === 1 ? ('text' as const) : ('number' as const),
    format: formats.get(name),
  }));
  const found: Values[] = [];
  for await (const { rows: length, columns } of table.chunks(wanted)) {
    const [first, second, third] = columns;
    for (let row = 0; row < length; row++) {
      if (first?.as !== 'number' || second?.as !== 'text' || third?.as !== 'number') throw new Error('other columns');
      expect(first.words?.get(row)).toBeUndefined();
      const value = first.values[row]!;
      found.push({
        number: Number.isNaN(value) ? undefined : value,
        word: second.values[row],
        other: third.values[row]!,
      });
    }
  }
  return { columns: table.columns, rows: found };
}

it('a table written in some dialect is read as it was, when the dialect is told', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(rows, dialects, async (values, dialect) => {
      const { packed, na, ...others } = dialect;
      const path = join(folder, `${count++}.csv${packed ? '.gz' : ''}`);
      const bytes = written(values, dialect);
      await writeFile(path, packed ? gzipSync(bytes) : bytes);
      const found = await readAs(path, { ...others, na: [na] });
      expect(found.columns).toEqual(dialect.header ? ['größe', 'wort', '3'] : ['1', '2', '3']);
      expect(found.rows).toEqual(values);
    }),
    { numRuns: 150 },
  );
});

// Written by tools/pandas-dialects.py.
const { tables } = JSON.parse(readFileSync(new URL('../../../test/dialects.json', import.meta.url), 'utf8')) as {
  readonly tables: readonly {
    readonly bytes: string;
    readonly options: Told;
    readonly rows: readonly (readonly [number | null, string | null, number])[];
  }[];
};

it.each(
  tables.map(({ options, ...table }, i) => [i, JSON.stringify(options), options, table] as const),
)('table %i is read as pandas reads it, told %s', async (i, _told, options, { bytes, rows: expected }) => {
  const path = join(folder, `pandas-${i}.csv`);
  await writeFile(path, Buffer.from(bytes, 'base64'));
  const found = await readAs(path, options);
  expect(found.columns).toEqual(options.header ? ['größe', 'wort', 'wert'] : ['1', '2', '3']);
  expect(found.rows.map(({ word }) => word ?? null)).toEqual(expected.map(([, word]) => word));
  for (const [row, [number, , other]] of expected.entries()) {
    const own = found.rows[row];
    // pandas rounds some decimals to the next double
    if (number === null) expect(own?.number).toBeUndefined();
    else expect(Math.abs((own?.number ?? Number.NaN) - number)).toBeLessThanOrEqual(1e-15 * Math.abs(number));
    expect(Math.abs((own?.other ?? Number.NaN) - other)).toBeLessThanOrEqual(1e-15 * Math.abs(other));
  }
});
