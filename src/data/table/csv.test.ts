import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { GargaloError } from '../../core/errors.js';
import { findForms } from './column-forms.js';
import { type CsvReading, openCsvTable } from './csv.js';
import { parseRows } from './csv-rows.js';
import type { WantedColumn } from './raw.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-raw-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Cell = number | string | undefined;

/** All cells of the columns asked for (all of them, as numbers, by default), column by column, and where its rows are. */
async function read(
  text: string | Uint8Array,
  {
    name = 't.csv',
    as = 'number',
    wanted,
    ...reading
  }: CsvReading & {
    name?: string;
    as?: 'number' | 'text';
    wanted?: readonly WantedColumn[];
  } = {},
) {
  const path = join(folder, name);
  await writeFile(path, text);
  const table = await openCsvTable(path, reading);
  const { formats } = await findForms(table, table.columns);
  const asked = wanted ?? table.columns.map((column) => ({ name: column, as, format: formats.get(column) }));
  const cells: Cell[][] = asked.map(() => []);
  const places: string[] = [];
  let chunks = 0;
  for await (const { start, rows, columns, place } of table.chunks(asked)) {
    expect(start).toBe(places.length);
    for (let row = 0; row < rows; row++) places.push(place(row).replace(path, name));
    for (const [i, column] of columns.entries()) {
      expect(column.values.length).toBe(rows);
      for (let row = 0; row < rows; row++) {
        const word = column.as === 'number' ? column.words?.get(row) : undefined;
        cells[i]!.push(word ?? column.values[row]);
      }
    }
    chunks++;
  }
  return { columns: table.columns, cells, places, chunks };
}

/** Small pieces, so that every table has many. */
const pieces = fc.record({ blockBytes: fc.integer({ min: 1, max: 40 }), chunkValues: fc.integer({ min: 1, max: 12 }) });

describe('a table of text', () => {
  it('has its columns named by a header, or counted', async () => {
    expect(await read('a, "b c"\n1,2\n3,-4.5e-1\n')).toMatchObject({
      columns: ['a', 'b c'],
      cells: [
        [1, 3],
        [2, -0.45],
      ],
      places: ['t.csv, row 2', 't.csv, row 3'],
    });
    expect(await read('1,2\n3,4')).toMatchObject({
      columns: ['1', '2'],
      cells: [
        [1, 3],
        [2, 4],
      ],
    }); // prettier-ignore
    expect(await read(',0,1\n0,5,6\n')).toMatchObject({ columns: ['column 1', '0', '1'], cells: [[0], [5], [6]] });
  });

  it('may have a byte order mark, CRLF, lone CR, blank lines, blanks around cells, tabs', async () => {
    expect(await read('\ufeffa,b\r\n\r\n1,2\r\n \t\r\n 3 , 4\r\n')).toEqual({
      columns: ['a', 'b'],
      cells: [
        [1, 3],
        [2, 4],
      ], // prettier-ignore
      places: ['t.csv, row 3', 't.csv, row 5'],
      chunks: 1,
    });
    expect(await read('a,b\r1,2\r3,4\r')).toMatchObject({
      cells: [
        [1, 3],
        [2, 4],
      ],
    }); // prettier-ignore
    expect(await read('a\tb,c\n1\t2\n', { name: 't.tsv' })).toMatchObject({ columns: ['a', 'b,c'], cells: [[1], [2]] });
    expect(await read('1\t2\n', { name: 't.txt' })).toMatchObject({ cells: [[1], [2]] });
    expect(await read('1,2\n', { name: 't.txt' })).toMatchObject({ cells: [[1], [2]] });
  });

  it('may have semicolons or tabs instead of commas, and then a decimal comma', async () => {
    expect(await read('a;b\n1;2.5\n')).toMatchObject({ columns: ['a', 'b'], cells: [[1], [2.5]] });
    expect(await read('a\tb\n1\t2.5\n')).toMatchObject({ columns: ['a', 'b'], cells: [[1], [2.5]] });
    expect(await read('a;b\n1,25;-2,5e1\n3;"0,5"\n')).toMatchObject({
      cells: [
        [1.25, 3],
        [-25, 0.5],
      ],
    }); // prettier-ignore
    // no mark for thousands: neither is taken for the other
    const late = `a;b\n${'1,5;2\n'.repeat(20_000)}1,5;1.234\n`;
    expect((await read(late)).cells[1]!.at(-1)).toBe('1.234');
    // each column has its own
    expect(await read('a\tb\n40,5\t1.25\n')).toMatchObject({ cells: [[40.5], [1.25]] });
    expect(await read('a\tb\n1.5\t"1,1"\n')).toMatchObject({ cells: [[1.5], [1.1]] });
    expect(await read('"1,5"\t"1,1"\n')).toMatchObject({ cells: [[1.5], [1.1]] });
  });

  it('says what is no number: missing values are NaN, words, infinity and other notations are kept as they are', async () => {
    const { cells } = await read('a,b\n,NA\nNaN,null\nn/a,?\n-,none\ncat,-inf\n0x10,1e400\n1e39,1_000\n5.,+.5\n');
    const gap = Number.NaN;
    expect(cells).toEqual([
      [gap, gap, gap, gap, 'cat', '0x10', 1e39, 5],
      [gap, gap, gap, gap, '-inf', '1e400', '1_000', 0.5],
    ]);
  });

  it('gives texts, undefined where they are missing, and one column both ways', async () => {
    const text = 'n,word\n1,x\n2,\n3,"a, b"\n4,é\nNA,none\n';
    const wanted: WantedColumn[] = [
      { name: 'word', as: 'text' },
      { name: 'n', as: 'text' },
      { name: 'n', as: 'number' },
    ];
    expect((await read(text, { wanted })).cells).toEqual([
      ['x', undefined, 'a, b', 'é', 'none'],
      ['1', '2', '3', '4', undefined],
      [1, 2, 3, 4, Number.NaN],
    ]);
  });

  it('is stopped on request', async () => {
    const path = join(folder, 'stop.csv');
    await writeFile(path, '1,2\n'.repeat(50_000));
    const stop = new AbortController();
    const table = await openCsvTable(path, { chunkValues: 16 });
    const walk = async () => {
      for await (const chunk of table.chunks([{ name: '1', as: 'number' }], stop)) {
        expect(chunk.start).toBe(0);
        stop.abort();
      }
    };
    await expect(walk()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a decimal', () => {
  const sign = fc.constantFrom('', '-', '+');
  const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: max });
  const decimal = fc
    .tuple(
      sign,
      digits(12),
      fc.constantFrom('', '.'),
      digits(12),
      fc.option(fc.tuple(sign, fc.integer({ min: 0, max: 40 }))),
    )
    .filter(([, whole, point, part]) => whole !== '' || (point !== '' && part !== ''))
    .map(([s, whole, point, part, e]) => `${s}${whole}${point}${point && part}${e ? `e${e[0]}${e[1]}` : ''}`);
  const numbers = fc.oneof(
    decimal,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toPrecision(9)),
    fc.integer().map(String),
    // halfway between two doubles, or nearly so
    fc
      .tuple(
        fc.integer({ min: 2 ** 31 - 1000, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 2 ** 22 }),
        fc.integer({ min: 0, max: 2 }),
      )
      .map(([high, low, off]) => String(((BigInt(high) << 22n) | BigInt(low)) * 2n + BigInt(off))),
  );

  it('is read to the same double as JavaScript reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(numbers, { minLength: 50, maxLength: 200 }), async (list) => {
        const { cells } = await read(`x\n${list.join('\n')}\n`);
        const expected = list.map(Number);
        expect(cells[0]!.map((cell, i) => Object.is(cell, expected[i]))).toEqual(list.map(() => true));
      }),
      { numRuns: effort(60, 600) },
    );
  });
});

