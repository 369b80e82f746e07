import { type Command, Option as Flag } from 'commander';
import { trainingOptions } from '../../train/options.js';
import { addFlags, asFlagProblem, valuesOf } from '../flags.js';
import {
  addDataFlags,
  addRuntimeFlags,
  addSpeechFlags,
  addWindowFlags,
  dataNames,
  dataOptionsOf,
  runtimeFlags,
  runtimeOf,
  speechOf,
} from '../shared-flags.js';
import { openTerminal } from '../terminal.js';

export const inspectOptions = {
  seed: { ...trainingOptions.seed, default: 0, description: 'seed of samples, draws and maps' },
} as const;

/** Flags that inspect and compare have in common. */
export function addInspectFlags(command: Command, page: string): void {
  command.addOption(new Flag('-o, --out <file>', `the page to write (.html) (default: ${page})`).helpGroup('Output:'));
  addFlags(command, 'Figures:', inspectOptions);
  addDataFlags(command);
  addWindowFlags(command);
  addRuntimeFlags(command);
  addSpeechFlags(command);
}

/** Does what was asked, with flags named in messages. */
export async function runAsked(
  command: Command,
  asked: {
    readonly command: 'inspect' | 'compare';
    readonly models: readonly string[];
    readonly source: string | undefined;
  },
): Promise<void> {
  const { runInspect } = await import('../inspect-run.js');
  const speech = speechOf(command);
  const { seed = 0 } = valuesOf(command, inspectOptions) as { seed?: number };
  try {
    await runInspect(
      {
        ...asked,
        report: command.opts<{ out?: string }>().out,
        seed,
        data: dataOptionsOf(command),
        runtime: runtimeOf(command),
        speech,
        version: command.parent?.version() ?? '',
      },
      openTerminal(speech),
    );
  } catch (error) {
    throw asFlagProblem(error, Object.keys({ ...runtimeFlags, ...dataNames, ...inspectOptions }));
  }
}

/** `gargalo inspect <model> [data]` */
export function define(command: Command): void {
  command
    .argument('<model>', 'a model file that gargalo train wrote, or its run folder')
    .argument(
      '[data]',
      'what to look at it through: "mnist" for its test images, or a file or folder as gargalo train takes it (default: what the run was tested on)',
    );
  addInspectFlags(command, 'inspect.html beside the model');
  command.addHelpText(
    'after',
    '\nThe page shows gaps, separability and discreteness of the latent space, each with an interval and beside PCA at the same\nwidth; maps of the codes on which any place can be decoded, interpolations, what each unit does, and the kind that mends what\nis weak. Best are examples that the model was not trained on.\n\nExamples:\n  gargalo inspect runs/mnist-basic mnist\n  gargalo inspect runs/sensors/model.onnx march.csv -o march.html --json',
  );
  command.action((model: string, source: string | undefined) =>
    runAsked(command, { command: 'inspect', models: [model], source }),
  );
}
