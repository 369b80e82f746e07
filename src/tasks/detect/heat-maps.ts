// The error pixel by pixel of images that were scored, at their own size.

import { posix } from 'node:path';
import { GargaloError } from '../../core/errors.js';
import type { WorkOptions } from '../../core/work.js';
import { type ImageHeader, readSamples } from '../../data/images/decode.js';
import { scanImages } from '../../data/images/describe.js';
import type { ImageFile } from '../../data/images/files.js';
import { findMasks, type MaskOf, scoredFolder } from '../../data/images/masks.js';
import type { ImageOptions, ImagePlan } from '../../data/images/plan.js';
import { readImages } from '../../data/images/read.js';
import { lookOf } from '../../data/look.js';
import type { WrittenTexts } from '../../data/table/formula-cells.js';
import { samplesOf } from '../../data/write/picture-sheet.js';
import { openPictureFolder } from '../../data/write/pictures.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import type { Specification } from '../../models/specification.js';
import { reconstructImage } from '../denoise-image.js';
import type { DetectedBlock } from './detect.js';
import { openPixelFigures, type PixelFigures } from './pixel-figures.js';

/**
 * The error of each pixel: the root of the mean over its channels of the squared error in scaled units.
 *
 * @param observed [pixels, channels], raw units
 * @param at the first value of the image
 */
export function pixelErrors(
  { input: { scaling } }: Specification,
  [observed, expected]: readonly [ArrayLike<number>, ArrayLike<number>],
  channels: number,
  pixels: number,
  at = 0,
): Float32Array {
  const { scale } = scaling;
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    let sum = 0;
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      sum += ((observed[at + i]! - expected[at + i]!) * scale[i % scale.length]!) ** 2;
    }
    return Math.sqrt(sum / channels);
  });
}

/** Follows the highest error of a pixel through a walk that scores images; undefined for a model of other data. */
export function openHighestError(specification: Specification) {
  const look = lookOf(specification.input.shape, specification.input.sequence);
  if (look.kind !== 'picture') return undefined;
  const pixels = look.width * look.height;
  let highest = 0;
  return {
    add({ scores, observed, expected }: Pick<DetectedBlock, 'scores' | 'observed' | 'expected'>): void {
      for (let row = 0; row < scores.length; row++) {
        const at = row * pixels * look.channels;
        for (const error of pixelErrors(specification, [observed, expected], look.channels, pixels, at)) {
          if (error > highest) highest = error;
        }
      }
    },
    get value() {
      return highest;
    },
  };
}

/** A map of an example's size at the size of the image that it was made of; NaN where the image was cut off. */
export function atOwnSize(errors: Float32Array, { width, height, fit }: ImagePlan, image: ImageHeader): Float32Array {
  if (image.width === width && image.height === height) return errors;
  const scales = [width / image.width, height / image.height];
  const scale = fit === 'crop' ? Math.max(...scales) : Math.min(...scales);
  // where the middle of a pixel lies on the map: two places of it and the weight of the second
  const along = (side: number, own: number) =>
    Array.from({ length: own }, (_, i) => {
      const place = (i + 0.5) * scale + (side - own * scale) / 2 - 0.5;
      if (place < -0.5 || place > side - 0.5) return undefined;
      const low = Math.min(side - 1, Math.max(0, Math.floor(place)));
      return { low, high: Math.min(side - 1, low + 1), part: Math.min(1, Math.max(0, place - low)) };
    });
  const [across, down] = [along(width, image.width), along(height, image.height)];
  const made = new Float32Array(image.width * image.height).fill(Number.NaN);
  for (const [y, row] of down.entries()) {
    if (!row) continue;
    for (const [x, column] of across.entries()) {
      if (!column) continue;
      const between = (line: number) =>
        errors[line * width + column.low]! * (1 - column.part) + errors[line * width + column.high]! * column.part;
      made[y * image.width + x] = between(row.low) * (1 - row.part) + between(row.high) * row.part;
    }
  }
  return made;
}

/** An image with the error of each of its pixels. */
interface ImageErrors {
  readonly image: ImageFile & ImageHeader;
  readonly errors: Float32Array;
}

/** Which images, and where their maps go. */
export interface HeatMapsOptions extends WorkOptions {
  readonly source: string;
  readonly images: Pick<ImageOptions, 'limit' | 'skipBroken' | 'depth' | 'frames' | 'fit' | 'color'>;
  /** A folder for the maps; none are written where there is none. */
  readonly output?: string | undefined;
  /** The error that is drawn white. */
  readonly white: number;
  /** Counts files of other names than their images. */
  readonly texts?: WrittenTexts | undefined;
}

