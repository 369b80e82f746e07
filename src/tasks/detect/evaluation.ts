import { badInput } from '../../core/errors.js';
import { nearest } from '../../core/names.js';
import { meanOf } from '../../core/vectors.js';
import { calibrationLevels, type ScoreDistribution } from '../../models/calibration.js';
import { doubleRank } from './coordinates.js';

/** Points of a curve, from (0, ·) on: x never falls. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** How well scores tell anomalies from the rest. */
export interface DetectionEvaluation {
  readonly anomalies: number;
  readonly normals: number;
  /** The probability that an anomaly scores above a normal example, ties counted half: the area under the ROC curve. */
  readonly rocAuc: number;
  /** The ends of its 95 % confidence interval (DeLong et al. 1988), on the scale of the logit. */
  readonly rocAucInterval: readonly [number, number];
  /** Σ (R_k − R_{k−1}) P_k over all thresholds: the area under the steps of precision over recall. */
  readonly averagePrecision: number;
  /** Of what lies above the threshold, the part that is anomalous; NaN where nothing does. */
  readonly precision: number;
  /** Of the anomalies, the part that lies above the threshold. */
  readonly recall: number;
  /** Of the normal examples, the part that lies above the threshold. */
  readonly falseAlarms: number;
}

/** Ranks from 1 on; equal values share the mean of their ranks. */
function midranks(values: Float64Array): Float64Array {
  const sorted = values.toSorted();
  return values.map((value) => (doubleRank(sorted, value) + 1) / 2);
}

