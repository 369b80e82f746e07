import { badInput } from '../../core/errors.js';
import { shown, textOf } from './cells.js';
import { type NumberFormat, numberIn } from './number-format.js';
import type { RawChunk, RawColumn, RawTable, WantedColumn } from './raw.js';
import { isInfinite } from './words.js';

/** A cell of a row in memory. null, undefined, NaN and an empty text are missing. */
export type Cell = number | bigint | boolean | string | Date | null | undefined;

/** A row of a table in memory: its cells by column. */
export type RowRecord = Readonly<Record<string, Cell>>;

/** A row's own cell of a column: "constructor" and the like are no cells, though every object has them. */
const cellOf = (row: RowRecord, column: string): Cell => (Object.hasOwn(row, column) ? row[column] : undefined);

/**
 * Refuses what is no cell: an object, a list, a function would become the word "[object Object]".
 *
 * @param where the row
 */
export function refuseNested(cell: unknown, column: string, where: string): void {
  const isCell = cell === null || cell instanceof Date || !['object', 'function', 'symbol'].includes(typeof cell);
  if (isCell) return;
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  throw badInput(
    `${where}, column ${shown(column)}`,
    `expected a number, a text, true, false or null, got ${typeof cell === 'object' ? shown(text) : `a ${typeof cell}`}`,
    'put its values into columns of their own, or leave it out',
  );
}

const isMissingCell = (cell: Cell): boolean =>
  cell === null || cell === undefined || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));

function numberColumn(cells: readonly Cell[], format: NumberFormat | undefined): RawColumn {
  const words = new Map<number, string>();
  const values = Float64Array.from(cells, (cell, row) => {
    if (isMissingCell(cell)) return Number.NaN;
    const text = textOf(cell);
    const value = typeof cell === 'string' || cell instanceof Date ? numberIn(text, format) : Number(cell);
    if (Number.isFinite(value) && !isInfinite(text)) return value;
    words.set(row, text);
    return Number.NaN;
  });
  return { as: 'number', values, ...(words.size > 0 && { words }) };
}

const textColumn = (cells: readonly Cell[]): RawColumn => ({
  as: 'text',
  values: cells.map((cell) => (isMissingCell(cell) ? undefined : textOf(cell))),
});

/**
 * A chunk of rows in memory.
 *
 * @param name what the rows are called in messages: "rows" gives "rows[3]"
 */
export function recordChunk(
  rows: readonly RowRecord[],
  wanted: readonly WantedColumn[],
  start: number,
  name: string,
): RawChunk {
  return {
    start,
    rows: rows.length,
    columns: wanted.map(({ name: column, as, format }) => {
      const cells = rows.map((row) => cellOf(row, column));
      for (const [i, cell] of cells.entries()) {
        if (typeof cell === 'object' || typeof cell === 'function') {
          refuseNested(cell, column, `${name}[${start + i}]`);
        }
      }
      return as === 'number' ? numberColumn(cells, format) : textColumn(cells);
    }),
    place: (row) => `${name}[${start + row}]`,
  };
}

/** Cells of text of some rows, by column; of columns that have any. */
export function textSample(
  rows: readonly RowRecord[],
  columns: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    columns.flatMap((column) => {
      const cells = rows.map((row) => cellOf(row, column));
      if (!cells.some((cell) => typeof cell === 'string')) return [];
      return [[column, cells.filter((cell) => !isMissingCell(cell)).map(textOf)] as const];
    }),
  );
}

/** Rows of a chunk. */
export const CHUNK_ROWS = 2048;

/** A table of rows in memory. Its columns are those of all rows, in the order in which they first come. */
export function recordTable(rows: readonly RowRecord[], name: string): RawTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const allAre = (column: string, is: (cell: Cell) => boolean): boolean => {
    const cells = rows.map((row) => cellOf(row, column)).filter((cell) => !isMissingCell(cell));
    return cells.length > 0 && cells.every(is);
  };
  const booleans = columns.filter((column) => allAre(column, (cell) => typeof cell === 'boolean'));
  return {
    path: name,
    columns,
    booleans,
    moments: columns.filter((column) => allAre(column, (cell) => cell instanceof Date)),
    rows: rows.length,
    sample: async () => textSample(rows.slice(0, CHUNK_ROWS), columns),
    async *chunks(wanted) {
      for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
        yield recordChunk(rows.slice(start, start + CHUNK_ROWS), wanted, start, name);
      }
    },
  };
}
