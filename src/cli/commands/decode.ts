import type { Command } from 'commander';
import { defineModelCommand } from '../model-command.js';

/** `gargalo decode <model> <codes> -o <file>` */
export function define(command: Command): void {
  defineModelCommand(command, {
    source: '<codes>',
    explanation: 'a row of code values for each example: .csv, .tsv, .npy or .parquet, as gargalo encode writes them',
    note: 'Outputs are in the units of the data the model was made for. Columns have its names where it was made from a table\nwith names, else "1", "2", … (which .csv and .tsv leave out).',
    windows: false,
    output:
      'what to write, by its name: a table (.csv, .tsv, .npy, .parquet); of images also a sheet (.png, .jpg, …), a file each in a folder (decoded/) or .idx',
    run: async () => (await import('../model-run.js')).runDecode,
  });
}
