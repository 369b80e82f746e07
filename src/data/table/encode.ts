import { badInput } from '../../core/errors.js';
import { openRounding, type Rounding } from '../rounding.js';
import { shown } from './cells.js';
import { wordProblem } from './infer.js';
import { isMissing } from './observe.js';
import { columnAt, type RawChunk, type RawColumn } from './raw.js';
import { featurePlaces, fillsFromRows, fillValues, type TableColumn, type TableSchema, tableWidth } from './schema.js';

/** What a cell is to a model: as it stands, missing and filled in, or a word that was not seen in training. */
export const cellState = { known: 0, filled: 1, unseen: 2 } as const;

/** [rows, columns] the {@link cellState} of each cell. */
export type CellStates = Uint8Array;

/** Makes features of cells. It counts what the model does not know. */
export interface TableEncoder {
  /** Whether any of the columns' cells in a row of a chunk is missing. */
  isMissing(chunk: RawChunk, row: number): boolean;
  /**
   * The features of some rows of a chunk, [rows, features], and the states of their cells where not all are known. The chunk
   * has the schema's columns first.
   *
   * @throws GargaloError `bad-input` naming file, row and column
   */
  encode(chunk: RawChunk, rows: Int32Array): { readonly values: Float32Array; readonly cells?: CellStates };
  /** What people should know, in words, once all is encoded. */
  notes(): string[];
}

/** Where a column's features go. */
interface Place {
  readonly out: Float32Array;
  /** Position of the first feature of the first row. */
  readonly start: number;
  /** Values from one row to the next. */
  readonly width: number;
  /** Called with the position, among the rows, of one whose word was not seen in training. */
  readonly unseen: (i: number) => void;
}

/** Takes a missing cell: its row, and the position of its first feature. */
type MissingCell = (row: number, at: number) => void;

/** Writes the features of a column, of the rows of a chunk; a missing cell is left to `missing`, with its position. */
type ColumnEncoder = (column: RawColumn, chunk: RawChunk, rows: Int32Array, place: Place, missing: MissingCell) => void;

function numberEncoder(name: string, rounding: Rounding): ColumnEncoder {
  return (column, chunk, rows, { out, start, width }, missing) => {
    if (column.as !== 'number') return;
    const { values, words } = column;
    let [low, high, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let i = 0, at = start; i < rows.length; i++, at += width) {
      const row = rows[i]!;
      const value = values[row]!;
      const rounded = Math.fround(value);
      out[at] = rounded;
      if (rounded - rounded === 0) {
        if (value < low) low = value;
        if (value > high) high = value;
        const lost = Math.abs(value - rounded);
        if (lost > most) most = lost;
        continue;
      }
      const word = words?.get(row);
      if (word !== undefined) throw wordProblem(chunk.place(row), word, name);
      if (Number.isNaN(value)) missing(row, at);
      else {
        const place = `${chunk.place(row)}, column ${shown(name)}`;
        const expected = 'expected a number that fits a 32-bit float (below 3.4e38)';
        throw badInput(place, `${expected}, got ${value}`, 'leave the column out with `columns`');
      }
    }
    rounding.addSpan(low, high, most);
  };
}

/** A level's text as it is looked up: booleans in any letters. */
const lower = (text: string) => text.toLowerCase();

/** Encodes a column of texts: `put` writes those that are not missing, the i-th of the rows at a position. */
function textEncoder(
  put: (text: string, at: number, place: Place, chunk: RawChunk, row: number, i: number) => void,
): ColumnEncoder {
  return (column, chunk, rows, place, missing) => {
    if (column.as !== 'text') return;
    for (const [i, row] of rows.entries()) {
      const at = place.start + i * place.width;
      const text = column.values[row];
      if (text === undefined) missing(row, at);
      else put(text, at, place, chunk, row, i);
    }
  };
}

