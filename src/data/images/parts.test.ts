import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../../../test/tiny.js';
import { openData } from '../read/open.js';
import { writePicture } from '../write/pictures.js';
import { readImageHeader } from './decode.js';
import { findMasks, scoredFolder } from './masks.js';

/** Gray images of one value each, by name. */
async function put(folder: string, images: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, value] of Object.entries(images)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    await writePicture(path, { width: 2, height: 1, channels: 1, data: new Uint8Array(2).fill(value) });
  }
}

const bottles = {
  'train/good/1.png': 1,
  'train/good/2.png': 2,
  'test/good/1.png': 3,
  'test/crack/1.png': 4,
  'ground_truth/crack/1_mask.png': 5,
};

describe('a folder with the parts train and test', () => {
  it('is trained on the one and tested on the other, on the classes that were trained on; a model sees all of test', async () => {
    await inFolder(async (folder) => {
      await put(folder, bottles);
      const { train, test } = await openData(folder);
      expect(train).toMatchObject({ names: ['good/1.png', 'good/2.png'], labels: { names: ['good'] } });
      expect([...(await train.block(0, 2))]).toEqual([1, 1, 2, 2]);
      expect(test?.names).toEqual(['good/1.png']);
      expect(train.notes?.[0]).toBe(
        'parts: train/ is trained on, test/ is tested on; left out: ground_truth/, test/crack/',
      );
      const seen = (await openData(folder, { like: { shape: [1, 2] } })).test;
      expect(seen?.names).toEqual(['crack/1.png', 'good/1.png']);
      expect(seen?.notes?.[0]).toBe('parts: train/ and test/; left out: ground_truth/');
    });
  });

  it('has a test part of all classes where both have them, and none where no class is common', async () => {
    await inFolder(async (folder) => {
      await put(folder, { 'train/a/1.png': 1, 'train/b/1.png': 2, 'test/a/1.png': 3, 'test/b/1.png': 4 });
      expect((await openData(folder)).test?.length).toBe(2);
    });
    await inFolder(async (folder) => {
      await put(folder, { 'train/a/1.png': 1, 'train/a/2.png': 1, 'test/b/1.png': 4 });
      expect(await openData(folder)).not.toHaveProperty('test');
    });
    await inFolder(async (folder) => {
      await put(folder, { 'train/1.png': 1, 'test/1.png': 3 });
      expect((await openData(folder)).test?.length).toBe(1);
    });
  });

  it('may have a part for validation: left out beside test, else the test part', async () => {
    await inFolder(async (folder) => {
      await put(folder, { ...bottles, 'validation/good/1.png': 1 });
      expect((await openData(folder)).train.notes?.[0]).toBe(
        'parts: train/ is trained on, test/ is tested on; left out: ground_truth/, validation/, test/crack/',
      );
    });
    await inFolder(async (folder) => {
      await put(folder, { 'training/a/1.png': 1, 'training/b/1.png': 2, 'val/a/1.png': 3, 'val/b/1.png': 4 });
      const { train, test } = await openData(folder);
      expect(train).toMatchObject({ length: 2, labels: { names: ['a', 'b'] } });
      expect(test?.length).toBe(2);
      expect(train.notes?.[0]).toBe('parts: training/ is trained on, val/ is tested on');
    });
  });

  it('is none where other classes or images lie beside them, or one is missing', async () => {
    for (const other of ['car/1.png', '1.png']) {
      await inFolder(async (folder) => {
        await put(folder, { ...bottles, [other]: 6 });
        expect((await openData(folder)).train.length).toBe(6);
      });
    }
    await inFolder(async (folder) => {
      await put(folder, { 'test/a/1.png': 1, 'other/1.png': 2 });
      expect((await openData(folder)).train.length).toBe(2);
    });
  });

  it.each(['test', 'train'])('may have %s alone beside masks, which are no images', async (part) => {
    await inFolder(async (folder) => {
      await put(folder, { [`${part}/good/1.png`]: 3, [`${part}/crack/1.png`]: 4, 'ground_truth/crack/1_mask.png': 5 });
      const { train, ...others } = await openData(folder);
      expect(train).toMatchObject({ names: ['crack/1.png', 'good/1.png'], labels: { names: ['crack', 'good'] } });
      expect(train.notes?.[0]).toBe(`parts: ${part}/; left out: ground_truth/`);
      expect(others).toEqual({});
      const found = { images: join(folder, part), masks: [join(folder, 'ground_truth')] };
      expect(await scoredFolder(folder)).toEqual(found);
      expect(await scoredFolder(join(folder, part))).toEqual(found);
    });
  });

  it.each([
    ['16 bits', { channels: 1, depth: 16, data: Uint16Array.of(0, 1) }],
    ['colours', { channels: 3, depth: 8, data: Uint8Array.of(0, 0, 0, 0, 0, 1) }],
  ] as const)('has masks that mark what is above 0, in %s', async (_, mask) => {
    await inFolder(async (folder) => {
      await put(folder, { 'test/crack/1.png': 4 });
      mkdirSync(join(folder, 'ground_truth/crack'), { recursive: true });
      writeFileSync(join(folder, 'ground_truth/crack/1.png'), encode({ width: 2, height: 1, ...mask }));
      const { masks } = await scoredFolder(folder);
      const image = { path: join(folder, 'test/crack/1.png'), name: 'crack/1.png' };
      const marked = await findMasks(masks)({ ...image, ...(await readImageHeader(image.path)) });
      expect(marked).toEqual(Uint8Array.of(0, 1));
    });
  });

  it('takes no options of tables', async () => {
    await inFolder(async (folder) => {
      await put(folder, bottles);
      writeFileSync(join(folder, 'readme.txt'), '');
      await expect(openData(folder, { label: 'x' })).rejects.toThrow('expected a table for `label`');
    });
  });
});
