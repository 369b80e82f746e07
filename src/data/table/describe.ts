import { badInput, GargaloError } from '../../core/errors.js';
import type { WorkOptions } from '../../core/work.js';
import {
  type NumberSummary,
  numberFigures,
  type TimeSummary,
  timeFigures,
  type WordSummary,
  wordFigures,
} from '../number-figures.js';
import { sampleSize } from '../quantiles.js';
import { shown, unknownColumn } from './cells.js';
import { findForms, indexNote, indexOf } from './column-forms.js';
import { type DateOrder, isDateLike, noDate, toTime } from './dates.js';
import { refuseDuration } from './gap.js';
import { columnFor, noRows } from './infer.js';
import { withMissing } from './missing-marks.js';
import { FEW, isMissing, isOfWords, type ObservedTable, observeTable } from './observe.js';
import { groupColumnsOf } from './one-series.js';
import { columnAt, type RawChunk, type RawColumn, type RawTable } from './raw.js';
import { dateOrderOf, type RoleOptions, refuseAmbiguous, settleRoles } from './roles.js';
import type { TextOptions } from './text-options.js';
import { inNameOrder } from './words.js';

/** What a column holds. */
export interface ColumnDescription {
  readonly name: string;
  /** 'text': words that are no category, as ids and free text; 'empty': all cells are missing. */
  readonly type: 'number' | 'boolean' | 'category' | 'date' | 'text' | 'empty';
  /** Cells that are missing. */
  readonly missing: number;
  /** Whether the cells of several rows are one and the same. */
  readonly constant: boolean;
  readonly numbers?: NumberSummary;
  readonly words?: WordSummary;
  /** Of dates, in milliseconds since 1970 UTC. */
  readonly times?: TimeSummary;
  /** Why it cannot be a feature as it is. */
  readonly problem?: string;
}

/** What a table holds. */
export interface TableDescription {
  readonly kind: 'table';
  readonly path: string;
  readonly rows: number;
  /** Rows with a missing cell. */
  readonly rowsWithMissing: number;
  readonly columns: readonly ColumnDescription[];
  /** The label's classes with their numbers, in the order of their names; where a label was named. */
  readonly classes?: readonly (readonly [name: string, count: number])[];
  /** The time column's figures, where one was named: of numbers as the file has them, else milliseconds since 1970. */
  readonly time?: TimeSummary & { readonly column: string; readonly unit: 'date' | 'number' };
  /** The columns that tell several series apart, in each of which the time rises, though it does not in the whole; found where none was named. */
  readonly group?: readonly string[];
  /** How the file was understood, a sentence each. */
  readonly notes: readonly string[];
  /** Cells of the first rows, as texts; an empty one is missing. */
  readonly preview: readonly (readonly string[])[];
}

/** What {@link describeTable} can be told. */
export interface DescribeTableOptions
  extends WorkOptions,
    RoleOptions,
    Pick<TextOptions, 'decimal' | 'thousands' | 'na'> {
  readonly columns?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly limit?: number | undefined;
}

const PREVIEW_ROWS = 5;

type Verdict = Pick<ColumnDescription, 'type' | 'problem'>;

/** What a column is taken for, and why it cannot be a feature. */
function verdictOf(
  table: RawTable,
  column: ObservedTable['columns'][number],
  isFeature: boolean,
  open: GargaloError | undefined,
): Verdict {
  const { seen } = column;
  const because = ({ where, problem, remedy }: GargaloError) => {
    const row = /, row (\d+),/.exec(where)?.[1];
    return `${problem}${row ? ` in row ${row}` : ''}${remedy ? ` (${remedy})` : ''}`;
  };
  if (open && isFeature) return { type: 'text', problem: because(open) };
  if (seen.numbers + seen.words === 0) return { type: 'empty', problem: 'all cells are missing' };
  try {
    return { type: columnFor(table, column).type };
  } catch (error) {
    if (!(error instanceof GargaloError)) throw error;
    const type = !isOfWords(seen) ? 'number' : seen.allDates && seen.numbers === 0 ? 'date' : 'text';
    if (!isFeature) return { type };
    return { type, problem: because(error) };
  }
}