describe('reading fast and reading with care give the same', () => {
  const cell = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('1', '-2.5', ' 3 ', '1e-3', '123456789012345678', '', 'NA', 'x', 'é y', '\u00a07'),
    },
    { weight: 1, arbitrary: fc.constantFrom('"q"', '"a,b"', '"c""d"', '"e\nf"', '" 5 "', '"g\r\nh"', '"1.5"') },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.e-+ aé'), maxLength: 8 }) },
  );
  const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\n \n', '\r');
  const tables = fc.integer({ min: 1, max: 3 }).chain((width) =>
    fc
      .array(fc.tuple(fc.array(cell, { minLength: width, maxLength: width }), lineEnd), { minLength: 1, maxLength: 12 })
      .map((rows) => ({
        width,
        text: rows.map(([cells, end]) => cells.join(',') + end).join(''),
      })),
  );

  it.each(['number', 'text'] as const)('as %ss, whatever the pieces that the file is read in', async (as) => {
    await fc.assert(
      fc.asyncProperty(tables, pieces, fc.boolean(), async ({ width, text }, reading, cutEnd) => {
        const header = Array.from({ length: width }, (_, i) => `w${i}`).join();
        const whole = `${header}\n${cutEnd ? text.trimEnd() : text}`;
        const careful = parseRows(new TextEncoder().encode(whole), { path: 't.csv', delimiter: 0x2c }, 1, true);
        expect(careful.error).toBeUndefined();
        const rows = careful.rows.slice(1);
        if (rows.length === 0) return;
        const quoted = rows.map(({ cells }) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join());
        const result = await read(whole, { as, ...reading });
        // with every cell in quotes, nothing is read fast
        const other = await read(`${header}\n${quoted.join('\n')}`, { as });
        expect(result.cells).toEqual(other.cells);
        expect(result.places).toEqual(rows.map(({ line }) => `t.csv, row ${line}`));
      }),
      { numRuns: effort(150, 1500) },
    );
  });

  it('of lines counted once where CR and LF are read apart', async () => {
    const { places } = await read('w\n\r\n0\n', { as: 'text', blockBytes: 1, chunkValues: 1 });
    expect(places).toEqual(['t.csv, row 3']);
  });

  it('where a mark stands behind blanks, and where the decimal mark separates cells', async () => {
    const commented = await read('name,val\nu,1\n # off,7\n"u",3\n # off,"8"\nv,2\n', { as: 'text', comment: '#' });
    expect(commented.cells).toEqual([
      ['u', 'u', 'v'],
      ['1', '3', '2'],
    ]);
    const commas = `a,b\n${'"0,5","0,25"\n'.repeat(20)}`;
    expect((await read(commas, { delimiter: ',' })).cells[1]!.at(-1)).toBe(0.25);
    await expect(read(`${commas}1,2,3,4\n`, { delimiter: ',' })).rejects.toThrow('row 22: expected 2 columns, got 4');
    await expect(read(`${commas}3\n`, { delimiter: ',' })).rejects.toThrow('row 22: expected 2 columns, got 1');
  });

  it('in this thread and in another', async () => {
    const rowsText = Array.from(
      { length: 30_000 },
      (_, i) => `${i},${-i / 8},w${i % 7}${i % 1000 === 999 ? '\n\n' : '\n'}`,
    ).join('');
    const text = `a,b,c\n${rowsText}`;
    const here = await read(text, { as: 'text' });
    expect(here.cells[0]!.length).toBe(30_000);
    expect(await read(text, { as: 'text', threadBytes: 0 })).toEqual(here);
    const ragged = join(folder, 'ragged.csv');
    await writeFile(ragged, `${text}1,2\n`);
    const table = await openCsvTable(ragged, { threadBytes: 0 });
    let rows = 0;
    const walk = async () => {
      for await (const chunk of table.chunks([{ name: 'a', as: 'number' }])) rows += chunk.rows;
    };
    await expect(walk()).rejects.toThrow(/ragged\.csv, row 30032: expected 3 columns, got 2/);
    expect(rows).toBe(30_000);
  });
});

