import { isMissingNumber, isMissingText } from './cells.js';
import type { CsvForm } from './csv-dialect.js';
import { longDecimal, powersOfTen } from './decimal.js';
import { type NumberFormat, numberIn } from './number-format.js';

/** What becomes of a column of the file. */
export const SKIPPED = 0;
export const NUMBER = 1;
export const TEXT = 2;
/** Numbers of which each has a mark to be looked for, as %. */
export const MARKED = 3;

/** A column of a chunk that is being filled. */
export interface ColumnSink {
  readonly kind: typeof NUMBER | typeof TEXT | typeof MARKED;
  /** How its numbers are written, and the byte of the decimal mark. */
  readonly format: NumberFormat | undefined;
  readonly mark: number;
  /** Numbers, by row. */
  readonly values: Float64Array;
  /** What is no number, by row. */
  words: Map<number, string> | undefined;
  /** Texts, by row: which of `levels`, or −1 where there is none. */
  readonly codes: Int32Array;
  /** Each text once; none of a column of numbers, as columns may be many. */
  readonly levels: Map<string, number> | undefined;
}

/** Rows of a chunk that is being filled. */
export interface ChunkSink {
  readonly capacity: number;
  /** Of each column of the file what becomes of it, undefined where it is not asked for. */
  readonly columns: readonly (ColumnSink | undefined)[];
  /** The line of the file that each row ends in. */
  readonly lines: Uint32Array;
  rows: number;
}

/** Takes the text of a cell of a column of numbers; text between quotes comes with its blanks. */
export function putNumber(sink: ColumnSink, row: number, cell: string): void {
  const value = numberIn(cell, sink.format);
  if (Number.isFinite(value)) {
    sink.values[row] = value;
    return;
  }
  sink.values[row] = Number.NaN;
  if (isMissingNumber(cell)) return;
  sink.words ??= new Map();
  sink.words.set(row, cell);
}

