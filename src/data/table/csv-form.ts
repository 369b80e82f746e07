import { isWord, refuseTwice } from './cells.js';

/** How a file of text is cut into cells and numbers; plain data, which a worker takes too. */
export interface CsvForm {
  /** The file, for messages. */
  readonly path: string;
  /** The bytes between two cells: one, or two that count alike. */
  readonly delimiters: readonly number[];
  /** Whether a comma is the decimal mark. */
  readonly comma: boolean;
  /** Cells of a row. */
  readonly width: number;
}

const code = (text: string) => text.charCodeAt(0);

/** The separators that a file's name promises, and those that are looked for where its first line has none of them. */
function promised(path: string): { own: string; others: string } {
  if (/\.tsv$/i.test(path)) return { own: '\t', others: '' };
  return /\.txt$/i.test(path) ? { own: ',\t', others: ';' } : { own: ',', others: ';\t' };
}

/** A quote stands for what is quoted. */
const unquoted = (head: string) => head.replaceAll(/"[^"]*"/g, '"');

/** The first line with something on it, without what is quoted. */
function firstLine(head: string): string {
  return unquoted(head).match(/[^\r\n]*[^\s][^\r\n]*/)?.[0] ?? '';
}

/**
 * What separates cells: tabs in .tsv, commas in .csv, either in .txt; where the first line has no comma, semicolons or tabs that
 * it has.
 */
export function delimitersOf(path: string, head: string): number[] {
  const { own, others } = promised(path);
  const line = firstLine(head);
  const has = (mark: string) => line.includes(mark);
  const found = [...own].some(has) ? undefined : [...others].find(has);
  return [...(found ?? own)].map(code);
}

/** A cell that is a number of some form, quoted or not. */
const numberCell = (form: string) =>
  new RegExp(`(^|[;\\t\\r\\n"])\\s*[+-]?${form}(e[+-]?\\d+)?\\s*(?=[;\\t\\r\\n"]|$)`, 'i');
const withComma = numberCell('\\d+,\\d+');
const withPoint = numberCell('\\d*\\.\\d+');

/**
 * Whether numbers have a decimal comma: only between semicolons or tabs, where the first rows have numbers with commas and none with
 * a point: beside those, "40,5" is a text. The other mark makes a word, which is refused: 1.234 is never taken for 1234 or the
 * other way round. Between tabs a number needs no quotes: what has them beside cells without is a word.
 */
export function hasDecimalComma(delimiters: readonly number[], head: string): boolean {
  if (delimiters.includes(code(','))) return false;
  const bare = delimiters.includes(code('\t')) ? unquoted(head) : '';
  const looked = /[^\s"]/.test(bare) ? bare : head;
  return withComma.test(looked) && !withPoint.test(looked);
}

/**
 * The names of the columns, by the first row: it is a header where it has a word in it.
 *
 * @throws GargaloError `bad-input` for two columns of one name
 */
export function columnNames(
  cells: readonly string[],
  comma: boolean,
  place: string,
): { readonly header: boolean; readonly names: readonly string[] } {
  // pandas heads an unnamed table with its index by an empty cell and 0, 1, 2, …
  const pandas = cells.length > 1 && cells.every((cell, i) => cell === (i === 0 ? '' : String(i - 1)));
  const header = pandas || cells.some((cell) => isWord(cell, comma));
  const names = cells.map((cell, i) => (header ? cell || `column ${i + 1}` : String(i + 1)));
  const mend = 'the first row was taken for the names of the columns, because it has a word in it: add such a row';
  refuseTwice(names, place, mend);
  return { header, names };
}
