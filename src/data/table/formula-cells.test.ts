import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { openTableWriter } from '../write/write.js';
import { openCsvTable } from './csv.js';
import { describeTable } from './describe.js';
import { type WrittenTexts, withApostrophe, withoutApostrophe } from './formula-cells.js';
import { readTable } from './read.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-texts-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('text cells that a spreadsheet would run', () => {
  it.each(
    [
      '=1+1',
      '@SUM(A1)',
      '+A1',
      '-A1',
      '\t=1',
      '\r=1',
      "=cmd|' /C calc'!A0",
      "'=1",
      '-1-1',
      '＝1',
      '+',
      '=',
      '-2+3',
      '- 1',
    ].map((t) => [t]),
  )('%j has an apostrophe before it, which reading takes off', (text) => {
    const cells = { escaped: 0 };
    const isSign = text === '+';
    expect(withApostrophe(text, cells)).toBe(isSign ? text : `'${text}`);
    expect(cells.escaped).toBe(isSign ? 0 : 1);
    expect(withoutApostrophe(`'${text}`)).toBe(isSign ? `'${text}` : text);
  });

  it.each(
    ['-17', '-1.5', '+1e-7', '-1,5', '-1.234,5', '-5 %', '-', '-Infinity', 'a=1', "'a", '', "'-17", ' x', 'it=@'].map(
      (t) => [t],
    ),
  )('%j is none', (text) => {
    const cells = { escaped: 0 };
    // of texts that begin with an apostrophe before a number, the reader leaves it
    expect(withoutApostrophe(withApostrophe(text, cells))).toBe(text);
    if (!text.startsWith("'")) expect(cells.escaped).toBe(0);
    expect(withoutApostrophe(text)).toBe(text);
  });

  it('come back from .csv and .tsv as they were, and stand there as text', async () => {
    const piece = fc.string({ unit: fc.constantFrom(...`='+-@\t\r 1.,;"a＝\n`), maxLength: 6 });
    const text = piece.map((start) => `${start.trimStart()}x`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        text,
        fc.constantFrom('csv', 'tsv'),
        async (texts, name, ending) => {
          const path = join(folder, `t.${ending}`);
          const columns = [
            { name, type: 'text' as const },
            { name: 'number', type: 'double' as const },
          ];
          const writer = await openTableWriter(path, columns);
          await writer.write(texts.length, [texts, { values: Float64Array.from(texts, () => -1.5), at: 0, step: 1 }]);
          await writer.finish();
          const rows: string[][] = parse(await readFile(path), { delimiter: ending === 'csv' ? ',' : '\t' });
          for (const [first, second] of rows) {
            expect(first).not.toMatch(/^[=+\-@\t\r＝]/);
            if (second !== 'number') expect(second).toBe('-1.5');
          }
          const table = await openCsvTable(path, { header: true });
          expect(table.columns[0]).toBe(name);
          const read: (string | undefined)[] = [];
          for await (const chunk of table.chunks([{ name, as: 'text' }])) {
            const [column] = chunk.columns;
            if (column?.as === 'text') read.push(...column.values);
          }
          expect(read).toEqual(texts);
        },
      ),
      { numRuns: effort(40, 2000) },
    );
  });

  it('are left where that is asked for, counted where not, and never touched in a column of numbers', async () => {
    const path = join(folder, 'raw.csv');
    const write = async (texts: WrittenTexts) => {
      const writer = await openTableWriter(path, [{ name: '=id', type: 'text' }], { texts });
      await writer.write(3, [['=1', 'a', '@b']]);
      await writer.finish();
      return readFile(path, 'utf8');
    };
    const counted = { escaped: 0 };
    expect(await write(counted)).toBe("'=id\n'=1\na\n'@b\n");
    expect(counted.escaped).toBe(3);
    const left = { raw: true, escaped: 0 };
    expect(await write(left)).toBe('=id\n=1\na\n@b\n');
    expect(left.escaped).toBe(0);
  });

  it('are said where reading takes their apostrophe off, and are one level with those without', async () => {
    const path = join(folder, 'levels.csv');
    await writeFile(
      path,
      `value,class\n${[1, 2, 3, 4, 5, 6].map((i) => `${i}.5,${['=a', "'=a", 'b'][i % 3]}`).join('\n')}\n`,
    );
    const note = '2 cells read without the apostrophe that keeps a spreadsheet from running its text';
    const stream = await readTable(await openCsvTable(path));
    for await (const _ of stream.blocks());
    expect(stream.notes).toContain(note);
    expect(stream.table?.columns[1]).toMatchObject({ type: 'category', levels: ['=a', 'b'] });
    const described = await describeTable(await openCsvTable(path), { label: 'class' });
    expect(described.notes).toContain(note);
    expect(described.classes).toEqual([
      ['=a', 4],
      ['b', 2],
    ]);
  });
});
