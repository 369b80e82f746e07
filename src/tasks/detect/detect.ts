import { badInput } from '../../core/errors.js';
import { refuseUnknownKeys } from '../../core/names.js';
import type { WorkOptions } from '../../core/work.js';
import type { CarriedCells, ExampleForm } from '../../data/dataset.js';
import { type Examples, examplesOf } from '../../data/in-memory.js';
import { type ExampleSource, streamOf } from '../../data/stream.js';
import { type Autoencoder, checkInput, checkModel, type Model } from '../../models/autoencoder.js';
import {
  type Calibration,
  defaultScore,
  robustThresholdOf,
  type ScoreName,
  scoresNeeded,
  thresholdOf,
} from '../../models/calibration.js';
import { inputSize } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { rebuiltBlocks } from './code-range.js';
import { shareBelow } from './evaluation.js';
import { inFileOrder } from './file-order.js';
import { heldRows } from './held-rows.js';
import { rowMeans } from './row-means.js';
import { openScorer, patternsOf, referencesOf, type Scorer } from './scorer.js';
import { contributionsOf, total } from './scoring.js';
import { isSeriesFor, seriesInPieces, seriesWindows } from './series.js';
import { unseenRaiser } from './unseen.js';

/** What is left to a caller of {@link detect}. */
export interface DetectOptions extends WorkOptions {
  /** How scores are made; default 'pattern' for rows of a series, 'bounded' for windows and 'combined' for rows of a table, where the model was calibrated for it, else 'error'. */
  readonly score?: ScoreName | undefined;
  /** The threshold is what that share of the training data stays below; default 0.99. */
  readonly quantile?: number | undefined;
  /** The same said the other way: the share of the training data that is taken to be anomalous. */
  readonly contamination?: number | undefined;
  /** The threshold itself, for one that is known: scores above it are anomalies. */
  readonly threshold?: number | undefined;
  /**
   * Whether these are the training data, so that anomalies may be among those: without a quantile or contamination the threshold then
   * follows from the bulk of the scores, see `robustThresholdOf`, and windows of a series without times are compared with none that they
   * share rows with. Default false.
   */
  readonly robust?: boolean | undefined;
  /** Of a series: rows from one window to the next; default 1. */
  readonly stride?: number | undefined;
  /** What to compare with; default the model's own. */
  readonly calibration?: Calibration | undefined;
  /** Where neighbours are looked for; by default on the runtime of the autoencoder. */
  readonly runtime?: RuntimeOptions | undefined;
}

/** Every option of {@link detect}. */
export const detectOptions = [
  ...(['score', 'quantile', 'contamination', 'threshold', 'robust', 'stride', 'calibration'] as const),
  ...(['runtime', 'signal', 'onProgress'] as const),
] satisfies (keyof DetectOptions)[];

/** What anomaly scores are compared with. */
export interface DetectionThreshold {
  readonly score: ScoreName;
  /** Scores above it are anomalies. */
  readonly threshold: number;
  /** The share of the training data that does not exceed it. */
  readonly quantile: number;
  /** Whether it is one for the rows of a series rather than for examples. */
  readonly rows: boolean;
  /** How many examples it lies among the scores of, and how many it takes at least to mean something. */
  readonly among: number;
  readonly needed: number;
}

/** How many scores a threshold lies among: of a series those of rows or of windows, which models of before did not count. */
function calibratedExamples(calibration: Calibration, inRows: boolean): number {
  const { examples, windows = examples } = calibration.heldOut ?? calibration;
  return inRows ? examples : windows;
}

/** How many scores a threshold lies among, and how many it takes. */
export function thresholdScores(
  calibration: Calibration,
  options: Pick<DetectOptions, 'quantile' | 'contamination' | 'threshold' | 'robust'>,
  inRows: boolean,
): Pick<DetectionThreshold, 'among' | 'needed'> {
  return {
    among: calibratedExamples(calibration, inRows),
    needed: scoresNeeded(isRobust(options) ? (inRows ? 'rows' : 'examples') : shareOf(options)),
  };
}

