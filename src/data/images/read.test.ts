import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../../../test/tiny.js';
import { collect } from '../collect.js';
import type { Dataset } from '../dataset.js';
import { openData } from '../read/open.js';
import { readImage } from './decode.js';
import { describeImages } from './describe.js';
import { naturalOrder } from './files.js';
import type { ImageOptions } from './plan.js';
import { patchesOf, readImages } from './read.js';

/** A gray image of one value. */
const plain = (value: number, width = 8, height = 6): Sharp =>
  sharp(new Uint8Array(width * height).fill(value), { raw: { width, height, channels: 1 } }).toColourspace('b-w');

/** A colour image of one value. */
const colored = (rgb: readonly [number, number, number], width = 8, height = 6): Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: rgb[0], g: rgb[1], b: rgb[2] } } });

async function put(path: string, image: Sharp): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await image.toFile(path);
}

const read = async (path: string, options?: ImageOptions): Promise<Dataset> => collect(await readImages(path, options));
const all = async (dataset: Dataset): Promise<number[]> => [...(await dataset.block(0, dataset.length))];

describe('a folder of images', () => {
  it('is read in natural order, with sub-folders as classes; what is no image is left out and said', async () => {
    await inFolder(async (folder) => {
      for (const [i, name] of ['10.png', '9.png', 'b/2.png', 'b/01.png', 'a/deep/x.png'].entries()) {
        await put(join(folder, name), plain(i));
      }
      for (const name of ['readme.txt', '.hidden.png']) writeFileSync(join(folder, name), 'no image');
      mkdirSync(join(folder, '.git'));
      writeFileSync(join(folder, '.git', 'a.png'), 'no image');
      const data = await read(folder);
      expect(data).toMatchObject({ shape: [6, 8], type: 'uint8', length: 5, picture: { fit: 'crop', channels: 1 } });
      expect(data.names).toEqual(['9.png', '10.png', 'a/deep/x.png', 'b/01.png', 'b/2.png']);
      expect(data.labels).toEqual({ names: ['a', 'b'], values: Int32Array.of(-1, -1, 0, 1, 1) });
      expect((await all(data)).filter((_, i) => i % 48 === 0)).toEqual([1, 0, 4, 3, 2]);
      expect(data.notes).toEqual([
        '5 images of 8×6 (5)',
        'classes by sub-folder: a (1), b (2); 2 without one',
        'left out: 1 .txt, 2 hidden files',
      ]);
    });
  });

  it.each(['png', 'jpg', 'webp', 'tiff', 'gif', 'avif'])('may hold .%s', async (ending) => {
    await inFolder(async (folder) => {
      await put(join(folder, `a.${ending}`), colored([200, 100, 40], 32, 32));
      const values = await all(await read(folder, { size: [4, 4], color: 'color' }));
      for (const [i, value] of values.entries()) expect(Math.abs(value - [200, 100, 40][i % 3]!)).toBeLessThan(6);
    });
  });

  it('is gray where all its images are, and gray is the luminance of colours', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), plain(100));
      expect((await read(folder)).shape).toEqual([6, 8]);
      await put(join(folder, 'b.png'), colored([255, 0, 0]));
      const both = await read(folder);
      expect(both.shape).toEqual([6, 8, 3]);
      expect((await all(both)).slice(0, 3)).toEqual([100, 100, 100]);
      expect((await all(both)).slice(-3)).toEqual([255, 0, 0]);
      const gray = await all(await read(folder, { color: 'gray' }));
      // 0.2126 of the light, in the curve of sRGB
      expect([gray[0], gray.at(-1)]).toEqual([100, 127]);
    });
  });

  it('turns images as their EXIF data say', async () => {
    await inFolder(async (folder) => {
      const values = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
      const image = sharp(values, { raw: { width: 4, height: 3, channels: 1 } }).toColourspace('b-w');
      await put(join(folder, 'a.png'), image.withMetadata({ orientation: 6 }));
      const turned = await read(folder, { color: 'gray' });
      expect(turned.shape).toEqual([4, 3]);
      // a quarter to the right: the first row is the first column from below
      expect(await all(turned)).toEqual([8, 4, 0, 9, 5, 1, 10, 6, 2, 11, 7, 3].map((i) => i * 20));
    });
  });

  it('puts transparent parts on white and reduces 16 bits to 8 where that is asked for', async () => {
    await inFolder(async (folder) => {
      const gray = sharp(Uint8Array.of(10, 255, 10, 0), { raw: { width: 2, height: 1, channels: 2 } });
      await put(join(folder, 'alpha.png'), gray.toColourspace('b-w'));
      const deep = sharp(Uint16Array.of(257 * 77, 65535), { raw: { width: 2, height: 1, channels: 1 } });
      await put(join(folder, 'deep.png'), deep.toColourspace('grey16'));
      const data = await read(folder, { color: 'gray', depth: '8' });
      const [opaque, clear, dark, light] = await all(data);
      expect([opaque, clear, light]).toEqual([10, 255, 255]);
      expect(Math.abs(dark! - 77)).toBeLessThanOrEqual(1);
      expect(data.notes?.join('\n')).toMatch(
        /transparent parts of 1 image put on white\n1 image of 16 bits a channel reduced to 8/,
      );
    });
  });

  it('has one size: that of all, or a small square, or the one asked for; said', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), plain(0, 400, 300));
      expect((await read(folder)).shape).toEqual([48, 64]);
      await put(join(folder, 'b.png'), plain(0, 30, 90));
      await put(join(folder, 'c.png'), plain(0, 50, 40));
      const data = await read(folder);
      expect(data.shape).toEqual([40, 40]);
      expect(data.notes?.[0]).toMatch(/^3 images of size 400×300 \(1\), .*: fitted to 40×40 \(the middle of those/);
      expect((await read(folder, { size: [20, 10] })).shape).toEqual([10, 20]);
    });
  });

  it('is cropped to the middle, or contained with a white border', async () => {
    await inFolder(async (folder) => {
      const values = Uint8Array.from({ length: 12 * 4 }, (_, i) => (i % 12 < 4 ? 0 : i % 12 < 8 ? 100 : 200));
      await put(
        join(folder, 'a.png'),
        sharp(values, { raw: { width: 12, height: 4, channels: 1 } }).toColourspace('b-w'),
      );
      expect(await all(await read(folder, { size: [4, 4] }))).toEqual(new Array(16).fill(100));
      const contained = await all(await read(folder, { size: [12, 12], fit: 'contain' }));
      expect(contained.slice(0, 48)).toEqual(new Array(48).fill(255));
      expect(contained.slice(48, 96)).toEqual([...values]);
    });
  });

  it('names a file that is broken, or leaves it out where that is asked for', async () => {
    await inFolder(async (folder) => {
      for (let i = 0; i < 9; i++) await put(join(folder, `${i}.jpg`), plain(i * 20, 64, 64));
      const noise = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * i * 31) % 256);
      await put(
        join(folder, '7.jpg'),
        sharp(noise, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace('b-w'),
      );
      const whole = readFileSync(join(folder, '7.jpg'));
      writeFileSync(join(folder, '7.jpg'), whole.subarray(0, whole.length * 0.6));
      await expect(read(folder)).rejects.toThrow(/7\.jpg: expected an image, got a file that cannot be decoded: /);
      writeFileSync(join(folder, '2.jpg'), 'no image');
      await expect(readImages(folder)).rejects.toThrow(/2\.jpg: .*`skipBroken: true`/);
      const data = await read(folder, { skipBroken: true });
      expect(data.length).toBe(7);
      expect(data.notes?.slice(1)).toEqual([
        'left out: 1 broken file (2.jpg)',
        'left out: 1 that could not be decoded (7.jpg)',
      ]);
      writeFileSync(join(folder, '2.jpg'), '');
      await expect(readImages(folder)).rejects.toThrow('2.jpg');
    });
  });

  it('may be a single image, and a limit reads no more than it says', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), plain(7));
      writeFileSync(join(folder, 'b.png'), 'no image');
      expect(await read(join(folder, 'a.png'))).toMatchObject({ length: 1, names: ['a.png'], shape: [6, 8] });
      expect((await openData(folder, { limit: 1 })).train).toMatchObject({ length: 1, names: ['a.png'] });
    });
  });

  it('is made what a model takes', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), colored([0, 0, 255], 40, 20));
      const gray = await read(folder, { like: { shape: [5, 7], picture: { fit: 'contain', channels: 1 } } });
      expect(gray).toMatchObject({ shape: [5, 7], picture: { fit: 'contain', channels: 1 } });
      expect((await read(folder, { like: { shape: [28, 28] } })).shape).toEqual([28, 28]);
      const patches = { fit: 'crop', channels: 3, patches: true } as const;
      expect(await read(folder, { like: { shape: [8, 8, 3], picture: patches } })).toMatchObject({ length: 10 });
    });
  });

  it('is refused where it has no images, and with options that do not go together', async () => {
    await inFolder(async (folder) => {
      await expect(readImages(folder)).rejects.toThrow('expected images in the folder, got none');
      writeFileSync(join(folder, 'a.csv'), '1,2');
      await expect(openData(folder)).rejects.toThrow('got 1 .csv (images that are read: PNG');
      await expect(openData(join(folder, 'a.csv'), { size: [4, 4] })).rejects.toThrow('files of images for `size`');
      await put(join(folder, 'a.png'), plain(0));
      await expect(openData(folder, { columns: ['a'] })).rejects.toThrow('expected a table for `columns`');
      await expect(readImages(folder, { patch: 4, size: [4, 4] })).rejects.toThrow('patch: expected either');
      await expect(readImages(folder, { patch: 7 })).rejects.toThrow('at least 7 × 7 pixels, got only smaller ones');
      await expect(readImages(folder, { stride: 7 })).rejects.toThrow('stride: expected `patch`');
      await expect(readImages(folder, { size: [0, 4] })).rejects.toThrow('size: expected a whole number of pixels');
    });
  });

  it('stops when told to', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), plain(0));
      const { signal } = { signal: AbortSignal.abort() };
      const blocks = (await readImages(folder)).blocks({ signal });
      await expect(blocks[Symbol.asyncIterator]().next()).rejects.toThrow('stopped on request');
    });
  });

  it('is described without decoding', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'cats/a.png'), plain(0));
      await put(join(folder, 'dogs/b.jpg'), colored([1, 2, 3], 20, 10));
      expect(await describeImages(folder, { color: 'gray' })).toMatchObject({
        images: 2,
        formats: [
          ['png', 1],
          ['jpeg', 1],
        ],
        sizes: [
          ['8×6', 1],
          ['20×10', 1],
        ],
        gray: 1,
        color: 1,
        classes: [
          ['cats', 1],
          ['dogs', 1],
        ],
        shape: [10, 10],
        examples: 2,
      });
    });
  });
});

