import { type Command, Option as Flag } from 'commander';
import { badInput } from '../../core/errors.js';
import { addInspectFlags, runAsked } from './inspect.js';

/** `gargalo compare <runs…>` */
export function define(command: Command): void {
  command
    .argument('<runs...>', 'run folders or model files of the same data, two or more')
    .addOption(
      new Flag(
        '--data <data>',
        'what to look at them through, as gargalo train takes it (default: what the first run was tested on)',
      ).helpGroup('Data:'),
    );
  addInspectFlags(command, 'compare.html');
  command.addHelpText(
    'after',
    '\nThe page of gargalo inspect for several runs side by side, all looked at through the same examples; PCA at each width is\namong them. Figures whose intervals do not meet are said to differ.\n\nExample:\n  gargalo compare runs/basic-2 runs/variational-2 -o basic-or-variational.html',
  );
  command.action((models: string[]) => {
    if (models.length < 2) {
      throw badInput('runs', `expected two or more to compare, got ${models.length}`, 'gargalo inspect looks at one');
    }
    const { data } = command.opts<{ data?: string }>();
    return runAsked(command, { command: 'compare', models, source: data, mending: { repair: false, retrain: false } });
  });
}
