import { type Command, Option as Flag } from 'commander';
import { badInput } from '../../core/errors.js';
import type { Option } from '../../models/options.js';
import { trainingOptions } from '../../train/options.js';
import { addFlags, asFlagProblem, valuesOf } from '../flags.js';
import type { Mending } from '../inspect-mending.js';
import type { InspectCommand } from '../inspect-run.js';
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

const mendingOptions = {
  repair: {
    type: 'flag',
    default: false,
    description:
      'fit a density to the codes (a mixture of gaussians) and draw from it, beside what is drawn without; nothing is trained anew',
  },
  retrain: {
    type: 'flag',
    default: false,
    description: 'train the kind that mends the worst weakness, with the same settings, and look at both',
  },
} as const satisfies Record<string, Option>;

/** Does what was asked, with flags named in messages. */
export async function runAsked(
  command: Command,
  asked: Pick<InspectCommand, 'command' | 'models' | 'source' | 'mending'>,
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
  addFlags(command, 'Mending:', mendingOptions);
  command.addOption(
    new Flag(
      '--save <file>',
      'with --repair: the model with that density in it (.onnx), from which gargalo sample draws',
    ).helpGroup('Mending:'),
  );
  addInspectFlags(command, 'inspect.html beside the model');
  command.addHelpText(
    'after',
    '\nThe page shows gaps, separability and discreteness of the latent space, each with an interval and beside PCA at the same\nwidth; maps of the codes on which any place can be decoded, interpolations, what each unit does, and the kind that mends what\nis weak. Best are examples that the model was not trained on.\n\nExamples:\n  gargalo inspect runs/mnist-basic mnist\n  gargalo inspect runs/sensors/model.onnx march.csv -o march.html --json\n  gargalo inspect runs/mnist-basic --repair --save runs/mnist-repaired.onnx\n  gargalo sample runs/mnist-repaired.onnx -n 64 -o new.png',
  );
  command.action((model: string, source: string | undefined) => {
    const { repair = false, retrain = false } = valuesOf(command, mendingOptions) as Partial<Mending>;
    const { save } = command.opts<{ save?: string }>();
    if (save !== undefined && !repair) {
      throw badInput('--save', 'expected --repair beside it, got none', 'add --repair');
    }
    return runAsked(command, { command: 'inspect', models: [model], source, mending: { repair, save, retrain } });
  });
}
