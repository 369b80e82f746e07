import { type Command, Option as Flag } from 'commander';
import { trainingOptions } from '../../train/options.js';
import { addFlags, asFlagProblem, valuesOf } from '../flags.js';
import { addRuntimeFlags, addSpeechFlags, runtimeFlags, runtimeOf, speechOf } from '../shared-flags.js';
import { openTerminal } from '../terminal.js';

const options = {
  count: { type: 'integer', default: 64, minimum: 1, description: 'how many examples' },
  seed: { ...trainingOptions.seed, description: 'seed of the draws' },
} as const;

/** `gargalo sample <model> -n 64 -o <file>` */
export function define(command: Command): void {
  command
    .argument('<model>', 'a model file that gargalo train wrote: model.onnx, or a checkpoint')
    .addOption(
      new Flag(
        '-o, --output <file>',
        'what to write, by its name: of images a sheet (.png), a file each in a folder (new/) or .idx; of all data .npy, .csv, .tsv or .parquet',
      )
        .makeOptionMandatory()
        .helpGroup('Output:'),
    );
  addFlags(command, 'Draws:', options, { count: 'n' });
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText(
    'after',
    '\nThe model needs a code whose distribution is known: of --kind variational or adversarial codes are drawn from N(0, I), of\n--kind vector-quantized codebook entries by their use, each position independently of the others. Of any kind, a model that\ncarries a density of its codes, as gargalo inspect --repair writes it, is drawn from that.\n\nExample:\n  gargalo sample runs/variational/model.onnx -n 64 -o grid.png',
  );
  command.action(async (model: string) => {
    const { runSample } = await import('../generation-run.js');
    const { output } = command.opts<{ output: string }>();
    const { count = options.count.default, seed = options.seed.default } = valuesOf(command, options) as {
      count?: number;
      seed?: number;
    };
    try {
      await runSample({ model, output, count, seed, runtime: runtimeOf(command) }, openTerminal(speechOf(command)));
    } catch (error) {
      throw asFlagProblem(error, Object.keys({ ...options, ...runtimeFlags }));
    }
  });
}
