import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../../../test/tiny.js';
import { collect } from '../collect.js';
import type { Dataset } from '../dataset.js';
import { openData } from '../read/open.js';
import { fitScaling } from '../scaling.js';
import { openPictureFolder, openPictureWriter, writePicture } from '../write/pictures.js';
import { readImage, readSamples } from './decode.js';
import { describeImages } from './describe.js';
import type { ImageOptions } from './plan.js';
import { readImages } from './read.js';

const read = async (path: string, options?: ImageOptions): Promise<Dataset> => collect(await readImages(path, options));
const all = async (dataset: Dataset): Promise<number[]> => [...(await dataset.block(0, dataset.length))];

/** A gray PNG of 16 bits, 2 pixels wide. */
const deep = (path: string, values: readonly number[]) =>
  writePicture(path, { width: 2, height: values.length / 2, channels: 1, data: Uint16Array.from(values) });

const shallow = (path: string, values: readonly number[]) =>
  writePicture(path, { width: 2, height: values.length / 2, channels: 1, data: Uint8Array.from(values) });

const floats = (path: string, values: readonly number[], channels: 1 | 3 = 1) =>
  writePicture(path, { width: values.length / channels, height: 1, channels, data: Float32Array.from(values) });

describe('images of 16 bits', () => {
  it('are read as they stand, scaled by what is there over all pixels, and described', async () => {
    await inFolder(async (folder) => {
      // 12 bits in 16
      await deep(join(folder, 'a.png'), [0, 1, 4095, 256]);
      await deep(join(folder, 'b.tiff'), [17, 255, 257, 3000]);
      const data = await read(folder);
      expect(data).toMatchObject({ type: 'float32', shape: [2, 2], picture: { depth: '16' } });
      expect(await all(data)).toEqual([0, 1, 4095, 256, 17, 255, 257, 3000]);
      expect(await fitScaling('min-max', data)).toEqual({ method: 'min-max', offset: [0], scale: [1 / 4095] });
      expect((await fitScaling('standard', data)).offset).toHaveLength(1);
      await expect(fitScaling('bytes', data)).rejects.toThrow('more than 8 bits a channel (`scaling: "min-max"`, or');
      expect((await describeImages(folder)).notes).toContain('16 bits a channel, read as float32 of 0 … 65535');
    });
  });

  it('of colours keep them, and their luminance is gray', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.png');
      const data = Uint16Array.of(1, 300, 40000, 4095, 65535, 0);
      await writePicture(path, { width: 2, height: 1, channels: 3, data });
      expect([...(await readSamples(path, { channels: 3 }, '16')).data]).toEqual([...data]);
      const gray = (await readSamples(path, { channels: 1 }, '16')).data;
      expect(Math.max(...gray)).toBeGreaterThan(40000);
    });
  });

  it('are not mixed with others unless the depth is named', async () => {
    await inFolder(async (folder) => {
      await shallow(join(folder, 'a.png'), [0, 1, 100, 255]);
      await deep(join(folder, 'b.png'), [0, 257, 40000, 65535]);
      await expect(read(folder)).rejects.toThrow(
        /b\.png: expected 8 bits a channel, as a\.png has, got 16 .*\(`depth: "16"` takes bytes times 257; `depth: "8"` keeps/,
      );
      expect(await all(await read(folder, { depth: '16' }))).toEqual([0, 257, 25700, 65535, 0, 257, 40000, 65535]);
      expect((await all(await read(folder, { depth: '8' }))).slice(0, 4)).toEqual([0, 1, 100, 255]);
      expect(await all(await read(folder, { depth: 'float' }))).toEqual([0, 1, 100, 255, 0, 257, 40000, 65535]);
      expect((await describeImages(folder, { depth: '16' })).notes.at(-1)).toMatch(/; 1 image of 8 bits times 257$/);
    });
  });

  it('are read as the model reads its images, or refused', async () => {
    await inFolder(async (folder) => {
      await deep(join(folder, 'a.png'), [0, 1, 4095, 256]);
      const like = { shape: [2, 2], picture: { fit: 'crop', channels: 1 } } as const;
      await expect(read(folder, { like })).rejects.toThrow(/8 bits a channel, as the model was .*\(`depth: "8"` keeps/);
      expect((await read(folder, { like, depth: '8' })).type).toBe('uint8');
      await expect(read(folder, { like, depth: '16' })).rejects.toThrow('depth: expected 8, the depth of the images');
      const deepLike = { shape: [2, 2], picture: { fit: 'crop', channels: 1, depth: '16' } } as const;
      expect(await all(await read(folder, { like: deepLike }))).toEqual([0, 1, 4095, 256]);
      await expect(read(folder, { fit: 'contain' })).rejects.toThrow('fit: expected images of 8 bits');
    });
  });
});

