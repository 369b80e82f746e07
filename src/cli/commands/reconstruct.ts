import { figure, several } from '../../core/format.js';
import { streamOf } from '../../data/stream.js';
import { inputSize } from '../../models/specification.js';
import { squaredErrorsOf } from '../../tasks/detect/scoring.js';
import { checkExampleOutput, openExampleWriter } from '../../tasks/example-output.js';
import { defineCommand } from '../command.js';
import {
  cellOptions,
  modelArgument,
  noteWhatWasRead,
  openExamples,
  outputOption,
  readingCounts,
  since,
  withModel,
  writeBlocks,
} from '../model-work.js';
import { machineOptions, readingGroups, readingOf } from '../options.js';

/** `gargalo reconstruct <model> <data> -o <file>` */
export const define = defineCommand({
  arguments: {
    '<model>': modelArgument,
    '<data>':
      'what to reconstruct: "mnist" for its test images, "mnist/train" for the others, a folder of images, or a file as gargalo train takes it',
  },
  options: {
    'Output:': {
      ...outputOption(
        'what to write, by its name: a table (.csv, .tsv, .npy, .parquet); of images also a sheet (.png, .jpg, …), a file each in a folder (rebuilt/) or .idx',
      ),
      ...cellOptions,
    },
    ...readingGroups,
    'Machine:': machineOptions,
  },
  notes:
    'Outputs are in the units of the data. The last column of a table, "squared error", is that of each example, summed over its values\nin scaled units (those the network works in, 0 … 1 for images): the same figure as testSquaredError of gargalo train.',
  run: (asked, session) =>
    withModel(
      asked,
      session,
      async (autoencoder) => {
        const { specification } = autoencoder;
        const { model, output, label } = asked;
        const source = streamOf(await openExamples(asked.data, readingOf(asked), specification));
        const started = performance.now();
        const squaredErrors = squaredErrorsOf(specification);
        let total = 0;
        let beside: string | undefined;
        const examples = await writeBlocks(
          session,
          'reconstructed',
          () =>
            openExampleWriter(output, specification, {
              source,
              label,
              further: 'squared error',
              texts: session.texts,
            }),
          (options) => autoencoder.blocks(source, options),
          async (writer, block) => {
            beside = writer.beside;
            const errors = squaredErrors(block);
            await writer.write(block.reconstruction, block, errors);
            total = errors.reduce((sum, error) => sum + error, total);
          },
        );
        noteWhatWasRead(session, source);
        const squaredError = total / examples;
        session.result(
          {
            ...{ model, data: source.name, examples, width: inputSize(specification), squaredError, output },
            ...(beside !== undefined && { errors: beside }),
            ...readingCounts(source),
            seconds: since(started),
          },
          `${output}: ${several(examples, 'reconstruction')} of ${source.name}, mean squared error ${figure(squaredError, 4)} an example${beside === undefined ? '' : `; ${beside}: that of each`}`,
        );
      },
      (specification) => checkExampleOutput(asked.output, specification),
    ),
});
