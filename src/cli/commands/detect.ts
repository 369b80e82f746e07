import { basename, join } from 'node:path';
import { badInput } from '../../core/errors.js';
import { count, several } from '../../core/format.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';
import { imageParts } from '../../data/images/parts.js';
import type { WindowChoice } from '../../data/period.js';
import { openData, openTable } from '../../data/read/open.js';
import { windowFor } from '../../data/series-window.js';
import { suggestReading } from '../../data/suggest.js';
import { describeTable } from '../../data/table/describe.js';
import { checkTableName } from '../../data/write/write.js';
import { detectionTraining } from '../../tasks/detect/defaults.js';
import { shareOf } from '../../tasks/detect/detect.js';
import { anomalyClasses } from '../../tasks/detect/evaluation.js';
import { modelFileOf } from '../../train/model-file.js';
import { type Asked, defineCommand, flagWords, list, pick, shellWord, text } from '../command.js';
import { type DetectScoring, detectWithModel } from '../detect-scores.js';
import { cellOptions, modelArgument, refuseOwnInput } from '../model-work.js';
import { machineOptions, type Reading, readingGroups, readingOf, readingOptions, scoreOptions } from '../options.js';
import { freshRunName } from '../run-folder.js';
import type { Session } from '../session.js';
import { trainRun } from './train.js';

const groups = {
  'Output:': {
    output: {
      ...text(
        '<file>',
        'the table to write, its format by its name: .csv, .tsv, .npy or .parquet (needed with a model; else scores.csv in the run folder)',
      ),
      letter: 'o',
    },
    ...cellOptions,
    report: text(
      '<file>',
      'write a page that shows it (.html): scores and threshold, the highest with their causes, over time, against labels',
    ),
    heatmaps: text(
      '<folder>',
      'of images: also draw the error of each pixel, at the size of the image and under its name (.png)',
    ),
    out: text('<folder>', 'without a model: the run folder of the training (default: runs/<data>-detect-<date-time>)'),
  },
  'Scores:': {
    calibrate: text('<data>', 'compare with these data, taken to be normal (default: the training data)'),
    anomaly: list(
      '<class,…>',
      'with --label: the classes that are anomalies (default: −1 beside 1, or by their names: all but normal, good, 0 …; else all that were not trained on; else all but the majority)',
    ),
    ...scoreOptions,
  },
  ...readingGroups,
  'Machine:': machineOptions,
} as const;

type DetectAsked = Asked<Record<never, string>, typeof groups>;

/** How the data are read, as they say themselves where nobody does. */
interface SuggestedReading {
  readonly data: Reading;
  readonly values: Readonly<Record<string, unknown>>;
  readonly window?: WindowChoice | undefined;
}

async function suggestedReading(source: string, data: Reading, session: Session): Promise<SuggestedReading> {
  const table = await openTable(source, data);
  if (!table) return { data, values: {} };
  const description = await session.work('looked at', (work) => describeTable(table, { ...data, ...work }));
  const reading = suggestReading(description, data);
  const window = data.window === undefined ? await windowFor(source, data, reading) : undefined;
  const { label, time, group, id, columns, missing, scaling } = reading;
  const moments = description.time ?? description.columns.find(({ name }) => name === time)?.times;
  if (!reading.series && data.window === undefined && moments && moments.backward > 0) {
    session.warn(
      `${source}: the column ${time} goes back at ${several(moments.backward, 'row')} (first row ${count(moments.firstBackward ?? 0)}), so that the rows are taken for no series and each is scored alone; where they are those of several series, --group names the column that tells them apart, else sort them by time`,
    );
  }
  // Whatever is dropped, filled or left out without having been asked for is said.
  const guessed = Object.entries({ label, time, group, id, columns, missing }).filter(
    ([name]) => !Object.hasOwn(data, name),
  );
  const flags = flagWords(Object.fromEntries(guessed), readingOptions).map(shellWord);
  if (flags.length > 0) {
    session.note(`${source}: read with ${flags.join(' ')}, because of what is in it; these flags override it`);
  }
  if (scaling) session.note(`${source}: scaling is ${scaling}, because some values are far from all others`);
  return {
    data: readingOf({ label, time, group, id, columns, missing, ...(window && { window: window.window }), ...data }),
    values: { ...(scaling && { scaling }) },
    window,
  };
}

/** Refuses, before anything is trained, scores that the data have no place for. */
function refuseOtherForm({ score, per }: DetectScoring, isSeries: boolean): void {
  const [what, unfit] = isSeries
    ? [
        per === 'row' ? 'rows of a series' : 'windows of a series',
        per === 'window' ? ['combined', 'pattern'] : ['combined'],
      ]
    : ['rows of a table', ['bounded', 'pattern']];
  if (score !== undefined && unfit.includes(score))
    throw badInput('score', `expected one for ${what}, got ${score}`, 'leave it out');
  if (!isSeries && per !== undefined) {
    throw badInput('per', `expected examples for ${what}, got ${per}s`, 'leave it out');
  }
}

