import { badInput, type GargaloError } from '../../errors.js';
import { numberOf, shown } from './cells.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';
import { type CategoryForm, embeddingWidth, type MissingPolicy, type TableColumn, type TableSchema } from './schema.js';
import { isDateLike, isInfinite, sortedNames, truthLevels } from './words.js';

/** Levels that a category may have. */
export const MAXIMUM_LEVELS = 1000;
/** With so few different cells, a smaller part of words makes a category; but no slip or two. */
const FEW = 20;
const PART_OF_FEW = 1 / 20;
const WORDS_OF_FEW = 5;

/** What a column has been seen to hold. */
interface Observed {
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
function isOfWords({ numbers, words, levels, values }: Observed): boolean {
  const cells = numbers + words;
  if (words === 0) return false;
  return (
    words >= cells / 2 || (words >= Math.max(WORDS_OF_FEW, cells * PART_OF_FEW) && levels.size + values.size <= FEW)
  );
}

const flagged = (name: string) => (/\s/.test(name) ? shown(name) : name);
const leaving = 'leave the column out with --columns';

/** A word where a number is due. */
export function wordProblem(place: string, word: string, column: string): GargaloError {
  const where = `${place}, column "${column}"`;
  if (isInfinite(word))
    return badInput(where, `expected a finite number, got ${shown(word)}`, `drop the row or ${leaving}`);
  return badInput(
    where,
    `expected a number, got the word ${shown(word)}`,
    `${leaving}, or take it for the class with --label ${flagged(column)}`,
  );
}

/** What a column of words is. */
function columnOfWords(path: string, name: string, seen: Observed, form: CategoryForm): TableColumn {
  const { levels, numbers, words, first } = seen;
  const truth = numbers === 0 ? truthLevels([...levels].slice(0, FEW)) : undefined;
  if (truth && levels.size <= FEW) return { type: 'boolean', name, levels: truth };
  const where = `${path}, column "${name}"`;
  const otherwise = `${leaving}, or take it for the class with --label ${flagged(name)}`;
  if (seen.allDates && numbers === 0) {
    throw badInput(
      where,
      `expected numbers or words, got dates such as ${shown(first!.word)}`,
      `take it for the time with --time ${flagged(name)}, or ${leaving}`,
    );
  }
  const cells = numbers + words;
  if (levels.size > FEW && levels.size > cells / 2) {
    const count = levels.size > MAXIMUM_LEVELS ? `more than ${MAXIMUM_LEVELS}` : levels.size;
    throw badInput(
      where,
      `expected words that come back, got ${count} different ones in ${cells} rows, as ids or free text have`,
      leaving,
    );
  }
  if (levels.size > MAXIMUM_LEVELS) {
    throw badInput(where, `expected at most ${MAXIMUM_LEVELS} different words, got more`, otherwise);
  }
  const sorted = sortedNames([...levels]);
  const embedding = form === 'embedding' && sorted.length > 1 && { embedding: embeddingWidth(sorted.length) };
  return { type: 'category', name, levels: sorted, ...embedding };
}

/** What there is to know before a table is read for what it means. */
export interface InferOptions {
  /** The columns that become features. */
  readonly columns: readonly string[];
  /** The column of times. */
  readonly time?: string | undefined;
  readonly missing: MissingPolicy;
  readonly categories: CategoryForm;
  /** Look at the first so many rows only, of those that are kept. */
  readonly limit?: number | undefined;
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
  { limit = Number.POSITIVE_INFINITY, missing, signal }: InferOptions,
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

/** What a table was found to be. */
export interface Inferred {
  /** Its missing cells not yet learned; left out where all columns are numbers and none may be missing. */
  readonly schema?: TableSchema;
  readonly timeUnit?: 'date' | 'number';
}

/**
 * Finds out what the columns of a table are, by looking at every row. Columns are read as numbers, and once more from the
 * start as texts where they turn out to hold words.
 *
 * @throws GargaloError `bad-input` naming file, row or column: a word among numbers, dates, ids, too many levels, no rows
 */
export async function inferSchema(table: RawTable, options: InferOptions): Promise<Inferred> {
  const { missing, time } = options;
  const names = [...options.columns, ...(time === undefined ? [] : [time])];
  const texts = new Set(names.filter((name) => table.booleans?.includes(name)));
  let found: Awaited<ReturnType<typeof walk>>;
  let wanted: WantedColumn[];
  do {
    wanted = names.map((name) => ({ name, as: texts.has(name) ? 'text' : 'number' }));
    found = await walk(table, wanted, options);
    for (const name of found.turned) texts.add(name);
  } while (found.turned.length > 0);
  if (found.rows === 0) throw noRows(table);

  const columns = options.columns.map((name, i): TableColumn => {
    const seen = found.seen[i]!;
    if (!isOfWords(seen) && seen.first) throw wordProblem(seen.first.place, seen.first.word, name);
    if (seen.numbers + seen.words === 0 && missing !== 'refuse') {
      throw badInput(`${table.path}, column "${name}"`, 'expected values, got only missing cells', leaving);
    }
    const column: TableColumn = texts.has(name)
      ? columnOfWords(table.path, name, seen, options.categories)
      : { type: 'number', name };
    return missing === 'indicator' && seen.missing > 0 ? { ...column, indicator: true } : column;
  });
  const isPlain = missing === 'refuse' && columns.every(({ type }) => type === 'number');
  return {
    ...(!isPlain && { schema: { columns, ...(missing !== 'refuse' && { missing }) } }),
    ...(time !== undefined && { timeUnit: texts.has(time) ? 'date' : 'number' }),
  };
}

export const noRows = ({ path }: RawTable): GargaloError => badInput(path, 'expected at least one row, got none');
