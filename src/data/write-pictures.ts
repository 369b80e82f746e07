import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { encode } from 'fast-png';
import { badInput } from '../errors.js';
import type { PictureLook } from './look.js';
import { checkWritable, writeFileAtomic } from './write.js';

/** Pictures as bytes. */
export interface Pictures {
  readonly look: PictureLook;
  readonly count: number;
  /** [count, h, w] or [count, h, w, channels], 0 … 255. */
  readonly bytes: Uint8Array;
}

/** The ways that pictures are written: one file with all of them side by side, a folder with a file each, an IDX file. */
export type PictureFormat = 'grid' | 'folder' | 'idx';

/** Pixels between two pictures of a grid. */
const GAP = 2;
/** Small pictures are drawn larger, in whole multiples, until a side has that many pixels. */
const SMALL_SIDE = 56;

/** The format of pictures that a path asks for: x.png, x.idx or x-idx3-ubyte, x/ or a folder that is there; else none. */
export async function pictureFormatOf(path: string): Promise<PictureFormat | undefined> {
  if (/[\\/]$/.test(path)) return 'folder';
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return 'folder';
  if (/\.png$/i.test(path)) return 'grid';
  return /\.idx\d?$|[-.]idx\d-ubyte$/i.test(path) ? 'idx' : undefined;
}

/**
 * Pictures side by side on a sheet, as square as they allow, row by row.
 *
 * @returns [height, width, channels], 0 … 255
 */
export function pictureGrid({ look, count, bytes }: Pictures): { width: number; height: number; data: Uint8Array } {
  const { channels } = look;
  const zoom = Math.max(1, Math.round(SMALL_SIDE / Math.max(look.width, look.height)));
  const [across, down] = [look.width * zoom, look.height * zoom];
  const columns = Math.max(1, Math.ceil(Math.sqrt((count * down) / across)));
  const rows = Math.max(1, Math.ceil(count / columns));
  const width = columns * (across + GAP) + GAP;
  const height = rows * (down + GAP) + GAP;
  const data = new Uint8Array(width * height * channels).fill(128);
  for (let n = 0; n < count; n++) {
    const left = GAP + (n % columns) * (across + GAP);
    const top = GAP + Math.floor(n / columns) * (down + GAP);
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const from = ((n * look.height + Math.floor(y / zoom)) * look.width + Math.floor(x / zoom)) * channels;
        const to = ((top + y) * width + left + x) * channels;
        for (let channel = 0; channel < channels; channel++) data[to + channel] = bytes[from + channel] as number;
      }
    }
  }
  return { width, height, data };
}

/** An IDX file of bytes: magic number, sides, pixels (LeCun's format, as MNIST comes in). */
function idxFile({ look, count, bytes }: Pictures): Uint8Array {
  const sides = [count, look.height, look.width, ...(look.channels === 3 ? [3] : [])];
  const file = new Uint8Array(4 + 4 * sides.length + bytes.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x0800 | sides.length);
  for (const [axis, side] of sides.entries()) view.setUint32(4 + 4 * axis, side);
  file.set(bytes, 4 + 4 * sides.length);
  return file;
}

/** Where a folder's picture lies: 00001.png, as many digits as the last needs, at least five. */
function fileName(index: number, count: number): string {
  return `${String(index + 1).padStart(Math.max(5, String(count).length), '0')}.png`;
}

/**
 * Writes pictures; each file appears whole or not at all.
 *
 * @throws GargaloError `bad-input` where there are none, or for what the disk refuses
 */
export async function writePictures(path: string, format: PictureFormat, pictures: Pictures): Promise<void> {
  const { look, count, bytes } = pictures;
  const { width, height, channels } = look;
  if (count === 0) throw badInput(basename(path), 'expected at least one picture to write, got none');
  switch (format) {
    case 'grid': {
      const grid = pictureGrid(pictures);
      return writeFileAtomic(path, encode({ ...grid, channels }));
    }
    case 'idx':
      return writeFileAtomic(path, idxFile(pictures));
    case 'folder': {
      await checkWritable(path);
      const size = width * height * channels;
      for (let i = 0; i < count; i++) {
        const data = bytes.subarray(i * size, (i + 1) * size);
        await writeFileAtomic(join(path, fileName(i, count)), encode({ width, height, channels, data }));
      }
    }
  }
}
