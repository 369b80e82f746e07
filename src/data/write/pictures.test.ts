import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../../../test/tiny.js';
import type { PictureLook } from '../look.js';
import { readIdx } from '../read/idx.js';
import { fileNameOf, openPictureFolder, openPictureWriter, pictureFormatOf, writePicture } from './pictures.js';

const gray: PictureLook = { kind: 'picture', width: 3, height: 2, channels: 1 };
const bytes = Uint8Array.from({ length: 5 * 6 }, (_, i) => i * 8);

async function write(path: string, names?: readonly string[]): Promise<void> {
  const writer = await openPictureWriter(path, gray);
  await writer.write(bytes.subarray(0, 12), names?.slice(0, 2));
  await writer.write(bytes.subarray(12), names?.slice(2));
  await writer.finish();
}

describe('pictures', () => {
  it('are written in the format that the path asks for', async () => {
    await inFolder(async (folder) => {
      for (const name of ['a.png', 'a.JPG', 'a.jpeg', 'a.webp', 'a.avif', 'a.tif']) {
        expect(await pictureFormatOf(join(folder, name))).toBe('grid');
      }
      expect(await pictureFormatOf(folder)).toBe('folder');
      expect(await pictureFormatOf(join(folder, 'new/'))).toBe('folder');
      expect(await pictureFormatOf(join(folder, 'a.idx'))).toBe('idx');
      expect(await pictureFormatOf(join(folder, 'clean-images-idx3-ubyte'))).toBe('idx');
      expect(await pictureFormatOf(join(folder, 'a.csv'))).toBeUndefined();
      await expect(openPictureWriter(join(folder, 'a.csv'), gray)).rejects.toThrow('ending in .png');
    });
  });

  it('read back from a folder as they were, numbered where they have no names', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'many/');
      await write(path);
      const names = readdirSync(path).sort();
      expect(names).toEqual(['00001.png', '00002.png', '00003.png', '00004.png', '00005.png']);
      const third = decode(readFileSync(join(path, names[2]!)));
      expect([third.width, third.height, third.channels]).toEqual([3, 2, 1]);
      expect([...third.data]).toEqual([...bytes.subarray(12, 18)]);
    });
  });

  it('keep the names of the files they came from, and none replaces another', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'many/');
      await write(path, ['cats/1.jpg', 'cats/1.png', 'dogs/v1.2', 'b.tiff', 'B.tif']);
      const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.png'));
      expect(files.sort()).toEqual(['B-2.png', 'b.png', 'cats/1-2.png', 'cats/1.png', 'dogs/v1.2.png']);
    });
  });

  it('never leave their folder', async () => {
    await inFolder(async (folder) => {
      const out = await openPictureFolder(join(folder, 'out'));
      const picture = { width: 1, height: 1, channels: 1, data: Uint8Array.of(1) } as const;
      for (const name of ['../a.png', 'b/../../a.png', '/tmp/a.png', '..', '.', '']) {
        await expect(out.put(picture, name)).rejects.toThrow('leads out of it');
      }
      expect(await out.put(picture, 'b/../..a.png')).toBe('..a.png');
      expect(readdirSync(folder)).toEqual(['out']);
    });
  });

  it.each([1, 3] as const)('read back from an IDX file as they were, with %i channels', async (channels) => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.idx');
      const all = Uint8Array.from({ length: 5 * 6 * channels }, (_, i) => i);
      const writer = await openPictureWriter(path, { ...gray, channels });
      await writer.write(all.subarray(0, 6 * channels));
      expect(existsSync(path)).toBe(false);
      await writer.write(all.subarray(6 * channels));
      await writer.finish();
      const read = await readIdx(path);
      expect(read.shape).toEqual(channels === 1 ? [2, 3] : [2, 3, 3]);
      expect(await read.block(0, 5)).toEqual(all);
    });
  });

  it.each(['png', 'jpg', 'webp', 'avif', 'tiff'])('stand on one sheet in a .%s', async (ending) => {
    await inFolder(async (folder) => {
      const path = join(folder, `sheet.${ending}`);
      await write(path);
      const { format, width, height } = await sharp(path).metadata();
      expect(format).toBe({ jpg: 'jpeg', avif: 'heif' }[ending] ?? ending);
      expect([width, height].every((side) => side! >= 2 * 38 + 6)).toBe(true);
    });
  });

  it('are no sheet where there is only one, of a file', async () => {
    await inFolder(async (folder) => {
      const writer = await openPictureWriter(join(folder, 'a.png'), gray);
      await writer.write(bytes.subarray(0, 6), ['old.jpg']);
      await writer.finish();
      const { width, height, data } = decode(readFileSync(join(folder, 'a.png')));
      expect([width, height, ...data]).toEqual([3, 2, ...bytes.subarray(0, 6)]);
    });
  });

  it('leave nothing behind where they are discarded, or none came', async () => {
    await inFolder(async (folder) => {
      for (const name of ['a.idx', 'a.png']) {
        const writer = await openPictureWriter(join(folder, name), gray);
        await writer.write(bytes);
        await writer.discard();
        const none = await openPictureWriter(join(folder, name), gray);
        await expect(none.finish()).rejects.toThrow('at least one picture');
      }
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  it('are refused where they cannot be written', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      await expect(write(join(folder, 'file', 'a.png'))).rejects.toThrow('cannot write');
      await expect(openPictureWriter(join(folder, 'file', 'a.idx'), gray)).rejects.toThrow('cannot write');
      await expect(openPictureFolder(join(folder, 'file'))).rejects.toThrow('cannot write');
      const long = { width: 20_000, height: 1, channels: 1, data: new Uint8Array(20_000) } as const;
      await expect(writePicture(join(folder, 'long.webp'), long)).rejects.toThrow(/cannot write 20000 × 1 pixels/);
      await writePicture(join(folder, 'long.png'), long);
    });
  });

  it('have names that files can have, each its own, in the folder', async () => {
    await inFolder(async (folder) => {
      const texts = { escaped: 0 };
      const out = await openPictureFolder(join(folder, 'out'), { texts });
      const picture = { width: 3, height: 2, channels: 1, data: bytes.subarray(0, 6) } as const;
      const names = ['a\nb.png', 'a\tb.png', 'a_b.jpg', `${'é'.repeat(180)}.png`, 'in\u202e/x\0.png', 'plain.png'];
      const put: string[] = [];
      for (const name of names) put.push(await out.put(picture, name));
      expect(put).toEqual(['a_b.png', 'a_b-2.png', 'a_b-3.png', `${'é'.repeat(100)}.png`, 'in_/x_.png', 'plain.png']);
      expect(texts).toEqual({ escaped: 0, renamed: 4 });
      expect(readdirSync(join(folder, 'out')).length).toBe(6);
      for (const name of ['../a.png', 'x/../../a.png', join(folder, 'a.png'), '..', '.']) {
        await expect(out.put(picture, name)).rejects.toThrow('leads out of it');
      }
    });
  });

  it.each([
    ['con', '_con'],
    ['NUL.tar', '_NUL.tar'],
    ['a:b?', 'a_b_'],
    ['a. ', 'a_'],
    ['console', 'console'],
  ])('of Windows have no %j but %j', (name, expected) => {
    expect(fileNameOf(name, 'win32')).toBe(expected);
    expect(fileNameOf(name, 'linux')).toBe(name);
  });
});
