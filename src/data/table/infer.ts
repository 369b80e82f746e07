import { badInput, type GargaloError } from '../../core/errors.js';
import { headerMend, numberOf, shown } from './cells.js';
import { surveyDates } from './dates.js';
import { isNumberLike } from './number-format.js';
import {
  FEW,
  isOfWords,
  MAXIMUM_LEVELS,
  type Observed,
  type ObservedTable,
  type ObserveOptions,
  observeTable,
} from './observe.js';
import type { RawTable } from './raw.js';
import { type CategoryForm, embeddingWidth, type MissingPolicy, type TableColumn, type TableSchema } from './schema.js';
import type { TextForm } from './text-options.js';
import { isInfinite, sortedNames, truthLevels } from './words.js';

const leaving = 'leave the column out with `columns`';

/** A word where a number is due. */
export function wordProblem(place: string, word: string, column: string, guessedValues?: string): GargaloError {
  const where = `${place}, column ${shown(column)}`;
  if (isInfinite(word))
    return badInput(where, `expected a finite number, got ${shown(word)}`, `drop the row or ${leaving}`);
  if (isNumberLike(word)) {
    const mend = `write it as the others; \`decimal\` and \`thousands\` say how numbers are written; or ${leaving}`;
    return badInput(where, `expected a number written as those before, got ${shown(word)}`, mend);
  }
  const names = place === guessedValues ? `${headerMend}; ` : '';
  return badInput(
    where,
    `expected a number, got the word ${shown(word)}`,
    `${names}\`na\` takes it for missing; ${leaving}, or take it for the class with \`label: ${shown(column)}\``,
  );
}

/** What a column of words is. */
function columnOfWords(path: string, name: string, seen: Observed, form: CategoryForm): TableColumn {
  const { levels, numbers, words, dashes, first } = seen;
  // numbers in several forms, beside words: no category
  const texts = [...levels].filter((text) => Number.isNaN(numberOf(text)));
  if (texts.filter(isNumberLike).length > texts.length / 2) throw wordProblem(first!.place, first!.word, name);
  const truth = numbers + dashes === 0 ? truthLevels([...levels].slice(0, FEW)) : undefined;
  if (truth && levels.size <= FEW) return { type: 'boolean', name, levels: truth };
  const where = `${path}, column ${shown(name)}`;
  const otherwise = `${leaving}, or take it for the class with \`label: ${shown(name)}\``;
  if (seen.allDates && numbers + dashes === 0) {
    const form = surveyDates([first!.word])
      ? ' (and `timeFormat: "dd/mm/yyyy"` where the day comes first and none is above 12)'
      : '';
    throw badInput(
      where,
      `expected numbers or words, got dates such as ${shown(first!.word)}`,
      `take it for the time with \`time: ${shown(name)}\`${form}, or ${leaving}`,
    );
  }
  const cells = numbers + words + dashes;
  if (levels.size > FEW && levels.size > cells / 2) {
    const count = levels.size > MAXIMUM_LEVELS ? `more than ${MAXIMUM_LEVELS}` : levels.size;
    throw badInput(
      where,
      `expected words that come back, got ${count} different ones in ${cells} rows, as ids or free text have`,
      `carry it to the outputs with \`id: ${shown(name)}\`, or ${leaving}`,
    );
  }
  if (levels.size > MAXIMUM_LEVELS) {
    throw badInput(where, `expected at most ${MAXIMUM_LEVELS} different words, got more`, otherwise);
  }
  const sorted = sortedNames([...levels]);
  const embedding = form === 'embedding' && sorted.length > 1 && { embedding: embeddingWidth(sorted.length) };
  return { type: 'category', name, levels: sorted, ...embedding };
}

/** What a table was found to be. */
export interface Inferred {
  /** Its missing cells not yet learned; left out where all columns are numbers and none may be missing. */
  readonly schema?: TableSchema;
  readonly timeUnit?: 'date' | 'number';
}

/** What is wanted of a table before it is read for what it means. */
export interface InferOptions extends ObserveOptions {
  /** The column of times. */
  readonly time?: string | undefined;
  readonly missing: MissingPolicy;
  readonly categories: CategoryForm;
  /** How a file of text was said to be written. */
  readonly text?: TextForm | undefined;
}

/**
 * What a column is, by what it has been seen to hold.
 *
 * @throws GargaloError `bad-input` naming file, row or column: a word among numbers, dates, ids, too many levels
 */
export function columnFor(
  { path, guessedValues }: Pick<RawTable, 'path' | 'guessedValues'>,
  { name, as, seen, format }: ObservedTable['columns'][number],
  categories: CategoryForm = 'one-hot',
): TableColumn {
  if (!isOfWords(seen) && seen.first) throw wordProblem(seen.first.place, seen.first.word, name, guessedValues);
  return as === 'text' && seen.words > 0
    ? columnOfWords(path, name, seen, categories)
    : { type: 'number', name, ...(format && { format }) };
}

/**
 * Finds out what the columns of a table are, by looking at every row.
 *
 * @throws GargaloError `bad-input` naming file, row or column: a word among numbers, dates, ids, too many levels, no rows
 */
export async function inferSchema(table: RawTable, options: InferOptions): Promise<Inferred> {
  const { missing, time, categories, text } = options;
  const names = [...options.columns, ...(time === undefined ? [] : [time])];
  const found = await observeTable(table, { ...options, columns: names });
  if (found.rows === 0) throw noRows(table);
  const columns = found.columns.slice(0, options.columns.length).map((column): TableColumn => {
    const { name, seen } = column;
    const made = columnFor(table, column, categories);
    if (seen.numbers + seen.words === 0 && missing !== 'refuse') {
      throw badInput(`${table.path}, column ${shown(name)}`, 'expected values, got only missing cells', leaving);
    }
    return missing === 'indicator' && seen.missing > 0 ? { ...made, indicator: true } : made;
  });
  const isPlain =
    missing === 'refuse' && !text && columns.every((column) => column.type === 'number' && !column.format);
  return {
    ...(!isPlain && { schema: { columns, ...(missing !== 'refuse' && { missing }), ...(text && { text }) } }),
    ...(time !== undefined && { timeUnit: found.columns.at(-1)?.as === 'text' ? 'date' : 'number' }),
  };
}

export const noRows = ({ path }: RawTable): GargaloError => badInput(path, 'expected at least one row, got none');
