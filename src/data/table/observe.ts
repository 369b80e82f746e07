import { isMissingNumber, numberOf } from './cells.js';
import { isDateLike } from './dates.js';
import type { NumberFormat } from './number-format.js';
import { columnAt, type RawChunk, type RawColumn, type RawTable, type WantedColumn } from './raw.js';
import type { MissingPolicy } from './schema.js';
import { isInfinite } from './words.js';

/** Levels that a category may have. */
export const MAXIMUM_LEVELS = 1000;
/** With so few different cells, a smaller part of words makes a category; but no slip or two. */
export const FEW = 20;
const PART_OF_FEW = 1 / 20;
const WORDS_OF_FEW = 5;

/** What a column has been seen to hold. What decides about its type is the same whether it was read as numbers or as texts. */
export interface Observed {
  numbers: number;
  /** Cells that are neither numbers nor what stands for a missing one. */
  words: number;
  /** In a column read as texts, those that stand for a missing number and may be words: "none", "-". */
  dashes: number;
  missing: number;
  /** The first word, for messages. */
  first?: { readonly place: string; readonly word: string };
  allDates: boolean;
  /** The different texts of a column read as such, up to one more than a category may have. */
  readonly levels: ReadonlySet<string>;
  /** The different numbers and words, as far as they are few. */
  readonly cells: Set<number | string>;
}

/** The levels of a column of numbers, which may be one of many. */
const NO_LEVELS: ReadonlySet<string> = new Set();

const nothing = (as: WantedColumn['as']): Observed => ({
  ...{ numbers: 0, words: 0, dashes: 0, missing: 0, allDates: true },
  ...{ levels: as === 'text' ? new Set<string>() : NO_LEVELS, cells: new Set() },
});

function noteWord(seen: Observed, word: string, place: () => string): void {
  seen.words++;
  seen.first ??= { place: place(), word };
  if (seen.allDates && !isDateLike(word)) seen.allDates = false;
  if (seen.cells.size <= FEW) seen.cells.add(word);
}

function noteNumber(seen: Observed, value: number): void {
  seen.numbers++;
  if (seen.cells.size <= FEW) seen.cells.add(value);
}

function observeTexts(
  seen: Observed,
  values: readonly (string | undefined)[],
  rows: number,
  place: (row: number) => string,
): void {
  const levels = seen.levels as Set<string>;
  for (let row = 0; row < rows; row++) {
    const text = values[row];
    if (text === undefined) {
      seen.missing++;
      continue;
    }
    if (levels.size <= MAXIMUM_LEVELS) levels.add(text);
    const value = numberOf(text);
    if (!Number.isNaN(value)) noteNumber(seen, value);
    else if (isInfinite(text)) seen.numbers++;
    else if (isMissingNumber(text)) seen.dashes++;
    else noteWord(seen, text, () => place(row));
  }
}

function observe(seen: Observed, column: RawColumn, rows: number, place: (row: number) => string): void {
  if (column.as === 'text') {
    observeTexts(seen, column.values, rows, place);
    return;
  }
  const { values, words } = column;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value - value === 0) noteNumber(seen, value);
    else seen.missing++;
  }
  for (const [row, word] of words ?? []) {
    if (row >= rows) continue;
    seen.missing--;
    if (isInfinite(word)) seen.numbers++;
    else noteWord(seen, word, () => place(row));
  }
}

/**
 * Whether a column is one of categories: at least half of its cells that are not missing are words; or one in twenty is, five
 * at least, and all in all there are no more than 20 different cells ("0", "1", "2", "3+"). A word among fewer is an error, not a category.
 */
export function isOfWords({ numbers, words, cells }: Observed): boolean {
  const all = numbers + words;
  if (words === 0) return false;
  return words >= all / 2 || (words >= Math.max(WORDS_OF_FEW, all * PART_OF_FEW) && cells.size <= FEW);
}

/** Which part of a table is looked at. */
export interface ObserveOptions {
  readonly columns: readonly string[];
  /** Look at the first so many rows only, of those that are kept. */
  readonly limit?: number | undefined;
  /** 'drop': rows with a missing cell do not count for the limit. */
  readonly missing?: MissingPolicy | undefined;
  /** How numbers are written, by column. */
  readonly formats?: ReadonlyMap<string, NumberFormat> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function isMissing(column: RawColumn, row: number): boolean {
  if (column.as === 'text') return column.values[row] === undefined;
  return Number.isNaN(column.values[row]) && !column.words?.has(row);
}

/** How many rows of a chunk it takes to have so many in which nothing is missing. */
function rowsFor({ columns, rows }: RawChunk, wanted: number): { readonly used: number; readonly whole: number } {
  let whole = 0;
  let used = 0;
  while (used < rows && whole < wanted) {
    if (!columns.some((column) => isMissing(column, used))) whole++;
    used++;
  }
  return { used, whole };
}

/** Walks once over a table; ends early where a column of numbers, not settled, turns out to be one of words. */
async function walk(
  table: RawTable,
  wanted: readonly WantedColumn[],
  settled: ReadonlySet<string>,
  { limit = Number.POSITIVE_INFINITY, missing, signal }: ObserveOptions,
): Promise<ObservedTable & { turned: readonly string[]; isWhole: boolean }> {
  const columns = wanted.map((column) => ({ ...column, seen: nothing(column.as) }));
  const isTurned = ({ name, as, seen }: ObservedColumn) => as === 'number' && !settled.has(name) && isOfWords(seen);
  let rows = 0;
  let chunks = 0;
  let isWhole = true;
  for await (const chunk of table.chunks(wanted, { signal })) {
    const open = limit - rows;
    const part = Math.min(chunk.rows, open);
    const { used, whole } =
      missing === 'drop' && open < Number.POSITIVE_INFINITY ? rowsFor(chunk, open) : { used: part, whole: part };
    rows += whole;
    for (const [i, { seen }] of columns.entries()) observe(seen, columnAt(chunk, i), used, (row) => chunk.place(row));
    // what the first rows say is mostly so: it is cheaper to begin again now
    if (chunks++ === 0 && columns.some(isTurned)) {
      isWhole = false;
      break;
    }
    if (rows >= limit) break;
  }
  return { columns, rows, turned: columns.filter(isTurned).map(({ name }) => name), isWhole };
}

type ObservedColumn = WantedColumn & { readonly seen: Observed };

/** What the columns of a table hold, in the order asked for. */
export interface ObservedTable {
  readonly columns: readonly ObservedColumn[];
  readonly rows: number;
}

/**
 * Looks at every row of a table. Columns are read as numbers, and once more from the start as texts where they turn out to hold
 * words: where the first rows say so at once, else in the end.
 */
export async function observeTable(table: RawTable, options: ObserveOptions): Promise<ObservedTable> {
  const texts = new Set(options.columns.filter((name) => table.booleans?.includes(name)));
  const settled = new Set(texts);
  const { formats } = options;
  while (true) {
    const wanted = options.columns.map(
      (name): WantedColumn => ({ name, as: texts.has(name) ? 'text' : 'number', format: formats?.get(name) }),
    );
    const { columns, rows, turned, isWhole } = await walk(table, wanted, settled, options);
    for (const name of turned) texts.add(name);
    // words were at the start alone: few, among numbers
    const back = isWhole
      ? columns.filter(({ name, as, seen }) => as === 'text' && !settled.has(name) && !isOfWords(seen))
      : [];
    for (const { name } of back) {
      texts.delete(name);
      settled.add(name);
    }
    if (turned.length + back.length > 0) continue;
    return { columns, rows };
  }
}
