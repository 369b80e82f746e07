import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { inFolder } from '../../../test/tiny.js';
import { GargaloError } from '../../core/errors.js';
import { collect } from '../collect.js';
import { fitScaling, scalingMethods } from '../scaling.js';
import { splitDataset } from '../split.js';
import { openCsvTable } from './csv.js';
import { describeTable } from './describe.js';
import { filled, learnFills } from './fill.js';
import { memoryTable, tableOfText } from './memory-table.oracle.js';
import { readTable, type TableOptions } from './read.js';
import { columnsOf, embeddingWidth, type TableSchema } from './schema.js';

async function read(text: string, options: TableOptions = {}) {
  const dataset = await collect(await readTable(tableOfText(text), options));
  return { dataset, notes: dataset.notes, values: [...(await dataset.block(0, dataset.length))] };
}

const mixed = `age,smoker,colour,class,when
31,yes,red,a,2026-01-01
42,no,green,b,2026-01-02 12:30:00
,no,blue,,2026-01-03T00:00:00+01:00
27,yes,red,a,2026-01-04`;
const columns = ['age', 'smoker', 'colour'];

describe('columns of a table', () => {
  it('are numbers, booleans and categories; label and time are none of them', async () => {
    const { dataset, values } = await read(mixed.replace('\n,', '\n50,'), { label: 'class', time: 'when' });
    expect(dataset.columns).toEqual(['age', 'smoker', 'colour=blue', 'colour=green', 'colour=red']);
    expect(dataset.table).toEqual({
      columns: [
        { type: 'number', name: 'age' },
        { type: 'boolean', name: 'smoker', levels: ['no', 'yes'] },
        { type: 'category', name: 'colour', levels: ['blue', 'green', 'red'] },
      ],
    });
    expect(values).toEqual([31, 1, 0, 0, 1, 42, 0, 0, 1, 0, 50, 0, 1, 0, 0, 27, 1, 0, 0, 1]);
    expect(dataset.labels).toEqual({ names: ['a', 'b'], values: Int32Array.of(0, 1, -1, 0) });
    const day = Date.UTC(2026, 0, 1);
    expect(dataset.times).toEqual({
      column: 'when',
      unit: 'date',
      values: Float64Array.of(day, day + 36.5 * 3600e3, day + 47 * 3600e3, day + 72 * 3600e3),
    });
  });

  it('of numbers alone have no schema, as ever, and 0 and 1 are numbers', async () => {
    const { dataset } = await read('a,b\n0,1\n1,-4.5e-1\n');
    expect(dataset).toMatchObject({ columns: ['a', 'b'], shape: [2] });
    expect(dataset.table).toBeUndefined();
  });

  it('come in the order asked for', async () => {
    const { dataset } = await read(mixed, { columns: ['colour', 'smoker'] });
    expect(dataset.table?.columns.map(({ name }) => name)).toEqual(['colour', 'smoker']);
  });

  it('of words may hold numbers, where words are half or the different cells few', async () => {
    const levels = async (cells: readonly string[]) => {
      const { dataset } = await read(`a,b\n${cells.map((cell) => `${cell},1`).join('\n')}`);
      const [column] = dataset.table!.columns;
      return column!.type === 'category' ? column!.levels : undefined;
    };
    expect(await levels(['10', 'x', '9', 'y', '10', 'x'])).toEqual(['10', '9', 'x', 'y']);
    const dependents = Array.from({ length: 100 }, (_, i) => (i % 10 === 9 ? '3+' : String(i % 3)));
    expect(await levels(dependents)).toEqual(['0', '1', '2', '3+']);
    expect(await levels(['mild', 'none', 'none', 'none'])).toEqual(['mild', 'none']);
  });

  it('are booleans by any pair of words that say yes and no', async () => {
    const levels = async (...cells: readonly string[]) => {
      const { dataset } = await read(`a,b\n${cells.map((cell) => `${cell},1`).join('\n')}`);
      const [column] = dataset.table!.columns;
      return column!.type === 'boolean' ? column!.levels : undefined;
    };
    expect(await levels('True', 'False')).toEqual(['False', 'True']);
    expect(await levels('T', 'T')).toEqual(['F', 'T']);
    expect(await levels('NO')).toEqual(['NO', 'YES']);
    expect(await levels('Off')).toEqual(['Off', 'On']);
    expect(await levels('yes', 'false')).toBeUndefined();
    expect(await levels('f', 'm')).toBeUndefined();
  });

  it('are read again as texts at once where their first rows hold words, and in the end where later ones do', async () => {
    const early = tableOfText('a,b\nx,1\ny,2\nx,3\n', { chunkRows: 1 });
    await readTable(early);
    expect(early.walks).toEqual(['a:number b:number', 'a:text b:number']);
    const late = tableOfText('a,b\n1,1\nx,2\ny,3\nx,4\n', { chunkRows: 1 });
    expect((await readTable(late)).columns).toEqual(['a=1', 'a=x', 'a=y', 'b']);
    expect(late.walks).toEqual(['a:number b:number', 'a:text b:number']);
  });
});