function variance(values: Float64Array): number {
  if (values.length < 2) return 0;
  const center = meanOf(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

const logit = (p: number) => Math.log(p / (1 - p));
const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/**
 * Area under the ROC curve with its 95 % confidence interval: the fast algorithm for DeLong's variance by midranks (Sun & Xu
 * 2014).
 *
 * @param scores finite
 * @param isAnomaly 1 or 0 for each
 */
export function rocAuc(
  scores: Float64Array,
  isAnomaly: ArrayLike<number>,
): { readonly area: number; readonly interval: readonly [number, number] } {
  const anomalies = scores.filter((_, i) => isAnomaly[i] === 1);
  const normals = scores.filter((_, i) => isAnomaly[i] !== 1);
  if (anomalies.length === 0 || normals.length === 0) {
    throw badInput(
      'labels',
      `expected anomalies and normal examples, got ${anomalies.length} and ${normals.length}`,
      'name the class of the anomalies',
    );
  }
  const all = new Float64Array(scores.length);
  all.set(anomalies);
  all.set(normals, anomalies.length);
  const ranks = midranks(all);
  const [m, n] = [anomalies.length, normals.length];
  // Of each anomaly the part of the normals below it, of each normal example the part of the anomalies above.
  const below = midranks(anomalies).map((rank, i) => (ranks[i]! - rank) / n);
  const above = midranks(normals).map((rank, i) => 1 - (ranks[m + i]! - rank) / m);
  const area = meanOf(below);
  const deviation = Math.sqrt(variance(below) / m + variance(above) / n);
  if (area <= 0 || area >= 1) return { area, interval: [area, area] };
  const half = (1.959964 * deviation) / (area * (1 - area));
  return { area, interval: [logistic(logit(area) - half), logistic(logit(area) + half)] };
}

/** True and false positives above each threshold, thresholds falling; equal scores fall together. */
function* thresholds(scores: Float64Array, isAnomaly: ArrayLike<number>): Generator<[hits: number, alarms: number]> {
  const falling = Array.from(scores, (score, i) => ({ score, isHit: isAnomaly[i] === 1 })).sort(
    (a, b) => b.score - a.score,
  );
  let [hits, alarms] = [0, 0];
  for (const [i, { score, isHit }] of falling.entries()) {
    if (isHit) hits++;
    else alarms++;
    if (falling[i + 1]?.score !== score) yield [hits, alarms];
  }
}

/** Average precision of scores. */
export function averagePrecision(scores: Float64Array, isAnomaly: ArrayLike<number>): number {
  let [sum, before, last] = [0, 0, 0];
  for (const [hits, alarms] of thresholds(scores, isAnomaly)) {
    sum += (hits - before) * (hits / (hits + alarms));
    before = hits;
    last = hits;
  }
  return sum / last;
}

/** The curves behind the two areas: recall over the share of false alarms, and precision over recall. */
export function detectionCurves(
  scores: Float64Array,
  isAnomaly: ArrayLike<number>,
): { readonly roc: Curve; readonly precision: Curve } {
  const points = [...thresholds(scores, isAnomaly)];
  const [positives, negatives] = points.at(-1) as [number, number];
  return {
    roc: {
      x: [0, ...points.map(([, alarms]) => alarms / negatives)],
      y: [0, ...points.map(([hits]) => hits / positives)],
    },
    precision: {
      x: points.map(([hits]) => hits / positives),
      y: points.map(([hits, alarms]) => hits / (hits + alarms)),
    },
  };
}

/**
 * Figures of scores whose verdicts are known.
 *
 * @param isAnomaly 1 or 0 for each score
 * @throws GargaloError `bad-input` where either kind is missing
 */
export function evaluateDetection(
  scores: Float64Array,
  isAnomaly: ArrayLike<number>,
  threshold: number,
): DetectionEvaluation {
  const { area, interval } = rocAuc(scores, isAnomaly);
  let [anomalies, hits, alarms] = [0, 0, 0];
  for (const [i, score] of scores.entries()) {
    if (isAnomaly[i] === 1) anomalies++;
    if (score <= threshold) continue;
    if (isAnomaly[i] === 1) hits++;
    else alarms++;
  }
  const normals = scores.length - anomalies;
  return {
    anomalies,
    normals,
    rocAuc: area,
    rocAucInterval: interval,
    averagePrecision: averagePrecision(scores, isAnomaly),
    precision: hits / (hits + alarms),
    recall: hits / anomalies,
    falseAlarms: alarms / normals,
  };
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What anomalies are called, and what the rest is called. */
const anomalous = words(
  'anomaly anomalies anomalous outlier outliers abnormal attack intrusion malicious fraud fault faulty failure defect defective bad broken nok ng positive true yes 1',
);
const normal = words(
  'normal benign good ok inlier inliers healthy regular nominal legitimate genuine clean pass passed negative false no 0',
);

/** The classes that are taken for the anomalies. */
export interface AnomalyClasses {
  readonly classes: readonly string[];
  /** Why these: named by the caller; by their names; not trained on; no part of the majority; the rarest. */
  readonly because: 'asked' | 'named' | 'untrained' | 'minority' | 'rarest';
}

/**
 * Which classes are the anomalies, where nobody says so. In this order: −1 beside 1 (scikit-learn) and classes that are called as anomalies
 * are; all but those that are called as normal examples are ("good", "benign", "0"); all but those that the model was trained on; all but one that holds more
 * than half of the examples; the rarest.
 *
 * @param counts examples of each class
 * @param asked the classes that were named
 * @param trained the classes of the training data, where they are known
 * @throws GargaloError `bad-input` for a class that no example has, or fewer than two
 */
export function anomalyClasses(
  counts: ReadonlyMap<string, number>,
  asked?: readonly string[],
  trained: readonly string[] = [],
): AnomalyClasses {
  const known = [...counts.keys()];
  if (asked) {
    const missing = asked.find((name) => !counts.has(name));
    if (missing === undefined) return { classes: [...asked], because: 'asked' };
    const close = nearest(missing, known);
    const mend = `${close === undefined ? '' : `did you mean "${close}"? `}there are ${known.join(', ')}`;
    throw badInput('anomaly', `expected a class of the data, got "${missing}"`, mend);
  }
  if (known.length < 2) {
    throw badInput(
      'labels',
      `expected two classes to tell apart, got ${known.length === 1 ? `only "${known[0]}"` : 'none'}`,
    );
  }
  const others = (chosen: readonly string[]) => known.filter((name) => !chosen.includes(name));
  const isPart = (chosen: readonly string[]) => chosen.length > 0 && chosen.length < known.length;
  // Of more than two classes that are numbers, 0 and 1 are two like the others.
  const isName = (name: string) => known.length === 2 || Number.isNaN(Number(name));
  const named = (names: ReadonlySet<string>) =>
    known.filter((name) => isName(name) && names.has(name.toLowerCase().replace(/\.0+$/, '')));
  const [called, usual] = [named(anomalous), named(normal)];
  const minus = known.filter((name) => Number(name) === -1);
  if (known.length === 2 && minus.length === 1 && known.some((name) => Number(name) === 1)) {
    return { classes: minus, because: 'named' };
  }
  if (isPart(usual)) return { classes: others(usual), because: 'named' };
  if (isPart(called)) return { classes: called, because: 'named' };
  const seen = known.filter((name) => trained.includes(name));
  if (isPart(seen)) return { classes: others(seen), because: 'untrained' };
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const majority = [...counts].flatMap(([name, count]) => (count > total / 2 ? [name] : []));
  if (majority.length === 1) return { classes: others(majority), because: 'minority' };
  const [rarest] = [...counts].reduce((least, next) => (next[1] < least[1] ? next : least));
  return { classes: [rarest], because: 'rarest' };
}

/** The share of the scores of a distribution that are at most so high. */
export function shareBelow({ quantiles }: ScoreDistribution, value: number): number {
  let [low, high] = [0, quantiles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return calibrationLevels[low - 1] ?? 0;
}
