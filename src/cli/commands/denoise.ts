import type { Command } from 'commander';
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

/** `gargalo denoise <model> <data> -o <file>` */
export function define(command: Command): void {
  defineModelCommand(command, {
    source: '<data>',
    explanation: 'what to clean: "mnist" for its test images, or a file as gargalo train takes it',
    note: 'The model must have been trained on corrupted examples (gargalo train <data> --kind denoising). Outputs are in the units\nof the data.\n\nExample:\n  gargalo denoise runs/denoise/model.onnx mnist --limit 100 --noise 0.5 -o cleaned.png',
    windows: true,
    output:
      'what to write, by its name: of images a sheet (.png), a file each in a folder (cleaned/) or .idx; of all data .npy, .csv, .tsv or .parquet',
    options: { heading: 'Corruption:', records: options },
    run: async () => (await import('../generation-run.js')).runDenoise,
  });
}
