import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { openData } from '../../src/node.js';
import { expectOneLine, gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const words = (text: string) => text.split(' ');

beforeAll(async () => {
  writeCsv(cwd);
  writeFileSync(at('images.idx'), idxBytes());
  const tiny = '--code 3 --epochs 2 --batch 8 --quiet --out';
  for (const kind of [
    'denoising',
    'basic',
    'variational --encoder 8',
    'vector-quantized --encoder 8 --vectors 3 --entries 8',
  ]) {
    await json(words(`train images.idx --kind ${kind} ${tiny} ${kind.split(' ')[0]}`), { cwd });
  }
  await json(words(`train table.csv --label class --kind variational --encoder 6 ${tiny} rows`), { cwd });
});

describe('denoise', () => {
  it('says how much of a corruption it undid, in words and as JSON', async () => {
    const said = await gargalo(words('denoise denoising/model.onnx images.idx --noise 0.4 -o n.npy'), { cwd });
    expect(said.stdout).toMatch(
      /^n\.npy: 40 cleaned examples of images\.idx, PSNR \d+\.\d dB -> \d+\.\d dB \(gaussian 0\.4\)\n$/,
    );
    const result = await json(words('denoise denoising/model.onnx images.idx --noise 0.4 -o n.npy'), { cwd });
    expect(result).toMatchObject({ examples: 40, corruption: { type: 'gaussian', deviation: 0.4, clipped: true } });
    const [, before, after] = /PSNR ([\d.]+) dB -> ([\d.]+) dB/.exec(said.stdout)!;
    expect((result.psnrBefore as number).toFixed(1)).toBe(before);
    expect((result.psnrAfter as number).toFixed(1)).toBe(after);
    const other = await json(words('denoise denoising/model.onnx images.idx --noise 0.4 --seed 9 -o n.npy'), { cwd });
    expect(other.psnrBefore).not.toBe(result.psnrBefore);
  });

  it('takes data as they are where no corruption is asked for', async () => {
    const result = await json(words('denoise denoising/model.onnx images.idx -o plain.npy'), { cwd });
    expect(result).not.toHaveProperty('psnrBefore');
    await json(words('reconstruct denoising/model.onnx images.idx -o rebuilt.npy'), { cwd });
    const { train: cleaned } = await openData(at('plain.npy'));
    const { train: rebuilt } = await openData(at('rebuilt.npy'));
    expect(cleaned.shape).toEqual([6, 5]);
    expect(rebuilt.shape).toEqual([6, 5]);
    expect(await cleaned.block(0, 40)).toEqual(await rebuilt.block(0, 40));
  });

  it('writes pictures: a sheet, a folder with a file each, an IDX file', async () => {
    const start = 'denoise denoising/model.onnx images.idx --limit 4';
    for (const output of ['sheet.png', 'many/', 'clean.idx']) {
      expect(await json(words(`${start} -o ${output}`), { cwd })).toMatchObject({ examples: 4, output });
    }
    expect(decode(readFileSync(at('sheet.png'))).width).toBeGreaterThan(5);
    expect(readdirSync(at('many'))).toHaveLength(4);
    const { train } = await openData(at('clean.idx'));
    const first = decode(readFileSync(at('many/00001.png')));
    expect([...(await train.block(0, 1))]).toEqual([...first.data]);
  });

  it.each([
    ['basic/model.onnx images.idx -o x.png', /basic\/model\.onnx: expected a model trained on corrupted examples/],
    ['denoising/model.onnx table.csv --label class -o x.png', /table\.csv: expected examples of 30 values/],
    ['denoising/model.onnx images.idx --corruption masking --noise 2 -o x.png', /--noise: expected a probability/],
    ['denoising/model.onnx images.idx -o x.bmp', /x\.bmp: expected a file name ending in/],
  ])('refuses %s', async (text, message) => {
    expectOneLine(await gargalo(words(`denoise ${text}`), { cwd }), message);
    expect(existsSync(at('x.png'))).toBe(false);
  });
});

describe('sample', () => {
  it('draws a sheet of new examples, the same for the same seed', async () => {
    const { stdout } = await gargalo(words('sample variational/model.onnx -n 9 -o a.png'), { cwd });
    expect(stdout).toBe('a.png: 9 generated examples; codes drawn from N(0, I)\n');
    expect(await json(words('sample variational/model.onnx -n 9 -o b.png'), { cwd })).toMatchObject({
      examples: 9,
      prior: 'normal',
      seed: 0,
    });
    expect(readFileSync(at('b.png')).equals(readFileSync(at('a.png')))).toBe(true);
    await json(words('sample variational/model.onnx --count 9 --seed 4 -o c.png'), { cwd });
    expect(readFileSync(at('c.png')).equals(readFileSync(at('a.png')))).toBe(false);
  });

  it('says plainly that the positions of a quantized code are drawn independently', async () => {
    const { stdout } = await gargalo(words('sample vector-quantized/model.onnx -n 4 -o v.png'), { cwd });
    expect(stdout).toContain('codebook entries drawn by their use, each position independently of the others');
  });

  it('writes rows of a table with the names of its columns', async () => {
    await json(words('sample rows/model.onnx -n 7 -o new.csv'), { cwd });
    const { train } = await openData(at('new.csv'));
    expect(train.columns).toEqual(['width', 'height', 'sum', 'difference']);
    expect(train.length).toBe(7);
  });

  it.each([
    [
      'basic/model.onnx -o x.png',
      /basic\/model\.onnx: expected a code whose distribution is known.*--kind variational/,
    ],
    ['rows/model.onnx -o x.png', /x\.png: expected images to write as pictures/],
    ['variational/model.onnx -n 0 -o x.png', /--count: expected a whole number of at least 1, got 0/],
  ])('refuses %s', async (text, message) => {
    expectOneLine(await gargalo(words(`sample ${text}`), { cwd }), message);
    expect(existsSync(at('x.png'))).toBe(false);
  });
});

describe('train', () => {
  it('gives the terms of a loss that has several, and they add up to it', async () => {
    const result = await json(
      words('train images.idx --kind variational --encoder 8 --code 3 --epochs 1 --batch 8 --quiet --out terms'),
      { cwd },
    );
    const terms = result.terms as Record<string, number>;
    expect(Object.keys(terms)).toEqual(['reconstruction', 'divergence']);
    expect(terms.reconstruction! + terms.divergence!).toBeCloseTo(result.testLoss as number, 5);
  });
});
