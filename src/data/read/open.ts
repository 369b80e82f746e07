import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { badInput, systemCode } from '../../core/errors.js';
import { refuseUnknownKeys } from '../../core/names.js';
import { collect } from '../collect.js';
import type { Dataset, ExampleForm } from '../dataset.js';
import { imageNames, isImage, otherImageNames } from '../images/files.js';
import type { ImageOptions } from '../images/plan.js';
import type { UnpackLimit } from '../large.js';
import { type ArrayLayout, inLayout } from '../layout.js';
import { type ExampleSource, isDataset, limited } from '../stream.js';
import { openCsvTable } from '../table/csv.js';
import { isParquet } from '../table/files.js';
import { openJsonLinesTable } from '../table/json-lines.js';
import { oneSeries } from '../table/one-series.js';
import { openParquetTable } from '../table/parquet.js';
import type { RawTable } from '../table/raw.js';
import { readTable, type TableOptions } from '../table/read.js';
import type { TextOptions } from '../table/text-options.js';
import { windowsOf } from '../windows.js';
import { fileProblem } from '../write/write.js';
import { isIdx, readIdx } from './idx.js';
import { withLabels } from './label-file.js';
import { loadMnist } from './mnist.js';
import { isNpy, readNpy } from './npy.js';
import { readNpz, splitNpzPath } from './npz.js';
import { isGzip, unpackedHead } from './packed.js';
import { isPipe, openTextFile, readPiece } from './text-file.js';
import { isZip } from './zip.js';

/** How to read a source of data. */
export interface OpenOptions extends ImageOptions, TextOptions, UnpackLimit, Omit<TableOptions, 'limit' | 'like'> {
  /** Only the first so many examples to train on, at least 1. Test data are left as they are. */
  readonly limit?: number | undefined;
  /** Take the rows of a table for a series and cut it into windows of so many; see {@link windowsOf}. */
  readonly window?: number | undefined;
  /** Keep the rows of a table, which are the steps of a series, in reach in any order. */
  readonly series?: boolean | undefined;
  /** Rows from one window to the next, 1 by default; pixels from one patch to the next, its side by default. */
  readonly stride?: number | undefined;
  /** Of an array of images: the order of its axes. What looks like channels first is refused where it is not named. */
  readonly layout?: ArrayLayout | undefined;
  /** Read the examples as a model takes them: its columns and their levels, its images' sides, its windows. */
  readonly like?: Omit<ExampleForm, 'name' | 'type'> | undefined;
}

/** One kind of file. A new one is a file beside this and an entry below. */
type Reader = {
  readonly what: string;
  /** Whether the first bytes are of this kind: asked first. */
  readonly content?: (head: Uint8Array, path: string) => boolean;
  /** Names of this kind: asked of files whose content nobody knows. */
  readonly names: RegExp;
  /** Whether it holds arrays, whose axes have an order. */
  readonly arrays?: boolean;
} & (
  | { readonly read: (path: string, options: OpenOptions) => Promise<ExampleSource>; readonly table?: undefined }
  | { readonly table: (path: string, options: OpenOptions) => Promise<RawTable> }
);

const imageReader = {
  what: 'images (.png, .jpg, .webp, .tiff, .gif, .avif)',
  content: isImage,
  names: imageNames,
  read: async (path, options) => (await import('../images/read.js')).readImages(path, options),
} as const satisfies Reader;

const jsonLines = {
  what: 'JSON lines (.jsonl, .ndjson, also .gz)',
  names: /\.(jsonl|ndjson|json)(\.gz)?$/i,
  table: openJsonLinesTable,
} as const satisfies Reader;

const textTables = {
  what: 'tables (.csv, .tsv, .txt, also .gz, and - for standard input)',
  names: /\.(csv|tsv|txt)(\.gz)?$/i,
  table: openText,
} as const satisfies Reader;

const idx = {
  what: 'IDX files (also .gz)',
  content: isIdx,
  names: /[.-]idx\d?(-|\.|$)/i,
  read: (path, { maxUnpacked }) => readIdx(path, { maxUnpacked }),
} as const satisfies Reader;

const npy = {
  what: 'NumPy arrays (.npy, also .gz)',
  content: isNpy,
  names: /\.npy(\.gz)?$/i,
  read: async (path, options) => inLayout(await readNpy(path, { maxUnpacked: options.maxUnpacked }), path, options),
  arrays: true,
} as const satisfies Reader;

