import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
/** The cells of a table by the names of its columns. */
const records = (path: string): Record<string, string>[] => {
  const [header, ...rows] = lines(path);
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])));
};

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
  expect(lines('scores.csv')[0]!.slice(0, 6)).toEqual(['row', 'class', 'score', 'anomaly', 'cause 1', 'cause 1 share']);
  const rows = records('scores.csv');
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 1)));
  expect(rows.filter(({ anomaly }) => anomaly === '1')).toHaveLength(found.anomalies as number);
  for (const { score, anomaly } of rows) expect(anomaly).toBe(Number(score) > (found.threshold as number) ? '1' : '0');
  const broken = rows.filter((row) => row.class === 'broken');
  expect(broken.filter((row) => row['cause 1'] === 'sum').length).toBeGreaterThanOrEqual(8);
});

it('finds out which classes are the anomalies, and warns where these score lower than the others', async () => {
  const [header, ...rows] = lines('mixed.csv');
  const renamed = (name: string, normal: string, anomaly: string) => {
    const named = rows.map((row) => [...row.slice(0, 4), row[4] === 'broken' ? anomaly : normal]);
    writeFileSync(at(name), [header, ...named].map((row) => row!.join()).join('\n'));
    return ['detect', 'model/model.onnx', name, '--label', 'class', '-o', 'named.csv'];
  };
  const found = await json(renamed('sklearn.csv', '1', '-1'), { cwd });
  expect(found).toMatchObject({ anomalyClasses: ['-1'], anomalyClassesBy: 'named' });
  expect(found.rocAuc).toBeGreaterThan(0.99);
  const words = [...renamed('turned.csv', 'odd', 'usual'), '--anomaly', 'odd'];
  const { stdout, stderr, code } = await gargalo(words, { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/anomalies +90, of class odd;/);
  expect(stderr).toMatch(/warning: the area under the ROC curve is below 0\.5: odd .*--anomaly usual/);
});

it('gives the verdicts again that it gave', async () => {
  for (const name of ['one', 'two'])
    await json(['detect', 'model/model.onnx', 'mixed.csv', '-o', `${name}.csv`], { cwd });
  expect(readFileSync(at('one.csv'), 'utf8')).toBe(readFileSync(at('two.csv'), 'utf8'));
});

it('scores the rows of a series, or its windows', async () => {
  const rows = await json('detect wave/model.onnx wave.csv --time time -o rows.csv'.split(' '), { cwd });
  expect(rows).toMatchObject({ examples: 200, per: 'row' });
  expect(lines('rows.csv')[0]).toEqual(['row', 'time', 'score', 'anomaly', 'cause 1', 'cause 1 share']);
  const best = records('rows.csv').reduce((most, row) => (Number(row.score) > Number(most.score) ? row : most));
  expect(Number(best.time)).toBeGreaterThan(147);
  expect(Number(best.time)).toBeLessThan(159);
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

it('trains on the data first where no model is named, and leaves a run that can be used again', async () => {
  const day = (i: number) => Math.sin((2 * Math.PI * i) / 24) + (i > 300 && i < 312 ? 3 : 0) + ((i * 7919) % 13) / 60;
  // an hour that comes twice
  const hours = Array.from(
    { length: 480 },
    (_, i) => `${new Date(3.6e6 * (i < 200 ? i : i - 1)).toISOString()},${day(i)}`,
  );
  writeFileSync(at('hours.csv'), `ts,load\n${hours.join('\n')}\n`);
  const found = await json('detect hours.csv --time ts --out hours -q'.split(' '), { cwd });
  expect(found).toMatchObject({
    ...{ examples: 480, per: 'row', score: 'pattern', run: 'hours', model: join('hours', 'model.onnx') },
    ...{ output: join('hours', 'scores.csv'), report: join('hours', 'anomalies.html') },
    window: { window: 72, period: { rows: 24 } },
    clock: { breaks: 0, repeated: 1, gaps: 0 },
    training: { kind: 'linear' },
  });
  expect(readFileSync(at('hours/anomalies.html'), 'utf8')).toContain('id="timeline"');
  const scores = records('hours/scores.csv');
  const best = scores.reduce((top, { score }, i) => (Number(score) > Number(scores[top]!.score) ? i : top), 0);
  expect(best).toBeGreaterThan(270);
  expect(best).toBeLessThan(342);
  const again = await json('detect hours/model.onnx hours.csv --time ts -o again.csv -q'.split(' '), { cwd });
  expect(again).toMatchObject({ threshold: found.threshold, anomalies: found.anomalies });
  expect(readFileSync(at('again.csv'), 'utf8')).toBe(readFileSync(at('hours/scores.csv'), 'utf8'));
});

it('splits a series where its clock goes back, and says so in one line', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => `${i < 250 ? i : i - 40},${Math.sin(i / 4)}`);
  writeFileSync(at('back.csv'), `t,a\n${rows.join('\n')}\n`);
  const { stderr, code } = await gargalo(
    'detect back.csv --time t --out back --report back.html -o back-scores.csv'.split(' '),
    {
      cwd,
    },
  );
  expect(code).toBe(0);
  expect(stderr.match(/the clock goes back once \(first at row 251, 210\): the series is split there/g)).toHaveLength(
    1,
  );
  expect(stderr).toMatch(/back\.csv: windows of 50 rows, 2 periods: the values repeat every 25 rows/);
  expect(lines('back-scores.csv')).toHaveLength(401);
  const found = await json('detect back/model.onnx back.csv --time t -o again.csv'.split(' '), { cwd });
  expect(found.clock).toMatchObject({ breaks: 1, firstBreak: 251, repeated: 0, firstRepeated: null, gaps: 0 });
  const described = await json(['data', 'back.csv', '--time', 't'], { cwd });
  expect(described).toMatchObject({ time: { ordered: false, backward: 1 }, window: { window: 50 } });
});

it('trains on the rows of a table where no model is named', async () => {
  const found = await json('detect mixed.csv --label class --anomaly broken --out table -q'.split(' '), { cwd });
  expect(found).toMatchObject({ examples: 100, per: 'example', training: { kind: 'detecting' }, run: 'table' });
  expect(found.window).toBeUndefined();
  expect(typeof found.rocAuc).toBe('number');
});

it.each([
  ['detect wave/model.onnx', /wave\/model\.onnx: expected data to look at with this model, got none/],
  ['detect wave/model.onnx wave.csv', /--output: expected a file for the scores, got none \(name it with -o\)/],
  ['detect wave/model.onnx wave.csv -o x.csv --out y', /--out: expected no model/],
  ['detect wave.csv -o x.xyz', /x\.xyz/],
  ['detect nothing.csv', /nothing\.csv: expected a file, got nothing of that name/],
])('refuses %s in one line', async (words, problem) => {
  expectOneLine(await gargalo(words.split(' '), { cwd }), problem);
});

it('refuses before anything is trained what the data have no place for', async () => {
  for (const [words, said] of [
    ['wave.csv --time time --score combined', /--score: expected one for windows of a series, got combined/],
    ['mixed.csv --label class --score bounded', /--score: expected one for rows of a table, got bounded/],
    ['mixed.csv --label class --per window', /--per: expected examples for rows of a table/],
    ['mixed.csv --contamination 0.1 --quantile 0.9', /--contamination: expected it or a quantile, got both/],
  ] as const) {
    expectOneLine(await gargalo(`detect ${words} --out nothing -q`.split(' '), { cwd }), said);
  }
  expect(existsSync(at('nothing/model.onnx'))).toBe(false);
});

it('finds anomalies among what it trains on, although they move the highest scores', async () => {
  const series = Array.from({ length: 600 }, (_, i) => {
    const fault = [200, 330, 470].some((start) => i >= start && i < start + 6);
    return `${i},${(Math.sin((2 * Math.PI * i) / 24) + (fault ? 3 : 0)).toFixed(4)}`;
  });
  writeFileSync(at('faults.csv'), `t,v\n${series.join('\n')}\n`);
  const found = await json('detect faults.csv --time t --window 24 --out faults -q'.split(' '), { cwd });
  expect(found.quantile).toBeLessThan(0.99);
  const flagged = records(join('faults', 'scores.csv')).map(({ anomaly }) => anomaly);
  for (const start of [200, 330, 470]) expect(flagged.slice(start, start + 6), `from ${start}`).toContain('1');
});

it('comes to an end, with a page, where all scores are 0', async () => {
  writeFileSync(at('still.csv'), `t,v\n${Array.from({ length: 200 }, (_, i) => `${i},7`).join('\n')}\n`);
  const found = await json('detect still.csv --time t --out still -q'.split(' '), { cwd });
  expect(found).toMatchObject({ anomalies: 0, threshold: 0 });
  expect(readFileSync(at('still/anomalies.html'), 'utf8')).not.toContain('NaN');
});

it('says that rows in no order of time are scored alone', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${1000 - i},${Math.sin(i / 4)},${i % 7}`);
  writeFileSync(at('reversed.csv'), `t,v,w\n${rows.join('\n')}\n`);
  const { code, stderr } = await gargalo('detect reversed.csv --time t --out reversed'.split(' '), { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/the column t goes back at 199 rows.*sort them by time/);
});
