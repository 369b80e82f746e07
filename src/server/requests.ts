// Bodies of requests as examples of a model: rows of JSON, tables of text, images.

import { GargaloError } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { scanImages } from '../data/images/describe.js';
import { readImages } from '../data/images/read.js';
import { readTableFile } from '../data/read/open.js';
import type { ExampleSource } from '../data/stream.js';
import { nameInList, shown } from '../data/table/cells.js';
import { openCsvText } from '../data/table/csv.js';
import { tableEncoder } from '../data/table/encode.js';
import type { RawTable } from '../data/table/raw.js';
import { CHUNK_ROWS, type RowRecord, recordChunk } from '../data/table/records.js';
import { featureNames, fillsFromRows, type TableColumn } from '../data/table/schema.js';
import { parseEncoding } from '../data/table/text-options.js';
import { windowsOf } from '../data/windows.js';
import { sizeOf } from '../graph/shape.js';
import type { Specification } from '../models/specification.js';
import { Refusal } from './problem.js';

type Input = Omit<Specification['input'], 'scaling'>;

/** What a request asks a model to look at. */
export interface Asked {
  readonly source: ExampleSource;
  /** Columns that came and that the model has no use for. */
  readonly ignored: readonly string[];
}

/** The columns that a model takes by their names; undefined where they have none. */
const columnsOf = ({ table, columns }: Input): readonly TableColumn[] | undefined =>
  table?.columns ?? columns?.map((name) => ({ type: 'number', name }));

/** Columns that stand beside the values: times, groups, ids. */
const columnsBeside = ({ roles: { time, group = [], id = [] } = {} }: Input): string[] => [
  ...(time === undefined ? [] : [time]),
  ...group,
  ...id,
];

const isRecord = (value: unknown): value is RowRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as a person is shown it. */
function got(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? shown(value) : String(value);
}

const wrong = (place: string, problem: string, mend?: string) =>
  new Refusal(422, `${place}: ${problem}${mend ? ` (${mend})` : ''}`);

/** The body as JSON. */
function parsed(body: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal(400, 'body: expected JSON in UTF-8, got bytes that are none');
  }
  try {
    return parseJson(text);
  } catch (error) {
    const mend = /\b(NaN|Infinity)\b/.test(text) ? ' (NaN and Infinity are no JSON: null is a missing cell)' : '';
    const problem = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `body: expected JSON, got what is none: ${problem.replaceAll(/\s+/g, ' ')}${mend}`);
  }
}

/** Whether a list is an example by itself: its numbers, or lists of them in the shape of an example. */
function isExample(body: readonly unknown[], { shape, sequence }: Input): boolean {
  if (body.length > 0 && body.every((value) => !Array.isArray(value) && !isRecord(value))) return true;
  let part: unknown = body;
  const isShaped = shape.every((side) => {
    const fits = Array.isArray(part) && part.length === side;
    part = fits ? (part as unknown[])[0] : undefined;
    return fits;
  });
  return isShaped && !sequence && typeof part === 'number';
}

/** The rows of a body: one stands for a list of it. */
function rowsOf(body: unknown, input: Input): readonly unknown[] {
  if (isRecord(body)) return [body];
  if (!Array.isArray(body)) throw wrong('body', `expected a row or a list of rows, got ${got(body)}`);
  if (body.length === 0) throw wrong('rows', 'expected at least one row, got none');
  return isExample(body, input) ? [body] : body;
}

/** What a cell of a column is expected to be; undefined where it is that. */
function cellProblem(column: TableColumn, cell: unknown, refusesMissing: boolean): string | undefined {
  if (cell === null) return refusesMissing ? 'a value (the model was not told what missing cells count as)' : undefined;
  switch (column.type) {
    case 'number':
      return typeof cell === 'number' && Number.isFinite(Math.fround(cell))
        ? undefined
        : 'a number that fits a 32-bit float';
    case 'boolean': {
      const word = typeof cell === 'object' ? undefined : String(cell).toLowerCase();
      const isLevel = column.levels.some((level) => level.toLowerCase() === word);
      return isLevel ? undefined : column.levels.map(shown).join(' or ');
    }
    case 'category':
      return typeof cell === 'object' ? 'a text, a number, true or false' : undefined;
  }
}

