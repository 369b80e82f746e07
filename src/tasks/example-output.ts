// Where codes and examples go: a table or pictures, written as they come.

import { badInput } from '../core/errors.js';
import type { CarriedColumn } from '../data/dataset.js';
import { type Look, lookOf, type PictureLook } from '../data/look.js';
import { applyScaling } from '../data/scaling.js';
import type { ExampleBlock, ExampleStream } from '../data/stream.js';
import type { WrittenTexts } from '../data/table/formula-cells.js';
import { columnsOf } from '../data/table/schema.js';
import { samplesOf } from '../data/write/picture-sheet.js';
import {
  checkPictureDepth,
  openPictureWriter,
  type PictureEnding,
  type PictureWriter,
  pictureFormatOf,
} from '../data/write/pictures.js';
import {
  checkTableName,
  numberColumns,
  type OutputCells,
  type OutputColumn,
  openTableWriter,
  type TableWriter,
} from '../data/write/write.js';
import { inputSize, isBounded, type Specification } from '../models/specification.js';
import { valueNamesOf } from './detect/attribution.js';

/** What a block is known by beside its values. */
export type Origin = Pick<ExampleBlock, 'start' | 'end' | 'labels' | 'times' | 'names' | 'carried'>;

/** Something to be filled: with everything at its end, or not at all. */
export interface Writer {
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Fills a writer; where anything goes wrong nothing is left under its name. */
export async function filled<W extends Writer, T>(writer: W, work: (writer: W) => Promise<T>): Promise<T> {
  try {
    const result = await work(writer);
    await writer.finish();
    return result;
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Whether a format holds nothing but numbers of one type. */
export const isArray = (path: string) => /\.npy$/i.test(path);

/** What examples bring along for an output. */
export type CarriedSource = Pick<ExampleStream, 'time' | 'labelled' | 'named' | 'carried' | 'columns'>;

/**
 * The columns that examples bring along and that come before the values: ids, or the number of the row in its table, file, groups, time as it
 * was written, and class.
 */
export function carriedColumns(
  output: string,
  source: CarriedSource | undefined,
  label: string | undefined,
  taken: readonly string[],
): { columns: OutputColumn[]; cells: (origin: Origin) => OutputCells[] } {
  const columns: OutputColumn[] = [];
  const read: ((origin: Origin) => OutputCells)[] = [];
  const add = (name: string, type: OutputColumn['type'], cells: (origin: Origin) => OutputCells): void => {
    let free = name;
    while ([...taken, ...columns.map((column) => column.name)].includes(free)) free = `${free} of the data`;
    columns.push({ name: free, type });
    read.push(cells);
  };
  const missing = ({ start, end }: Origin) => Array.from({ length: end - start }, () => undefined);
  const numbers = (values: Float64Array): OutputCells => ({ values, at: 0, step: 1 });
  const addCarried = (role: CarriedColumn['role']): boolean => {
    for (const [i, column] of (source?.carried ?? []).entries()) {
      if (column.role !== role) continue;
      add(column.name, role === 'row' ? 'integer' : 'text', (origin) => {
        const cells = origin.carried?.[i] ?? missing(origin);
        return cells instanceof Int32Array ? numbers(Float64Array.from(cells)) : cells;
      });
    }
    return source?.carried?.some((column) => column.role === role) ?? false;
  };
  if (source && !isArray(output)) {
    const isNamed = addCarried('id');
    // The position of a row is its number where none was left out before it.
    if (!isNamed && !addCarried('row') && source.columns) {
      add('row', 'integer', ({ start, end }) =>
        numbers(Float64Array.from({ length: end - start }, (_, i) => start + i + 1)),
      );
    }
    if (source.named) add('file', 'text', (origin) => origin.names ?? missing(origin));
    addCarried('group');
    const { time } = source;
    if (!addCarried('time') && time) {
      const none = ({ start, end }: Origin) => new Float64Array(end - start).fill(Number.NaN);
      add(time.column, time.unit === 'date' ? 'date' : 'double', (origin) => numbers(origin.times ?? none(origin)));
    }
    const isCarried = source.carried?.some(({ name }) => name === label);
    if (source.labelled && label !== undefined && !isCarried)
      add(label, 'text', (origin) => origin.labels ?? missing(origin));
  }
  return { columns, cells: (origin) => read.map((cells) => cells(origin)) };
}

/** A table of codes. */
export interface CodeWriter extends Writer {
  /** @param codes [end − start, width] */
  write(codes: Float32Array, origin: Origin): Promise<void>;
}

/** Opens a table of codes, a row for each example of a source, with its file, time and class in front. */
export async function openCodeWriter(
  output: string,
  width: number,
  source: ExampleStream,
  label: string | undefined,
  texts?: WrittenTexts,
): Promise<CodeWriter> {
  const names = Array.from({ length: width }, (_, i) => `code ${i + 1}`);
  const carried = carriedColumns(output, source, label, names);
  const codes = names.map((name): OutputColumn => ({ name, type: 'number' }));
  const table = await openTableWriter(output, [...carried.columns, ...codes], { texts });
  return {
    write: (values, origin) =>
      table.write(origin.end - origin.start, [...carried.cells(origin), ...numberColumns(values, width)]),
    finish: () => table.finish(),
    discard: () => table.discard(),
  };
}

/** The names of the values of an example. */
export function valueNames(specification: Specification, columns = specification.input.columns): string[] {
  return valueNamesOf(inputSize(specification), columns);
}

/** How examples are drawn, where an output asks for pictures. */
async function picturesOf(output: string, { input }: Specification): Promise<PictureLook | undefined> {
  if (!(await pictureFormatOf(output))) return undefined;
  const look: Look = lookOf(input.shape, input.sequence);
  if (look.kind === 'picture') return look;
  const got = input.sequence ? 'windows of a series' : 'the rows of a table';
  throw badInput(output, `expected images to write as pictures, got a model of ${got}`, 'name a file ending in .csv');
}

/**
 * Refuses an output that the model's examples cannot be written to, before they are made.
 *
 * @throws GargaloError `bad-input` with the endings there are
 */
export async function checkExampleOutput(
  output: string,
  specification: Specification,
  ending?: PictureEnding,
): Promise<void> {
  if (!(await picturesOf(output, specification))) checkTableName(output);
  else await checkPictureDepth(output, specification.input.picture?.depth ?? '8', ending);
}

/** Takes examples in raw units. */
export interface ExampleWriter extends Writer {
  /** The file of the further column, where it is one of its own. */
  readonly beside?: string;
  /**
   * @param values [end − start, input size]
   * @param further a value of each example for the further column, where there is one
   */
  write(values: Float32Array, origin: Origin, further?: Float32Array): Promise<void>;
}

export interface ExampleWriterOptions {
  /** What the examples were made of: its columns are written, and its file, time and class in front. */
  readonly source?: ExampleStream;
  /** The name of the column of classes. */
  readonly label?: string | undefined;
  /** The name of a column behind the values, where no column of the data has it. */
  readonly further?: string;
  /** Of pictures in a folder. */
  readonly ending?: PictureEnding | undefined;
  /** What becomes of texts in a table that a spreadsheet would run; see {@link openTableWriter}. */
  readonly texts?: WrittenTexts | undefined;
}

/** Opens a place for examples of a model: pictures, or a table whose columns are those of the data, words as words. */
export async function openExampleWriter(
  output: string,
  specification: Specification,
  options: ExampleWriterOptions = {},
): Promise<ExampleWriter> {
  const look = await picturesOf(output, specification);
  if (look)
    return pictureOutput(
      await openPictureWriter(output, look, { ending: options.ending, texts: options.texts }),
      specification,
    );
  return tableOutput(output, specification, options);
}

/** Where the errors lie of what an array holds: x.errors.npy beside x.npy. */
const besideOf = (output: string) => output.replace(/\.npy$/i, '.errors.npy');

async function tableOutput(
  output: string,
  specification: Specification,
  { source, label, further, texts }: ExampleWriterOptions,
): Promise<ExampleWriter> {
  const { table: schema, sequence, shape } = specification.input;
  const size = inputSize(specification);
  const named = valueNames(specification, source?.columns);
  // Words become words again; an array and windows keep their features.
  const words = schema && !sequence && !isArray(output) ? schema : undefined;
  const values: OutputColumn[] = words
    ? columnsOf(words, new Float32Array(size)).map(({ name, values: cells }) => ({
        name,
        type: cells instanceof Float32Array ? 'number' : 'text',
      }))
    : named.map((name) => ({ name, type: 'number' }));
  const names = values.map(({ name }) => name);
  let last = further;
  while (last !== undefined && names.includes(last)) last = `reconstruction ${last}`;
  // What takes the place of the data has no more columns than they have.
  const { columns: _, ...unnumbered } = source ?? {};
  const origin = last === undefined ? source && unnumbered : source;
  const carried = carriedColumns(output, origin, label, last === undefined ? names : [...names, last]);
  const behind: OutputColumn[] = last === undefined ? [] : [{ name: last, type: 'number' }];
  // an array keeps the shape of the examples
  const beside = last !== undefined && isArray(output) ? besideOf(output) : undefined;
  const table: TableWriter = await openTableWriter(
    output,
    [...carried.columns, ...values, ...(beside === undefined ? behind : [])],
    { texts, ...(behind.length === 0 || beside !== undefined ? { shape } : {}) },
  );
  const second =
    beside === undefined
      ? undefined
      : await openTableWriter(beside, behind).catch(async (error: unknown) => {
          await table.discard();
          throw error;
        });
  const column = (cells: Float32Array): OutputCells => ({ values: cells, at: 0, step: 1 });
  return {
    ...(beside !== undefined && { beside }),
    async write(made, origin, of) {
      const rows = origin.end - origin.start;
      await table.write(rows, [
        ...carried.cells(origin),
        ...(words
          ? columnsOf(words, made).map(({ values: cells }) => (cells instanceof Float32Array ? column(cells) : cells))
          : numberColumns(made, size)),
        ...(of && !second ? [column(of)] : []),
      ]);
      if (of) await second?.write(rows, [column(of)]);
    },
    async finish() {
      await table.finish();
      await second?.finish();
    },
    async discard() {
      await table.discard();
      await second?.discard();
    },
  };
}

/**
 * Pictures of examples: files of images have the depth that they were read at; else black is 0 and white 1 of scaled values in
 * 0 … 1. Where those have no bounds, the ends of the range are known when all have come.
 */
function pictureOutput(pictures: PictureWriter, specification: Specification): ExampleWriter {
  const { picture, scaling } = specification.input;
  const bytesOf = (values: Float32Array, low: number, high: number) =>
    samplesOf(
      values.map((value) => ((value - low) * 255) / (high - low || 1)),
      '8',
    );
  if (picture || isBounded(specification)) {
    return {
      write: (values, { names }) =>
        pictures.write(
          picture ? samplesOf(values, picture.depth ?? '8') : bytesOf(applyScaling(values, scaling), 0, 1),
          names,
        ),
      finish: () => pictures.finish(),
      discard: () => pictures.discard(),
    };
  }
  const held: { values: Float32Array; names: Origin['names'] }[] = [];
  return {
    async write(values, { names }) {
      held.push({ values: applyScaling(values, scaling), names });
    },
    async finish() {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const { values } of held) {
        for (const value of values) {
          if (value < low) low = value;
          if (value > high) high = value;
        }
      }
      for (const { values, names } of held) await pictures.write(bytesOf(values, low, high), names);
      await pictures.finish();
    },
    discard: () => pictures.discard(),
  };
}

/** As {@link openExampleWriter}, of examples that came out of a file: bytes as they were, or numbers in raw units. */
export async function openRestoredWriter(
  output: string,
  specification: Specification,
  type: 'uint8' | 'float32',
  texts?: WrittenTexts,
): Promise<ExampleWriter> {
  const look = lookOf(specification.input.shape, specification.input.sequence);
  if (type !== 'uint8' || look.kind !== 'picture' || !(await pictureFormatOf(output))) {
    return openExampleWriter(output, specification, { texts });
  }
  // images of bytes are the bytes themselves, however the model scales them
  const writer = await openPictureWriter(output, look, { texts });
  return {
    write: (values, { names }) => writer.write(Uint8Array.from(values), names),
    finish: () => writer.finish(),
    discard: () => writer.discard(),
  };
}
