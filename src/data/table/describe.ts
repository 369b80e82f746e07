import { GargaloError } from '../../core/errors.js';
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
import { columnFor, noRows } from './infer.js';
import { withMissing } from './missing-marks.js';
import { isMissing, isOfWords, type ObservedTable, observeTable } from './observe.js';
import { columnAt, type RawChunk, type RawColumn, type RawTable } from './raw.js';
import type { TextOptions } from './text-options.js';
import { inNameOrder, toTime } from './words.js';

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
  /** How the file was understood, a sentence each. */
  readonly notes: readonly string[];
  /** Cells of the first rows, as texts; an empty one is missing. */
  readonly preview: readonly (readonly string[])[];
}

/** What {@link describeTable} can be told. */
export interface DescribeTableOptions extends WorkOptions, Pick<TextOptions, 'decimal' | 'thousands' | 'na'> {
  readonly columns?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly time?: string | undefined;
  readonly limit?: number | undefined;
}

const PREVIEW_ROWS = 5;

type Verdict = Pick<ColumnDescription, 'type' | 'problem'>;

/** What a column is taken for, and why it cannot be a feature. */
function verdictOf(
  path: string,
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
    return { type: columnFor(path, column).type };
  } catch (error) {
    if (!(error instanceof GargaloError)) throw error;
    const type = !isOfWords(seen) ? 'number' : seen.allDates && seen.numbers === 0 ? 'date' : 'text';
    if (!isFeature) return { type };
    return { type, problem: because(error) };
  }
}

/** Gathers the figures of a column. */
function columnFigures(name: string, size: number) {
  const numbers = numberFigures(name, size);
  const words = wordFigures();
  const times = timeFigures(name);
  let missing = 0;
  let rows = 0;
  /** The first word among numbers: inf is no number that can be trained on. */
  let stray: string | undefined;
  return {
    add(column: RawColumn, count: number): void {
      rows += count;
      for (let row = 0; row < count; row++) {
        if (isMissing(column, row)) missing++;
        else if (column.as === 'number') {
          const value = column.values[row] ?? Number.NaN;
          if (!Number.isNaN(value)) numbers.add(value);
          else stray ??= column.words?.get(row);
        } else {
          const text = column.values[row] ?? '';
          words.add(text);
          const time = toTime(text);
          if (!Number.isNaN(time)) times.add(time);
        }
      }
    },
    describe({ type, problem }: Verdict): ColumnDescription {
      const [ofNumbers, ofWords, ofTimes] = [numbers.summary(), words.summary(), times.summary()];
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
    classes: () => words.summary(Number.POSITIVE_INFINITY).top,
    times,
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
function timeOf(column: string, chosen: 'number' | 'text') {
  const figures = timeFigures(`${column}/time`);
  return {
    add(cells: RawColumn, rows: number): void {
      for (let row = 0; row < rows; row++) {
        const time = cells.as === 'number' ? cells.values[row] : toTime(cells.values[row] ?? '');
        if (time !== undefined && !Number.isNaN(time)) figures.add(time);
      }
    },
    describe() {
      const summary = figures.summary();
      return summary && { column, unit: chosen === 'text' ? ('date' as const) : ('number' as const), ...summary };
    },
  };
}

/**
 * Says what the columns of a table hold, whether they can be features or not. It walks over all rows, twice or three times, in
 * constant memory.
 *
 * @throws GargaloError `bad-input` naming file and row where it is no table, or a column that there is not; `cancelled`
 */
export async function describeTable(given: RawTable, options: DescribeTableOptions = {}): Promise<TableDescription> {
  const table = withMissing(given, options.na ?? []);
  const { label, time, limit = Number.POSITIVE_INFINITY, signal, onProgress } = options;
  const index = options.columns ? undefined : await indexOf(table, [label, time]);
  const chosen = options.columns ?? table.columns.filter((name) => name !== index);
  const check = (name: string | undefined, flag: string): void => {
    if (name === undefined || table.columns.includes(name)) return;
    throw unknownColumn(table.path, table.columns, name, flag);
  };
  for (const name of chosen) check(name, '`columns`');
  check(label, '`label`');
  check(time, '`time`');
  const extra = [label, time].filter((name) => name !== undefined).filter((name) => !chosen.includes(name));
  const names = [...chosen, ...extra];
  const forms = await findForms(table, names, options);
  const { formats, problems } = forms;
  const observed = await observeTable(table, { columns: names, limit, signal, formats });
  if (observed.rows === 0) throw noRows(table);
  const all = observed.columns.map((column) => ({ column, ...columnFigures(column.name, sampleSize(names.length)) }));
  // the label's classes are texts, also where they are numbers
  const wanted = [
    ...observed.columns.map(({ name, as, format }) => ({ name, as, format })),
    ...(label === undefined ? [] : [{ name: label, as: 'text' as const }]),
  ];
  const classes = label === undefined ? undefined : columnFigures(`${label}/class`, 1);
  const timeAt = time === undefined ? -1 : names.indexOf(time);
  const times = time === undefined ? undefined : timeOf(time, observed.columns[timeAt]?.as ?? 'number');
  let rows = 0;
  let rowsWithMissing = 0;
  const preview: string[][] = [];
  for await (const chunk of table.chunks(wanted, { signal })) {
    const used = Math.min(chunk.rows, limit - rows);
    for (const [i, { add }] of all.entries()) add(columnAt(chunk, i), used);
    classes?.add(columnAt(chunk, names.length), used);
    times?.add(columnAt(chunk, timeAt), used);
    for (let row = 0; row < used; row++) {
      if (chunk.columns.some((column, i) => i < names.length && isMissing(column, row))) rowsWithMissing++;
    }
    preview.push(...previewOf(chunk, Math.min(used, PREVIEW_ROWS - preview.length), names.length));
    rows += used;
    onProgress?.({ done: rows, total: observed.rows });
    if (rows >= limit) break;
  }
  const ofTime = times?.describe();
  return {
    kind: 'table',
    path: table.path,
    rows,
    rowsWithMissing,
    columns: all.map(({ column, describe }) => {
      const { name } = column;
      return describe(verdictOf(table.path, column, name !== label && name !== time, problems.get(name)));
    }),
    ...(classes && { classes: inNameOrder(classes.classes()) }),
    ...(ofTime && { time: ofTime }),
    notes: [...(table.notes ?? []), ...(index === undefined ? [] : [indexNote(index)]), ...forms.notes],
    preview,
  };
}
