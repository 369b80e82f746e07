import { badInput, type GargaloError } from '../../errors.js';

/** Texts that stand for a number that is missing. */
const noNumber = /^[+-]?(nan|na|n\/a|null|none|nil|\?|-)?$/i;
/** Texts that stand for a word that is missing: "none" and "-" are words. */
const noWord = /^(nan|na|n\/a|null|\?)?$/i;

/**
 * The number that a cell of text stands for: NaN for words and missing values, and as `Number` has it beside; `Number`
 * alone would take an empty cell for 0 and "0x10" for 16.
 *
 * @param comma whether a comma is the decimal mark, and a point is none
 */
export function numberOf(cell: string, comma = false): number {
  if (comma && cell.includes('.')) return Number.NaN;
  const value = Number(comma ? cell.replace(',', '.') : cell);
  if (value === 0 && cell.trim() === '') return Number.NaN;
  if (cell.length > 2 && /^0[xob]/i.test(cell)) return Number.NaN;
  return value;
}

/** Whether a cell of a column of numbers holds none on purpose: empty, NA, NaN, null, none, ?, -. */
export function isMissingNumber(cell: string): boolean {
  return noNumber.test(cell);
}

/** Whether a cell of a column of texts holds none: empty, NA, NaN, null, ?. */
export function isMissingText(cell: string): boolean {
  return noWord.test(cell);
}

/** Whether a cell is neither a number, nor missing, nor infinite: such cells make a header. */
export function isWord(cell: string, comma = false): boolean {
  return Number.isNaN(numberOf(cell, comma)) && !noNumber.test(cell) && !/^[+-]?inf(inity)?$/i.test(cell);
}

/** A text as it is named in messages. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Refuses two columns of one name. */
export function refuseTwice(names: readonly string[], place: string, mend: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw badInput(place, `expected different column names, got ${shown(name)} twice`, mend);
    seen.add(name);
  }
}

/** Says which columns there are instead of one that was asked for. */
export function unknownColumn(path: string, known: readonly string[], name: string, asked: string): GargaloError {
  const first = known.slice(0, 12).map(shown).join(', ');
  const mend = `there are ${first}${known.length > 12 ? ', …' : ''}`;
  return badInput(path, `expected a column of the file for ${asked}, got ${shown(name)}`, mend);
}
