import { badInput } from '../../core/errors.js';
import { shown } from './cells.js';
import { type ThousandsMark, thousandsMarks } from './number-format.js';

/** How a file of text is written, where its reader is to be told and not to find out by itself. */
export interface TextOptions {
  /** What separates cells: one character, or " " for runs of blanks. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of columns that can be read with it. */
  readonly decimal?: '.' | ',' | undefined;
  /** The mark between thousands of columns that can be read with it. */
  readonly thousands?: ThousandsMark | 'none' | undefined;
  /** Whether the first row has the names of the columns. */
  readonly header?: boolean | undefined;
  /** Further texts that stand for missing cells, as "-999". */
  readonly na?: readonly string[] | undefined;
  /** Whether NA is a word in a column of words, as for Namibia. */
  readonly keepNa?: boolean | undefined;
  /** As "windows-1252": every one that TextDecoder knows. */
  readonly encoding?: string | undefined;
  /** Lines before the table, which are left out. */
  readonly skip?: number | undefined;
  /** The character that lines to leave out begin with. */
  readonly comment?: string | undefined;
}

/** What a model remembers of how its files of text were said to be written. */
export type TextForm = Pick<TextOptions, 'delimiter' | 'header' | 'na' | 'keepNa' | 'encoding' | 'comment'>;

/** The options that a model remembers, as far as given. */
export function textFormOf({ delimiter, header, na, keepNa, encoding, comment }: TextOptions): TextForm | undefined {
  const given = Object.entries({ delimiter, header, na, keepNa, encoding, comment });
  const said = given.filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** Names that people give to characters that are hard to type. */
const names: Readonly<Record<string, string>> = {
  ...{ tab: '\t', '\\t': '\t', blank: ' ', blanks: ' ', space: ' ', comma: ',', semicolon: ';', pipe: '|' },
  ...{ point: '.', dot: '.', apostrophe: "'", '’': "'", '\u00a0': ' ', '\u202f': ' ', '\u2009': ' ' },
};
const character = (text: string): string => names[text] ?? text;

/** The character that separates cells, as it was given: ";" or "tab". */
export function parseDelimiter(text: string): string {
  const found = character(text);
  if (/^[\t\x20-\x7e]$/.test(found) && !/["\dA-Za-z]/.test(found)) return found;
  throw badInput('delimiter', `expected one character, tab or blanks, got ${shown(text)}`, 'no letter, digit or quote');
}

export function parseComment(text: string): string {
  if (/^[\x21-\x7e]$/.test(text) && !/["\dA-Za-z]/.test(text)) return text;
  throw badInput('comment', `expected one character, got ${shown(text)}`, 'no letter, digit or quote');
}

export function parseDecimal(text: string): '.' | ',' {
  const found = character(text);
  if (found === '.' || found === ',') return found;
  throw badInput('decimal', `expected point or comma, got ${shown(text)}`);
}

export function parseThousands(text: string): ThousandsMark | 'none' {
  const found = character(text);
  const mark = thousandsMarks.find((one) => one === found);
  if (mark) return mark;
  if (text === 'none') return text;
  throw badInput('thousands', `expected comma, point, blank, apostrophe or none, got ${shown(text)}`);
}

export function parseEncoding(text: string): string {
  try {
    return new TextDecoder(text).encoding;
  } catch (error) {
    const mend = 'windows-1252, iso-8859-2, utf-16le, shift_jis … are known';
    throw badInput('encoding', `expected the name of an encoding, got ${shown(text)}`, mend, error);
  }
}

/** Checks what a program gives as the command line does. */
export function checkTextOptions(options: TextOptions): TextOptions {
  const { delimiter, decimal, thousands, encoding, comment, skip } = options;
  if (skip !== undefined && !(Number.isSafeInteger(skip) && skip >= 0)) {
    throw badInput('skip', `expected a whole number of lines, got ${skip}`);
  }
  if (decimal !== undefined && decimal === thousands) {
    throw badInput('thousands', `expected another mark than the decimal one, got ${shown(decimal)} for both`);
  }
  return {
    ...options,
    ...(delimiter !== undefined && { delimiter: parseDelimiter(delimiter) }),
    ...(decimal !== undefined && { decimal: parseDecimal(decimal) }),
    ...(thousands !== undefined && { thousands: parseThousands(thousands) }),
    ...(encoding !== undefined && { encoding: parseEncoding(encoding) }),
    ...(comment !== undefined && { comment: parseComment(comment) }),
  };
}
