// Scores of examples and what is said of them, by a model that is there.
import { dirname } from 'node:path';
import { jobMetrics } from '../analysis/metrics.js';
import { badInput } from '../core/errors.js';
import { count, figure, percent, roundPercent, several } from '../core/format.js';
import type { WindowChoice } from '../data/period.js';
import { inPieces, piecesIn, rowNumbersOf } from '../data/pieces.js';
import { openData, openSource } from '../data/read/open.js';
import { type ExampleSource, isDataset, limited, streamOf } from '../data/stream.js';
import { checkWritable, writeFileAtomic } from '../data/write/write.js';
import type { Autoencoder } from '../models/autoencoder.js';
import type { Calibration } from '../models/calibration.js';
import type { Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { pixelNames, valueNamesOf } from '../tasks/detect/attribution.js';
import { calibrate } from '../tasks/detect/calibrate.js';
import { type DetectOptions, detect, detectionThreshold, fewScoresWarning } from '../tasks/detect/detect.js';
import {
  type AnomalyClasses,
  anomalyClasses,
  type DetectionEvaluation,
  evaluateDetection,
} from '../tasks/detect/evaluation.js';
import { detectionFigures, openExhibit } from '../tasks/detect/exhibit.js';
import { openScoreTable } from '../tasks/detect/score-table.js';
import { type GroupTally, openTally, type Tally } from '../tasks/detect/tally.js';
import { filled } from '../tasks/example-output.js';
import { aligned } from './aligned.js';
import { shellWord } from './command.js';
import { noteWhatWasRead, openExamples, readingCounts, since, withModel } from './model-work.js';
import type { Reading } from './options.js';
import type { Session } from './session.js';

/** What was asked of `gargalo detect`, with a model. */
export interface DetectCommand {
  readonly model: string;
  readonly source: string;
  readonly data: Reading;
  readonly output: string;
  readonly runtime: RuntimeOptions;
  /** How examples are scored. */
  readonly scoring: DetectScoring;
  /** Data to compare with instead of the training data. */
  readonly calibrate?: string | undefined;
  /** The classes that are anomalies. */
  readonly anomaly?: readonly string[] | undefined;
  /** The page to write, if any. */
  readonly report?: string | undefined;
  /** The command that does it again. */
  readonly command: string;
}

/** How examples are scored, and where the line is drawn. */
export interface DetectScoring extends Pick<DetectOptions, 'score' | 'quantile' | 'contamination'> {
  readonly per?: 'row' | 'window';
}

/** What a command that trained the model says too. */
export interface DetectExtras {
  /** The run folder. */
  readonly run: string;
  readonly window?: WindowChoice;
  readonly training: Readonly<Record<string, unknown>>;
}

/** The rows of a series, for a model of windows of it. */
async function openRows(source: string, data: Reading, { input }: Specification): Promise<ExampleSource> {
  const { window, stride: _, ...others } = data;
  const { sequence: _sequence, shape, ...form } = input;
  if (window !== undefined && window !== shape[0]) {
    throw badInput('window', `expected ${shape[0]}, the model's window, got ${window}`, 'leave it out');
  }
  const reading = { ...others, like: { ...form, shape: shape.slice(1) }, series: true };
  const { test, train } = await openSource(source, reading);
  return limited(test ?? train, data.limit);
}

/** Whether rows of a series are scored: where the model has windows of one and nobody wants those. */
function scoresRows(
  { input }: Specification,
  calibration: Calibration | undefined,
  per: DetectScoring['per'],
): boolean {
  if (!input.sequence) {
    if (per !== undefined)
      throw badInput('per', 'expected a model of windows of a series, got another', 'leave it out');
    return false;
  }
  return per === undefined ? calibration === undefined || calibration.rowScores !== undefined : per === 'row';
}

/** Of more classes than these, with one example each, none is a class. */
const FEW = 20;

/** How well the scores agree with classes, where there are two sides of them. */
function evaluated(
  { scores, labels }: Pick<Tally, 'scores' | 'labels'>,
  threshold: number,
  { data, anomaly }: Pick<DetectCommand, 'data' | 'anomaly'>,
  trained: readonly string[] | undefined,
  session: Session,
): ({ readonly figures: DetectionEvaluation } & AnomalyClasses) | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  const asked = data.label !== undefined || anomaly !== undefined;
  if (counts.size > FEW && counts.size === labels.length && anomaly === undefined) {
    session.warn(
      `the column ${data.label ?? 'of classes'} has a value for each example, which names it and is no class: nothing is said of how good the scores are${data.label === undefined ? '' : `; --id ${shellWord(data.label)} carries it to the scores`}`,
    );
    return undefined;
  }
  if (counts.size < 2 && anomaly === undefined) {
    if (!asked) return undefined;
    session.warn(`expected two classes to tell apart, got ${counts.size}: nothing is said of how good the scores are`);
    return undefined;
  }
  const chosen = anomalyClasses(counts, anomaly, trained);
  const { classes, because } = chosen;
  // Folders of classes may be anything: these were taken for anomalies only where names or the training say so.
  if (!asked && counts.size > 2 && because !== 'named' && because !== 'untrained') {
    const list = [...counts.keys()].slice(0, 8).join(', ');
    session.note(
      `the data have the classes ${list}: --anomaly with those that are anomalies says how good the scores are`,
    );
    return undefined;
  }
  const known = labels.flatMap((label, i) => (label === undefined ? [] : [[label, scores[i] ?? Number.NaN] as const]));
  const figures = evaluateDetection(
    Float64Array.from(known, ([, score]) => score),
    Uint8Array.from(known, ([label]) => (classes.includes(label) ? 1 : 0)),
    threshold,
  );
  if (figures.rocAuc < 0.5) {
    const others = [...counts.keys()].filter((name) => !classes.includes(name)).slice(0, 8);
    session.warn(
      `the area under the ROC curve is below 0.5: ${classes.join(', ')} score lower than the others; if ${others.join(', ')} ${others.length === 1 ? 'is the anomaly' : 'are the anomalies'}, say so with --anomaly ${shellWord(others.join(','))}`,
    );
  }
  return { figures, ...chosen };
}