/** The options that a threshold is asked for with, one of them. */
export const thresholdOptions = ['quantile', 'contamination', 'threshold'] as const;

/** Whether the threshold follows from the bulk of the scores: where the data were trained on, and nobody asks for another. */
const isRobust = ({ robust, ...choice }: DetectOptions): boolean =>
  robust === true && thresholdOptions.every((name) => choice[name] === undefined);

/** Examples, or rows of a series, with what speaks against them. */
export interface DetectedBlock {
  /** Position of the first one, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /** [n]; NaN of rows of a series that lie in no whole window of it: those are not scored, and are no anomalies. */
  readonly scores: Float64Array;
  /** [n], 1 for an anomaly, else 0. */
  readonly anomalies: Uint8Array;
  /** [n, size] the part of each value in the score, none negative; they sum to the score. */
  readonly contributions: Float64Array;
  /** [n, size] raw units: what is there and what the model expects instead. */
  readonly observed: Uint8Array | Float32Array;
  readonly expected: Float32Array;
  /** As the source has them. */
  readonly labels?: readonly (string | undefined)[];
  readonly times?: Float64Array;
  readonly names?: readonly string[];
  /** The cells of the columns that the source carries, a list for each. */
  readonly carried?: readonly CarriedCells[];
  /** Of rows of a table, where some cells are missing or were not seen: [n, columns], 1 for one filled in, 2 for a word not seen in training. */
  readonly cells?: Uint8Array;
}

/**
 * The share of the training data that a threshold is to leave below it, by what was asked for.
 *
 * @throws GargaloError `bad-input` naming `contamination` or `quantile`
 */
export function shareOf({
  quantile,
  contamination,
  threshold,
}: Pick<DetectOptions, (typeof thresholdOptions)[number]>): number {
  if (threshold !== undefined && (quantile ?? contamination) !== undefined) {
    throw badInput('threshold', 'expected it or a part of the training data, got both', 'leave one of them out');
  }
  if (threshold !== undefined && !Number.isFinite(threshold)) {
    throw badInput('threshold', `expected a finite score, got ${threshold}`);
  }
  if (contamination === undefined) return quantile ?? 0.99;
  if (quantile !== undefined) {
    throw badInput('contamination', 'expected it or a quantile, got both', 'leave one of them out');
  }
  if (!(contamination >= 0 && contamination < 1)) {
    throw badInput('contamination', `expected a share of the training data, 0 … 1, got ${contamination}`);
  }
  return 1 - contamination;
}

/**
 * The threshold that {@link detect} compares scores of such examples with.
 *
 * @throws GargaloError `bad-input` for a model without calibration, or one that has none for such a score
 */
export function detectionThreshold(
  model: Pick<Model, 'specification' | 'calibration'>,
  examples: Pick<ExampleForm, 'shape' | 'sequence'>,
  options: DetectOptions = {},
): DetectionThreshold {
  const { calibration = model.calibration } = options;
  const quantile = shareOf(options);
  if (!calibration) {
    throw badInput(
      'calibration',
      'expected a model that knows its errors on training data, got one without',
      'calibrate it on its training data: detector(model, data), or `calibrate` <data>',
    );
  }
  const rows = isSeriesFor(model.specification, examples);
  const { score = defaultScore(calibration, rows) } = options;
  const distributions = rows ? calibration.rowScores : calibration.scores;
  if (!distributions) {
    throw badInput(
      'calibration',
      'expected one for the rows of a series, got one for windows alone',
      'calibrate the model on its series: `calibrate` <data>, or score windows: `per: "window"`',
    );
  }
  if (score === 'combined' && rows) {
    throw badInput('score', 'expected another for the rows of a series, got combined', 'leave it out');
  }
  if (score === 'pattern' && !rows) {
    throw badInput('score', 'expected another for examples that are no rows of a series, got pattern', 'leave it out');
  }
  // Says what is missing, where something is.
  if (score === 'combined') referencesOf(calibration);
  else if (score === 'pattern') patternsOf(calibration);
  else contributionsOf(model.specification, score, calibration);
  const distribution = distributions[score];
  if (!distribution) throw badInput('score', `expected one that the model was calibrated for, got ${score}`);
  if (isRobust(options)) {
    const { threshold, share } = robustThresholdOf(distribution, rows ? 'rows' : 'examples');
    return { score, quantile: share, rows, threshold, ...thresholdScores(calibration, options, rows) };
  }
  if (options.threshold !== undefined) {
    const { threshold } = options;
    return {
      score,
      rows,
      threshold,
      quantile: shareBelow(distribution, threshold),
      among: calibratedExamples(calibration, rows),
      needed: 1,
    };
  }
  const threshold = thresholdOf(distribution, quantile);
  return { score, quantile, rows, threshold, ...thresholdScores(calibration, options, rows) };
}