/** Refuses, before anything is trained, classes of anomalies that no example has. */
function refuseUnknownClass(anomaly: readonly string[] | undefined, { labels }: Dataset): void {
  if (!anomaly) return;
  if (!labels)
    throw badInput('anomaly', 'expected data with classes, got none', 'name the column of classes with --label');
  const present = new Set(labels.values);
  anomalyClasses(new Map(labels.names.flatMap((name, i) => (present.has(i) ? [[name, 1]] : []))), anomaly);
}

/** Trains a model on the data and scores them with it; the run folder keeps all of it. */
async function trainAndDetect(source: string, asked: DetectAsked, session: Session): Promise<void> {
  const { calibrate, anomaly, heatmaps } = asked;
  const [scoring, runtime] = [pick(asked, scoreOptions), pick(asked, machineOptions)];
  if (asked.output !== undefined) {
    checkTableName(asked.output);
    await refuseOwnInput(asked.output, source);
  }
  shareOf(scoring);
  const { data, values: ofData, window } = await suggestedReading(source, readingOf(asked), session);
  if (window) session.note(`${source}: ${window.reason}`);
  const { train, test } = await openData(source, data);
  refuseUnknownClass(anomaly, test ?? train);
  const isSeries = train.sequence === true;
  refuseOtherForm(scoring, isSeries);
  const request = detectionTraining({ examples: train.length, size: exampleSize(train), series: isSeries });
  /** The command that scores with a model. */
  const commandWith = (model: string, changes: Readonly<Record<string, unknown>>) =>
    session.commandWith({ model, data: source, ...data, out: undefined, ...changes });
  const { summary, folder: run } = await trainRun(
    {
      ...{ source, data, kind: request.kind, values: { ...request.values, ...ofData }, runtime },
      ...{ out: asked.out, fresh: freshRunName(source, 'detect') },
      resume: false,
      afterwards: (model) => commandWith(model, { window: undefined, output: asked.output ?? 'scores.csv' }),
    },
    session,
  );
  const { model, kind, parameters, epochs, seconds } = summary;
  const output = asked.output ?? join(run, 'scores.csv');
  const report = asked.report ?? join(run, 'anomalies.html');
  await detectWithModel(
    {
      ...{ model, source, data, output, runtime, scoring, calibrate, anomaly, report, heatmaps },
      command: (threshold) => commandWith(model, { output, report, threshold: threshold ?? scoring.threshold }),
    },
    session,
    {
      run,
      forOthers: (threshold) => {
        const flags = { stride: data.stride, ...scoring, ...(threshold !== undefined && { threshold }), calibrate };
        const words = flagWords(flags, { ...readingOptions, ...scoreOptions }).map(shellWord);
        return ['gargalo detect', shellWord(model), '<data> -o <file>', ...words].join(' ');
      },
      tested: test !== undefined || (await imageParts(source))?.train !== undefined,
      ...(window && { window }),
      training: { kind, parameters, epochs, seconds },
    },
  );
}

/** `gargalo detect [model] <data>` */
export const define = defineCommand({
  usage: '[options] [model] <data>',
  arguments: {
    '<model>': `${modelArgument}; without one it is trained`,
    '[data]': 'what to look at: "mnist" for its test images, or a file or folder as gargalo train takes it',
  },
  options: groups,
  notes: `A row for each example: its score, 1 for an anomaly or 0, and the three values
that made most of the score with their share of it. With --label the areas under
the ROC and the precision-recall curve are said too.

Without a model one is trained first, on the same data: a model of windows where
the rows are the steps of a series, as long as the series says; else of rows.
The run folder keeps it, with scores.csv and anomalies.html where no other names
are given. What is in the data should be normal for the most part.`,
  examples: [
    'gargalo detect sensor.csv --time timestamp',
    'gargalo detect table.csv --label broken --anomaly yes --out runs/table',
    'gargalo train normal.csv --kind detecting --out runs/normal',
    'gargalo detect runs/normal/model.onnx new.csv -o scores.csv',
  ],
  async run(asked, session) {
    const { model, data: source, output, out, calibrate, anomaly, report, heatmaps } = asked;
    if (source === undefined) {
      const file = await modelFileOf(model).catch(() => model);
      if (/\.onnx$/i.test(file) || basename(file) === 'checkpoint') {
        throw badInput(model, 'expected data to look at with this model, got none', 'name them behind it');
      }
      return trainAndDetect(model, asked, session);
    }
    if (output === undefined) throw badInput('output', 'expected a file for the scores, got none', 'name it with -o');
    if (out !== undefined) {
      throw badInput('out', 'expected no model, which is what a run folder is for, got one', 'leave it out');
    }
    const [scoring, data, runtime] = [pick(asked, scoreOptions), readingOf(asked), pick(asked, machineOptions)];
    const command = () => session.commandWith({});
    return detectWithModel(
      { model, source, data, output, runtime, scoring, calibrate, anomaly, report, heatmaps, command },
      session,
    );
  },
});