describe('images of floats', () => {
  it('are read as they stand, gray and RGB, whole and in patches', async () => {
    await inFolder(async (folder) => {
      const values = [0.125, 0.5, -1, 300.25];
      await floats(join(folder, 'a.tif'), values);
      const data = await read(folder);
      expect(data).toMatchObject({ type: 'float32', shape: [1, 4], picture: { depth: 'float' } });
      expect(await all(data)).toEqual(values);
      expect(await all(await read(folder, { patch: 1 }))).toEqual(values);
      await floats(join(folder, 'a.tif'), [0.125, 0.5, -1, 1, 1, 1], 3);
      expect(await all(await read(folder))).toEqual([0.125, 0.5, -1, 1, 1, 1]);
      const [first, white] = await all(await read(folder, { color: 'gray' }));
      expect(first).toBeCloseTo(0.2126 * 0.125 + 0.7152 * 0.5 - 0.0722, 5);
      expect(white).toBeCloseTo(1, 5);
    });
  });

  it('are refused as bytes, and where they are not finite', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.tif');
      await floats(path, [0.1, 0.9]);
      const problem =
        /a\.tif: expected samples of 8 bits, got 32-bit floats, .* \(convert it to 8 or 16 bits, or save an array/;
      await expect(readImage(path, { channels: 1 })).rejects.toThrow(problem);
      await expect(read(folder, { depth: '8' })).rejects.toThrow(problem);
      const like = { shape: [1, 2], picture: { fit: 'crop', channels: 1 } } as const;
      await expect(read(folder, { like })).rejects.toThrow('as the model was trained on, got 32-bit floats');
      await floats(path, [0.1, Number.NaN]);
      await expect(read(folder)).rejects.toThrow('a.tif: expected finite samples, got NaN');
    });
  });

  it('are written as TIFF alone; 16 bits as PNG and TIFF', async () => {
    await inFolder(async (folder) => {
      const look = { kind: 'picture', width: 2, height: 1, channels: 1 } as const;
      const out = await openPictureFolder(join(folder, 'out'));
      expect(await out.put({ ...look, data: Float32Array.of(0.5, 7) }, 'a.png')).toBe('a.tiff');
      const back = await readSamples(join(folder, 'out', 'a.tiff'), { channels: 1 }, 'float');
      expect([...back.data]).toEqual([0.5, 7]);
      expect(await out.put({ ...look, data: Uint16Array.of(1, 4000) }, 'b.jfif')).toBe('b.png');
      await expect(deep(join(folder, 'a.jpg'), [1, 2])).rejects.toThrow(
        'holds 16 bits a channel, got .jpg (.png, .tiff',
      );
      await expect(floats(join(folder, 'a.png'), [1])).rejects.toThrow('holds 32-bit floats, got .png (.tiff keep');
      const idx = await openPictureWriter(join(folder, 'a.idx'), look);
      await expect(idx.write(Uint16Array.of(1, 2))).rejects.toThrow('got an IDX file, which holds bytes');
      await idx.discard();
    });
  });
});

describe('what an image is', () => {
  it('is told by content where the name does not say it; other images are listed by their endings', async () => {
    await inFolder(async (folder) => {
      await shallow(join(folder, 'a.jpg'), [0, 0]);
      await shallow(join(folder, 'b.webp'), [0, 0]);
      copyFileSync(join(folder, 'a.jpg'), join(folder, 'c.jfif'));
      copyFileSync(join(folder, 'a.jpg'), join(folder, 'd.jpe'));
      copyFileSync(join(folder, 'b.webp'), join(folder, 'e'));
      for (const name of ['f.bmp', 'g.bmp', 'h.PGM', 'i.txt']) writeFileSync(join(folder, name), 'BM');
      const { images, notes } = await describeImages(folder);
      expect(images).toBe(5);
      expect(notes.at(-1)).toBe('left out: 2 .bmp, 1 .pgm, 1 .txt  (.bmp, .pgm cannot be read: convert to PNG)');
      expect((await openData(join(folder, 'e'))).train.length).toBe(1);
      await expect(openData(join(folder, 'f.bmp'))).rejects.toThrow(
        'of a kind that is read, got .bmp (convert it to PNG)',
      );
    });
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.bmp'), 'BM');
      await expect(readImages(folder)).rejects.toThrow(
        'in the folder, got 1 .bmp (.bmp cannot be read: convert to PNG)',
      );
    });
  });
});

describe('frames', () => {
  it('are the first one, which is said, or all', async () => {
    await inFolder(async (folder) => {
      const raw = { width: 4, height: 6, channels: 3, pageHeight: 3 } as const;
      const pixels = Uint8Array.from({ length: 4 * 6 * 3 }, (_, i) => (i < 36 ? 0 : 200));
      await sharp(pixels, { raw })
        .gif({ delay: [10, 10] })
        .toFile(join(folder, 'x.gif'));
      const first = await read(folder, { color: 'gray' });
      expect(first.length).toBe(1);
      expect(first.notes?.at(-1)).toBe('only the first of 2 frames of x.gif is read: `frames: "all"` reads them all');
      const both = await read(folder, { color: 'gray', frames: 'all' });
      expect(both).toMatchObject({ length: 2, names: ['x-1.gif', 'x-2.gif'], shape: [3, 4] });
      expect((await all(both)).filter((_, i) => i % 12 === 0)).toEqual([0, 200]);
      await sharp(join(folder, 'x.gif'), { animated: true }).toFile(join(folder, 'y.tiff'));
      expect((await describeImages(folder)).notes.at(-1)).toMatch(
        /only the first frame is read of 2 images that have several/,
      );
      expect((await read(folder, { frames: 'all' })).length).toBe(4);
    });
  });
});
