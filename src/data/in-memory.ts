// Data that a program has in memory: arrays with a shape, rows of numbers, rows as objects, and iterables of rows.
import { badInput } from '../core/errors.js';
import { refuseUnknownKeys } from '../core/names.js';
import { sizeOf } from '../graph/shape.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { collectInMemory } from './gather.js';
import { type ArrayLayout, inLayout } from './layout.js';
import { refuseNotFinite } from './scaling.js';
import { type ExampleBlock, type ExampleSource, type ExampleStream, isDataset, limited } from './stream.js';
import { shown } from './table/cells.js';
import { filled } from './table/fill.js';
import type { RawTable } from './table/raw.js';
import { readTable, type TableOptions } from './table/read.js';
import { type RowRecord, recordChunk, recordTable } from './table/records.js';
import { isOpen } from './table/schema.js';

/** Numbers in one array. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Numbers with their shape: [examples, …the shape of one], row-major. */
export interface ShapedArray {
  readonly values: NumberArray;
  readonly shape: readonly number[];
}

/** The numbers of an example, in as many lists as its shape has axes: a row, an image, an image of colours. */
export type NestedNumbers = ArrayLike<number> | ArrayLike<ArrayLike<number>> | ArrayLike<ArrayLike<ArrayLike<number>>>;

/** An example: a row as an object, by its columns, or its numbers, in as many lists as its shape has axes. */
export type Row = RowRecord | NestedNumbers;

/**
 * Examples in memory: an array of numbers (alone where a model knows the shape of an example), rows as lists of numbers or as objects,
 * and (async) iterables of rows.
 */
export type InMemoryData = NumberArray | ShapedArray | Iterable<Row> | AsyncIterable<Row>;

/** Everything that examples can be given as. */
export type Examples = ExampleSource | InMemoryData;

/** How data in memory are read: as {@link TableOptions} for rows that are objects. */
export interface InMemoryOptions extends TableOptions {
  /** What they are called in messages; default "examples". */
  readonly name?: string | undefined;
  /** Of numbers whose examples are images: the order of their axes. What looks like channels first is refused where it is not named. */
  readonly layout?: ArrayLayout | undefined;
  /** Of numbers: `false` lets NaN and infinities through, which are refused with their place where it is not named. */
  readonly ensureFinite?: boolean | 'input' | undefined;
}

/** Options that only rows with columns have. */
const tableOptions = [
  ...(['columns', 'label', 'time', 'timeFormat', 'group', 'id', 'gap', 'missing', 'categories'] as const),
  ...(['decimal', 'thousands', 'na'] as const),
] as const;
const optionNames = [...tableOptions, 'limit', 'like', 'name', 'layout', 'ensureFinite'];

/** Numbers as examples, in the order of their axes; options of tables have no meaning for them. */
async function ofNumbers(dataset: Dataset, options: InMemoryOptions): Promise<ExampleSource> {
  const { name = 'examples', layout, like, limit } = options;
  const given = tableOptions.find((option) => options[option] !== undefined);
  if (given) {
    const mend = 'give rows as objects, by their columns, or leave it out';
    throw badInput(name, `expected rows with named columns for the option ${given}, got numbers`, mend);
  }
  return limited(await inLayout(dataset, name, { layout, like }), limit);
}

const forms =
  'examples are given as { values, shape }, rows of numbers, rows as objects, an iterable of rows, or what openData gives';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isSource = (data: object): data is ExampleSource => 'block' in data || 'blocks' in data;
const isNumbers = (data: unknown): data is NumberArray =>
  ArrayBuffer.isView(data) &&
  !(data instanceof DataView || data instanceof BigInt64Array || data instanceof BigUint64Array);
const isShaped = (data: object): data is ShapedArray => 'values' in data && isNumbers(data.values) && 'shape' in data;
const isList = (value: unknown): value is ArrayLike<never> => Array.isArray(value) || isNumbers(value);
/** Its cells are looked at when they are read. */
const isRecord = (value: unknown): value is RowRecord => isObject(value) && !isList(value);

/** What was given, in words. */
function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isList(value)) return `a list of ${value.length}`;
  if (value instanceof Promise) return 'a promise, which is to be awaited';
  if (isObject(value) && 'train' in value) return 'what openData gives, of which train is to be taken';
  if (ArrayBuffer.isView(value)) return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
  return isObject(value)
    ? `an object with ${Object.keys(value).slice(0, 5).map(shown).join(', ') || 'no keys'}`
    : typeof value;
}

