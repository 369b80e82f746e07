import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort, someOf } from '../../../test/effort.js';
import { spots } from '../../../test/tiny.js';
import type { Pictures } from '../../data/write/picture-sheet.js';
import { arrangements, codecTrial, compareCodec } from './compare.js';
import { decodeImage, encodeImage, imageCodecs } from './image-codecs.js';
import { tiled, untiled } from './tiling.js';

const look = { kind: 'picture', width: 8, height: 8, channels: 1 } as const;
const count = effort(24, 60);
const spotted = spots(count, 8);
const pictures: Pictures = { look, count, bytes: Uint8Array.from(await spotted.block(0, count)) };

describe('pictures edge to edge', () => {
  it('are found again, every one, on a sheet of nothing but them', () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1 as const, 3 as const),
        fc.integer({ min: 1, max: 30 }),
        (width, height, channels, count) => {
          const own = { kind: 'picture', width, height, channels } as const;
          const bytes = Uint8Array.from({ length: count * width * height * channels }, (_, at) => (at * 37) % 251);
          const sheet = tiled({ look: own, count, bytes });
          expect(sheet.data.length).toBe(sheet.width * sheet.height * channels);
          expect(untiled(sheet.data, { look: own, count }, sheet.width)).toEqual(bytes);
          // no row of places stays free
          expect((sheet.width / width) * (sheet.height / height - 1)).toBeLessThan(count);
        },
      ),
    );
  });
});

describe.each(imageCodecs)('%s', (codec) => {
  it('gives back gray and coloured pictures of the same size, better at a higher quality', async () => {
    for (const channels of [1, 3] as const) {
      const data = Uint8Array.from(
        { length: 40 * 24 * channels },
        (_, at) => 100 + 80 * Math.sin(Math.floor(at / channels) / 7 + (at % channels)),
      );
      const errors: number[] = [];
      for (const quality of [5, 95]) {
        const back = await decodeImage(
          await encodeImage({ width: 40, height: 24, channels, data }, codec, quality),
          channels,
        );
        expect(back.length).toBe(data.length);
        errors.push(back.reduce((sum, value, at) => sum + (value - data[at]!) ** 2, 0));
      }
      expect(errors[1]).toBeLessThan(errors[0]!);
    }
  });

  // AVIF takes by far the longest to write; as images alone it is one of the three like the others.
  it.each(
    someOf(arrangements, (arrangement) => arrangement === 'sheet' || codec !== 'avif'),
  )('is found at our error and at our bytes, as %s', async (arrangement) => {
    const trial = codecTrial(pictures, codec, arrangement);
    const [coarse, fine] = [await trial.at(20), await trial.at(90)];
    expect(fine.mse).toBeLessThan(coarse.mse);
    const ours = { mse: 1.01 * fine.mse, bytesPerImage: 1.01 * coarse.bytesPerImage };
    const { sameError, bytesAtSameError, sameBytes } = await compareCodec(trial, ours);
    expect(sameError!.mse).toBeLessThanOrEqual(ours.mse);
    expect(bytesAtSameError).toBeLessThanOrEqual(sameError!.bytesPerImage);
    expect(bytesAtSameError).toBeGreaterThan(0.7 * sameError!.bytesPerImage);
    expect(sameBytes.bytesPerImage).toBeLessThanOrEqual(ours.bytesPerImage);
    expect(sameBytes.bytesPerImage).toBeGreaterThan(0.9 * ours.bytesPerImage);
    expect(sameBytes.psnr).toBeCloseTo(-10 * Math.log10(sameBytes.mse), 9);
    expect(sameBytes.bitsPerPixel).toBeCloseTo(sameBytes.bytesPerImage / 8, 9);
  });

  it('says so where it never comes so near, and gives its smallest where all are larger', async () => {
    const trial = codecTrial(pictures, codec, 'each');
    const { sameError, sameBytes } = await compareCodec(trial, { mse: 0, bytesPerImage: 1 });
    expect(sameError?.mse ?? 0).toBe(0);
    const sizes = (await trial.tried()).map(({ bytesPerImage }) => bytesPerImage);
    expect(sizes.length).toBeGreaterThan(5);
    expect(sameBytes.bytesPerImage).toBe(Math.min(...sizes));
  });
});
