import { badInput, GargaloError } from '../../core/errors.js';
import { stopWhereAborted } from '../../core/work.js';
import type { ElementType, PictureForm } from '../dataset.js';
import { inOrder } from '../in-order.js';
import type { ExampleBlock, ExampleStream } from '../stream.js';
import { STREAM_ROWS } from '../stream.js';
import { type Picture, samplesLike } from '../write/picture-sheet.js';
import { decodedAtOnce, type ImageHeader, readSamples } from './decode.js';
import { describeScan, type ImageFolder, scanImages, shapeOf } from './describe.js';
import { type ImageFile, type ImageSource, sourceName } from './files.js';
import { examplesOf, type ImageOptions, type ImagePlan, patchPlaces } from './plan.js';

/** Bytes of a block, at most; at least one example goes into each. */
const BLOCK_BYTES = 2 ** 22;

/** Patches of an image in reading order, each [side, side, channels]. */
export function* patchesOf<Data extends Uint8Array | Float32Array>(
  picture: Picture<Data>,
  { width: side, stride = side }: Pick<ImagePlan, 'width' | 'stride'>,
): Generator<Data> {
  const { width, height, channels, data } = picture;
  for (let row = 0; row < patchPlaces(height, side, stride); row++) {
    for (let column = 0; column < patchPlaces(width, side, stride); column++) {
      const patch = samplesLike(data, side * side * channels);
      for (let y = 0; y < side; y++) {
        const from = ((row * stride + y) * width + column * stride) * channels;
        patch.set(data.subarray(from, from + side * channels), y * side * channels);
      }
      yield patch;
    }
  }
}

/** How many patches that follow one share a pixel with it, at most: those of the same rows and of the rows it reaches into. */
function overlapOf({ images, plan }: ImageFolder): number | undefined {
  const { width: side, stride } = plan;
  if (stride === undefined || stride >= side) return undefined;
  const across = images.reduce((most, image) => Math.max(most, patchPlaces(image.width, side, stride)), 0);
  return (Math.ceil(side / stride) - 1) * (across + 1);
}

/** Gathers examples into blocks. */
function blockMaker(size: number, type: ElementType, labelled: boolean, named: boolean) {
  const bytes = type === 'uint8' ? 1 : 4;
  const rows = Math.max(1, Math.min(STREAM_ROWS, Math.floor(BLOCK_BYTES / (bytes * size))));
  const room = () => (type === 'uint8' ? new Uint8Array(rows * size) : new Float32Array(rows * size));
  let start = 0;
  let filled = 0;
  let values = room();
  let labels: (string | undefined)[] = [];
  let names: string[] = [];
  return {
    /** @returns whether the block is full */
    add(example: Uint8Array | Float32Array, { label, name }: ImageFile): boolean {
      values.set(example, filled * size);
      filled++;
      if (labelled) labels.push(label);
      if (named) names.push(name);
      return filled === rows;
    },
    get count() {
      return start + filled;
    },
    get isEmpty() {
      return filled === 0;
    },
    take(): ExampleBlock {
      const block = {
        start,
        end: start + filled,
        values: values.subarray(0, filled * size),
        ...(labelled && { labels }),
        ...(named && { names }),
      };
      start += filled;
      filled = 0;
      values = room();
      labels = [];
      names = [];
      return block;
    },
  };
}

/**
 * Images of a folder and its sub-folders as examples of bytes, shape [height, width] or [height, width, 3], in natural order of
 * their names; a single file is a folder of one. A list of paths and of the bytes of image files stays in its order. PNG, JPEG, WebP, TIFF, GIF and AVIF (of animations the first picture); EXIF
 * orientation is applied, transparent parts are put on white. Images of 16 bits a channel and of floats are examples of float32, of
 * the samples as they stand. The class of an image is the sub-folder it lies in. Decoded as it is read, several images at a time.
 *
 * @param said what is known of the folder beside, for its notes
 * @throws GargaloError `bad-input` naming the option, or the file that cannot be decoded
 */
export async function readImages(
  source: ImageSource,
  options: ImageOptions = {},
  said: readonly string[] = [],
): Promise<ExampleStream> {
  const path = sourceName(source);
  const folder = await scanImages(source, options);
  const { images, plan } = folder;
  const { width, height, channels, fit, depth, stride } = plan;
  const type: ElementType = depth === '8' ? 'uint8' : 'float32';
  const cut = stride !== undefined;
  const description = describeScan(folder);
  if (description.examples === 0) {
    throw badInput(
      path,
      `expected images of at least ${width} × ${height} pixels, got only smaller ones`,
      'use a smaller `patch`',
    );
  }
  const { limit = Number.POSITIVE_INFINITY } = options;
  const known = [...said, ...description.notes];
  const notes = [...known];
  const labelled = images.some(({ label }) => label !== undefined);
  const shape = shapeOf(plan);
  const picture: PictureForm = { fit, channels, ...(depth !== '8' && { depth }), ...(cut && { patches: true }) };
  const decode = async (image: ImageFile & ImageHeader) => {
    try {
      const size = cut ? undefined : { width, height, fit };
      return {
        image,
        picture: await readSamples(
          image,
          { channels, size, frame: image.frame, maxUnpacked: options.maxUnpacked },
          depth,
        ),
      };
    } catch (error) {
      if (options.skipBroken && error instanceof GargaloError) return { image };
      throw error;
    }
  };
  const overlap = overlapOf(folder);
  return {
    name: path,
    shape,
    type,
    picture,
    notes,
    ...(labelled && { labelled }),
    // the name of each patch would take more memory than it is of use
    ...(!cut && { named: true }),
    ...(overlap !== undefined && { overlap }),
    ...(!options.skipBroken && { length: Math.min(limit, description.examples) }),
    async *blocks({ signal } = {}) {
      const maker = blockMaker(width * height * channels, type, labelled, !cut);
      const broken: string[] = [];
      const useful = images.filter((image) => examplesOf(plan, image) > 0);
      reading: for await (const { image, picture: whole } of inOrder(useful, decodedAtOnce, decode)) {
        stopWhereAborted(signal, path);
        if (!whole) {
          broken.push(image.name);
          continue;
        }
        for (const example of cut ? patchesOf(whole, plan) : [whole.data]) {
          if (maker.add(example, image)) yield maker.take();
          if (maker.count >= limit) break reading;
        }
      }
      if (!maker.isEmpty) yield maker.take();
      notes.splice(known.length);
      if (broken.length > 0) notes.push(`left out: ${broken.length} that could not be decoded (${broken[0]})`);
    },
  };
}
