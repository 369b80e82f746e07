import { badInput, type GargaloError } from '../../core/errors.js';
import { isMissingNumber, numberOf, shown } from './cells.js';
import {
  chooseFormat,
  formatWords,
  type GivenFormat,
  isShare,
  type NumberFormat,
  type Survey,
  surveyNumbers,
} from './number-format.js';
import type { RawTable } from './raw.js';
import type { TableSchema } from './schema.js';

/** How the cells of some columns are read. */
export interface ColumnForms {
  /** How numbers are written, by column, where not plainly. */
  readonly formats: ReadonlyMap<string, NumberFormat>;
  /** Columns whose numbers may mean this or that. */
  readonly problems: ReadonlyMap<string, GargaloError>;
  /** What was found out, a sentence each. */
  readonly notes: readonly string[];
}

/** What is known of columns before they are looked at. */
export interface FormOptions extends GivenFormat {
  /** The column of times. */
  readonly time?: string | undefined;
  /** The columns of a model, in the order of the names. */
  readonly like?: TableSchema['columns'] | undefined;
}

const NAMED = 6;

/** Columns of one kind in a sentence: 'columns "a", "b"'. */
function columnWords(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `column${names.length === 1 ? '' : 's'} ${names.slice(0, NAMED).map(shown).join(', ')}${more}`;
}

/** What is said of how numbers are written. */
function notesOf(
  found: readonly { name: string; format: NumberFormat | undefined; guessed: boolean; survey: Survey }[],
): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, format, guessed, survey } of found) {
    if (!format && !guessed) continue;
    // whole numbers beside decimal commas are as they always are
    if (survey.plain && survey.decimal === undefined && !guessed && !format?.thousands) continue;
    const example = guessed
      ? `; ${shown(survey.examples[0]!)} could be another number: \`decimal\`, \`thousands\``
      : '';
    const words = `${format ? formatWords(format, survey.parentheses) : 'numbers with a decimal point'}${example}`;
    groups.set(words, [...(groups.get(words) ?? []), name]);
  }
  return [...groups].map(([words, names]) => `${columnWords(names)}: ${words}`);
}

/** The number format that a model has for a column; its numbers are plain where it has none. */
const priorOf = (column: TableSchema['columns'][number] | undefined): NumberFormat | undefined =>
  column?.type === 'number' ? column.format : undefined;

/** Why a column's unit is not that of the model; undefined where it is. */
function unitProblem(prior: NumberFormat | undefined, found: NumberFormat | undefined): string | undefined {
  const [expected, got] = [prior?.unit, found?.unit];
  const differs = isShare(expected) || isShare(got) ? expected !== got : expected && got && expected !== got;
  const words = (unit: string | undefined) => (unit === undefined ? 'without a unit' : `with ${unit}`);
  return differs
    ? `expected numbers ${words(expected)}, as the model was trained on, got numbers ${words(got)}`
    : undefined;
}

/**
 * Finds out how the numbers of columns of text are written, by all cells of a sample of each. Where the cells of one leave it open, the others
 * of the table, the options or the model decide.
 */
export async function findForms(
  table: RawTable,
  names: readonly string[],
  { decimal, thousands, like }: FormOptions = {},
): Promise<ColumnForms> {
  const formats = new Map<string, NumberFormat>();
  const problems = new Map<string, GargaloError>();
  const prior = new Map(names.map((name, i) => [name, like?.[i]]));
  const sample = await table.sample?.();
  // all columns: which of them are asked for decides nothing
  const all = new Map(
    [...(sample ?? [])].map(([name, cells]) => [name, surveyNumbers(cells.filter((cell) => !isMissingNumber(cell)))]),
  );
  const sure = new Set([...all.values()].flatMap((survey) => survey?.decimal ?? []));
  const surveys = [...new Set(names)].flatMap((name) => {
    const column = prior.get(name);
    const survey = column && column.type !== 'number' ? undefined : all.get(name);
    const own = priorOf(column);
    if (!survey && own) formats.set(name, own);
    return survey ? [{ name, survey, own, isNumber: column !== undefined }] : [];
  });
  const commaSeparated = table.delimiter === ',';
  const found = surveys.flatMap(({ name, survey, own, isNumber }) => {
    const choice = chooseFormat(survey, { given: { decimal, thousands }, prior: own, others: sure, commaSeparated });
    const where = `${table.path}, column ${shown(name)}`;
    const refuse = (problem: string, remedy: string) => {
      problems.set(name, badInput(where, problem, remedy));
      return [];
    };
    if ('problem' in choice) return refuse(choice.problem, choice.remedy);
    const unit = isNumber ? unitProblem(own, choice.format) : undefined;
    if (unit) return refuse(unit, 'write them alike');
    if (choice.format) formats.set(name, choice.format);
    return [{ name, survey, format: choice.format, guessed: choice.guessed ?? false }];
  });
  const notes = [...notesOf(found), ...(sample ? countryNotes(sample, names) : [])];
  return { formats, problems, notes };
}

/** What is said where NA may be the code of Namibia: it stands among other codes of two capital letters. */
function countryNotes(sample: ReadonlyMap<string, readonly string[]>, names: readonly string[]): string[] {
  const doubtful = names.filter((name) => {
    const cells = new Set(sample.get(name));
    if (!cells.has('NA')) return false;
    const others = [...cells].filter((cell) => !isMissingNumber(cell));
    return others.length >= 3 && others.every((cell) => /^[A-Z]{2}$/.test(cell));
  });
  return doubtful.length === 0
    ? []
    : [`${columnWords(doubtful)}: NA is taken for missing; \`keepNa: true\` takes it for a word`];
}

/** Names that pandas gives to the numbers of rows, and that our own outputs do. */
const indexName = /^(column 1|Unnamed: 0|__index_level_0__|row)$/;

/**
 * The column that only counts rows, as pandas and our own outputs have it: whole numbers, all different.
 *
 * @param used columns that somebody has named for what they are: the label and the time
 */
export async function indexOf(table: RawTable, used: readonly (string | undefined)[]): Promise<string | undefined> {
  const { columns } = table;
  const name = columns.find((one, i) => indexName.test(one) && (i === 0 || one.startsWith('__')));
  if (name === undefined || columns.length < 2 || used.includes(name)) return undefined;
  const cells = (await table.sample?.())?.get(name) ?? (await firstCells(table, name));
  const numbers = cells.map(numberOf);
  const counts =
    numbers.every((value) => Number.isSafeInteger(value) && value >= 0) && new Set(numbers).size === numbers.length;
  return counts && numbers.length > 1 ? name : undefined;
}

async function firstCells(table: RawTable, name: string): Promise<readonly string[]> {
  for await (const { columns } of table.chunks([{ name, as: 'number' }])) {
    const [column] = columns;
    return column?.as === 'number' ? Array.from(column.values, String) : [];
  }
  return [];
}

/** What is said of a column that is left out because it only counts the rows. */
export const indexNote = (name: string): string =>
  `${columnWords([name])} only counts rows and is left out; naming it in \`columns\` keeps it`;
