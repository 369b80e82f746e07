import { type Command, Option as Flag } from 'commander';
import { kinds } from '../../models/kinds/index.js';
import { asFlagProblem } from '../flags.js';
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
import { addTrainingFlags, allTrainingOptions, parseKind, trainingValuesOf } from '../training-flags.js';

/** `gargalo train <data>` */
export function define(command: Command): void {
  command
    .argument(
      '<data>',
      '"mnist" (comes with the tool), a folder of images, or a file: IDX (also .gz), .npy, .parquet, or a table of numbers (.csv, .tsv, .txt)',
    )
    .addOption(
      new Flag(
        '--kind <name>',
        `one of ${kinds.map((kind) => kind.name).join(', ')}; see gargalo kinds (default: basic)`,
      )
        .argParser(parseKind)
        .helpGroup('Kind:'),
    );
  addTrainingFlags(command);
  addDataFlags(command);
  addWindowFlags(command);
  command
    .addOption(
      new Flag(
        '--out <folder>',
        'the run folder (default: runs/<data>-<kind>-<date-time>); an earlier run in it is replaced',
      ).helpGroup('Run:'),
    )
    .addOption(
      new Flag(
        '--resume',
        'go on with the run in --out from its checkpoint, exactly as if it had never stopped; --epochs is then the total (another total than before lays the cosine of the learning rate out anew)',
      ).helpGroup('Run:'),
    );
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText(
    'after',
    `
The run folder holds model.onnx, metrics.jsonl (a line per epoch), config.json, report.html and checkpoint.
Ctrl-C stops after the step under way and keeps the last whole epoch; --resume goes on from there.

Examples:
  gargalo train mnist --code 32 --epochs 30 --seed 1 --out runs/digits
  gargalo train sensors.csv --label machine --encoder 64,16 --code 4 --scaling standard
  gargalo train photos/ --kind convolutional --size 64x48 --color gray
  gargalo train machine.csv --columns temperature --window 64 --encoder 32 --code 8
  gargalo train mnist --out runs/digits --epochs 60 --resume`,
  );
  command.action(async (source: string) => {
    const { runTraining } = await import('../training-run.js');
    const { kind, out, resume = false } = command.opts<{ kind?: string; out?: string; resume?: boolean }>();
    const speech = speechOf(command);
    try {
      await runTraining(
        {
          source,
          kind,
          out,
          resume,
          data: dataOptionsOf(command),
          values: trainingValuesOf(command),
          runtime: runtimeOf(command),
          quiet: speech.quiet,
          version: command.parent?.version() ?? '',
        },
        openTerminal(speech),
      );
    } catch (error) {
      const names = ['kind', ...Object.keys({ ...allTrainingOptions, ...dataNames, ...runtimeFlags })];
      throw asFlagProblem(error, names);
    }
  });
}