/** Gathers the figures of a column. */
function columnFigures(name: string, size: number, order?: DateOrder) {
  const numbers = numberFigures(name, size);
  // a table of numbers has neither, in columns that may be many
  let words: ReturnType<typeof wordFigures> | undefined;
  let times: ReturnType<typeof timeFigures> | undefined;
  let missing = 0;
  let rows = 0;
  /** The first word among numbers: inf is no number that can be trained on. */
  let stray: string | undefined;
  return {
    add(column: RawColumn, count: number): void {
      for (let row = 0; row < count; row++) {
        if (isMissing(column, row)) missing++;
        else if (column.as === 'number') {
          const value = column.values[row] ?? Number.NaN;
          if (!Number.isNaN(value)) numbers.add(value);
          else stray ??= column.words?.get(row);
        } else {
          const text = column.values[row] ?? '';
          words ??= wordFigures();
          words.add(text);
          const time = toTime(text, order);
          if (Number.isNaN(time)) continue;
          times ??= timeFigures(name);
          times.add(time, rows + row);
        }
      }
      rows += count;
    },
    describe({ type, problem }: Verdict): ColumnDescription {
      const [ofNumbers, ofWords, ofTimes] = [numbers.summary(), (words ?? wordFigures()).summary(), times?.summary()];
      const endless =
        type === 'number' && stray !== undefined ? `expected a finite number, got ${shown(stray)}` : undefined;
      const reason = problem ?? (endless && `${endless} (\`na: ["${stray}"]\` takes it for missing)`);
      const distinct = type === 'number' ? (ofNumbers?.distinct ?? 0) : ofWords.distinct;
      return {
        name,
        type,
        missing,
        constant: type !== 'empty' && distinct <= 1 && rows > 1,
        ...(type === 'number' && ofNumbers && { numbers: ofNumbers }),
        ...(type !== 'number' && type !== 'empty' && type !== 'date' && { words: ofWords }),
        ...(type === 'date' && ofTimes && { times: ofTimes }),
        ...(reason !== undefined && { problem: reason }),
      };
    },
    classes: () => words?.summary(Number.POSITIVE_INFINITY).top ?? [],
  };
}

function previewOf({ columns }: RawChunk, rows: number, most: number): string[][] {
  const cell = (column: RawColumn, row: number): string => {
    if (column.as === 'text') return column.values[row] ?? '';
    const word = column.words?.get(row);
    return word ?? (Number.isNaN(column.values[row]) ? '' : String(column.values[row]));
  };
  return Array.from({ length: rows }, (_, row) => columns.slice(0, most).map((column) => cell(column, row)));
}

/** The figures of the column of times, numbers or dates. */
function timeOf(column: string, chosen: 'number' | 'text', order?: DateOrder) {
  const figures = timeFigures(`${column}/time`);
  let before = 0;
  return {
    add(chunk: RawChunk, at: number, rows: number): void {
      const cells = columnAt(chunk, at);
      for (let row = 0; row < rows; row++) {
        const text = cells.as === 'text' ? (cells.values[row] ?? '') : '';
        const time = cells.as === 'number' ? cells.values[row] : toTime(text, order);
        if (order && isDateLike(text) && Number.isNaN(time)) {
          throw noDate(`${chunk.place(row)}, column ${JSON.stringify(column)}`, order, text);
        }
        if (time !== undefined && !Number.isNaN(time)) figures.add(time, before + row);
      }
      before += rows;
    },
    describe() {
      const summary = figures.summary();
      return summary && { column, unit: chosen === 'text' ? ('date' as const) : ('number' as const), ...summary };
    },
  };
}

/** How the dates of columns are read: of the column of times as asked, of others by themselves. */
async function datesOf(
  table: RawTable,
  { columns }: ObservedTable,
  { time, dateOrder }: { readonly time: string | undefined; readonly dateOrder: DateOrder | undefined },
) {
  const orders = new Map<string, DateOrder>();
  const problems = new Map<string, GargaloError>();
  const notes: string[] = [];
  for (const { name, as, seen } of columns) {
    if (as !== 'text' || !seen.allDates || seen.words === 0 || seen.numbers > 0) continue;
    const { order, note, example } = await dateOrderOf(table, name, name === time ? dateOrder : undefined);
    if (name === time) refuseAmbiguous(table.path, name, example);
    if (example !== undefined) {
      const mend = `\`time: ${JSON.stringify(name)}\` takes it for the time, with \`timeFormat: "dd/mm/yyyy"\` or \`timeFormat: "mm/dd/yyyy"\``;
      const problem = `expected numbers or words, got dates such as ${JSON.stringify(example)}`;
      problems.set(name, badInput(`${table.path}, column ${JSON.stringify(name)}`, problem, mend));
    } else orders.set(name, order);
    if (note !== undefined) notes.push(note);
  }
  return { orders, problems, notes };
}

/** What is said of a class that every row has for itself. */
function labelNotes(label: string | undefined, columns: readonly ColumnDescription[], rows: number): string[] {
  const own = columns.find(({ name }) => name === label);
  if (label === undefined || !own || !isNamePerRow(own, rows)) return [];
  return [
    `the column ${JSON.stringify(label)} has a value for each row, which names rows and is no class: \`id: ${JSON.stringify(label)}\` carries it`,
  ];
}

/** Whether every row has a value of its own in a column, as ids are; as far as they were counted. */
export function isNamePerRow({ words, numbers, missing }: ColumnDescription, rows: number): boolean {
  const { distinct = 0, distinctIsMinimum = false } = words ?? numbers ?? {};
  return rows > FEW && missing === 0 && (distinct === rows || (words !== undefined && distinctIsMinimum));
}

/** What {@link foundGroup} is told. */
interface GroupSearch {
  readonly label: string | undefined;
  readonly id: readonly string[];
  readonly ofTime: TableDescription['time'];
  readonly orders: ReadonlyMap<string, DateOrder>;
  readonly signal: AbortSignal | undefined;
}