/** As bytes where they are bytes, else as 32-bit floats, none of them NaN or infinite where that is not allowed. */
function elements(values: NumberArray, size: number, options: InMemoryOptions): Uint8Array | Float32Array {
  const { name = 'examples', ensureFinite, like } = options;
  if (values instanceof Uint8Array) return values;
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values.buffer, values.byteOffset, values.length);
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  if (ensureFinite !== false) refuseNotFinite(floats, name, size, 0, like?.columns, values);
  return floats;
}

function shapedDataset({ values, shape }: ShapedArray, options: InMemoryOptions): Dataset {
  const { name = 'examples' } = options;
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!isShape || shape.length < 2) {
    throw badInput(name, `expected a shape [examples, values, …], got ${JSON.stringify(shape)}`);
  }
  if (sizeOf(shape) !== values.length) {
    throw badInput(name, `expected ${sizeOf(shape)} values for the shape [${shape.join(', ')}], got ${values.length}`);
  }
  const own = shape.slice(1);
  return arrayDataset(elements(values, sizeOf(own), options), { name, shape: own });
}

/** The shape of nested lists of numbers, by their first parts. */
function shapeOf(row: unknown): number[] {
  const shape: number[] = [];
  for (let part: unknown = row; isList(part); part = part[0]) shape.push(part.length);
  return shape;
}

/** The largest 32-bit float. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Writes the numbers of a row; refuses another shape and what is no finite 32-bit number. */
function flatten(row: unknown, shape: readonly number[], place: string, put: (value: number) => boolean): void {
  if (shape.length === 0) {
    if (typeof row !== 'number')
      throw badInput(
        place,
        `expected a number, got ${typeof row === 'string' ? shown(row) : described(row)}`,
        'rows with words or missing cells are given as objects, by their columns',
      );
    if (!put(row))
      throw badInput(place, `expected a finite 32-bit number, at most ${LARGEST.toPrecision(2)}, got ${row}`);
    return;
  }
  const [length, ...rest] = shape;
  if (!isList(row) || row.length !== length) {
    throw badInput(place, `expected a list of ${length} values, got ${described(row)}`);
  }
  for (let i = 0; i < row.length; i++) flatten(row[i], rest, `${place}[${i}]`, put);
}

function numbersOf(
  rows: readonly unknown[],
  shape: readonly number[],
  { name = 'examples', ensureFinite }: InMemoryOptions,
  start: number,
): Float32Array {
  const values = new Float32Array(rows.length * sizeOf(shape));
  let at = 0;
  for (const [i, row] of rows.entries())
    flatten(row, shape, `${name}[${start + i}]`, (value) => {
      values[at++] = value;
      return ensureFinite === false || Math.abs(value) <= LARGEST;
    });
  return values;
}

/** A row of a table, as an object: a list of its cells is one by the model's columns. */
function recordOf(row: unknown, columns: readonly string[] | undefined, place: string): RowRecord {
  if (isRecord(row)) return row;
  if (columns && isList(row) && row.length === columns.length) {
    return Object.fromEntries(columns.map((name, i) => [name, row[i]]));
  }
  throw badInput(place, `expected an object with the columns of the table, got ${described(row)}`);
}

/** The columns that a model takes, by name; undefined where they have none. */
const columnsOfModel = (like: TableOptions['like']): readonly string[] | undefined =>
  like?.table?.columns.map(({ name }) => name) ?? like?.columns;

/** Whether rows are cells of a table, and not just numbers. */
function isTable(first: unknown, like: TableOptions['like']): boolean {
  if (isRecord(first)) return true;
  if (!like?.table || !isList(first)) return false;
  return first.length === like.table.columns.length && sizeOf(like.shape) !== first.length;
}

function refuseUnlikely(first: unknown, like: TableOptions['like'], name: string): void {
  if (typeof first === 'number') {
    throw badInput(name, 'expected rows, got a list of numbers', 'put a single row into a list: [row]');
  }
  if (!isObject(first)) throw badInput(`${name}[0]`, `expected a row, got ${described(first)}`, forms);
  if (!isList(first) && like && !columnsOfModel(like)) {
    const mend = 'train it on rows with names, or give rows as lists of numbers';
    throw badInput(`${name}[0]`, 'expected a list of numbers, as the model knows no column names, got an object', mend);
  }
}

async function ofRows(rows: readonly unknown[], options: InMemoryOptions): Promise<ExampleSource> {
  const { name = 'examples', like, ...others } = options;
  if (rows.length === 0) {
    if (like) return arrayDataset(new Float32Array(0), { name, shape: like.shape });
    throw badInput(name, 'expected at least one row, got none');
  }
  const [first] = rows;
  refuseUnlikely(first, like, name);
  if (isTable(first, like)) {
    const columns = columnsOfModel(like);
    const records = rows.map((row, i) => recordOf(row, columns, `${name}[${i}]`));
    return readTable(recordTable(records, name), { ...others, ...(like && { like }) });
  }
  const shape = shapeOf(first);
  return ofNumbers(arrayDataset(numbersOf(rows, shape, options, 0), { name, shape }), options);
}

