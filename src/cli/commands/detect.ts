import { type Command, Option as Flag } from 'commander';
import { scoreNames } from '../../models/calibration.js';
import type { Option } from '../../models/options.js';
import { parseNames } from '../flags.js';
import { defineModelCommand } from '../model-command.js';

/** How examples are scored, and where the line is drawn. */
const options = {
  score: {
    type: 'choice',
    choices: scoreNames,
    default: undefined,
    description:
      'combined: how rare the error, the distance from the training rows and that distance relative to theirs are, added up; error: the mean squared error of the values in scaled units; mahalanobis: the Mahalanobis distance of the errors from those of the training data (default: combined where the model was calibrated for it, which those of the kind detecting are on tables, else error)',
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
    description: 'of a series: score its rows, each by the windows that cover it, or whole windows (default: row)',
  },
} as const satisfies Record<string, Option>;

/** `gargalo detect <model> <data> -o <file>` */
export function define(command: Command): void {
  command
    .addOption(
      new Flag(
        '--calibrate <data>',
        'compare with these data, taken to be normal (default: the training data)',
      ).helpGroup('Scores:'),
    )
    .addOption(
      new Flag(
        '--anomaly <class,…>',
        'with --label: the classes that are anomalies (default: of two the one called 1, anomaly, outlier, true or yes; else the rarest)',
      )
        .argParser(parseNames)
        .helpGroup('Scores:'),
    );
  command.addOption(
    new Flag(
      '--report <file>',
      'write a page that shows it (.html): scores and threshold, the highest with their causes, over time, against labels',
    ).helpGroup('Output:'),
  );
  defineModelCommand(command, {
    source: '<data>',
    explanation: 'what to look at: "mnist" for its test images, or a file or folder as gargalo train takes it',
    note: 'A row for each example: its score, 1 for an anomaly or 0, and the three values that made most of the score with their\nshare of it. With --label the areas under the ROC and the precision-recall curve are said too. Best for it are models\ntrained with --kind detecting; what a model was trained on should be normal for the most part.\n\nExamples:\n  gargalo train normal.csv --kind detecting --out runs/normal\n  gargalo detect runs/normal/model.onnx new.csv -o scores.csv\n  gargalo detect runs/normal/model.onnx tested.csv --label broken --anomaly yes -o scores.csv',
    windows: true,
    further: ['anomaly'],
    options: { heading: 'Scores:', records: options },
    run: async () => {
      const { runDetect } = await import('../detect-run.js');
      const { calibrate, anomaly, report } = command.opts<{
        calibrate?: string;
        anomaly?: string[];
        report?: string;
      }>();
      const version = command.parent?.version() ?? '';
      return (asked, terminal) => runDetect({ ...asked, calibrate, anomaly, report, version }, terminal);
    },
  });
}
