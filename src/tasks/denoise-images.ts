// Images of any size, out of files into files.
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { peakSignalToNoise } from '../analysis/latent/fidelity.js';
import { badInput, GargaloError } from '../core/errors.js';
import type { WorkOptions } from '../core/work.js';
import { middleOf } from '../data/before-after.js';
import type { SampleDepth } from '../data/dataset.js';
import { readSamples } from '../data/images/decode.js';
import { sampleNotes, scanImages } from '../data/images/describe.js';
import type { ImageOptions } from '../data/images/plan.js';
import { applyScaling } from '../data/scaling.js';
import type { WrittenTexts } from '../data/table/formula-cells.js';
import { type Picture, type Samples, samplesOf } from '../data/write/picture-sheet.js';
import {
  checkPictureDepth,
  endingOf,
  openPictureFolder,
  type PictureEnding,
  pictureFormatOf,
  writePicture,
} from '../data/write/pictures.js';
import { checkWritable } from '../data/write/write.js';
import type { Autoencoder } from '../models/autoencoder.js';
import type { Corruption, Specification } from '../models/specification.js';
import { corruptImage, denoiseImage } from './denoise-image.js';

/** Which images, and where they go. */
export interface DenoiseImagesOptions
  extends WorkOptions,
    Pick<ImageOptions, 'color' | 'limit' | 'skipBroken' | 'depth' | 'frames' | 'maxUnpacked'> {
  /** An image, or a folder of images. */
  readonly source: string;
  /** A folder; of one image also a file. */
  readonly output: string;
  /** The images are clean: that is done to them first. */
  readonly corruption?: Corruption | undefined;
  readonly seed?: number | undefined;
  /** The kind of the files in a folder. */
  readonly format?: PictureEnding | undefined;
  /** Counts files of other names than their images. */
  readonly texts?: WrittenTexts | undefined;
}

/** Images that a sheet shows; nobody looks at more. */
const SHOWN = 12;

/** What was measured of one image. */
export interface MeasuredImage {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly psnrBefore?: number;
  readonly psnrAfter?: number;
}

/** A place for each cleaned image. */
async function openOutput(
  { source, output, texts }: Pick<DenoiseImagesOptions, 'source' | 'output' | 'texts'>,
  images: number,
  depth: SampleDepth,
  ending: PictureEnding | undefined,
): Promise<(picture: Picture<Samples>, name: string) => Promise<unknown>> {
  await checkPictureDepth(output, depth, ending);
  const format = await pictureFormatOf(output);
  if (format === 'grid' && images === 1) {
    await checkWritable(dirname(output));
    return (picture) => writePicture(output, picture);
  }
  if (format !== 'folder') {
    const got = format === 'grid' ? 'one file for several images' : 'something else';
    throw badInput(output, `expected a folder for images of their own sizes, got ${got}`, 'end its name with "/"');
  }
  const folder = await openPictureFolder(output, { ending, count: images, texts });
  if ((await realpath(output)) === (await realpath(source).catch(() => resolve(source)))) {
    throw badInput(output, 'expected another folder than the one that is read, whose images would be replaced');
  }
  return (picture, name) => folder.put(picture, name);
}

/** Bytes for a sheet: of images of more bits the range that the model scales to 0 … 1. */
function shownOf({ width, height, channels, data }: Picture<Samples>, { input }: Specification): Picture {
  if (data instanceof Uint8Array) return middleOf({ width, height, channels, data });
  const scaled = applyScaling(Float32Array.from(data), input.scaling);
  const bytes = samplesOf(
    scaled.map((value) => 255 * value),
    '8',
  );
  return middleOf({ width, height, channels, data: Uint8Array.from(bytes) });
}

interface CleanOptions {
  readonly depth: SampleDepth;
  readonly corruption: Corruption | undefined;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** Cleans one image; where it is a clean one, it is corrupted first. */
async function clean(
  autoencoder: Autoencoder,
  picture: Picture<Samples>,
  name: string,
  { depth, corruption, seed, signal }: CleanOptions,
): Promise<{ measured: MeasuredImage; versions: Picture<Samples>[]; cleaned: Picture<Samples> }> {
  const { width, height, data } = picture;
  const { scaling } = autoencoder.specification.input;
  const made = (values: Float32Array): Picture<Samples> => ({ ...picture, data: samplesOf(values, depth) });
  const seen = corruption && corruptImage(autoencoder.specification, picture, corruption, { seed, stream: name });
  const values = await denoiseImage(autoencoder, seen ? { ...picture, data: seen } : picture, { signal });
  const cleaned = made(values);
  if (!seen) return { measured: { name, width, height }, versions: [picture, cleaned], cleaned };
  // the peak of other depths is what is scaled to 1
  const peak = depth === '8' ? 255 : 1 / (scaling.scale[0] ?? 1);
  const psnrBefore = peakSignalToNoise(data, seen, peak);
  const psnrAfter = peakSignalToNoise(data, cleaned.data, peak);
  const versions = [made(seen), cleaned, picture];
  return { measured: { name, width, height, psnrBefore, psnrAfter }, versions, cleaned };
}

/** What cleaning images came to. */
export interface DenoisedImages {
  readonly measured: readonly MeasuredImage[];
  /** Of the first of them: what came in, what came out and the clean image. */
  readonly shown: readonly (readonly Picture[])[];
  /** Files that cannot be decoded. */
  readonly broken: number;
  readonly notes: readonly string[];
}

/** Cleans images of any size, one after the other, and writes each. */
export async function denoiseImages(
  autoencoder: Autoencoder,
  { signal, onProgress, ...asked }: DenoiseImagesOptions,
): Promise<DenoisedImages> {
  const { source, color = 'auto', limit, skipBroken, depth, frames, seed = 0, format, corruption, maxUnpacked } = asked;
  const { shape, picture: form } = autoencoder.specification.input;
  const like = { shape, picture: { fit: 'crop', channels: 3, ...form, patches: false } } as const;
  const folder = await scanImages(source, { limit, skipBroken, depth, frames, maxUnpacked, like }, { signal });
  const { images, broken } = folder;
  const read = folder.plan.depth;
  const put = await openOutput(asked, images.length, read, format);
  const alpha = read !== 'float' && (format ?? endingOf(asked.output)) !== 'jpg';
  const measured: MeasuredImage[] = [];
  const shown: Picture[][] = [];
  let undecodable = broken.length;
  for (const { path, name, gray, frame } of images) {
    const channels = color === 'gray' || (color === 'auto' && gray) ? 1 : 3;
    const picture = await readSamples(path, { channels, frame, alpha, maxUnpacked }, read).catch((error: unknown) => {
      if (!skipBroken || !(error instanceof GargaloError)) throw error;
      undecodable++;
    });
    if (!picture) continue;
    const one = await clean(autoencoder, picture, name, { depth: read, corruption, seed, signal });
    await put(one.cleaned, name);
    measured.push(one.measured);
    if (shown.length < SHOWN) {
      shown.push(one.versions.map((version) => shownOf(version, autoencoder.specification)));
    }
    onProgress?.({ done: measured.length, total: images.length });
  }
  if (measured.length === 0) throw badInput(source, 'expected images, got only files that cannot be decoded');
  return { measured, shown, broken: undecodable, notes: sampleNotes(folder, alpha) };
}
