import { badInput } from '../../core/errors.js';
import { unknownName } from '../../core/names.js';
import type { CarriedCells, CarriedColumn, ExampleForm, ReadingCounts } from '../dataset.js';
import type { ExampleBlock, ExampleStream } from '../stream.js';
import { isMissingNumber, shown, unknownColumn } from './cells.js';
import { type ColumnForms, findForms, indexNote, indexOf } from './column-forms.js';
import { type DateOrder, noDate, toTime } from './dates.js';
import { tableEncoder } from './encode.js';
import { refuseDuration } from './gap.js';
import { droppedNote, filledFromRows } from './holes.js';
import { type Inferred, inferSchema, noRows } from './infer.js';
import { withMissing } from './missing-marks.js';
import { type NumberFormat, numberIn } from './number-format.js';
import { columnAt, type RawChunk, type RawTable, type WantedColumn } from './raw.js';
import { carriedOf, dateOrderOf, type RoleOptions, refuseAmbiguous, rolesOf, settleRoles } from './roles.js';
import {
  type CategoryForm,
  categoryForms,
  featureNames,
  fillsFromRows,
  type MissingPolicy,
  missingPolicies,
  type TableColumn,
  type TableSchema,
  tableWidth,
} from './schema.js';
import { type TextOptions, textFormOf } from './text-options.js';

/** What is wanted of a table. */
export interface TableOptions extends RoleOptions, Pick<TextOptions, 'decimal' | 'thousands' | 'na'> {
  /** The columns to keep, in this order; all but label, time, groups and ids by default. */
  readonly columns?: readonly string[] | undefined;
  /** The column that holds each row's class; any text, unknown where it is missing. */
  readonly label?: string | undefined;
  /** Stop after so many rows, of those that are kept. */
  readonly limit?: number | undefined;
  /** What is done about missing cells; 'refuse' by default, or as the model does. */
  readonly missing?: MissingPolicy | undefined;
  /** What categories are to the encoder; 'one-hot' by default. */
  readonly categories?: CategoryForm | undefined;
  /** Read the rows as a model takes them: its columns, found by their names, and their levels. */
  readonly like?: Omit<ExampleForm, 'name' | 'type'> | undefined;
}

/** Values of a block, at most. */
const BLOCK_VALUES = 2 ** 22;

/**
 * The columns that become features, by name.
 *
 * @param apart those that are something else: label, time, groups, ids, an index of pandas
 */
function chosenColumns(
  table: RawTable,
  options: TableOptions,
  apart: readonly (string | undefined)[],
): readonly string[] {
  const { path, columns: all } = table;
  const there = new Set(all);
  const { columns, label, like } = options;
  if (label !== undefined && !there.has(label)) throw unknownColumn(table, label, '`label`');
  for (const name of columns ?? []) if (!there.has(name)) throw unknownColumn(table, name, '`columns`');
  const asked = new Set<string>();
  const twice = columns?.find((name) => asked.size === asked.add(name).size);
  if (twice !== undefined) throw badInput('columns', `expected different column names, got ${shown(twice)} twice`);
  const ofModel = like && (like.table?.columns.map(({ name }) => name) ?? like.columns);
  if (ofModel && !columns) {
    const absent = ofModel.find((name) => !there.has(name));
    if (absent === undefined) return ofModel;
    const { remedy } = unknownColumn(table, absent, '`columns`');
    throw badInput(
      path,
      `expected the column ${shown(absent)}, which the model was made for, got a table without it`,
      `${remedy}; \`columns\` names others to use instead`,
    );
  }
  // The model's own columns in another order: each is found by its name, as without --columns.
  if (columns && ofModel?.length === columns.length && ofModel.every((name) => asked.has(name))) return ofModel;
  const kept = columns ?? all.filter((name) => !apart.includes(name));
  if (kept.length === 0) throw badInput(path, 'expected at least one column of values, got none');
  if (like?.table && kept.length !== like.table.columns.length) {
    throw badInput(
      'columns',
      `expected ${like.table.columns.length} columns, as the model was made for, got ${kept.length}`,
      `it takes ${like.table.columns.map(({ name }) => shown(name)).join(', ')}`,
    );
  }
  return kept;
}

