import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badInput } from '../../core/errors.js';
import { collect } from '../collect.js';
import { arrayDataset, type Dataset, type Labels } from '../dataset.js';
import { type Elements, elementsOfType } from '../elements.js';
import { LARGE_BYTES, mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { refuseNotFinite } from '../scaling.js';
import { gzipPlace, isGzip, packedExamples, readUnpacked, unpackedHead, unpackedPieces } from './packed.js';
import { openBytes, positionalDataset } from './positional.js';

/** The third byte of the magic number: what the values are. */
const bytesType = 0x08;
const floatType = 0x0d;

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;

/** Whether these bytes begin an IDX file of any element type, readable here or not. */
export function isIdx(head: Uint8Array): boolean {
  const [a, b, type, axes] = head;
  return a === 0 && b === 0 && type !== undefined && type >= 0x08 && type <= 0x0e && axes !== undefined && axes > 0;
}

interface IdxHeader {
  readonly shape: readonly number[];
  readonly elements: Elements;
  /** Where the values begin. */
  readonly start: number;
}

/** The longest header: four axes. */
const HEADER_BYTES = 20;

/**
 * The format is LeCun's, from the MNIST page: two zero bytes, the type, the number of axes, each axis as a big-endian 32-bit
 * number, the values, row-major and big-endian.
 *
 * @param bytes the first ones
 * @param size of the whole file
 */
function parseHeader(bytes: Uint8Array, size: number, name: string, magic?: number): IdxHeader {
  if (size < 4) throw badInput(name, `expected an IDX file of at least 9 bytes, got ${size}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const got = view.getUint32(0);
  const type = got >>> 8;
  const axes = got & 0xff;
  if (magic !== undefined ? got !== magic : (type !== bytesType && type !== floatType) || axes < 1 || axes > 4) {
    const expected =
      magic === undefined ? '0x00000801 … 0x00000804 (bytes) or 0x00000d01 … 0x00000d04 (floats)' : hex(magic);
    throw badInput(name, `expected the IDX magic number ${expected}, got ${hex(got)}`, 'is this another kind of file?');
  }
  const start = 4 + 4 * axes;
  if (size < start) throw badInput(name, `expected a header of ${start} bytes, got ${size}: it is cut short`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const elements = elementsOfType(type === bytesType ? 'uint8' : 'float32', true);
  if (shape.includes(0)) throw badInput(name, `expected at least one example, got shape [${shape.join(', ')}]`);
  const expected = shape.reduce((product, side) => product * BigInt(side), BigInt(elements.bytes)) + BigInt(start);
  if (BigInt(size) !== expected) {
    const problem = BigInt(size) < expected ? 'it is cut short' : 'it has surplus bytes';
    throw badInput(name, `expected ${expected} bytes for shape [${shape.join(', ')}], got ${size}: ${problem}`);
  }
  return { shape, elements, start };
}

/** The size that a file should have by its header; undefined where that is cut short or none. */
function expectedBytes(head: Uint8Array): number | undefined {
  const [, , type, axes = 0] = head;
  if (!isIdx(head) || head.length < 4 + 4 * axes) return undefined;
  const view = new DataView(head.buffer, head.byteOffset);
  const values = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis)).reduce((a, b) => a * b, 1);
  return 4 + 4 * axes + values * (type === bytesType ? 1 : 4);
}

/** With one axis, every example is a single value. */
const exampleShape = ([, ...sides]: readonly number[]): number[] => (sides.length > 0 ? sides : [1]);

/**
 * Reads an IDX file of bytes or 32-bit floats with one to four axes; the first axis counts the examples. With one axis, every
 * example is a single value.
 *
 * @param bytes the unpacked file; may be kept as the storage of the data set
 * @param isOurs whether floats may take the memory over too
 * @throws GargaloError `bad-input` for another magic number, no examples, missing or surplus bytes, NaN and infinity
 */
export function decodeIdx(bytes: Uint8Array, name: string, isOurs = false): Dataset {
  const { shape, elements, start } = parseHeader(bytes, bytes.length, name);
  const own =
    bytes.buffer instanceof ArrayBuffer && (isOurs || elements.bytes === 1)
      ? (bytes as Uint8Array<ArrayBuffer>)
      : undefined;
  const values = elements.read(own ? own.subarray(start) : bytes.slice(start));
  const dataset = arrayDataset(values, { name: basename(name), shape: exampleShape(shape) });
  if (values instanceof Float32Array) refuseNotFinite(values, name, values.length / dataset.length);
  return dataset;
}

/** "…images…idx3…" → "…labels…idx1…"; undefined for other names. */
function labelsPath(path: string): string | undefined {
  const name = basename(path);
  if (!/images.*idx3/.test(name)) return undefined;
  return join(dirname(path), name.replace('images', 'labels').replace('idx3', 'idx1'));
}

export async function readLabels(
  path: string,
  images: string,
  count: number,
  { labelNames: names, ...limit }: Pick<IdxOptions, 'labelNames' | 'maxUnpacked'> = {},
): Promise<Labels> {
  const bytes = await readUnpacked(path, limit);
  const { start } = parseHeader(bytes, bytes.length, path, 0x00000801);
  const values = bytes.subarray(start);
  if (values.length !== count) {
    throw badInput(path, `expected ${count} labels, one for each image of ${basename(images)}, got ${values.length}`);
  }
  let classes = 0;
  for (const value of values) classes = Math.max(classes, value + 1);
  if (names && classes > names.length) {
    throw badInput(path, `expected labels from 0 to ${names.length - 1}, got ${classes - 1}`);
  }
  return { values: Int32Array.from(values), names: names ?? Array.from({ length: classes }, (_, i) => String(i)) };
}

/** What {@link readIdx} may be told. */
export interface IdxOptions extends UnpackLimit {
  /** The name of the data set; the file's own by default. */
  readonly name?: string;
  /** The names of the classes; "0", "1", … by default. */
  readonly labelNames?: readonly string[];
  /** What is larger, unpacked, is not read into memory; 256 MiB by default. */
  readonly largeBytes?: number;
}

/** The size that a packed file should have unpacked, by its header. */
async function headerSize(path: string): Promise<number | undefined> {
  const source = await openBytes(path);
  if (!isGzip(await source.read(0, Math.min(2, source.size)))) return undefined;
  return expectedBytes(await unpackedHead(path, HEADER_BYTES));
}

/** What a file holds where that is larger than a limit: read where it lies, or unpacked beside; undefined for any other. */
async function readLarge(path: string, largeBytes: number, limit: UnpackLimit): Promise<Dataset | undefined> {
  const source = await openBytes(path);
  if (source.size < 2) return undefined;
  const start = await source.read(0, Math.min(source.size, HEADER_BYTES));
  const packed = isGzip(start);
  if (!packed && source.size <= largeBytes) return undefined;
  const head = packed ? await unpackedHead(path, HEADER_BYTES) : start;
  // What the header says is not known to be so before all is unpacked.
  const size = packed ? expectedBytes(head) : source.size;
  if (size === undefined || size <= largeBytes) return undefined;
  const most = mostUnpacked(source.size, limit);
  if (packed && size > most) throw tooMuchUnpacked(path, most, size);
  const header = parseHeader(head, size, path);
  const [length = 0] = header.shape;
  const common = { length, elements: header.elements, shape: exampleShape(header.shape) };
  if (!packed) return positionalDataset({ ...common, source, offset: header.start, name: basename(path) });
  const pieces = () => unpackedPieces(gzipPlace(path, most));
  return collect(packedExamples({ ...common, where: path, skip: header.start, pieces }), { memoryBytes: largeBytes });
}

/**
 * Reads an IDX file, plain or packed with gzip; bytes stay bytes. Up to 256 MiB it is read into memory; a larger one stays where
 * it is and is read block by block (and then NaN and infinity are found when their block is read), or is unpacked into a temporary
 * file. Beside a file called like "train-images-idx3-ubyte", "train-labels-idx1-ubyte" is taken for the labels.
 *
 * @throws GargaloError `bad-input` as {@link decodeIdx}, and where a file is missing, closed or badly packed,
 *   or the labels are not one byte for each image
 */
export async function readIdx(path: string, options: IdxOptions = {}): Promise<Dataset> {
  const placed = await readLarge(path, options.largeBytes ?? LARGE_BYTES, options);
  const dataset = placed ?? decodeIdx(await readUnpacked(path, options, await headerSize(path)), path, true);
  const sibling = labelsPath(path);
  const found = sibling !== undefined && (await stat(sibling).catch(() => undefined))?.isFile();
  return {
    ...dataset,
    ...(options.name !== undefined && { name: options.name }),
    ...(found && { labels: await readLabels(sibling, path, dataset.length, options) }),
  };
}