/** What heat maps came to. */
export interface HeatMaps {
  readonly maps: number;
  readonly white: number;
  /** The part of the pixels that the model does not see, since the images have other proportions. */
  readonly unseen: number;
  /** Where masks lie beside the images: images with a mask, sub-folders without any, taken for normal, and images whose mask is missing. */
  readonly masks?: { readonly marked: number; readonly normal: readonly string[]; readonly missing: number };
  /** Against the masks, where there are some. */
  readonly pixels?: PixelFigures;
}

/** The errors of whole images: through the network at the model's size. */
async function* wholeImages(
  autoencoder: Autoencoder,
  path: string,
  options: ImageOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageErrors> {
  const { specification } = autoencoder;
  const { images, plan } = await scanImages(path, options, { signal });
  const byName = new Map(images.map((image) => [image.name, image]));
  const pixels = plan.width * plan.height;
  const stream = await readImages(path, options);
  for await (const { names, values, reconstruction } of autoencoder.blocks(stream, { signal })) {
    for (const [row, name] of (names ?? []).entries()) {
      const image = byName.get(name);
      if (!image) continue;
      const at = row * pixels * plan.channels;
      const errors = pixelErrors(specification, [values, reconstruction], plan.channels, pixels, at);
      yield { image, errors: atOwnSize(errors, plan, image) };
    }
  }
}

/** The errors of images that a model sees patch by patch: at their own size, in overlapping tiles. */
async function* tiledImages(
  autoencoder: Autoencoder,
  path: string,
  options: ImageOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageErrors> {
  const { specification } = autoencoder;
  const { images, plan } = await scanImages(path, options, { signal });
  for (const image of images) {
    const { channels, depth } = plan;
    const how = { channels, frame: image.frame, maxUnpacked: options.maxUnpacked } as const;
    const picture = await readSamples(image, how, depth).catch((error: unknown) => {
      if (!options.skipBroken || !(error instanceof GargaloError)) throw error;
    });
    if (!picture) continue;
    const rebuilt = await reconstructImage(autoencoder, picture, { signal });
    const pixels = image.width * image.height;
    yield { image, errors: pixelErrors(specification, [picture.data, rebuilt], channels, pixels) };
  }
}

/** Whether a source's images can be looked at pixel by pixel, and have masks. */
export async function hasMasks(source: string): Promise<boolean> {
  return (await scoredFolder(source)).masks.length > 0;
}

/**
 * Makes a map of each image of a folder: the error of each pixel at the image's own size, gray, from 0 (black) to the highest of all
 * (white). Where masks lie beside the folder, the errors are compared with them.
 *
 * @throws GargaloError `bad-input` as reading the images does; for a mask of another size than its image; `cancelled`
 */
export async function heatMaps(
  autoencoder: Autoencoder,
  { source, images: asked, output, white, texts, signal, onProgress }: HeatMapsOptions,
): Promise<HeatMaps> {
  const { input } = autoencoder.specification;
  const { images: path, masks } = await scoredFolder(source);
  const maskOf: MaskOf | undefined = masks.length > 0 ? findMasks(masks) : undefined;
  const folder = output === undefined ? undefined : await openPictureFolder(output, { ending: 'png', texts });
  const figures = openPixelFigures();
  const normal = new Set<string>();
  let [maps, unseen, pixels, marked, missing] = [0, 0, 0, 0, 0];
  const walk = input.picture?.patches ? tiledImages : wholeImages;
  for await (const { image, errors } of walk(autoencoder, path, { ...asked, like: input }, signal)) {
    const { width, height, name } = image;
    if (folder) {
      const gray = samplesOf(
        errors.map((error) => (Number.isNaN(error) ? 0 : (255 * error) / (white || 1))),
        '8',
      );
      await folder.put({ width, height, channels: 1, data: gray }, name);
    }
    for (const error of errors) if (Number.isNaN(error)) unseen++;
    pixels += errors.length;
    const mask = maskOf && (await maskOf(image));
    if (mask) figures.add(errors, mask, width);
    if (mask === 'normal') normal.add(posix.dirname(name));
    else if (mask) marked++;
    else missing++;
    maps++;
    onProgress?.({ done: maps });
  }
  const found = figures.finish();
  return {
    ...{ maps, white, unseen: pixels === 0 ? 0 : unseen / pixels },
    ...(maskOf && { masks: { marked, normal: [...normal], missing } }),
    ...(found && { pixels: found }),
  };
}