describe('a bad table is refused with file, row and mend:', () => {
  const cases: readonly [string, string | Uint8Array, RegExp][] = [
    ['a ragged row', 'a,b\n1,2\n\n3\n', /t\.csv, row 4: expected 2 columns, got 1/],
    ['a long row', 'a,b\n1,2\n3,4,\n', /t\.csv, row 3: expected 2 columns, got 3/],
    ['a ragged row after CRLF', 'a,b\n1,2\r\n3,4,5\n', /row 3: expected 2 columns, got 3/],
    ['a quote left open', 'a,b\n1,"2\n3,4\n', /t\.csv, row 2 or below: expected a closing quote, got the end/],
    [
      'a quote inside a cell',
      'a,b\n1,2\n1,2"3"\n',
      /t\.csv, row 3: expected rows of cells, got: Invalid Opening Quote.* at line 3/,
    ],
    ['a quote inside the header', 'a"b"\n1\n', /t\.csv, row 1: expected rows of cells, got: Invalid Opening Quote/],
    ['a column name twice', 'a,a\n1,2\n', /row 1: expected different column names, got "a" twice/],
    ['a header alone', 'a,b\n', /at least one row of numbers, got only a header/],
    ['no content', '\n\n', /got an empty file/],
    ['a binary file', Buffer.from('PK\x03\x04abc'), /expected text, got the byte 0x03 at byte 2/],
    [
      'a byte that is no UTF-8 far behind',
      Buffer.concat([Buffer.from('a,b\n'.repeat(99_999)), Buffer.from([0xe9, 10])]),
      /expected UTF-8, got the byte 0xe9 at byte 399996 \(.*`encoding: /,
    ],
    ['zeros far behind', `${'1,2\n'.repeat(50_000)}\0`, /got the byte 0x00 at byte 200000/],
  ];
  it.each(cases)('%s', async (_, text, message) => {
    const error: unknown = await read(text).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GargaloError);
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
  });

  it('after the rows before it', async () => {
    const path = join(folder, 'late.csv');
    await writeFile(path, '1,2\n3,4\n5\n');
    const first = (await openCsvTable(path)).chunks([{ name: '2', as: 'number' }])[Symbol.asyncIterator]();
    expect((await first.next()).value).toMatchObject({ rows: 2, columns: [{ values: Float64Array.of(2, 4) }] });
    await expect(first.next()).rejects.toThrow(/row 3: expected 2 columns, got 1/);
  });

  it('a missing file, a folder, an unknown column', async () => {
    await expect(openCsvTable(join(folder, 'no.csv'))).rejects.toThrow(/no\.csv: expected a file, got nothing/);
    await expect(openCsvTable(folder)).rejects.toThrow(/got a folder/);
    await expect(read('a,b\n1,2\n', { wanted: [{ name: 'c', as: 'text' }] })).rejects.toThrow(
      /expected a column of the file for `columns`, got "c" \(there are "a", "b"\)/,
    );
  });

  it('whatever the bytes are, the answer is a table or a GargaloError', async () => {
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'12.-e,;"\n\r \ta'), maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, pieces, async (text, reading) => {
        const error: unknown = await read(text, reading).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(GargaloError);
      }),
      { numRuns: effort(200, 2000) },
    );
  });
});
