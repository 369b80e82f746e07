import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { badInput, type GargaloError } from '../errors.js';
import { arrayDataset, type Dataset, type Labels } from './dataset.js';
import { fileProblem } from './write.js';

/** Which part of a table to read. */
export interface CsvOptions {
  /** The columns to keep, in this order; all but the label by default. */
  readonly columns?: readonly string[] | undefined;
  /** The column that holds each row's class; any text, empty where unknown. */
  readonly label?: string | undefined;
  /** Stop after so many rows. */
  readonly limit?: number | undefined;
}

const missing = /^[+-]?(nan|na|n\/a|null|none|nil|\?|-)?$/i;
const infinite = /^[+-]?inf(inity)?$/i;

/** A decimal number, or NaN. `Number` alone would take an empty cell for 0 and "0x10" for 16. */
function toNumber(cell: string): number {
  const value = Number(cell);
  if (value === 0 && cell.trim() === '') return Number.NaN;
  if (cell.length > 2 && /^0[xob]/i.test(cell)) return Number.NaN;
  return value;
}

const isWord = (cell: string) => Number.isNaN(toNumber(cell)) && !missing.test(cell) && !infinite.test(cell);

const shown = (cell: string) => JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);

/** Says what is wrong with a cell that holds no finite 32-bit number. */
function cellProblem(place: string, cell: string, column: string): GargaloError {
  const leave = 'leave the column out with --columns';
  if (missing.test(cell)) {
    const got = cell === '' ? 'an empty cell' : `the missing value ${shown(cell)}`;
    return badInput(place, `expected a number, got ${got}`, `fill it in, drop the row, or ${leave}`);
  }
  if (infinite.test(cell))
    return badInput(place, `expected a finite number, got ${shown(cell)}`, `drop the row or ${leave}`);
  if (!Number.isNaN(toNumber(cell))) {
    return badInput(place, `expected a number that fits a 32-bit float (below 3.4e38), got ${shown(cell)}`, leave);
  }
  const parts = /^[^;\t|]+([;\t|])/.exec(cell);
  if (parts) {
    const mend = 'cells are separated by commas in .csv, by tabs in .tsv files';
    return badInput(place, `expected a number, got ${shown(cell)}`, mend);
  }
  const mend = `${leave}, or take it for the class with --label ${/\s/.test(column) ? shown(column) : column}`;
  return badInput(place, `expected a number, got the word ${shown(cell)}`, mend);
}

/** Classes in the order of their names (of their values, where all are numbers), instead of that of their appearance. */
export function sortedLabels(values: readonly number[], found: readonly string[]): Labels {
  const numbers = found.every((name) => !Number.isNaN(toNumber(name)));
  const names = numbers ? found.toSorted((a, b) => Number(a) - Number(b)) : found.toSorted();
  const place = new Map(names.map((name, i) => [name, i]));
  const renumbered = found.map((name) => place.get(name) as number);
  return { names, values: Int32Array.from(values, (value) => renumbered[value] ?? -1) };
}

