import { badInput } from '../../core/errors.js';
import { collect } from '../collect.js';
import type { Dataset, Labels } from '../dataset.js';
import { collectLabels } from '../gather.js';
import { LARGE_BYTES, mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import type { ExampleStream } from '../stream.js';
import {
  checkBytes,
  checkExamples,
  decodeNpy,
  HEADER_BYTES,
  type NpyHeader,
  npyAt,
  npyElements,
  readNpyHeader,
  refusedColumns,
} from './npy.js';
import { packedExamples } from './packed.js';
import { type ByteSource, openBytes } from './positional.js';
import { memberPieces, memberStart, readMember, readZip, type ZipMember } from './zip.js';

/** An array of an archive. */
interface NpzArray {
  readonly name: string;
  readonly member: ZipMember;
  readonly header: NpyHeader;
}

/** "data.npz:name": an archive and the array wanted of it; undefined for any other path. */
export function splitNpzPath(path: string): { readonly file: string; readonly array: string } | undefined {
  const parts = /^(.*\.npz):([^/\\]+)$/i.exec(path);
  const [, file, array] = parts ?? [];
  return file !== undefined && array !== undefined ? { file, array } : undefined;
}

/** The first bytes of a member. */
async function headOf(source: ByteSource, member: ZipMember): Promise<Uint8Array> {
  if (member.method === 'stored') {
    return source.read(await memberStart(source, member), Math.min(member.size, HEADER_BYTES));
  }
  const head = new Uint8Array(Math.min(member.size, HEADER_BYTES));
  let at = 0;
  for await (const piece of memberPieces(source, member)) {
    const part = piece.subarray(0, head.length - at);
    head.set(part, at);
    at += part.length;
    if (at === head.length) break;
  }
  return head.subarray(0, at);
}

/** Arrays of an archive that are looked at, and that are named in a message. */
const [MOST_ARRAYS, MOST_NAMED] = [2 ** 14, 20];

/** Arrays in a message. */
function listOf(arrays: readonly NpzArray[]): string {
  const more = arrays.length > MOST_NAMED ? `, … (${arrays.length - MOST_NAMED} more)` : '';
  return arrays.slice(0, MOST_NAMED).map(describe).join(', ') + more;
}

const describe = ({ name, header: { type, shape } }: NpzArray) =>
  `${name} (${shape.join(', ')}${shape.length === 1 ? ',' : ''}) ${type}`;

/** Names of classes rather than of examples: "y", "labels", "y_train". */
const labelNames = /^(y|labels?|targets?|class(es)?)(?=$|[^a-z])/i;
/** What an array of examples is called, before "_train" and the like. */
const exampleNames = /^(x|data|images?|features?|inputs?|examples?)(?=$|[^a-z])/i;

/** The array that is wanted, by default that of examples: the one named; the only one that can be; the one called X. */
function chooseExamples(arrays: readonly NpzArray[], path: string, wanted: string | undefined): NpzArray {
  const list = listOf(arrays);
  if (wanted !== undefined) {
    const found = arrays.find(({ name }) => name === wanted);
    if (found) return found;
    throw badInput(path, `expected an array called ${wanted}, got ${list}`, 'name one of these');
  }
  const can = arrays.filter(
    ({ name, header }) => header.shape.length > 1 && npyElements(header) && !labelNames.test(name),
  );
  const chosen = can.length === 1 ? can[0] : can.find(({ name }) => name === 'X' || name === 'x');
  if (chosen) return chosen;
  const [first] = can;
  if (!first) {
    throw badInput(path, `expected an array of numbers with two axes or more, got ${list || 'no array at all'}`);
  }
  const mend = `name one: ${path}:${first.name}`;
  throw badInput(path, `expected one array of examples, got ${listOf(can)}`, mend);
}

/** The array that holds a class for each example, by its name: y for X, y_train for x_train. */
function chooseLabels(arrays: readonly NpzArray[], examples: NpzArray): NpzArray | undefined {
  const rest = examples.name.replace(exampleNames, '');
  const suffix = rest === examples.name ? '' : rest;
  return arrays.find(({ name, header: { shape } }) => {
    const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
    return flat && labelNames.test(name) && name.replace(labelNames, '') === suffix && name !== examples.name;
  });
}

/** The words of an array of text, of fixed width: bytes ("S") or code points of four bytes ("U"). */
function textsOf(bytes: Uint8Array, kind: string, width: number, isBigEndian: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const one = kind === 'U' ? 4 : 1;
  return Array.from({ length: bytes.length / (width * one) }, (_, i) => {
    let text = '';
    for (let k = 0; k < width; k++) {
      const at = (i * width + k) * one;
      const code = kind === 'U' ? view.getUint32(at, !isBigEndian) : view.getUint8(at);
      if (code === 0) break;
      text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    return text;
  });
}

/** The examples that labels are of. */
export interface LabelledExamples {
  readonly name: string;
  readonly length: number;
}

/** Labels that are made words of at once. */
const LABELS_AT_ONCE = 2 ** 16;

/**
 * Classes, of whole numbers, bools or words; undefined of measurements, which are none.
 *
 * @throws GargaloError `bad-input` where there is not one for each example
 */
export function labelsOf(
  bytes: Uint8Array<ArrayBuffer>,
  header: NpyHeader,
  where: string,
  examples: LabelledExamples,
): Labels | undefined {
  const check = (): void => {
    const [length = 0] = header.shape;
    if (length === examples.length) return;
    throw badInput(where, `expected ${examples.length} labels, one for each ${examples.name}, got ${length}`);
  };
  const content = bytes.subarray(header.start);
  const collected = collectLabels();
  const [, order, kind, width] = /^([<>|=])([SU])(\d+)$/.exec(header.type) ?? [];
  if (kind !== undefined) {
    if (Number(width) === 0) return undefined;
    check();
    collected.add(textsOf(content, kind, Number(width), order === '>').map((word) => word || undefined));
    return collected.take();
  }
  const elements = npyElements(header);
  if (!elements) return undefined;
  checkBytes(header, elements, content.length, where);
  const numbers = elements.read(content);
  if (numbers.some((number) => !Number.isInteger(number) && !Number.isNaN(number))) return undefined;
  check();
  for (let at = 0; at < numbers.length; at += LABELS_AT_ONCE) {
    const some = Array.from(numbers.subarray(at, at + LABELS_AT_ONCE));
    collected.add(some.map((number) => (Number.isNaN(number) ? undefined : String(number))));
  }
  return collected.take();
}

/** The examples of a deflated array, one block after another. */
function streamed(source: ByteSource, { member, header }: NpzArray, where: string): ExampleStream {
  const elements = checkExamples(header, member.size - header.start, where);
  if (header.fortran) throw refusedColumns(member.size, where);
  const [length = 0, ...shape] = header.shape;
  const pieces = () => memberPieces(source, member);
  return packedExamples({ where, shape, length, elements, skip: header.start, pieces });
}

/** All arrays of an archive. */
async function arraysOf(source: ByteSource): Promise<NpzArray[]> {
  const arrays: NpzArray[] = [];
  const members = (await readZip(source)).filter(({ name }) => /\.npy$/i.test(name));
  if (members.length > MOST_ARRAYS) {
    const mend = 'in Python: numpy.savez with those that are wanted, or one array of all of them';
    throw badInput(source.path, `expected at most ${MOST_ARRAYS} arrays, got ${members.length}`, mend);
  }
  for (const member of members) {
    const name = member.name.replace(/\.npy$/i, '');
    arrays.push({ name, member, header: readNpyHeader(await headOf(source, member), `${source.path}:${name}`) });
  }
  return arrays;
}

/** Refuses an array that unpacks to more than it may. */
function checkUnpacked({ path }: ByteSource, { name, packed, size }: ZipMember, limit: UnpackLimit): void {
  const most = mostUnpacked(packed, limit);
  if (size > most) throw tooMuchUnpacked(`${path}:${name}`, most, size);
}

/**
 * The classes in an array of an archive.
 *
 * @returns undefined where it holds measurements
 * @throws GargaloError `bad-input` where there is no such array
 */
export async function readLabelArray(
  path: string,
  name: string,
  examples: LabelledExamples,
  limit: UnpackLimit = {},
): Promise<Labels | undefined> {
  const source = await openBytes(path);
  const { member, header } = chooseExamples(await arraysOf(source), path, name);
  checkUnpacked(source, member, limit);
  return labelsOf(await readMember(source, member), header, `${path}:${name}`, examples);
}

/** What {@link readNpz} may be told. */
export interface NpzOptions extends UnpackLimit {
  /** The array to read, where there are several; else the path may name it, "data.npz:x_train". */
  readonly array?: string;
  /** The size from which on an array is not read into memory; 256 MiB by default. */
  readonly largeBytes?: number;
}

/**
 * Reads an archive of NumPy arrays (numpy.savez, numpy.savez_compressed). The examples are the array named; else the only one of
 * two axes or more; else the one called X. An array of one axis called y or labels (for x_train: y_train) holds their classes,
 * where these are whole numbers or words. A large array stays in the archive where it is not packed, else it is unpacked into a
 * temporary file.
 *
 * @throws GargaloError `bad-input` as for .npy files; for a damaged archive; where several arrays could be meant, with all of them
 */
export async function readNpz(path: string, options: NpzOptions = {}): Promise<Dataset> {
  const named = splitNpzPath(path);
  const { array = named?.array, largeBytes = LARGE_BYTES } = options;
  const source = await openBytes(named?.file ?? path);
  const arrays = await arraysOf(source);
  const examples = chooseExamples(arrays, source.path, array);
  const where = `${source.path}:${examples.name}`;
  const { member } = examples;
  checkUnpacked(source, member, options);
  const read = async (): Promise<Dataset> => {
    if (member.size <= largeBytes) return decodeNpy(await readMember(source, member), where, true);
    if (member.method === 'stored') return npyAt(source, await memberStart(source, member), member.size, where);
    return collect(streamed(source, examples, where), { memoryBytes: largeBytes });
  };
  const dataset = await read();
  const classes = chooseLabels(arrays, examples);
  if (!classes) return dataset;
  const place = `${source.path}:${classes.name}`;
  checkUnpacked(source, classes.member, options);
  const of = { name: `of ${examples.name}`, length: dataset.length };
  const labels = labelsOf(await readMember(source, classes.member), classes.header, place, of);
  if (!labels)
    return { ...dataset, notes: [`${classes.name} holds no classes (whole numbers or words) and was left out`] };
  return { ...dataset, labels };
}
