import { open, stat } from 'node:fs/promises';
import { badInput } from '../errors.js';
import { collect } from './collect.js';
import { readCsv } from './csv.js';
import { type Dataset, type ExampleForm, sliceDataset } from './dataset.js';
import { isGzip, isIdx, readIdx } from './idx.js';
import { loadMnist } from './mnist.js';
import { isNpy, readNpy } from './npy.js';
import { isParquet, readParquet } from './parquet.js';
import { type ExampleSource, isDataset } from './stream.js';
import { windowsOf } from './windows.js';
import { fileProblem } from './write.js';

/** How to read a source of data. */
export interface OpenOptions {
  /** Only the first so many examples to train on, at least 1. Test data are left as they are. */
  readonly limit?: number | undefined;
  /** Of a table: the columns to keep, in this order; all by default. */
  readonly columns?: readonly string[] | undefined;
  /** Of a table: the column that holds each row's class; any text. */
  readonly label?: string | undefined;
  /** Take the rows of a table for a series and cut it into windows of so many; see {@link windowsOf}. */
  readonly window?: number | undefined;
  /** Rows from one window to the next; 1 by default. */
  readonly stride?: number | undefined;
  /** Read the examples as a model takes them: its columns and their levels, its images' sides, its windows. */
  readonly like?: Omit<ExampleForm, 'name' | 'type'> | undefined;
}

/** One kind of file. A new one is a file beside this and an entry below. */
interface Reader {
  readonly what: string;
  /** Whether the first bytes are of this kind: asked first. */
  readonly content?: (head: Uint8Array) => boolean;
  /** Names of this kind: asked of files whose content nobody knows. */
  readonly names: RegExp;
  readonly table?: true;
  readonly read: (path: string, options: OpenOptions) => Promise<ExampleSource>;
}

const readers: readonly Reader[] = [
  {
    what: 'IDX files (also .gz)',
    content: (head) => isIdx(head) || isGzip(head),
    names: /[.-]idx\d?(-|\.|$)/i,
    read: (path) => readIdx(path),
  },
  { what: 'NumPy arrays (.npy)', content: isNpy, names: /\.npy$/i, read: (path) => readNpy(path) },
  { what: 'Parquet tables (.parquet)', content: isParquet, names: /\.parquet$/i, table: true, read: readParquet },
  { what: 'tables of numbers (.csv, .tsv, .txt)', names: /\.(csv|tsv|txt)$/i, table: true, read: readCsv },
];

const readable = `readable are: "mnist", ${readers.map((reader) => reader.what).join(', ')}`;

/** The first bytes of a file; refuses what is no file or has none. */
async function readHead(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw badInput(path, 'expected a file, got a folder', readable);
    if (!found.isFile()) throw badInput(path, 'expected a file, got a device or pipe', readable);
    if (found.size === 0) throw badInput(path, 'expected data, got an empty file');
    const file = await open(path);
    try {
      const head = new Uint8Array(8);
      return head.subarray(0, (await file.read(head, 0, head.length, 0)).bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw badInput(path, 'expected a file, got nothing of that name', `check the path; ${readable}`, error);
    }
    throw fileProblem(path, error, 'read');
  }
}

async function readPath(path: string, options: OpenOptions): Promise<ExampleSource> {
  const head = await readHead(path);
  const reader = readers.find(({ content }) => content?.(head)) ?? readers.find(({ names }) => names.test(path));
  if (!reader) {
    const start = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw badInput(path, `expected a known kind of file, got one that begins with 0x${start}`, readable);
  }
  if (!reader.table) refuseTableOptions(path, options);
  return reader.read(path, options);
}

function refuseTableOptions(source: string, { columns, label }: OpenOptions): void {
  const given = columns ? '--columns' : label !== undefined ? '--label' : undefined;
  if (given)
    throw badInput(source, `expected a table for ${given}, got data without named columns`, `leave ${given} out`);
}

const isMnist = (source: string) => /^mnist(\/(train|test))?$/.test(source);

async function openMnist(source: string, options: OpenOptions): Promise<{ train: Dataset; test?: Dataset }> {
  refuseTableOptions(source, options);
  const both = await loadMnist();
  if (source === 'mnist') return both;
  return { train: source === 'mnist/train' ? both.train : both.test };
}

/** A source as a data set: what comes as a stream is collected. */
async function asDataset(source: ExampleSource): Promise<Dataset> {
  return isDataset(source) ? source : collect(source);
}

/**
 * Opens data by name or path: "mnist" (or one part of it: "mnist/train", "mnist/test"), or a file, whose kind is told by its
 * first bytes and then by its name. Only "mnist" brings test data of its own.
 *
 * @throws GargaloError `bad-input` naming the file, the place in it and the mend
 */
export async function openData(source: string, options: OpenOptions = {}): Promise<{ train: Dataset; test?: Dataset }> {
  const { limit, window, stride = 1 } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw badInput('--limit', `expected a whole number of examples, at least 1, got ${limit}`);
  }
  if (options.stride !== undefined && window === undefined) {
    throw badInput('stride', 'expected a window that it is the distance of, got none', 'give --window too');
  }
  const enough = limit !== undefined && window !== undefined ? { limit: (limit - 1) * stride + window } : {};
  const reading = { ...options, ...enough };
  const found = isMnist(source)
    ? await openMnist(source, options)
    : { train: await asDataset(await readPath(source, reading)) };
  const data = window === undefined ? found : { train: windowsOf(found.train, { window, stride }) };
  if (limit === undefined || limit >= data.train.length) return data;
  return { ...data, train: sliceDataset(data.train, 0, limit) };
}
