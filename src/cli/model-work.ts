// What the commands have in common that put a model to work on examples.
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badInput } from '../core/errors.js';
import type { WorkOptions } from '../core/work.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { inOrderOf } from '../data/groups.js';
import { openData, openSource, openTable } from '../data/read/open.js';
import { type ExampleSource, type ExampleStream, isDataset, limited, streamOf } from '../data/stream.js';
import { checkTableName, checkWritable } from '../data/write/write.js';
import { type Autoencoder, type Model, openAutoencoder } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { valueNamesOf } from '../tasks/detect/attribution.js';
import { filled, type Writer } from '../tasks/example-output.js';
import type { TrainedModel } from '../train/events.js';
import { loadModel, modelFileOf } from '../train/model-file.js';
import { type Options, pick, text } from './command.js';
import { machineOptions, type Reading, unpackOptions } from './options.js';
import type { Session } from './session.js';

export const modelArgument =
  'a model that gargalo train wrote: its run folder, or a model file (model.onnx, a checkpoint)';

/** Says which file stands for what was named, where that is a run folder. */
export function noteModel(named: string, path: string, { note }: Pick<Session, 'note'>): void {
  if (path !== named) note(`${named}: taking ${path}`);
}

/** Reads a model, by its file or its run folder; says which file of the folder is taken. */
export async function openModel(named: string, session: Pick<Session, 'note'>): Promise<TrainedModel> {
  const path = await modelFileOf(named);
  const model = await loadModel(path);
  noteModel(named, path, session);
  return model;
}

/** -o, which must be given. */
export const outputOption = (description: string) =>
  ({ output: { ...text('<file>', description), letter: 'o', required: true } }) as const;

/** What becomes of text cells of tables. */
export const cellOptions = {
  rawCells: {
    type: 'flag',
    default: false,
    description:
      'leave text cells and names in .csv and .tsv as they are that spreadsheets would run as formulas (= + - @, tab); else an apostrophe is put before them, which reading them here takes off',
  },
} as const satisfies Options;

/**
 * The columns of the values in a table that reconstruct wrote of examples without names, "1", "2", …: file, class and error
 * stand beside them.
 */
async function ownColumns(source: string, input: Specification['input'], data: Reading): Promise<string[] | undefined> {
  if (input.columns || input.table || input.sequence) return undefined;
  const present = new Set((await openTable(source, pick(data, unpackOptions)))?.columns);
  const names = Array.from({ length: exampleSize(input) }, (_, i) => String(i + 1));
  return present.size > names.length && names.every((name) => present.has(name)) ? names : undefined;
}

/**
 * Windows of a series as a table that decode and reconstruct wrote has them, a window in each row: "a 1", "b 1", "a 2", …
 *
 * @returns undefined for any other table, and for a model of other data
 */
export async function writtenWindows(
  source: string,
  { window: _window, stride: _stride, ...data }: Reading,
  input: Specification['input'],
): Promise<ExampleStream | undefined> {
  const { sequence, shape, columns, table } = input;
  if (!sequence || data.columns) return undefined;
  const names = valueNamesOf(exampleSize(input), columns);
  const present = new Set((await openTable(source, pick(data, unpackOptions)))?.columns);
  const given = new Set(columns);
  if (!names.every((name) => present.has(name)) || names.every((name) => given.has(name))) return undefined;
  const { train } = await openSource(source, { ...data, columns: names });
  const form = { shape, sequence, ...(columns && { columns }), ...(table && { table }) };
  return { ...streamOf(train), ...form };
}

/** Opens data for a model: of a table the columns and windows that it was made for, unless others are asked for. */
export async function openFor(
  { input }: Specification,
  source: string,
  data: Reading,
): Promise<{ train: ExampleSource; test?: Dataset }> {
  const windows = await writtenWindows(source, data, input);
  if (windows) return { train: windows };
  const columns = data.columns ?? (await ownColumns(source, input, data));
  return openSource(source, { ...data, like: input, ...(columns && { columns }) });
}

