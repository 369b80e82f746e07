import type { Command } from 'commander';
import { defineModelCommand } from '../model-command.js';

/** `gargalo reconstruct <model> <data> -o <file>` */
export function define(command: Command): void {
  defineModelCommand(command, {
    source: '<data>',
    explanation:
      'what to reconstruct: "mnist" for its test images, "mnist/train" for the others, a folder of images, or a file as gargalo train takes it',
    note: 'Outputs are in the units of the data. The last column of a table, "squared error", is that of each example, summed over its values\nin scaled units (those the network works in, 0 … 1 for images): the same figure as testSquaredError of gargalo train.',
    windows: true,
    output:
      'what to write, by its name: a table (.csv, .tsv, .npy, .parquet); of images also a sheet (.png, .jpg, …), a file each in a folder (rebuilt/) or .idx',
    run: async () => (await import('../model-run.js')).runReconstruct,
  });
}
