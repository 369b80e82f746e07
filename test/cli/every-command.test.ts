// Each command once, on small files: the fields of its JSON object, and the runtimes that it opens.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const page = readFileSync(fileURLToPath(new URL('../../docs/commands.md', import.meta.url)), 'utf8');

/** The fields that the page names for a command. */
function documented(command: string): Set<string> {
  const section = page.split('\n## ').find((part) => part.startsWith(`${command}\n`)) ?? '';
  return new Set([...section.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
}

beforeAll(async () => {
  writeFileSync(join(cwd, 'images.idx'), idxBytes());
  writeCsv(cwd);
  writeCsv(cwd, 'more.csv', 200);
  const rows = Array.from({ length: 240 }, (_, i) => `${i},${Math.sin(i / 4)}`);
  writeFileSync(join(cwd, 'series.csv'), `t,a\n${rows.join('\n')}\n`);
  const train = (words: string) => json([...words.split(' '), '--epochs', '1', '--code', '2', '-q'], { cwd });
  await train('train images.idx --out images');
  await train('train images.idx --kind denoising --out denoising');
  await train('train images.idx --kind variational --out variational');
  await train('train more.csv --label class --kind detecting --out table');
  await json('encode images/model.onnx images.idx -o codes.npy'.split(' '), { cwd });
  await json('compress images/model.onnx images.idx --embed -o images.gar'.split(' '), { cwd });
});

it.each([
  ['train images.idx --kind variational --epochs 1 --code 2 --out drawn -q', 1],
  ['train more.csv --label class --kind variational --epochs 1 --code 2 --out mixed -q', 1],
  ['train more.csv --label class --kind detecting --epochs 1 --code 2 --out rows -q', 1],
  ['encode images/model.onnx images.idx -o x.npy', 1],
  ['decode images/model.onnx codes.npy -o x.npy', 1],
  ['reconstruct images/model.onnx images.idx -o x.npy', 1],
  ['denoise denoising/model.onnx images.idx --noise 0.2 -o x.npy', 1],
  ['sample variational/model.onnx -n 4 -o x.png', 1],
  ['detect table/model.onnx more.csv --label class -o x.csv --report x.html', 1],
  ['detect series.csv --time t --out series -q', 1],
  ['compress images/model.onnx images.idx --embed -o x.gar --report x.html', 1],
  ['decompress images.gar -o x.npy', 1],
  ['sweep images.idx --code 1,2,3,4 --jobs 1 --epochs 1 --out grid -q', 1],
  ['sweep images.idx --code 1,2,3,4 --jobs 2 --epochs 1 --out wide -q', 2],
  ['inspect images/model.onnx images.idx --repair --save x.onnx -o x.html -q', 1],
  ['inspect table --retrain -o x.html -q', 1],
  ['compare images variational --data images.idx -o x.html -q', 1],
  ['data table.csv --label class', 1],
  ['data series.csv --time t', 1],
  ['data images.idx', 1],
  ['export table --part decoder', 1],
  ['kinds', 0],
])('%s --json has the fields that docs/commands.md names, and opens %i runtimes', async (words, runtimes) => {
  const { code, stdout, ...outcome } = await gargalo([...words.split(' '), '--json'], { cwd });
  expect(code).toBe(0);
  expect(outcome.runtimes).toBe(runtimes);
  const fields = Object.keys(JSON.parse(stdout) as object);
  const names = documented(words.split(' ')[0]!);
  expect(fields.filter((name) => !names.has(name))).toEqual([]);
  expect(fields.length).toBeGreaterThan(0);
});
