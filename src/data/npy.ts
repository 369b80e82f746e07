import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { badInput } from '../errors.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { refuseNotFinite } from './scaling.js';
import { fileProblem } from './write.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** How the bytes of one type become the numbers of a data set. Little-endian, as every machine this runs on. */
const types: Readonly<Record<string, { bytes: number; read(buffer: ArrayBuffer): Uint8Array | Float32Array }>> = {
  u1: { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  f4: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, read: (buffer) => Float32Array.from(new Float64Array(buffer)) },
  i4: { bytes: 4, read: (buffer) => Float32Array.from(new Int32Array(buffer)) },
  i8: { bytes: 8, read: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number) },
};

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

function parseHeader(text: string, name: string): { type: string; fortran: boolean; shape: number[] } {
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sides = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  const shape = (sides ?? '').split(',').flatMap((side) => (side.trim() === '' ? [] : [Number.parseInt(side, 10)]));
  if (!descr || order === undefined || sides === undefined || !shape.every(Number.isSafeInteger)) {
    throw badInput(name, 'expected descr, fortran_order and shape in the header, got something else', 'it is damaged');
  }
  return { type: descr[1] ?? 'a record of several types', fortran: order === 'True', shape };
}

/** Column-major to row-major. */
function transpose<T extends Uint8Array | Float32Array>(values: T, shape: readonly number[]): T {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, side) => product * side, 1));
  const result = values.slice() as T;
  const place = shape.map(() => 0);
  for (let i = 0, from = 0; i < values.length; i++) {
    result[i] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
}

/**
 * Reads a NumPy array (versions 1.0–3.0 of the format, NEP 1) of two or more axes; the first one counts the examples.
 * uint8 stays uint8; float32, float64, int32 and int64 become float32. One axis is refused, because it could be one example or
 * one column: the caller must say which.
 *
 * @throws GargaloError `bad-input` for another type or byte order, no examples, missing or surplus bytes, NaN and infinity
 */
export function decodeNpy(bytes: Uint8Array, name: string): Dataset {
  const { textStart, end } = headerEnd(bytes, name);
  const { type, fortran, shape } = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(textStart, end)), name);
  const known = /^[<|=]/.test(type) ? types[type.slice(1)] : undefined;
  if (!known) {
    const mend = "in Python: array.astype('<f4')";
    throw badInput(name, `expected values of type <f4, <f8, |u1, <i4 or <i8, got ${type}`, mend);
  }
  if (shape.length < 2) {
    const mend = 'in Python: array.reshape(-1, 1) for one column, array.reshape(1, -1) for one example';
    throw badInput(name, `expected two axes or more, got shape (${shape.join(', ')})`, mend);
  }
  if (shape.includes(0)) throw badInput(name, `expected at least one value, got shape (${shape.join(', ')})`);
  const expected = shape.reduce((product, side) => product * BigInt(side), BigInt(known.bytes));
  const got = bytes.length - end;
  if (BigInt(got) !== expected) {
    const problem = BigInt(got) < expected ? 'it is cut short' : 'it has surplus bytes';
    throw badInput(
      name,
      `expected ${expected} bytes of values for shape (${shape.join(', ')}), got ${got}: ${problem}`,
    );
  }
  const read = known.read(new Uint8Array(bytes.subarray(end)).buffer);
  const values = fortran ? transpose(read, shape) : read;
  const dataset = arrayDataset(values, { name: basename(name), shape: shape.slice(1) });
  if (values instanceof Float32Array) refuseNotFinite(values, name, values.length / dataset.length);
  return dataset;
}

/**
 * Reads a .npy file into memory; see {@link decodeNpy}.
 *
 * @throws GargaloError `bad-input` also where the file is missing, closed or larger than 2 GiB
 */
export async function readNpy(path: string): Promise<Dataset> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileProblem(path, error, 'read');
  });
  return decodeNpy(bytes, path);
}
