import { several } from '../../core/format.js';
import { checkExampleOutput, filled, openExampleWriter } from '../../tasks/example-output.js';
import { priorWords, sample, samplerOf } from '../../tasks/sample.js';
import { trainingOptions } from '../../train/options.js';
import { defineCommand, type Options } from '../command.js';
import { cellOptions, modelArgument, outputOption, since, withModel } from '../model-work.js';
import { machineOptions } from '../options.js';

const options = {
  count: { type: 'integer', default: 64, minimum: 1, description: 'how many examples', letter: 'n' },
  seed: { ...trainingOptions.seed, description: 'seed of the draws' },
} as const satisfies Options;

/** `gargalo sample <model> -n 64 -o <file>` */
export const define = defineCommand({
  arguments: { '<model>': modelArgument },
  options: {
    'Output:': {
      ...outputOption(
        'what to write, by its name: of images a sheet (.png), a file each in a folder (new/) or .idx; of all data .npy, .csv, .tsv or .parquet',
      ),
      ...cellOptions,
    },
    'Draws:': options,
    'Machine:': machineOptions,
  },
  notes:
    'The model needs a code whose distribution is known: of --kind variational or adversarial codes are drawn from N(0, I), of\n--kind vector-quantized codebook entries by their use, each position independently of the others. Of any kind, a model that\ncarries a density of its codes, as gargalo inspect --repair writes it, is drawn from that.',
  examples: ['gargalo sample runs/variational/model.onnx -n 64 -o grid.png'],
  run: (asked, session) => {
    const { model, output, count: examples = options.count.default, seed = options.seed.default } = asked;
    return withModel(
      asked,
      session,
      async (autoencoder) => {
        const started = performance.now();
        const { values, prior } = await sample(autoencoder, { count: examples, seed });
        await filled(await openExampleWriter(output, autoencoder.specification, { texts: session.texts }), (writer) =>
          writer.write(values, { start: 0, end: examples }),
        );
        session.result(
          { model, examples, prior, seed, output, seconds: since(started) },
          `${output}: ${several(examples, 'generated example')}; ${priorWords[prior]}`,
        );
      },
      (specification, loaded) => {
        samplerOf(loaded, model);
        return checkExampleOutput(output, specification);
      },
    );
  },
});