/** Why classes are taken for the anomalies, in words. */
const becauseWords: Readonly<Record<AnomalyClasses['because'], string>> = {
  asked: '',
  named: ' by name',
  untrained: ', which were not trained on',
  minority: ', which are fewer than half',
  rarest: ', the rarest',
};

/** What the model compares with: its own, or what other data say. */
async function calibrationFor(
  autoencoder: Autoencoder,
  { calibrate: source, data }: DetectCommand,
  session: Session,
): Promise<Calibration | undefined> {
  if (source === undefined) return autoencoder.calibration;
  const { stride: _, window: _window, limit: _limit, ...others } = data;
  const { train } = await openData(source, { ...others, like: autoencoder.specification.input });
  const runtime = await session.runtime();
  return session.work('calibrated', (work) => calibrate(autoencoder, train, { ...work, runtime }));
}

/** The examples that a threshold lies among. */
function calibratedOn(calibration: Calibration | undefined): string {
  const { heldOut, examples = 0 } = calibration ?? {};
  return heldOut ? several(heldOut.examples, 'held-out example') : several(examples, 'training example');
}

/** What is odd about the clock of a series, and how many of its rows lie in no whole window; says so too. */
function clockOf(examples: ExampleSource, { input }: Specification, session: Session | undefined) {
  if (!isDataset(examples)) return undefined;
  const { rows, faults, notes } = inPieces(examples);
  const [window = 1] = input.shape;
  const short = piecesIn(rows).reduce((sum, [from, to]) => sum + (to - from < window ? to - from : 0), 0);
  for (const note of notes) session?.note(`${examples.name}: ${note}`);
  if (short > 0 && rows.begins) {
    session?.note(
      `${examples.name}: ${several(short, 'row')} ${short === 1 ? 'lies' : 'lie'} in pieces shorter than the window of ${window} rows, which are filled up with their last row: their scores say little`,
    );
  }
  if (!examples.times) return undefined;
  const { backward, repeated, gaps, changes } = faults;
  const numberOf = rowNumbersOf(rows);
  const first = (fault: { readonly first: number } | undefined) => (fault ? numberOf(fault.first) : null);
  return {
    breaks: backward?.count ?? 0,
    firstBreak: first(backward),
    repeated: repeated?.count ?? 0,
    firstRepeated: first(repeated),
    gaps: gaps?.count ?? 0,
    longestGap: gaps ? { step: gaps.longest, row: numberOf(gaps.at) } : null,
    changes: changes?.count ?? 0,
    shortRows: rows.begins ? short : 0,
  };
}

