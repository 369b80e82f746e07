import { open } from 'node:fs/promises';
import { badInput } from '../../errors.js';
import { stopWhereAborted } from '../work.js';
import { fileProblem } from '../write.js';
import { unknownColumn } from './cells.js';
import { parseCarefully, syntaxProblem } from './csv-careful.js';
import { type CsvChunk, type CsvColumn, type CsvWalk, refuseBinary } from './csv-chunks.js';
import { type CsvForm, columnNames, delimitersOf, hasDecimalComma } from './csv-form.js';
import { csvFileChunks } from './csv-source.js';
import { csvThreadChunks } from './csv-thread.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';

/** How a file is cut up for reading; for tests and measurements, since nothing in the result depends on it but its chunks. */
export interface CsvReading {
  /** Bytes read at once. */
  readonly blockBytes?: number;
  /** Values of a chunk, at most. */
  readonly chunkValues?: number;
  /** Bytes from which on a thread of its own does the reading. */
  readonly threadBytes?: number;
}

/** Bytes that the form of a file is taken from, where its first row is no longer. */
const HEAD = 2 ** 16;
/** Rows of a chunk, at most. */
const CHUNK_ROWS = 8192;

/** The first bytes of a file: so many, and all of its first row. */
async function readHead(path: string): Promise<{ head: Uint8Array; size: number; begin: number }> {
  const file = await open(path).catch((error: unknown) => {
    throw fileProblem(path, error, 'read');
  });
  try {
    const { size } = await file.stat();
    for (let length = HEAD; ; length *= 4) {
      const buffer = new Uint8Array(Math.min(length, size));
      const head = buffer.subarray(0, (await file.read(buffer, 0, buffer.length, 0)).bytesRead);
      const begin = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
      refuseBinary(head, 0, path);
      if (length >= size || hasRow(head.subarray(begin))) return { head, size, begin };
    }
  } catch (error) {
    throw fileProblem(path, error, 'read');
  } finally {
    await file.close();
  }
}

/** Whether a row surely ends in these bytes, whatever separates its cells. */
function hasRow(bytes: Uint8Array): boolean {
  const { rows } = parseCarefully(bytes, { delimiters: [0x2c] }, 1, false, 2);
  return rows.length > 1;
}

interface CsvHead {
  readonly form: CsvForm;
  readonly names: readonly string[];
  readonly size: number;
  /** Where the rows of values begin. */
  readonly offset: number;
  readonly line: number;
}

async function readForm(path: string): Promise<CsvHead> {
  const { head, size, begin } = await readHead(path);
  const bytes = head.subarray(begin);
  const text = new TextDecoder().decode(bytes);
  const delimiters = delimitersOf(path, text);
  const comma = hasDecimalComma(delimiters, text);
  const first = parseCarefully(bytes, { delimiters }, 1, true, 1);
  const row = first.rows[0];
  if (first.error && !row) throw syntaxProblem(path, first.error, 1, 0);
  if (!row) throw badInput(path, 'expected at least one row of numbers, got an empty file');
  const { header, names } = columnNames(row.cells, comma, `${path}, row ${row.line}`);
  return {
    form: { path, delimiters, comma, width: names.length },
    names,
    size,
    offset: begin + (header ? first.consumed : 0),
    line: header ? first.nextLine : 1,
  };
}

function rawColumn(column: CsvColumn): RawColumn {
  if (column.as === 'number') return column;
  const { codes, levels } = column;
  const values: (string | undefined)[] = new Array(codes.length);
  for (let row = 0; row < codes.length; row++) values[row] = levels[codes[row]!];
  return { as: 'text', values };
}

function rawChunk(path: string, { start, rows, columns, firstLine, lines }: CsvChunk): RawChunk {
  return {
    start,
    rows,
    columns: columns.map(rawColumn),
    place: (row) => `${path}, row ${lines ? lines[row] : firstLine + row}`,
  };
}

/**
 * Opens a table in a text file (RFC 4180, UTF-8): cells separated by commas (.csv), tabs (.tsv) or either (.txt), or by semicolons or
 * tabs where the first line has no commas; then a decimal comma is understood where the first rows have one. The first row is a
 * header where it has a word in it; otherwise the columns are called "1", "2", …. Blanks around cells and blank lines do not
 * count. Large files are read by a thread of their own; memory does not grow with the file.
 *
 * @throws GargaloError `bad-input` naming file and row (line of the file, from 1): a binary file, no rows, two columns of one name, an
 *   unclosed quote; a walk throws the same for rows of another length
 */
export async function openCsvTable(path: string, reading: CsvReading = {}): Promise<RawTable> {
  const { blockBytes = 2 ** 20, chunkValues = 2 ** 18, threadBytes = 2 ** 20 } = reading;
  const { form, names, size, offset, line } = await readForm(path);
  return {
    path,
    columns: names,
    async *chunks(wanted: readonly WantedColumn[], { signal } = {}) {
      const walk: CsvWalk = {
        form,
        wanted: wanted.map(({ name, as }) => {
          const column = names.indexOf(name);
          if (column < 0) throw unknownColumn(path, names, name, '--columns');
          return { column, as };
        }),
        offset,
        line,
        blockBytes,
        chunkRows: Math.max(1, Math.min(CHUNK_ROWS, Math.floor(chunkValues / Math.max(1, wanted.length)))),
      };
      try {
        const source = size < threadBytes ? csvFileChunks(path, walk) : csvThreadChunks(path, walk, signal);
        for await (const chunk of source) {
          stopWhereAborted(signal, path);
          yield rawChunk(path, chunk);
        }
      } catch (error) {
        throw fileProblem(path, error, 'read');
      }
    },
  };
}
