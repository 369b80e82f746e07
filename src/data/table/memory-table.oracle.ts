// A table of texts in memory, as readers of files give one: the simplest there is.

import { isMissingNumber, isMissingText, numberOf } from './cells.js';
import type { RawColumn, RawTable } from './raw.js';

/**
 * @param rows cells of each row
 * @param chunkRows rows of a chunk
 */
export function memoryTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  { chunkRows = 1000, path = 'folder/t.csv', known = true } = {},
): RawTable & { readonly walks: string[] } {
  const walks: string[] = [];
  return {
    path,
    columns,
    walks,
    ...(known && { rows: rows.length }),
    async *chunks(wanted) {
      walks.push(wanted.map(({ name, as }) => `${name}:${as}`).join(' '));
      for (let start = 0; start < rows.length; start += chunkRows) {
        const part = rows.slice(start, start + chunkRows);
        yield {
          start,
          rows: part.length,
          columns: wanted.map(({ name, as }): RawColumn => {
            const cells = part.map((row) => row[columns.indexOf(name)]!);
            if (as === 'text') return { as, values: cells.map((cell) => (isMissingText(cell) ? undefined : cell)) };
            const numbers = cells.map((cell) => numberOf(cell));
            const words = cells.flatMap((cell, row) =>
              !Number.isFinite(numbers[row]) && !isMissingNumber(cell) ? [[row, cell] as const] : [],
            );
            const values = Float64Array.from(numbers, (value) => (Number.isFinite(value) ? value : Number.NaN));
            return { as, values, words: new Map(words) };
          }),
          place: (row) => `t.csv, row ${start + row + 2}`,
        };
      }
    },
  };
}

/** The same of text: a header and rows of cells between commas. */
export function tableOfText(text: string, options?: Parameters<typeof memoryTable>[2]): ReturnType<typeof memoryTable> {
  const [header, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  return memoryTable(header!, rows, options);
}
