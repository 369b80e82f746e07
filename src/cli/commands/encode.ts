import { several } from '../../core/format.js';
import { streamOf } from '../../data/stream.js';
import { openCodeWriter } from '../../tasks/example-output.js';
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

/** `gargalo encode <model> <data> -o <file>` */
export const define = defineCommand({
  arguments: {
    '<model>': modelArgument,
    '<data>':
      'what to encode: "mnist" for its test images, "mnist/train" for the others, or a file as gargalo train takes it',
  },
  options: {
    'Output:': {
      ...outputOption('the table to write, its format by its name: .csv, .tsv, .npy or .parquet'),
      ...cellOptions,
    },
    ...readingGroups,
    'Machine:': machineOptions,
  },
  notes:
    'The columns of the output are called "code 1", "code 2", …; a row for each example, in order. The label column of a\ntable is left out: a model made from named columns finds them by their names.',
  run: (asked, session) =>
    withModel(asked, session, async (autoencoder) => {
      const { specification } = autoencoder;
      const { model, output } = asked;
      const { width } = specification.code;
      const examples = streamOf(await openExamples(asked.data, readingOf(asked), specification));
      const started = performance.now();
      const rows = await writeBlocks(
        session,
        'encoded',
        () => openCodeWriter(output, width, examples, asked.label, session.texts),
        (options) => autoencoder.codes(examples, options),
        (writer, block) => writer.write(block.code, block),
      );
      noteWhatWasRead(session, examples);
      session.result(
        {
          model,
          data: examples.name,
          examples: rows,
          width,
          output,
          ...readingCounts(examples),
          seconds: since(started),
        },
        `${output}: ${several(rows, 'code')} of ${several(width, 'value')}, of ${examples.name}`,
      );
    }),
});