/** Refuses a row that does not have every column of the model, each with a cell of its type: nothing is guessed. */
function checkRow(row: unknown, i: number, columns: readonly TableColumn[], refusesMissing: boolean): RowRecord {
  if (!isRecord(row))
    throw wrong(`rows[${i}]`, `expected an object or a list of ${columns.length} values, got ${got(row)}`);
  for (const column of columns) {
    const place = `rows[${i}].${column.name}`;
    if (!Object.hasOwn(row, column.name)) {
      const others = Object.keys(row).filter((key) => !columns.some(({ name }) => name === key));
      const also = others.length === 0 ? '' : `; the row also has ${others.slice(0, 5).map(nameInList).join(', ')}`;
      throw wrong(place, 'expected a cell of that name, got none', `a missing cell is null${also}`);
    }
    const cell: unknown = row[column.name];
    const expected = cellProblem(column, cell, refusesMissing);
    if (expected) throw wrong(place, `expected ${expected}, got ${got(cell)}`);
  }
  return row;
}

/** Rows as a table with the columns of a model, whatever else they hold. */
function recordTable(rows: readonly RowRecord[], columns: readonly string[]): RawTable {
  return {
    path: 'rows',
    columns,
    rows: rows.length,
    async *chunks(wanted) {
      for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
        yield recordChunk(rows.slice(start, start + CHUNK_ROWS), wanted, start, 'rows');
      }
    },
  };
}

/**
 * Rows of a table as examples at once, where each stands for itself: what reading a file settles by looking at all of it, the model has
 * settled. A request of one row would be looked at for longer than it is computed on.
 */
function encodedRows(rows: readonly RowRecord[], columns: readonly TableColumn[], { table, shape }: Input): Dataset {
  const schema = table ?? { columns };
  const names = table ? featureNames(table) : columns.map(({ name }) => name);
  const [only] = rows;
  if (only && rows.length === 1 && names.length === columns.length) {
    // most requests by far: a row of numbers, of which there is nothing to be said
    const numbers = columns.map(({ name, type }) => (type === 'number' ? only[name] : null));
    if (numbers.every((cell) => typeof cell === 'number')) {
      return arrayDataset(Float32Array.from(numbers), { name: 'rows', shape, columns: names, ...(table && { table }) });
    }
  }
  const wanted = columns.map(({ name, type }) => ({
    name,
    as: type === 'number' ? ('number' as const) : ('text' as const),
  }));
  const encoder = tableEncoder(schema);
  const { values, cells } = encoder.encode(recordChunk(rows, wanted, 0, 'rows'), Int32Array.from(rows.keys()));
  return arrayDataset(values, {
    ...{ name: 'rows', shape, columns: names },
    ...(table && { table }),
    ...(cells && { cells }),
    notes: encoder.notes(),
  });
}

/** Writes the numbers of a row in the shape of an example, or in one list; refuses anything else. */
function putNumbers(row: unknown, shape: readonly number[], place: string, put: (value: number) => void): void {
  const [side, ...rest] = shape;
  if (side === undefined) {
    if (typeof row !== 'number' || !Number.isFinite(Math.fround(row))) {
      throw wrong(place, `expected a number that fits a 32-bit float, got ${got(row)}`);
    }
    put(row);
    return;
  }
  const isFlat = Array.isArray(row) && rest.length > 0 && !Array.isArray(row[0]);
  const length = isFlat ? sizeOf(shape) : side;
  if (!Array.isArray(row) || row.length !== length) {
    throw wrong(place, `expected a list of ${length} values, got ${got(row)}`);
  }
  for (let i = 0; i < length; i++) putNumbers(row[i], isFlat ? [] : rest, `${place}[${i}]`, put);
}

/** Rows of numbers as examples. All of them are looked at before memory is taken for them. */
function numbersOf(rows: readonly unknown[], shape: readonly number[]): Dataset {
  for (const [i, row] of rows.entries()) putNumbers(row, shape, `rows[${i}]`, () => undefined);
  const values = new Float32Array(rows.length * sizeOf(shape));
  let at = 0;
  for (const row of rows) {
    putNumbers(row, shape, '', (value) => {
      values[at++] = value;
    });
  }
  return arrayDataset(values, { name: 'rows', shape });
}

