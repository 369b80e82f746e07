import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectOneLine, gargalo, json, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const words = (text: string) => text.split(' ');

/** A smooth colour image. */
async function photograph(path: string, width: number, height: number, phase: number): Promise<void> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 100 * Math.sin(x / 5 + phase + (i % 3)) * Math.cos(y / 7);
  });
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(at(path));
}

beforeAll(async () => {
  for (const folder of ['photos', 'photos/a', 'photos/b', 'scans']) mkdirSync(at(folder));
  await photograph('photos/a/1.png', 40, 24, 0);
  await photograph('photos/b/2.jpg', 33, 48, 1);
  await photograph('photos/b/10.webp', 64, 64, 2);
  await photograph('scans/x.tiff', 21, 13, 3);
  await photograph('scans/y.png', 50, 9, 4);
  writeFileSync(at('photos/notes.txt'), 'no image');
  const tiny = '--code 6 --epochs 2 --batch 8 --validation 0.3 --noise 0.1 --kind denoising --quiet --out';
  await json(words(`train photos --patch 8 --stride 4 --color gray ${tiny} grain`), { cwd });
  await json(words(`train photos --size 8x6 --fit contain ${tiny} small`), { cwd });
});

describe('train on a folder of images', () => {
  it('says what it made of them and remembers how, to go on with the same', async () => {
    const more = 'train photos --out small --resume --epochs 3';
    const { code, stderr } = await gargalo(words(more), { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('photos: 3 images of size 40×24 (1), 33×48 (1), 64×64 (1): fitted to 8×6 (whole');
    expect(stderr).toContain('photos: classes by sub-folder: a (1), b (2)');
    expect(stderr).toContain('photos: left out: 1 .txt');
    const { data, command } = JSON.parse(readFileSync(at('small/config.json'), 'utf8'));
    expect(data).toMatchObject({ size: [8, 6], fit: 'contain', shape: [6, 8, 3] });
    expect(command).toBe(
      'gargalo train photos --kind denoising --code 6 --noise 0.1 --epochs 3 --batch 8 --validation 0.3 --size 8,6 --fit contain --out small',
    );
  });

  it.each([
    ['photos --size 8 --patch 8', /--patch: expected either patches of images at their own size or --size, got both/],
    ['photos --size big', /--size: expected pixels as 64 or 64x48/],
    ['photos --patch 65', /photos: expected images of at least 65 × 65 pixels, got only smaller ones/],
    ['mnist --fit crop', /mnist: expected files of images for --fit/],
    ['photos/notes.txt --color gray', /notes\.txt: expected files of images for --color/],
  ])('refuses %s', async (text, message) => {
    expectOneLine(await gargalo(words(`train ${text}`), { cwd }), message);
  });
});

describe('denoise on images', () => {
  it('cleans each at its own size where the model was trained on patches, under its own name', async () => {
    const result = await json(words('denoise grain/model.onnx photos -o cleaned/ --noise 0.1 --sheet s.png'), { cwd });
    expect(readdirSync(at('cleaned'), { recursive: true }).sort()).toEqual([
      'a',
      'a/1.png',
      'b',
      'b/10.png',
      'b/2.png',
    ]);
    expect(await sharp(at('cleaned/b/2.png')).metadata()).toMatchObject({ width: 33, height: 48, channels: 3 });
    const images = result.images as { name: string; psnrBefore: number; psnrAfter: number }[];
    expect(images.map(({ name }) => name)).toEqual(['a/1.png', 'b/2.jpg', 'b/10.webp']);
    const mean = images.reduce((sum, { psnrAfter }) => sum + psnrAfter, 0) / 3;
    expect(result.psnrAfter).toBeCloseTo(mean, 9);
    for (const { psnrBefore } of images) expect(Math.abs(psnrBefore - 20)).toBeLessThan(1.5);
    // a column each for what came in, what came out and the clean image
    expect(await sharp(at('s.png')).metadata()).toMatchObject({ width: 3 * (64 + 2) + 2, height: 3 * (64 + 2) + 2 });
  });

  it('takes images as they are where no corruption is asked for, and a single one into a file', async () => {
    const said = await gargalo(words('denoise grain/model.onnx scans/x.tiff -o x.jpg'), { cwd });
    expect(said.stdout).toBe('x.jpg: 1 cleaned image of scans/x.tiff\n');
    expect(await sharp(at('x.jpg')).metadata()).toMatchObject({ width: 21, height: 13, format: 'jpeg' });
    await json(words('denoise grain/model.onnx scans -o gray/ --color gray --format webp'), { cwd });
    expect(readdirSync(at('gray')).sort()).toEqual(['x.webp', 'y.webp']);
  });

  it('fits them to a model of whole images, unless --whole is given', async () => {
    await json(words('denoise small/model.onnx scans -o fitted/'), { cwd });
    expect(await sharp(at('fitted/x.png')).metadata()).toMatchObject({ width: 8, height: 6 });
    await json(words('denoise small/model.onnx scans --whole -o whole/'), { cwd });
    expect(await sharp(at('whole/x.png')).metadata()).toMatchObject({ width: 21, height: 13 });
  });

  it.each([
    ['grain/model.onnx scans -o scans/', /scans\/: expected another folder than the one that is read/],
    ['grain/model.onnx scans -o x.png', /x\.png: expected a folder for images of their own sizes/],
    ['grain/model.onnx photos/notes.txt --whole -o x/', /notes\.txt: expected an image or a folder of images/],
    ['small/model.onnx scans --sheet s.png -o x/', /--sheet: expected images that are cleaned at their own size/],
  ])('refuses %s', async (text, message) => {
    expectOneLine(await gargalo(words(`denoise ${text}`), { cwd }), message);
    expect(existsSync(at('x.png'))).toBe(false);
  });

  it('leaves out broken images where that is asked for', async () => {
    mkdirSync(at('some'));
    await photograph('some/whole.png', 20, 20, 0);
    writeFileSync(at('some/broken.png'), readFileSync(at('some/whole.png')).subarray(0, 200));
    writeFileSync(at('some/none.png'), 'no image');
    const asked = words('denoise grain/model.onnx some -o rest/');
    expectOneLine(await gargalo(asked, { cwd }), /some\/none\.png: expected an image, got a file that cannot/);
    const { stdout, stderr } = await gargalo([...asked, '--skip-broken'], { cwd });
    expect(stdout).toBe('rest/: 1 cleaned image of some\n');
    expect(stderr).toBe('gargalo: warning: some: 2 files left out that cannot be decoded\n');
  });

  it('reconstructs them into pictures under their names, with the same error as in a table', async () => {
    const pictures = await json(words('reconstruct small/model.onnx scans -o rebuilt/'), { cwd });
    expect(readdirSync(at('rebuilt')).sort()).toEqual(['x.png', 'y.png']);
    const table = await json(words('reconstruct small/model.onnx scans -o rebuilt.csv'), { cwd });
    expect(pictures).toMatchObject({ examples: 2, width: 144, output: 'rebuilt/' });
    expect(pictures.squaredError).toBeCloseTo(table.squaredError as number, 4);
  });

  it('encodes the images of another folder as the model takes them', async () => {
    expect(await json(words('encode small/model.onnx scans -o c.csv'), { cwd })).toMatchObject({ examples: 2 });
    expect(await json(words('encode grain/model.onnx scans -o c.csv'), { cwd })).toMatchObject({ examples: 8 });
  });
});

describe('detect on a folder with the parts train, test and ground_truth', () => {
  it('trains on train, scores test, and draws the errors beside the masks', async () => {
    const gray = async (path: string, value: (i: number) => number) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      const data = Uint8Array.from({ length: 100 }, (_, i) => value(i));
      await sharp(data, { raw: { width: 10, height: 10, channels: 1 } })
        .toColourspace('b-w')
        .toFile(at(path));
    };
    const isDefect = (i: number) => i % 10 > 5 && i > 60;
    const bottle = (n: number) => (i: number) => 40 + 10 * (i % 10) + (n % 5);
    for (let n = 0; n < 24; n++) await gray(`bottle/train/good/${n}.png`, bottle(n));
    for (let n = 0; n < 4; n++) {
      await gray(`bottle/test/good/${n}.png`, bottle(n));
      await gray(`bottle/test/crack/${n}.png`, (i) => (isDefect(i) ? 250 - n : bottle(n)(i)));
      await gray(`bottle/ground_truth/crack/${n}_mask.png`, (i) => (isDefect(i) ? 255 : 0));
    }
    const result = await json(words('detect bottle --heatmaps heat --out bottle-run'), { cwd });
    expect(result).toMatchObject({ examples: 8, rocAuc: 1, anomalyClasses: ['crack'] });
    expect(result.heat).toMatchObject({ maps: 8, masks: { marked: 4, normal: ['good'], missing: 0 }, output: 'heat' });
    expect(result.heat).toMatchObject({ pixels: { anomalous: 4 * 16, normal: 8 * 100 - 64, regions: 4, rocAuc: 1 } });
    expect(readdirSync(at('heat/crack')).sort()).toEqual(['0.png', '1.png', '2.png', '3.png']);
    const { channels, data } = await sharp(at('heat/crack/0.png'))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })
      .then(({ data: pixels, info }) => ({ channels: info.channels, data: pixels }));
    expect(channels).toBe(1);
    expect(Math.min(...data.filter((_, i) => isDefect(i)))).toBeGreaterThan(100);
    expect(Math.max(...data.filter((_, i) => !isDefect(i)))).toBeLessThan(100);
    const again = await gargalo(words('detect bottle-run/model.onnx bottle/test -o again.csv'), { cwd });
    expect(again.stdout).toMatch(
      /pixel ROC AUC {3}1\.0000 {2}\(4 regions in 4 masks; no masks, so taken for normal: good\/\)/,
    );
    const inside = await gargalo(words('detect bottle-run/model.onnx bottle --heatmaps bottle/heat -o x.csv'), { cwd });
    expectOneLine(inside, /--heatmaps: expected a folder outside of the images/);
  });
});

