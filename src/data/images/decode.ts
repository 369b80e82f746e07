import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { badInput, GargaloError } from '../../core/errors.js';
import type { SampleDepth } from '../dataset.js';
import { mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { type Picture, type Samples, samplesLike } from '../write/picture-sheet.js';
import { fileProblem } from '../write/write.js';
import type { ImageFile } from './files.js';
import { loadSharp } from './sharp.js';

/** Images decoded at a time: each takes a core. */
export const decodedAtOnce = Math.max(2, Math.min(4, availableParallelism()));

/** A truncated or garbled image is an error, a harmless oddity of its file none. */
const reading: SharpOptions = { failOn: 'error' };

/** What a file's head tells of its image. */
export interface ImageHeader {
  /** As the image is to be looked at: after turning it as its EXIF data say. */
  readonly width: number;
  readonly height: number;
  /** "jpeg", "png", … */
  readonly format: string;
  readonly gray: boolean;
  /** Whether it can have transparent parts. */
  readonly alpha: boolean;
  readonly depth: SampleDepth;
  /** Pages of a TIFF, frames of an animation. */
  readonly frames: number;
}

/** Letters of the library's words that are told: of a garbled file it has something to say about every part. */
const MOST_WORDS = 200;

/** In the library's words, in one line. */
function brokenImage(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GargaloError) return error;
  if ('code' in error) return fileProblem(path, error, 'read');
  const all = error.message.replace(/\s+/g, ' ').trim();
  const words = all.length > MOST_WORDS ? `${all.slice(0, MOST_WORDS)}…` : all;
  const mend = 'mend or remove it, or leave out such files with `skipBroken: true`';
  return badInput(path, `expected an image, got a file that cannot be decoded: ${words}`, mend, error);
}

/** Samples of an image in words. */
const sampleWords: Readonly<Record<string, string>> = {
  char: 'signed 8-bit integers',
  short: 'signed 16-bit integers',
  int: 'signed 32-bit integers',
  uint: '32-bit integers',
  float: '32-bit floats with transparent parts, or in other colours than gray and RGB',
  double: '64-bit floats',
};

const CONVERT = 'convert it to 8 or 16 bits, or save an array as .npy';

/** What is said of floats where bytes are wanted: nobody knows which value is white. */
export function floatsAsBytes(path: string, wanted: SampleDepth) {
  return badInput(path, `expected samples of ${wanted} bits, got 32-bit floats, whose range is not known`, CONVERT);
}

/** The depth of an image; undefined of samples that the library would clip. */
function depthOf({ depth, space, hasAlpha }: Metadata): SampleDepth | undefined {
  if (depth === 'uchar') return '8';
  if (depth === 'ushort') return '16';
  return depth === 'float' && !hasAlpha && (space === 'b-w' || space === 'scrgb') ? 'float' : undefined;
}

function headerOf(path: string, metadata: Metadata): ImageHeader {
  const { autoOrient, format = 'unknown', space, hasAlpha = false, pages = 1 } = metadata;
  const depth = depthOf(metadata);
  if (!depth) {
    const got = sampleWords[metadata.depth ?? ''] ?? `samples of type ${metadata.depth}`;
    throw badInput(path, `expected samples of 8 or 16 bits, or 32-bit floats in gray or RGB, got ${got}`, CONVERT);
  }
  const gray = space === 'b-w' || space === 'grey16';
  return { ...autoOrient, format, gray, alpha: hasAlpha, depth, frames: pages };
}

/**
 * Reads the head of an image file alone.
 *
 * @throws GargaloError `bad-input` naming the file where it is no image, its samples cannot be read as they stand, or it is larger than it may be
 */
export async function readImageHeader(
  content: ImageContent,
  { frame = 0, ...limit }: Pick<DecodeOptions, 'frame' | 'maxUnpacked'> = {},
): Promise<ImageHeader> {
  const sharp = await loadSharp();
  const { path, bytes: inMemory } = fileOf(content);
  try {
    const metadata = await sharp(inMemory ?? path, { ...reading, page: frame, limitInputPixels: false }).metadata();
    refuseHuge(path, inMemory?.length ?? (await stat(path)).size, metadata, limit);
    return headerOf(path, metadata);
  } catch (error) {
    throw brokenImage(path, error);
  }
}

/** How an image is decoded. */
export interface DecodeOptions extends UnpackLimit {
  /** Gray (the luminance of colours) or red, green and blue. */
  readonly channels: 1 | 3;
  /** The size to fit it to; as it is by default. */
  readonly size?: { readonly width: number; readonly height: number; readonly fit: 'crop' | 'contain' } | undefined;
  /** The page of a TIFF or frame of an animation; the first, 0, by default. */
  readonly frame?: number | undefined;
  /** Transparency apart, as `alpha`, and the colours as they stand; else transparent parts are put on white. Not of floats. */
  readonly alpha?: boolean | undefined;
}

const white = { r: 255, g: 255, b: 255, alpha: 1 };