/** The shape that rows of a model are given in: of a model of windows that of a time step, where they are not windows themselves. */
function rowShape(first: unknown, { shape, sequence }: Input): readonly number[] {
  const isWindow = Array.isArray(first) && (Array.isArray(first[0]) || first.length === sizeOf(shape));
  return sequence && !isWindow ? shape.slice(1) : shape;
}

/** Windows of a series; says what is too short in the words of a request. */
async function inWindows<T>({ shape: [window = 1] }: Input, cut: () => T | Promise<T>): Promise<T> {
  try {
    return await cut();
  } catch (error) {
    if (!(error instanceof GargaloError) || error.where !== 'window') throw error;
    throw wrong('rows', `expected at least ${window} that follow each other, a window of the model, got fewer`);
  }
}

/** A table as examples of a model: its rows, windows of them, or, for a model of windows, the steps of a series. */
function tableFor(table: RawTable, input: Input, asSteps: boolean): Promise<ExampleSource> {
  const { sequence: _, shape, ...form } = input;
  if (asSteps) return readTableFile(table, { like: { ...form, shape: shape.slice(1) }, series: true });
  return inWindows(input, () => readTableFile(table, { like: input }));
}

async function jsonExamples(body: unknown, input: Input, asSteps: boolean): Promise<Asked> {
  const rows = rowsOf(body, input);
  const [first] = rows;
  const columns = columnsOf(input);
  const isCells = Array.isArray(first) && columns?.length === first.length && !Array.isArray(first[0]);
  if (!columns || !(isRecord(first) || isCells)) {
    if (isRecord(first)) {
      throw wrong('rows[0]', 'expected a list of numbers, as the model knows no column names, got an object');
    }
    const shape = rowShape(first, input);
    const examples = numbersOf(rows, shape);
    const isCut = input.sequence && shape !== input.shape && !asSteps;
    const [window = 1] = input.shape;
    return { source: isCut ? await inWindows(input, () => windowsOf(examples, { window })) : examples, ignored: [] };
  }
  const refusesMissing = (input.table?.missing ?? 'refuse') === 'refuse';
  const records = rows.map((row, i) => {
    const isList = Array.isArray(row) && row.length === columns.length;
    const record = isList ? Object.fromEntries(columns.map(({ name }, c) => [name, row[c]])) : row;
    return checkRow(record, i, columns, refusesMissing);
  });
  const beside = columnsBeside(input).filter((name) => Object.hasOwn(records[0]!, name));
  const taken = [...columns.map(({ name }) => name), ...beside];
  const known = new Set(taken);
  const ignored = new Set<string>();
  for (const record of records) for (const key of Object.keys(record)) if (!known.has(key)) ignored.add(key);
  const { missing } = input.table ?? {};
  const isAlone = !input.sequence && !input.roles && missing !== 'drop' && !fillsFromRows(missing);
  const source = isAlone
    ? encodedRows(records, columns, input)
    : await tableFor(recordTable(records, taken), input, asSteps);
  return { source, ignored: [...ignored] };
}

/** Bytes of a line, at most: some, and more for each column of the model. A line of millions of cells would keep others waiting. */
const longestLine = (columns: number) => 2 ** 14 + 2 ** 8 * columns;

function checkLines(body: Uint8Array, most: number): void {
  let [start, line] = [0, 1];
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === 0x0a || byte === 0x0d) {
      start = i + 1;
      if (byte === 0x0a) line++;
    } else if (i - start >= most) {
      throw new Refusal(
        413,
        `body, row ${line}: expected a line of at most ${most} bytes for this model, got a longer one`,
      );
    }
  }
}

