import { type Command, Option as Flag } from 'commander';
import { kinds } from '../../models/kinds/index.js';
import type { Option } from '../../models/options.js';
import { addFlags, asFlagProblem, parseNames, valuesOf } from '../flags.js';
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

const gridOptions = {
  code: {
    type: 'integers',
    default: [2, 4, 8, 16, 32, 64],
    minimum: 1,
    description: 'widths of the code',
  },
} as const satisfies Record<string, Option>;

const jobOptions = {
  jobs: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'trainings at the same time (default: the cores, divided by --threads)',
  },
} as const satisfies Record<string, Option>;

/** `gargalo sweep <data>` */
export function define(command: Command): void {
  command.argument('<data>', 'what to train on, as gargalo train takes it');
  addFlags(command, 'Grid:', gridOptions);
  command.addOption(
    new Flag(
      '--kind <a,b,…>',
      `kinds, each at every width: of ${kinds.map((kind) => kind.name).join(', ')} (default: basic)`,
    )
      .argParser((text) => [...new Set(parseNames(text).map(parseKind))])
      .helpGroup('Grid:'),
  );
  addTrainingFlags(command, ['code']);
  addDataFlags(command);
  addWindowFlags(command);
  command
    .addOption(
      new Flag(
        '--out <folder>',
        'the folder of the sweep (default: runs/<data>-sweep-<date-time>); a sweep in it goes on: what is done is not trained again, and a larger grid adds to it',
      ).helpGroup('Run:'),
    )
    .addOption(new Flag('--reports', 'make a report of every training too').helpGroup('Run:'));
  addFlags(command, 'Machine:', jobOptions);
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText(
    'after',
    `
Trainings run side by side, of one thread each unless --threads says otherwise. The folder holds sweep.json,
report.html (error against code width, beside PCA, with pictures of too small and too large a code) and a run folder
for each training, named like basic-32: model.onnx, metrics.jsonl, config.json and checkpoint. Ctrl-C keeps every
training's last whole epoch; the same command with the same --out goes on.

sweep.json and --json hold: cells (name, kind, code, status, parameters, epochs, trainLoss, testLoss,
testSquaredError, testBce, contrast, seconds), pca (code, testSquaredError, testBce), meanSquaredError, bceFloor and
findings (kind, points, best, knee, gains, aheadOfPca, pcaCatchesUp). knee is the smallest width that explains at least
95 % of what the kind's best width explains of the data's variance. Each width has the recipe of its own training;
gargalo data suggests a width to start from.

Examples:
  gargalo sweep mnist --code 2,4,8,16,32,64 --epochs 10 --out runs/widths
  gargalo sweep mnist --code 8,32 --kind basic,denoising,sparse --seed 1
  gargalo sweep sensors.csv --code 1,2,3,4,6,8`,
  );
  command.action(async (source: string) => {
    const { runSweep } = await import('../sweep-run.js');
    const { kind, out, reports = false } = command.opts<{ kind?: string[]; out?: string; reports?: boolean }>();
    const { code = gridOptions.code.default } = valuesOf(command, gridOptions) as { code?: number[] };
    const { jobs } = valuesOf(command, jobOptions) as { jobs?: number };
    const speech = speechOf(command);
    try {
      await runSweep(
        {
          source,
          code,
          kind: kind ?? ['basic'],
          out,
          jobs,
          reports,
          data: dataOptionsOf(command),
          values: trainingValuesOf(command, ['code']),
          runtime: runtimeOf(command),
          quiet: speech.quiet,
          version: command.parent?.version() ?? '',
        },
        openTerminal(speech),
      );
    } catch (error) {
      const names = { ...allTrainingOptions, ...runtimeFlags, ...dataNames, ...gridOptions, ...jobOptions };
      throw asFlagProblem(error, ['kind', ...Object.keys(names)]);
    }
  });
}
