import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, specification } from '../../../test/tiny.js';
import { readImage } from '../../data/images/decode.js';
import { writePicture } from '../../data/write/pictures.js';
import {
  type Autoencoder,
  type CodedBlock,
  openAutoencoder,
  type ReconstructedBlock,
} from '../../models/autoencoder.js';
import { rocAuc } from './evaluation.js';
import { atOwnSize, heatMaps, openHighestError } from './heat-maps.js';
import { openPixelFigures, regionsOf } from './pixel-figures.js';

const bytes = { method: 'bytes', offset: [0], scale: [1 / 255] } as const;

/** A model of gray images that rebuilds all of them as plain gray of 100. */
function plainGray(height: number, width: number, patches = false): Autoencoder {
  const picture = { fit: 'crop', channels: 1, ...(patches && { patches }) } as const;
  const made = specification({ input: { shape: [height, width], scaling: bytes, picture } });
  return {
    ...openAutoencoder({ specification: made, weights: new Map<string, Float32Array>() }),
    async *blocks(examples, { signal } = {}): AsyncGenerator<ReconstructedBlock, void> {
      if (!('blocks' in examples)) throw new Error();
      for await (const block of examples.blocks({ signal })) {
        const coded: CodedBlock = { ...block, code: new Float32Array() };
        yield { ...coded, reconstruction: new Float32Array(block.values.length).fill(100) };
      }
    },
  };
}

/** A gray image of 100 with some pixels of another value. */
async function put(path: string, [width, height]: readonly [number, number], spots: readonly number[], value: number) {
  mkdirSync(dirname(path), { recursive: true });
  const data = new Uint8Array(width * height).fill(value > 100 ? 100 : 0);
  for (const at of spots) data[at] = value;
  await writePicture(path, { width, height, channels: 1, data });
}

/** A folder as the sets of industrial anomalies have it: one defect of two pixels in a corner, and good images. */
async function bottles(folder: string, masks: readonly number[] = [0, 1]): Promise<void> {
  for (const name of ['train/good/0.png', 'train/good/1.png', 'test/good/0.png']) {
    await put(join(folder, name), [4, 3], [], 255);
  }
  await put(join(folder, 'test/crack/0.png'), [4, 3], [0, 1], 202);
  const mask = new Uint8Array(12);
  for (const at of masks) mask[at] = 1;
  mkdirSync(join(folder, 'ground_truth/crack'), { recursive: true });
  await writePicture(join(folder, 'ground_truth/crack/0_mask.png'), { width: 4, height: 3, channels: 1, data: mask });
}

