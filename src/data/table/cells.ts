import { badInput, type GargaloError } from '../../core/errors.js';
import { mostUnpacked, type UnpackLimit } from '../large.js';
import type { RawTable } from './raw.js';

/** What spreadsheets write where there is no value. */
const faults = '#n/a|#n/a n/a|#na|#div/0!|#value!|#ref!|#num!|#name\\?|#null!|<na>|1\\.#ind|1\\.#qnan';
/** Texts that stand for a number that is missing. */
const noNumber = new RegExp(`^[+-]?(nan|na|n/a|null|none|nil|\\?|-|${faults})?$`, 'i');
/** Texts that stand for a word that is missing: "none" and "-" are words. */
const noWord = new RegExp(`^(nan|na|n/a|null|\\?|${faults})?$`, 'i');

/**
 * The number that a cell of text stands for: NaN for words and missing values, and as `Number` has it beside; `Number`
 * alone would take an empty cell for 0 and "0x10" for 16.
 */
export function numberOf(cell: string): number {
  const value = Number(cell);
  if (value === 0 && cell.trim() === '') return Number.NaN;
  if (cell.length > 2 && /^0[xob]/i.test(cell)) return Number.NaN;
  return value;
}

/** Whether a cell of a column of numbers holds none on purpose: empty, NA, NaN, null, none, ?, -, #N/A, #DIV/0!. */
export function isMissingNumber(cell: string): boolean {
  return noNumber.test(cell);
}

/**
 * Whether a cell of a column of texts holds none: empty, NA, NaN, null, ?, #N/A.
 *
 * @param keepNa whether NA is a word: Namibia
 */
export function isMissingText(cell: string, keepNa = false): boolean {
  // most words are longer than that, and need no more of a look
  return cell.length <= 9 && noWord.test(cell) && !(keepNa && /^na$/i.test(cell));
}

/** A text as it is named in messages. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** A name as it stands in a list of names separated by commas. */
export function nameInList(name: string): string {
  return /[",]/.test(name) || name !== name.trim() ? `"${name.replaceAll('"', '""')}"` : name;
}

/** Bytes that a column of a table takes beside its cells, with its name and its figures. */
const COLUMN_BYTES = 2560;

/** Columns that a table may have: 52,429 where nothing else is said. */
export const mostColumns = (limit: UnpackLimit): number => Math.ceil(mostUnpacked(0, limit) / COLUMN_BYTES);

/** Refuses more columns than so many. */
export function refuseColumns(count: number, most: number, place: string): void {
  if (count <= most) return;
  const mend = `of a sound table: \`maxUnpacked: ${16 * most * COLUMN_BYTES}\`; or save it as an array (.npy), whose columns have no names`;
  throw badInput(place, `expected at most ${most.toLocaleString('en-US')} columns, got more`, mend);
}

/** Refuses two columns of one name. */
export function refuseTwice(names: readonly string[], place: string): void {
  const seen = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const before = seen.get(name);
    seen.set(name, i);
    if (before === undefined) continue;
    const problem = `expected different column names, got ${shown(name)} twice, in the columns ${before + 1} and ${i + 1}`;
    throw badInput(place, problem, 'rename one of them; where this is no row of names: `header: false`');
  }
}

/** What is to be done where the first row was taken for values by guess. */
export const headerMend = '`header: true` takes the first row for names';

/** Says which columns there are instead of one that was asked for. */
export function unknownColumn(
  { path, columns, guessedValues }: Pick<RawTable, 'path' | 'columns' | 'guessedValues'>,
  name: string,
  asked: string,
): GargaloError {
  const first = columns.slice(0, 12).map(shown).join(', ');
  const names = guessedValues === undefined ? '' : `; ${headerMend}`;
  const mend = `there are ${first}${columns.length > 12 ? ', …' : ''}${names}`;
  return badInput(path, `expected a column of the file for ${asked}, got ${shown(name)}`, mend);
}

/** The text of a cell that has a type. A moment too far away for the calendar is a word, "Invalid Date". */
export const textOf = (cell: unknown): string =>
  cell instanceof Date && !Number.isNaN(cell.getTime()) ? cell.toISOString() : String(cell);
