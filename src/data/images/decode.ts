import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Sharp, SharpOptions } from 'sharp';
import { badInput } from '../../errors.js';
import type { Picture } from '../picture-sheet.js';
import { fileProblem } from '../write.js';
import { loadSharp } from './sharp.js';

/** Images decoded at a time: each takes a core. */
export const decodedAtOnce = Math.max(2, Math.min(4, availableParallelism()));

/** A truncated or garbled image is an error, a harmless oddity of its file none. */
const reading: SharpOptions = { failOn: 'error' };

/** Pixels that are decoded whatever the size of the file: 16 megapixels. */
const ANY_PIXELS = 2 ** 24;
/** The pixels that a byte of a file can stand for, of a white page of one bit a pixel. More is a claim, and memory for it. */
const PIXELS_PER_BYTE = 2 ** 13;
/** More are refused in any case: 268 megapixels. */
const MOST_PIXELS = 2 ** 28;

const mostPixels = (bytes: number) => Math.min(MOST_PIXELS, Math.max(ANY_PIXELS, PIXELS_PER_BYTE * bytes));

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
  /** Whether its channels have more than 8 bits. */
  readonly deep: boolean;
}

/** Letters of the library's words that are told: of a garbled file it has something to say about every part. */
const MOST_WORDS = 200;

/** In the library's words, in one line. */
function brokenImage(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error) return fileProblem(path, error, 'read');
  const all = error.message.replace(/\s+/g, ' ').trim();
  const words = all.length > MOST_WORDS ? `${all.slice(0, MOST_WORDS)}…` : all;
  const mend = 'mend or remove it, or leave out such files with --skip-broken';
  return badInput(path, `expected an image, got a file that cannot be decoded: ${words}`, mend, error);
}

/**
 * Reads the head of an image file alone.
 *
 * @throws GargaloError `bad-input` naming the file where it is no image
 */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  const sharp = await loadSharp();
  try {
    const { autoOrient, format = 'unknown', space, hasAlpha = false, depth } = await sharp(path, reading).metadata();
    const gray = space === 'b-w' || space === 'grey16';
    return { ...autoOrient, format, gray, alpha: hasAlpha, deep: depth !== 'uchar' };
  } catch (error) {
    throw brokenImage(path, error);
  }
}

/** How an image is decoded. */
export interface DecodeOptions {
  /** Gray (the luminance of colours) or red, green and blue. */
  readonly channels: 1 | 3;
  /** The size to fit it to; as it is by default. */
  readonly size?: { readonly width: number; readonly height: number; readonly fit: 'crop' | 'contain' } | undefined;
}

const white = { r: 255, g: 255, b: 255, alpha: 1 };

function pipeline(image: Sharp, { channels, size }: DecodeOptions): Sharp {
  image.autoOrient().flatten({ background: white });
  if (size) {
    const { width, height, fit } = size;
    image.resize(width, height, { fit: fit === 'crop' ? 'cover' : 'contain', position: 'centre', background: white });
  }
  return image.toColourspace(channels === 1 ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
}

/**
 * Reads an image file as bytes: turned as its EXIF data say, transparent parts on white, 8 bits a channel, of an animation the
 * first picture.
 *
 * @throws GargaloError `bad-input` naming the file where it cannot be decoded
 */
export async function readImage(path: string, options: DecodeOptions): Promise<Picture> {
  const sharp = await loadSharp();
  const file = await readFile(path).catch((error: unknown) => {
    throw fileProblem(path, error, 'read');
  });
  if (file.length === 0) throw badInput(path, 'expected an image, got an empty file');
  try {
    const { data, info } = await pipeline(
      sharp(file, { ...reading, limitInputPixels: mostPixels(file.length) }),
      options,
    ).toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { width, height, channels: options.channels, data: withChannels(data, info.channels, options.channels) };
  } catch (error) {
    throw brokenImage(path, error);
  }
}

/** The library gives as many channels as it likes: gray for three, or a plain alpha channel beside. */
function withChannels(data: Uint8Array, got: number, wanted: 1 | 3): Uint8Array {
  if (got === wanted) return data;
  const count = data.length / got;
  const result = new Uint8Array(count * wanted);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < wanted; channel++) {
      result[i * wanted + channel] = data[i * got + (got < 3 ? 0 : channel)]!;
    }
  }
  return result;
}