describe('patches of images', () => {
  const sides = fc.integer({ min: 1, max: 40 });

  it('are all squares of a grid, each as it lies in the image', () => {
    fc.assert(
      fc.property(sides, sides, sides, sides, fc.constantFrom(1, 3), (width, height, side, stride, channels) => {
        const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 31) % 251);
        const plan = { width: side, height: side, channels, fit: 'crop', stride } as const;
        const patches = [...patchesOf({ width, height, channels, data }, plan)];
        let n = 0;
        for (let top = 0; top + side <= height; top += stride) {
          for (let left = 0; left + side <= width; left += stride) {
            const patch = patches[n++]!;
            for (const [y, x] of [
              [0, 0],
              [side - 1, side - 1],
              [side >> 1, side - 1],
            ] as const) {
              for (let c = 0; c < channels; c++) {
                const at = ((top + y) * width + left + x) * channels + c;
                expect(patch[(y * side + x) * channels + c]).toBe(data[at]);
              }
            }
          }
        }
        expect(patches.length).toBe(n);
      }),
    );
  });

  it('come from images of any size, those that are too small left out; a split keeps overlapping ones apart', async () => {
    await inFolder(async (folder) => {
      await put(join(folder, 'a.png'), plain(1, 20, 12));
      await put(join(folder, 'b.png'), plain(2, 3, 50));
      await put(join(folder, 'c.png'), plain(3, 8, 8));
      const data = await read(folder, { patch: 8, stride: 4 });
      expect(data).toMatchObject({ length: 9, shape: [8, 8], overlap: 5, picture: { patches: true } });
      expect(data.notes?.[0]).toBe(
        '3 images cut into 9 patches of 8×8, 4 pixels apart; 1 image smaller than that left out',
      );
      expect((await all(data)).filter((_, i) => i % 64 === 0)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 3]);
      expect((await read(folder, { patch: 8 })).overlap).toBeUndefined();
      expect((await read(folder, { patch: 8, stride: 4, limit: 4 })).length).toBe(4);
    });
  });
});

