import { several } from '../../core/format.js';
import { stopWhereAborted } from '../../core/work.js';
import type { UnpackLimit } from '../large.js';
import { openTextFile, readPiece, type TextFile } from '../read/text-file.js';
import { fileProblem } from '../write/write.js';
import { mostColumns, unknownColumn } from './cells.js';
import { type ByteForm, encodingOf, plainBytes, refuseBinary } from './csv-bytes.js';
import type { CsvChunk, CsvColumn, CsvWalk } from './csv-chunks.js';
import { type Dialect, dialectOf } from './csv-dialect.js';
import { parseRows } from './csv-rows.js';
import { csvFileChunks } from './csv-source.js';
import { csvThreadChunks } from './csv-thread.js';
import { withoutApostrophe } from './formula-cells.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';
import { checkTextOptions, type TextForm, type TextOptions } from './text-options.js';

/**
 * How a file is written, where it does not say so itself, and how it is cut up for reading: nothing in the result depends on the latter but its
 * chunks.
 */
export interface CsvReading extends TextOptions, UnpackLimit {
  /** What a model remembers of how its files were written; the file itself comes first. */
  readonly remembered?: TextForm | undefined;
  /** The columns that a model looks for: a first row that has them is one of names. */
  readonly known?: readonly string[] | undefined;
  /** Bytes read at once. */
  readonly blockBytes?: number;
  /** Values of a chunk, at most. */
  readonly chunkValues?: number;
  /** Bytes from which on a thread of its own does the reading. */
  readonly threadBytes?: number;
}

/** Bytes that the form of a file is taken from, where its first rows are no longer. */
const HEAD = 2 ** 16;
/** Rows that they should have, and bytes that are read for them. */
const HEAD_ROWS = 3;
const LONGEST_HEAD = 2 ** 22;
/** A row may not be longer. */
const LONGEST_ROW = 2 ** 26;
/** Pieces from further on, and bytes of each: what numbers are written with may show late. */
const PIECES = 8;
const PIECE = 2 ** 13;
/** Values of a chunk; its rows, at most, and at least: each chunk costs something for each column. */
const CHUNK_VALUES = 2 ** 18;
const CHUNK_ROWS = 8192;
const FEWEST_ROWS = 8;

interface Piece {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The first bytes of a file: so many, and its first rows. */
async function readHead(file: TextFile): Promise<Uint8Array> {
  for (let length = HEAD; ; length *= 4) {
    const head = await readPiece(file, 0, Math.min(length, file.size));
    if (length >= file.size || length >= LONGEST_ROW) return head;
    const rows = rowsIn(head);
    if (rows > HEAD_ROWS || (rows > 1 && length >= LONGEST_HEAD) || head.includes(0)) return head;
  }
}

/** Cells of a row beyond which it is as well not read yet. */
const MANY_COLUMNS = 2 ** 20;

/** Rows that surely end in these bytes, whatever separates their cells. */
const rowsIn = (bytes: Uint8Array) =>
  parseRows(bytes, { path: '', delimiter: 0x2c, mostColumns: MANY_COLUMNS }, 1, false, HEAD_ROWS + 1).rows.length;

/** Whole lines from further on in the file. */
async function readPieces(file: TextFile, from: number): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const step = (file.size - from) / PIECES;
  for (let i = 0; i < PIECES && file.size > from; i++) {
    const at = Math.floor(from + i * step);
    const bytes = await readPiece(file, at, Math.min(PIECE, Math.floor(step)));
    const [first, last] = [bytes.indexOf(0x0a) + 1, bytes.lastIndexOf(0x0a) + 1];
    if (first > 0 && last > first) pieces.push({ bytes: bytes.subarray(first, last), offset: at + first });
  }
  return pieces;
}

/** The last place behind a line end; all of it where there is none. */
const wholeLines = (bytes: Uint8Array) =>
  bytes.subarray(0, Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1 || bytes.length);

interface Opened {
  readonly dialect: Dialect;
  readonly bytes: ByteForm;
  readonly pieces: readonly Piece[];
  readonly notes: readonly string[];
}

async function look(file: TextFile, reading: CsvReading): Promise<Opened> {
  const { path, size } = file;
  const options = checkTextOptions(reading);
  const { remembered, known } = reading;
  const start = await readHead(file);
  const whole = start.length >= size;
  const pieces = await readPieces(file, start.length);
  const { form, note } = encodingOf(
    path,
    [{ bytes: start, offset: 0 }, ...pieces],
    options.encoding,
    remembered?.encoding,
  );
  const head = plainBytes(start, form);
  refuseBinary(head, 0, path);
  const cut = whole ? head : wholeLines(head);
  const dialect = dialectOf({ path, head: cut, whole, options, mostColumns: mostColumns(reading), remembered, known });
  const bytes = { ...form, ...(dialect.delimiter === ' ' && { blanks: true }) };
  return { dialect, bytes, pieces, notes: [...(note ? [note] : []), ...dialect.notes] };
}

