import zlib from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData, SchemaElement } from 'hyparquet';
import { zip } from '../../core/collections.js';
import { badInput, GargaloError } from '../../core/errors.js';
import { stopWhereAborted } from '../../core/work.js';
import { mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { openBytes } from '../read/positional.js';
import { fileProblem } from '../write/write.js';
import { mostColumns, refuseColumns, shown, textOf, unknownColumn } from './cells.js';
import { type NumberFormat, numberIn } from './number-format.js';
import { checkMetadata, checkPages, placeOf } from './parquet-pages.js';
import { checkThrift } from './parquet-thrift.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';

/** Values that are held at once, at most: of larger row groups parts are read. */
const PART_VALUES = 2 ** 22;
/** Rows of a chunk, at most. */
const CHUNK_ROWS = 8192;
const CHUNK_VALUES = 2 ** 18;
/** The length of what is before it, and "PAR1". */
const FOOTER_END = 8;
/** Bytes of a number in memory. */
const VALUE_BYTES = 8;
/** Bytes that are read ahead: columns that lie one behind the other may be many and short. */
const AHEAD = 2 ** 20;
/** Rows by which it is decided how the numbers of columns of text are written. */
const SAMPLED = 2048;

const { zstdDecompressSync } = zlib as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
};

/** What unpacks pages, beside Snappy, which hyparquet does itself. */
const compressors: Compressors = {
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ...(zstdDecompressSync && {
    ZSTD: (bytes: Uint8Array, length: number) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  }),
};

/** The columns: groups and lists count as one, and are refused where their values are asked for. */
function columnsOf({ schema }: FileMetaData): SchemaElement[] {
  const columns: SchemaElement[] = [];
  // The schema is a tree, written depth first; the root comes first.
  const walk = (at: number, depth: number): number => {
    const element = schema[at];
    if (!element) throw new Error(`a schema of ${schema.length} elements that has more`);
    if (depth === 1) columns.push(element);
    let next = at + 1;
    for (let child = 0; child < (element.num_children ?? 0); child++) next = walk(next, depth + 1);
    return next;
  };
  walk(0, 0);
  return columns;
}

function refusePacking(path: string, { row_groups }: FileMetaData): void {
  const known = ['UNCOMPRESSED', 'SNAPPY', ...Object.keys(compressors)];
  for (const { columns } of row_groups) {
    const codec = columns.find(({ meta_data }) => meta_data && !known.includes(meta_data.codec))?.meta_data?.codec;
    if (codec === undefined) continue;
    const mend =
      codec === 'ZSTD'
        ? 'Node.js 22.15 and later unpack it; else write the file with Snappy'
        : 'write the file with Snappy';
    throw badInput(path, `expected pages packed with ${known.slice(1).join(', ')} or not at all, got ${codec}`, mend);
  }
}

/** A file as the library reads it, part by part. */
async function openFile(path: string): Promise<AsyncBuffer> {
  const source = await openBytes(path);
  const { size } = source;
  let ahead = { start: 0, bytes: new Uint8Array(0) };
  return {
    byteLength: size,
    async slice(start, end = size) {
      const length = Math.max(0, Math.min(end, size) - start);
      if (length > AHEAD / 4) return (await source.read(start, length)).buffer;
      const isThere = start >= ahead.start && start + length <= ahead.start + ahead.bytes.length;
      const read = isThere
        ? ahead
        : { start, bytes: await source.read(start, Math.min(AHEAD, Math.max(0, size - start))) };
      ahead = read;
      return read.bytes.slice(start - read.start, start - read.start + length).buffer;
    },
  };
}

/** Takes a column's cells, part by part. */
interface Sink {
  put(row: number, value: unknown): void;
  /** What was put into some rows. */
  cut(start: number, end: number): RawColumn;
}

function numberSink(rows: number, format: NumberFormat | undefined): Sink {
  const values = new Float64Array(rows).fill(Number.NaN);
  const words = new Map<number, string>();
  return {
    put(row, value) {
      if (typeof value === 'number' && Number.isFinite(value)) values[row] = value;
      else if (typeof value === 'bigint' || typeof value === 'boolean') values[row] = Number(value);
      else if (format && typeof value === 'string' && Number.isFinite(numberIn(value, format))) {
        values[row] = numberIn(value, format);
      } else if (value !== null && value !== undefined && value !== '' && !Number.isNaN(value)) {
        words.set(row, textOf(value));
      }
    },
    cut(start, end) {
      const found = new Map<number, string>();
      for (let row = start; words.size > 0 && row < end; row++) {
        const word = words.get(row);
        if (word !== undefined) found.set(row - start, word);
      }
      return { as: 'number', values: values.subarray(start, end), ...(found.size > 0 && { words: found }) };
    },
  };
}

