import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectOneLine, gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const run = (...words: string[]) => gargalo(words, { cwd });
writeCsv(cwd);
writeFileSync(join(cwd, 'images.idx'), idxBytes());
writeFileSync(join(cwd, 'holes.csv'), 'size,my colour\n1,red\n,blue\n3,red\n4,blue\n');

describe('gargalo data', () => {
  it('says what is in a table, and the command that it suggests trains', async () => {
    const { stdout, code } = await run('data', 'table.csv', '--label', 'class');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^table\.csv: a table of 60 rows and 5 columns\n/);
    expect(stdout).toMatch(/\nwidth +number +.* … .*, mean .*, median /);
    expect(stdout).toMatch(/\nclasses of class: even 20 \(33\.3.%\), odd 40 \(66\.7.%\)\n/);
    const found = await json(['data', 'table.csv'], { cwd });
    expect(found).toMatchObject({ data: 'table.csv', kind: 'table', rows: 60, rowsWithMissing: 0 });
    expect(found.command).toBe('gargalo train table.csv --label class --code 2');
    expect(found.code).toMatchObject({ width: 2, componentsFor90: 2, values: 4, examples: 60 });
    expect(stdout).toContain(
      `\n\ncode width 2: ${(found.code as { reason: string }).reason}\ntry:   ${found.command}\n`,
    );
    expect(stdout).toContain('\ncheck: gargalo sweep table.csv --label class --code 1,2  (');
    const words = String(found.command).split(' ').slice(1);
    expect(await json([...words, '--epochs', '1', '--out', 'run', '-q'], { cwd })).toMatchObject({ epochs: 1 });
  });

  it('quotes names for a shell', async () => {
    const { command, code } = await json(['data', 'holes.csv', '--label', 'my colour'], { cwd });
    expect(code).toMatchObject({ width: 1, examples: 0, reason: 'a plain rule, since 4 examples say too little' });
    expect(command).toBe("gargalo train holes.csv --label 'my colour' --missing indicator --code 1");
  });

  it('says what is in images, and draws the first of them', async () => {
    const found = await json(['data', 'images.idx', '-o', 'sheet.png'], { cwd });
    expect(found.code).toMatchObject({ width: expect.any(Number), examples: 40, values: 30 });
    expect(found).toMatchObject({ kind: 'images', examples: 40, shape: [6, 5], type: 'uint8', output: 'sheet.png' });
    expect(readFileSync(join(cwd, 'sheet.png')).subarray(1, 4).toString()).toBe('PNG');
    const { stdout } = await run('data', 'images.idx', '--limit', '7');
    expect(stdout).toMatch(/^images\.idx: 7 images of shape \[6, 5\], uint8\nvalues: 0 … /);
  });

  it('warns of examples that are all the same, and so does train', async () => {
    writeFileSync(
      join(cwd, 'same.idx'),
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 2, ...Array(80).fill(9)]),
    );
    const { stdout } = await run('data', 'same.idx');
    expect(stdout).toContain('! all examples are the same: there is nothing to learn');
    const { code, stderr } = await run('train', 'same.idx', '--epochs', '1', '--code', '1', '--out', 'same');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: the 18 examples are all the same: there is nothing to learn');
  });

  it('refuses in one line what it cannot describe', async () => {
    expectOneLine(await run('data', 'no.csv'), /no\.csv: expected a file, got nothing of that name/);
    expectOneLine(await run('data', 'table.csv', '--label', 'x'), /for --label, got "x"/);
    expectOneLine(await run('data', 'table.csv', '-o', 'x.png'), /x\.png: expected images to draw, got a table/);
    expectOneLine(await run('data', 'images.idx', '--time', 't'), /expected a table for --time/);
  });
});