export function putText(sink: ColumnSink, row: number, cell: string, keepNa: boolean | undefined): void {
  if (isMissingText(cell, keepNa)) {
    sink.codes[row] = -1;
    return;
  }
  const { levels, codes } = sink;
  if (!levels) return;
  let code = levels.get(cell);
  if (code === undefined) {
    code = levels.size;
    levels.set(cell, code);
  }
  codes[row] = code;
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const BLANK = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** Digits that fit a 32-bit whole number. */
const SHORT = 9;

/** Why the reading of plain rows ended. */
export type PlainEnd =
  /** At the end of the bytes. */
  | 'end'
  /** The chunk has all its rows. */
  | 'full'
  /** A row is not as plain as that: to be looked at with care. */
  | 'unusual';

/** Takes back the words of a row that is read again. */
function forget(columns: ChunkSink['columns'], row: number): void {
  for (const column of columns) column?.words?.delete(row);
}

/** A byte that is surely there: a line end stands behind the last row. */
const byteAt = (bytes: Buffer, at: number): number => bytes[at]!;

const textOf = (bytes: Buffer, from: number, to: number): string => bytes.toString('utf8', from, to).trim();

/**
 * Reads the cell of a column of numbers that begins at a place, where it is a decimal and blanks around it.
 *
 * @returns the end of the cell; −1 where it is something else
 */
function plainNumber(bytes: Buffer, from: number, delimiter: number, target: ColumnSink, row: number): number {
  let at = from;
  let byte = byteAt(bytes, at);
  while (byte === BLANK) byte = byteAt(bytes, ++at);
  const start = at;
  const negative = byte === MINUS;
  if (negative || byte === PLUS) byte = byteAt(bytes, ++at);
  const first = at;
  let digits = 0;
  while (byte >= ZERO && byte <= NINE) {
    digits = (Math.imul(digits, 10) + byte - ZERO) | 0;
    byte = byteAt(bytes, ++at);
  }
  let count = at - first;
  let exponent = 0;
  if (byte === target.mark) {
    const point = at;
    byte = byteAt(bytes, ++at);
    while (byte >= ZERO && byte <= NINE) {
      digits = (Math.imul(digits, 10) + byte - ZERO) | 0;
      byte = byteAt(bytes, ++at);
    }
    exponent = point + 1 - at;
    count -= exponent;
  }
  if ((byte | 0x20) === 0x65 && count > 0) {
    byte = byteAt(bytes, ++at);
    const down = byte === MINUS;
    if (down || byte === PLUS) byte = byteAt(bytes, ++at);
    const firstPower = at;
    let power = 0;
    while (byte >= ZERO && byte <= NINE) {
      power = Math.min(9999, power * 10 + byte - ZERO);
      byte = byteAt(bytes, ++at);
    }
    // "1e" is a word
    if (at === firstPower) return -1;
    exponent += down ? -power : power;
  }
  const end = at;
  while (byte === BLANK) byte = byteAt(bytes, ++at);
  if (count === 0 || (byte !== delimiter && byte !== LF && byte !== CR)) return -1;
  if (count <= SHORT && exponent <= 0 && exponent >= -22) {
    const value = digits / powersOfTen[-exponent]!;
    target.values[row] = negative ? -value : value;
    return at;
  }
  const value = longDecimal(bytes, start, end, target.mark);
  if (Number.isNaN(value)) putNumber(target, row, textOf(bytes, start, end));
  else target.values[row] = value;
  return at;
}

/**
 * Reads rows of plain cells, bytes to numbers, with nothing made on the way: no quotes, each row a line that ends in LF or CR LF.
 * What it gives is what `readRow` gives.
 *
 * @param bytes must have LF at `to` − 1 or, as a sentinel, at `to`; no quotes in between
 */
export function createPlainReader({ delimiter, comment = -1, keepNa, width }: CsvForm) {
  /** The end of the cell that begins at a place. */
  function cellEnd(bytes: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const byte = bytes[at];
      if (byte === delimiter || byte === LF || byte === CR) return at;
      at++;
    }
  }

  /** Reads the cell that begins at a place. @returns its end; −1 where the only cell of a row is blank, which is no row */
  function readCell(bytes: Buffer, from: number, target: ColumnSink | undefined, row: number): number {
    if (target?.kind === NUMBER) {
      const end = plainNumber(bytes, from, delimiter, target, row);
      if (end >= 0) return end;
    }
    const end = cellEnd(bytes, from);
    if (target === undefined && width > 1) return end;
    const cell = textOf(bytes, from, end);
    if (width === 1 && cell === '') return -1;
    if (target?.kind === TEXT) putText(target, row, cell, keepNa);
    else if (target) putNumber(target, row, cell);
    return end;
  }

  /** Whether a line begins with the mark of comments, behind blanks. */
  function isComment(bytes: Buffer, from: number): boolean {
    let at = from;
    while (bytes[at] === BLANK || (bytes[at] === TAB && delimiter !== TAB)) at++;
    return bytes[at] === comment;
  }

  /** Reads the row that begins at a place. @returns the place of its line end; −1 where it is not as plain as that */
  function readRow(bytes: Buffer, from: number, columns: ChunkSink['columns'], row: number): number {
    if (comment >= 0 && isComment(bytes, from)) return -1;
    let at = from;
    // one cell more than columns: let the careful way say so
    for (let column = 0; column < width; column++) {
      at = readCell(bytes, at, columns[column], row);
      if (at < 0) return -1;
      const byte = bytes[at];
      if (byte === delimiter) at++;
      else return column + 1 === width && (byte === LF || bytes[at + 1] === LF) ? at : -1;
    }
    return -1;
  }

  return function read(
    bytes: Buffer,
    from: number,
    to: number,
    firstLine: number,
    sink: ChunkSink,
  ): { readonly at: number; readonly line: number; readonly ended: PlainEnd } {
    const { capacity, columns, lines } = sink;
    let [line, row, at] = [firstLine, sink.rows, from];
    let ended: PlainEnd = 'end';
    while (at < to) {
      if (row === capacity) {
        ended = 'full';
        break;
      }
      if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) {
        at += bytes[at] === LF ? 1 : 2;
        line++;
        continue;
      }
      const end = readRow(bytes, at, columns, row);
      if (end < 0) {
        forget(columns, row);
        ended = 'unusual';
        break;
      }
      at = end + (bytes[end] === CR ? 2 : 1);
      lines[row++] = line++;
    }
    sink.rows = row;
    return { at, line, ended };
  };
}