/** Takes rows of cells one by one and ends as a data set. */
function collectTable(path: string, options: CsvOptions) {
  let names: readonly string[] | undefined;
  let kept: readonly number[] = [];
  let labelAt = -1;
  let rows = 0;
  // Full chunks of numbers, joined at the end: their number is not known before.
  const chunks: Float32Array[] = [];
  let chunk = new Float32Array(0);
  let used = 0;
  const labelOf = new Map<string, number>();
  const labels: number[] = [];

  function find(name: string, option: string): number {
    const at = (names ?? []).indexOf(name);
    if (at >= 0) return at;
    const known = (names ?? []).slice(0, 12).map(shown).join(', ');
    const more = (names ?? []).length > 12 ? ', …' : '';
    throw badInput(
      path,
      `expected a column of the file for ${option}, got ${shown(name)}`,
      `there are ${known}${more}`,
    );
  }

  function refuseTwice(list: readonly string[], place: string, mend: string): void {
    const seen = new Set<string>();
    for (const name of list) {
      if (seen.has(name)) throw badInput(place, `expected different column names, got ${shown(name)} twice`, mend);
      seen.add(name);
    }
  }

  /** Settles the columns by the first row; true where that row is the header. */
  function begin(cells: readonly string[], line: number): boolean {
    // pandas heads an unnamed table with its index by an empty cell and 0, 1, 2, …
    const pandas = cells.length > 1 && cells.every((cell, i) => cell === (i === 0 ? '' : String(i - 1)));
    const header = cells.some(isWord) || pandas;
    names = cells.map((cell, i) => (header ? cell || `column ${i + 1}` : String(i + 1)));
    const mend = 'the first row was taken for the names of the columns, because it has a word in it: add such a row';
    refuseTwice(names, `${path}, row ${line}`, mend);
    if (options.columns) refuseTwice(options.columns, '--columns', 'name each once');
    labelAt = options.label === undefined ? -1 : find(options.label, '--label');
    kept = options.columns
      ? options.columns.map((name) => find(name, '--columns'))
      : names.flatMap((_, i) => (i === labelAt ? [] : [i]));
    if (kept.length === 0) throw badInput(path, 'expected at least one column of numbers, got none');
    return header;
  }

  const full = () => options.limit !== undefined && rows >= options.limit;

  return {
    full,
    /** `line` is where the row ends in the file, counted from 1. */
    add(cells: readonly string[], line: number): void {
      if (full() || (names === undefined && begin(cells, line))) return;
      const all = names as readonly string[];
      if (cells.length !== all.length) {
        const mend = 'give every row as many cells as the first';
        throw badInput(`${path}, row ${line}`, `expected ${all.length} columns, got ${cells.length}`, mend);
      }
      if (used + kept.length > chunk.length) {
        if (used > 0) chunks.push(chunk.subarray(0, used));
        chunk = new Float32Array(Math.max(1, Math.ceil(2 ** 18 / kept.length)) * kept.length);
        used = 0;
      }
      for (const column of kept) {
        const cell = cells[column] as string;
        const value = Math.fround(toNumber(cell));
        if (value - value !== 0) {
          const name = all[column] as string;
          throw cellProblem(`${path}, row ${line}, column "${name}"`, cell, name);
        }
        chunk[used++] = value;
      }
      if (labelAt >= 0) {
        const label = cells[labelAt] as string;
        if (label !== '' && !labelOf.has(label)) labelOf.set(label, labelOf.size);
        labels.push(labelOf.get(label) ?? -1);
      }
      rows++;
    },
    finish(): Dataset {
      if (rows === 0) {
        throw badInput(path, `expected at least one row of numbers, got ${names ? 'only a header' : 'an empty file'}`);
      }
      const values = new Float32Array(rows * kept.length);
      let at = 0;
      for (const part of [...chunks, chunk.subarray(0, used)]) {
        values.set(part, at);
        at += part.length;
      }
      return arrayDataset(values, {
        name: basename(path),
        shape: [kept.length],
        columns: kept.map((column) => (names as readonly string[])[column] as string),
        ...(labelAt >= 0 && { labels: sortedLabels(labels, [...labelOf.keys()]) }),
      });
    },
  };
}

/** Text has no control characters but tabs, line breaks and form feeds; looks for others at the start and for zeros everywhere. */
function refuseBinary(bytes: Uint8Array, offset: number, path: string): void {
  const mend = 'is this a spreadsheet, a packed or a UTF-16 file? save it as CSV in UTF-8';
  let at = bytes.indexOf(0);
  if (at < 0 && offset === 0) {
    at = bytes.subarray(0, 4096).findIndex((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
  }
  if (at >= 0) throw badInput(path, `expected text, got the byte 0x${hexByte(bytes[at])} at byte ${offset + at}`, mend);
}

const hexByte = (byte = 0) => byte.toString(16).padStart(2, '0');

function syntaxProblem(path: string, error: CsvError, lastLine: number): GargaloError {
  const mend = 'a quote opens and closes a whole cell; inside one it is written twice';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    // the parser itself names the last line of the file
    const place = `${path}, row ${lastLine + 1} or below`;
    return badInput(place, 'expected a closing quote, got the end of the file', mend, error);
  }
  return badInput(`${path}, row ${error.lines ?? '?'}`, `expected rows of cells, got: ${error.message}`, mend, error);
}

function delimiter(path: string): string | string[] {
  if (/\.tsv$/i.test(path)) return '\t';
  return /\.txt$/i.test(path) ? [',', '\t'] : ',';
}

/**
 * Reads a table of numbers (RFC 4180: commas, tabs in .tsv, either in .txt; UTF-8). The first row is a header where it has a word
 * in it; otherwise the columns are called "1", "2", …. Cells become 32-bit floats; the file is read as a stream.
 *
 * @returns examples of shape [columns], with `columns` and, where asked for, `labels`
 * @throws GargaloError `bad-input` naming file, row (line of the file, from 1) and column: a row of another length, a word, an
 *   empty cell, NaN, infinity, an unclosed quote, no rows, a binary file, an unknown column
 */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Dataset> {
  const table = collectTable(path, options);
  let lastLine = 0;
  async function* text(): AsyncGenerator<Buffer> {
    let offset = 0;
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
      refuseBinary(bytes, offset, path);
      offset += bytes.length;
      yield bytes;
      if (table.full()) return;
    }
  }
  const parser = parse({
    bom: true,
    delimiter: delimiter(path),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: 2 ** 26,
    on_record: (cells: string[], { lines }) => {
      table.add(cells, lines);
      lastLine = lines;
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(text, parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw fileProblem(path, error, 'read');
    // cut off in the middle of a row that nobody asked for
    if (!table.full()) throw syntaxProblem(path, error, lastLine);
  }
  return table.finish();
}
