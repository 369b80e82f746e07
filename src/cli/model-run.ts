// What encode, decode and reconstruct do once their flags are read.
import { dirname } from 'node:path';
import { badInput } from '../core/errors.js';
import { count, figure } from '../core/format.js';
import { exampleSize } from '../data/dataset.js';
import { type OpenOptions, openSource, openTable } from '../data/read/open.js';
import { type ExampleSource, type ExampleStream, limited, streamOf } from '../data/stream.js';
import type { PictureEnding } from '../data/write/pictures.js';
import { checkTableName, checkWritable } from '../data/write/write.js';
import {
  type Autoencoder,
  checkInput,
  type Model,
  openAutoencoder,
  type ReconstructedBlock,
} from '../models/autoencoder.js';
import { inputSize, type Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { loadModel } from '../train/model-file.js';
import { checkExampleOutput, filled, openCodeWriter, openExampleWriter } from './example-output.js';
import { longWork } from './long-work.js';
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

/**
 * The columns of the values in a table that reconstruct wrote of examples without names, "1", "2", …: file, class and error
 * stand beside them.
 */
async function ownColumns({ source }: ModelCommand, input: Specification['input']): Promise<string[] | undefined> {
  if (input.columns || input.table || input.sequence) return undefined;
  const found = new Set((await openTable(source))?.columns);
  const names = Array.from({ length: exampleSize(input) }, (_, i) => String(i + 1));
  return found.size > names.length && names.every((name) => found.has(name)) ? names : undefined;
}

/** Opens examples for a model: of a table the columns and windows that it was made for, unless others are asked for. */
export async function openExamples(command: ModelCommand, { input }: Specification): Promise<ExampleSource> {
  const { source, data } = command;
  const columns = data.columns ?? (await ownColumns(command, input));
  const opened = await openSource(source, { ...data, like: input, ...(columns && { columns }) });
  return limited(opened.test ?? opened.train, data.limit);
}

/** Opens model and output; both are known to be usable before the data are read. */
export async function withModel(
  command: Pick<ModelCommand, 'model' | 'output' | 'runtime'>,
  work: (autoencoder: Autoencoder) => Promise<void>,
  checkName: (specification: Specification, model: Model) => void | Promise<void> = () =>
    checkTableName(command.output),
): Promise<void> {
  const model = await loadModel(command.model);
  await checkName(model.specification, model);
  await checkWritable(dirname(command.output));
  const autoencoder = openAutoencoder(model, command.runtime);
  try {
    await work(autoencoder);
  } finally {
    await autoencoder.close();
  }
}

export const since = (started: number) => (performance.now() - started) / 1000;

/** Says what a walk over examples brought to light: rows left out, words that the model does not know. */
export function tellNotes(terminal: Terminal, { name, notes }: Pick<ExampleStream, 'name' | 'notes'>): void {
  for (const note of notes ?? []) terminal.note(`${name}: ${note}`);
}

/** `gargalo encode` */
export async function runEncode(command: ModelCommand, terminal: Terminal): Promise<void> {
  await withModel(command, async (autoencoder) => {
    const { width } = autoencoder.specification.code;
    const examples = streamOf(await openExamples(command, autoencoder.specification));
    checkInput(autoencoder.specification, examples);
    const started = performance.now();
    const { model, output } = command;
    const rows = await longWork(command.speech, 'encoded', async (work) =>
      filled(await openCodeWriter(output, width, examples, command.data.label), async (writer) => {
        let done = 0;
        for await (const block of autoencoder.codes(examples, work)) {
          await writer.write(block.code, block);
          done = block.end;
        }
        return done;
      }),
    );
    tellNotes(terminal, examples);
    terminal.result(
      { model, data: examples.name, examples: rows, width, output, seconds: since(started) },
      `${output}: ${count(rows)} codes of ${count(width)} values, of ${examples.name}`,
    );
  });
}

/** Codes out of a file: of a table that has them, the columns that encode writes. */
async function openCodes({ source, data }: ModelCommand, width: number): Promise<ExampleStream> {
  const table = data.columns ? undefined : await openTable(source, data);
  const columns = table?.columns.filter((name) => /^code \d+$/.test(name)) ?? [];
  const { train: codes } = await openSource(source, { ...data, ...(columns.length > 0 && { columns }) });
  if (exampleSize(codes) === width) return streamOf(codes);
  const problem = `expected rows of ${width} values, the width of the model's code, got ${exampleSize(codes)}`;
  throw badInput(source, problem, 'use codes that gargalo encode made with this model');
}

/** `gargalo decode` */
export async function runDecode(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { model, source, output } = command;
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const codes = await openCodes(command, specification.code.width);
      const started = performance.now();
      const rows = await longWork(command.speech, 'decoded', async (work) =>
        filled(await openExampleWriter(output, specification), async (writer) => {
          let done = 0;
          for await (const block of autoencoder.decoded(codes, work)) {
            await writer.write(block.reconstruction, block);
            done = block.end;
          }
          return done;
        }),
      );
      const size = inputSize(specification);
      terminal.result(
        { model, codes: source, examples: rows, width: size, output, seconds: since(started) },
        `${output}: ${count(rows)} examples of ${count(size)} values`,
      );
    },
    (specification) => checkExampleOutput(output, specification),
  );
}

/** ‖scaled x − scaled x'‖² of each example of a block. */
function errorsOf({ start, end, values, reconstruction }: ReconstructedBlock, { input }: Specification): Float32Array {
  const { scale } = input.scaling;
  const size = values.length / (end - start);
  return Float32Array.from({ length: end - start }, (_, row) => {
    let error = 0;
    for (let i = 0, at = row * size; i < size; i++, at++) {
      error += ((reconstruction[at]! - values[at]!) * scale[i % scale.length]!) ** 2;
    }
    return error;
  });
}

/** `gargalo reconstruct` */
export async function runReconstruct(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { model, output, data } = command;
  const { format: ending } = command.values as { format?: PictureEnding };
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const examples = streamOf(await openExamples(command, specification));
      checkInput(specification, examples);
      const started = performance.now();
      const options = { source: examples, label: data.label, further: 'squared error', ending };
      let total = 0;
      let beside: string | undefined;
      const rows = await longWork(command.speech, 'reconstructed', async (work) =>
        filled(await openExampleWriter(output, specification, options), async (writer) => {
          let done = 0;
          beside = writer.beside;
          for await (const block of autoencoder.blocks(examples, work)) {
            const errors = errorsOf(block, specification);
            await writer.write(block.reconstruction, block, errors);
            total = errors.reduce((sum, error) => sum + error, total);
            done = block.end;
          }
          return done;
        }),
      );
      tellNotes(terminal, examples);
      const squaredError = total / rows;
      const width = inputSize(specification);
      terminal.result(
        {
          ...{ model, data: examples.name, examples: rows, width, squaredError, output },
          ...(beside !== undefined && { errors: beside }),
          seconds: since(started),
        },
        `${output}: ${count(rows)} reconstructions of ${examples.name}, mean squared error ${figure(squaredError, 4)} an example${beside === undefined ? '' : `; ${beside}: that of each`}`,
      );
    },
    (specification) => checkExampleOutput(output, specification),
  );
}
