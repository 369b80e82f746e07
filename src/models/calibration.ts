import { itemAt } from '../core/collections.js';
import { badInput } from '../core/errors.js';
import { floatsFromBase64 } from '../data/base64.js';

/**
 * How an example's anomaly score is made. 'combined': how rare its reconstruction error, its distance from the training rows,
 * its distance relative to how densely those lie there and its values column by column are among training rows, in nats, a weighted
 * mean; of rows of a table. 'error': the mean over its values of the squared reconstruction error in scaled units. 'mahalanobis': the
 * squared Mahalanobis distance of its errors from those of the training data, over the number of values, so that 1 is usual.
 * 'bounded': the mean squared error of what the decoder makes of the code after that was brought back into the range where codes of
 * the training data usually lie: a narrow code that follows what is unusual is of no help to it; of models of windows of a series. 'pattern': how rare the bounded
 * error of a window, its distance from the nearest training window and its roughness are among training windows, in nats, added up; of
 * rows of a series, each by the mean over the windows that hold it.
 */
export const scoreNames = ['combined', 'error', 'mahalanobis', 'bounded', 'pattern'] as const;
/** The name of a score that a calibration may hold the distribution of. */
export type ScoreName = (typeof scoreNames)[number];

/** What the combined score is made of. */
export const scoreParts = ['error', 'distance', 'relative', 'marginal'] as const;
/** A part that a combined score is made of. */
export type ScorePart = (typeof scoreParts)[number];

/** How a part of the combined score is distributed over training rows: what its surprise is measured by. */
export interface PartDistribution {
  /** Added to values before their logarithm is taken, above 0. */
  readonly floor: number;
  /** Logarithms that the shares {@link partLevels} of the rows do not exceed, ascending. */
  readonly quantiles: readonly number[];
  /** How far the logarithms above the last quantile lie above it on average, above 0. */
  readonly excess: number;
}

/** The shares at which the distribution of a part is kept: 0, 0.02, … 0.9. */
export const partLevels: readonly number[] = Array.from({ length: 46 }, (_, i) => i / 50);

/** Neighbours that the combined score looks at. */
export const REFERENCE_NEIGHBOURS = 5;

/** Training rows that other rows are compared with, and how surprising what is found is. */
export interface References {
  /** How many rows are kept. */
  readonly count: number;
  /** [count, size] in scaled units: 32-bit floats as base64. */
  readonly rows: string;
  /** [count, neighbours] the distances of each row from its nearest others, nearest first: 32-bit floats as base64. */
  readonly spacings: string;
  /** Models of before have no 'marginal'. */
  readonly parts: Readonly<Record<Exclude<ScorePart, 'marginal'>, PartDistribution>> & {
    readonly marginal?: PartDistribution;
  };
  /** What the surprise of each part counts; they sum to 1. Of models of before there are none, and each part counts 1. */
  readonly weights?: Readonly<Record<ScorePart, number>>;
  /** How often a row is brought back by the model before its error is taken; 1 in models of before. */
  readonly passes?: number;
}

/** A part of the combined score, how its values are distributed and what its surprise counts. */
export interface WeightedPart {
  readonly part: ScorePart;
  readonly distribution: PartDistribution;
  readonly weight: number;
}

/** The parts that a combined score is made of. */
export function weightedParts({ parts, weights }: Pick<References, 'parts' | 'weights'>): WeightedPart[] {
  return scoreParts.flatMap((part) => {
    const distribution = parts[part];
    return distribution ? [{ part, distribution, weight: weights?.[part] ?? 1 }] : [];
  });
}

/** What the pattern score is made of. */
export const patternParts = ['error', 'distance', 'roughness'] as const;
/** A part that the score of a window by its patterns is the larger of. */
export type PatternPart = (typeof patternParts)[number];

