import { badInput, type GargaloError } from '../core/errors.js';
import { count, several } from '../core/format.js';
import { type Dataset, exampleSize } from './dataset.js';

/**
 * Data up to this size are treated as memory holds them: read whole, copied when split, hashed to the last byte. Beyond it
 * they stay where they are and come in blocks; what would take a second look at everything looks at a sample.
 */
export const LARGE_BYTES = 256 * 2 ** 20;

/** The bytes that examples take, as they are read. */
export function bytesOf({ shape, type, length }: Pick<Dataset, 'shape' | 'type' | 'length'>): number {
  return length * exampleSize({ shape }) * (type === 'uint8' ? 1 : 4);
}

/** Whether data are beyond {@link LARGE_BYTES}. */
export function isLarge(dataset: Pick<Dataset, 'shape' | 'type' | 'length'>): boolean {
  return bytesOf(dataset) > LARGE_BYTES;
}

/** How much a packed file may unpack to: a small one can stand for more than a machine holds. */
export interface UnpackLimit {
  /**
   * Bytes that one packed file (gzip, an array of .npz, Parquet, an image, .gar) may unpack to, in memory or in a temporary file: 128 MiB by
   * default, or 50 times the size of the file where that is more. Of what comes through a pipe 4 GiB.
   */
  readonly maxUnpacked?: number | undefined;
}

/** What any file may unpack to, and how many times its size. Tables and arrays of few different values are packed about 30 times smaller. */
const ANY_UNPACKED = 128 * 2 ** 20;
const MOST_RATIO = 50;

/** Bytes that a file of so many may unpack to. */
export const mostUnpacked = (packed: number, { maxUnpacked }: UnpackLimit = {}, ratio = MOST_RATIO): number =>
  maxUnpacked ?? Math.max(ANY_UNPACKED, ratio * packed);

const units: Readonly<Record<string, number>> = {
  ...{ '': 1, B: 1, K: 1e3, KB: 1e3, M: 1e6, MB: 1e6, G: 1e9, GB: 1e9, T: 1e12, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/** "4GB", "512 MiB" or "4000000000" in bytes. */
export function parseBytes(text: string): number {
  const [, number, unit = ''] = /^([\d.]+)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toUpperCase()] ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes >= 1) return bytes;
  throw badInput('max-unpacked', `expected a size as 4GB, 512MiB or in bytes, got "${text}"`);
}

const sizeWords = (bytes: number) =>
  bytes < 2 ** 20 ? several(bytes, 'byte') : `${count(Math.round(bytes / 2 ** 20))} MiB`;

/**
 * What is said of a file that unpacks to more than it may.
 *
 * @param most that it may unpack to
 * @param claimed that it unpacks to, where that is known
 */
export function tooMuchUnpacked(where: string, most: number, claimed?: number): GargaloError {
  const got = claimed === undefined ? 'more' : sizeWords(claimed);
  const wanted = claimed ?? 16 * most;
  const mend = `of a sound file: \`maxUnpacked: ${Number.isSafeInteger(wanted) ? wanted : Number.MAX_SAFE_INTEGER}\``;
  return badInput(where, `expected at most ${sizeWords(most)} unpacked, got ${got}`, mend);
}