/** The columns that tell several series apart, where times of the whole repeat or go back. */
async function foundGroup(
  table: RawTable,
  columns: readonly ColumnDescription[],
  { label, id, ofTime, orders, signal }: GroupSearch,
): Promise<readonly string[] | undefined> {
  const dates = columns.find(({ type, times, name }) => type === 'date' && times && name !== label);
  const [name, times] = ofTime ? [ofTime.column, ofTime] : [dates?.name, dates?.times];
  if (name === undefined || !times || times.backward + times.repeated === 0) return undefined;
  const others = columns.filter((column) => {
    const { type } = column;
    const isFit = type === 'category' || type === 'boolean' || type === 'number' || type === 'text';
    return isFit && !column.constant && ![name, label, ...id].includes(column.name);
  });
  return groupColumnsOf(
    table,
    others.map((column) => column.name),
    { name, order: orders.get(name) },
    signal,
  );
}

/**
 * Says what the columns of a table hold, whether they can be features or not. It walks over all rows, twice or three times, in
 * constant memory.
 *
 * @throws GargaloError `bad-input` naming file and row where it is no table, or a column that there is not; `cancelled`
 */
export async function describeTable(given: RawTable, options: DescribeTableOptions = {}): Promise<TableDescription> {
  const table = withMissing(given, options.na ?? []);
  const { label, limit = Number.POSITIVE_INFINITY, signal, onProgress } = options;
  const { time, group = [], id = [], dateOrder, gap } = settleRoles(table, options, undefined);
  const apart = [label, time, ...group, ...id].filter((name) => name !== undefined);
  const index = options.columns ? undefined : await indexOf(table, apart);
  const chosen = options.columns ?? table.columns.filter((name) => name !== index);
  const check = (name: string | undefined, flag: string): void => {
    if (name === undefined || table.columns.includes(name)) return;
    throw unknownColumn(table, name, flag);
  };
  for (const name of options.columns ?? []) check(name, '`columns`');
  check(label, '`label`');
  const names = [...new Set([...chosen, ...apart])];
  const forms = await findForms(table, names, options);
  const { formats, problems } = forms;
  const observed = await observeTable(table, { columns: names, limit, signal, formats });
  if (observed.rows === 0) throw noRows(table);
  const dates = await datesOf(table, observed, { time, dateOrder });
  const all = observed.columns.map((column) => ({
    column,
    ...columnFigures(column.name, sampleSize(names.length), dates.orders.get(column.name)),
  }));
  // the label's classes are texts, also where they are numbers
  const wanted = [
    ...observed.columns.map(({ name, as, format }) => ({ name, as, format })),
    ...(label === undefined ? [] : [{ name: label, as: 'text' as const }]),
  ];
  const classes = label === undefined ? undefined : columnFigures(`${label}/class`, 1);
  const timeAt = time === undefined ? -1 : names.indexOf(time);
  if (time !== undefined && observed.columns[timeAt]?.as === 'number') refuseDuration(gap, time);
  const times =
    time === undefined ? undefined : timeOf(time, observed.columns[timeAt]?.as ?? 'number', dates.orders.get(time));
  let rows = 0;
  let rowsWithMissing = 0;
  const preview: string[][] = [];
  for await (const chunk of table.chunks(wanted, { signal })) {
    const used = Math.min(chunk.rows, limit - rows);
    for (const [i, { add }] of all.entries()) add(columnAt(chunk, i), used);
    classes?.add(columnAt(chunk, names.length), used);
    times?.add(chunk, timeAt, used);
    for (let row = 0; row < used; row++) {
      if (chunk.columns.some((column, i) => i < names.length && isMissing(column, row))) rowsWithMissing++;
    }
    preview.push(...previewOf(chunk, Math.min(used, PREVIEW_ROWS - preview.length), names.length));
    rows += used;
    onProgress?.({ done: rows, total: observed.rows });
    if (rows >= limit) break;
  }
  const ofTime = times?.describe();
  const columns = all.map(({ column, describe }) => {
    const { name } = column;
    const verdict = verdictOf(table, column, !apart.includes(name), problems.get(name) ?? dates.problems.get(name));
    return describe(dates.problems.has(name) ? { ...verdict, type: 'date' } : verdict);
  });
  const found =
    group.length > 0 ? undefined : await foundGroup(table, columns, { label, id, ofTime, ...dates, signal });
  return {
    kind: 'table',
    path: table.path,
    rows,
    rowsWithMissing,
    columns,
    ...(classes && { classes: inNameOrder(classes.classes()) }),
    ...(ofTime && { time: ofTime }),
    ...(found !== undefined && { group: found }),
    notes: [
      ...(table.notes ?? []),
      ...(table.walkNotes?.() ?? []),
      ...(index === undefined ? [] : [indexNote(index)]),
      ...forms.notes,
      ...dates.notes,
      ...labelNotes(label, columns, rows),
    ],
    preview,
  };
}
