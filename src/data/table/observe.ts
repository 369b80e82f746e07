import { numberOf } from './cells.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';
import type { MissingPolicy } from './schema.js';
import { isDateLike, isInfinite } from './words.js';

/** Levels that a category may have. */
export const MAXIMUM_LEVELS = 1000;
/** With so few different cells, a smaller part of words makes a category; but no slip or two. */
export const FEW = 20;
const PART_OF_FEW = 1 / 20;
const WORDS_OF_FEW = 5;

/** What a column has been seen to hold. */
export interface Observed {
  numbers: number;
  words: number;
  missing: number;
  /** The first word, for messages. */
  first?: { readonly place: string; readonly word: string };
  allDates: boolean;
  /** The different words (in a column read as text: all texts), up to one more than a category may have. */
  readonly levels: Set<string>;
  /** The different numbers, as far as they are few. */
  readonly values: Set<number>;
}

const nothing = (): Observed => ({
  numbers: 0,
  words: 0,
  missing: 0,
  allDates: true,
  levels: new Set(),
  values: new Set(),
});

function noteWord(seen: Observed, word: string, place: () => string): void {
  seen.words++;
  seen.first ??= { place: place(), word };
  if (seen.allDates && !isDateLike(word)) seen.allDates = false;
}

function observe(seen: Observed, column: RawColumn, rows: number, place: (row: number) => string): void {
  if (column.as === 'text') {
    for (let row = 0; row < rows; row++) {
      const text = column.values[row];
      if (text === undefined) {
        seen.missing++;
        continue;
      }
      if (seen.levels.size <= MAXIMUM_LEVELS) seen.levels.add(text);
      if (Number.isNaN(numberOf(text))) noteWord(seen, text, () => place(row));
      else seen.numbers++;
    }
    return;
  }
  const { values, words } = column;
  let missing = 0;
  let few = seen.values.size <= FEW;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value - value !== 0) missing++;
    else if (few) {
      seen.values.add(value);
      few = seen.values.size <= FEW;
    }
  }
  seen.numbers += rows - missing;
  for (const [row, word] of words ?? []) {
    missing--;
    if (isInfinite(word)) {
      seen.numbers++;
      continue;
    }
    if (seen.levels.size <= MAXIMUM_LEVELS) seen.levels.add(word);
    noteWord(seen, word, () => place(row));
  }
  seen.missing += missing;
}

/**
 * Whether a column is one of categories: at least half of its cells that are not missing are words; or one in twenty is, five
 * at least, and all in all there are no more than 20 different cells ("0", "1", "2", "3+"). A word among fewer is an error, not a category.
 */
export function isOfWords({ numbers, words, levels, values }: Observed): boolean {
  const cells = numbers + words;
  if (words === 0) return false;
  return (
    words >= cells / 2 || (words >= Math.max(WORDS_OF_FEW, cells * PART_OF_FEW) && levels.size + values.size <= FEW)
  );
}

/** Which part of a table is looked at. */
export interface ObserveOptions {
  readonly columns: readonly string[];
  /** Look at the first so many rows only, of those that are kept. */
  readonly limit?: number | undefined;
  /** 'drop': rows with a missing cell do not count for the limit. */
  readonly missing?: MissingPolicy | undefined;
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

/** Walks once over a table; ends early where a column of numbers turns out to be one of words. */
async function walk(
  table: RawTable,
  wanted: readonly WantedColumn[],
  { limit = Number.POSITIVE_INFINITY, missing, signal }: ObserveOptions,
): Promise<{ seen: readonly Observed[]; rows: number; turned: readonly string[] }> {
  const seen = wanted.map(nothing);
  const isTurned = (_: WantedColumn, i: number) => wanted[i]!.as === 'number' && isOfWords(seen[i]!);
  let rows = 0;
  let chunks = 0;
  for await (const chunk of table.chunks(wanted, { signal })) {
    const open = limit - rows;
    const part = Math.min(chunk.rows, open);
    const { used, whole } =
      missing === 'drop' && open < Number.POSITIVE_INFINITY ? rowsFor(chunk, open) : { used: part, whole: part };
    rows += whole;
    for (const [i, column] of chunk.columns.entries()) observe(seen[i]!, column, used, (row) => chunk.place(row));
    // what the first rows say is mostly so: it is cheaper to begin again now
    if (chunks++ === 0 && wanted.some(isTurned)) break;
    if (rows >= limit) break;
  }
  return { seen, rows, turned: wanted.filter(isTurned).map(({ name }) => name) };
}

/** What the columns of a table hold, in the order asked for. */
export interface ObservedTable {
  readonly columns: readonly { readonly name: string; readonly as: WantedColumn['as']; readonly seen: Observed }[];
  readonly rows: number;
}

/**
 * Looks at every row of a table. Columns are read as numbers, and once more from the start as texts where they turn out to hold
 * words.
 */
export async function observeTable(table: RawTable, options: ObserveOptions): Promise<ObservedTable> {
  const texts = new Set(options.columns.filter((name) => table.booleans?.includes(name)));
  while (true) {
    const wanted = options.columns.map((name): WantedColumn => ({ name, as: texts.has(name) ? 'text' : 'number' }));
    const { seen, rows, turned } = await walk(table, wanted, options);
    if (turned.length === 0) return { columns: wanted.map((column, i) => ({ ...column, seen: seen[i]! })), rows };
    for (const name of turned) texts.add(name);
  }
}
