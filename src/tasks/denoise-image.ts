import { badInput } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { stopWhereAborted, type WorkOptions } from '../core/work.js';
import { lookOf, type PictureLook } from '../data/look.js';
import { applyScaling, undoScaling } from '../data/scaling.js';
import type { ExampleStream } from '../data/stream.js';
import type { Autoencoder } from '../models/autoencoder.js';
import { corruptValues } from '../models/sockets/corruption.js';
import { type Corruption, inputSize, type Specification } from '../models/specification.js';
import { checkDenoiser } from './denoise.js';
import { cutTile, type ImageValues, openBlend, tilingOf } from './tiles.js';

/** Values of tiles that go through the network at once: more would only take more memory. */
const BLOCK_VALUES = 2 ** 17;

/**
 * The pictures that a model takes.
 *
 * @throws GargaloError `bad-input` for a model of tables or windows
 */
export function pictureLookOf({ input }: Specification, where = 'model'): PictureLook {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'picture') return look;
  const got = input.sequence ? 'windows of a series' : 'rows of a table';
  throw badInput(where, `expected a model of images, got one of ${got}`, 'train one on a folder of images');
}

/** How often an image goes through a network: once, or colour by colour where that takes gray ones. */
const passCount = (image: ImageValues, { channels }: PictureLook): number =>
  channels === 1 && image.channels === 3 ? 3 : 1;

/** What goes through at a time: the image, one of its colours, or gray as three colours. */
function passOf(image: ImageValues, { channels }: PictureLook, n: number): ImageValues {
  if (image.channels === channels) return image;
  const { width, height, data } = image;
  const values = new Float32Array(width * height * channels);
  for (let i = 0; i < values.length; i++) values[i] = data[channels === 1 ? 3 * i + n : Math.floor(i / 3)]!;
  return { width, height, channels, data: values };
}

/** Passes back into the pixels of an image. */
function joined(parts: readonly Float32Array[], pixels: number, channels: number): Float32Array {
  const [first] = parts as [Float32Array];
  if (parts.length === 1 && first.length === pixels * channels) return first;
  const result = new Float32Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    if (parts.length > 1) for (const [channel, part] of parts.entries()) result[i * channels + channel] = part[i]!;
    // gray that went through a network of colours: their mean
    else result[i] = (first[3 * i]! + first[3 * i + 1]! + first[3 * i + 2]!) / 3;
  }
  return result;
}

/**
 * Puts an image of any size through a model of small ones: it is cut into tiles of the model's size, half of one over the other,
 * which are put together again weighed by raised cosines; beyond its borders the image is mirrored. A model of gray images takes
 * the colours one by one. What a model returns as it is comes back so, up to rounding.
 *
 * @param image any size from 1 × 1 on, 1 or 3 channels, raw units as the model takes them (bytes of images)
 * @returns [height, width, channels] in the same units, not rounded
 * @throws GargaloError `bad-input` for a model of tables, or values that are not as many as the sides say; `cancelled`
 */
export async function reconstructImage(
  autoencoder: Autoencoder,
  image: ImageValues,
  { signal, onProgress }: WorkOptions = {},
): Promise<Float32Array> {
  const look = pictureLookOf(autoencoder.specification);
  const { width, height, channels, data } = image;
  if ((channels !== 1 && channels !== 3) || width < 1 || height < 1 || data.length !== width * height * channels) {
    throw badInput('image', `expected ${width} × ${height} pixels of 1 or 3 channels, got ${data.length} values`);
  }
  const size = inputSize(autoencoder.specification);
  const tiling = tilingOf(image, look);
  const count = tiling.columns * tiling.rows;
  const rows = Math.max(1, Math.floor(BLOCK_VALUES / size));
  const passes = passCount(image, look);
  const parts: Float32Array[] = [];
  for (let n = 0; n < passes; n++) {
    const pass = passOf(image, look, n);
    const tiles: ExampleStream = {
      name: 'image',
      shape: autoencoder.specification.input.shape,
      type: 'float32',
      length: count,
      async *blocks(options = {}) {
        for (let start = 0; start < count; start += rows) {
          stopWhereAborted(options.signal, 'image');
          const end = Math.min(count, start + rows);
          const values = new Float32Array((end - start) * size);
          for (let i = start; i < end; i++) {
            cutTile(pass, look, tiling, i, values.subarray((i - start) * size, (i - start + 1) * size));
          }
          yield { start, end, values };
        }
      },
    };
    const blend = openBlend(pass, look, tiling);
    for await (const { start, end, reconstruction } of autoencoder.blocks(tiles, { signal })) {
      for (let i = start; i < end; i++)
        blend.add(reconstruction.subarray((i - start) * size, (i - start + 1) * size), i);
      onProgress?.({ done: n * count + end, total: passes * count });
    }
    parts.push(blend.finish());
  }
  return joined(parts, width * height, channels);
}

/**
 * Cleans an image of any size with a model that was trained on small corrupted ones, as on patches of photographs; see
 * {@link reconstructImage}.
 *
 * @throws GargaloError `bad-input` for a model trained without corruption, and as {@link reconstructImage} does
 */
export async function denoiseImage(
  autoencoder: Autoencoder,
  image: ImageValues,
  options: WorkOptions = {},
): Promise<Float32Array> {
  checkDenoiser(autoencoder.specification);
  return reconstructImage(autoencoder, image, options);
}

/**
 * An image as the encoder sees it in training: corrupted in scaled units, then brought back to raw ones.
 *
 * @param stream names the random numbers: an image of another name is corrupted otherwise
 * @throws GargaloError `bad-input` for a model whose pixels are scaled one by one: they have no place in another image
 */
export function corruptImage(
  { input }: Specification,
  image: ImageValues,
  corruption: Corruption,
  { seed = 0, stream = '' }: { readonly seed?: number; readonly stream?: string } = {},
): Float32Array {
  const { scaling } = input;
  if (scaling.scale.length > 1 || scaling.offset.length > 1) {
    const problem = `expected one scale for all pixels, got ${scaling.scale.length} (${scaling.method})`;
    throw badInput('model', problem, 'train with `scaling: "bytes"`');
  }
  const scaled = applyScaling(Float32Array.from(image.data), scaling);
  const { normal } = createRandom(seed, `corruption/${stream}`);
  const corrupted = corruptValues(corruption, scaled, normal);
  return undoScaling(corrupted, scaling, corrupted);
}