const readers: readonly Reader[] = [
  idx,
  npy,
  {
    what: 'archives of them (.npz, also file.npz:array)',
    content: isZip,
    names: /\.npz(:|$)/i,
    read: async (path, options) => inLayout(await readNpz(path, { maxUnpacked: options.maxUnpacked }), path, options),
    arrays: true,
  },
  {
    what: 'Parquet tables (.parquet)',
    content: isParquet,
    names: /\.parquet$/i,
    table: openParquetTable,
  },
  imageReader,
  jsonLines,
  textTables,
];

const readable = `readable are: "mnist", a folder of images, ${readers.map((reader) => reader.what).join(', ')}`;

/** The first bytes of a file; refuses what is no file or has none. */
async function readHead(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw badInput(path, 'expected a file, got a device or pipe', readable);
    if (found.size === 0) throw badInput(path, 'expected data, got an empty file');
    const file = await open(path);
    try {
      const head = new Uint8Array(12);
      return head.subarray(0, (await file.read(head, 0, head.length, 0)).bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw badInput(path, 'expected a file, got nothing of that name', `check the path; ${readable}`, error);
    }
    throw fileProblem(path, error, 'read');
  }
}

/** Files that others read, and how they become ones that are read here. */
const unread: readonly {
  readonly what: string;
  readonly names: RegExp;
  readonly starts?: readonly number[];
  readonly mend: string;
}[] = [
  ...[
    { what: 'an Excel file', names: /\.(xlsx|xlsm|xlsb|xls)$/i, starts: [0xd0, 0xcf, 0x11, 0xe0] },
    { what: 'an OpenDocument spreadsheet', names: /\.(ods|fods|numbers)$/i },
  ].map((one) => ({ ...one, mend: 'save it as CSV: File, Save as, CSV UTF-8' })),
  ...[
    { what: 'a file packed with Zstandard', names: /\.zst$/i, starts: [0x28, 0xb5, 0x2f, 0xfd], with: 'unzstd' },
    { what: 'a file packed with bzip2', names: /\.bz2$/i, starts: [0x42, 0x5a, 0x68], with: 'bunzip2' },
    { what: 'a file packed with xz', names: /\.xz$/i, starts: [0xfd, 0x37, 0x7a, 0x58], with: 'unxz' },
    {
      what: 'an archive',
      names: /\.(zip|7z|rar|tar|tgz|tar\.gz)$/i,
      starts: [0x37, 0x7a, 0xbc, 0xaf],
      with: 'its own tool',
    },
  ].map(({ with: tool, ...one }) => ({
    ...one,
    mend: `unpack it first, with ${tool}; gzip (.csv.gz) is read as it is`,
  })),
];

const compressed = {
  what: 'a file that gargalo compress wrote',
  names: /\.gar$/i,
  starts: [0x89, 0x47, 0x41, 0x52],
  mend: 'gargalo decompress <file> -o examples/ brings back what is in it',
};

function refuseUnread(path: string, head: Uint8Array): void {
  const found = [...unread, compressed].find(
    ({ names, starts }) => names.test(path) || (starts?.every((byte, i) => head[i] === byte) ?? false),
  );
  if (found)
    throw badInput(path, `expected a file that can be read, got ${found.what}`, found.mend.replace('<file>', path));
}

/** The reader of what comes through a pipe: a table of text. */
async function pipeReader(path: string, limit: UnpackLimit): Promise<Reader> {
  const file = await openTextFile(path, limit);
  const head = await readPiece(file, 0, 64);
  if (head.length === 0) throw badInput(path, 'expected data, got nothing');
  refuseUnread(path, head);
  const other = readers.find(({ content }) => content?.(head, path));
  if (other)
    throw badInput(
      path,
      'expected a table of text through a pipe, got another kind of file',
      'save it to a file and name that',
    );
  return textReader(head);
}