/** Says which groups the model has not seen; they are scored like the others. */
function unseenGroups(
  groups: readonly GroupTally[],
  calibration: Calibration | undefined,
  session: Session,
): readonly string[] | undefined {
  const known = calibration?.groups;
  if (groups.length === 0 || !known) return undefined;
  const unseen = groups.map(({ group }) => group).filter((group) => !known.includes(group));
  if (unseen.length > 0) {
    const names = unseen.slice(0, GROUPS_SAID).join('; ');
    session.note(
      `${several(unseen.length, 'group')} ${unseen.length === 1 ? 'was' : 'were'} not in the training data: ${names}${unseen.length > GROUPS_SAID ? '; …' : ''}`,
    );
  }
  return unseen;
}

/** Groups that are listed; --json has all. */
const GROUPS_SAID = 10;

/** Examples, or rows of a series, as they are scored. */
type ScoredAs = Awaited<ReturnType<typeof openScored>>;

/** Opens what is scored, and settles how, before anything is. */
async function openScored(autoencoder: Autoencoder, command: DetectCommand, isTrainedOn: boolean, session: Session) {
  const { source, data, anomaly } = command;
  const { per, ...choice } = command.scoring;
  const { specification } = autoencoder;
  const calibration = await calibrationFor(autoencoder, command, session);
  const inRows = scoresRows(specification, calibration, per);
  const opened = await (inRows ? openRows : openExamples)(source, data, specification);
  const examples = streamOf(opened);
  if (inRows && calibration?.patterns?.timed && !examples.time) {
    session.warn(
      `${examples.name}: the model knows when its windows were, and these rows have no times: rows that were trained on are compared with themselves and look normal; name the column of times with --time`,
    );
  }
  if (anomaly && !examples.labelled) {
    throw badInput('anomaly', 'expected data with classes, got none', 'name the column of classes with --label');
  }
  // What was trained on is looked at itself: anomalies are among it.
  const robust = isTrainedOn && choice.quantile === undefined && choice.contamination === undefined;
  const runtime = await session.runtime();
  const options = { ...choice, calibration, robust, runtime, ...(inRows && { stride: data.stride }) };
  const line = detectionThreshold(autoencoder, examples, options);
  const { shape, sequence, columns } = specification.input;
  const size = shape.slice(inRows ? 1 : 0).reduce((product, side) => product * side, 1);
  const names = pixelNames(specification) ?? valueNamesOf(size, examples.columns ?? columns);
  const what = inRows ? 'row' : sequence ? 'window' : 'example';
  return { opened, examples, what, line, options, calibration, names } as const;
}

/** `gargalo detect` with a model. */
export async function detectWithModel(command: DetectCommand, session: Session, extras?: DetectExtras): Promise<void> {
  const { output, data, report } = command;
  if (report !== undefined) await checkWritable(dirname(report));
  await withModel({ ...command, ...command.runtime, data: command.source }, session, async (autoencoder) => {
    const { specification } = autoencoder;
    const scored = await openScored(autoencoder, command, extras !== undefined, session);
    const { opened, examples, what, line, options, calibration, names } = scored;
    const started = performance.now();
    const tally = openTally(examples);
    const exhibit = report === undefined ? undefined : openExhibit(specification, examples, names, what);
    const evaluation = await session.work('looked at', async (work) =>
      filled(await openScoreTable(output, examples, data.label, names, specification.input.table), async (writer) => {
        for await (const block of detect(autoencoder, opened, { ...options, ...work })) {
          await writer.write(block);
          tally.add(block);
          exhibit?.add(block);
        }
        return evaluated(tally, line.threshold, command, calibration?.classes, session);
      }),
    );
    noteWhatWasRead(session, examples);
    if (options.robust) {
      session.note(
        'the threshold follows from the bulk of the scores, since what is unusual was trained on too; --quantile or --contamination set it',
      );
    }
    const few = fewScoresWarning(line, calibration?.heldOut !== undefined, options.robust);
    if (few !== undefined) session.warn(few);
    const clock = what === 'row' ? clockOf(opened, specification, extras ? undefined : session) : undefined;
    const groups = tally.groups();
    const newGroups = unseenGroups(groups, calibration, session);
    const seconds = since(started);
    if (report !== undefined && exhibit && calibration) {
      const { renderDetectionReport } = await import('../report/pages/detection/report.js');
      const figures = detectionFigures({
        ...{ specification, source: examples, exhibit, line, what, calibration },
        anomalies: tally.anomalies(),
        scores: Float64Array.from(tally.scores),
        evaluation: evaluation && { ...evaluation, labels: tally.labels },
        groups,
      });
      const title = `What is unusual in ${examples.name}`;
      const headed = { title, date: new Date(), command: command.command, version: session.version };
      await writeFileAtomic(report, renderDetectionReport({ ...figures, ...headed }));
    }
    sayResult(command, scored, { tally, evaluation, clock, groups, newGroups, seconds }, session, extras);
  });
}

