import { GargaloError } from '../../core/errors.js';
import type { NumberFormat } from './number-format.js';

/** A table as its file has it: named columns of cells, chunk after chunk. CSV and Parquet both become one. */
export interface RawTable {
  /** The file, for messages. */
  readonly path: string;
  /** The names of all columns, each different. "1", "2", … where the file has no header. */
  readonly columns: readonly string[];
  /** The columns that hold true and false, where the file tells. */
  readonly booleans?: readonly string[];
  /** The columns that hold moments and no texts, where the file tells. */
  readonly moments?: readonly string[];
  /** Number of rows, where the file tells. */
  readonly rows?: number;
  /** What a person should know about how the file was understood, a sentence each. */
  readonly notes?: readonly string[];
  /** The same about the cells of the last walk. */
  walkNotes?(): readonly string[];
  /** The place of the first row, where that may be one of names and was taken for values by guess. */
  readonly guessedValues?: string;
  /** What separates cells, where the file is one of text. */
  readonly delimiter?: string;
  /**
   * Cells of a sample of rows as they are written, of the columns that hold text: what numbers are written with is decided by them.
   */
  sample?(): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Walks once over the rows.
   *
   * @param wanted the columns to read, and as what
   * @throws GargaloError `bad-input` naming file and row: rows of another length, damaged bytes; `cancelled`
   */
  chunks(
    wanted: readonly WantedColumn[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<RawChunk>;
}

/** A column to read. */
export interface WantedColumn {
  readonly name: string;
  readonly as: 'number' | 'text';
  /** How its numbers are written; as JavaScript writes them by default. */
  readonly format?: NumberFormat | undefined;
}

/** Some rows of the columns asked for. */
export interface RawChunk {
  /** The position of the first row, from 0. */
  readonly start: number;
  /** Number of rows. */
  readonly rows: number;
  /** In the order they were asked for. */
  readonly columns: readonly RawColumn[];
  /** Where a row of this chunk is found by a person: "sensors.csv, row 17", a line of the file from 1. */
  place(row: number): string;
}

/** A column of a chunk, by its position among those asked for. */
export function columnAt({ columns }: Pick<RawChunk, 'columns'>, at: number): RawColumn {
  const column = columns[at];
  if (!column) throw new GargaloError('internal', 'table', `expected column ${at} of a chunk, got ${columns.length}`);
  return column;
}

/** The cells of a column in a chunk. */
export type RawColumn =
  | {
      readonly as: 'number';
      /** [rows]; NaN where the cell is missing (empty, NA, NaN, null …) or no finite number. */
      readonly values: Float64Array;
      /** The cells that are neither numbers nor missing, by row of the chunk: words, dates, infinity. */
      readonly words?: ReadonlyMap<number, string>;
    }
  | {
      readonly as: 'text';
      /** [rows]; undefined where the cell is missing. */
      readonly values: readonly (string | undefined)[];
    };
