import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { loadModel } from '../../src/node.js';
import { expectOneLine, gargalo, json, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const records = (path: string): Record<string, string>[] => {
  const [header, ...rows] = readFileSync(at(path), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])));
};

const time = (i: number) =>
  new Date(Date.UTC(2026, 0, 1, 22) + i * 600_000).toISOString().slice(0, 19).replace('T', ' ');
const level = { A: 20, B: 80, C: 500 };
const row = (machine: keyof typeof level, i: number) =>
  [time(i), machine, (level[machine] + Math.sin(i / 4) + (machine === 'B' && i === 70 ? 5 : 0)).toFixed(3)].join();
const machines = ['A', 'B', 'C'] as const;
const steps = Array.from({ length: 120 }, (_, i) => i);
const inTurns = steps.flatMap((i) => machines.map((machine) => row(machine, i)));
const inBlocks = machines.flatMap((machine) => steps.map((i) => row(machine, i)));
const write = (name: string, lines: readonly string[]) => writeFileSync(at(name), `${lines.join('\n')}\n`);

beforeAll(async () => {
  write('turns.csv', ['ts,machine,temp', ...inTurns]);
  write('blocks.csv', ['ts,machine,temp', ...inBlocks]);
  const options = '--time ts --group machine --window 12 --recipe none --encoder 8 --code 2 --epochs 2 -q';
  await json(`train turns.csv ${options} --out run`.split(' '), { cwd });
});

it('are trained on apart, and the model knows how to read others', async () => {
  const { specification, calibration } = await loadModel(at('run/model.onnx'));
  expect(specification.input).toMatchObject({ shape: [12, 1], columns: ['temp'] });
  expect(specification.input.roles).toEqual({ time: 'ts', group: ['machine'] });
  expect(calibration?.groups).toEqual([...machines]);
});

it('are scored apart whether they come in turns or in blocks, and counted, the worst first', async () => {
  const turns = await json('detect run/model.onnx turns.csv -o turns-scores.csv --report r.html'.split(' '), { cwd });
  const blocks = await json('detect run/model.onnx blocks.csv -o blocks-scores.csv'.split(' '), { cwd });
  expect(turns.groups).toEqual(blocks.groups);
  const groups = turns.groups as { group: string; examples: number; anomalies: number }[];
  expect(groups.map(({ examples }) => examples)).toEqual([120, 120, 120]);
  expect(groups.reduce((sum, { anomalies }) => sum + anomalies, 0)).toBe(turns.anomalies);
  const shares = groups.map(({ anomalies }) => anomalies);
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  expect(turns.newGroups).toEqual([]);
  expect(readFileSync(at('r.html'), 'utf8')).toContain('id="groups"');
  const scores = records('turns-scores.csv');
  expect(scores.map(({ row, ts, machine }) => `${row},${ts},${machine}`)).toEqual(
    inTurns.map((line, i) => `${i + 1},${line.split(',').slice(0, 2).join()}`),
  );
  const key = ({ machine, ts }: Record<string, string>) => `${machine} ${ts}`;
  const others = new Map(records('blocks-scores.csv').map((record) => [key(record), record.score]));
  for (const record of scores) expect(Number(record.score)).toBeCloseTo(Number(others.get(key(record))), 9);
});

