import { closeSync, openSync, readSync } from 'node:fs';
import { badInput } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import { stopWhereAborted, turn } from '../../core/work.js';
import type { UnpackLimit } from '../large.js';
import { openTextFile, type TextFile } from '../read/text-file.js';
import { fileProblem } from '../write/write.js';
import { mostColumns, refuseColumns, shown, unknownColumn } from './cells.js';
import { encodingOf, plainReader, refuseForeign } from './csv-bytes.js';
import type { RawTable } from './raw.js';
import { CHUNK_ROWS, type RowRecord, recordChunk, refuseNested, textSample } from './records.js';
import type { TextOptions } from './text-options.js';

/** Bytes read at once; a line may not be longer than the second. */
const BLOCK = 2 ** 18;
const LONGEST_LINE = 2 ** 26;

/** A line of more letters is looked over before it is read. */
const LONG = 2 ** 16;

/** A line of the file, and its number. */
interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of a file that have something on them. */
function* linesOf(file: TextFile, encoding: string | undefined): Generator<Line> {
  const { path } = file;
  const descriptor = file.descriptor ?? openSync(path, 'r');
  const decoder = new TextDecoder();
  try {
    const readAt = (into: Uint8Array, position: number) => readSync(descriptor, into, 0, into.length, position);
    const head = new Uint8Array(BLOCK);
    const start = head.subarray(0, readAt(head, 0));
    const { form } = encodingOf(path, [{ bytes: start, offset: 0 }], encoding, undefined);
    const read = plainReader(readAt, form, 0);
    let buffer = new Uint8Array(BLOCK);
    let [filled, line, offset] = [0, 0, form.begin];
    for (let got = -1; got !== 0; ) {
      got = read(buffer.subarray(filled));
      const end = filled + got;
      let from = 0;
      for (let at = buffer.indexOf(0x0a, filled); from < end; at = buffer.indexOf(0x0a, from)) {
        if (at < 0 || at >= end) {
          if (got > 0) break;
          at = end;
        }
        const bytes = buffer.subarray(from, at);
        refuseForeign(bytes, offset + from, path);
        line++;
        const text = decoder.decode(bytes).trim();
        if (text !== '') yield { text, line };
        from = at + 1;
      }
      offset += from;
      filled = Math.max(0, end - from);
      buffer.copyWithin(0, from, end);
      if (filled < buffer.length) continue;
      if (buffer.length > LONGEST_LINE)
        throw badInput(`${path}, row ${line + 1}`, 'expected an object a line, got a line of more than 64 MiB');
      const longer = new Uint8Array(2 * buffer.length);
      longer.set(buffer);
      buffer = longer;
    }
  } finally {
    if (file.descriptor === undefined) closeSync(descriptor);
  }
}

/** The row that a line holds. */
function recordOf({ text, line }: Line, path: string): RowRecord {
  const where = `${path}, row ${line}`;
  let value: unknown;
  try {
    value = text.length > LONG ? parseJson(text) : JSON.parse(text);
  } catch (error) {
    const isArray = line === 1 && text.startsWith('[');
    const mend = isArray ? "write each object of the array on a line of its own, as jq -c '.[]' does" : undefined;
    throw badInput(where, `expected an object in JSON, got ${shown(text)}`, mend, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput(where, `expected an object in JSON, got ${shown(text)}`, "one a line, as jq -c '.[]' writes them");
  }
  for (const [name, cell] of Object.entries(value)) refuseNested(cell, name, where);
  return value as RowRecord;
}

/** The rows of a file, some at a time, with their lines. */
function* batches(file: TextFile, encoding: string | undefined) {
  let rows: RowRecord[] = [];
  let lines: number[] = [];
  for (const line of linesOf(file, encoding)) {
    rows.push(recordOf(line, file.path));
    lines.push(line.line);
    if (rows.length < CHUNK_ROWS) continue;
    yield { rows, lines };
    [rows, lines] = [[], []];
  }
  if (rows.length > 0) yield { rows, lines };
}

/**
 * Opens a table of JSON lines: an object on each line, its keys the columns. Columns are those of all rows, in the order in which they first
 * come; a key that a row has not is a missing cell.
 *
 * @throws GargaloError `bad-input` naming file and row (line of the file, from 1): no object, an object or list in a cell
 */
export async function openJsonLinesTable(
  path: string,
  { encoding, ...limit }: TextOptions & UnpackLimit = {},
): Promise<RawTable> {
  const file = await openTextFile(path, limit);
  const truths = new Map<string, boolean>();
  let count = 0;
  let sample: ReadonlyMap<string, readonly string[]> = new Map();
  try {
    for (const { rows } of batches(file, encoding)) {
      for (const row of rows) {
        for (const [name, cell] of Object.entries(row)) {
          if (cell === null || cell === '') truths.set(name, truths.get(name) ?? true);
          else truths.set(name, (truths.get(name) ?? true) && typeof cell === 'boolean');
        }
      }
      refuseColumns(truths.size, mostColumns(limit), path);
      if (count === 0) sample = textSample(rows, [...truths.keys()]);
      count += rows.length;
      await turn();
    }
  } catch (error) {
    throw fileProblem(path, error, 'read');
  }
  if (count === 0) throw badInput(path, 'expected at least one object, got an empty file');
  const columns = [...truths.keys()];
  return {
    path,
    columns,
    booleans: columns.filter((name) => truths.get(name)),
    rows: count,
    sample: async () => sample,
    async *chunks(wanted, { signal } = {}) {
      for (const { name } of wanted) if (!truths.has(name)) throw unknownColumn({ path, columns }, name, '`columns`');
      let start = 0;
      try {
        for (const { rows, lines } of batches(file, encoding)) {
          stopWhereAborted(signal, path);
          yield { ...recordChunk(rows, wanted, start, path), place: (row) => `${path}, row ${lines[row]}` };
          start += rows.length;
          await turn();
        }
      } catch (error) {
        throw fileProblem(path, error, 'read');
      }
    },
  };
}
