import { badInput } from '../../core/errors.js';
import { several } from '../../core/format.js';
import { exampleSize } from '../../data/dataset.js';
import { openSource, openTable } from '../../data/read/open.js';
import { type ExampleStream, streamOf } from '../../data/stream.js';
import { inputSize } from '../../models/specification.js';
import { checkExampleOutput, openExampleWriter } from '../../tasks/example-output.js';
import { defineCommand } from '../command.js';
import { cellOptions, modelArgument, outputOption, since, withModel, writeBlocks } from '../model-work.js';
import { dataOptions, machineOptions, type Reading, readingGroups, readingOf } from '../options.js';

/** Codes out of a file: of a table that has them, the columns that encode writes. */
async function openCodes(source: string, data: Reading, width: number): Promise<ExampleStream> {
  const table = data.columns ? undefined : await openTable(source, data);
  const columns = table?.columns.filter((name) => /^code \d+$/.test(name)) ?? [];
  const { train: codes } = await openSource(source, { ...data, ...(columns.length > 0 && { columns }) });
  if (exampleSize(codes) === width) return streamOf(codes);
  const problem = `expected rows of ${width} values, the width of the model's code, got ${exampleSize(codes)}`;
  throw badInput(source, problem, 'use codes that gargalo encode made with this model');
}

/** `gargalo decode <model> <codes> -o <file>` */
export const define = defineCommand({
  arguments: {
    '<model>': modelArgument,
    '<codes>': 'a row of code values for each example: .csv, .tsv, .npy or .parquet, as gargalo encode writes them',
  },
  options: {
    'Output:': {
      ...outputOption(
        'what to write, by its name: a table (.csv, .tsv, .npy, .parquet); of images also a sheet (.png, .jpg, …), a file each in a folder (decoded/) or .idx',
      ),
      ...cellOptions,
    },
    ...readingGroups,
    'Data:': dataOptions,
    'Machine:': machineOptions,
  },
  notes:
    'Outputs are in the units of the data the model was made for. Columns have its names where it was made from a table\nwith names, else "1", "2", … (which .csv and .tsv leave out).',
  run: (asked, session) =>
    withModel(
      { ...asked, data: asked.codes },
      session,
      async (autoencoder) => {
        const { specification } = autoencoder;
        const { model, codes: source, output } = asked;
        const codes = await openCodes(source, readingOf(asked), specification.code.width);
        const started = performance.now();
        const rows = await writeBlocks(
          session,
          'decoded',
          () => openExampleWriter(output, specification, { texts: session.texts }),
          (options) => autoencoder.decoded(codes, options),
          (writer, block) => writer.write(block.reconstruction, block),
        );
        const size = inputSize(specification);
        session.result(
          { model, codes: source, examples: rows, width: size, output, seconds: since(started) },
          `${output}: ${several(rows, 'example')} of ${several(size, 'value')}`,
        );
      },
      (specification) => checkExampleOutput(asked.output, specification),
    ),
});
