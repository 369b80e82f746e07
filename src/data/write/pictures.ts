import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { badInput, replaceControls } from '../../core/errors.js';
import { concatenated, type SampleDepth } from '../dataset.js';
import { imageNames } from '../images/files.js';
import { loadSharp } from '../images/sharp.js';
import { floatTiff } from '../images/tiff.js';
import type { PictureLook } from '../look.js';
import type { WrittenTexts } from '../table/formula-cells.js';
import { type Picture, pictureSheet, type Samples, samplesLike } from './picture-sheet.js';
import { checkWritable, fileProblem, openReplacement, writeFileAtomic } from './write.js';

/** The ways that pictures are written: one file with all of them side by side, a folder with a file each, an IDX file. */
export type PictureFormat = 'grid' | 'folder' | 'idx';

/** The kinds of image files that can be written. PNG and TIFF keep every value; the others are lossy, at high quality. */
export const pictureEndings = ['png', 'jpg', 'webp', 'avif', 'tiff'] as const;
export type PictureEnding = (typeof pictureEndings)[number];

/** The kind of image file that a name asks for. */
export const endingOf = (path: string): PictureEnding | undefined => {
  const ending = extname(path).slice(1).toLowerCase().replace('jpeg', 'jpg').replace(/^tif$/, 'tiff');
  return pictureEndings.find((known) => known === ending);
};

/** The format of pictures that a path asks for: x.png (.jpg, …), x.idx or x-idx3-ubyte, x/ or a folder that is there; else none. */
export async function pictureFormatOf(path: string): Promise<PictureFormat | undefined> {
  if (/[\\/]$/.test(path)) return 'folder';
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return 'folder';
  if (endingOf(path)) return 'grid';
  return /\.idx\d?$|[-.]idx\d-ubyte$/i.test(path) ? 'idx' : undefined;
}

/** The kinds of files that hold samples of a depth. */
const deepEndings: Readonly<Record<SampleDepth, readonly PictureEnding[]>> = {
  '8': pictureEndings,
  '16': ['png', 'tiff'],
  float: ['tiff'],
};

const dotted = (endings: readonly PictureEnding[]) => endings.map((ending) => `.${ending}`).join(', ');

/**
 * Refuses a place for pictures whose samples it cannot hold.
 *
 * @throws GargaloError `bad-input` with what can hold them
 */
export async function checkPictureDepth(
  path: string,
  depth: SampleDepth,
  ending: PictureEnding | undefined = undefined,
): Promise<void> {
  if (depth === '8') return;
  const format = await pictureFormatOf(path);
  if (!format) return;
  const what = depth === '16' ? '16 bits a channel' : '32-bit floats';
  const mend = `${dotted(deepEndings[depth])} keep them, and .npy`;
  if (format === 'idx') throw badInput(path, `expected a place for ${what}, got an IDX file, which holds bytes`, mend);
  const wanted = format === 'grid' ? endingOf(path) : ending;
  if (!wanted || deepEndings[depth].includes(wanted)) return;
  throw badInput(path, `expected a kind of file that holds ${what}, got .${wanted}`, mend);
}

/** The kind of files in a folder where nobody chose one. */
export const endingFor = (depth: SampleDepth): PictureEnding => (depth === 'float' ? 'tiff' : 'png');

const depthOf = (data: Samples): SampleDepth =>
  data instanceof Uint8Array ? '8' : data instanceof Uint16Array ? '16' : 'float';

/** Colours and transparency pixel by pixel. */
function withAlpha({ channels, data, alpha }: Picture<Samples>): Samples {
  const size = channels + 1;
  const whole = samplesLike(data, (data.length / channels) * size);
  for (let i = 0; i < whole.length; i++) {
    const [pixel, channel] = [Math.floor(i / size), i % size];
    whole[i] = (channel === channels ? alpha?.[pixel] : data[pixel * channels + channel]) ?? 0;
  }
  return whole;
}

/** A picture as an image file. */
async function encoded(picture: Picture<Samples>, ending: PictureEnding): Promise<Uint8Array> {
  const { width, height, data } = picture;
  if (data instanceof Float32Array) return floatTiff({ width, height, channels: picture.channels, data });
  const sharp = await loadSharp();
  const { channels } = picture;
  const raw = { width, height, channels: picture.alpha && ending !== 'jpg' ? ((channels + 1) as 2 | 4) : channels };
  const image = sharp(raw.channels === channels ? data : withAlpha(picture), { raw, limitInputPixels: false });
  if (data instanceof Uint16Array) image.toColourspace(channels === 1 ? 'grey16' : 'rgb16');
  else if (channels === 1) image.toColourspace('b-w');
  switch (ending) {
    case 'png':
      return image.png().toBuffer();
    case 'jpg':
      return image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return image.webp({ quality: 92 }).toBuffer();
    case 'avif':
      return image.avif({ quality: 75 }).toBuffer();
    case 'tiff':
      return image.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer();
  }
}