describe('a table is refused, naming the place and the mend, where', () => {
  const many = (cell: (i: number) => string, rows = 10_000) =>
    `a,b\n${Array.from({ length: rows }, (_, i) => `${cell(i)},1`).join('\n')}`;
  const cases: readonly [string, string, TableOptions, RegExp][] = [
    [
      'one word stands among thousands of numbers',
      many((i) => (i === 7776 ? 'oops' : String(i))),
      {},
      /^t\.csv, row 7778, column "a": expected a number, got the word "oops" \(.*`columns`.*`label: "a"/,
    ],
    ['the typo is in the first row', many((i) => (i === 0 ? 'oops' : String(i))), {}, /row 2, column "a": .*"oops"/],
    ['a number is infinite', many((i) => (i === 5 ? '-inf' : '1'), 9), {}, /row 7, .*a finite number, got "-inf"/],
    ['a number is too large', 'a\n1e39\n', {}, /row 2, column "a": .*32-bit float .*1e\+39/],
    [
      'a cell is missing',
      mixed,
      { columns },
      /row 4, column "age": expected a value, got a missing cell \(.*`missing`/,
    ],
    [
      'dates are not the time',
      mixed,
      { columns: ['when', 'smoker'] },
      /column "when": .*dates such as "2026-01-01" \(take it for the time with `time: "when"/,
    ],
    ['dates are of another order', many((i) => `0${1 + (i % 9)}/02/2026`, 30), {}, /dates such as "01\/02\/2026"/],
    ['every row has its own word', many((i) => `id${i}`, 500), {}, /column "a": .*500 different ones in 500 rows/],
    ['that many', many((i) => `id${i}`, 1500), {}, /more than 1000 different ones in 1500 rows/],
    ['a category has too many levels', many((i) => `w${i % 1500}`), {}, /at most 1000 different words.*`label: "a"/],
    ['a column is unknown', mixed, { columns: ['x'] }, /for `columns`, got "x" \(there are "age", "smoker"/],
    ['the label is unknown', mixed, { label: 'x' }, /for `label`, got "x"/],
    ['the time is unknown', mixed, { time: 'x' }, /for `time`, got "x"/],
    ['a column is named twice', mixed, { columns: ['age', 'age'] }, /columns: .*"age" twice/],
    ['the time is a feature', mixed, { time: 'when', columns: ['when', 'age'] }, /columns: .*"when" again/],
    ['the time is the label', mixed, { time: 'when', label: 'when' }, /time: .*another column than the label/],
    [
      'a time is no date',
      'a,t\n1,2026-01-01\n2,soon\n',
      { time: 't' },
      /row 3, column "t": expected a date, got "soon"/,
    ],
    ['a time is no day', 'a,t\n1,2026-02-28\n2,2026-02-30\n', { time: 't' }, /row 3, column "t": .*"2026-02-30"/],
    [
      'a time is no number',
      `a,t\n${'1,5\n'.repeat(50)}2,now\n`,
      { time: 't' },
      /row 52, .* a number for the time.*now/,
    ],
    ['a time is missing', 'a,t\n1,1\n2,\n', { time: 't' }, /row 3, column "t": expected a time, got a missing/],
    ['there are no rows', 'a,b\n', {}, /t\.csv: expected at least one row/],
    ['all rows are left out', 'a,b\n1,\n,2\n', { missing: 'drop' }, /2 rows that all have some|expected values/],
    ['a column is empty', 'a,b\n1,\n2,\n', { missing: 'mean' }, /column "b": expected values, got only missing/],
  ];
  it.each(cases)('%s', async (_, text, options, message) => {
    const error: unknown = await read(text, options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GargaloError);
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
  });
});

describe('missing cells', () => {
  const text = 'n,b,c\n1,yes,x\n,no,x\n6,,y\n5,no,\n8,no,x\n';

  it('are left out with their rows, which is told', async () => {
    const { values, notes } = await read(text, { missing: 'drop' });
    expect(values).toEqual([1, 1, 1, 0, 8, 0, 1, 0]);
    expect(notes).toEqual(['3 of 5 rows were left out, because cells are missing: rows 2, 3, 4']);
    const { dataset } = await read(text, { missing: 'drop', limit: 2 });
    expect(dataset.length).toBe(2);
  });

  it.each([
    ['mean', 5],
    ['median', 5.5],
  ] as const)('count as the %s, words as the most frequent', async (missing, middle) => {
    const { dataset } = await read(text, { missing });
    const learned = await learnFills(dataset);
    expect(learned?.columns.map(({ fill }) => fill)).toEqual([middle, 'no', 'x']);
    const values = await filled(dataset, learned).block(0, 5);
    expect([...values]).toEqual([1, 1, 1, 0, middle, 0, 1, 0, 6, 0, 0, 1, 5, 0, 1, 0, 8, 0, 1, 0]);
  });

  it('are said by an indicator in the columns that have some', async () => {
    const { dataset } = await read(text.replaceAll('6,,', '6,no,'), { missing: 'indicator' });
    expect(dataset.columns).toEqual(['n', 'n missing', 'b', 'c=x', 'c=y', 'c missing']);
    const all = filled(dataset, await learnFills(dataset));
    expect([...(await all.block(1, 4))]).toEqual([5, 1, 0, 1, 0, 0, 6, 0, 0, 0, 1, 0, 5, 0, 0, 1, 0, 1]);
  });

  it('are learned from the examples for training alone', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 4 === 0 ? '' : String(i), String(-i)]);
    const dataset = await collect(await readTable(memoryTable(['a', 'b'], rows), { missing: 'mean' }));
    const { train } = await splitDataset(dataset, 0.5, 1);
    const values = await train.block(0, train.length);
    const known = Array.from(values).filter((value, i) => i % 2 === 0 && !Number.isNaN(value));
    const schema = await learnFills(train);
    expect(schema?.columns[0]?.fill).toBeCloseTo(known.reduce((sum, value) => sum + value, 0) / known.length, 4);
    const other = await read('a,b\n,1\n', { like: { shape: [2], table: schema! } });
    expect(other.values).toEqual([Math.fround(schema!.columns[0]!.fill as number), 1]);
  });

  it('that never were any in training are refused: nobody knows what to fill in', async () => {
    const { dataset } = await read('a,b\n1,2\n', {});
    const like = { shape: [2], columns: dataset.columns! };
    await expect(read('a,b\n,2\n', { like })).rejects.toThrow(/row 2, column "a": .*missing cell/);
    expect((await read('a,b\n,2\n3,4\n', { like, missing: 'drop' })).values).toEqual([3, 4]);
    await expect(read('a,b\n,2\n', { like, missing: 'mean' })).rejects.toThrow(
      /missing: expected refuse, drop, interpolate or forward .*`missing: "mean"`/,
    );
  });
});

describe('a table read as a model takes it', () => {
  const like = async () => {
    const { dataset } = await read(mixed, { columns: ['smoker', 'colour'] });
    return { shape: dataset.shape, columns: dataset.columns!, table: dataset.table! };
  };

  it('has its columns found by name, and the levels of the model', async () => {
    const { values, dataset } = await read('colour,x,smoker\nred,1,NO\ngreen,2,Yes\n', { like: await like() });
    expect(dataset.columns).toEqual(['smoker', 'colour=blue', 'colour=green', 'colour=red']);
    expect(values).toEqual([0, 0, 0, 1, 1, 0, 1, 0]);
  });

  it('has zeros for words that the model has not seen, and says how many', async () => {
    const { values, notes } = await read('colour,smoker\npink,no\nred,no\npink,no\n', { like: await like() });
    expect(values).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(notes).toEqual([
      'column "colour": 2 cells have words that the model has not seen, first "pink" at t.csv, row 2; all features of the column are 0 there',
    ]);
  });

  it('may have its columns under other names', async () => {
    const { values } = await read('farbe,raucht\nred,no\n', { like: await like(), columns: ['raucht', 'farbe'] });
    expect(values).toEqual([0, 0, 0, 1]);
    await expect(read('farbe,raucht\nred,no\n', { like: await like(), columns: ['farbe'] })).rejects.toThrow(
      /columns: expected 2 columns, as the model was made for, got 1 \(it takes "smoker", "colour"\)/,
    );
  });

  it('is refused without a column, or with a word that is no boolean', async () => {
    await expect(read('colour,x\nred,1\n', { like: await like() })).rejects.toThrow(
      /expected the column "smoker", which the model was made for, .*there are "colour", "x"; `columns`/,
    );
    await expect(read('colour,smoker\nred,maybe\n', { like: await like() })).rejects.toThrow(
      /row 2, column "smoker": expected "no" or "yes", got "maybe"/,
    );
  });
});

describe('features', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c d', 'e', 'ä'), { minLength: 1, maxLength: 5 });
  const kinds = {
    number: fc.integer({ min: -1000, max: 1000 }).map((value) => String(value / 8)),
    boolean: fc.constantFrom('true', 'false'),
    category: fc.constantFrom('red', 'green', 'blue', 'x y'),
  };
  const tables = names.chain((columns) =>
    fc.tuple(...columns.map(() => fc.constantFrom('number', 'boolean', 'category'))).chain((types) =>
      fc.record({
        columns: fc.constant(columns),
        types: fc.constant(types),
        rows: fc.array(fc.tuple(...types.map((type) => kinds[type as keyof typeof kinds])), {
          minLength: 1,
          maxLength: 30,
        }),
      }),
    ),
  );

  it('give the table back', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ columns, types, rows }) => {
        // all-numbers have no schema, and need none
        const withWord = [...columns, 'word'];
        const raw = memoryTable(
          withWord,
          rows.map((row) => [...row, 'w']),
        );
        const { block, length, table } = await collect(await readTable(raw));
        const back = columnsOf(table!, (await block(0, length)) as Float32Array);
        expect(back.map(({ name }) => name)).toEqual(withWord);
        for (const [i, type] of types.entries()) {
          const expected = rows.map((row) => (type === 'number' ? Number(row[i]) : row[i]));
          expect([...back[i]!.values]).toEqual(expected);
        }
      }),
      { numRuns: effort(100, 1000) },
    );
  });

  it('are the same whatever the chunks, with cells missing', async () => {
    const holes = fc.array(fc.nat({ max: 4 }), { minLength: 30, maxLength: 30 });
    const policies = fc.constantFrom('drop', 'mean', 'indicator' as const);
    await fc.assert(
      fc.asyncProperty(
        tables,
        holes,
        fc.integer({ min: 1, max: 9 }),
        policies,
        fc.constantFrom(undefined, 5),
        async (made, empty, chunkRows, missing, limit) => {
          const rows = made.rows.map((row, i) => row.map((cell, j) => (empty[i] === j && i > 0 ? '' : cell)));
          const of = async (size: number) => {
            const raw = memoryTable(made.columns, rows, { chunkRows: size });
            const { block, length, table } = await collect(await readTable(raw, { missing, limit }));
            return { table, values: [...(await block(0, length))] };
          };
          expect(await of(chunkRows)).toEqual(await of(1000));
        },
      ),
      { numRuns: effort(100, 1000) },
    );
  });

  it('are refused in the same words whatever the chunks', async () => {
    const cells = fc.constantFrom('', '1', '2', 'none', '-', 'inf', 'x', 'yes', '2026-01-01');
    const tables = fc.array(fc.tuple(cells, cells), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 1, max: 7 }), async (rows, chunkRows) => {
        const of = async (size: number): Promise<unknown> => {
          const raw = memoryTable(['a', 'b'], rows, { chunkRows: size });
          return readTable(raw, { missing: 'mean' }).then(
            ({ table }) => table,
            (error: Error) => error.message,
          );
        };
        expect(await of(chunkRows)).toEqual(await of(1000));
      }),
      { numRuns: effort(200, 2000) },
    );
  });

  it('that are levels, booleans or indicators are 0 and 1 in every scaling', async () => {
    const { dataset } = await read('n,b,c\n1,yes,x\n,no,x\n6,no,y\n5,no,y\n8,no,z\n', { missing: 'indicator' });
    const whole = filled(dataset, await learnFills(dataset));
    for (const method of scalingMethods) {
      const { offset, scale } = await fitScaling(method, whole);
      expect({ offset: offset.slice(1), scale: scale.slice(1) }).toEqual({
        offset: [0, 0, 0, 0, 0],
        scale: [1, 1, 1, 1, 1],
      });
    }
  });
});

it('an embedding is narrower than its levels, by the rule of fastai', async () => {
  expect([2, 3, 10, 100, 1000].map(embeddingWidth)).toEqual([1, 2, 6, 21, 77]);
  const { dataset } = await read(mixed, { columns: ['colour', 'smoker'], categories: 'embedding' });
  expect((dataset.table as TableSchema).columns[0]).toMatchObject({ type: 'category', embedding: 2 });
});

it('names that were taken for values by guess are mended with `header`, which the error says', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'c,v,u\na,1,2\nc,2,3\nb,4,5\n');
    const table = await openCsvTable(path);
    const mend = '`header: true` takes the first row for names';
    await expect(readTable(table)).rejects.toThrow(`got the word "v" (${mend}; \`na\` takes it`);
    for (const options of [{ columns: ['v'] }, { label: 'c' }, { group: 'c' }]) {
      await expect(readTable(table, options)).rejects.toThrow(`(there are "1", "2", "3"; ${mend})`);
    }
    expect((await describeTable(table)).columns[1]?.problem).toContain(mend);
    expect((await readTable(await openCsvTable(path, { header: true }))).columns).toEqual([
      'c=a',
      'c=b',
      'c=c',
      'v',
      'u',
    ]);
  });
});
