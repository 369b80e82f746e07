import { badInput, GargaloError } from '../../core/errors.js';
import { refuseColumns, shown } from './cells.js';
import type { CsvForm } from './csv-dialect.js';

/** How rows are cut into cells. */
type RowForm = Pick<CsvForm, 'path' | 'delimiter' | 'comment' | 'mostColumns'>;

/** A row, and where the next one begins. */
export interface CsvRow {
  /** Nothing where none is left: only blank lines and comments, or a row that goes on behind the bytes. */
  readonly cells?: readonly string[];
  /** The line that it ends in. */
  readonly line: number;
  /** The place behind it; of a row that goes on behind the bytes, the place that it begins at. */
  readonly at: number;
  /** The line there. */
  readonly nextLine: number;
}

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;

/** Line ends in a text. */
const linesIn = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/** The text of a cell in quotes that begins at a place, and the place behind it; undefined where it does not end before `to`. */
function quotedCell(
  bytes: Buffer,
  from: number,
  to: number,
): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  for (let begin = from + 1; ; ) {
    const close = bytes.indexOf(QUOTE, begin);
    if (close < 0 || close >= to) return undefined;
    if (bytes[close + 1] !== QUOTE || close + 1 === to) {
      return { text: text + bytes.toString('utf8', begin, close), end: close + 1 };
    }
    text += bytes.toString('utf8', begin, close + 1);
    begin = close + 2;
  }
}

/** The next byte that ends a cell or is a quote. */
function cellEnd(bytes: Buffer, from: number, to: number, delimiter: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === delimiter || byte === LF || byte === CR || byte === QUOTE) return at;
  }
  return to;
}

/** The end of a comment, where a line begins with one, behind blanks; else where it begins. */
function commentEnd(bytes: Buffer, from: number, to: number, { delimiter, comment }: RowForm): number {
  if (comment === undefined) return from;
  let at = from;
  while (bytes[at] === BLANK || (bytes[at] === TAB && delimiter !== TAB)) at++;
  if (bytes[at] !== comment) return from;
  while (at < to && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

const MEND = 'a quote opens and closes a whole cell; inside one it is written twice';

/**
 * Reads a row of any form (RFC 4180): quoted cells, line breaks in them, lines that end in a lone CR. Blank lines and comments before it
 * are left out, and blanks around cells.
 *
 * @param to behind whole lines, or the end of the file
 * @param firstLine the line that the bytes from `from` on begin in
 * @param last whether the file ends there
 * @throws GargaloError `bad-input` for quotes inside a cell, and one that is left open at the end of the file
 */
export function readRow(
  bytes: Buffer,
  form: RowForm,
  from: number,
  to: number,
  firstLine: number,
  last: boolean,
): CsvRow {
  const { path, delimiter, mostColumns = Number.POSITIVE_INFINITY } = form;
  let [at, line] = [from, firstLine];
  const misplaced = (problem: string) =>
    badInput(`${path}, row ${line}`, `expected rows of cells, got: ${problem}`, MEND);
  while (at < to) {
    const [start, startLine] = [at, line];
    const cells: string[] = [];
    let isBlank = true;
    at = commentEnd(bytes, at, to, form);
    for (let hasMore = at === start; hasMore; ) {
      const begin = at;
      at = cellEnd(bytes, at, to, delimiter);
      let cell = bytes.toString('utf8', begin, at).trim();
      if (at < to && bytes[at] === QUOTE) {
        if (cell !== '') {
          const where = `a quote is found on field ${cells.length} at line ${line}`;
          throw misplaced(`Invalid Opening Quote: ${where}, value is ${shown(cell)}`);
        }
        const quoted = quotedCell(bytes, at, to);
        if (!quoted && !last) return { at: start, line: startLine, nextLine: startLine };
        if (!quoted) {
          throw badInput(
            `${path}, row ${startLine} or below`,
            'expected a closing quote, got the end of the file',
            MEND,
          );
        }
        cell = quoted.text;
        line += linesIn(cell);
        at = cellEnd(bytes, quoted.end, to, delimiter);
        const behind = bytes.toString('utf8', quoted.end, at).trim() || (at < to && bytes[at] === QUOTE ? '"' : '');
        if (behind !== '') {
          throw misplaced(`Invalid Closing Quote: got ${JSON.stringify(behind[0])} behind it at line ${line}`);
        }
        isBlank = false;
      }
      cells.push(cell);
      if (cells.length > mostColumns) refuseColumns(cells.length, mostColumns, `${path}, row ${line}`);
      if (cell !== '') isBlank = false;
      hasMore = at < to && bytes[at] === delimiter;
      if (hasMore) {
        at++;
        isBlank = false;
      }
    }
    if (at < to) at += bytes[at] === CR && bytes[at + 1] === LF && at + 1 < to ? 2 : 1;
    line++;
    if (!isBlank) return { cells, line: line - 1, at, nextLine: line };
  }
  return { line, at, nextLine: line };
}

/** Some rows of a file. */
export interface CsvRows {
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
  /** Bytes that the whole rows take up, and blank lines behind them. */
  readonly consumed: number;
  /** The line after those bytes. */
  readonly nextLine: number;
  /** What ended the reading. */
  readonly error?: GargaloError;
}

/**
 * Reads rows as {@link readRow} does.
 *
 * @param limit rows to read, at most
 */
export function parseRows(
  bytes: Uint8Array,
  form: RowForm,
  firstLine: number,
  last: boolean,
  limit = Number.POSITIVE_INFINITY,
): CsvRows {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: { cells: readonly string[]; line: number }[] = [];
  let [consumed, nextLine] = [0, firstLine];
  try {
    while (rows.length < limit && consumed < bytes.length) {
      const { cells, line, at, ...next } = readRow(buffer, form, consumed, bytes.length, nextLine, last);
      [consumed, nextLine] = [at, next.nextLine];
      if (!cells) break;
      rows.push({ cells, line });
    }
  } catch (error) {
    if (error instanceof GargaloError) return { rows, consumed, nextLine, error };
    throw error;
  }
  return { rows, consumed, nextLine };
}