/** Rows of an iterable at once. */
const ROWS_AT_ONCE = 256;

async function* batched(rows: AsyncIterable<unknown>): AsyncGenerator<readonly unknown[], void> {
  let batch: unknown[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < ROWS_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A stream of rows that come one after the other, once. */
async function ofIterable(rows: AsyncIterable<unknown>, options: InMemoryOptions): Promise<ExampleSource> {
  const { name = 'examples', like, ...others } = options;
  const batches = batched(rows);
  const { value: head } = await batches.next();
  if (!head) return ofRows([], options);
  refuseUnlikely(head[0], like, name);
  let isRead = false;
  const walk = async function* (): AsyncGenerator<readonly unknown[], void> {
    if (isRead) {
      const mend = 'keep the rows: await datasetOf(rows)';
      throw badInput(name, 'expected rows that can be read again, got an iterable that was read to its end', mend);
    }
    isRead = true;
    yield head;
    yield* batches;
  };
  const columns = columnsOfModel(like);
  const [first] = head;
  if (columns && isTable(first, like)) {
    const { time, group = [], id = [] } = like?.roles ?? {};
    const beside = [...group, ...id, ...(time === undefined ? [] : [time])];
    const table: RawTable = {
      path: name,
      columns: [...columns, ...beside.filter((other) => isRecord(first) && Object.hasOwn(first, other))],
      async *chunks(wanted) {
        let start = 0;
        for await (const batch of walk()) {
          const records = batch.map((row, i) => recordOf(row, columns, `${name}[${start + i}]`));
          yield recordChunk(records, wanted, start, name);
          start += batch.length;
        }
      },
    };
    return readTable(table, { ...others, ...(like && { like }) });
  }
  const shape = shapeOf(first);
  const stream: ExampleStream = {
    ...{ name, shape, type: 'float32' },
    async *blocks() {
      let start = 0;
      for await (const batch of walk()) {
        const end = start + batch.length;
        yield { start, end, values: numbersOf(batch, shape, options, start) } satisfies ExampleBlock;
        start = end;
      }
    },
  };
  return stream;
}

/**
 * Data in memory as a source of examples; a source stays as it is.
 *
 * @param options for rows that are objects how their columns are read; with `like` as a model takes them, by their names
 * @throws GargaloError `bad-input` naming the row and what was expected; reading the source throws too
 */
export async function examplesOf(data: Examples, options: InMemoryOptions = {}): Promise<ExampleSource> {
  refuseUnknownKeys('options of examples', options, optionNames);
  const { name = 'examples', like } = options;
  if (!isObject(data)) throw badInput(name, `expected examples, got ${described(data)}`, forms);
  // What missing cells count as is known to a model that was trained on such rows.
  if (isSource(data))
    return like?.table && isDataset(data) && data.table && isOpen(data.table) ? filled(data, like.table) : data;
  if (isShaped(data)) return ofNumbers(shapedDataset(data, options), options);
  if (isNumbers(data)) {
    if (!like) {
      const mend = 'say the shape: { values, shape: [examples, values] }';
      throw badInput(name, `expected numbers with their shape, got ${data.length} numbers alone`, mend);
    }
    const size = sizeOf(like.shape);
    if (data.length % size === 0) {
      return ofNumbers(arrayDataset(elements(data, size, options), { name, shape: like.shape }), options);
    }
    throw badInput(name, `expected a multiple of ${size} values, got ${data.length}`);
  }
  if (Array.isArray(data)) return ofRows(data, options);
  if (Symbol.iterator in data) return ofRows([...data], options);
  if (!(Symbol.asyncIterator in data)) throw badInput(name, `expected examples, got ${described(data)}`, forms);
  if (like) return ofIterable(data, options);
  // What columns are is found out by all rows.
  const rows: unknown[] = [];
  for await (const row of data) rows.push(row);
  return ofRows(rows, options);
}

/**
 * Data in memory as a data set, which can be read in any order and more than once.
 *
 * @example
 * const rows = await datasetOf([{ temperature: 20.4, machine: 'A' }, …], { missing: 'mean' });
 * @throws GargaloError `bad-input` naming the row and what was expected
 */
export async function datasetOf(data: Examples, options: InMemoryOptions = {}): Promise<Dataset> {
  const source = await examplesOf(data, options);
  return isDataset(source) ? source : collectInMemory(source);
}