/**
 * Scores examples by how badly a model rebuilds them and, where it was calibrated for that, by how far they lie from training rows:
 * block by block, in order, for data of any size. For a model of windows the examples may be the series itself, a row for each
 * time step; then each row is scored, by the mean score of the windows that hold it. Which columns the score is put down to is what
 * those windows say of the row alone, in proportion. Windows lie within a group and within a piece of the series (see `windowsOf`); rows
 * come in the order of their file, for which all scores are kept where groups come in turns.
 *
 * @throws GargaloError `bad-input` as {@link detectionThreshold}, and for examples that do not fit the model; `cancelled`
 */
export async function* detect(
  autoencoder: Autoencoder,
  examples: Examples,
  options: DetectOptions = {},
): AsyncGenerator<DetectedBlock, void> {
  yield* detectWith(autoencoder, examples, options);
}

/** Opens a score for a model; whoever gives such a function closes what it opened. */
export type OpenScore = (score: ScoreName) => Promise<Scorer>;

/**
 * As {@link detect}, with a scorer that may stay open from call to call.
 *
 * @param openScore by default a scorer is open for this walk alone
 */
export async function* detectWith(
  autoencoder: Autoencoder,
  data: Examples,
  options: DetectOptions,
  openScore?: OpenScore,
): AsyncGenerator<DetectedBlock, void> {
  checkModel(autoencoder, 'detect');
  refuseUnknownKeys('options of detect', options, detectOptions);
  const examples = await examplesOf(data, { like: autoencoder.specification.input });
  const { score, threshold, rows } = detectionThreshold(autoencoder, examples, options);
  const settled = { ...options, score, calibration: options.calibration ?? autoencoder.calibration! };
  if (!rows) checkInput(autoencoder.specification, examples);
  const scorer = openScore
    ? await openScore(score)
    : await openScorer(autoencoder, score, settled.calibration, options);
  const walk = rows ? detectRows : detectExamples;
  try {
    yield* walk(autoencoder, examples, settled, threshold, scorer);
  } finally {
    if (!openScore) await scorer.close();
  }
}

/** The options with what is left open settled. */
interface Settled extends DetectOptions {
  readonly score: ScoreName;
  readonly calibration: Calibration;
}

/** Where the codes are brought back to before they are decoded, if they are. */
const rangeFor = ({ score, calibration }: Settled) =>
  score === 'bounded' || score === 'pattern' ? calibration.codes : undefined;

const verdicts = (scores: Float64Array, threshold: number): Uint8Array =>
  Uint8Array.from(scores, (score) => (score > threshold ? 1 : 0));

async function* detectExamples(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  settled: Settled,
  threshold: number,
  scorer: Scorer,
): AsyncGenerator<DetectedBlock, void> {
  const { specification } = autoencoder;
  const { score, calibration, signal, onProgress } = settled;
  const size = inputSize(specification);
  const { table } = specification.input;
  const distribution = calibration.scores[score];
  const raise = table && distribution && unseenRaiser(table, distribution);
  for await (const block of rebuiltBlocks(autoencoder, examples, rangeFor(settled), { signal, onProgress })) {
    const { start, end, values, reconstruction, labels, times, names, cells, carried } = block;
    const contributions = await scorer.contributions(values, reconstruction);
    if (cells) raise?.(cells, contributions);
    const scores = Float64Array.from({ length: end - start }, (_, i) => total(contributions, i * size, (i + 1) * size));
    yield {
      start,
      end,
      scores,
      anomalies: verdicts(scores, threshold),
      contributions,
      observed: values,
      expected: reconstruction,
      ...(labels && { labels }),
      ...(times && { times }),
      ...(names && { names }),
      ...(carried && { carried }),
      ...(cells && { cells }),
    };
  }
}

