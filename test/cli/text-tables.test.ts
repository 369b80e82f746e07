// Tables of text as people have them: what is found out is said, what is told is remembered by the model.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel } from '../../src/node.js';
import { expectOneLine, gargalo, json, start, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (name: string) => join(cwd, name);
const save = (name: string, text: string | Uint8Array) => writeFileSync(at(name), text);
const run = (words: string) => gargalo(words.split(' '), { cwd });

const rows = Array.from({ length: 60 }, (_, i) => [20 + 5 * Math.sin(i), 1000 + 9 * Math.cos(i), 3 * Math.sin(i / 2)]);
const lines = (write: (value: number) => string, delimiter: string) =>
  rows.map((row) => row.map((value) => write(value)).join(delimiter)).join('\n');
const point = (value: number) => value.toFixed(2);
const comma = (value: number) => point(value).replace('.', ',');
const header = 'temp;druck;last';
save('de.csv', `sep=;\n${header}\n${lines(comma, ';')}\n`);
save('plain.csv', `${header.replaceAll(';', ',')}\n${lines(point, ',')}\n`);

it('data says how a file was understood, and so does train; the command that it suggests trains', async () => {
  const said = 'columns "temp", "druck", "last": numbers with a decimal comma';
  const found = await json(['data', 'de.csv'], { cwd });
  expect(found.notes).toEqual(['the line sep=; is left out: it names the separator', said]);
  expect((await run('data de.csv')).stdout).toContain(`\n${said}\n`);
  const trained = await run(`${String(found.command).replace('gargalo ', '')} --epochs 1 --out de`);
  expect(trained.code).toBe(0);
  expect(trained.stderr).toContain(`de.csv: ${said}\n`);
  const { specification } = await loadModel(at('de/model.onnx'));
  expect(specification.input.table?.columns[0]).toEqual({ type: 'number', name: 'temp', format: { decimal: ',' } });
});

it('a model reads files that are written otherwise, where they say so themselves', async () => {
  await json('encode de/model.onnx de.csv -o de-codes.csv'.split(' '), { cwd });
  await json('encode de/model.onnx plain.csv -o plain-codes.csv'.split(' '), { cwd });
  expect(readFileSync(at('plain-codes.csv'), 'utf8')).toBe(readFileSync(at('de-codes.csv'), 'utf8'));
  save('share.csv', `temp,druck,last\n20%,1000,1\n30%,1001,2\n`);
  expectOneLine(
    await run('encode de/model.onnx share.csv -o x.csv'),
    /share\.csv, column "temp": expected numbers without a unit, as the model was trained on, got numbers with %/,
  );
});

it('a model remembers what it was told: missing marks, no header, comments', async () => {
  const text = `; logger\n${lines(point, ';')}\n; paused\n-999;1000;1\n`;
  save('told.csv', text);
  const told = `--delimiter ; --no-header --comment ; --na -999 --missing mean`;
  expectOneLine(
    await run(`train told.csv ${told.replace('--comment ;', '--comment x')}`),
    /--comment: expected one character/,
  );
  save('told.csv', text.replaceAll('; ', '% '));
  const words = told.replace('--comment ;', '--comment %').split(' ');
  await json(['train', 'told.csv', ...words, '--epochs', '1', '--out', 'told', '-q'], { cwd });
  const { data, command } = JSON.parse(readFileSync(at('told/config.json'), 'utf8'));
  expect(data).toMatchObject({ delimiter: ';', header: false, comment: '%', na: ['-999'] });
  expect(command).toContain("--delimiter ';' --no-header --na -999 --comment %");
  const { specification } = await loadModel(at('told/model.onnx'));
  expect(specification.input.table?.text).toEqual({ delimiter: ';', header: false, comment: '%', na: ['-999'] });
  save('new.csv', '% other logger\n20.00;1000.00;1.00\n-999;1000.00;1.00\n');
  expect(await json('encode told/model.onnx new.csv -o x.csv'.split(' '), { cwd })).toMatchObject({ examples: 2 });
});

it('standard input is a file like others', async () => {
  const piped = async (words: string) => {
    const { child, outcome } = start(words.split(' '), { cwd });
    child.stdin.end(readFileSync(at('plain.csv')));
    return outcome;
  };
  const { stdout, code } = await piped('data -');
  expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: '-: a table of 60 rows and 3 columns' });
  expect((await piped('encode de/model.onnx - -o piped.csv')).code).toBe(0);
  expect(readFileSync(at('piped.csv'), 'utf8')).toBe(readFileSync(at('plain-codes.csv'), 'utf8'));
});

it('options that say nothing that can be are refused in one line', async () => {
  expectOneLine(
    await run('data de.csv --delimiter ab'),
    /--delimiter: expected one character, tab or blanks, got "ab"/,
  );
  expectOneLine(await run('data de.csv --decimal x'), /--decimal: expected point or comma, got "x"/);
  expectOneLine(await run('data de.csv --thousands x'), /--thousands: expected comma, point, blank/);
  expectOneLine(
    await run('data de.csv --encoding klingon'),
    /--encoding: expected the name of an encoding, got "klingon"/,
  );
  expectOneLine(await run('data de.csv --skip -1'), /--skip: expected a whole number of at least 0/);
  expectOneLine(await run('data mnist --delimiter ;'), /mnist: expected a table for --delimiter/);
  expectOneLine(await run('data mnist --no-header'), /mnist: expected a table for --header/);
});

it('--columns in another order means the same columns, and --na adds to what the model takes for missing', async () => {
  const words = ['encode', 'de/model.onnx', 'de.csv', '-o'];
  await json([...words, 'own.csv'], { cwd });
  await json([...words, 'turned.csv', '--columns', 'last,temp,druck'], { cwd });
  expect(readFileSync(at('turned.csv'), 'utf8')).toBe(readFileSync(at('own.csv'), 'utf8'));
  save('marks.csv', `a,b\n1,2\n-999,3\n4,5\n2,1\n7,-999\n`);
  await json('train marks.csv --na=-999 --missing mean --epochs 1 --out marks'.split(' '), { cwd });
  save('more.csv', `a,b\n1,-1\n-999,3\n`);
  const codes = await json('encode marks/model.onnx more.csv --na=-1 -o more-codes.csv'.split(' '), { cwd });
  expect(codes.examples).toBe(2);
});
