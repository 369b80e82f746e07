import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, posix } from 'node:path';
import { badInput } from '../../core/errors.js';
import { type ImageHeader, readImage, readImageHeader, readSamples } from './decode.js';
import { type ImageFile, imageNames } from './files.js';
import { imageParts } from './parts.js';

/** What a mask of the image 000.png may be called beside 000: 000_mask, 000-gt, … */
const MASK_ENDING = /^$|^[ _.-]?(mask|gt|ground_?truth|label)$/i;

/** Where the images of a folder to score lie, and the folders of masks that belong to them. */
export interface ScoredFolder {
  readonly images: string;
  readonly masks: readonly string[];
}

/** Of a folder in parts: the test part, or the only one, with the masks beside it, also where that part itself is named. */
export async function scoredFolder(source: string): Promise<ScoredFolder> {
  const own = await imageParts(source);
  if (own) return { images: join(source, own.test), masks: own.masks.map((name) => join(source, name)) };
  const above = dirname(source.replace(/[\\/]+$/, ''));
  const parts = await imageParts(above);
  const masks = parts && basename(source) === parts.test ? parts.masks : [];
  return { images: source, masks: masks.map((name) => join(above, name)) };
}

/** The pixels of an image that are anomalous: [height, width], 1 or 0; none where all of it is normal; undefined where nobody says. */
export type MaskOf = (image: ImageFile & ImageHeader) => Promise<Uint8Array | 'normal' | undefined>;

const stemOf = (name: string): string => name.slice(0, name.length - extname(name).length);

/**
 * Masks are 0 where an image is normal, in any channel anything else where it is not; those of a lossy format are bright there.
 * They are read in their own depth: as bytes, 1 of 65535 would be 0.
 */
async function readMarks(path: string, { format, depth, width, height }: ImageHeader): Promise<Uint8Array> {
  if (format === 'jpeg') return (await readImage(path, { channels: 1 })).data.map((value) => (value > 127 ? 1 : 0));
  const { data } = await readSamples(path, { channels: 3 }, depth);
  return Uint8Array.from({ length: width * height }, (_, i) =>
    data[3 * i]! > 0 || data[3 * i + 1]! > 0 || data[3 * i + 2]! > 0 ? 1 : 0,
  );
}

/**
 * Finds the masks of images, in folders that have the same sub-folders as the images: crack/000_mask.png or crack/000.png for
 * crack/000.png; of an image with several all of crack/000/. Images of a sub-folder that has no folder of masks are normal.
 *
 * @throws GargaloError `bad-input` where a mask has another size than its image
 */
export function findMasks(folders: readonly string[]): MaskOf {
  const lists = new Map<string, Promise<readonly string[] | undefined>>();
  const listOf = (folder: string) => {
    const known = lists.get(folder);
    if (known) return known;
    const found = readdir(folder).then(
      (names) => names.filter((name) => imageNames.test(name)),
      () => undefined,
    );
    lists.set(folder, found);
    return found;
  };
  const readMask = async (path: string, image: ImageFile & ImageHeader): Promise<Uint8Array> => {
    const header = await readImageHeader(path);
    if (header.width !== image.width || header.height !== image.height) {
      const expected = `expected a mask of ${image.width} × ${image.height} pixels, as its image ${image.name} has`;
      throw badInput(path, `${expected}, got ${header.width} × ${header.height}`, 'scale it to that');
    }
    return readMarks(path, header);
  };
  return async (image) => {
    const [sub, stem] = [posix.dirname(image.name), stemOf(posix.basename(image.name))];
    let isNormal = true;
    for (const folder of folders) {
      const place = join(folder, sub);
      const names = await listOf(place);
      if (!names) continue;
      isNormal = false;
      const isOwn = (name: string) => name.startsWith(stem) && MASK_ENDING.test(stemOf(name).slice(stem.length));
      const several = (await listOf(join(place, stem))) ?? [];
      const own = [...names.filter(isOwn).slice(0, 1), ...several.map((name) => join(stem, name))];
      const [first, ...others] = await Promise.all(own.map((name) => readMask(join(place, name), image)));
      if (first) return first.map((value, i) => (value === 1 || others.some((mask) => mask[i] === 1) ? 1 : 0));
    }
    return isNormal ? 'normal' : undefined;
  };
}