/** What the parts of a row's score are scaled by so that they sum to it; equal parts where none of them is any. */
function shareOut(parts: Float64Array, score: number): void {
  const own = total(parts);
  if (own > 0) for (let i = 0; i < parts.length; i++) parts[i]! *= score / own;
  else parts.fill(score / parts.length);
}

/** The rows of a series in the order of their file: those of groups that come in turns are scored group by group. */
async function* detectRows(
  autoencoder: Autoencoder,
  series: ExampleSource,
  settled: Settled,
  threshold: number,
  scorer: Scorer,
): AsyncGenerator<DetectedBlock, void> {
  const { rows, order } = await seriesInPieces(series);
  const scored = scoredRows(autoencoder, rows, settled, threshold, scorer);
  yield* order ? inFileOrder(scored, order) : scored;
}

async function* scoredRows(
  autoencoder: Autoencoder,
  series: ExampleSource,
  settled: Settled,
  threshold: number,
  scorer: Scorer,
): AsyncGenerator<DetectedBlock, void> {
  const { specification } = autoencoder;
  const { stride = 1, calibration, signal, onProgress } = settled;
  const [window, features] = specification.input.shape as [number, number];
  const size = window * features;
  const [means, ofWindows] = [rowMeans(window, features, 2), rowMeans(window, 1, 1)];
  const rows = heldRows(features);
  const { length } = streamOf(series);
  const { windows, places } = seriesWindows(series, { window, stride }, rows.put);
  const whole = new Float64Array(window);

  function finished(before?: number): DetectedBlock | undefined {
    const { start, end, means: found } = means.take(before);
    const [scoresBefore] = ofWindows.take(before).means as [Float64Array];
    if (end === start) return undefined;
    const [contributions, expected] = found as [Float64Array, Float64Array];
    const scores = calibration.rowsBy === 'window' ? scoresBefore : new Float64Array(end - start);
    for (let i = 0; i < scores.length; i++) {
      const own = contributions.subarray(i * features, (i + 1) * features);
      if (calibration.rowsBy === 'window') shareOut(own, scores[i]!);
      else {
        for (let j = 0; j < features; j++) own[j]! *= window;
        scores[i] = total(own);
      }
    }
    const { values, ...told } = rows.take(end - start);
    return {
      start,
      end,
      scores,
      anomalies: verdicts(scores, threshold),
      contributions,
      observed: values,
      expected: Float32Array.from(expected),
      ...told,
    };
  }

  for await (const block of rebuiltBlocks(autoencoder, windows, rangeFor(settled), { signal })) {
    const { start, end, values, reconstruction } = block;
    const own = places.splice(0, end - start);
    const parts = await scorer.contributions(values, reconstruction, own);
    for (const [i, place] of own.entries()) {
      const part = parts.subarray(i * size, (i + 1) * size);
      // Of a piece shorter than a window, which was filled up: nothing like it was trained on.
      if (place.rows < window) part.fill(Number.NaN);
      means.add(place.start, [part, reconstruction], [0, i * size], place.rows);
      ofWindows.add(place.start, [whole.fill(total(part))], [], place.rows);
    }
    // The next window starts below this one, how far is not known before the series ends.
    const scored = finished((own.at(-1)?.start ?? 0) + 1);
    if (!scored) continue;
    yield scored;
    onProgress?.({ done: scored.end, ...(length !== undefined && { total: length }) });
  }
  const scored = finished();
  if (!scored) return;
  yield scored;
  onProgress?.({ done: scored.end, total: scored.end });
}
