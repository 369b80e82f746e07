import { type Command, Option as Flag } from 'commander';
import { asFlagProblem } from '../flags.js';
import { addDataFlags, addSpeechFlags, addWindowFlags, dataNames, dataOptionsOf, speechOf } from '../shared-flags.js';
import { openTerminal } from '../terminal.js';

/** `gargalo data <data>` */
export function define(command: Command): void {
  command
    .argument('<data>', 'what to describe: "mnist", a file or a folder of images, as gargalo train takes them')
    .addOption(
      new Flag('-o, --output <file>', 'of images: a sheet with the first of them, .png, .jpg, .webp, …').helpGroup(
        'Output:',
      ),
    );
  addDataFlags(command);
  addWindowFlags(command);
  addSpeechFlags(command);
  command.addHelpText(
    'after',
    `
Says what was found, column by column: type, range, missing cells, words; classes with --label, steps in time with --time;
and a command to train on it with. All rows are looked at, in constant memory; --limit looks at the first so many.
The width of the code comes from a sample of at most 5,000 examples: it lies between the dimensions that they fill,
by the distances of nearest neighbours, and the components that PCA needs for 90 % of the variance.

Examples:
  gargalo data sensors.csv
  gargalo data sensors.parquet --label machine --json
  gargalo data photographs/ -o sheet.png`,
  );
  command.action(async (source: string) => {
    const { runData } = await import('../data-run.js');
    const { output } = command.opts<{ output?: string }>();
    const speech = speechOf(command);
    try {
      await runData({ source, output, data: dataOptionsOf(command), speech }, openTerminal(speech));
    } catch (error) {
      throw asFlagProblem(error, Object.keys(dataNames));
    }
  });
}
