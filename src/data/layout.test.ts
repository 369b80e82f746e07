import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { inFolder, npyBytes } from '../../test/tiny.js';
import { looksChannelsFirst } from './layout.js';
import { openData } from './read/open.js';

/** Two images of three channels, 4 × 5; each value says where it stands: image, channel, row, column. */
const digits = (n: number, c: number, y: number, x: number) => 1000 * n + 100 * c + 10 * y + x;
const first = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) =>
  digits(Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5),
);
const last = Float32Array.from({ length: 2 * 4 * 5 * 3 }, (_, i) =>
  digits(Math.floor(i / 60), i % 3, Math.floor(i / 15) % 4, Math.floor(i / 3) % 5),
);
const array = (values: Float32Array, ...shape: number[]) => npyBytes(values, { shape });

describe('channels first', () => {
  it.each([
    [[3, 33, 41], true],
    [[1, 28, 28], true],
    [[4, 64, 64], true],
    [[28, 28, 3], false],
    [[3, 64, 3], false],
    [[4, 64, 1], false],
    [[3, 2, 9], false],
    [[2, 28, 28], false],
    [[28, 28], false],
  ])('are seen in the shape %j: %s', (shape, expected) => {
    expect(looksChannelsFirst(shape)).toBe(expected);
  });

  it('are refused with flags that work, and transposed where that is asked for', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'x.npy');
      await writeFile(path, array(first, 2, 3, 4, 5));
      await expect(openData(path)).rejects.toThrow(
        /x\.npy: expected images of shape \[n, height, width, channels\], got \[n, 3, 4, 5\], which looks like channels first \(`layout: "nchw"` transposes it, `layout: "nhwc"`/,
      );
      const { train } = await openData(path, { layout: 'nchw' });
      expect(train).toMatchObject({ length: 2, shape: [4, 5, 3] });
      expect(await train.block(0, 2)).toEqual(last);
      expect(train.notes).toEqual(['channels first: [3, 4, 5] read as [4, 5, 3]']);
      const asItStands = (await openData(path, { layout: 'nhwc' })).train;
      expect(asItStands.shape).toEqual([3, 4, 5]);
      expect(await asItStands.block(0, 2)).toEqual(first);
      // a model that was trained on it as it stands, and one of images with their channels last
      expect((await openData(path, { like: { shape: [3, 4, 5] } })).train.shape).toEqual([3, 4, 5]);
      await expect(openData(path, { like: { shape: [4, 5, 3] } })).rejects.toThrow('`layout: "nchw"`');
    });
  });

  it('of one channel are images without one; archives keep their labels', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'x.npz');
      const y = npyBytes(BigInt64Array.of(4n, 7n), { shape: [2], type: '<i8' });
      await writeFile(path, zipSync({ 'X.npy': array(first, 2, 1, 12, 5), 'y.npy': y }));
      await expect(openData(path)).rejects.toThrow('channels first');
      const { train } = await openData(path, { layout: 'nchw' });
      expect(train).toMatchObject({ shape: [12, 5], labels: { names: ['4', '7'] } });
      expect(await train.block(0, 2)).toEqual(first);
      expect((await openData(path, { like: { shape: [12, 5] } })).train.length).toBe(2);
    });
  });

  it('are nothing that rows and other data have', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'x.npy');
      await writeFile(path, array(first, 24, 5));
      await expect(openData(path, { layout: 'nchw' })).rejects.toThrow(
        'expected an array of shape [n, channels, height, width] for `layout: "nchw"`, got [n, 5] (leave `layout` out)',
      );
      await expect(openData('mnist', { layout: 'nhwc' })).rejects.toThrow('expected an array of NumPy for `layout`');
    });
  });
});
