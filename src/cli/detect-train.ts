// `gargalo detect` with a model, or without one: then it is trained first, on the same data.
import { basename, join } from 'node:path';
import { badInput } from '../core/errors.js';
import { several } from '../core/format.js';
import { exampleSize } from '../data/dataset.js';
import type { WindowChoice } from '../data/period.js';
import { type OpenOptions, openData, openTable } from '../data/read/open.js';
import { suggestReading } from '../data/suggest.js';
import { describeTable } from '../data/table/describe.js';
import { checkTableName } from '../data/write/write.js';
import { detectionTraining } from '../tasks/detect/defaults.js';
import { shareOf } from '../tasks/detect/detect.js';
import { type DetectCommand, type DetectExtras, type DetectValues, runDetect } from './detect-run.js';
import { flagWords, shellWord } from './flags.js';
import { longWork } from './long-work.js';
import { freshRunPath } from './run-folder.js';
import { givenOnly } from './run-record.js';
import { windowFor } from './series-window.js';
import type { Terminal } from './terminal.js';
import { trainRun } from './training-run.js';

/** What was asked for on the command line. */
export interface DetectRequest extends Omit<DetectCommand, 'model' | 'output'> {
  /** The model file; one is trained where there is none. */
  readonly model: string | undefined;
  readonly output: string | undefined;
  /** The run folder of the training. */
  readonly out: string | undefined;
}

/** How the data are read, as they say themselves where nobody does. */
interface Reading {
  readonly data: OpenOptions;
  readonly values: Readonly<Record<string, unknown>>;
  readonly window?: WindowChoice | undefined;
}

async function readingOf({ source, data, speech }: DetectRequest, terminal: Terminal): Promise<Reading> {
  const table = await openTable(source, data);
  if (!table) return { data, values: {} };
  const description = await longWork(speech, 'looked at', (work) => describeTable(table, { ...data, ...work }));
  const reading = suggestReading(description, data);
  const window = data.window === undefined ? await windowFor(source, data, reading) : undefined;
  const { label, time, columns, missing, scaling } = reading;
  const moments = description.time ?? description.columns.find(({ name }) => name === time)?.times;
  if (!reading.series && data.window === undefined && moments && moments.backward > 0) {
    terminal.warn(
      `${source}: the column ${time} goes back at ${several(moments.backward, 'row')}, so that the rows are taken for no series and each is scored alone; sort them by time`,
    );
  }
  // Whatever is dropped, filled or left out without having been asked for is said.
  const guessed = Object.entries({ label, time, columns, missing }).filter(
    ([name]) => data[name as keyof OpenOptions] === undefined,
  );
  const flags = flagWords(Object.fromEntries(guessed)).map(shellWord);
  if (flags.length > 0) {
    terminal.note(`${source}: read with ${flags.join(' ')}, because of what is in it; these flags override it`);
  }
  if (scaling) terminal.note(`${source}: scaling is ${scaling}, because some values are far from all others`);
  return {
    data: givenOnly({ label, time, columns, missing, ...(window && { window: window.window }), ...data }),
    values: { ...(scaling && { scaling }) },
    window,
  };
}

/** The words of a command that goes on where this one stopped. */
function detectWords(model: string, { source, data, output, report }: DetectRequest & { readonly data: OpenOptions }) {
  const { window: _, ...others } = givenOnly(data);
  const flags = { ...others, output: output ?? 'scores.csv', report };
  return ['gargalo', 'detect', model, source, ...flagWords(flags)].map(shellWord).join(' ');
}

/** Refuses, before anything is trained, scores that the data have no place for. */
function refuseOtherForm({ score, per }: DetectValues, isSeries: boolean): void {
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

/** Trains a model on the data and scores them with it; the run folder keeps all of it. */
async function trainAndDetect(asked: DetectRequest, terminal: Terminal): Promise<void> {
  const { source, output, report, out, runtime, speech, version } = asked;
  if (output !== undefined) checkTableName(output);
  shareOf(asked.values as DetectValues);
  const { data, values: ofData, window } = await readingOf(asked, terminal);
  if (window) terminal.note(`${source}: ${window.reason}`);
  const { train } = await openData(source, data);
  refuseOtherForm(asked.values as DetectValues, train.sequence === true);
  const request = detectionTraining({
    examples: train.length,
    size: exampleSize(train),
    series: train.sequence === true,
  });
  const path = out ?? (await freshRunPath(source, 'detect'));
  const { summary } = await trainRun(
    {
      ...{ source, data, kind: request.kind, values: { ...request.values, ...ofData }, runtime, version },
      out: path,
      resume: false,
      quiet: speech.quiet,
      afterwards: (model) => detectWords(model, { ...asked, data }),
    },
    terminal,
  );
  const { kind, parameters, epochs, seconds } = summary;
  const extras: DetectExtras = {
    run: path,
    ...(window && { window }),
    training: { kind, parameters, epochs, seconds },
  };
  await runDetect(
    {
      ...asked,
      model: summary.model,
      output: output ?? join(path, 'scores.csv'),
      report: report ?? join(path, 'anomalies.html'),
      data,
    },
    terminal,
    extras,
  );
}

/** `gargalo detect` */
export async function detectAsAsked(asked: DetectRequest, terminal: Terminal): Promise<void> {
  const { model, source, output, out } = asked;
  if (model === undefined) {
    if (/\.onnx$/i.test(source) || basename(source) === 'checkpoint') {
      throw badInput(source, 'expected data to look at with this model, got none', 'name them behind it');
    }
    await trainAndDetect(asked, terminal);
    return;
  }
  if (output === undefined) throw badInput('output', 'expected a file for the scores, got none', 'name it with -o');
  if (out !== undefined) {
    throw badInput('out', 'expected no model, which is what a run folder is for, got one', 'leave it out');
  }
  await runDetect({ ...asked, model, output }, terminal);
}
