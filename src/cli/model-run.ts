// What encode, decode and reconstruct do once their flags are read.
import { dirname } from 'node:path';
import { type Dataset, exampleSize, sliceDataset } from '../data/dataset.js';
import { type OpenOptions, openData } from '../data/open.js';
import { checkTableName, checkWritable, writeTable } from '../data/write.js';
import { badInput } from '../errors.js';
import { type Autoencoder, checkInput, openAutoencoder } from '../models/autoencoder.js';
import { inputSize, type Specification } from '../models/specification.js';
import { count, figure } from '../report/format.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { loadModel } from '../train/model-file.js';
import type { Speech } from './shared-flags.js';
import type { Terminal } from './terminal.js';

/** What was asked for on the command line. */
export interface ModelCommand {
  /** The model file. */
  readonly model: string;
  /** Examples, or codes. */
  readonly source: string;
  readonly output: string;
  readonly data: OpenOptions;
  readonly runtime: RuntimeOptions;
  readonly speech: Speech;
  /** Values of the options that only this command has. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads examples for a model: of a table the columns and windows that it was made for, unless others are asked for. */
export async function openExamples({ source, data }: ModelCommand, { input }: Specification): Promise<Dataset> {
  const opened = await openData(source, { ...data, like: input });
  const examples = opened.test ?? opened.train;
  return data.limit !== undefined && data.limit < examples.length ? sliceDataset(examples, 0, data.limit) : examples;
}

/** Opens model and output; both are known to be usable before the data are read. */
export async function withModel(
  command: Pick<ModelCommand, 'model' | 'output' | 'runtime'>,
  work: (autoencoder: Autoencoder) => Promise<void>,
  checkName: (specification: Specification) => void | Promise<void> = () => checkTableName(command.output),
): Promise<void> {
  const model = await loadModel(command.model);
  await checkName(model.specification);
  await checkWritable(dirname(command.output));
  const autoencoder = openAutoencoder(model, command.runtime);
  try {
    await work(autoencoder);
  } finally {
    await autoencoder.close();
  }
}

/** The names of the values of an example: the table's columns, else positions. */
export function valueNames(specification: Specification, columns = specification.input.columns): string[] {
  const size = inputSize(specification);
  if (!columns) return Array.from({ length: size }, (_, i) => String(i + 1));
  if (columns.length === size) return [...columns];
  // of a window: every column at every step
  return Array.from({ length: size }, (_, i) => `${columns[i % columns.length]} ${Math.floor(i / columns.length) + 1}`);
}

export const since = (started: number) => (performance.now() - started) / 1000;

/** `gargalo encode` */
export async function runEncode(command: ModelCommand, terminal: Terminal): Promise<void> {
  await withModel(command, async (autoencoder) => {
    const { specification } = autoencoder;
    const dataset = await openExamples(command, specification);
    const started = performance.now();
    const values = await autoencoder.encode(dataset);
    const { width } = specification.code;
    const columns = Array.from({ length: width }, (_, i) => `code ${i + 1}`);
    await writeTable(command.output, { columns, rows: dataset.length, values });
    const { model, output } = command;
    terminal.result(
      { model, data: dataset.name, examples: dataset.length, width, output, seconds: since(started) },
      `${output}: ${count(dataset.length)} codes of ${count(width)} values, of ${dataset.name}`,
    );
  });
}

/** `gargalo decode` */
export async function runDecode(command: ModelCommand, terminal: Terminal): Promise<void> {
  await withModel(command, async (autoencoder) => {
    const { specification } = autoencoder;
    const { width } = specification.code;
    const { train: codes } = await openData(command.source, command.data);
    if (exampleSize(codes) !== width) {
      const problem = `expected rows of ${width} values, the width of the model's code, got ${exampleSize(codes)}`;
      throw badInput(command.source, problem, 'use codes that gargalo encode made with this model');
    }
    const started = performance.now();
    const values = await autoencoder.decode(new Float32Array(await codes.block(0, codes.length)));
    await writeTable(command.output, { columns: valueNames(specification), rows: codes.length, values });
    const { model, source, output } = command;
    const size = inputSize(specification);
    terminal.result(
      { model, codes: source, examples: codes.length, width: size, output, seconds: since(started) },
      `${output}: ${count(codes.length)} examples of ${count(size)} values`,
    );
  });
}

/** A name for the errors' column that no column of the data has. */
function errorName(names: readonly string[]): string {
  let name = 'squared error';
  while (names.includes(name)) name = `reconstruction ${name}`;
  return name;
}

/** `gargalo reconstruct` */
export async function runReconstruct(command: ModelCommand, terminal: Terminal): Promise<void> {
  await withModel(command, async (autoencoder) => {
    const { specification } = autoencoder;
    const { scale } = specification.input.scaling;
    const dataset = await openExamples(command, specification);
    checkInput(specification, dataset);
    const started = performance.now();
    const size = inputSize(specification);
    const values = new Float32Array(dataset.length * (size + 1));
    let total = 0;
    for await (const { start, end, reconstruction } of autoencoder.blocks(dataset)) {
      const examples = await dataset.block(start, end);
      for (let row = 0; row < end - start; row++) {
        let error = 0;
        for (let i = 0; i < size; i++) {
          const at = row * size + i;
          error += ((reconstruction[at]! - examples[at]!) * scale[i % scale.length]!) ** 2;
        }
        const to = (start + row) * (size + 1);
        values.set(reconstruction.subarray(row * size, (row + 1) * size), to);
        values[to + size] = error;
        total += error;
      }
    }
    const squaredError = total / dataset.length;
    const names = valueNames(specification, dataset.columns);
    await writeTable(command.output, { columns: [...names, errorName(names)], rows: dataset.length, values });
    const { model, output } = command;
    terminal.result(
      {
        model,
        data: dataset.name,
        examples: dataset.length,
        width: size,
        squaredError,
        output,
        seconds: since(started),
      },
      `${output}: ${count(dataset.length)} reconstructions of ${dataset.name}, mean squared error ${figure(squaredError, 4)} an example`,
    );
  });
}
