import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { badInput } from '../../core/errors.js';
import { fileProblem } from '../write/write.js';

/** A file of an image. */
export interface ImageFile {
  readonly path: string;
  /** Its content, where a program has it in memory; then the path is what it is called in messages. */
  readonly bytes?: Uint8Array;
  /** The path from the folder that was read, with "/" between its parts. */
  readonly name: string;
  /** The sub-folder it lies in, the one nearest to the folder that was read; none at the top. */
  readonly label?: string;
  /** The page of a TIFF or frame of an animation, where all of them are read; the first is 0. */
  readonly frame?: number;
}

/** Images to read: a folder or file by its path, or a list of files, each by its path or as its content. */
export type ImageSource = string | readonly (string | ImageBytes)[];

/** The content of an image file. */
export type ImageBytes = Uint8Array | ArrayBuffer | Blob;

/** The images of a folder. */
export interface ImageFiles {
  /** In natural order of their names: 2.png before 10.png. */
  readonly files: readonly ImageFile[];
  /** Files that were left out; the others also by their endings, most frequent first. */
  readonly skipped: {
    readonly hidden: number;
    readonly others: number;
    readonly endings: readonly (readonly [ending: string, count: number])[];
  };
}

/** Endings of the files that are taken for images. */
export const imageNames = /\.(png|jpe?g|jpe|jfif|pjpe?g|webp|tiff?|gif|avif)$/i;

/** Endings of images that the library cannot decode, or of which it would show a small copy. */
export const otherImageNames =
  /\.(bmp|dib|p[bgpn]m|pfm|heic|heif|jp2|j2k|jxl|jxr|ico|tga|psd|xcf|exr|hdr|dds|svgz?|fits?|dcm|nii|dng|cr[23]|nef|arw|orf|rw2|raf)$/i;

/** The first bytes of PNG, JPEG, GIF, TIFF and BigTIFF files. */
const signatures = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x49, 0x49, 42, 0],
  [0x4d, 0x4d, 0, 42],
  [0x49, 0x49, 43, 0],
  [0x4d, 0x4d, 0, 43],
];

/** Bytes that tell an image. */
const HEAD_BYTES = 12;

/** Whether the first bytes of a file are those of an image. */
export function isImage(head: Uint8Array): boolean {
  if (signatures.some((signature) => signature.every((byte, i) => head[i] === byte))) return true;
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  return /^RIFF[\s\S]{4}WEBP/.test(text) || /^[\s\S]{4}ftypavi[fs]/.test(text);
}

/**
 * Whether a file is an image that can be read: by its name, and of another name by its first bytes.
 */
export async function isImageFile(path: string): Promise<boolean> {
  if (imageNames.test(path)) return true;
  if (otherImageNames.test(path)) return false;
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const head = new Uint8Array(HEAD_BYTES);
    return isImage(head.subarray(0, (await file.read(head, 0, HEAD_BYTES, 0)).bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** Runs of digits and single other characters. */
const partsOf = (name: string): string[] => name.match(/\d+|\D/gu) ?? [];

/** Runs of digits by their value, all else by code unit; names that are the same so (1 and 01) by code unit alone. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const [i, one] of left.entries()) {
    const other = right[i];
    if (other === undefined) break;
    const both = /^\d/.test(one) && /^\d/.test(other);
    const difference = both ? compareDigits(one, other) : one < other ? -1 : one > other ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Numbers of any length, as digits. */
function compareDigits(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

/** Endings of files with how many have each, in words: "2 .bmp, 1 without an ending". */
export function endingWords(endings: readonly (readonly [ending: string, count: number])[], most = 8): string {
  const more = endings.slice(most).reduce((sum, [, count]) => sum + count, 0);
  const told = endings.slice(0, most).map(([ending, count]) => `${count} ${ending || 'without an ending'}`);
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** What can be done about images that are left out. */
export function convertWords(endings: readonly (readonly [ending: string, count: number])[]): string | undefined {
  const images = endings.map(([ending]) => ending).filter((ending) => otherImageNames.test(ending));
  return images.length === 0 ? undefined : `${images.join(', ')} cannot be read: convert to PNG`;
}

/**
 * Lists the images of a folder and its sub-folders, told by the endings of their names, and of other names by their first bytes;
 * a single file is a list of one. Hidden files and folders and what is no image are counted; links to folders are not followed.
 *
 * @throws GargaloError `bad-input` where the path cannot be read or holds no image
 */
export async function listImages(path: string): Promise<ImageFiles> {
  const files: ImageFile[] = [];
  const others = new Map<string, number>();
  let hidden = 0;
  const walk = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => naturalOrder(a.name, b.name))) {
      const place = join(folder, entry.name);
      const name = prefix + entry.name;
      if (entry.name.startsWith('.')) hidden++;
      else if (entry.isDirectory()) await walk(place, `${name}/`);
      else if ((await isFile(place, entry)) && (await isImageFile(place))) {
        files.push({ path: place, name, ...(prefix !== '' && { label: name.slice(0, name.indexOf('/')) }) });
      } else {
        const ending = extname(name).toLowerCase();
        others.set(ending, (others.get(ending) ?? 0) + 1);
      }
    }
  };
  try {
    if ((await stat(path)).isDirectory()) await walk(path, '');
    else files.push({ path, name: basename(path) });
  } catch (error) {
    throw fileProblem(path, error, 'read');
  }
  const endings = [...others].sort((a, b) => b[1] - a[1]);
  if (files.length === 0) {
    const kinds = 'images that are read: PNG, JPEG, WebP, TIFF, GIF, AVIF';
    const mend = convertWords(endings) ?? kinds;
    throw badInput(path, `expected images in the folder, got ${endingWords(endings) || 'none'}`, mend);
  }
  return { files, skipped: { hidden, others: endings.reduce((sum, [, count]) => sum + count, 0), endings } };
}

/**
 * The images of a source: those of a folder, or those of a list in its order.
 *
 * @throws GargaloError `bad-input` as {@link listImages}; where an item of the list is neither a path nor bytes
 */
export async function imagesOf(source: ImageSource): Promise<ImageFiles> {
  if (typeof source === 'string') return listImages(source);
  if (!Array.isArray(source)) {
    const problem = 'expected a path, or a list of paths and of the bytes of image files, got another value';
    throw badInput('images', problem, 'put a single image into a list: [image]');
  }
  const files: ImageFile[] = [];
  for (const [i, item] of source.entries()) {
    const name = `images[${i}]`;
    if (typeof item === 'string') files.push({ path: item, name: basename(item) });
    else files.push({ path: name, name, bytes: await bytesOf(item, name) });
  }
  if (files.length === 0) throw badInput('images', 'expected at least one image, got none');
  return { files, skipped: { hidden: 0, others: 0, endings: [] } };
}

async function bytesOf(item: ImageBytes, name: string): Promise<Uint8Array> {
  if (item instanceof Uint8Array) return item;
  if (item instanceof ArrayBuffer) return new Uint8Array(item);
  if (item instanceof Blob) return new Uint8Array(await item.arrayBuffer());
  throw badInput(name, `expected a path or the bytes of an image file, got ${typeof item}`);
}

/** What a source is called in messages. */
export const sourceName = (source: ImageSource): string => (typeof source === 'string' ? source : 'images');

/** Whether an entry is a file, or a link to one. */
async function isFile(path: string, entry: { isFile(): boolean; isSymbolicLink(): boolean }): Promise<boolean> {
  if (entry.isFile()) return true;
  return entry.isSymbolicLink() && ((await stat(path).catch(() => undefined))?.isFile() ?? false);
}
