// Scores of examples and what is said of them, by a model that is there.
import { dirname } from 'node:path';
import { badInput } from '../core/errors.js';
import { count, figure, percent, roundPercent, several } from '../core/format.js';
import type { WindowChoice } from '../data/period.js';
import { inPieces, piecesIn, rowNumbersOf } from '../data/pieces.js';
import { asDataset, openSource } from '../data/read/open.js';
import { type ExampleSource, isDataset, limited, streamOf } from '../data/stream.js';
import { checkWritable, writeFileAtomic } from '../data/write/write.js';
import type { Autoencoder } from '../models/autoencoder.js';
import type { Calibration } from '../models/calibration.js';
import type { Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { pixelNames, valueNamesOf } from '../tasks/detect/attribution.js';
import { calibrate } from '../tasks/detect/calibrate.js';
import { type DetectOptions, detect, detectionThreshold, thresholdOptions } from '../tasks/detect/detect.js';
import { detectionFigures, openExhibit } from '../tasks/detect/exhibit.js';
import { fewScoresWarning } from '../tasks/detect/few-scores.js';
import { type HeatMaps, openHighestError } from '../tasks/detect/heat-maps.js';
import { openScoreTable } from '../tasks/detect/score-table.js';
import { isSeriesFor } from '../tasks/detect/series.js';
import { type GroupTally, openTally, type Tally } from '../tasks/detect/tally.js';
import { filled } from '../tasks/example-output.js';
import { aligned } from './aligned.js';
import { evaluated, evaluationWords } from './detect-agreement.js';
import { heatWords, mapsOf } from './heat-maps.js';
import {
  noteWhatWasRead,
  openExamples,
  openFor,
  readingCounts,
  since,
  withModel,
  writtenWindows,
} from './model-work.js';
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
  /** The folder of heat maps to write, if any. */
  readonly heatmaps?: string | undefined;
  /** The command that does it again, with the threshold where that follows from these data. */
  readonly command: (threshold?: number) => string;
}

/** How examples are scored, and where the line is drawn. */
export interface DetectScoring extends Pick<DetectOptions, 'score' | 'quantile' | 'contamination' | 'threshold'> {
  readonly per?: 'row' | 'window';
}

/** What a command that trained the model says too. */
export interface DetectExtras {
  /** The run folder. */
  readonly run: string;
  /** The command that scores other data with the model in the same way. */
  readonly forOthers: (threshold?: number) => string;
  /** Whether the data have a test part, which was not trained on. */
  readonly tested: boolean;
  readonly window?: WindowChoice;
  readonly training: Readonly<Record<string, unknown>>;
}

/** The rows of a series, for a model of windows of it. */
async function openRows(source: string, data: Reading, specification: Specification): Promise<ExampleSource> {
  const windows = await writtenWindows(source, data, specification.input);
  if (windows) return windows;
  const { input } = specification;
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
export function scoresRows(
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

/** What the model compares with: its own, or what other data say. */
export async function calibrationFor(
  autoencoder: Autoencoder,
  { calibrate: source, data }: Pick<DetectCommand, 'calibrate' | 'data'>,
  session: Session,
): Promise<Calibration | undefined> {
  if (source === undefined) return autoencoder.calibration;
  const { stride: _, window: _window, limit: _limit, ...others } = data;
  const train = await asDataset((await openFor(autoencoder.specification, source, others)).train);
  const runtime = await session.runtime();
  return session.work('calibrated', (work) => calibrate(autoencoder, train, { ...work, runtime }));
}

/** What a threshold lies among, by its name; models of before counted the rows of a series, not its windows. */
function calibratedOn(calibration: Calibration | undefined, what: string, among: number): string {
  const { heldOut, rowScores } = calibration ?? {};
  const isOfRows = rowScores && (heldOut ?? calibration)?.windows === undefined;
  return several(among, `${heldOut ? 'held-out' : 'training'} ${isOfRows ? 'row' : what}`);
}

/** The shortest number above which as many scores lie as above the threshold: to be typed. */
function typedThreshold(threshold: number, { scores, anomalies }: Tally): number {
  const isSame = (typed: number) => scores.reduce((above, score) => above + (score > typed ? 1 : 0), 0) === anomalies();
  const candidates = [4, 5, 6, 7, 8, 10, 12].map((digits) => Number(threshold.toPrecision(digits)));
  return candidates.find(isSame) ?? threshold;
}

/** What is odd about the clock of a series, and how many of its rows lie in no whole window; says what is odd too. */
function clockOf(examples: ExampleSource, { input }: Specification, session: Session | undefined) {
  if (!isDataset(examples)) return undefined;
  const { rows, faults, notes } = inPieces(examples);
  const [window = 1] = input.shape;
  const short = piecesIn(rows).reduce((sum, [from, to]) => sum + (to - from < window ? to - from : 0), 0);
  for (const note of notes) session?.note(`${examples.name}: ${note}`);
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
  const opens = scoresRows(specification, calibration, per) ? openRows : openExamples;
  const opened = await opens(source, data, specification);
  const examples = streamOf(opened);
  // a file of windows holds no rows
  const inRows = isSeriesFor(specification, examples);
  if (inRows && calibration?.patterns?.timed && !examples.time) {
    session.warn(
      `${examples.name}: the model knows when its windows were, and these rows have no times: rows that were trained on are compared with themselves and look normal; name the column of times with --time`,
    );
  }
  if (anomaly && !examples.labelled) {
    throw badInput('anomaly', 'expected data with classes, got none', 'name the column of classes with --label');
  }
  // What was trained on is looked at itself: anomalies are among it.
  const robust = isTrainedOn && thresholdOptions.every((name) => choice[name] === undefined);
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
    const scored = await openScored(autoencoder, command, extras?.tested === false, session);
    const { opened, examples, what, line, options, calibration, names } = scored;
    const started = performance.now();
    const tally = openTally(examples);
    const highest = openHighestError(specification);
    const exhibit = report === undefined ? undefined : openExhibit(specification, examples, names, what);
    const evaluation = await session.work('looked at', async (work) =>
      filled(
        await openScoreTable(output, examples, data.label, names, specification.input.table, session.texts),
        async (writer) => {
          for await (const block of detect(autoencoder, opened, { ...options, ...work })) {
            await writer.write(block);
            tally.add(block);
            exhibit?.add(block);
            highest?.add(block);
          }
          return evaluated(tally, line.threshold, command, calibration?.classes, session);
        },
      ),
    );
    const heat = await mapsOf(autoencoder, command, examples, highest?.value ?? 0, session);
    noteWhatWasRead(session, examples);
    if (evaluation && examples.picture?.patches) {
      session.warn(
        'each patch was scored with the class of its image: a patch that shows nothing of the anomaly counts as one that was missed',
      );
    }
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
    const unscored = tally.unscored();
    if (unscored > 0) {
      session.note(
        `${examples.name}: ${several(unscored, 'row')} ${unscored === 1 ? 'lies in a piece' : 'lie in pieces'} shorter than the window of ${specification.input.shape[0]} rows and ${unscored === 1 ? 'has' : 'have'} no score: the column is empty`,
      );
    }
    const typed = options.robust ? typedThreshold(line.threshold, tally) : undefined;
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
      const headed = { title, date: new Date(), command: command.command(typed), version: session.version };
      await writeFileAtomic(report, renderDetectionReport({ ...figures, ...headed }));
    }
    sayResult(command, scored, { tally, evaluation, heat, clock, groups, newGroups, typed, seconds }, session, extras);
  });
}