/** Training windows that windows of a series are compared with, and how surprising what is found is. */
export interface Patterns {
  /** How many windows are kept. */
  readonly count: number;
  /** [count, window, features] in scaled units: 32-bit floats as base64. */
  readonly windows: string;
  /** [count, 2] where each window begins and ends: times of its first and last row, or their positions where there are no times. */
  readonly spans: readonly number[];
  readonly timed: boolean;
  /** Of each feature: what is added to a mean squared step before its logarithm is taken, and the median of the logarithms. */
  readonly steps: { readonly floor: readonly number[]; readonly median: readonly number[] };
  readonly parts: Readonly<Record<PatternPart, PartDistribution>>;
}

/**
 * The scores of the training data, as {@link calibrationLevels} of them: the value at a level is the smallest score that at
 * least such a share of them does not exceed.
 */
export interface ScoreDistribution {
  readonly quantiles: readonly number[];
  readonly mean: number;
}

/** Where the codes of training data usually lie: between two ends along each of some axes at right angles. */
export interface CodeRange {
  /** [width] */
  readonly center: readonly number[];
  /** [width, width] an axis after the other. */
  readonly axes: readonly number[];
  /** [width] the ends along each axis, from the centre. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Scores by their name. */
export type ScoreDistributions = Readonly<Partial<Record<ScoreName, ScoreDistribution>>>;

/** What a model is told of its own errors on the data it was trained on; plain JSON, a part of the model file. */
export interface Calibration {
  /** What the data are called, how many examples of them were scored, and of how many. */
  readonly data: string;
  readonly examples: number;
  readonly of: number;
  /** Of the rows of a series how many windows those lie in; models of before do not know. */
  readonly windows?: number;
  /** The classes of the training data, where they have some: examples of others are anomalies. At most 100. */
  readonly classes?: readonly string[];
  /** The groups of the training data, where it has some: others are new. */
  readonly groups?: readonly string[];
  /** The examples beside the training data whose scores those below are; the training data's own where there is none. */
  readonly heldOut?: { readonly data: string; readonly examples: number; readonly windows?: number };
  readonly scores: ScoreDistributions;
  /** The same for each time step of a series. */
  readonly rowScores?: ScoreDistributions;
  /**
   * What a row's score is the mean of, over the windows that hold it: their whole scores ('window'), or, in models of before,
   * what each says of the row alone.
   */
  readonly rowsBy?: 'window';
  /** Of models of windows whose codes are plain numbers: what the score 'bounded' is made with. */
  readonly codes?: CodeRange;
  /** Of each value of an example: mean and deviation of its error, in scaled units; of examples that are not too large. */
  readonly errors?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  /**
   * R^(−1/2), the symmetric inverse root of the errors' correlation, shrunk so that it has one: its lower triangle row by row. Of
   * examples that are not too large.
   */
  readonly whitening?: readonly number[];
  /** What the combined score compares rows with; of models that were calibrated for it. */
  readonly references?: References;
  /** What the pattern score compares windows with; of models of windows that have a range of codes. */
  readonly patterns?: Patterns;
}

/** How many neighbours each of so many reference rows has. */
export const neighboursOf = ({ count }: Pick<References, 'count'>): number => Math.min(REFERENCE_NEIGHBOURS, count - 1);

/**
 * The shares at which the training scores are kept: every thousandth, and of the last one ever finer parts, where thresholds
 * lie.
 */
export const calibrationLevels: readonly number[] = [
  ...Array.from({ length: 1000 }, (_, i) => i / 1000),
  ...Array.from({ length: 9 }, (_, i) => (9990 + i) / 10_000).slice(1),
  ...Array.from({ length: 10 }, (_, i) => (99_990 + i) / 100_000),
  1,
].toSorted((a, b) => a - b);

/** What is kept of some scores; sorts them in place. */
export function distributionOf(scores: Float64Array): ScoreDistribution {
  if (scores.length === 0) throw badInput('calibration', 'expected at least one example, got none');
  scores.sort();
  const last = scores.length - 1;
  // A share such as 0.29 times 100 is a hair above 29: rounded off before rounding up.
  const at = (level: number) => Math.ceil(Number((level * scores.length).toPrecision(12))) - 1;
  return {
    quantiles: calibrationLevels.map((level) => itemAt(scores, Math.min(last, Math.max(0, at(level))))),
    mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
  };
}

/**
 * The threshold that at least that share of the training scores does not exceed. Between two levels that are kept it is the
 * upper one, so that never more than the rest of the training data lies above.
 *
 * @param share 0 … 1
 * @throws GargaloError `bad-input` where it is no share
 */
export function thresholdOf({ quantiles }: ScoreDistribution, share: number): number {
  if (!(share > 0 && share <= 1)) {
    throw badInput('quantile', `expected a share of the training data above 0 and of at most 1, got ${share}`);
  }
  return itemAt(
    quantiles,
    calibrationLevels.findIndex((level) => level >= share - 1e-12),
  );
}

/**
 * The share of the scores that is taken to be free of anomalies. It is smaller for rows of a series: one anomaly raises the score of
 * every window that holds it, and so of every row within a window's length.
 */
const BULK = { examples: 0.9, rows: 0.75 };

/**
 * How many scores a threshold takes, so that a score lies above it at all: the share of them that is to stay below leaves at least one.
 *
 * @param below the share, or where the threshold follows from the bulk of the scores what that is the bulk of
 */
export function scoresNeeded(below: number | keyof typeof BULK): number {
  const share = typeof below === 'number' ? below : BULK[below];
  return share >= 1 ? 1 : Math.ceil(1 / (1 - share) - 1e-9);
}

/**
 * A threshold where anomalies may be among the training data themselves: the 99 % quantile that the median and the 90 % quantile of the
 * scores lead to with an exponential tail, or the 99 % quantile itself where that is lower. The highest scores, which anomalies may
 * have made, do not move it. Of rows of a series it is the 75 % quantile, because every anomaly raises the rows within a window of it.
 *
 * @returns also the share of the training scores that does not exceed it
 */
export function robustThresholdOf(
  distribution: ScoreDistribution,
  of: keyof typeof BULK,
): { readonly threshold: number; readonly share: number } {
  const bulk = BULK[of];
  const [median, high] = [thresholdOf(distribution, 0.5), thresholdOf(distribution, bulk)];
  const tail = Math.log(0.5 / 0.01) / Math.log(0.5 / (1 - bulk));
  const threshold = Math.min(thresholdOf(distribution, 0.99), median + tail * (high - median));
  const above = distribution.quantiles.findIndex((score) => score > threshold);
  return { threshold, share: above < 0 ? 1 : itemAt(calibrationLevels, above) };
}

/**
 * The score that is made where nobody asks for one: of rows of a series the pattern score, of its windows the error from bounded
 * codes, of rows of a table the combined score, where the model was calibrated for it; else the error.
 *
 * @param inRows whether rows of a series are scored
 */
export function defaultScore({ codes, scores, rowScores }: Calibration, inRows: boolean): ScoreName {
  if (inRows && rowScores?.pattern) return 'pattern';
  if (codes) return 'bounded';
  return scores.combined ? 'combined' : 'error';
}

const isNumbers = (list: unknown, length: number): boolean =>
  Array.isArray(list) && list.length === length && list.every((value) => typeof value === 'number');

function isDistributions(found: unknown): boolean {
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(found).every(
    ([name, distribution]) =>
      scoreNames.some((known) => known === name) &&
      isNumbers((distribution as ScoreDistribution | null)?.quantiles, calibrationLevels.length) &&
      typeof (distribution as ScoreDistribution).mean === 'number',
  );
}

/** The floats of a text where it holds so many of them, all finite. */
const floatsOf = (text: unknown, length: number): Float32Array | undefined => {
  const values = typeof text === 'string' ? floatsFromBase64(text) : undefined;
  return values?.length === length && values.every(Number.isFinite) ? values : undefined;
};

const isPart = (found: PartDistribution | undefined): boolean =>
  found !== undefined &&
  isNumbers(found.quantiles, partLevels.length) &&
  found.quantiles.every((value, i, all) => Number.isFinite(value) && (i === 0 || value >= all[i - 1]!)) &&
  Number.isFinite(found.floor) &&
  found.floor > 0 &&
  Number.isFinite(found.excess) &&
  found.excess > 0;

const isWeight = (weight: unknown): boolean => typeof weight === 'number' && weight >= 0 && weight <= 1;

/** Whether references are those of a model that had three parts of one weight. */
const isOfBefore = ({ parts, weights }: References): boolean => parts?.marginal === undefined && weights === undefined;

function isReferences(found: References, size: number): boolean {
  return (
    Number.isSafeInteger(found.count) &&
    found.count >= 2 &&
    floatsOf(found.rows, found.count * size) !== undefined &&
    floatsOf(found.spacings, found.count * neighboursOf(found))?.every((spacing) => spacing >= 0) === true &&
    scoreParts.every((part) => isPart(found.parts?.[part]) || (part === 'marginal' && isOfBefore(found))) &&
    (found.weights === undefined || scoreParts.every((part) => isWeight(found.weights?.[part]))) &&
    (found.passes === undefined || (Number.isSafeInteger(found.passes) && found.passes >= 1 && found.passes <= 100))
  );
}

function isPatterns(found: Patterns, size: number): boolean {
  const { count, windows, spans, timed, steps, parts } = found;
  const features = steps?.floor?.length;
  return (
    Number.isSafeInteger(count) &&
    count >= 2 &&
    floatsOf(windows, count * size) !== undefined &&
    isNumbers(spans, 2 * count) &&
    typeof timed === 'boolean' &&
    features > 0 &&
    size % features === 0 &&
    isNumbers(steps.floor, features) &&
    steps.floor.every((value) => value > 0) &&
    isNumbers(steps.median, features) &&
    patternParts.every((part) => isPart(parts?.[part]))
  );
}

function isCodeRange(found: CodeRange | null): boolean {
  if (!Array.isArray(found?.center)) return false;
  const width = found.center.length;
  const lists = [found.center, found.low, found.high];
  return lists.every((list) => isNumbers(list, width)) && isNumbers(found.axes, width ** 2);
}

/**
 * Whether what a file holds is a calibration of examples of that many values.
 *
 * @throws GargaloError `bad-input` where it is none
 */
export function checkCalibration(found: Calibration, size: number): void {
  const {
    data,
    examples,
    of,
    classes,
    heldOut,
    scores,
    rowScores,
    rowsBy,
    codes,
    errors,
    whitening,
    references,
    patterns,
  } = found;
  const sound =
    typeof data === 'string' &&
    isNumbers([examples, of], 2) &&
    (classes === undefined || (Array.isArray(classes) && classes.every((name) => typeof name === 'string'))) &&
    (heldOut === undefined || (typeof heldOut.data === 'string' && isNumbers([heldOut.examples], 1))) &&
    isDistributions(scores) &&
    scores.error !== undefined &&
    (rowScores === undefined || isDistributions(rowScores)) &&
    (rowsBy === undefined || rowsBy === 'window') &&
    (codes === undefined || isCodeRange(codes)) &&
    (errors === undefined || (isNumbers(errors.mean, size) && isNumbers(errors.deviation, size))) &&
    (whitening === undefined || (errors !== undefined && isNumbers(whitening, (size * (size + 1)) / 2))) &&
    (references === undefined || isReferences(references, size)) &&
    (scores.combined === undefined || references !== undefined) &&
    (patterns === undefined || isPatterns(patterns, size)) &&
    (rowScores?.pattern === undefined || (patterns !== undefined && codes !== undefined && rowsBy === 'window'));
  if (!sound) throw badInput('calibration', 'expected a sound one, got a damaged one');
}
