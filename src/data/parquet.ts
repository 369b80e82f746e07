import { basename } from 'node:path';
import type { FileMetaData } from 'hyparquet';
import { badInput } from '../errors.js';
import { type CsvOptions, sortedLabels } from './csv.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { fileProblem } from './write.js';

/** Whether these bytes begin a Parquet file. */
export function isParquet(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31; // PAR1
}

const shown = (value: unknown) => JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? String(value);

/** The names of the columns; groups and lists count as one, and are refused where their values are asked for. */
function columnNames({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  // The schema is a tree, written depth first; the root comes first.
  const walk = (at: number, depth: number): number => {
    const element = schema[at]!;
    if (depth === 1) names.push(element.name);
    let next = at + 1;
    for (let child = 0; child < (element.num_children ?? 0); child++) next = walk(next, depth + 1);
    return next;
  };
  walk(0, 0);
  return names;
}

function chooseColumns(path: string, all: readonly string[], { columns, label }: CsvOptions): string[] {
  const missing = (name: string, option: string) => {
    const known = all.slice(0, 12).map(shown).join(', ');
    const mend = `there are ${known}${all.length > 12 ? ', …' : ''}`;
    return badInput(path, `expected a column of the file for ${option}, got ${shown(name)}`, mend);
  };
  if (label !== undefined && !all.includes(label)) throw missing(label, '--label');
  for (const name of columns ?? []) if (!all.includes(name)) throw missing(name, '--columns');
  const twice = columns?.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw badInput('--columns', `expected different column names, got ${shown(twice)} twice`);
  const kept = columns ?? all.filter((name) => name !== label);
  if (kept.length === 0) throw badInput(path, 'expected at least one column of numbers, got none');
  return [...kept];
}

function toFinite(value: unknown, path: string, row: number, column: string): number {
  const number = Math.fround(
    typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : (value as number),
  );
  if (typeof value !== 'string' && Number.isFinite(number) && value !== null) return number;
  const mend =
    typeof value === 'string'
      ? `leave the column out with --columns, or take it for the class with --label`
      : 'fill it in, drop the row, or leave the column out with --columns';
  const got = value === null || value === undefined ? 'a missing value' : shown(Number.isNaN(value) ? 'NaN' : value);
  throw badInput(`${path}, row ${row + 1}, column "${column}"`, `expected a finite 32-bit number, got ${got}`, mend);
}

/**
 * Reads a Parquet table of numbers (Snappy or not packed) into memory as 32-bit floats.
 *
 * @returns examples of shape [columns], with `columns` and, where asked for, `labels`
 * @throws GargaloError `bad-input` naming file, row (from 1, without a header) and column: a missing value, a text, NaN, infinity, an
 *   unknown column, no rows, a damaged or otherwise packed file
 */
export async function readParquet(path: string, options: CsvOptions = {}): Promise<Dataset> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const damaged = (error: unknown) => {
    const problem = fileProblem(path, error, 'read');
    if (problem !== error) return problem;
    const reason = error instanceof Error ? error.message : String(error);
    return badInput(path, `expected a readable Parquet file, got: ${reason}`, 'write or copy it again', error);
  };
  const open = async () => {
    const file = await asyncBufferFromFile(path);
    return { file, metadata: await parquetMetadataAsync(file) };
  };
  const { file, metadata } = await open().catch((error: unknown) => {
    throw damaged(error);
  });
  const kept = chooseColumns(path, columnNames(metadata), options);
  const rows = Math.min(Number(metadata.num_rows), options.limit ?? Number.POSITIVE_INFINITY);
  if (rows === 0) throw badInput(path, 'expected at least one row of numbers, got none');

  const width = kept.length;
  const values = new Float32Array(rows * width);
  const labels = new Int32Array(options.label === undefined ? 0 : rows).fill(-1);
  const classes = new Map<string, number>();
  let problem: unknown;
  const take = (column: string, data: ArrayLike<unknown>, first: number): void => {
    const at = kept.indexOf(column);
    for (let i = 0; i < data.length && first + i < rows; i++) {
      const cell = data[i];
      if (at >= 0) values[(first + i) * width + at] = toFinite(cell, path, first + i, column);
      if (column !== options.label || cell === null || cell === undefined || cell === '') continue;
      const name = String(cell);
      if (!classes.has(name)) classes.set(name, classes.size);
      labels[first + i] = classes.get(name)!;
    }
  };
  try {
    await parquetRead({
      file,
      metadata,
      columns: options.label === undefined ? kept : [...new Set([...kept, options.label])],
      rowEnd: rows,
      onChunk: ({ columnName, columnData, rowStart }) => {
        try {
          if (problem === undefined) take(columnName, columnData, rowStart);
        } catch (error) {
          problem = error;
        }
      },
    });
  } catch (error) {
    throw problem ?? damaged(error);
  }
  if (problem !== undefined) throw problem;
  return arrayDataset(values, {
    name: basename(path),
    shape: [width],
    columns: kept,
    ...(options.label !== undefined && { labels: sortedLabels([...labels], [...classes.keys()]) }),
  });
}