/** The schema of a model, for columns that may have other names, with another policy where one is asked for. */
function schemaLike(
  { table }: Pick<ExampleForm, 'table'>,
  names: readonly string[],
  { formats }: ColumnForms,
  asked?: MissingPolicy,
): TableSchema | undefined {
  const own = table?.missing ?? 'refuse';
  const missing = asked ?? own;
  if (missing !== own && missing !== 'refuse' && missing !== 'drop' && !fillsFromRows(missing)) {
    throw badInput(
      'missing',
      `expected ${own === 'refuse' ? '' : `${own}, `}refuse, drop, interpolate or forward for this model, which has not learned what else to fill in, got ${missing}`,
      `train it with \`missing: "${missing}"\``,
    );
  }
  if (!table && missing === 'refuse' && formats.size === 0) return undefined;
  const columns = names.map((name, i): TableColumn => {
    const column = table?.columns[i] ?? { type: 'number', name };
    if (column.type !== 'number') return { ...column, name };
    const { format: _, ...others } = column;
    const format = formats.get(name);
    return { ...others, name, ...(format && { format }) };
  });
  return { ...table, columns, missing };
}

/** Whether a column holds dates or numbers, by its first cell that is not missing. */
async function timeUnitOf(table: RawTable, time: string, format?: NumberFormat): Promise<'date' | 'number'> {
  for await (const { columns } of table.chunks([{ name: time, as: 'text' }])) {
    const [column] = columns;
    const text = column?.as === 'text' ? column.values.find((cell) => cell !== undefined) : undefined;
    if (text !== undefined) return Number.isNaN(numberIn(text, format)) ? 'date' : 'number';
  }
  throw noRows(table);
}

async function understood(
  table: RawTable,
  names: readonly string[],
  forms: ColumnForms,
  options: TableOptions,
): Promise<Inferred> {
  const { like, missing, time } = options;
  const { formats } = forms;
  if (!like) {
    const { limit, categories = 'one-hot' } = options;
    const text = textFormOf(options);
    return inferSchema(table, { columns: names, time, missing: missing ?? 'refuse', categories, limit, formats, text });
  }
  const schema = schemaLike(like, names, forms, missing);
  return {
    ...(schema && { schema }),
    ...(time !== undefined && { timeUnit: await timeUnitOf(table, time, formats.get(time)) }),
  };
}

/** The column of times, and where it is among those that are read. */
interface TimeColumn {
  readonly name: string;
  readonly unit: 'date' | 'number';
  readonly at: number;
  readonly order: DateOrder;
  readonly format: NumberFormat | undefined;
}

/** The times of a chunk. NaN: missing. */
function timesOf(chunk: RawChunk, { name, unit, at, order, format }: TimeColumn): Float64Array {
  const column = columnAt(chunk, at);
  const words: Iterable<readonly [row: number, word: string | undefined]> =
    (column.as === 'text' ? column.values.entries() : column.words) ?? [];
  const times =
    column.as === 'text' ? new Float64Array(chunk.rows).fill(Number.NaN) : column.values.slice(0, chunk.rows);
  for (const [row, word] of words) {
    if (word === undefined || row >= chunk.rows) continue;
    if (unit === 'date') times[row] = toTime(word, order);
    else if (column.as === 'text') {
      if (isMissingNumber(word)) continue;
      times[row] = numberIn(word, format);
    }
    if (!Number.isNaN(times[row])) continue;
    const where = `${chunk.place(row)}, column ${shown(name)}`;
    throw unit === 'date'
      ? noDate(where, order, word)
      : badInput(where, `expected a number for the time, as in the rows before, got ${shown(word)}`);
  }
  return times;
}

/** What is read of a table, and what becomes of it. */
interface TablePlan {
  readonly table: RawTable;
  readonly schema: TableSchema;
  readonly wanted: readonly WantedColumn[];
  /** Where the label is among the columns that are read. */
  readonly labelAt: number | undefined;
  readonly time: TimeColumn | undefined;
  /** Columns that outputs have, and where each is among those that are read; without a place the number of the row. */
  readonly carried: readonly (CarriedColumn & { readonly at?: number })[];
  /** Rows to read, at most, of those that are kept. */
  readonly limit: number;
}

/** Reads the carried cells of some rows of a chunk. */
function carriedCells(carried: TablePlan['carried'], chunk: RawChunk, rows: Int32Array): CarriedCells[] {
  return carried.map(({ at }) => {
    if (at === undefined) return rows.map((row) => chunk.start + row + 1);
    const column = columnAt(chunk, at);
    return Array.from(rows, (row) => (column.as === 'text' ? column.values[row] : undefined));
  });
}

