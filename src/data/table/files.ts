import { collect } from '../collect.js';
import type { Dataset } from '../dataset.js';
import type { UnpackLimit } from '../large.js';
import { openCsvTable } from './csv.js';
import { openParquetTable } from './parquet.js';
import { readTable, type TableOptions } from './read.js';
import type { TextOptions } from './text-options.js';

/** Whether these bytes begin a Parquet file. */
export function isParquet(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31; // PAR1
}

/**
 * Reads a table of text into memory, as {@link openCsvTable} understands it. See {@link readTable} for what becomes of columns.
 *
 * @returns examples of shape [features], with `columns` and, where asked for, `labels` and `times`
 * @throws GargaloError `bad-input` naming file, row (line of the file, from 1) and column
 */
export async function readCsv(path: string, options: TableOptions & TextOptions & UnpackLimit = {}): Promise<Dataset> {
  return collect(await readTable(await openCsvTable(path, options), options));
}

/** The same for a Parquet table; rows are counted from 1, without a header. */
export async function readParquet(path: string, options: TableOptions & UnpackLimit = {}): Promise<Dataset> {
  return collect(await readTable(await openParquetTable(path, options), options));
}
