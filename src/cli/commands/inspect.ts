import { badInput } from '../../core/errors.js';
import { defineCommand, type Options, pick, text } from '../command.js';
import { figureOptions, runInspect } from '../inspection.js';
import { machineOptions, readingGroups, readingOf } from '../options.js';

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
} as const satisfies Options;

/** `gargalo inspect <model> [data]` */
export const define = defineCommand({
  arguments: {
    '<model>': 'a model file that gargalo train wrote, or its run folder',
    '[data]':
      'what to look at it through: "mnist" for its test images, or a file or folder as gargalo train takes it (default: what the run was tested on)',
  },
  options: {
    'Mending:': {
      ...mendingOptions,
      save: text('<file>', 'with --repair: the model with that density in it (.onnx), from which gargalo sample draws'),
    },
    'Output:': {
      out: { ...text('<file>', 'the page to write (.html) (default: inspect.html beside the model)'), letter: 'o' },
    },
    'Figures:': figureOptions,
    ...readingGroups,
    'Machine:': machineOptions,
  },
  notes:
    'The page shows gaps, separability and discreteness of the latent space, each with an interval and beside PCA at the same\nwidth; maps of the codes on which any place can be decoded, interpolations, what each unit does, and the kind that mends what\nis weak. Best are examples that the model was not trained on.',
  examples: [
    'gargalo inspect runs/mnist-basic mnist',
    'gargalo inspect runs/sensors/model.onnx march.csv -o march.html --json',
    'gargalo inspect runs/mnist-basic --repair --save runs/mnist-repaired.onnx',
    'gargalo sample runs/mnist-repaired.onnx -n 64 -o new.png',
  ],
  run(asked, session) {
    const { model, data: source, out: report, seed = 0, save, repair = false, retrain = false } = asked;
    if (save !== undefined && !repair) {
      throw badInput('--save', 'expected --repair beside it, got none', 'add --repair');
    }
    return runInspect(
      {
        ...{ command: 'inspect', models: [model], source, report, seed, mending: { repair, save, retrain } },
        ...{ data: readingOf(asked), runtime: pick(asked, machineOptions) },
      },
      session,
    );
  },
});