/** What scoring came to. */
interface Outcome {
  readonly tally: Tally;
  readonly evaluation: ReturnType<typeof evaluated>;
  readonly heat: HeatMaps | undefined;
  readonly clock: ReturnType<typeof clockOf>;
  readonly groups: readonly GroupTally[];
  readonly newGroups: readonly string[] | undefined;
  /** The threshold that follows from these data, to be typed. */
  readonly typed: number | undefined;
  readonly seconds: number;
}

function sayResult(
  { model, output, report, heatmaps }: DetectCommand,
  { examples, what, line: { score, threshold, quantile, among, needed }, calibration }: ScoredAs,
  { tally, evaluation, heat, clock, groups, newGroups, typed, seconds }: Outcome,
  session: Session,
  extras: DetectExtras | undefined,
): void {
  const { name: data } = examples;
  const { classes: anomalyClasses, because: anomalyClassesBy, figures } = evaluation ?? {};
  const { tested: _, forOthers, ...others } = extras ?? {};
  const total = tally.scores.length;
  const anomalies = tally.anomalies();
  session.result(
    {
      ...{ model, data, examples: total, per: what, score, threshold, quantile },
      thresholdAmong: { examples: among, needed },
      calibratedOn: calibration?.heldOut ?? { data: calibration?.data, examples: calibration?.examples },
      anomalies,
      unscored: tally.unscored(),
      ...{ cellsFilled: tally.cells.filled, ...readingCounts(examples) },
      cellsUnseen: tally.cells.unseen,
      rocAuc: figures?.rocAuc ?? null,
      averagePrecision: figures?.averagePrecision ?? null,
      ...(figures && { anomalyClasses, anomalyClassesBy, evaluation: figures }),
      output,
      ...(report !== undefined && { report }),
      ...(clock && { clock }),
      ...(heat && { heat: { ...heat, ...(heatmaps !== undefined && { output: heatmaps }) } }),
      ...(groups.length > 0 && { groups, ...(newGroups && { newGroups }) }),
      ...others,
      seconds,
    },
    [
      `${output}: ${several(anomalies, 'anomaly', 'anomalies')} among ${several(total, what)} of ${data} (${percent(anomalies / total)})`,
      `threshold: ${figure(threshold, 4)}, which ${roundPercent(quantile)} of ${calibratedOn(calibration, what, among)} stay below (score: ${score})`,
      ...(evaluation ? evaluationWords(evaluation) : []),
      ...(heat ? heatWords(heat, heatmaps) : []),
      ...(groups.length > 0 ? groupWords(groups, what) : []),
      ...(report === undefined ? [] : [`report: ${report}`]),
      ...(forOthers
        ? [`model: ${model}, for other data${typed === undefined ? '' : ' by the same threshold'}: ${forOthers(typed)}`]
        : []),
    ],
  );
}

function groupWords(groups: readonly GroupTally[], what: string): string[] {
  const more = groups.length > GROUPS_SAID ? [`… and ${count(groups.length - GROUPS_SAID)} more; --json has all`] : [];
  const lines = groups
    .slice(0, GROUPS_SAID)
    .map(({ group, examples, anomalies, highest }) => [
      group,
      `${several(anomalies, 'anomaly', 'anomalies')} of ${several(examples, what)} (${percent(anomalies / examples)}), ${highest === Number.NEGATIVE_INFINITY ? 'none has a score' : `highest score ${figure(highest, 4)}`}`,
    ]);
  return [...aligned(lines), ...more];
}
