import { badInput } from '../core/errors.js';
import type { TableRoles, TableSchema } from './table/schema.js';

/** What an example is made of: bytes (images) or 32-bit floats (tables). */
export type ElementType = 'uint8' | 'float32';

/** A class per example, as an index into `names`. */
export interface Labels {
  /** [length] class of each example; −1 where it is unknown. */
  readonly values: Int32Array;
  /** The name of each class. */
  readonly names: readonly string[];
}

/** Bits of a sample of an image: bytes, 16 bits, or 32-bit floats. */
export type SampleDepth = '8' | '16' | 'float';

/** How files of images became examples of one shape. */
export interface PictureForm {
  /** Images of other proportions: their middle, or the whole image with a border. */
  readonly fit: 'crop' | 'contain';
  readonly channels: 1 | 3;
  /** The depth of the samples, where they are no bytes: then examples are float32, of the values as they stand in the files. */
  readonly depth?: Exclude<SampleDepth, '8'>;
  /** Examples are patches cut out of larger images. */
  readonly patches?: boolean;
}

/** What all examples of a source have in common. */
export interface ExampleForm {
  /** What a person calls the source: "mnist/train", "sensors.csv". */
  readonly name: string;
  /** Shape of one example: [28, 28] for a gray image, [12] for a row of twelve columns. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Names of the features of a table; of windows of one, the names of the values at a time step. */
  readonly columns?: readonly string[];
  /** How the columns of a table became features, where more was done than taking numbers as they are. */
  readonly table?: TableSchema;
  /** The columns of the table that are no features, and how its rows are taken for a series. */
  readonly roles?: TableRoles;
  readonly picture?: PictureForm;
  /** Whether the first axis of an example is time. */
  readonly sequence?: boolean;
  /** What a person should know about how the source was read, a sentence each: what was fitted, left out, skipped. One that begins with "! " warns. */
  readonly notes?: readonly string[];
  /** What was left out or filled in, counted as the source is read. */
  readonly counts?: ReadingCounts;
}

/** Rows of a table that were left out and cells that were filled in from rows before or behind, as they are read. */
export interface ReadingCounts {
  /** The rows of the file, from 1, that were left out because cells are missing. */
  readonly droppedRows: number[];
  filledCells: number;
}

/** A column of a table that is no feature and stands in every output as it was written. */
export interface CarriedColumn {
  readonly name: string;
  /** 'row': the number of the row in its file, from 1. */
  readonly role: 'id' | 'group' | 'time' | 'row';
}

/** The cells of a carried column: texts, undefined where they are missing, or numbers of rows. */
export type CarriedCells = readonly (string | undefined)[] | Int32Array;

/** A carried column with its cells, one for each example. */
export interface Carried extends CarriedColumn {
  readonly values: CarriedCells;
}

/** When each example was: the values of a table's time column. */
export interface Times {
  /** The name of the column. */
  readonly column: string;
  /** 'date': milliseconds since 1970 UTC. 'number': as the file has them. */
  readonly unit: 'date' | 'number';
  /** [length], of a window the time of its first row. */
  readonly values: Float64Array;
}

/** Values of examples, row-major. */
export type Values = Uint8Array | Float32Array;

/** What is known of each example beside its values: {@link factsIn} cuts all of it together. */
export interface ExampleFacts {
  readonly labels?: Labels;
  readonly times?: Times;
  /** [length] the file that each example is, as a path from the folder of the source with "/" between its parts. */
  readonly names?: readonly string[];
  /** [length, columns] of rows of a table, where some of their cells are not as they stand: see `cellState`. */
  readonly cells?: Uint8Array;
  /** Columns of the table that stand in every output: ids, groups, times as they were written, numbers of rows. */
  readonly carried?: readonly Carried[];
  /** [length] of the rows of a series 1 where a piece of it begins: no window reaches across. */
  readonly begins?: Uint8Array;
}

/** Where windows are cut from a series, in rows. */
export interface SeriesCut {
  /** Rows of a window, and from the start of one to that of the next. */
  readonly window: number;
  readonly stride: number;
  /** The row that each window starts at, in rising order, where the series is in pieces that no window reaches across; else i · stride. */
  readonly starts?: Int32Array;
}