const copied = ({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer =>
  (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);

/** The library's words for samples, and what its bytes become. */
interface Raw<Data extends Samples> {
  readonly depth: 'uchar' | 'ushort' | 'float';
  readonly from: (bytes: Buffer) => Data;
}
const bytes: Raw<Uint8Array> = { depth: 'uchar', from: (raw) => raw };
const shorts: Raw<Uint16Array> = { depth: 'ushort', from: (raw) => new Uint16Array(copied(raw)) };
const floats: Raw<Float32Array> = { depth: 'float', from: (raw) => new Float32Array(copied(raw)) };

/** The picture of an image whose colours are brought to a space. */
async function pixels<Data extends Samples>(
  image: Sharp,
  { channels, size, alpha }: DecodeOptions,
  space: string,
  { depth, from }: Raw<Data>,
): Promise<Picture<Data>> {
  image.autoOrient();
  if (!alpha) image.flatten({ background: white });
  if (size) {
    const { width, height, fit } = size;
    image.resize(width, height, { fit: fit === 'crop' ? 'cover' : 'contain', position: 'centre', background: white });
  }
  const { data, info } = await image.toColourspace(space).raw({ depth }).toBuffer({ resolveWithObject: true });
  const samples = from(data);
  const { width, height, channels: got } = info;
  const picture = { width, height, channels, data: withChannels(samples, got, channels) };
  if (!alpha || got % 2 === 1) return picture;
  const last = samplesLike(samples, width * height);
  for (let i = 0; i < last.length; i++) last[i] = samples[(i + 1) * got - 1] ?? 0;
  return { ...picture, alpha: last };
}

/** An image file: by its path, as its content, or as its content with a name. */
export type ImageContent = string | Uint8Array | Pick<ImageFile, 'path' | 'bytes'>;

const fileOf = (content: ImageContent): Pick<ImageFile, 'path' | 'bytes'> =>
  typeof content === 'string'
    ? { path: content }
    : content instanceof Uint8Array
      ? { path: 'image', bytes: content }
      : content;

/** Bytes of a sample. */
const sampleBytes: Readonly<Record<SampleDepth, number>> = { '8': 1, '16': 2, float: 4 };

/**
 * Refuses an image whose samples take more memory than they may, as far as its head says: a small file of one colour can have any size.
 * Of a progressive JPEG all coefficients are kept beside, of 2 bytes each.
 */
function refuseHuge(path: string, bytes: number, { width = 0, height = 0, ...metadata }: Metadata, limit: UnpackLimit) {
  const { channels = 3, isProgressive = false, format } = metadata;
  const each = sampleBytes[depthOf(metadata as Metadata) ?? 'float'] + (isProgressive && format === 'jpeg' ? 2 : 0);
  const [claimed, most] = [width * height * channels * each, mostUnpacked(bytes, limit)];
  if (claimed > most) throw tooMuchUnpacked(path, most, claimed);
}

/** A file of an image, ready to be decoded. */
async function openImage(
  { path, bytes: content }: Pick<ImageFile, 'path' | 'bytes'>,
  { frame = 0, ...limit }: Pick<DecodeOptions, 'frame' | 'maxUnpacked'>,
): Promise<{ image: Sharp; header: ImageHeader }> {
  const sharp = await loadSharp();
  const file =
    content ??
    (await readFile(path).catch((error: unknown) => {
      throw fileProblem(path, error, 'read');
    }));
  if (file.length === 0) throw badInput(path, 'expected an image, got an empty file');
  const image = sharp(file, { ...reading, page: frame, limitInputPixels: false });
  const metadata = await image.metadata();
  refuseHuge(path, file.length, metadata, limit);
  return { image, header: headerOf(path, metadata) };
}

/**
 * Reads an image file as bytes: turned as its EXIF data say, transparent parts on white, 8 bits a channel, of an animation the
 * first picture.
 *
 * @throws GargaloError `bad-input` naming the file where it cannot be decoded, or holds floats
 */
export async function readImage(content: ImageContent, options: DecodeOptions): Promise<Picture> {
  const file = fileOf(content);
  const { path } = file;
  try {
    const { image, header } = await openImage(file, options);
    if (header.depth === 'float') throw floatsAsBytes(path, '8');
    return await pixels(image, options, options.channels === 1 ? 'b-w' : 'srgb', bytes);
  } catch (error) {
    throw brokenImage(path, error);
  }
}

/**
 * Reads an image file as samples of a depth. 16 bits: those of bytes times 257. Floats: the samples as they stand in the file,
 * whatever its depth.
 *
 * @throws GargaloError `bad-input` naming the file as {@link readImage} does; for samples that are NaN or infinite
 */
export async function readSamples(
  content: ImageContent,
  options: DecodeOptions,
  depth: SampleDepth,
): Promise<Picture<Uint8Array | Float32Array>> {
  const file = fileOf(content);
  const { path } = file;
  if (depth === '8') return readImage(file, options);
  try {
    const { image, header } = await openImage(file, options);
    if (header.depth === 'float') {
      if (depth === '16') throw floatsAsBytes(path, '16');
      const picture = await pixels(image, options, header.gray ? 'b-w' : 'scrgb', floats);
      if (picture.data.every(Number.isFinite)) return picture;
      throw badInput(path, 'expected finite samples, got NaN or infinity', 'fill them in, or leave it out');
    }
    const isGray = options.channels === 1;
    const picture: Picture<Samples> =
      depth === 'float' && header.depth === '8'
        ? await pixels(image, options, isGray ? 'b-w' : 'srgb', bytes)
        : await pixels(image, options, isGray ? 'grey16' : 'rgb16', shorts);
    return { ...picture, data: Float32Array.from(picture.data) };
  } catch (error) {
    throw brokenImage(path, error);
  }
}

/** Parts of red, green and blue in the luminance of linear light (ITU-R BT.709). */
const LUMINANCE = [0.2126, 0.7152, 0.0722] as const;

/** The library gives as many channels as it likes: gray for three, or a plain alpha channel beside; of floats also three for gray. */
function withChannels<Data extends Samples>(data: Data, got: number, wanted: 1 | 3): Data {
  if (got === wanted) return data;
  const count = data.length / got;
  const result = samplesLike(data, count * wanted);
  const mixed = data instanceof Float32Array && got === 3;
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < wanted; channel++) {
      const at = i * got;
      result[i * wanted + channel] = mixed
        ? LUMINANCE.reduce((sum, part, c) => sum + part * data[at + c]!, 0)
        : data[at + (got < 3 ? 0 : channel)]!;
    }
  }
  return result;
}