/** The reader of text that no name tells the kind of. */
const textReader = (head: Uint8Array): Reader =>
  /^(\ufeff)?\s*\{/.test(new TextDecoder().decode(head)) ? jsonLines : textTables;

/** Bytes of a packed file that tell what it is. */
const PACKED_HEAD = 512;

/** The reader of what a file holds that is packed with gzip. */
async function packedReader(path: string): Promise<Reader> {
  const head = await unpackedHead(path, PACKED_HEAD);
  const reader = readers.find(({ content }) => content?.(head, path));
  if (reader === idx || reader === npy) return reader;
  const isArchive = new TextDecoder('latin1').decode(head.subarray(257, 262)) === 'ustar';
  if (reader || isArchive) {
    const what = isArchive ? 'an archive (tar)' : `one of ${reader?.what}`;
    throw badInput(
      path,
      `expected a table of text, an array (.npy) or an IDX file packed with gzip, got ${what}`,
      `unpack it first, with ${isArchive ? 'tar' : 'gunzip'}`,
    );
  }
  return readers.find(({ names }) => names.test(path)) ?? textReader(head);
}

/** Opens a table of text as told, or as a model had it. */
function openText(path: string, options: OpenOptions): Promise<RawTable> {
  const { like } = options;
  const known = like && !options.columns ? (like.table?.columns.map(({ name }) => name) ?? like.columns) : undefined;
  return openCsvTable(path, { ...options, remembered: like?.table?.text, known });
}

async function readerOf(path: string, limit: UnpackLimit): Promise<Reader> {
  if (await isPipe(path)) return pipeReader(path, limit);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return imageReader;
  const head = await readHead(splitNpzPath(path)?.file ?? path);
  refuseUnread(path, head);
  if (isGzip(head)) return packedReader(path);
  const reader = readers.find(({ content }) => content?.(head, path)) ?? readers.find(({ names }) => names.test(path));
  if (reader) return reader;
  if (otherImageNames.test(path)) {
    throw badInput(path, `expected an image of a kind that is read, got ${extname(path)}`, 'convert it to PNG');
  }
  const start = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  throw badInput(path, `expected a known kind of file, got one that begins with 0x${start}`, readable);
}

/**
 * Opens a file as a table of columns, as it is.
 *
 * @returns undefined where it holds something else
 * @throws GargaloError `bad-input` naming file and place
 */
export async function openTable(path: string, options: OpenOptions = {}): Promise<RawTable | undefined> {
  if (isMnist(path)) return undefined;
  return (await readerOf(path, options)).table?.(path, options);
}

/** A table as examples: a stream of its rows, or windows of a series. */
export async function readTableFile(table: RawTable, options: OpenOptions): Promise<ExampleSource> {
  const { limit, stride = 1, like } = options;
  const window = options.window ?? (like?.sequence ? like.shape[0] : undefined);
  if (window === undefined && !options.series) return readTable(table, options);
  const rows = limit === undefined || window === undefined ? limit : (limit - 1) * stride + window;
  const stream = await readTable(table, { ...options, limit: rows });
  // What has neither times nor groups, and no row left out, is one piece in the order of the file.
  const isPlain = !stream.time && !stream.carried?.some(({ role }) => role === 'group' || role === 'row');
  if (window === undefined && isPlain) return stream;
  const series = await oneSeries(table, await collect(stream), options);
  return window === undefined ? series : windowsOf(series, { window, stride });
}

async function readPath(path: string, options: OpenOptions): Promise<ExampleSource> {
  const reader = await readerOf(path, options);
  if (reader !== imageReader) refuseImageOptions(path, options);
  if (!reader.arrays) refuseLayout(path, options);
  if (reader.table) return readTableFile(await reader.table(path, options), options);
  refuseTableOptions(path, reader === imageReader ? options : { ...options, label: undefined });
  const { window, limit, label, ...others } = options;
  const read = async (most: number | undefined): Promise<ExampleSource> => {
    const source = await reader.read(path, { ...others, limit: most });
    return label === undefined ? source : withLabels(await asDataset(source), path, label, options);
  };
  if (window === undefined) return read(limit);
  const { stride = 1 } = options;
  const rows = limit === undefined ? undefined : (limit - 1) * stride + window;
  return windowsOf(await asDataset(await read(rows)), { window, stride });
}

/** Options that only tables have. */
const tableOptions = [
  ...(['columns', 'label', 'time', 'timeFormat', 'group', 'id', 'gap', 'missing', 'categories'] as const),
  ...(['delimiter', 'decimal', 'thousands', 'header'] as const),
  ...(['na', 'keepNa', 'encoding', 'skip', 'comment'] as const),
];

/** Every option that there is. */
const openOptions = [
  ...tableOptions,
  ...(['size', 'fit', 'color', 'depth', 'frames', 'patch', 'skipBroken'] as const),
  ...(['window', 'stride', 'series', 'layout', 'limit', 'maxUnpacked', 'like'] as const),
] satisfies (keyof OpenOptions)[];

function refuseTableOptions(source: string, options: OpenOptions): void {
  const given = tableOptions.find((name) => options[name] !== undefined);
  if (!given) return;
  throw badInput(source, `expected a table for \`${given}\`, got data without named columns`, `leave \`${given}\` out`);
}

function refuseImageOptions(source: string, options: OpenOptions): void {
  const { size, fit, color, depth, frames, patch, skipBroken } = options;
  const given = Object.entries({ size, fit, color, depth, frames, patch, skipBroken: skipBroken || undefined });
  const name = given.find(([, value]) => value !== undefined)?.[0];
  if (!name) return;
  throw badInput(
    source,
    `expected files of images for \`${name}\`, got examples of a fixed size`,
    `leave \`${name}\` out`,
  );
}

function refuseLayout(source: string, { layout }: OpenOptions): void {
  if (layout === undefined) return;
  throw badInput(source, 'expected an array of NumPy for `layout`, got other data', 'leave `layout` out');
}

const isMnist = (source: string) => /^mnist(\/(train|test))?$/.test(source);

async function openMnist(source: string, options: OpenOptions): Promise<{ train: Dataset; test?: Dataset }> {
  refuseTableOptions(source, options);
  refuseImageOptions(source, options);
  refuseLayout(source, options);
  const both = await loadMnist();
  if (options.window !== undefined) return { train: windowsOf(both.train, { window: options.window }) };
  if (source === 'mnist') return both;
  return { train: source === 'mnist/train' ? both.train : both.test };
}

/** The parts train and test of a folder of images, where it has them. */
async function readFolder(
  path: string,
  options: OpenOptions,
): Promise<{ train: ExampleSource; test?: Dataset } | undefined> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return undefined;
  const { imageParts, readParts } = await import('../images/parts.js');
  const parts = await imageParts(path);
  if (!parts) return undefined;
  refuseTableOptions(path, options);
  refuseLayout(path, options);
  return readParts(path, parts, options);
}