/** Marks the first row of each group behind one that was left out: there a series breaks. */
function breakMarks(carried: TablePlan['carried']) {
  const columns = carried.flatMap(({ role, at }) => (role === 'group' && at !== undefined ? [at] : []));
  const broken = new Set<string>();
  const groupOf = (chunk: RawChunk, row: number): string =>
    columns
      .map((at) => {
        const column = columnAt(chunk, at);
        return column.as === 'text' ? (column.values[row] ?? '') : '';
      })
      .join('\u0000');
  return {
    drop: (chunk: RawChunk, row: number) => void broken.add(groupOf(chunk, row)),
    /** Whether a row is the first of its group behind one. */
    isFirst: (chunk: RawChunk, row: number): boolean => broken.size > 0 && broken.delete(groupOf(chunk, row)),
  };
}

/** Reads the rows of a table; notes what was left out or is not known. */
async function* encodedRows(
  { table, schema, wanted, labelAt, time, carried, limit }: TablePlan,
  notes: string[],
  { droppedRows }: ReadingCounts,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExampleBlock, void> {
  const encoder = tableEncoder(schema);
  const isDropping = schema.missing === 'drop';
  const rowsAtOnce = Math.max(1, Math.floor(BLOCK_VALUES / tableWidth(schema)));
  const breaks = breakMarks(carried);
  let kept = 0;
  for await (const chunk of table.chunks(wanted, { signal })) {
    const times = time && timesOf(chunk, time);
    const labels = labelAt === undefined ? undefined : columnAt(chunk, labelAt);
    const isWhole = (row: number) => !(encoder.isMissing(chunk, row) || (times && Number.isNaN(times[row])));
    for (let from = 0; from < chunk.rows && kept < limit; from += rowsAtOnce) {
      const to = Math.min(chunk.rows, from + rowsAtOnce);
      const chosen = new Int32Array(to - from);
      let taken = 0;
      let begins: Uint8Array | undefined;
      for (let row = from; row < to && kept + taken < limit; row++) {
        if (!isDropping || isWhole(row)) {
          if (breaks.isFirst(chunk, row)) {
            begins ??= new Uint8Array(to - from);
            begins[taken] = 1;
          }
          chosen[taken++] = row;
        } else {
          breaks.drop(chunk, row);
          droppedRows.push(chunk.start + row + 1);
        }
      }
      if (taken === 0) continue;
      const rows = chosen.subarray(0, taken);
      const encoded = encoder.encode(chunk, rows);
      const missing = times && rows.find((row) => Number.isNaN(times[row]));
      if (time && missing !== undefined) {
        const mend = 'fill it in, or leave such rows out with `missing: "drop"`';
        const where = `${chunk.place(missing)}, column ${shown(time.name)}`;
        throw badInput(where, 'expected a time, got a missing cell', mend);
      }
      yield {
        start: kept,
        end: kept + taken,
        ...encoded,
        ...(carried.length > 0 && { carried: carriedCells(carried, chunk, rows) }),
        ...(begins && { begins: begins.subarray(0, taken) }),
        ...(labels?.as === 'text' && { labels: Array.from(rows, (row) => labels.values[row]) }),
        ...(times && { times: Float64Array.from(rows, (row) => times[row] ?? Number.NaN) }),
      };
      kept += taken;
    }
    if (kept >= limit) break;
  }
  if (kept === 0) {
    if (droppedRows.length === 0) throw noRows(table);
    throw badInput(
      table.path,
      `expected rows without missing cells, got ${droppedRows.length} rows that all have some`,
    );
  }
  if (droppedRows.length > 0) notes.push(droppedNote(droppedRows, droppedRows.length + kept));
  for (const note of [...(table.walkNotes?.() ?? []), ...encoder.notes()]) notes.push(note);
}

/**
 * A table of any columns as a stream of examples [features]: numbers as they are, booleans as 0 and 1, a feature for each
 * level of a category. What the columns are is found out by a first walk over all rows, or is as the model has it.
 *
 * At the end of a walk the stream's notes say what was left out or is not known to the model.
 *
 * Where missing cells are to be filled in and nobody has learned yet by what, they come as NaN: see `learnFills`.
 *
 * @throws GargaloError `bad-input` naming file, row and column; reading the stream throws them too
 */
export async function readTable(given: RawTable, options: TableOptions = {}): Promise<ExampleStream> {
  const { like } = options;
  for (const [name, value, known] of [
    ['missing', options.missing, missingPolicies],
    ['categories', options.categories, categoryForms],
  ] as const) {
    if (value !== undefined && !known.some((choice) => choice === value)) throw unknownName(name, String(value), known);
  }
  const table = withMissing(given, [...(like?.table?.text?.na ?? []), ...(options.na ?? [])]);
  const { label, limit = Number.POSITIVE_INFINITY } = options;
  const settled = settleRoles(table, options, like);
  const { time, group = [], id = [] } = settled;
  const apart = [label, time, ...group, ...id];
  const index = options.columns || like ? undefined : await indexOf(table, apart);
  const names = chosenColumns(table, options, [...apart, index]);
  const ofModel = like && (like.table?.columns ?? names.map((name): TableColumn => ({ type: 'number', name })));
  const forms = await findForms(table, time === undefined ? names : [...names, time], {
    ...options,
    like: ofModel,
  });
  for (const problem of forms.problems.values()) throw problem;
  const { formats } = forms;
  const { schema, timeUnit } = await understood(table, names, forms, { ...options, time });
  if (time !== undefined && timeUnit === 'number') refuseDuration(settled.gap, time);
  const dates =
    time !== undefined && timeUnit === 'date' ? await dateOrderOf(table, time, settled.dateOrder) : undefined;
  if (time !== undefined && dates) refuseAmbiguous(table.path, time, dates.example);
  const said = [
    ...(table.notes ?? []),
    ...(index === undefined ? [] : [indexNote(index)]),
    ...forms.notes,
    ...settled.notes,
    ...(dates?.note === undefined ? [] : [dates.note]),
  ];
  const used: TableSchema = schema ?? { columns: names.map((name) => ({ type: 'number', name })) };
  const wanted: WantedColumn[] = used.columns.map(({ name, type }) => ({
    name,
    as: type === 'number' ? 'number' : 'text',
    format: formats.get(name),
  }));
  const want = (name: string, as: 'number' | 'text', format?: NumberFormat) => wanted.push({ name, as, format }) - 1;
  const labelAt = label === undefined ? undefined : want(label, 'text');
  // Outputs have the times as they were written; training needs what they stand for alone.
  const keepsTexts = like !== undefined && time !== undefined && !table.moments?.includes(time);
  const ofTime: TimeColumn | undefined =
    time !== undefined && timeUnit
      ? {
          ...{ name: time, unit: timeUnit, order: dates?.order ?? 'ymd', format: formats.get(time) },
          at: want(time, timeUnit === 'date' || keepsTexts ? 'text' : 'number', formats.get(time)),
        }
      : undefined;
  const isRowLost = used.missing === 'drop' || fillsFromRows(used.missing);
  const carried: TablePlan['carried'] = [
    ...carriedOf(settled).map((column) => ({ ...column, at: want(column.name, 'text') })),
    ...(ofTime && keepsTexts ? [{ name: ofTime.name, role: 'time' as const, at: ofTime.at }] : []),
    ...(isRowLost ? [{ name: 'row', role: 'row' as const }] : []),
  ];
  const plan: TablePlan = { table, schema: used, wanted, labelAt, time: ofTime, carried, limit };
  const known = table.rows === undefined || isRowLost ? undefined : Math.min(table.rows, limit);
  const notes: string[] = [...said];
  const counts: ReadingCounts = { droppedRows: [], filledCells: 0 };
  const roles = rolesOf(settled, dates?.order);
  const stream: ExampleStream = {
    name: table.path.replace(/^.*[\\/]/, ''),
    type: 'float32',
    shape: [tableWidth(used)],
    columns: schema ? featureNames(schema) : names,
    ...(schema && { table: schema }),
    ...(roles && { roles }),
    ...(known !== undefined && { length: known }),
    ...{ notes, counts },
    ...(label !== undefined && { labelled: true }),
    ...(carried.length > 0 && { carried: carried.map(({ name, role }) => ({ name, role })) }),
    ...(ofTime && { time: { column: ofTime.name, unit: ofTime.unit } }),
    async *blocks({ signal } = {}) {
      notes.splice(0, notes.length, ...said);
      counts.droppedRows.length = 0;
      counts.filledCells = 0;
      yield* encodedRows(plan, notes, counts, signal);
    },
  };
  return fillsFromRows(used.missing) ? filledFromRows(stream, used) : stream;
}
