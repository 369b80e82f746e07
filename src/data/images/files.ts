import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { badInput } from '../../errors.js';
import { fileProblem } from '../write.js';

/** A file of an image. */
export interface ImageFile {
  readonly path: string;
  /** The path from the folder that was read, with "/" between its parts. */
  readonly name: string;
  /** The sub-folder it lies in, the one nearest to the folder that was read; none at the top. */
  readonly label?: string;
}

/** The images of a folder. */
export interface ImageFiles {
  /** In natural order of their names: 2.png before 10.png. */
  readonly files: readonly ImageFile[];
  /** Files that were left out. */
  readonly skipped: { readonly hidden: number; readonly others: number };
}

/** Endings of the files that are taken for images. */
export const imageNames = /\.(png|jpe?g|webp|tiff?|gif|avif)$/i;

/** The first bytes of PNG, JPEG, GIF and TIFF files. */
const signatures = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x49, 0x49, 42, 0],
  [0x4d, 0x4d, 0, 42],
];

/** Whether the first bytes of a file are those of an image. */
export function isImage(head: Uint8Array): boolean {
  return signatures.some((signature) => signature.every((byte, i) => head[i] === byte));
}

/** Runs of digits and single other characters. */
const partsOf = (name: string): string[] => name.match(/\d+|\D/gu) ?? [];

/** Runs of digits by their value, all else by code unit; names that are the same so (1 and 01) by code unit alone. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i]!, right[i]!];
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

/**
 * Lists the images of a folder and its sub-folders, told by the endings of their names; a single file is a list of one. Hidden
 * files and folders and what is no image are counted; links to folders are not followed.
 *
 * @throws GargaloError `bad-input` where the path cannot be read or holds no image
 */
export async function listImages(path: string): Promise<ImageFiles> {
  const files: ImageFile[] = [];
  let [hidden, others] = [0, 0];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => naturalOrder(a.name, b.name))) {
      const place = join(folder, entry.name);
      const name = prefix + entry.name;
      if (entry.name.startsWith('.')) hidden++;
      else if (entry.isDirectory()) await walk(place, `${name}/`);
      else if (!imageNames.test(name) || !(await isFile(place, entry))) others++;
      else files.push({ path: place, name, ...(prefix !== '' && { label: name.slice(0, name.indexOf('/')) }) });
    }
  };
  try {
    if ((await stat(path)).isDirectory()) await walk(path, '');
    else files.push({ path, name: basename(path) });
  } catch (error) {
    throw fileProblem(path, error, 'read');
  }
  if (files.length === 0) {
    const got = others === 0 ? 'none' : `${others} other file${others === 1 ? '' : 's'}`;
    const endings = '.png, .jpg, .webp, .tiff, .gif or .avif';
    throw badInput(path, `expected images in the folder, got ${got}`, `images are told by their names: ${endings}`);
  }
  return { files, skipped: { hidden, others } };
}

/** Whether an entry is a file, or a link to one. */
async function isFile(path: string, entry: { isFile(): boolean; isSymbolicLink(): boolean }): Promise<boolean> {
  if (entry.isFile()) return true;
  return entry.isSymbolicLink() && ((await stat(path).catch(() => undefined))?.isFile() ?? false);
}
