// Text cells that a spreadsheet would run as a formula: one of a file from elsewhere may fetch or send data when it is opened (OWASP,
// "CSV Injection"). An apostrophe before it makes it text again, for Excel, LibreOffice and Google Sheets alike.
import { numberOf } from './cells.js';

/** What formulas begin with, behind apostrophes: = + - @, a tab or a return, and the full-width forms that Japanese spreadsheets take. */
const formula = /^'*[=+\-@\t\r＝＋－＠]/;

/** A signed number as any country writes it, or a sign alone. */
const signed = /^[+-]([\d.,]*\d[\d.,]*)?\s?%?$/;

/** Whether a spreadsheet could run a text; numbers such as -1.5 are none. */
const isFormula = (text: string): boolean => formula.test(text) && !signed.test(text) && Number.isNaN(numberOf(text));

/** What becomes of texts of data where they are written to tables and as names of files; counted on as they are written. */
export interface WrittenTexts {
  /** Leave text cells of tables as they are. */
  readonly raw?: boolean | undefined;
  /** How many cells and names of columns an apostrophe was put before. */
  escaped: number;
  /** How many files have another name than what they were made of. */
  renamed?: number;
}

/** A text as it may stand in a file that is opened as a spreadsheet; {@link withoutApostrophe} brings back what it was. */
export function withApostrophe(text: string, cells: WrittenTexts): string {
  if (cells.raw || !isFormula(text)) return text;
  cells.escaped++;
  return `'${text}`;
}

/** The text that an apostrophe was put before; any other text as it is. */
export function withoutApostrophe(text: string): string {
  return text.charCodeAt(0) === 0x27 && isFormula(text.slice(1)) ? text.slice(1) : text;
}