/** What scoring came to. */
interface Outcome {
  readonly tally: Tally;
  readonly evaluation: ReturnType<typeof evaluated>;
  readonly clock: ReturnType<typeof clockOf>;
  readonly groups: readonly GroupTally[];
  readonly newGroups: readonly string[] | undefined;
  readonly seconds: number;
}

function sayResult(
  { model, output, report }: DetectCommand,
  { examples, what, line: { score, threshold, quantile, among, needed }, calibration }: ScoredAs,
  { tally, evaluation, clock, groups, newGroups, seconds }: Outcome,
  session: Session,
  extras: DetectExtras | undefined,
): void {
  const { name: data } = examples;
  const { classes: anomalyClasses, because: anomalyClassesBy, figures } = evaluation ?? {};
  const total = tally.scores.length;
  const anomalies = tally.anomalies();
  session.result(
    {
      ...{ model, data, examples: total, per: what, score, threshold, quantile },
      thresholdAmong: { examples: among, needed },
      calibratedOn: calibration?.heldOut ?? { data: calibration?.data, examples: calibration?.examples },
      anomalies,
      ...{ cellsFilled: tally.cells.filled, ...readingCounts(examples) },
      cellsUnseen: tally.cells.unseen,
      rocAuc: figures?.rocAuc ?? null,
      averagePrecision: figures?.averagePrecision ?? null,
      ...(figures && { anomalyClasses, anomalyClassesBy, evaluation: figures }),
      output,
      ...(report !== undefined && { report }),
      ...(clock && { clock }),
      ...(groups.length > 0 && { groups, ...(newGroups && { newGroups }) }),
      ...extras,
      seconds,
    },
    [
      `${output}: ${several(anomalies, 'anomaly', 'anomalies')} among ${several(total, what)} of ${data} (${percent(anomalies / total)})`,
      `threshold: ${figure(threshold, 4)}, which ${roundPercent(quantile)} of ${calibratedOn(calibration)} stay below (score: ${score})`,
      ...(evaluation ? [evaluationWords(evaluation)] : []),
      ...(groups.length > 0 ? [groupWords(groups, what)] : []),
      ...(report === undefined ? [] : [`report: ${report}`]),
      ...(extras ? [`model: ${model}, for other data: gargalo detect ${shellWord(model)} <data> -o <file>`] : []),
    ].join('\n'),
  );
}

function groupWords(groups: readonly GroupTally[], what: string): string {
  const more = groups.length > GROUPS_SAID ? `\n… and ${count(groups.length - GROUPS_SAID)} more; --json has all` : '';
  const lines = groups
    .slice(0, GROUPS_SAID)
    .map(({ group, examples, anomalies, highest }) => [
      group,
      `${several(anomalies, 'anomaly', 'anomalies')} of ${several(examples, what)} (${percent(anomalies / examples)}), highest score ${figure(highest, 4)}`,
    ]);
  return aligned(lines) + more;
}

const { rocAuc, averagePrecision } = jobMetrics;

function evaluationWords({ figures, classes, because }: NonNullable<ReturnType<typeof evaluated>>): string {
  const { rocAucInterval: interval } = figures;
  return aligned([
    [
      'anomalies',
      `${count(figures.anomalies)}, of class ${classes.join(', ')}${becauseWords[because]}; ${several(figures.normals, 'other')}`,
    ],
    [rocAuc.name, `${rocAuc.format(figures.rocAuc)}  (95 %: ${interval.map(rocAuc.format).join(' … ')})`],
    [averagePrecision.name, averagePrecision.format(figures.averagePrecision)],
    [
      'above the threshold',
      `${percent(figures.recall)} of the anomalies, ${percent(figures.falseAlarms)} of the others`,
    ],
  ]);
}
