import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../../test/tiny.js';
import { readIdx } from './idx.js';
import { lookOf, type PictureLook } from './look.js';
import { pictureFormatOf, pictureGrid, writePictures } from './write-pictures.js';

const gray: PictureLook = { kind: 'picture', width: 3, height: 2, channels: 1 };
const bytes = Uint8Array.from({ length: 5 * 6 }, (_, i) => i * 8);
const pictures = { look: gray, count: 5, bytes };

describe('pictures', () => {
  it('are written in the format that the path asks for', async () => {
    await inFolder(async (folder) => {
      expect(await pictureFormatOf(join(folder, 'a.png'))).toBe('grid');
      expect(await pictureFormatOf(folder)).toBe('folder');
      expect(await pictureFormatOf(join(folder, 'new/'))).toBe('folder');
      expect(await pictureFormatOf(join(folder, 'a.idx'))).toBe('idx');
      expect(await pictureFormatOf(join(folder, 'clean-images-idx3-ubyte'))).toBe('idx');
      expect(await pictureFormatOf(join(folder, 'a.csv'))).toBeUndefined();
    });
  });

  it('read back from a folder as they were', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'many');
      await writePictures(path, 'folder', pictures);
      const names = readdirSync(path).sort();
      expect(names).toEqual(['00001.png', '00002.png', '00003.png', '00004.png', '00005.png']);
      const third = decode(readFileSync(join(path, names[2]!)));
      expect([third.width, third.height, third.channels]).toEqual([3, 2, 1]);
      expect([...third.data]).toEqual([...bytes.subarray(12, 18)]);
    });
  });

  it.each([1, 3] as const)('read back from an IDX file as they were, with %i channels', async (channels) => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.idx');
      const all = Uint8Array.from({ length: 5 * 6 * channels }, (_, i) => i);
      await writePictures(path, 'idx', { look: { ...gray, channels }, count: 5, bytes: all });
      const read = await readIdx(path);
      expect(read.shape).toEqual(channels === 1 ? [2, 3] : [2, 3, 3]);
      expect(await read.block(0, 5)).toEqual(all);
    });
  });

  it('stand side by side on a sheet, each enlarged and none over another', async () => {
    const { width, height, data } = pictureGrid({ look: gray, count: 5, bytes: bytes.map((byte) => byte + 1) });
    const zoom = Math.round(56 / 3);
    const columns = Math.floor((width - 2) / (3 * zoom + 2));
    expect(columns * Math.floor((height - 2) / (2 * zoom + 2))).toBeGreaterThanOrEqual(5);
    const at = (n: number, x: number, y: number) => {
      const left = 2 + (n % columns) * (3 * zoom + 2);
      const top = 2 + Math.floor(n / columns) * (2 * zoom + 2);
      return data[(top + y * zoom + 1) * width + left + x * zoom + 1];
    };
    for (let n = 0; n < 5; n++) {
      for (let i = 0; i < 6; i++) expect(at(n, i % 3, Math.floor(i / 3))).toBe(bytes[n * 6 + i]! + 1);
    }
  });

  it('are refused where there are none, and nothing is written over a device', async () => {
    await inFolder(async (folder) => {
      const none = { look: gray, count: 0, bytes: new Uint8Array() };
      await expect(writePictures(join(folder, 'a.png'), 'grid', none)).rejects.toThrow('at least one picture');
      writeFileSync(join(folder, 'file'), '');
      await expect(writePictures(join(folder, 'file', 'a.png'), 'grid', pictures)).rejects.toThrow('cannot write');
    });
  });
});

describe('a look', () => {
  it('of a window of a series is no picture, whatever its shape', () => {
    expect(lookOf([28, 28]).kind).toBe('picture');
    expect(lookOf([28, 28], true)).toEqual({ kind: 'profile', width: 784 });
  });
});