/** Opens the examples of data that a model is put to work on. */
export async function openExamples(
  source: string,
  data: Reading,
  specification: Specification,
): Promise<ExampleSource> {
  const opened = await openFor(specification, source, data);
  return limited(inFileOrder(opened.test ?? opened.train), data.limit);
}

/** Windows of groups that come in turns, in the order of their first rows in the file. */
function inFileOrder(source: ExampleSource): ExampleSource {
  if (!isDataset(source) || !source.sequence || !source.carried?.some(({ role }) => role === 'group')) return source;
  const rows = source.carried.find(({ role }) => role === 'row')?.values;
  if (!(rows instanceof Int32Array) || rows.every((row, i) => i === 0 || row >= rows[i - 1]!)) return source;
  return inOrderOf(
    source,
    Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!),
  );
}

/**
 * Opens the data of a training: those to train on and, where they are named, those to test on, which are read as the former were:
 * their columns, levels, windows and sides.
 *
 * @param like the input of the model that goes on
 */
export async function openTraining(
  source: string,
  { limit, ...data }: Reading,
  validation?: string,
  like?: Specification['input'],
): Promise<{ readonly train: Dataset; readonly test?: Dataset }> {
  const opened = await openData(source, { ...data, limit, like });
  if (validation === undefined) return opened;
  const { train, test = train } = await openData(validation, { ...data, like: like ?? opened.train });
  return { train: opened.train, test };
}

/** Refuses an output that is the file which is read: writing it would lose that. */
export async function refuseOwnInput(output: string, input: string): Promise<void> {
  const [written, read] = await Promise.all([output, input].map((path) => realpath(path).catch(() => undefined)));
  if (written === undefined || written !== read || (await stat(written)).isDirectory()) return;
  throw badInput(output, 'expected another file than the one that is read, which would be replaced', 'name another');
}

/** Opens model and output; both are known to be usable before the data are read. */
export async function withModel(
  asked: { readonly model: string; readonly data?: string; readonly output: string },
  session: Session,
  work: (autoencoder: Autoencoder) => Promise<void>,
  checkName: (specification: Specification, model: Model) => void | Promise<void> = () => checkTableName(asked.output),
): Promise<void> {
  const model = await openModel(asked.model, session);
  await checkName(model.specification, model);
  if (asked.data !== undefined) await refuseOwnInput(asked.output, asked.data);
  await checkWritable(dirname(asked.output));
  const autoencoder = openAutoencoder(model, await session.runtime(pick(asked, machineOptions)));
  try {
    await work(autoencoder);
  } finally {
    await autoencoder.close();
  }
}

/**
 * Writes what is made of examples, block after block; where anything goes wrong nothing is left under its name.
 *
 * @param doing what is done to examples: "encoded"
 * @returns how many examples there were
 */
export async function writeBlocks<W extends Writer, Block extends { readonly end: number }>(
  session: Session,
  doing: string,
  open: () => Promise<W>,
  blocks: (options: Required<WorkOptions>) => AsyncIterable<Block>,
  write: (writer: W, block: Block) => Promise<void>,
): Promise<number> {
  return session.work(doing, async (options) =>
    filled(await open(), async (writer) => {
      let done = 0;
      for await (const block of blocks(options)) {
        await write(writer, block);
        done = block.end;
      }
      return done;
    }),
  );
}

export const since = (started: number) => (performance.now() - started) / 1000;

/** The rows that were left out and cells that were filled in, for --json. */
export const readingCounts = ({ counts }: Pick<ExampleStream, 'counts'>) =>
  counts ? { rowsDropped: counts.droppedRows, ...(counts.filledCells > 0 && { cellsFilled: counts.filledCells }) } : {};

/** Says what a walk over examples brought to light: rows left out, words that the model does not know. */
export function noteWhatWasRead(session: Session, { name, notes = [] }: Pick<ExampleStream, 'name' | 'notes'>): void {
  for (const note of notes) {
    if (note.startsWith('! ')) session.warn(`${name}: ${note.slice(2)}`);
    else session.note(`${name}: ${note}`);
  }
}