function booleanEncoder(name: string, levels: readonly [string, string]): ColumnEncoder {
  const [no, yes] = levels.map(lower);
  return textEncoder((text, at, { out }, chunk, row) => {
    const word = lower(text);
    if (word !== no && word !== yes) {
      const place = `${chunk.place(row)}, column ${shown(name)}`;
      throw badInput(place, `expected ${shown(levels[0])} or ${shown(levels[1])}, got ${shown(text)}`);
    }
    out[at] = word === yes ? 1 : 0;
  });
}

/** What a category has met that it does not know. */
interface Strangers {
  count: number;
  first?: { readonly place: string; readonly text: string };
}

function categoryEncoder(levels: readonly string[], strangers: Strangers): ColumnEncoder {
  const places = new Map(levels.map((level, i) => [level, i]));
  return textEncoder((text, at, { out, unseen }, chunk, row, i) => {
    const level = places.get(text);
    if (level !== undefined) out[at + level] = 1;
    else {
      unseen(i);
      strangers.count++;
      strangers.first ??= { place: chunk.place(row), text };
    }
  });
}

function encoderOf(column: TableColumn, strangers: Strangers, rounding: Rounding): ColumnEncoder {
  switch (column.type) {
    case 'number':
      return numberEncoder(column.name, rounding);
    case 'boolean':
      return booleanEncoder(column.name, column.levels);
    case 'category':
      return categoryEncoder(column.levels, strangers);
  }
}

/**
 * Makes features of the cells of a table. A level that the schema does not know leaves all features of its column 0: an
 * example that is unlike all others, which is counted and told in a note.
 */
export function tableEncoder(schema: TableSchema): TableEncoder {
  const { missing: policy = 'refuse' } = schema;
  const width = tableWidth(schema);
  const fills = fillValues(schema);
  const columns = featurePlaces(schema).map(({ column, start, end }) => {
    const strangers: Strangers = { count: 0 };
    const rounding = openRounding();
    return {
      name: column.name,
      start,
      fill: fills.subarray(start, end),
      strangers,
      rounding,
      encode: encoderOf(column, strangers, rounding),
    };
  });
  let filled = 0;
  return {
    isMissing: (chunk, row) => chunk.columns.some((column, i) => i < columns.length && isMissing(column, row)),
    encode(chunk, rows) {
      const out = new Float32Array(rows.length * width);
      let cells: Uint8Array | undefined;
      for (const [i, { name, start, fill, encode }] of columns.entries()) {
        const mark = (row: number, state: number): void => {
          cells ??= new Uint8Array(rows.length * columns.length);
          cells[row * columns.length + i] = state;
        };
        const unseen = (row: number) => mark(row, cellState.unseen);
        encode(columnAt(chunk, i), chunk, rows, { out, start, width, unseen }, (row, at) => {
          if (policy === 'refuse') {
            const place = `${chunk.place(row)}, column ${shown(name)}`;
            const mend = 'fill it in, choose with `missing` what to do, or leave the column out with `columns`';
            throw badInput(place, 'expected a value, got a missing cell', mend);
          }
          out.set(fill, at);
          filled++;
          mark((at - start) / width, cellState.filled);
        });
      }
      return { values: out, ...(cells && { cells }) };
    },
    notes: () => [
      ...(filled > 0 && policy !== 'drop' && !fillsFromRows(policy)
        ? [`${filled} missing ${filled === 1 ? 'cell is' : 'cells are'} filled in`]
        : []),
      ...columns.flatMap(({ name, rounding }) => {
        const words = rounding.words();
        return words === undefined ? [] : [`! column ${shown(name)}: ${words}`];
      }),
      ...columns.flatMap(({ name, strangers: { count, first } }) => {
        if (!first) return [];
        const cells = count === 1 ? '1 cell has a word' : `${count} cells have words`;
        return [
          `column ${shown(name)}: ${cells} that the model has not seen, first ${shown(first.text)} at ${first.place}; all features of the column are 0 there`,
        ];
      }),
    ],
  };
}
