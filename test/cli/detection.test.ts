import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { expectOneLine, gargalo, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const lines = (path: string) =>
  readFileSync(at(path), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

beforeAll(async () => {
  writeCsv(cwd, 'normal.csv', 120);
  // the same table with every tenth row broken in its third column
  const [header, ...rows] = lines(writeCsv(cwd, 'mixed.csv', 100));
  const mixed = rows.map((row, i) => {
    const broken = i % 10 === 3;
    return [row[0], row[1], broken ? Number(row[2]) + 9 : row[2], row[3], broken ? 'broken' : 'fine'];
  });
  writeFileSync(at('mixed.csv'), [header, ...mixed].map((row) => row!.join()).join('\n'));
  const wave = Array.from({ length: 200 }, (_, i) => `${i},${Math.sin(i / 4) + (i > 150 && i < 156 ? 6 : 0)}`);
  writeFileSync(at('wave.csv'), `time,height\n${wave.join('\n')}\n`);
  await json('train normal.csv --label class --kind detecting --epochs 30 --out model -q'.split(' '), { cwd });
  await json('train wave.csv --time time --window 8 --encoder 8 --code 2 --epochs 5 --out wave -q'.split(' '), { cwd });
});

it('scores a table, says what made the scores and how good they are', async () => {
  const words =
    'detect model/model.onnx mixed.csv --label class --anomaly broken -o scores.csv --report found.html'.split(' ');
  const found = await json(words, { cwd });
  expect(found).toMatchObject({
    examples: 100,
    per: 'example',
    score: 'combined',
    quantile: 0.99,
    output: 'scores.csv',
    report: 'found.html',
  });
  expect(readFileSync(at('found.html'), 'utf8')).toContain('id="agreement"');
  expect(found.rocAuc).toBeGreaterThan(0.99);
  expect(found.averagePrecision).toBeGreaterThan(0.9);
  const [header, ...rows] = lines('scores.csv');
  expect(header!.slice(0, 5)).toEqual(['class', 'score', 'anomaly', 'cause 1', 'cause 1 share']);
  expect(rows).toHaveLength(100);
  expect(rows.filter(([, , anomaly]) => anomaly === '1')).toHaveLength(found.anomalies as number);
  for (const [, score, anomaly] of rows) expect(anomaly).toBe(Number(score) > (found.threshold as number) ? '1' : '0');
  const broken = rows.filter(([label]) => label === 'broken');
  expect(broken.filter((row) => row[3] === 'sum').length).toBeGreaterThanOrEqual(8);
});

it('gives the verdicts again that it gave', async () => {
  for (const name of ['one', 'two'])
    await json(['detect', 'model/model.onnx', 'mixed.csv', '-o', `${name}.csv`], { cwd });
  expect(readFileSync(at('one.csv'), 'utf8')).toBe(readFileSync(at('two.csv'), 'utf8'));
});

it('scores the rows of a series, or its windows', async () => {
  const rows = await json('detect wave/model.onnx wave.csv --time time -o rows.csv'.split(' '), { cwd });
  expect(rows).toMatchObject({ examples: 200, per: 'row' });
  expect(lines('rows.csv')[0]).toEqual(['time', 'score', 'anomaly', 'cause 1', 'cause 1 share']);
  const best = lines('rows.csv')
    .slice(1)
    .reduce((most, row) => (Number(row[1]) > Number(most[1]) ? row : most));
  expect(Number(best[0])).toBeGreaterThan(147);
  expect(Number(best[0])).toBeLessThan(159);
  const words = 'detect wave/model.onnx wave.csv --time time --per window -o windows.npy'.split(' ');
  expect(await json(words, { cwd })).toMatchObject({ examples: 193, per: 'window' });
});

it('compares with other data where it is told to', async () => {
  const words = 'detect model/model.onnx normal.csv --label class -o c.csv'.split(' ');
  const own = await json(words, { cwd });
  const other = await json([...words, '--calibrate', 'mixed.csv'], { cwd });
  expect(other.threshold).toBeGreaterThan(own.threshold as number);
});

it.each([
  ['--columns width,height,sum,difference --anomaly x', /--anomaly: expected data with classes/],
  ['--label class --anomaly x', /--anomaly: expected a class of the data, got "x"/],
  ['--per row', /--per: expected a model of windows/],
  ['--quantile 0.9 --contamination 0.1', /--contamination: .*got both/],
  ['--score euclid', /--score/],
])('refuses %s in one line', async (flags, problem) => {
  const words = ['detect', 'model/model.onnx', 'mixed.csv', '-o', 'no.csv', ...flags.split(' ')];
  expectOneLine(await gargalo(words, { cwd }), problem);
});
