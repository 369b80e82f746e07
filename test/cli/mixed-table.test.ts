import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel } from '../../src/node.js';
import { expectOneLine, gargalo, json, metricsOf, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const run = (words: string) => gargalo(words.split(' '), { cwd });

const colours = ['red', 'green', 'blue'];
const rows = Array.from({ length: 120 }, (_, i) => {
  const cause = (i * 0.37) % 1;
  const minute = `${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
  const age = i % 9 === 4 ? '' : String(20 + 50 * cause);
  return [
    `2026-01-01 ${minute}`,
    age,
    cause > 0.4 ? 'yes' : 'no',
    colours[Math.floor(3 * cause)],
    cause < 0.5 ? 'a' : 'b',
  ];
});
const header = 'when,age,dry,colour,kind';
writeFileSync(at('mixed.csv'), [header, ...rows].join('\n'));
const options =
  '--recipe none --time when --label kind --missing indicator --categories embedding --code 2 --encoder 6 --batch 16 -q';

it('a table of numbers, words and holes is trained on, resumed and encoded elsewhere as it was read then', async () => {
  await json(`train mixed.csv ${options} --epochs 4 --out whole`.split(' '), { cwd });
  await json(`train mixed.csv ${options} --epochs 2 --out parts`.split(' '), { cwd });
  await json('train mixed.csv --epochs 4 --out parts --resume -q'.split(' '), { cwd });
  expect(metricsOf(at('parts'))).toEqual(metricsOf(at('whole')));
  const { data, command } = JSON.parse(readFileSync(at('parts/config.json'), 'utf8'));
  expect(data).toMatchObject({
    time: 'when',
    label: 'kind',
    missing: 'indicator',
    categories: 'embedding',
    shape: [6],
  });
  expect(command).toMatch(/--time when --missing indicator --categories embedding/);

  const { specification } = await loadModel(at('whole/model.onnx'));
  expect(specification.input.columns).toEqual([
    'age',
    'age missing',
    'dry',
    'colour=blue',
    'colour=green',
    'colour=red',
  ]);
  expect(specification.input.table?.columns).toMatchObject([
    { name: 'age', type: 'number', indicator: true, fill: expect.any(Number) },
    { name: 'dry', levels: ['no', 'yes'] },
    { name: 'colour', levels: ['blue', 'green', 'red'], embedding: 2 },
  ]);
  // one row alone, its columns in another order: no levels, means or scaling can come from it
  await json('encode whole/model.onnx mixed.csv -o all.csv'.split(' '), { cwd });
  const [when, , dry, colour] = rows[4]!;
  writeFileSync(at('one.csv'), `colour,age,more,dry,when\n${colour},,x,${dry},${when}\n`);
  await json('encode whole/model.onnx one.csv -o one-code.csv'.split(' '), { cwd });
  // without the number of the row
  const lines = (name: string) => readFileSync(at(name), 'utf8').replaceAll(/^\d+,/gm, '').split('\n');
  expect(lines('one-code.csv')[1]).toBe(lines('all.csv')[5]);
});

it('says what is wrong with it in one line', async () => {
  expectOneLine(
    await run('train mixed.csv'),
    /mixed\.csv, column "when": .*dates such as "2026-01-01 00:00" .*--time when/,
  );
  expectOneLine(await run('train mixed.csv --time when'), /row 6, column "age": .*a missing cell \(.*--missing/);
  expectOneLine(await run('train mixed.csv --missing meen'), /--missing: expected one of refuse, drop, .*"mean"\?/);
  expectOneLine(await run('train mnist --missing mean'), /mnist: expected a table for --missing/);
  const embedded = '--time when --missing drop --categories embedding';
  expectOneLine(await run(`train mixed.csv ${embedded} --tied`), /--categories: expected one-hot for tied weights/);
  writeFileSync(at('other.csv'), 'age,dry\n30,no\n');
  expectOneLine(
    await run('encode whole/model.onnx other.csv -o c.csv'),
    /expected the column "colour", which the model/,
  );
});
