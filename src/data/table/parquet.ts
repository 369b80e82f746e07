import { open } from 'node:fs/promises';
import zlib from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData, SchemaElement } from 'hyparquet';
import { badInput, GargaloError } from '../../errors.js';
import { stopWhereAborted } from '../work.js';
import { fileProblem } from '../write.js';
import { shown, unknownColumn } from './cells.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';

/** Values that are held at once, at most: of larger row groups parts are read. */
const PART_VALUES = 2 ** 22;
/** Rows of a chunk, at most. */
const CHUNK_ROWS = 8192;
const CHUNK_VALUES = 2 ** 18;

const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array };

/** What unpacks pages, beside Snappy, which hyparquet does itself. */
const compressors: Compressors = {
  GZIP: (bytes) => zlib.gunzipSync(bytes),
  BROTLI: (bytes) => zlib.brotliDecompressSync(bytes),
  ...(zstdDecompressSync && { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) }),
};

/** The columns: groups and lists count as one, and are refused where their values are asked for. */
function columnsOf({ schema }: FileMetaData): SchemaElement[] {
  const columns: SchemaElement[] = [];
  // The schema is a tree, written depth first; the root comes first.
  const walk = (at: number, depth: number): number => {
    const element = schema[at]!;
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

/** A file that parts of are read at a time. */
async function openFile(path: string): Promise<AsyncBuffer & { close(): Promise<void> }> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) throw new Error('it is cut short');
        filled += bytesRead;
      }
      return bytes.buffer;
    },
    close: () => file.close(),
  };
}

const asText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** Takes a column's cells, part by part. */
interface Sink {
  put(row: number, value: unknown): void;
  /** What was put into some rows. */
  cut(start: number, end: number): RawColumn;
}

function numberSink(rows: number): Sink {
  const values = new Float64Array(rows).fill(Number.NaN);
  const words = new Map<number, string>();
  return {
    put(row, value) {
      if (typeof value === 'number' && Number.isFinite(value)) values[row] = value;
      else if (typeof value === 'bigint' || typeof value === 'boolean') values[row] = Number(value);
      else if (value !== null && value !== undefined && value !== '' && !Number.isNaN(value)) {
        words.set(row, asText(value));
      }
    },
    cut(start, end) {
      const found = new Map<number, string>();
      if (words.size > 0) {
        for (let row = start; row < end; row++) if (words.has(row)) found.set(row - start, words.get(row)!);
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
      values[row] = missing ? undefined : asText(value);
    },
    cut: (start, end) => ({ as: 'text', values: values.slice(start, end) }),
  };
}

/** The parts that are read one after the other: row groups, the large ones piece by piece. */
function partsOf({ row_groups }: FileMetaData, width: number): { start: number; end: number }[] {
  const step = Math.max(1, Math.floor(PART_VALUES / Math.max(1, width)));
  let begin = 0;
  return row_groups.flatMap(({ num_rows }) => {
    const rows = Number(num_rows);
    const parts = Array.from({ length: Math.ceil(rows / step) }, (_, i) => ({
      start: begin + i * step,
      end: begin + Math.min(rows, (i + 1) * step),
    }));
    begin += rows;
    return parts;
  });
}

/**
 * Opens a Parquet table: numbers, texts, booleans (0 and 1, or "true" and "false"), dates (ISO 8601 texts); pages packed with Snappy, gzip,
 * Brotli, where Node.js has it Zstandard, or not at all. Read row group by row group.
 *
 * @throws GargaloError `bad-input`: no rows, a damaged or otherwise packed file; a walk throws the same for columns of groups or
 *   lists. Rows are counted from 1, without a header
 */
export async function openParquetTable(path: string): Promise<RawTable> {
  const { parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const damaged = (error: unknown): unknown => {
    if (error instanceof GargaloError) return error;
    const problem = fileProblem(path, error, 'read');
    if (problem !== error) return problem;
    const reason = error instanceof Error ? error.message : String(error);
    return badInput(path, `expected a readable Parquet file, got: ${reason}`, 'write or copy it again', error);
  };
  const begin = async () => {
    const file = await openFile(path);
    try {
      return await parquetMetadataAsync(file);
    } finally {
      await file.close();
    }
  };
  const metadata = await begin().catch((error: unknown) => {
    throw damaged(error);
  });
  refusePacking(path, metadata);
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw badInput(path, 'expected at least one row of numbers, got none');
  const elements = columnsOf(metadata);
  const names = elements.map(({ name }) => name);

  function check(wanted: readonly WantedColumn[]): void {
    for (const { name } of wanted) {
      const element = elements[names.indexOf(name)];
      if (!element) throw unknownColumn(path, names, name, '--columns');
      if (element.num_children === undefined && element.repetition_type !== 'REPEATED') continue;
      const mend = 'leave the column out with --columns';
      throw badInput(path, `expected columns of plain values, got groups or lists in ${shown(name)}`, mend);
    }
  }

  return {
    path,
    columns: names,
    booleans: elements.filter(({ type }) => type === 'BOOLEAN').map(({ name }) => name),
    rows,
    async *chunks(wanted, { signal } = {}) {
      check(wanted);
      const step = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_VALUES / Math.max(1, wanted.length))));
      const file = await openFile(path).catch((error: unknown) => {
        throw damaged(error);
      });
      try {
        for (const part of partsOf(metadata, wanted.length)) {
          const count = part.end - part.start;
          const sinks = wanted.map(({ as }) => (as === 'number' ? numberSink(count) : textSink(count)));
          for (const name of new Set(wanted.map((column) => column.name))) {
            stopWhereAborted(signal, path);
            const targets = sinks.filter((_, i) => wanted[i]!.name === name);
            await parquetRead({
              file,
              metadata,
              compressors,
              columns: [name],
              rowStart: part.start,
              rowEnd: part.end,
              onChunk({ columnData, rowStart }) {
                const from = Math.max(0, part.start - rowStart);
                const to = Math.min(columnData.length, part.end - rowStart);
                for (const { put } of targets) {
                  for (let i = from; i < to; i++) put(rowStart + i - part.start, columnData[i]);
                }
              },
            }).catch((error: unknown) => {
              throw damaged(error);
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
      } finally {
        await file.close();
      }
    },
  };
}