/**
 * Writes one picture of any size, in the format that the name ends in; the file appears whole or not at all. Samples of 16 bits go
 * into PNG and TIFF, floats into TIFF.
 *
 * @throws GargaloError `bad-input` for another ending, one that does not hold the samples, sides that the format does not allow, or what the disk refuses
 */
export async function writePicture(path: string, picture: Picture<Samples>): Promise<void> {
  const ending = endingOf(path);
  if (!ending) {
    throw badInput(path, `expected a file name ending in ${dotted(pictureEndings)}, got "${basename(path)}"`);
  }
  await checkPictureDepth(path, depthOf(picture.data));
  const file = await encoded(picture, ending).catch((error: unknown) => {
    // the library's own words: "Processed image is too large for the WebP format"
    const problem = error instanceof Error && error.name === 'Error' ? error.message : undefined;
    if (!problem) throw error;
    throw badInput(path, `cannot write ${picture.width} × ${picture.height} pixels: ${problem}`, 'use .png', error);
  });
  await writeFileAtomic(path, file);
}

/** Writes pictures of any sizes into a folder, under the names of the files they came from. */
export interface PictureFolder {
  /**
   * @param name where the picture came from, relative to the folder it was read from: it is written under the same name with the
   *   ending of the format, as far as {@link fileNameOf} leaves it; "a.jpg" and "a.png" become "a.png" and "a-2.png". Numbered where
   *   there is none
   * @returns where it was written, relative to the folder
   */
  put(picture: Picture<Samples>, name?: string): Promise<string>;
}

/**
 * Opens a folder for pictures; it is made where it is missing. Each file appears whole or not at all.
 *
 * @param count how many will come, where that is known: numbers have as many digits, at least five
 * @throws GargaloError `bad-input` where nothing can be written there; from `put` for a name that leads out of the folder
 */
export async function openPictureFolder(
  path: string,
  { ending, count = 0, texts = { escaped: 0 } }: PictureWriterOptions = {},
): Promise<PictureFolder> {
  await checkWritable(path);
  const digits = Math.max(5, String(count).length);
  /** In small letters: some disks take A.png and a.png for one. */
  const taken = new Set<string>();
  let written = 0;
  return {
    async put(picture, name) {
      written++;
      const own = name === undefined ? String(written).padStart(digits, '0') : stemOf(path, name);
      const stem = own
        .split(sep)
        .map((part) => fileNameOf(part))
        .join(sep);
      if (stem !== own) texts.renamed = (texts.renamed ?? 0) + 1;
      const kind = ending ?? endingFor(depthOf(picture.data));
      let place = `${stem}.${kind}`;
      for (let n = 2; taken.has(place.toLowerCase()); n++) place = `${stem}-${n}.${kind}`;
      taken.add(place.toLowerCase());
      const file = join(path, place);
      await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
        throw fileProblem(dirname(file), error, 'write');
      });
      await writePicture(file, picture);
      return place;
    },
  };
}

/** Bytes of a name that leave room for an ending and a number; file systems take 255. */
const LONGEST_NAME = 200;

/**
 * A name that files can have: controls and marks of direction become "_", a long name is cut. On Windows so do the characters that it
 * has a use for, blanks and points at the end, and names of devices have "_" before them.
 */
export function fileNameOf(name: string, platform: string = process.platform): string {
  let plain = replaceControls(name, () => '_');
  if (platform === 'win32') {
    plain = plain.replaceAll(/[<>:"|?*]/g, '_').replace(/[. ]+$/, '_');
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain)) plain = `_${plain}`;
  }
  const letters = [...plain];
  for (let bytes = Buffer.byteLength(plain); bytes > LONGEST_NAME; ) bytes -= Buffer.byteLength(letters.pop() ?? '');
  return letters.join('');
}

/** A name without its ending, if that is one of images. */
function stemOf(folder: string, name: string): string {
  const inside = relative(resolve(folder), resolve(folder, name));
  if (inside === '' || isAbsolute(name) || isAbsolute(inside) || /^\.\.([\\/]|$)/.test(inside)) {
    throw badInput(name, `expected a name that stays in ${folder}, got one that leads out of it`);
  }
  return imageNames.test(inside) ? inside.slice(0, -extname(inside).length) : inside;
}

/** Takes pictures of one size as they come. */
export interface PictureWriter {
  /**
   * @param samples [n, h, w] or [n, h, w, channels], of one type; bytes 0 … 255
   * @param names the files that they came from, relative to the folder of the source; a folder gets the same names
   */
  write(samples: Samples, names?: readonly (string | undefined)[]): Promise<void>;
  /**
   * Puts a sheet or an IDX file in its place.
   *
   * @throws GargaloError `bad-input` where nothing was written
   */
  finish(): Promise<void>;
  /** Leaves nothing of a sheet or an IDX file; the files that a folder has got are whole and stay. */
  discard(): Promise<void>;
}

