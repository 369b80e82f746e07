import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specification } from '../../test/tiny.js';
import { type Autoencoder, type CodedBlock, openAutoencoder, type ReconstructedBlock } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { corruptImage, denoiseImage, reconstructImage } from './denoise-image.js';
import { cutTile, mirrored, openBlend, tilingOf } from './tiles.js';

const bytes = { method: 'bytes', offset: [0], scale: [1 / 255] } as const;
const noisy = { type: 'gaussian', deviation: 0.1, clipped: true } as const;

const ofPictures = (shape: readonly number[]): Specification =>
  specification({ input: { shape, scaling: bytes }, corruption: noisy });

/** A model that makes of each value what a function says; it is told how many examples came at once. */
function stub(shape: readonly number[], make: (value: number) => number = (value) => value): Autoencoder {
  const model = { specification: ofPictures(shape), weights: new Map<string, Float32Array>() };
  return {
    ...openAutoencoder(model),
    async *blocks(examples, { signal } = {}): AsyncGenerator<ReconstructedBlock, void> {
      if (!('blocks' in examples)) throw new Error();
      for await (const block of examples.blocks({ signal })) {
        const coded: CodedBlock = { ...block, code: new Float32Array() };
        yield { ...coded, reconstruction: Float32Array.from(block.values, make) };
      }
    },
  };
}

const sides = fc.integer({ min: 1, max: 70 });
const tileSides = fc.integer({ min: 2, max: 24 });
const image = (width: number, height: number, channels: number) => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 97 + (i >> 3)) % 256),
});

describe('tiles', () => {
  it('laid over an image of any size and put together give it back', () => {
    fc.assert(
      fc.property(sides, sides, tileSides, tileSides, fc.constantFrom(1, 3), (width, height, wide, high, channels) => {
        const whole = image(width, height, channels);
        const tile = { width: wide, height: high };
        const tiling = tilingOf(whole, tile);
        const blend = openBlend(whole, tile, tiling);
        const values = new Float32Array(wide * high * channels);
        for (let i = 0; i < tiling.columns * tiling.rows; i++) {
          cutTile(whole, tile, tiling, i, values);
          blend.add(values, i);
        }
        expect(Uint8Array.from(blend.finish(), Math.round)).toEqual(whole.data);
      }),
    );
  });

  it('leave no pixel nearer to all borders than a quarter of a tile', () => {
    fc.assert(
      fc.property(sides, tileSides, (length, tile) => {
        const { columns, margin, step } = tilingOf({ width: length, height: 1 }, { width: tile, height: tile });
        for (let x = 0; x < length; x++) {
          const distances = Array.from({ length: columns }, (_, n) => {
            const within = x - (n * step[0] - margin[0]);
            return Math.min(within, tile - 1 - within);
          });
          expect(Math.max(...distances)).toBeGreaterThanOrEqual(Math.floor(tile / 4) - 1);
        }
      }),
    );
  });

  it('see mirrors beyond the borders', () => {
    expect([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((i) => mirrored(i, 3))).toEqual([2, 1, 0, 0, 1, 2, 2, 1, 0, 0]);
    expect([-5, 0, 9].map((i) => mirrored(i, 1))).toEqual([0, 0, 0]);
  });
});

describe('an image of any size', () => {
  it.each([
    [[8, 8], 1],
    [[8, 8], 3],
    [[6, 8, 3], 3],
    [[6, 8, 3], 1],
  ] as const)('comes back from a model of shape %j that changes nothing, with %i channels', async (shape, channels) => {
    const whole = image(19, 11, channels);
    const back = await denoiseImage(stub(shape), whole);
    expect(Uint8Array.from(back, Math.round)).toEqual(whole.data);
  });

  it('is changed as the model does, and progress ends at all tiles', async () => {
    const whole = image(30, 9, 3);
    const seen: number[] = [];
    const back = await reconstructImage(
      stub([8, 8], (value) => 255 - value),
      whole,
      { onProgress: ({ done, total }) => seen.push(done / total!) },
    );
    expect(Uint8Array.from(back, Math.round)).toEqual(whole.data.map((value) => 255 - value));
    expect(seen.at(-1)).toBe(1);
  });

  it('is refused by models that do not fit, and stops when told to', async () => {
    const tables = stub([6]);
    await expect(denoiseImage(tables, image(4, 4, 1))).rejects.toThrow('expected a model of images, got one of rows');
    const calm = { ...stub([8, 8]), specification: { ...ofPictures([8, 8]), corruption: { type: 'none' as const } } };
    await expect(denoiseImage(calm, image(4, 4, 1))).rejects.toThrow('trained on corrupted examples');
    const short = { ...image(4, 4, 1), width: 5 };
    await expect(denoiseImage(stub([8, 8]), short)).rejects.toThrow('expected 5 × 4 pixels of 1 or 3 channels, got 16');
    const stopped = reconstructImage(stub([8, 8]), image(9, 9, 1), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow('stopped on request');
  });

  it('is corrupted the same way for the same seed and name, as strongly as is asked for', () => {
    const gray = { width: 100, height: 100, channels: 1, data: new Uint8Array(10_000).fill(128) };
    const corrupt = (seed: number, stream: string) => corruptImage(ofPictures([8, 8]), gray, noisy, { seed, stream });
    expect(corrupt(1, 'a')).toEqual(corrupt(1, 'a'));
    expect(corrupt(1, 'a')).not.toEqual(corrupt(1, 'b'));
    const squares = corrupt(2, 'a').reduce((sum, value) => sum + (value - 128) ** 2, 0);
    expect(Math.sqrt(squares / 10_000) / 255).toBeCloseTo(0.1, 2);
    const each = specification({ input: { shape: [8, 8], scaling: { ...bytes, scale: [1, 2] } } });
    expect(() => corruptImage(each, gray, noisy)).toThrow('one scale for all pixels');
  });
});
