import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel, openData } from '../../src/node.js';
import { json, metricsOf, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const configuration = (run: string) => JSON.parse(readFileSync(at(`${run}/config.json`), 'utf8'));

const rows = Array.from({ length: 120 }, (_, i) => [`2026-01-01 00:${i}:00`, Math.sin(i / 3), 1000 + (i % 7)].join());
writeFileSync(at('series.csv'), ['timestamp,wave,count', ...rows].join('\n'));
const options = 'series.csv --recipe none --columns wave,count --window 8 --stride 2 --code 3 --batch 8 -q'.split(' ');

it('windows of a series are trained on, resumed and reconstructed as they were asked for', async () => {
  await json(['train', ...options, '--epochs', '4', '--out', 'whole'], { cwd });
  await json(['train', ...options, '--epochs', '2', '--out', 'parts'], { cwd });
  await json(['train', 'series.csv', '--epochs', '4', '--out', 'parts', '--resume', '-q'], { cwd });
  expect(metricsOf(at('parts'))).toEqual(metricsOf(at('whole')));
  // 57 windows: six to test on, and three that reach over the border
  const data = { window: 8, stride: 2, shape: [8, 2], trainExamples: 48, testExamples: 6 };
  expect(configuration('whole').data).toMatchObject(data);
  expect(configuration('parts').data).toMatchObject(data);
  expect(configuration('parts').command).toMatch(/ --columns wave,count --window 8 --stride 2 /);

  const { specification } = await loadModel(at('whole/model.onnx'));
  expect(specification.input).toMatchObject({ sequence: true, shape: [8, 2], columns: ['wave', 'count'] });
  expect(specification.input.scaling.offset.length).toBe(2);
  const asked = ['whole/model.onnx', 'series.csv', '--stride', '8', '-o'];
  expect(await json(['encode', ...asked, 'codes.npy'], { cwd })).toMatchObject({ examples: 15, width: 3 });
  await json(['reconstruct', ...asked, 'out.csv'], { cwd });
  const { train: table } = await openData(at('out.csv'));
  expect(table.columns!.slice(0, 4)).toEqual(['wave 1', 'count 1', 'wave 2', 'count 2']);
  // in the units of each column
  const values = await table.block(0, 15);
  const counts = values.filter((_, i) => i % 17 < 16 && (i % 17) % 2 === 1);
  expect(Math.min(...counts)).toBeGreaterThan(950);
});

it('tables of windows that one command wrote are read by the others', async () => {
  const [model, ...steps] = ['whole/model.onnx', '--stride', '8'];
  const codes: string[] = [];
  for (const [format, command] of [
    ['csv', ['reconstruct', 'series.csv', ...steps]],
    ['parquet', ['reconstruct', 'series.csv', ...steps]],
    ['npy', ['reconstruct', 'series.csv', ...steps]],
  ] as const) {
    const [name, source, ...others] = command;
    await json([name!, model!, source!, ...others, '-o', `windows.${format}`], { cwd });
    expect(await json(['encode', model!, `windows.${format}`, '-o', 'again.csv'], { cwd })).toMatchObject({
      examples: 15,
    });
    codes.push(readFileSync(at('again.csv'), 'utf8').replace(/^(row|\d+),(?=.*,.*,)/gm, ''));
    const scores = await json(['detect', model!, `windows.${format}`, '-o', 'scores.csv'], { cwd });
    expect(scores).toMatchObject({ examples: 15, per: 'window' });
  }
  expect(codes[1]).toBe(codes[0]);
  expect(codes[2]).toBe(codes[0]);
});
