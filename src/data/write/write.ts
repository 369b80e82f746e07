import { basename, extname } from 'node:path';
import { zip } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import type { WrittenTexts } from '../table/formula-cells.js';
import { fileProblem, openReplacement } from './atomic.js';
import { delimited } from './delimited.js';
import { npy } from './npy.js';
import { parquet } from './parquet.js';
import { isText, type NumberCells, type OpenFormat, type OutputCells, type OutputColumn } from './writer.js';

export {
  checkWritable,
  createNewFolder,
  fileProblem,
  openReplacement,
  rememberFolders,
  removeEmptyFolders,
  replaceFile,
  temporaryIn,
  writeFileAtomic,
} from './atomic.js';
export type { NumberCells, OutputCells, OutputColumn } from './writer.js';

/** A table that is written piece by piece. Nothing stands under its name before it is finished. */
export interface TableWriter {
  /**
   * Appends rows.
   *
   * @param cells of every column, in their order
   */
  write(rows: number, cells: readonly OutputCells[]): Promise<void>;
  /** Ends the table and gives it its name. */
  finish(): Promise<void>;
  /** Removes what was written. To be called where anything went wrong; does nothing after `finish`. */
  discard(): Promise<void>;
}

/** What is left to a caller of {@link openTableWriter}. */
export interface TableWriterOptions {
  /** The shape of a row, where it is no plain row; .npy keeps it. */
  readonly shape?: readonly number[] | undefined;
  /**
   * What becomes of text cells and names in .csv and .tsv that a spreadsheet would run as formulas: an apostrophe is put before them and
   * counted here, unless they are to be left as they are (`raw`). Reading such a file takes it off again.
   */
  readonly texts?: WrittenTexts | undefined;
}

const formats: Readonly<Record<string, OpenFormat>> = {
  '.csv': delimited(','),
  '.tsv': delimited('\t'),
  '.npy': npy,
  '.parquet': parquet,
};

/** The format that a file's name asks for. */
function formatOf(path: string): OpenFormat {
  const format = formats[extname(path).toLowerCase()];
  if (format) return format;
  const known = Object.keys(formats).join(', ');
  throw badInput(
    path,
    `expected a file name ending in ${known}, got "${basename(path)}"`,
    'the ending chooses the format',
  );
}

/**
 * Refuses file names that {@link openTableWriter} would refuse: to be called before the work that makes the table.
 *
 * @throws GargaloError `bad-input` with the endings there are
 */
export function checkTableName(path: string): void {
  formatOf(path);
}

/** The columns of numbers that lie row by row, from the value `first` of each row on. */
export function numberColumns(
  values: Float32Array | Float64Array,
  width: number,
  first = 0,
  count = width,
): NumberCells[] {
  return Array.from({ length: count }, (_, i) => ({ values, at: first + i, step: width }));
}

/**
 * Begins a table in the format that the extension names: .csv and .tsv (UTF-8, a header, the shortest decimals that read back as
 * the same numbers; no header where the columns are just "1", "2", …), .npy (version 1.0, `<f4` or `<f8`, C order; names are lost, texts
 * refused) or .parquet (FLOAT, DOUBLE, INT32, timestamps, texts; Snappy). The file appears whole or not at all, and only some of it is in
 * memory at a time.
 *
 * @throws GargaloError `bad-input` for another extension, columns of one name, a wrong number of values, or what the disk refuses; what was
 *   written is then removed
 */
export async function openTableWriter(
  path: string,
  columns: readonly OutputColumn[],
  { shape, texts = { escaped: 0 } }: TableWriterOptions = {},
): Promise<TableWriter> {
  const format = formatOf(path);
  if (columns.length === 0) throw badInput(path, 'expected at least one column, got none');
  const names = columns.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw badInput(path, `expected different column names, got "${twice}" twice`);
  const replacement = await openReplacement(path);
  /** Does a part of the writing; whatever goes wrong ends all of it. */
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await replacement.discard();
      throw fileProblem(path, error, 'write');
    }
  };
  const writer = await guarded(() => format(replacement.file, columns, { path, shape, texts }));

  function check(rows: number, cells: readonly OutputCells[]): void {
    if (cells.length !== columns.length) {
      throw badInput(path, `expected cells of ${columns.length} columns, got ${cells.length}`);
    }
    for (const [{ name, type }, column] of zip(columns, cells)) {
      const got = isText(column) ? column.length : Math.floor((column.values.length - column.at - 1) / column.step) + 1;
      if (isText(column) !== (type === 'text')) {
        throw badInput(
          path,
          `expected a column "${name}" of type ${type}, got ${isText(column) ? 'texts' : 'numbers'}`,
        );
      }
      if (got < rows)
        throw badInput(path, `expected ${rows} rows of ${columns.length} values, got ${got} in "${name}"`);
    }
  }

  return {
    write: (rows, cells) =>
      guarded(async () => {
        check(rows, cells);
        await writer.write(rows, cells);
      }),
    finish: async () => {
      await guarded(() => writer.finish());
      await replacement.commit();
    },
    discard: () => replacement.discard(),
  };
}

/** A table of 32-bit numbers. */
export interface Table {
  /** The names of the columns, each different. */
  readonly columns: readonly string[];
  /** The shape of a row, where it is no plain row; .npy keeps it. */
  readonly shape?: readonly number[];
  readonly rows: number;
  /** [rows, columns] row-major. */
  readonly values: Float32Array;
}

/**
 * Writes a table at once; see {@link openTableWriter} for the formats.
 *
 * @throws GargaloError `bad-input` for another extension, columns of one name, a wrong number of values, or what the disk refuses
 */
export async function writeTable(path: string, { columns, shape, rows, values }: Table): Promise<void> {
  if (columns.length > 0 && values.length !== rows * columns.length) {
    throw badInput(path, `expected ${rows} rows of ${columns.length} values, got ${values.length} values`);
  }
  const writer = await openTableWriter(
    path,
    columns.map((name) => ({ name, type: 'number' })),
    { shape },
  );
  await writer.write(rows, numberColumns(values, columns.length));
  await writer.finish();
}