/** How a folder is written. */
export interface PictureWriterOptions {
  /** The kind of its files; "png" by default, "tiff" of floats. */
  readonly ending?: PictureEnding | undefined;
  /** How many will come, where that is known. */
  readonly count?: number | undefined;
  /** Counts the files of a folder that have another name than what they were made of. */
  readonly texts?: WrittenTexts | undefined;
}

/**
 * Opens a place for pictures of one size: a sheet (.png, .jpg, .webp, .avif, .tiff), a folder or an IDX file, as
 * {@link pictureFormatOf} says. A sheet is kept in memory until the end; the sheet of a single picture that has a name is that
 * picture as it is.
 *
 * @throws GargaloError `bad-input` where the path asks for none of these, or nothing can be written there
 */
export async function openPictureWriter(
  path: string,
  look: PictureLook,
  options: PictureWriterOptions = {},
): Promise<PictureWriter> {
  const format = await pictureFormatOf(path);
  let count = 0;
  const size = look.width * look.height * look.channels;
  const counted = (writer: PictureWriter): PictureWriter => ({
    async write(bytes, names) {
      count += bytes.length / size;
      await writer.write(bytes, names);
    },
    async finish() {
      if (count > 0) return writer.finish();
      await writer.discard();
      throw badInput(basename(path), 'expected at least one picture to write, got none');
    },
    discard: () => writer.discard(),
  });
  switch (format) {
    case 'grid':
      return counted(sheetWriter(path, look));
    case 'folder':
      return counted(folderWriter(await openPictureFolder(path, options), look));
    case 'idx':
      return counted(await idxWriter(path, look));
    case undefined: {
      const known = `${pictureEndings.map((one) => `.${one}`).join(', ')}, .idx or "/"`;
      throw badInput(path, `expected a name for pictures, ending in ${known}, got "${basename(path)}"`);
    }
  }
}

const done = async (): Promise<void> => undefined;

function* picturesOf({ width, height, channels }: PictureLook, samples: Samples): Generator<Picture<Samples>> {
  const size = width * height * channels;
  for (let at = 0; at < samples.length; at += size) {
    yield { width, height, channels, data: samples.subarray(at, at + size) };
  }
}

function folderWriter(folder: PictureFolder, look: PictureLook): PictureWriter {
  return {
    async write(bytes, names) {
      let n = 0;
      for (const picture of picturesOf(look, bytes)) await folder.put(picture, names?.[n++]);
    },
    finish: done,
    discard: done,
  };
}

function sheetWriter(path: string, look: PictureLook): PictureWriter {
  const size = look.width * look.height * look.channels;
  let parts: Samples[] = [];
  let named = false;
  return {
    async write(bytes, names) {
      parts.push(bytes.slice());
      named = names?.[0] !== undefined;
    },
    async finish() {
      const bytes = concatenated(parts) ?? new Uint8Array(0);
      const count = bytes.length / size;
      const alone = count === 1 && named ? picturesOf(look, bytes).next().value : undefined;
      await writePicture(path, alone ?? pictureSheet({ look, count, bytes }));
    },
    async discard() {
      parts = [];
    },
  };
}

/** An IDX file of bytes: magic number, sides, pixels (LeCun's format, as MNIST comes in). */
function idxHeader({ width, height, channels }: PictureLook, count: number): Uint8Array {
  const sides = [count, height, width, ...(channels === 3 ? [3] : [])];
  const header = new Uint8Array(4 + 4 * sides.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x0800 | sides.length);
  for (const [axis, side] of sides.entries()) view.setUint32(4 + 4 * axis, side);
  return header;
}

/** Writes as pictures come; their number, which the file begins with, is written last. */
async function idxWriter(path: string, look: PictureLook): Promise<PictureWriter> {
  const size = look.width * look.height * look.channels;
  const { file, commit, discard } = await openReplacement(path);
  const start = idxHeader(look, 0).length;
  let at = start;
  const put = async (bytes: Uint8Array, position: number): Promise<void> => {
    try {
      for (let from = 0; from < bytes.length; ) {
        from += (await file.write(bytes, from, bytes.length - from, position + from)).bytesWritten;
      }
    } catch (error) {
      throw fileProblem(path, error, 'write');
    }
  };
  return {
    async write(bytes) {
      if (!(bytes instanceof Uint8Array)) return checkPictureDepth(path, depthOf(bytes));
      await put(bytes, at);
      at += bytes.length;
    },
    async finish() {
      await put(idxHeader(look, (at - start) / size), 0);
      await commit();
    },
    discard,
  };
}