it('that the model has not seen work, and are named; a table without groups is said to be one', async () => {
  write(
    'new.csv',
    ['machine,temp,ts', ...inBlocks.map((line) => line.split(',')).map(([ts, , temp]) => `D,${temp},${ts}`)].slice(
      0,
      121,
    ),
  );
  const words = 'detect run/model.onnx new.csv -o new-scores.csv'.split(' ');
  const { code, stderr } = await gargalo(words, { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/1 group was not in the training data: D/);
  expect(await json(words, { cwd })).toMatchObject({ newGroups: ['D'], groups: [{ group: 'D', examples: 120 }] });
  write('alone.csv', ['ts,temp', ...steps.map((i) => row('A', i).replace(',A', ''))]);
  const alone = await gargalo('detect run/model.onnx alone.csv -o alone-scores.csv'.split(' '), { cwd });
  expect(alone.stderr).toMatch(
    /there is no column "machine", which told groups apart .*: all rows are taken for one group/,
  );
});

it('have their cells in codes and reconstructions, windows in the order of the file', async () => {
  await json('encode run/model.onnx turns.csv -o codes.csv'.split(' '), { cwd });
  const codes = records('codes.csv');
  expect(codes).toHaveLength(3 * 109);
  expect(codes.slice(0, 4).map(({ row, machine, ts }) => [row, machine, ts])).toEqual([
    ['1', 'A', time(0)],
    ['2', 'B', time(0)],
    ['3', 'C', time(0)],
    ['4', 'A', time(1)],
  ]);
  expect(codes[0]).toMatchObject({ 'last row': '34', 'last ts': time(11) });
  await json('reconstruct run/model.onnx blocks.csv -o rebuilt.csv'.split(' '), { cwd });
  expect(records('rebuilt.csv')[109]).toMatchObject({ row: '121', machine: 'B', ts: time(0) });
});

it('that nobody named are found, and a series of several is refused with the option that mends it', async () => {
  const data = await json('data turns.csv'.split(' '), { cwd });
  expect(data.group).toEqual(['machine']);
  expect(data.command).toMatch(/^gargalo train turns\.csv --time ts --group machine --window \d+ --code \d+$/);
  const [, ...words] = (data.command as string).split(' ');
  await json([...words, '--recipe', 'none', '--epochs', '1', '--out', 'suggested', '-q'], { cwd });
  expectOneLine(
    await gargalo('train turns.csv --time ts --columns temp --window 12'.split(' '), { cwd }),
    /240 rows that repeat the time before, the first of them row 2 \(keep the series apart with --group machine;/,
  );
});

it('rows keep their ids in every output, and those that were left out are listed', async () => {
  const cells = (i: number) => [
    `C${String(i).padStart(3, '0')}`,
    Math.sin(i),
    i === 4 || i === 9 ? '' : Math.cos(i),
    i % 5,
  ];
  write('ids.csv', ['customer,a,b,c', ...Array.from({ length: 60 }, (_, i) => cells(i).join())]);
  const data = await json('data ids.csv'.split(' '), { cwd });
  expect(data.command).toMatch(/ --id customer --missing median /);
  const train = 'train ids.csv --id customer --missing drop --recipe none --code 2 --epochs 1 --out ids -q';
  expect(await json(train.split(' '), { cwd })).toMatchObject({ rowsDropped: [5, 10] });
  for (const command of ['detect', 'encode', 'reconstruct']) {
    const found = await json([command, 'ids/model.onnx', 'ids.csv', '-o', 'out.csv'], { cwd });
    expect(found.rowsDropped).toEqual([5, 10]);
    const names = records('out.csv').map(({ customer }) => customer);
    expect(names).toHaveLength(58);
    expect(names.slice(3, 5)).toEqual(['C003', 'C005']);
  }
  write('nameless.csv', ['a,b,c', ...Array.from({ length: 12 }, (_, i) => cells(i).slice(1).join())]);
  const { stderr } = await gargalo('detect ids/model.onnx nameless.csv -o out.csv'.split(' '), { cwd });
  expect(stderr).toMatch(/2 of 12 rows were left out, because cells are missing: rows 5, 10/);
  expect(stderr).toMatch(/there is no column "customer", which named rows .*: rows are numbered instead/);
  expect(records('out.csv').map(({ row }) => row)).toEqual(['1', '2', '3', '4', '6', '7', '8', '9', '11', '12']);
  const words = 'train nameless.csv --missing drop --recipe none --code 2 --epochs 1 --out plain -q'.split(' ');
  await json(words, { cwd });
  const other = await gargalo('detect plain/model.onnx ids.csv --label customer -o out.csv'.split(' '), { cwd });
  expect(other.stderr).toMatch(/the column customer has a value for each example, .*--id customer carries it/);
  expect(other.stdout).not.toMatch(/ROC/);
});

it('windows lie on one side of a gap, also in another file, and times come back as they were written', async () => {
  const series = (is: readonly number[]) => is.map((i) => `${time(i)},${Math.sin(i / 4).toFixed(3)}`);
  write('whole.csv', ['ts,v', ...series(steps)]);
  write('gap.csv', ['ts,v', ...series(steps.filter((i) => i < 50 || i >= 90))]);
  const options = '--time ts --window 12 --recipe none --encoder 8 --code 2 --epochs 2 -q';
  await json(`train whole.csv ${options} --out whole`.split(' '), { cwd });
  const found = await json('detect whole/model.onnx gap.csv -o gap-scores.csv'.split(' '), { cwd });
  expect(found.clock).toMatchObject({ gaps: 1, longestGap: { row: 51 }, shortRows: 0 });
  expect(records('gap-scores.csv').map(({ ts }) => ts)).toEqual(steps.filter((i) => i < 50 || i >= 90).map(time));
  const open = await json('detect whole/model.onnx gap.csv --gap none -o open-scores.csv'.split(' '), { cwd });
  expect(open.clock).toMatchObject({ gaps: 0 });
  const highest = (path: string) => Math.max(...records(path).map(({ score }) => Number(score)));
  expect(highest('gap-scores.csv')).toBeLessThan(highest('open-scores.csv'));
});

it('without a model: short groups have no score, holes are filled within groups, and the command for other data counts the same', async () => {
  const rows = (machine: string, n: number) =>
    Array.from({ length: n }, (_, i) => {
      const value =
        5 * Math.sin((2 * Math.PI * i) / 8) +
        ((i * i * (machine.charCodeAt(0) - 60) + 7 * i) % 13) / 20 +
        (i >= 50 && i < 54 ? 4 : 0);
      return `${time(i)},${machine},${i % 40 === 9 ? '' : value.toFixed(3)}`;
    });
  write('short.csv', ['ts,machine,temp', ...rows('A', 110), ...rows('B', 110), ...rows('C', 6)]);
  const found = await gargalo('detect short.csv --time ts --group machine --window 12 --out own'.split(' '), { cwd });
  expect(found.code).toBe(0);
  expect(found.stderr).toMatch(/short\.csv: read with --missing interpolate, because/);
  expect(found.stderr).toMatch(/short\.csv: 6 rows lie in pieces shorter than the window of 12 rows and have no score/);
  expect(found.stdout).toMatch(/of 220 training rows stay below/);
  expect(found.stdout).toMatch(/C +0 anomalies of 6 rows \(0.%\), none has a score/);
  const short = records('own/scores.csv').filter(({ machine }) => machine === 'C');
  expect(short.map(({ score, anomaly }) => [score, anomaly])).toEqual(short.map(() => ['', '0']));
  const advice = /by the same threshold: gargalo (detect .*--threshold .*)$/m.exec(found.stdout)![1]!;
  const words = advice.replace('<data>', 'short.csv').replace('<file>', 'again.csv').split(' ');
  const again = await json(words, { cwd });
  expect(found.stdout).toContain(`own/scores.csv: ${again.anomalies} anomal`);
  expect(again).toMatchObject({ unscored: 6, clock: { shortRows: 6 } });
  expect(again.groups).toContainEqual({ group: 'C', examples: 6, anomalies: 0, unscored: 6, highest: null });
  const windows = await gargalo([...'detect own/model.onnx short.csv --per window -o w.csv'.split(' ')], { cwd });
  expect(windows.stdout).toMatch(/of 198 training windows stay below/);
});
