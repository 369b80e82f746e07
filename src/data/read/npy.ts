import { basename } from 'node:path';
import { badInput, type GargaloError } from '../../core/errors.js';
import { collect } from '../collect.js';
import { arrayDataset, type Dataset, type Values } from '../dataset.js';
import { type Elements, elementsOf } from '../elements.js';
import { LARGE_BYTES, mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { openRounding } from '../rounding.js';
import { refuseNotFinite } from '../scaling.js';
import { gzipPlace, isGzip, packedExamples, readUnpacked, unpackedHead, unpackedPieces } from './packed.js';
import { type ByteSource, openBytes, positionalDataset } from './positional.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** Whether these bytes begin a NumPy array. */
export function isNpy(head: Uint8Array): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

/** The length of the header with its prefix, or what was wrong. */
function headerEnd(bytes: Uint8Array, name: string): { textStart: number; end: number } {
  if (!isNpy(bytes)) {
    const got = [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    throw badInput(name, `expected a NumPy array (first bytes 934e554d5059), got ${got || 'an empty file'}`);
  }
  const version = bytes[6];
  if (version !== undefined && (version < 1 || version > 3)) {
    throw badInput(name, `expected version 1, 2 or 3 of the format, got ${version}`, 'save it again with numpy.save');
  }
  const textStart = version === 1 ? 10 : 12;
  if (bytes.length < textStart)
    throw badInput(name, `expected ${textStart} bytes, got ${bytes.length}: it is cut short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const end = textStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < end) {
    throw badInput(name, `expected a header of ${end} bytes, got ${bytes.length}: it is cut short`);
  }
  return { textStart, end };
}

/** What the header of an array says. */
export interface NpyHeader {
  /** The type as NumPy writes it: "<f4". */
  readonly type: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

/**
 * Reads the header of a NumPy array (versions 1.0–3.0 of the format, NEP 1).
 *
 * @param bytes the file, or as much of it as holds the header; {@link HEADER_BYTES} do for all but records of many fields
 * @throws GargaloError `bad-input` where it is none, or cut short
 */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const { textStart, end } = headerEnd(bytes, name);
  const text = new TextDecoder('latin1').decode(bytes.subarray(textStart, end));
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sides = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  const shape = (sides ?? '').split(',').flatMap((side) => (side.trim() === '' ? [] : [Number.parseInt(side, 10)]));
  if (!descr || order === undefined || sides === undefined || !shape.every(Number.isSafeInteger)) {
    throw badInput(name, 'expected descr, fortran_order and shape in the header, got something else', 'it is damaged');
  }
  return { type: descr[1] ?? 'a record of several types', fortran: order === 'True', shape, start: end };
}

/** Enough of a file for its header. */
export const HEADER_BYTES = 2 ** 16;

/** The numbers of an array; undefined where they are none, or complex. */
export function npyElements({ type }: NpyHeader): Elements | undefined {
  return /^[<>|=]/.test(type) ? elementsOf(type.slice(1), type.startsWith('>')) : undefined;
}

/**
 * The numbers of an array of examples, whose header is looked over.
 *
 * @param bytes that follow the header
 * @throws GargaloError `bad-input` for another type, one axis, no examples, missing or surplus bytes
 */
export function checkExamples(header: NpyHeader, bytes: number, name: string): Elements {
  const { type, shape } = header;
  const elements = npyElements(header);
  if (!elements) {
    const mend = "in Python: array.astype('<f4')";
    throw badInput(name, `expected numbers (float16 to float64, integers, bool), got values of type ${type}`, mend);
  }
  if (shape.length < 2) {
    const labels = 'of labels name it with `label` beside the examples';
    const mend = `${labels}; of one column array.reshape(-1, 1), of one example array.reshape(1, -1)`;
    const problem = `expected two axes or more, of which the first counts the examples, got shape (${shape.join(', ')},)`;
    throw badInput(name, problem, mend);
  }
  if (shape.includes(0)) throw badInput(name, `expected at least one value, got shape (${shape.join(', ')})`);
  checkBytes(header, elements, bytes, name);
  return elements;
}

/** Refuses an array with missing or surplus bytes. */
export function checkBytes({ shape }: NpyHeader, elements: Elements, bytes: number, name: string): void {
  const expected = shape.reduce((product, side) => product * BigInt(side), BigInt(elements.bytes));
  if (BigInt(bytes) === expected) return;
  const problem = BigInt(bytes) < expected ? 'it is cut short' : 'it has surplus bytes';
  throw badInput(
    name,
    `expected ${expected} bytes of values for shape (${shape.join(', ')}), got ${bytes}: ${problem}`,
  );
}

/** Column-major to row-major. */
function transpose(values: Values, shape: readonly number[]): Values {
  const result = values.slice();
  let at = 0;
  let stride = values.length;
  // from the last axis, whose places lie farthest apart and follow one another in the result, to the first
  const copy = shape.toReversed().reduce<(from: number) => void>(
    (inner, side) => {
      stride /= side;
      const apart = stride;
      return (from) => {
        for (let i = 0; i < side; i++) inner(from + i * apart);
      };
    },
    (from) => {
      result[at++] = values[from]!;
    },
  );
  copy(0);
  return result;
}

/** Columns that are told one by one, at most: else the array as a whole. */
const TOLD = 100;

/** What 32-bit floats lose of an array, by column where it has rows of few. */
function roundingNotes(bytes: Uint8Array, { exact }: Elements, { shape, fortran }: NpyHeader): string[] {
  if (!exact) return [];
  const [rows = 1, columns = 1] = shape;
  const isTold = shape.length === 2 && columns <= TOLD;
  const each = Array.from({ length: isTold ? columns : 1 }, openRounding);
  let at = 0;
  exact(bytes, (value) => {
    if (value - value === 0) each[isTold ? (fortran ? Math.floor(at / rows) : at % columns) : 0]!.add(value);
    at++;
  });
  return each.flatMap((rounding, j) => {
    const words = rounding.words();
    return words === undefined ? [] : [`! ${isTold ? `column ${j + 1}` : 'the values'}: ${words}`];
  });
}

/**
 * Reads a NumPy array of two or more axes; the first one counts the examples. Bytes (uint8) stay bytes; floats of 16, 32 and 64
 * bits, integers and bools become float32, rounded where that holds less digits. One axis is refused, because it could be one
 * example or one column: the caller must say which.
 *
 * @param isOurs whether the memory may become that of the data set
 * @throws GargaloError `bad-input` for another type, no examples, missing or surplus bytes, NaN and infinity
 */
export function decodeNpy(bytes: Uint8Array<ArrayBuffer>, name: string, isOurs: true): Dataset;
export function decodeNpy(bytes: Uint8Array, name: string): Dataset;
export function decodeNpy(bytes: Uint8Array, name: string, isOurs = false): Dataset {
  const header = readNpyHeader(bytes, name);
  const { shape, fortran, start } = header;
  const elements = checkExamples(header, bytes.length - start, name);
  const notes = roundingNotes(bytes.subarray(start), elements, header);
  const content = bytes.subarray(start);
  const read = elements.read(isOurs ? (content as Uint8Array<ArrayBuffer>) : new Uint8Array(content));
  const values = fortran ? transpose(read, shape) : read;
  const form = { name: basename(name), shape: shape.slice(1), ...(notes.length > 0 && { notes }) };
  const dataset = arrayDataset(values, form);
  if (values instanceof Float32Array) refuseNotFinite(values, name, values.length / dataset.length);
  return dataset;
}

/**
 * Reads a .npy file, plain or packed with gzip: into memory up to 256 MiB, see {@link decodeNpy}; a larger one stays where it is and is read block by
 * block, and then NaN and infinity are found when their block is read.
 *
 * @param largeBytes the size from which on a file is read in blocks
 * @throws GargaloError `bad-input` also where the file is missing or closed, or too large and in Fortran order
 */
export async function readNpy(
  path: string,
  { largeBytes = LARGE_BYTES, ...limit }: { readonly largeBytes?: number } & UnpackLimit = {},
): Promise<Dataset> {
  const source = await openBytes(path);
  if (isGzip(await source.read(0, Math.min(source.size, 2))))
    return readPacked(path, largeBytes, mostUnpacked(source.size, limit));
  if (source.size <= largeBytes) return decodeNpy(await source.read(0, source.size), path, true);
  return npyAt(source, 0, source.size, path);
}

/** An array packed with gzip: unpacked in memory, a large one into a temporary file. */
async function readPacked(path: string, largeBytes: number, most: number): Promise<Dataset> {
  const header = readNpyHeader(await unpackedHead(path, HEADER_BYTES), path);
  const values = header.shape.reduce((product, side) => product * side, npyElements(header)?.bytes ?? 1);
  const size = header.start + values;
  if (size > most) throw tooMuchUnpacked(path, most, size);
  // what is no array of numbers is for the decoder to refuse, by its header
  if (values <= largeBytes) {
    return decodeNpy(await readUnpacked(path, { maxUnpacked: most }, npyElements(header) && size), path, true);
  }
  const {
    shape: [length = 0, ...shape],
    start,
    fortran,
  } = header;
  const elements = checkExamples(header, values, path);
  if (fortran) throw refusedColumns(values, path);
  const pieces = () => unpackedPieces(gzipPlace(path, most));
  const stream = packedExamples({ where: path, shape, length, elements, skip: start, pieces });
  return collect(stream, { memoryBytes: largeBytes });
}

/** What is said of a large array whose examples do not lie one after another. */
export function refusedColumns(bytes: number, path: string): GargaloError {
  const mend = 'in Python, before saving: numpy.ascontiguousarray(array)';
  return badInput(path, `expected rows one after another (C order) in an array of ${bytes} bytes, got columns`, mend);
}

/**
 * An array that lies somewhere in a file, read where it lies.
 *
 * @param at where its header begins
 * @param bytes of header and values
 */
export async function npyAt(source: ByteSource, at: number, bytes: number, path: string): Promise<Dataset> {
  const header = readNpyHeader(await source.read(at, Math.min(bytes, HEADER_BYTES)), path);
  const { shape, start, fortran } = header;
  const elements = checkExamples(header, bytes - start, path);
  if (fortran) throw refusedColumns(bytes, path);
  const [length = 0, ...sides] = shape;
  return positionalDataset({ source, offset: at + start, length, elements, name: basename(path), shape: sides });
}
