import { type Command, Option as Flag } from 'commander';
import { scoreNames } from '../../models/calibration.js';
import type { Option } from '../../models/options.js';
import type { DetectRequest } from '../detect-train.js';
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

/** How examples are scored, and where the line is drawn. */
const options = {
  score: {
    type: 'choice',
    choices: scoreNames,
    default: undefined,
    description:
      'combined: how rare the error, the distance from the training rows, that distance relative to theirs and the values column by column are, a weighted mean; error: the mean squared error of the values in scaled units; mahalanobis: the Mahalanobis distance of the errors from those of the training data; bounded: of windows of a series the error from a code that is brought back into its usual range; pattern: of rows of a series how rare the bounded error, the distance from the nearest training window and the roughness of the windows that hold them are, added up (default: pattern of rows and bounded of windows of a series, combined of a table, where the model was calibrated for it, else error)',
  },
  quantile: {
    type: 'number',
    default: undefined,
    minimum: 0,
    maximum: 1,
    exclusive: true,
    description: 'anomalies score above so large a part of the training data (default: 0.99)',
  },
  contamination: {
    type: 'number',
    default: undefined,
    minimum: 0,
    maximum: 1,
    description: 'the same said the other way: the part of the training data that is taken to be anomalous',
  },
  per: {
    type: 'choice',
    choices: ['row', 'window'],
    default: undefined,
    description:
      'of a series: score its rows, each by the mean score of the windows that hold it, or the windows (default: row)',
  },
} as const satisfies Record<string, Option>;

const note = `
A row for each example: its score, 1 for an anomaly or 0, and the three values
that made most of the score with their share of it. With --label the areas under
the ROC and the precision-recall curve are said too.

Without a model one is trained first, on the same data: a model of windows where
the rows are the steps of a series, as long as the series says; else of rows.
The run folder keeps it, with scores.csv and anomalies.html where no other names
are given. What is in the data should be normal for the most part.

Examples:
  gargalo detect sensor.csv --time timestamp
  gargalo detect table.csv --label broken --anomaly yes --out runs/table
  gargalo train normal.csv --kind detecting --out runs/normal
  gargalo detect runs/normal/model.onnx new.csv -o scores.csv`;

/** `gargalo detect [model] <data>` */
export function define(command: Command): void {
  command
    .usage('[options] [model] <data>')
    .argument(
      '<model>',
      'a model file that gargalo train wrote: model.onnx, or a checkpoint; without one it is trained',
    )
    .argument('[data]', 'what to look at: "mnist" for its test images, or a file or folder as gargalo train takes it')
    .addOption(
      new Flag(
        '-o, --output <file>',
        'the table to write, its format by its name: .csv, .tsv, .npy or .parquet (needed with a model; else scores.csv in the run folder)',
      ).helpGroup('Output:'),
    )
    .addOption(
      new Flag(
        '--report <file>',
        'write a page that shows it (.html): scores and threshold, the highest with their causes, over time, against labels',
      ).helpGroup('Output:'),
    )
    .addOption(
      new Flag(
        '--out <folder>',
        'without a model: the run folder of the training (default: runs/<data>-detect-<date-time>)',
      ).helpGroup('Output:'),
    )
    .addOption(
      new Flag(
        '--calibrate <data>',
        'compare with these data, taken to be normal (default: the training data)',
      ).helpGroup('Scores:'),
    )
    .addOption(
      new Flag(
        '--anomaly <class,…>',
        'with --label: the classes that are anomalies (default: −1 beside 1, or by their names: all but normal, good, 0 …; else all that were not trained on; else all but the majority)',
      )
        .argParser(parseNames)
        .helpGroup('Scores:'),
    );
  addFlags(command, 'Scores:', options);
  addDataFlags(command);
  addWindowFlags(command);
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText('after', note);
  command.action(async (first: string, second: string | undefined) => {
    const speech = speechOf(command);
    const given = command.opts<Pick<DetectRequest, 'output' | 'report' | 'out' | 'calibrate' | 'anomaly'>>();
    const { output, report, out, calibrate, anomaly } = given;
    const asked: DetectRequest = {
      model: second === undefined ? undefined : first,
      source: second ?? first,
      ...{ output, report, out, calibrate, anomaly, speech },
      data: dataOptionsOf(command),
      runtime: runtimeOf(command),
      values: valuesOf(command, options),
      version: command.parent?.version() ?? '',
    };
    try {
      const { detectAsAsked } = await import('../detect-train.js');
      await detectAsAsked(asked, openTerminal(speech));
    } catch (error) {
      const names = [...Object.keys({ ...runtimeFlags, ...dataNames, ...options }), 'anomaly', 'output', 'out'];
      throw asFlagProblem(error, names);
    }
  });
}
