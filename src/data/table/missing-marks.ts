import { numberOf } from './cells.js';
import type { RawColumn, RawTable } from './raw.js';

/** A column in which some texts stand for missing cells too. */
function without(column: RawColumn, marks: ReadonlySet<string>, numbers: ReadonlySet<number>): RawColumn {
  if (column.as === 'text') {
    return {
      as: 'text',
      values: column.values.map((cell) => (cell !== undefined && marks.has(cell) ? undefined : cell)),
    };
  }
  const values =
    numbers.size === 0 ? column.values : column.values.map((value) => (numbers.has(value) ? Number.NaN : value));
  const words = new Map([...(column.words ?? [])].filter(([, word]) => !marks.has(word)));
  return { as: 'number', values, ...(words.size > 0 && { words }) };
}

/**
 * A table in which further texts stand for missing cells; -999 also for -999.0.
 *
 * @param na the texts
 */
export function withMissing(table: RawTable, na: readonly string[]): RawTable {
  if (na.length === 0) return table;
  const marks = new Set(na);
  const numbers = new Set(na.map(numberOf).filter((value) => !Number.isNaN(value)));
  const { sample } = table;
  return {
    ...table,
    ...(sample && {
      sample: async () =>
        new Map(
          [...(await sample())].map(([name, cells]) => [name, cells.filter((cell) => !marks.has(cell))] as const),
        ),
    }),
    async *chunks(wanted, options) {
      for await (const chunk of table.chunks(wanted, options)) {
        yield { ...chunk, columns: chunk.columns.map((column) => without(column, marks, numbers)) };
      }
    },
  };
}