describe('images of 16 bits', () => {
  it('keep their depth through training, denoise and reconstruct', async () => {
    mkdirSync(at('deep'));
    for (const n of [0, 1, 2, 3]) {
      // 12 bits in 16
      const data = Uint16Array.from({ length: 16 * 16 }, (_, i) => 2000 + 1500 * Math.sin((i % 16) / 3 + n));
      const image = sharp(data, { raw: { width: 16, height: 16, channels: 1 } }).toColourspace('grey16');
      await image.toFile(at(`deep/${n}.png`));
    }
    const described = await gargalo(words('data deep'), { cwd });
    expect(described.stdout).toContain('16 bits a channel, read as float32 of 0 … 65535');
    const kind = '--kind denoising --noise 0.1 --patch 8 --stride 4 --code 16 --epochs 30 --validation 0.3';
    await json(words(`train deep ${kind} --quiet --out deep-model`), { cwd });
    const config = JSON.parse(readFileSync(at('deep-model/config.json'), 'utf8'));
    expect(config.specification.input).toMatchObject({ picture: { depth: '16' }, scaling: { method: 'min-max' } });
    await json(words('denoise deep-model/model.onnx deep -o deep-out/ --noise 0.05 --sheet deep-sheet.png'), { cwd });
    expect((await sharp(at('deep-out/1.png')).metadata()).depth).toBe('ushort');
    expect((await sharp(at('deep-sheet.png')).metadata()).depth).toBe('uchar');
    const raw = await sharp(at('deep-out/1.png')).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
    const values = [...new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))];
    expect(Math.max(...values)).toBeGreaterThan(2500);
    expect(new Set(values).size).toBeGreaterThan(13);
    await json(words('reconstruct deep-model/model.onnx deep -o patches.tiff'), { cwd });
    expect((await sharp(at('patches.tiff')).metadata()).depth).toBe('ushort');
    const jpeg = await gargalo(words('denoise deep-model/model.onnx deep -o cut/ --format jpg'), { cwd });
    expectOneLine(jpeg, /expected a kind of file that holds 16 bits a channel, got \.jpg/);
    // a model of bytes
    const bytes = await gargalo(words('denoise grain/model.onnx deep -o no/'), { cwd });
    expectOneLine(bytes, /0\.png: expected 8 bits a channel, as the model was trained on, got 16 bits a channel/);
    expect(existsSync(at('no'))).toBe(false);
  });

  it('keep their transparency, and say what becomes of it in a format without any', async () => {
    mkdirSync(at('icons'));
    const raw = { width: 9, height: 9, channels: 4 } as const;
    const pixels = Uint8Array.from({ length: 9 * 9 * 4 }, (_, i) => (i % 4 === 3 ? i % 256 : 90));
    await sharp(pixels, { raw }).toFile(at('icons/a.png'));
    const kept = await gargalo(words('denoise grain/model.onnx icons -o icons-out/'), { cwd });
    expect(kept.stderr).toContain('icons: transparency of 1 image kept as it is');
    const alpha = await sharp(at('icons-out/a.png')).extractChannel('alpha').raw().toBuffer();
    expect([...alpha]).toEqual([...pixels].filter((_, i) => i % 4 === 3));
    const { stderr } = await gargalo(words('denoise grain/model.onnx icons -o icons-jpg/ --format jpg'), { cwd });
    expect(stderr).toContain('icons: transparent parts of 1 image put on white');
  });

  it('keep it in 16 bits too', async () => {
    mkdirSync(at('deep-icons'));
    const raw = { width: 9, height: 9, channels: 4 } as const;
    const pixels = Uint16Array.from({ length: 9 * 9 * 4 }, (_, i) => (i * 797) % 65_536);
    await sharp(pixels, { raw }).toColourspace('rgb16').toFile(at('deep-icons/a.png'));
    await json(words('denoise deep-model/model.onnx deep-icons -o deep-icons-out/'), { cwd });
    const back = await sharp(at('deep-icons-out/a.png')).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const samples = new Uint16Array(back.buffer.slice(back.byteOffset, back.byteOffset + back.length));
    const alphas = (values: Uint16Array) => [...values].filter((_, i) => i % 4 === 3);
    expect(alphas(samples)).toEqual(alphas(pixels));
  });
});