function textSink(rows: number): Sink {
  const values: (string | undefined)[] = new Array(rows);
  return {
    put(row, value) {
      const missing = value === null || value === undefined || value === '' || Number.isNaN(value);
      values[row] = missing ? undefined : textOf(value);
    },
    cut: (start, end) => ({ as: 'text', values: values.slice(start, end) }),
  };
}

/** The parts that are read one after the other: row groups, the large ones piece by piece. */
function* partsOf({ row_groups }: FileMetaData, width: number): Generator<{ start: number; end: number }, void> {
  const step = Math.max(1, Math.floor(PART_VALUES / Math.max(1, width)));
  let begin = 0;
  for (const { num_rows } of row_groups) {
    const end = begin + Number(num_rows);
    for (let start = begin; start < end; start += step) yield { start, end: Math.min(end, start + step) };
    begin = end;
  }
}

/** The file, whose columns are looked over as they are read. */
function checked(file: AsyncBuffer, { row_groups }: FileMetaData, most: number): AsyncBuffer {
  const columns = row_groups
    .flatMap((group) =>
      group.columns.flatMap((column) => {
        const place = placeOf(column);
        return place ? [{ ...place, column, rows: Number(group.num_rows) }] : [];
      }),
    )
    .sort((a, b) => a.start - b.start);
  /** The first column that begins there or behind. */
  const firstFrom = (start: number): number => {
    let [low, high] = [0, columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (columns[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    ...file,
    async slice(start, end = file.byteLength) {
      const bytes = await file.slice(start, end);
      for (let i = firstFrom(start); i < columns.length; i++) {
        const one = columns[i]!;
        if (one.start >= end) break;
        if (one.end > end || one.column.meta_data?.path_in_schema.length !== 1) continue;
        checkPages(new DataView(bytes, one.start - start, one.end - one.start), one.column, one.rows, most);
      }
      return bytes;
    },
  };
}

/**
 * What a file says of itself with a single column of plain values: the library goes over all columns of the file each time that it reads
 * one.
 */
function columnAlone(metadata: FileMetaData): (element: SchemaElement) => FileMetaData {
  const root = metadata.schema[0]!;
  const groups = metadata.row_groups.map(({ columns }) => {
    const paths = columns.map((column) => [column.meta_data?.path_in_schema, column] as const);
    return new Map(paths.flatMap(([path, column]) => (path?.length === 1 ? [[path[0], column] as const] : [])));
  });
  return (element) => {
    const row_groups = metadata.row_groups.map((group, i) => {
      const column = groups[i]?.get(element.name);
      return { ...group, columns: column ? [column] : [] };
    });
    return { ...metadata, schema: [{ ...root, num_children: 1 }, element], row_groups };
  };
}

/** What is said of a file that cannot be read. */
function damaged(path: string, error: unknown): unknown {
  if (error instanceof GargaloError) return error;
  const problem = fileProblem(path, error, 'read');
  if (problem !== error) return problem;
  const reason = error instanceof Error ? error.message : String(error);
  return badInput(path, `expected a readable Parquet file, got: ${reason}`, 'write or copy it again', error);
}

/** Puts the cells of a column in some rows into sinks. */
async function fillSinks(
  file: AsyncBuffer,
  metadata: FileMetaData,
  name: string,
  { start, end }: { readonly start: number; readonly end: number },
  targets: readonly Sink[],
  noteText: (letters: number) => void,
): Promise<void> {
  const { parquetRead } = await import('hyparquet');
  let problem: unknown;
  await parquetRead({
    ...{ file, metadata, compressors, columns: [name], rowStart: start, rowEnd: end },
    onChunk({ columnData, rowStart }) {
      const from = Math.max(0, start - rowStart);
      const to = Math.min(columnData.length, end - rowStart);
      // nobody would hear of an error that is thrown here
      try {
        for (let i = from; i < to; i++) {
          const cell: unknown = columnData[i];
          if (typeof cell === 'string') noteText(cell.length);
          for (const { put } of targets) put(rowStart + i - start, cell);
        }
      } catch (error) {
        problem = error;
      }
    },
  });
  if (problem !== undefined) throw problem;
}

/** Looks over the bytes at the end of a file, in which it says what is in it; what is too short for them is for the library to refuse. */
async function checkFooter({ byteLength: size, slice }: AsyncBuffer): Promise<void> {
  if (size < FOOTER_END) return;
  const length = new DataView(await slice(size - FOOTER_END, size)).getUint32(0, true);
  if (length <= size - FOOTER_END)
    checkThrift(new DataView(await slice(size - FOOTER_END - length, size - FOOTER_END)));
}

/** What a file says of itself, and its columns. */
async function readMetadata(path: string, limit: UnpackLimit) {
  const { parquetMetadataAsync } = await import('hyparquet');
  try {
    const file = await openFile(path);
    await checkFooter(file);
    const metadata = await parquetMetadataAsync(file);
    checkMetadata(metadata, file.byteLength);
    const most = mostUnpacked(file.byteLength, limit);
    return { file: checked(file, metadata, most), metadata, elements: columnsOf(metadata), most };
  } catch (error) {
    throw damaged(path, error);
  }
}

/**
 * Opens a Parquet table: numbers, texts, booleans (0 and 1, or "true" and "false"), dates (ISO 8601 texts); pages packed with Snappy, gzip,
 * Brotli, where Node.js has it Zstandard, or not at all. Read row group by row group.
 *
 * @throws GargaloError `bad-input`: no rows, a damaged or otherwise packed file; a walk throws the same for columns of groups or
 *   lists. Rows are counted from 1, without a header
 */
export async function openParquetTable(path: string, limit: UnpackLimit = {}): Promise<RawTable> {
  const { file, metadata, elements, most } = await readMetadata(path, limit);
  refusePacking(path, metadata);
  refuseColumns(elements.length, mostColumns(limit), path);
  const rows = Number(metadata.num_rows);
  // equal values take next to no bytes: what they are in memory counts
  const values = rows * elements.length * VALUE_BYTES;
  if (values > most) throw tooMuchUnpacked(path, most, values);
  if (rows === 0) throw badInput(path, 'expected at least one row of numbers, got none');
  const names = elements.map(({ name }) => name);
  const named = new Map(elements.map((element) => [element.name, element]));
  const alone = columnAlone(metadata);

  function check(wanted: readonly WantedColumn[]): void {
    for (const { name } of wanted) {
      const element = named.get(name);
      if (!element) throw unknownColumn({ path, columns: names }, name, '`columns`');
      if (element.num_children === undefined && element.repetition_type !== 'REPEATED') continue;
      const mend = 'leave the column out with `columns`';
      throw badInput(path, `expected columns of plain values, got groups or lists in ${shown(name)}`, mend);
    }
  }

  const table: RawTable = {
    path,
    columns: names,
    async sample() {
      const texts = elements.filter((one) => /BYTE_ARRAY$/.test(one.type ?? '') && one.repetition_type !== 'REPEATED');
      const wanted = texts.map(({ name }) => ({ name, as: 'text' as const }));
      if (wanted.length === 0) return new Map();
      for await (const { columns } of table.chunks(wanted)) {
        const cells = (column: RawColumn) =>
          column.as === 'text' ? column.values.slice(0, SAMPLED).flatMap((cell) => cell ?? []) : [];
        return new Map(zip(wanted, columns).map(([{ name }, column]) => [name, cells(column)]));
      }
      return new Map();
    },
    moments: elements
      .filter(
        (one) => /^(DATE|TIMESTAMP)/.test(one.logical_type?.type ?? one.converted_type ?? '') || one.type === 'INT96',
      )
      .map(({ name }) => name),
    booleans: elements.filter(({ type }) => type === 'BOOLEAN').map(({ name }) => name),
    rows,
    async *chunks(wanted, { signal } = {}) {
      check(wanted);
      // a word of a dictionary takes its bytes once, however many cells have it
      let letters = 0;
      const noteText = (more: number): void => {
        letters += more;
        if (letters > most) throw tooMuchUnpacked(path, most);
      };
      const step = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_VALUES / Math.max(1, wanted.length))));
      for (const part of partsOf(metadata, wanted.length)) {
        const count = part.end - part.start;
        const sinks = wanted.map(({ name, as, format }) => ({
          name,
          ...(as === 'number' ? numberSink(count, format) : textSink(count)),
        }));
        const targets = new Map<string, Sink[]>();
        for (const { name, ...sink } of sinks) targets.set(name, [...(targets.get(name) ?? []), sink]);
        for (const [name, own] of targets) {
          stopWhereAborted(signal, path);
          await fillSinks(file, alone(named.get(name)!), name, part, own, noteText).catch((error: unknown) => {
            throw damaged(path, error);
          });
        }
        for (let start = 0; start < count; start += step) {
          stopWhereAborted(signal, path);
          const end = Math.min(count, start + step);
          yield {
            start: part.start + start,
            rows: end - start,
            columns: sinks.map((sink) => sink.cut(start, end)),
            place: (row) => `${path}, row ${part.start + start + row + 1}`,
          } satisfies RawChunk;
        }
      }
    },
  };
  return table;
}