/** What overlapping windows are cut from. */
export interface Series extends SeriesCut {
  /** The time steps, an example each. */
  readonly rows: Dataset;
  /**
   * The function that reads the windows. A data set made of another one with `{ ...dataset, block }` has other values, and must not
   * be taken for windows of the old rows: see `seriesOf`.
   */
  readonly block: Dataset['block'];
}

/** Examples of one shape and type that can be read in blocks, in any order. */
export interface Dataset extends ExampleForm, ExampleFacts {
  /** Number of examples. */
  readonly length: number;
  /**
   * Where the examples were cut from one series, in order, or are overlapping patches of images: how many of those that follow
   * an example share a time step or a pixel with it. Such a data set is split at one place, never at random.
   */
  readonly overlap?: number;
  /** The series that the examples are overlapping windows of: who can cut windows takes the rows, which are a window's length times smaller. */
  readonly series?: Series;
  /**
   * Examples start … end−1, row-major, flat: (end−start) × the product of `shape` numbers. May be a view: do not write to it.
   *
   * @param into memory for exactly these values: a source that reads from a disk fills it and gives it back, others may pass it by
   */
  block(start: number, end: number, into?: Values): Promise<Values>;
}

/** The form alone, of something that has one. */
export function formOf(form: ExampleForm): ExampleForm {
  const { name, shape, type, columns, table, roles, picture, sequence, notes, counts } = form;
  return {
    name,
    shape,
    type,
    ...(columns && { columns }),
    ...(table && { table }),
    ...(roles && { roles }),
    ...(picture && { picture }),
    ...(sequence && { sequence }),
    ...(notes && { notes }),
    ...(counts && { counts }),
  };
}

/** The number of values in one example. */
export function exampleSize(dataset: Pick<Dataset, 'shape'>): number {
  return dataset.shape.reduce((product, side) => product * side, 1);
}

/** The number of columns: values at a time step of a sequence, else in a whole example. */
export function featureCount(dataset: Pick<Dataset, 'shape' | 'sequence'>): number {
  return dataset.sequence ? exampleSize({ shape: dataset.shape.slice(1) }) : exampleSize(dataset);
}

/** What {@link arrayDataset} needs beside the values. */
export interface ArrayDatasetOptions extends Omit<ExampleForm, 'type'>, ExampleFacts {
  readonly overlap?: number;
}

/**
 * A data set over one array in memory.
 *
 * @param values length × the product of `shape` numbers, row-major
 * @throws GargaloError `bad-input` where the array holds no whole number of examples
 */
export function arrayDataset(values: Values, options: ArrayDatasetOptions): Dataset {
  const size = exampleSize(options);
  if (size === 0 || values.length % size !== 0) {
    throw badInput(
      options.name,
      `expected a whole number of examples of shape [${options.shape.join(', ')}], got ${values.length} values`,
    );
  }
  return {
    ...options,
    length: values.length / size,
    type: values instanceof Uint8Array ? 'uint8' : 'float32',
    block: async (start, end) => values.subarray(start * size, end * size),
  };
}

/** Memory for so many values of a type. */
export const emptyValues = (type: ElementType, length: number): Values =>
  type === 'uint8' ? new Uint8Array(length) : new Float32Array(length);

/** Arrays one after the other; a single one as it is, undefined of none. */
export function concatenated<T extends Values | Uint16Array | Int32Array | Float64Array>(
  parts: readonly T[],
): T | undefined {
  const [first] = parts;
  if (!first || parts.length === 1) return first;
  const all = new (first.constructor as new (length: number) => T)(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Reads examples start … end−1 into memory that is there already. Where a lot is read again and again, most of the time would
 * go into asking for memory, which the system hands out page by page.
 *
 * @param into (end − start) × the product of `shape` values, of the data's type
 */
export async function readInto(dataset: Dataset, start: number, end: number, into: Values): Promise<void> {
  const values = await dataset.block(start, end, into);
  if (values !== into) into.set(values);
}