/** The cells of a sample of rows, by column. */
function sampleOf({ dialect, bytes, pieces }: Opened): ReadonlyMap<string, readonly string[]> {
  const { form } = dialect;
  const names = dialect.names.map(withoutApostrophe);
  const isWide = /^utf-16/.test(bytes.encoding ?? '');
  const later = isWide
    ? []
    : pieces.flatMap((piece) => parseRows(plainBytes(piece.bytes, { ...bytes, begin: 0 }), form, 1, false).rows);
  const rows = [...dialect.rows, ...later.map(({ cells }) => cells)].filter(({ length }) => length === names.length);
  return new Map(
    names.map((name, i) => [
      name,
      rows.flatMap((cells) => (cells[i] === undefined ? [] : [withoutApostrophe(cells[i])])),
    ]),
  );
}

/** The column, its texts without the apostrophes that keep spreadsheets from running them; counts those. */
function rawColumn(column: CsvColumn, count: (cells: number) => void): RawColumn {
  if (column.as === 'number') {
    let words: Map<number, string> | undefined;
    for (const [row, text] of column.words ?? []) {
      const plain = withoutApostrophe(text);
      if (plain === text) continue;
      words ??= new Map(column.words);
      words.set(row, plain);
      count(1);
    }
    return words ? { ...column, words } : column;
  }
  const { codes } = column;
  const levels = column.levels.map(withoutApostrophe);
  const isChanged = levels.map((level, i) => level !== column.levels[i]);
  if (isChanged.includes(true)) count(codes.reduce((sum, code) => sum + Number(isChanged[code] === true), 0));
  return { as: 'text', values: Array.from(codes, (code) => levels[code]) };
}

function rawChunk(
  path: string,
  { start, rows, columns, firstLine, lines }: CsvChunk,
  count: (column: number, cells: number) => void,
): RawChunk {
  return {
    start,
    rows,
    columns: columns.map((column, i) => rawColumn(column, (cells) => count(i, cells))),
    place: (row) => `${path}, row ${lines ? lines[row] : firstLine + row}`,
  };
}

/**
 * Opens a table in a text file (RFC 4180), plain or packed with gzip, or on standard input ("-"). What separates cells (commas, semicolons, tabs,
 * pipes, blanks), the encoding (UTF-8, UTF-16, windows-1252), lines before the table and whether its first row has names are found
 * out by a sample, and said in the notes; options settle each. Without names the columns are called "1", "2", …. Blanks around cells and blank
 * lines do not count. Large files are read by a thread of their own; memory does not grow with the file.
 *
 * @throws GargaloError `bad-input` naming file and row (line of the file, from 1): a binary file, no rows, two columns of one name, an
 *   unclosed quote; a walk throws the same for rows of another length
 */
export async function openCsvTable(path: string, reading: CsvReading = {}): Promise<RawTable> {
  return openCsvText(await openTextFile(path, reading), reading);
}

/** The same of a file of text that is open, or in memory. */
export async function openCsvText(file: TextFile, reading: CsvReading = {}): Promise<RawTable> {
  const { blockBytes = 2 ** 20, threadBytes = 2 ** 20 } = reading;
  const { path } = file;
  const opened = await look(file, reading);
  const { dialect, bytes, notes } = opened;
  const { form, offset, line, delimiter } = dialect;
  const names = dialect.names.map(withoutApostrophe);
  const places = new Map(names.map((name, i) => [name, i]));
  let apostrophes = 0;
  return {
    path,
    columns: names,
    delimiter,
    ...(dialect.guessedValues !== undefined && { guessedValues: `${path}, row ${dialect.guessedValues}` }),
    notes,
    walkNotes: () =>
      apostrophes === 0
        ? []
        : [
            `${several(apostrophes, 'cell')} read without the apostrophe that keeps a spreadsheet from running its text`,
          ],
    sample: async () => sampleOf(opened),
    async *chunks(wanted: readonly WantedColumn[], { signal } = {}) {
      apostrophes = 0;
      const { chunkValues = Math.max(CHUNK_VALUES, FEWEST_ROWS * wanted.length) } = reading;
      const walk: CsvWalk = {
        form,
        bytes,
        wanted: wanted.map(({ name, as, format }) => {
          const column = places.get(name);
          if (column === undefined) throw unknownColumn({ path, columns: names }, name, '`columns`');
          return { column, as, format };
        }),
        offset,
        line,
        blockBytes,
        chunkRows: Math.max(1, Math.min(CHUNK_ROWS, Math.floor(chunkValues / Math.max(1, wanted.length)))),
      };
      try {
        const source =
          file.bytes || file.size < threadBytes ? csvFileChunks(file, walk) : csvThreadChunks(file, walk, signal);
        for await (const chunk of source) {
          stopWhereAborted(signal, path);
          yield rawChunk(path, chunk, (at, cells) => {
            // a column may be wanted twice
            if (wanted.findIndex(({ name }) => name === wanted[at]?.name) === at) apostrophes += cells;
          });
        }
      } catch (error) {
        throw fileProblem(path, error, 'read');
      }
    },
  };
}
