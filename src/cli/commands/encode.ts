import type { Command } from 'commander';
import { defineModelCommand } from '../model-command.js';

/** `gargalo encode <model> <data> -o <file>` */
export function define(command: Command): void {
  defineModelCommand(command, {
    source: '<data>',
    explanation:
      'what to encode: "mnist" for its test images, "mnist/train" for the others, or a file as gargalo train takes it',
    note: 'The columns of the output are called "code 1", "code 2", …; a row for each example, in order. The label column of a\ntable is left out: a model made from named columns finds them by their names.',
    windows: true,
    run: async () => (await import('../model-run.js')).runEncode,
  });
}