describe('images in memory', () => {
  it('are read as those of files are, in the order of the list, and as a model takes them', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'b.png');
      await put(path, plain(7));
      const bytes = await colored([10, 20, 30]).png().toBuffer();
      const mixed = await collect(await readImages([bytes, path, await plain(3, 16, 12).png().toBuffer()]));
      expect(mixed.names).toEqual(['images[0]', 'b.png', 'images[2]']);
      expect(mixed.shape).toEqual([6, 6, 3]);
      const uploaded = await collect(
        await readImages([new Blob([new Uint8Array(bytes)]), new Uint8Array(bytes).buffer]),
      );
      expect(await all(uploaded)).toEqual(await all(await collect(await readImages([bytes, bytes]))));
      const gray = await collect(await readImages([readFileSync(path)], { like: { shape: [6, 8] } }));
      expect(await all(gray)).toEqual(await all(await read(path)));
      expect((await readImage(bytes, { channels: 3 })).data.slice(0, 3)).toEqual(Buffer.of(10, 20, 30));
    }));

  it('are refused by their place in the list', async () => {
    const good = await plain(7).png().toBuffer();
    const refused = async (...images: unknown[]) => collect(await readImages(images as Uint8Array[]));
    await expect(refused(good, good.subarray(0, 60))).rejects.toMatchObject({ where: 'images[1]' });
    await expect(refused(good, new Uint8Array())).rejects.toMatchObject({ where: 'images[1]' });
    await expect(refused(good, 5)).rejects.toThrow(
      'images[1]: expected a path or the bytes of an image file, got number',
    );
    await expect(readImages(good as never)).rejects.toThrow(/put a single image into a list/);
    await expect(readImages([good], { size: 16 as never })).rejects.toThrow(
      /expected \[width, height\] in pixels, got 16/,
    );
    await expect(refused()).rejects.toThrow(/at least one image/);
  });
});

describe('natural order', () => {
  it('counts in numbers, however long', () => {
    const names = ['a10', 'a9', 'a1', 'a01', 'B', 'a', `a${'9'.repeat(40)}`, `a1${'0'.repeat(40)}`, 'a9b'];
    const sorted = names.toSorted(naturalOrder);
    expect(sorted).toEqual(['B', 'a', 'a01', 'a1', 'a9', 'a9b', 'a10', `a${'9'.repeat(40)}`, `a1${'0'.repeat(40)}`]);
  });

  it('is an order', () => {
    const name = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'B', '.', '-') });
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) + 0);
        expect(naturalOrder(a, b) === 0).toBe(a === b);
        if (naturalOrder(a, b) < 0 && naturalOrder(b, c) < 0) expect(naturalOrder(a, c)).toBeLessThan(0);
      }),
    );
  });
});
