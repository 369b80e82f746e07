import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { parseRows, readRow } from './csv-rows.js';

/** The rows of a text as csv-parse, a parser of others, reads them. */
function rowsOfOthers(text: string, delimiter: string, comment: string | undefined) {
  const rows: { cells: readonly string[]; line: number }[] = [];
  let code: string | undefined;
  try {
    parse(Buffer.from(text), {
      delimiter,
      ...(comment !== undefined && { comment, comment_no_infix: true }),
      record_delimiter: ['\r\n', '\n', '\r'],
      ...{ relax_column_count: true, skip_empty_lines: true, trim: true },
      on_record: (cells: string[], { lines }) => {
        rows.push({ cells, line: lines });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    code = error.code;
  }
  return { rows, code };
}

const codes: readonly (readonly [RegExp, RegExp])[] = [
  // of a second quote in a cell, it says that it opens
  [/(CLOSING|OPENING)_QUOTE/, /Invalid (Closing|Opening) Quote/],
  [/NOT_CLOSED/, /expected a closing quote/],
];

describe('rows of any form', () => {
  const alphabet = ['1', 'x', 'é', ' ', '\u00a0', ',', ',', '"', '"', '""', '\n', '\n', '\r\n', '\r', '\t', '#', '"a"'];
  const texts = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 30 });

  it('are those that csv-parse reads, and so is what is wrong with them', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(',', '\t'), fc.constantFrom(undefined, '#'), (text, delimiter, comment) => {
        // there it opens a second quote in one cell, or a comment behind one; and blanks of two bytes are not the same to both
        fc.pre(!/""\s*["#]|"\s*\u00a0|\u00a0\s*#/.test(text.replaceAll(delimiter, '|')));
        const expected = rowsOfOthers(text, delimiter, comment);
        const form = { path: 't', delimiter: delimiter.charCodeAt(0), comment: comment?.charCodeAt(0) };
        const { rows, error } = parseRows(new TextEncoder().encode(text), form, 1, true);
        expect(rows.map(({ cells }) => cells)).toEqual(expected.rows.map(({ cells }) => cells));
        // it counts CR LF in a cell twice
        if (!/"[^"]*\r\n/.test(text)) expect(rows).toEqual(expected.rows);
        expect(error === undefined).toBe(expected.code === undefined);
        const [, message] = codes.find(([code]) => code.test(expected.code ?? '')) ?? [];
        if (message) expect(error!.message).toMatch(message);
      }),
      { numRuns: effort(3000, 30_000) },
    );
  });

  it('may be read in part: what is left begins at a row', () => {
    fc.assert(
      fc.property(texts, fc.nat(5), (text, limit) => {
        const bytes = new TextEncoder().encode(text);
        const form = { path: 't', delimiter: 0x2c };
        const all = parseRows(bytes, form, 1, true);
        const some = parseRows(bytes, form, 1, true, limit);
        fc.pre(!all.error);
        const rest = parseRows(bytes.subarray(some.consumed), form, some.nextLine, true);
        expect([...some.rows, ...rest.rows]).toEqual(all.rows);
      }),
    );
  });

  it('wait for the end of a quote, unless the file ends before', () => {
    const bytes = Buffer.from('1\n\n2,"3\n4\n');
    const row = readRow(bytes, { path: 't', delimiter: 0x2c }, 2, bytes.length, 2, false);
    expect(row).toEqual({ line: 3, at: 3, nextLine: 3 });
    const read = () => readRow(bytes, { path: 't', delimiter: 0x2c }, 2, bytes.length, 2, true);
    expect(read).toThrow('t, row 3 or below: expected a closing quote, got the end of the file');
  });
});
