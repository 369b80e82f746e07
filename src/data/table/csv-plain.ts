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
  readonly words: Map<number, string>;
  /** Texts, by row: which of `levels`, or −1 where there is none. */
  readonly codes: Int32Array;
  /** Each text once. */
  readonly levels: Map<string, number>;
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
  if (!isMissingNumber(cell)) sink.words.set(row, cell);
}

export function putText(sink: ColumnSink, row: number, cell: string, keepNa: boolean | undefined): void {
  if (isMissingText(cell, keepNa)) {
    sink.codes[row] = -1;
    return;
  }
  let code = sink.levels.get(cell);
  if (code === undefined) {
    code = sink.levels.size;
    sink.levels.set(cell, code);
  }
  sink.codes[row] = code;
}

const LF = 0x0a;
const CR = 0x0d;
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
  for (const column of columns) column?.words.delete(row);
}

/**
 * Reads rows of plain cells, bytes to numbers, with nothing made on the way: no quotes, each row a line that ends in LF or CR LF.
 * What it gives is what csv-parse gives.
 *
 * @param bytes must have LF at `to` − 1 or, as a sentinel, at `to`; no quotes in between
 */
export function createPlainReader({ delimiter, comment = -1, keepNa, width }: CsvForm) {
  const text = (bytes: Uint8Array, from: number, to: number): string => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return buffer.toString('utf8', from, to).trim();
  };

  /** The end of the cell that begins at a place. */
  function cellEnd(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const byte = bytes[at];
      if (byte === delimiter || byte === LF || byte === CR) return at;
      at++;
    }
  }

  return function read(
    bytes: Uint8Array,
    from: number,
    to: number,
    firstLine: number,
    sink: ChunkSink,
  ): { readonly at: number; readonly line: number; readonly ended: PlainEnd } {
    const { capacity, columns, lines } = sink;
    let line = firstLine;
    let row = sink.rows;
    let at = from;
    // no closures over these: a variable that one sees lives in memory, and each byte would go through it
    let ended: PlainEnd = 'end';
    while (at < to) {
      if (row === capacity) {
        ended = 'full';
        break;
      }
      const rowStart = at;
      let byte = bytes[at]!;
      if (byte === LF || (byte === CR && bytes[at + 1] === LF)) {
        at += byte === LF ? 1 : 2;
        line++;
        continue;
      }
      let plain = byte !== comment;
      for (let column = 0; ; column++) {
        // one cell more than columns: let the careful way say so
        if (column === width || !plain) {
          plain = false;
          break;
        }
        const target = columns[column];
        if (target === undefined) {
          const start = at;
          at = cellEnd(bytes, at);
          if (width === 1) plain = text(bytes, start, at) !== '';
        } else if (target.kind === NUMBER) {
          const mark = target.mark;
          while (byte === BLANK) byte = bytes[++at]!;
          const start = at;
          const negative = byte === MINUS;
          if (negative || byte === PLUS) byte = bytes[++at]!;
          const first = at;
          let digits = 0;
          while (byte >= ZERO && byte <= NINE) {
            digits = (Math.imul(digits, 10) + byte - ZERO) | 0;
            byte = bytes[++at]!;
          }
          let count = at - first;
          let exponent = 0;
          if (byte === mark) {
            const point = at;
            byte = bytes[++at]!;
            while (byte >= ZERO && byte <= NINE) {
              digits = (Math.imul(digits, 10) + byte - ZERO) | 0;
              byte = bytes[++at]!;
            }
            exponent = point + 1 - at;
            count -= exponent;
          }
          if ((byte | 0x20) === 0x65 && count > 0) {
            byte = bytes[++at]!;
            const down = byte === MINUS;
            if (down || byte === PLUS) byte = bytes[++at]!;
            const firstPower = at;
            let power = 0;
            while (byte >= ZERO && byte <= NINE) {
              power = Math.min(9999, power * 10 + byte - ZERO);
              byte = bytes[++at]!;
            }
            exponent += down ? -power : power;
            // "1e" is a word
            if (at === firstPower) count = 0;
          }
          const numberEnd = at;
          while (byte === BLANK) byte = bytes[++at]!;
          if (count > 0 && (byte === delimiter || byte === LF || byte === CR)) {
            let value: number;
            if (count <= SHORT && exponent <= 0 && exponent >= -22) {
              value = digits / powersOfTen[-exponent]!;
              if (negative) value = -value;
            } else {
              value = longDecimal(bytes, start, numberEnd, mark);
              if (Number.isNaN(value)) {
                putNumber(target, row, text(bytes, start, numberEnd));
                value = target.values[row]!;
              }
            }
            target.values[row] = value;
          } else {
            at = cellEnd(bytes, start);
            const cell = text(bytes, start, at);
            // a line of blanks is no row
            if (width === 1) plain = cell !== '';
            putNumber(target, row, cell);
          }
        } else {
          const start = at;
          at = cellEnd(bytes, at);
          const cell = text(bytes, start, at);
          if (width === 1) plain = cell !== '';
          if (target.kind === TEXT) putText(target, row, cell, keepNa);
          else putNumber(target, row, cell);
        }
        byte = bytes[at]!;
        if (byte === LF || byte === CR) {
          if (column + 1 !== width || (byte === CR && bytes[at + 1] !== LF)) plain = false;
          break;
        }
        byte = bytes[++at]!;
      }
      if (!plain) {
        forget(columns, row);
        at = rowStart;
        ended = 'unusual';
        break;
      }
      at += byte === CR ? 2 : 1;
      lines[row++] = line++;
    }
    sink.rows = row;
    return { at, line, ended };
  };
}