/** A source as a data set: what comes as a stream is collected. */
export async function asDataset(source: ExampleSource): Promise<Dataset> {
  return isDataset(source) ? source : collect(source);
}

/**
 * Opens data by name or path: "mnist" (or one part of it: "mnist/train", "mnist/test"), or a file, whose kind is told by its
 * first bytes and then by its name. Only "mnist" and folders with the parts train and test bring test data of their own. Rows of a table come as a stream, which may
 * be larger than memory.
 *
 * @throws GargaloError `bad-input` naming the file, the place in it and the mend
 */
export async function openSource(
  source: string,
  options: OpenOptions = {},
): Promise<{ train: ExampleSource; test?: Dataset }> {
  if (typeof source !== 'string') {
    throw badInput('openData', `expected a path or "mnist", got ${typeof source}`, 'rows in memory go to datasetOf');
  }
  refuseUnknownKeys('options of openData', options, openOptions);
  const { limit, stride, window, patch, like } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw badInput('limit', `expected a whole number of examples, at least 1, got ${limit}`);
  }
  if (
    stride !== undefined &&
    window === undefined &&
    patch === undefined &&
    !like?.sequence &&
    !like?.picture?.patches
  ) {
    const problem = 'expected a window or a patch that it is the distance of, got none';
    throw badInput('stride', problem, 'give `window` or `patch` too');
  }
  const data = isMnist(source)
    ? await openMnist(source, options)
    : ((await readFolder(source, options)) ?? { train: await readPath(source, options) });
  return { ...data, train: limited(data.train, limit) };
}

/** The same with its examples in reach in any order: what comes as a stream is collected. */
export async function openData(source: string, options: OpenOptions = {}): Promise<{ train: Dataset; test?: Dataset }> {
  const { train, ...rest } = await openSource(source, options);
  return { train: await asDataset(train), ...rest };
}
