import { type Command, Option as Flag } from 'commander';
import { pictureEndings } from '../../data/write/pictures.js';
import { corruptionOptions } from '../../models/socket-options.js';
import { trainingOptions } from '../../train/options.js';
import { defineModelCommand } from '../model-command.js';

/** The options that corrupt clean data first. */
const options = {
  corruption: {
    ...corruptionOptions.corruption,
    choices: ['gaussian', 'masking', 'salt-and-pepper'],
    description:
      'the data are clean: do this to them first, and say how much of it is undone (default: the data are taken as they are)',
  },
  noise: {
    ...corruptionOptions.noise,
    description:
      'the same with so much of it: standard deviation in scaled units, or probability (default: as the model was trained)',
  },
  seed: { ...trainingOptions.seed, default: 0, description: 'seed of the corruption' },
} as const;

/** What only images can be asked for. */
const imageOptions = {
  whole: {
    type: 'flag',
    default: false,
    description:
      'clean images at their own size, in overlapping tiles of the size that the model takes (default: where it was trained on patches)',
  },
  format: {
    type: 'choice',
    choices: pictureEndings,
    default: undefined,
    description: 'the kind of the files in a folder (default: png)',
  },
} as const;

/** `gargalo denoise <model> <data> -o <file>` */
export function define(command: Command): void {
  defineModelCommand(command, {
    source: '<data>',
    explanation: 'what to clean: "mnist" for its test images, a folder of images, or a file as gargalo train takes it',
    note: 'The model must have been trained on corrupted examples (gargalo train <data> --kind denoising). Outputs are in the units\nof the data. Images are cleaned at their own size by a model that was trained on patches, and keep their names.\n\nExamples:\n  gargalo denoise runs/denoise/model.onnx mnist --limit 100 --noise 0.5 -o cleaned.png\n  gargalo train photos/ --patch 32 --stride 16 --color gray --kind denoising --body convolutional --noise 0.1 --out runs/grain\n  gargalo denoise runs/grain/model.onnx scans/ -o cleaned/',
    windows: true,
    output:
      'what to write, by its name: of images a sheet (.png, .jpg, …), a file each in a folder (cleaned/) or .idx; of all data .npy, .csv, .tsv or .parquet',
    options: { heading: 'Corruption:', records: { ...options, ...imageOptions } },
    run: async () => {
      const { runDenoiseAny } = await import('../photograph-run.js');
      const { sheet } = command.opts<{ sheet?: string }>();
      return (asked, terminal) => runDenoiseAny({ ...asked, values: { ...asked.values, sheet } }, terminal);
    },
  });
  command.addOption(
    new Flag(
      '--sheet <file>',
      'of images cleaned at their own size, also a sheet of what came in, what came out and the clean image, side by side',
    ).helpGroup('Images:'),
  );
}
