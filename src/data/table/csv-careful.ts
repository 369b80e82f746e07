import { CsvError, parse } from 'csv-parse/sync';
import { badInput, type GargaloError } from '../../core/errors.js';
import type { CsvForm } from './csv-dialect.js';

/** Some rows of a file as csv-parse reads them. */
export interface CarefulRows {
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
  /** Bytes that the whole rows take up, and blank lines behind them. */
  readonly consumed: number;
  /** The line after those bytes. */
  readonly nextLine: number;
  /** What ended the reading. */
  readonly error?: CsvError;
}

/** Line ends in some bytes. */
function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x0a || (bytes[at] === 0x0d && bytes[at + 1] !== 0x0a)) count++;
  }
  return count;
}

/** The only quote that is left open may be closed further on. */
const isOpenQuote = (error: CsvError) => error.code === 'CSV_QUOTE_NOT_CLOSED';

/**
 * Reads rows of any form (RFC 4180): quoted cells, line breaks in them, lines that end in a lone CR.
 *
 * @param bytes whole lines, or the rest of the file; a row may go on behind them where a quote is open
 * @param line the line that they begin in, from 1
 * @param last whether the file ends with them
 * @param limit rows to read, at most
 */
export function parseCarefully(
  bytes: Uint8Array,
  { delimiter, comment }: Pick<CsvForm, 'delimiter' | 'comment'>,
  line: number,
  last: boolean,
  limit?: number,
): CarefulRows {
  const rows: { cells: readonly string[]; line: number }[] = [];
  let consumed = 0;
  const result = (error?: CsvError): CarefulRows => {
    const nextLine = (rows.at(-1)?.line ?? line - 1) + 1;
    if (error) return { rows, consumed, nextLine, error };
    return { rows, consumed, nextLine };
  };
  try {
    parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      delimiter: String.fromCharCode(delimiter),
      ...(comment !== undefined && { comment: String.fromCharCode(comment), comment_no_infix: true }),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 2 ** 26,
      ...(limit !== undefined && { to: limit }),
      on_record: (cells: string[], info) => {
        rows.push({ cells, line: line - 1 + info.lines });
        consumed = info.bytes;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return result(last || !isOpenQuote(error) ? error : undefined);
  }
  if (limit !== undefined) return result();
  // what is left is blank
  const { nextLine } = result();
  return { rows, consumed: bytes.length, nextLine: nextLine + linesIn(bytes.subarray(consumed)) };
}

/** Says what csv-parse found wrong. */
export function syntaxProblem(path: string, error: CsvError, begin: number, lastLine: number): GargaloError {
  const mend = 'a quote opens and closes a whole cell; inside one it is written twice';
  if (isOpenQuote(error)) {
    // the parser itself names the last line of the file
    const place = `${path}, row ${lastLine + 1} or below`;
    return badInput(place, 'expected a closing quote, got the end of the file', mend, error);
  }
  const line = typeof error.lines === 'number' ? begin - 1 + error.lines : undefined;
  const said = error.message.replace(/at line \d+/, `at line ${line ?? '?'}`);
  return badInput(`${path}, row ${line ?? '?'}`, `expected rows of cells, got: ${said}`, mend, error);
}
