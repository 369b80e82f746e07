import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { suggestSweep, suggestTraining } from '../suggest.js';
import { type DescribeTableOptions, describeTable } from './describe.js';
import { memoryTable, tableOfText } from './memory-table.oracle.js';

const text = `when,age,dry,colour,id,same,none,class
2026-01-01,31,yes,red,a1,1,,1
2026-01-02,,no,green,b2,1,,1
2026-01-03,50,no,red,c3,1,,0
2026-01-05,27,yes,,d4,1,,10`;

async function found(options: DescribeTableOptions = {}) {
  const description = await describeTable(tableOfText(text), options);
  return { ...description, column: Object.fromEntries(description.columns.map((column) => [column.name, column])) };
}

describe('describing a table', () => {
  it('tells of each column what it holds, also where it can be no feature', async () => {
    const { column, rows, rowsWithMissing } = await found();
    expect({ rows, rowsWithMissing }).toEqual({ rows: 4, rowsWithMissing: 4 });
    expect(column.age).toEqual({
      ...{ name: 'age', type: 'number', missing: 1, constant: false },
      numbers: {
        ...{ minimum: 27, maximum: 50, mean: 36, median: 31, firstQuartile: 29, thirdQuartile: 40.5, distinct: 3 },
        deviation: expect.closeTo(Math.sqrt((25 + 196 + 81) / 3), 12),
      },
    });
    expect(column.dry).toMatchObject({
      type: 'boolean',
      words: {
        distinct: 2,
        top: [
          ['no', 2],
          ['yes', 2],
        ],
      },
    });
    expect(column.colour).toMatchObject({
      type: 'category',
      missing: 1,
      words: {
        top: [
          ['red', 2],
          ['green', 1],
        ],
      },
    });
    expect(column.same).toMatchObject({ type: 'number', constant: true });
    expect(column.none).toMatchObject({ type: 'empty', missing: 4, problem: 'all cells are missing' });
    const day = 24 * 3600e3;
    expect(column.when).toMatchObject({
      type: 'date',
      times: { first: Date.UTC(2026, 0, 1), ordered: true, step: { median: day, minimum: day, maximum: 2 * day } },
      problem: expect.stringContaining('`time: "when"`'),
    });
  });

  it('counts classes and looks at times, where they are named', async () => {
    const { classes, time, column } = await found({ label: 'class', time: 'when' });
    expect(classes).toEqual([
      ['0', 1],
      ['1', 2],
      ['10', 1],
    ]);
    expect(time).toMatchObject({ column: 'when', unit: 'date', ordered: true });
    expect(column.when!.problem).toBeUndefined();
    const back = await describeTable(tableOfText('t,a\n3,1\n1,2\n2,3\n'), { time: 't' });
    expect(back.time).toMatchObject({ unit: 'number', first: 1, last: 3, ordered: false });
  });

  it('shows the first rows, and goes no further than the limit', async () => {
    const { preview, rows } = await found({ limit: 2, columns: ['age', 'colour'] });
    expect({ preview, rows }).toEqual({
      preview: [
        ['31', 'red'],
        ['', 'green'],
      ],
      rows: 2,
    });
  });

  it('says what is wrong with a column', async () => {
    const typo = Array.from({ length: 50 }, (_, i) => [i === 9 ? 'oops' : String(i), `name ${i}`]);
    const { columns } = await describeTable(memoryTable(['n', 'name'], typo));
    expect(columns[0]).toMatchObject({ type: 'number', problem: expect.stringContaining('got the word "oops"') });
    expect(columns[1]).toMatchObject({ type: 'text', problem: expect.stringContaining('ids or free text') });
  });

  it('is the same whatever the chunks', async () => {
    const cells = fc.constantFrom('', '1', '2.5', '-7', 'red', 'green', 'inf');
    const tables = fc.array(fc.tuple(cells, cells), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 1, max: 7 }), async (rows, chunkRows) => {
        const of = (size: number) => describeTable(memoryTable(['a', 'b'], rows, { chunkRows: size }), { label: 'b' });
        expect(await of(chunkRows)).toEqual(await of(1000));
      }),
      { numRuns: effort(100, 1000) },
    );
  });

  it('is refused for columns that there are not', async () => {
    await expect(found({ columns: ['x'] })).rejects.toThrow(/for `columns`, got "x"/);
    await expect(found({ label: 'x' })).rejects.toThrow(/for `label`, got "x"/);
    await expect(found({ time: 'x' })).rejects.toThrow(/for `time`, got "x"/);
  });
});

describe('the command that is suggested', () => {
  it('leaves out what can be no feature, and says what to do about holes', async () => {
    expect(suggestTraining('t.csv', await found()).join(' ')).toBe(
      'gargalo train t.csv --label class --time when --columns age,dry,colour,id,same --missing interpolate --code 2',
    );
    const holed = async (rows: readonly string[]) =>
      suggestTraining('h.csv', await describeTable(tableOfText(['t,a', ...rows].join('\n'))));
    const ofDays = Array.from(
      { length: 28 },
      (_, i) => `2026-02-${String(i + 1).padStart(2, '0')},${i === 5 ? '' : i}`,
    );
    expect(await holed(ofDays)).toContain('interpolate');
    expect(await holed(ofDays.toReversed())).toContain('median');
  });

  it('takes windows of a series in order, and a scaling that bears wild values', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => [`${2000 + i}-01-01`, String(i === 7 ? 1e9 : i)]);
    const description = await describeTable(memoryTable(['t', 'a'], rows));
    expect(suggestTraining('s.csv', description).slice(3)).toEqual(
      '--time t --scaling robust --window 64 --code 8'.split(' '),
    );
  });

  it('has the width that was measured, and goes with a sweep over widths around it', async () => {
    const command = suggestTraining('t.csv', await found({ columns: ['age', 'same'] }), { code: 6 });
    expect(command.slice(-2)).toEqual(['--code', '6']);
    expect(suggestSweep(command, 6, 99).join(' ')).toBe('gargalo sweep t.csv --missing indicator --code 2,3,6,12,24');
    expect(suggestSweep(command, 6, 13).at(-1)).toBe('2,3,6,12');
    expect(suggestSweep(command, 1, 3).at(-1)).toBe('1,2');
  });
});

describe('dates of another order than was said', () => {
  it('are refused at the first that shows it, as reading does', async () => {
    const text = 'when,a\n12/03/2026,1\n13/03/2026,2\n14/03/2026,3\n';
    await expect(describeTable(tableOfText(text), { time: 'when', timeFormat: 'mm/dd/yyyy' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/row 3, column "when": expected a date, mm\/dd\/yyyy, got "13\/03\/2026"/),
    });
  });
});
