import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openData } from '../../src/node.js';
import { expectOneLine, gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const words = (text: string) => text.split(' ');

beforeAll(async () => {
  writeCsv(cwd);
  writeFileSync(at('images.idx'), idxBytes());
  const tiny = '--code 3 --epochs 30 --batch 8 --lr 1e-2 --seed 1 --quiet --out';
  await json(words(`train images.idx --bottleneck quantized --rate 1e-4 --encoder 8 ${tiny} codec`), { cwd });
  await json(words(`train images.idx --kind vector-quantized --encoder 8 --vectors 3 --entries 8 ${tiny} book`), {
    cwd,
  });
  await json(words(`train table.csv --label class ${tiny} rows`), { cwd });
});

/** The values of a data file, all of them. */
async function valuesOf(path: string): Promise<{ shape: readonly number[]; values: number[] }> {
  const { train } = await openData(at(path));
  return { shape: train.shape, values: [...(await train.block(0, train.length))] };
}

describe('compress and decompress', () => {
  it('give back the reconstruction from rounded codes, in fields that are documented', async () => {
    const result = await json(words('compress codec/model.onnx images.idx --step 0.01 -o images.gar'), { cwd });
    expect(result).toMatchObject({
      examples: 40,
      output: 'images.gar',
      embedded: null,
      step: Math.fround(0.01),
      ssimWindow: 5,
    });
    const { size } = statSync(at('images.gar'));
    expect(result).toMatchObject({ bytes: size, bytesPerExample: size / 40, bitsPerPixel: (8 * size) / 40 / 30 });
    const withDecoder = (size + (result.decoderBytes as number)) / 40;
    expect(result).toMatchObject({
      bytesPerExampleWithDecoder: withDecoder,
      bitsPerPixelWithDecoder: (8 * withDecoder) / 30,
    });
    expect(result.decoder).toMatch(/^sha256:[0-9a-f]{64}$/);

    const back = await json(words('decompress images.gar --model codec/model.onnx -o back.idx'), { cwd });
    expect(back).toMatchObject({ file: 'images.gar', examples: 40, bytes: size, embedded: false, output: 'back.idx' });
    await json(words('reconstruct codec/model.onnx images.idx -o rebuilt.npy'), { cwd });
    const rebuilt = (await valuesOf('rebuilt.npy')).values;
    const restored = await valuesOf('back.idx');
    expect(restored.shape).toEqual([6, 5]);
    // of bytes, with hardly rounded codes
    const differences = restored.values.map((value, i) => Math.abs(value - Math.min(Math.max(rebuilt[i]!, 0), 255)));
    expect(Math.max(...differences)).toBeLessThan(3);
    const originals = (await valuesOf('images.idx')).values;
    const mse = originals.reduce((sum, value, i) => sum + ((value - restored.values[i]!) / 255) ** 2, 0) / 1200;
    expect(result.mse).toBeCloseTo(mse, 9);
    expect(result.psnr).toBeCloseTo(-10 * Math.log10(mse), 6);
  });

  it('say it in words', async () => {
    const { stdout, stderr } = await gargalo(words('compress codec/model.onnx images.idx -o said.gar'), { cwd });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^said\.gar: 40 examples of images\.idx in \d+ bytes, lossy\n/);
    expect(stdout).toMatch(/an example +[\d.]+ bytes, [\d.]+ bits per pixel\n/);
    expect(stdout).toMatch(
      /with decoder [\d.]+ bytes, [\d.]+ bits per pixel \([\d,]+ bytes spread over the examples\)\n/,
    );
    expect(stdout).toMatch(/quality +PSNR [\d.]+ dB, SSIM [\d.]+ \(window 5\)\n$/);
  });

  it('meet a quality and a size', async () => {
    const fine = await json(words('compress codec/model.onnx images.idx --step 0.01 -o fine.gar'), { cwd });
    const psnr = (fine.psnr as number) - 1;
    const asked = await json(words(`compress codec/model.onnx images.idx --psnr ${psnr} -o asked.gar`), { cwd });
    expect(asked.psnr).toBeGreaterThanOrEqual(psnr);
    expect(asked.bytes).toBeLessThan(fine.bytes as number);
    const small = await json(words('compress codec/model.onnx images.idx --bytes 150 -o small.gar'), { cwd });
    expect(small.bytes).toBeLessThanOrEqual(150);
  });

  it('stand beside JPEG, WebP and AVIF, in words, in JSON and on a page', async () => {
    const flags = 'compress codec/model.onnx images.idx --step 0.1 -o beside.gar';
    const { comparison } = await json(words(`${flags} --compare --limit 12`), { cwd });
    const { codecs, images, ours } = comparison as {
      codecs: { codec: string; arrangement: string; sameBytes: { bytesPerImage: number } }[];
      images: number;
      ours: { bytesPerImage: number };
    };
    expect(images).toBe(12);
    expect(ours.bytesPerImage).toBe(statSync(at('beside.gar')).size / 12);
    expect(codecs.map(({ codec, arrangement }) => `${codec} ${arrangement}`)).toEqual(
      ['jpeg', 'webp', 'avif'].flatMap((codec) => [`${codec} sheet`, `${codec} each`]),
    );
    const said = await gargalo(words(`${flags} --report beside.html`), { cwd });
    expect(said.stdout).toMatch(
      /beside image files, 40 images, bytes an image:\n +at the same error +at the same bytes/,
    );
    expect(said.stdout).toMatch(/\n {2}AVIF, each alone +.* dB .*\nreport: beside\.html\n$/);
    const page = readFileSync(at('beside.html'), 'utf8');
    expect(page).toContain('<title>images.idx as beside.gar</title>');
    expect(page).toContain(
      'gargalo compress codec/model.onnx images.idx --step 0.1 -o beside.gar --report beside.html',
    );
    expectOneLine(
      await gargalo(words('compress rows/model.onnx table.csv --compare -o x.gar'), { cwd }),
      /table\.csv: expected images of bytes to compare/,
    );
  });

  it('need no model where the decoder is inside', async () => {
    for (const flags of ['--embed', '--embed --exact']) {
      const result = await json(words(`compress book/model.onnx images.idx ${flags} -o whole.gar`), { cwd });
      expect(result.embedded).toBe(flags === '--embed' ? 'rounded' : 'exact');
      expect(result).not.toHaveProperty('step');
      expect(await json(words('decompress whole.gar -o sheet.png'), { cwd })).toMatchObject({ embedded: true });
    }
    await json(words('decompress whole.gar -o pictures/'), { cwd });
    expect(readdirSync(at('pictures'))).toHaveLength(40);
  });

  it('take tables too', async () => {
    const result = await json(words('compress rows/model.onnx table.csv --step 0.001 -o table.gar'), { cwd });
    expect(result).not.toHaveProperty('psnr');
    expect(result).not.toHaveProperty('bitsPerPixel');
    expect(await json(words('decompress table.gar --model rows/model.onnx -o table-back.csv'), { cwd })).toMatchObject({
      examples: 60,
    });
    const [header] = readFileSync(at('table-back.csv'), 'utf8').split('\n');
    expect(header).toBe('width,height,sum,difference');
    expectOneLine(
      await gargalo(words('decompress table.gar --model rows/model.onnx -o table.png'), { cwd }),
      /table\.png: expected images to write as pictures/,
    );
  });

  it('say in one line what is wrong, and leave nothing behind', async () => {
    const run = (text: string) => gargalo(words(text), { cwd });
    await json(words('compress codec/model.onnx images.idx -o sound.gar'), { cwd });
    const sound = readFileSync(at('sound.gar'));
    writeFileSync(
      at('damaged.gar'),
      sound.map((byte, i) => (i === 60 ? byte ^ 4 : byte)),
    );
    writeFileSync(at('short.gar'), sound.subarray(0, -3));
    for (const [text, expected] of [
      [
        'decompress damaged.gar --model codec/model.onnx -o x.png',
        /damaged\.gar: expected the bytes that its checksum is of/,
      ],
      [
        'decompress short.gar --model codec/model.onnx -o x.png',
        /short\.gar: expected the bytes that its checksum is of/,
      ],
      [
        'decompress images.idx --model codec/model.onnx -o x.png',
        /images\.idx: expected a \.gar file, got one that begins/,
      ],
      ['decompress nowhere.gar -o x.png', /nowhere\.gar: expected a file, got nothing of that name/],
      ['decompress sound.gar -o x.png', /sound\.gar: expected the model whose decoder is sha256:.*--model.*--embed/],
      [
        'decompress sound.gar --model book/model.onnx -o x.png',
        /sound\.gar: .* is sha256:[0-9a-f]{64}, got one whose decoder is sha256:/,
      ],
      ['compress codec/model.onnx images.idx -o x.png', /x\.png: expected a file name ending in \.gar/],
      ['compress codec/model.onnx images.idx --psnr 90 -o x.gar', /--psnr: expected a quality that the model has/],
      ['compress codec/model.onnx images.idx --bytes 20 -o x.gar', /--bytes: expected room/],
      ['compress codec/model.onnx images.idx --bytes 200 --step 1 -o x.gar', /expected one way to choose the step/],
      ['compress book/model.onnx images.idx --step 1 -o x.gar', /--step: expected no step/],
      ['compress codec/model.onnx images.idx --exact -o x.gar', /--exact: expected a decoder to embed/],
      ['compress rows/model.onnx table.csv --psnr 20 -o x.gar', /--psnr: expected values between two bounds/],
    ] as const) {
      expectOneLine(await run(text), expected);
    }
    expect(readdirSync(cwd).filter((name) => /^x\.|tmp$/.test(name))).toEqual([]);
  });
});
