import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { idxBytes, json, temporaryFolder, writeCsv } from './command.js';

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
  const rows = Array.from({ length: 240 }, (_, i) => `${i},${Math.sin(i / 4)}`);
  writeFileSync(join(cwd, 'series.csv'), `t,a\n${rows.join('\n')}\n`);
  const train = (words: string) => json([...words.split(' '), '--epochs', '1', '--code', '2', '-q'], { cwd });
  await train('train images.idx --out images');
  await train('train images.idx --kind denoising --out denoising');
  await train('train images.idx --kind variational --out variational');
  await train('train table.csv --label class --out table');
  await json('encode images/model.onnx images.idx -o codes.npy'.split(' '), { cwd });
  await json('compress images/model.onnx images.idx --embed -o images.gar'.split(' '), { cwd });
});

describe('--json', () => {
  it.each([
    'train images.idx --kind variational --epochs 1 --code 2 --out again -q',
    'encode images/model.onnx images.idx -o x.npy',
    'decode images/model.onnx codes.npy -o x.npy',
    'reconstruct images/model.onnx images.idx -o x.npy',
    'denoise denoising/model.onnx images.idx --noise 0.2 -o x.npy',
    'sample variational/model.onnx -n 4 -o x.png',
    'detect table/model.onnx table.csv --label class -o x.csv',
    'detect series.csv --time t --out series -q',
    'compress images/model.onnx images.idx --embed -o x.gar',
    'decompress images.gar -o x.npy',
    'sweep images.idx --code 1,2 --epochs 1 --out grid -q',
    'inspect images/model.onnx images.idx --repair --save x.onnx -o x.html -q',
    'compare images variational --data images.idx -o x.html -q',
    'data table.csv --label class',
    'data series.csv --time t',
    'data images.idx',
    'kinds',
  ])('of %s has the fields that docs/commands.md names', async (words) => {
    const names = documented(words.split(' ')[0]!);
    const found = Object.keys(await json(words.split(' '), { cwd }));
    expect(found.filter((name) => !names.has(name))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });
});
