import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();

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
  ['train images.idx --epochs 1 --code 2 --out again -q', 1],
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
  ['data images.idx', 1],
  ['kinds', 0],
])('%s opens %i runtimes', async (words, runtimes) => {
  const outcome = await gargalo(words.split(' '), { cwd });
  expect(outcome).toMatchObject({ code: 0, runtimes });
});