async function tableExamples(
  body: Uint8Array,
  parameters: ReadonlyMap<string, string>,
  input: Input,
  asSteps: boolean,
): Promise<Asked> {
  const columns = columnsOf(input)?.map(({ name }) => name);
  checkLines(body, longestLine(columns?.length ?? sizeOf(input.shape)));
  const [charset, header] = [parameters.get('charset'), parameters.get('header')];
  const table = await openCsvText(
    { path: 'body', size: body.length, bytes: body },
    {
      remembered: input.table?.text,
      known: columns,
      ...(parameters.has('tabs') && { delimiter: '\t' }),
      ...(charset !== undefined && { encoding: parseEncoding(charset) }),
      ...(header !== undefined && { header: header !== 'absent' }),
    },
  );
  const used = new Set([...(columns ?? table.columns), ...columnsBeside(input)]);
  const source = await tableFor(table, input, asSteps);
  return { source, ignored: table.columns.filter((name) => !used.has(name)) };
}

/** An image at its own size, for a model that was trained on patches of such. */
export async function wholeImage(body: Uint8Array, { shape, picture }: Input) {
  const like = { shape, picture: { fit: 'crop', channels: 3, ...picture, patches: false } } as const;
  const folder = await scanImages([body], { like });
  const [image] = folder.images;
  if (!image) throw wrong('body', 'expected an image, got none');
  return { image, depth: folder.plan.depth, folder };
}

/** The type of a body in small letters, and its parameters: "text/csv; charset=utf-8". */
export function contentType(header: string | undefined): { type: string; parameters: ReadonlyMap<string, string> } {
  const [type = '', ...rest] = (header ?? '').split(';').map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [name = '', value = ''] = part.split('=');
    return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')] as const;
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}

export const isJson = (type: string) => /^application\/(json|[\w.-]+\+json)$/.test(type);
export const isTable = (type: string) => type === 'text/csv' || type === 'text/tab-separated-values';
/** Images of the kinds that are read from files. */
export const isImage = (type: string) => /^image\/(png|jpeg|webp|tiff|gif|avif)$/.test(type);

const kinds = 'application/json, text/csv, text/tab-separated-values';

/** Refuses a body whose type is none that is read. */
export const unknownType = (type: string, expected = kinds) =>
  new Refusal(415, `Content-Type: expected ${expected}, got ${type === '' ? 'none' : shown(type)}`);

/**
 * Reads a body as a model takes it.
 *
 * @param header the Content-Type
 * @param asSteps whether rows are the steps of a series that are scored one by one, for a model of windows
 * @throws Refusal and GargaloError `bad-input`, which name the place
 */
export async function examplesIn(
  body: Uint8Array,
  header: string | undefined,
  { input }: Pick<Specification, 'input'>,
  asSteps: boolean,
): Promise<Asked> {
  const { type, parameters } = contentType(header);
  if (body.length === 0) throw new Refusal(400, 'body: expected rows or an image, got nothing');
  if (isJson(type)) return jsonExamples(parsed(body), input, asSteps);
  if (isTable(type)) {
    const tabs = type === 'text/csv' ? [] : [['tabs', ''] as const];
    return tableExamples(body, new Map([...parameters, ...tabs]), input, asSteps);
  }
  const takesImages = !input.columns && !input.sequence && input.shape.length >= 2;
  if (isImage(type) && takesImages) return { source: await readImages([body], { like: input }), ignored: [] };
  throw unknownType(type, takesImages ? `${kinds} or an image (image/png, image/jpeg, …)` : kinds);
}

/** Reads a body as codes of a model: rows of numbers, or the table that `gargalo encode` writes. */
export async function codesIn(
  body: Uint8Array,
  header: string | undefined,
  { code: { width } }: Pick<Specification, 'code'>,
): Promise<Asked> {
  const { type, parameters } = contentType(header);
  const shape = [width];
  if (body.length === 0) throw new Refusal(400, 'body: expected codes, got nothing');
  if (isJson(type)) {
    return { source: numbersOf(rowsOf(parsed(body), { shape }), shape), ignored: [] };
  }
  if (!isTable(type)) throw unknownType(type);
  const columns = Array.from({ length: width }, (_, i) => `code ${i + 1}`);
  const tabs = type === 'text/csv' ? [] : [['tabs', ''] as const];
  return tableExamples(body, new Map([...parameters, ...tabs]), { shape, columns }, false);
}