describe('heat maps', () => {
  it('have the error of each pixel under the name of the image, and are compared with the masks', async () => {
    await inFolder(async (root) => {
      const [folder, output] = [join(root, 'bottle'), join(root, 'heat')];
      await bottles(folder);
      for (const source of [folder, join(folder, 'test')]) {
        const made = await heatMaps(plainGray(3, 4), { source, images: {}, output, white: 0.8 });
        expect(made).toEqual({
          maps: 2,
          white: 0.8,
          unseen: 0,
          masks: { marked: 1, normal: ['good'], missing: 0 },
          pixels: { anomalous: 2, normal: 22, regions: 1, rocAuc: 1, regionOverlap: 1 },
        });
      }
      const map = await readImage(join(output, 'crack/0.png'), { channels: 1 });
      expect([...map.data]).toEqual([128, 128, ...new Array(10).fill(0)]);
      expect(map).toMatchObject({ width: 4, height: 3 });
    });
  });

  it('are made of whole images by a model of patches', async () => {
    await inFolder(async (folder) => {
      await bottles(folder, [0, 1, 11]);
      const made = await heatMaps(plainGray(2, 2, true), { source: folder, images: {}, white: 1 });
      // the third pixel of the mask looks like the normal ones: half of the pairs with it are lost
      expect(made.pixels).toMatchObject({ anomalous: 3, normal: 21, regions: 2 });
      expect(made.pixels?.rocAuc).toBeCloseTo(2 / 3 + 1 / 6, 6);
      // one region is found before any false alarm, the other with all of them
      expect(made.pixels?.regionOverlap).toBeCloseTo(0.5 + 0.5 * 0.15, 6);
    });
  });

  it('are compared with all masks of an image that has several', async () => {
    await inFolder(async (folder) => {
      await bottles(folder, [0]);
      mkdirSync(join(folder, 'ground_truth/crack/0'));
      await put(join(folder, 'ground_truth/crack/0/000.png'), [4, 3], [1], 1);
      const made = await heatMaps(plainGray(3, 4), { source: folder, images: {}, white: 1 });
      expect(made.pixels).toMatchObject({ anomalous: 2, regions: 1, rocAuc: 1 });
    });
  });

  it('say which images have no mask, and refuse a mask of another size', async () => {
    await inFolder(async (folder) => {
      await bottles(folder);
      await put(join(folder, 'test/crack/1.png'), [4, 3], [], 255);
      const made = await heatMaps(plainGray(3, 4), { source: folder, images: {}, white: 1 });
      expect(made.masks).toEqual({ marked: 1, normal: ['good'], missing: 1 });
      await put(join(folder, 'ground_truth/crack/1.png'), [3, 4], [], 255);
      await expect(heatMaps(plainGray(3, 4), { source: folder, images: {}, white: 1 })).rejects.toThrow(
        /1\.png: expected a mask of 4 × 3 pixels, as its image crack\/1\.png has, got 3 × 4/,
      );
    });
  });

  it('are brought to the size of the image, with what was cut off left open', () => {
    const image = { width: 4, height: 2, format: 'png', gray: true, alpha: false, depth: '8', frames: 1 } as const;
    const plan = { width: 2, height: 2, channels: 1, fit: 'crop', depth: '8' } as const;
    const nothing = Number.NaN;
    const cropped = atOwnSize(Float32Array.of(1, 2, 3, 4), plan, image);
    expect([...cropped]).toEqual([nothing, 1, 2, nothing, nothing, 3, 4, nothing]);
    const whole = atOwnSize(Float32Array.of(1, 1, 2, 2), { ...plan, fit: 'contain' }, image);
    expect([...whole]).toEqual([1.25, 1.25, 1.25, 1.25, 1.75, 1.75, 1.75, 1.75]);
  });

  it('have for white the highest error that scoring met', () => {
    const color = specification({ input: { shape: [1, 2, 3], scaling: bytes } });
    expect(openHighestError(color)).toBeUndefined();
    const highest = openHighestError(specification({ input: { shape: [2, 2], scaling: bytes } }))!;
    highest.add({ scores: new Float64Array(1), observed: Uint8Array.of(0, 51, 0, 0), expected: new Float32Array(4) });
    expect(highest.value).toBeCloseTo(0.2, 6);
  });
});

describe('figures of pixels', () => {
  it('are those of all pixels together', () => {
    const figures = openPixelFigures();
    const errors = Float32Array.from({ length: 60 }, (_, i) => ((i * 7) % 16) / 16);
    const mask = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 16 > 9 || i % 11 === 0 ? 1 : 0));
    figures.add(errors.subarray(0, 30), mask.subarray(0, 30), 6);
    figures.add(errors.subarray(30), mask.subarray(30), 6);
    figures.add(new Float32Array(6).fill(Number.NaN), 'normal', 6);
    const found = figures.finish()!;
    expect(found.rocAuc).toBeCloseTo(rocAuc(Float64Array.from(errors), mask).area, 9);
    expect(found.anomalous + found.normal).toBe(60);
  });

  it('count each region the same, whatever its size', () => {
    const figures = openPixelFigures();
    // a region of one pixel is missed, one of three is found; 1 of 10 normal pixels scores as high
    const errors = Float32Array.of(9, 9, 9, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0);
    const mask = Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    figures.add(errors, mask, 7);
    // (0, 0) to (0.1, 0.5), on to (1, 1): the area up to 0.3
    const end = 0.5 + 0.5 * (0.2 / 0.9);
    expect(figures.finish()?.regionOverlap).toBeCloseTo((0.1 * 0.25 + (0.2 * (0.5 + end)) / 2) / 0.3, 9);
  });

  it('take pixels that touch at a corner for one region', () => {
    const { regions, sizes } = regionsOf(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1), 3);
    expect([...regions]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
    expect(sizes).toEqual([2, 1]);
  });

  it('are none without pixels of both kinds', () => {
    const figures = openPixelFigures();
    figures.add(new Float32Array(4), 'normal', 2);
    expect(figures.finish()).toBeUndefined();
    expect(() => figures.add(new Float32Array(4), new Uint8Array(3), 2)).toThrow('expected 4 pixels');
  });
});
