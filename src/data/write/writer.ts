import type { FileHandle } from 'node:fs/promises';
import type { WrittenTexts } from '../table/formula-cells.js';

/** A column of a table to be written. */
export interface OutputColumn {
  readonly name: string;
  /** 'number': 32-bit floats. 'double': 64-bit ones. 'integer': whole numbers that rise, below 2³¹. 'date': milliseconds since 1970 UTC. 'text': words. */
  readonly type: 'number' | 'double' | 'integer' | 'date' | 'text';
}

/** Numbers of a column, one for each row: values[at], values[at + step], …; NaN where a double or date is missing. */
export interface NumberCells {
  readonly values: Float32Array | Float64Array;
  readonly at: number;
  readonly step: number;
}

/** The cells of a column in some rows; of texts undefined where one is missing. */
export type OutputCells = NumberCells | readonly (string | undefined)[];

/** Whether a column is of texts. */
export function isText(cells: OutputCells): cells is readonly (string | undefined)[] {
  return Array.isArray(cells);
}

/** Writes a table in one format, piece by piece. */
export interface FormatWriter {
  write(rows: number, cells: readonly OutputCells[]): Promise<void>;
  /** Writes what is left. */
  finish(): Promise<void>;
}

/** Begins a table in one format. */
export type OpenFormat = (
  file: FileHandle,
  columns: readonly OutputColumn[],
  options: {
    readonly path: string;
    readonly shape?: readonly number[] | undefined;
    readonly texts: WrittenTexts;
  },
) => Promise<FormatWriter>;
