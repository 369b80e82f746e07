// What a calibration that comes out of a file must be: a damaged one gives scores of nonsense without a word.
import { floatsFromBase64 } from '../data/base64.js';
import {
  type Calibration,
  type CodeRange,
  calibrationLevels,
  neighboursOf,
  type PartDistribution,
  type Patterns,
  partLevels,
  patternParts,
  type References,
  type ScoreDistribution,
  type ScoreDistributions,
  scoreNames,
  scoreParts,
} from './calibration.js';
import {
  amount,
  type Check,
  count,
  finite,
  flag,
  list,
  number,
  oneOf,
  optional,
  positive,
  record,
  refuse,
  share,
  text,
} from './place-checks.js';

/** The logarithm of no number lies beyond. */
const logarithm = number('the logarithm of a number', (value) => Math.abs(value) <= 750);
/** Smaller deviations of an error count as none when they are made, and are kept as 1. */
const deviation = number('a deviation of at least 1e-12', (value) => value >= 0.999e-12);
/** An excess is made at least 1e-6, and lies between logarithms. */
const excess = number('a number from 1e-7 to 1500', (value) => value >= 1e-7 && value <= 1500);
/** Entries of R^(−1/2): no eigenvalue of R counts less than 1e-9. */
const root = number('a number from -32000 to 32000', (value) => Math.abs(value) <= 32_000);
const cosine = number('a number from -1 to 1', (value) => Math.abs(value) <= 1 + 1e-6);
const several = number('a whole number of at least 2', (value) => Number.isSafeInteger(value) && value >= 2);
const passes = number('a whole number from 1 to 100', (value) => Number.isInteger(value) && value >= 1 && value <= 100);

const ascending =
  (item: Check, length: number): Check =>
  (value, at) => {
    list(item, [length])(value, at);
    const numbers = value as readonly number[];
    const falls = numbers.findIndex((quantile, i) => quantile < (numbers[i - 1] ?? quantile));
    if (falls >= 0) refuse(`${at}[${falls}]`, `at least ${numbers[falls - 1]}, the one before`, numbers[falls]);
  };

const scoreDistribution: Check = (value, at) => {
  record({ quantiles: ascending(amount, calibrationLevels.length), mean: amount })(value, at);
  const { quantiles, mean } = value as ScoreDistribution;
  const [least = 0, most = 0] = [quantiles[0], quantiles.at(-1)];
  const slack = 1e-6 * most;
  if (mean < least - slack || mean > most + slack) refuse(`${at}.mean`, `a number from ${least} to ${most}`, mean);
};

const distributions: Check = (value, at) => {
  record({})(value, at);
  for (const [name, distribution] of Object.entries(value as ScoreDistributions)) {
    oneOf(scoreNames)(name, at);
    scoreDistribution(distribution, `${at}.${name}`);
  }
};

const partDistribution: Check = (value, at) => {
  record({ floor: positive, quantiles: ascending(logarithm, partLevels.length), excess })(value, at);
  const { floor, quantiles } = value as PartDistribution;
  // What the logarithm was taken of is no negative number with the floor added.
  const least = Math.log(floor);
  if (quantiles[0]! < least - 1e-6 * Math.max(1, Math.abs(least))) {
    refuse(`${at}.floor`, `a number of at most ${Math.exp(quantiles[0]!)}`, floor);
  }
};

/** A text that holds so many floats, all finite. */
const floats =
  (length: number, fits: (value: number) => boolean = () => true): Check =>
  (value, at) => {
    const values = typeof value === 'string' ? floatsFromBase64(value) : undefined;
    if (values?.length !== length) refuse(at, `${length} floats as base64`, values?.length ?? value);
    const broken = values.findIndex((one) => !(Number.isFinite(one) && fits(one)));
    if (broken >= 0) refuse(at, 'sound floats', `${values[broken]} as number ${broken + 1}`);
  };

function references(size: number): Check {
  return (value, at) => {
    record({ count: several })(value, at);
    const found = value as References;
    record({
      rows: floats(found.count * size),
      spacings: floats(found.count * neighboursOf(found), (spacing) => spacing >= 0),
      parts: record({}),
      weights: optional(record(Object.fromEntries(scoreParts.map((part) => [part, share])))),
      passes: optional(passes),
    })(value, at);
    const { parts, weights } = found;
    // References of a model of before have three parts of one weight.
    const isOfBefore = parts.marginal === undefined && weights === undefined;
    const needed = scoreParts.filter((part) => part !== 'marginal' || !isOfBefore);
    record(Object.fromEntries(needed.map((part) => [part, partDistribution])))(parts, `${at}.parts`);
    const sum = weights ? scoreParts.reduce((all, part) => all + weights[part], 0) : 1;
    if (Math.abs(sum - 1) > 1e-3) refuse(`${at}.weights`, 'weights that sum to 1', sum);
  };
}

function patterns(size: number): Check {
  return (value, at) => {
    record({ count: several, steps: record({ floor: list(positive) }) })(value, at);
    const { count: kept, steps } = value as Patterns;
    const features = steps.floor.length;
    if (features === 0 || size % features !== 0) refuse(`${at}.steps.floor`, `features of ${size} values`, features);
    record({
      windows: floats(kept * size),
      spans: list(finite, [2 * kept]),
      timed: flag,
      steps: record({ median: list(logarithm, [features]) }),
      parts: record(Object.fromEntries(patternParts.map((part) => [part, partDistribution]))),
    })(value, at);
    const { spans } = value as Patterns;
    const back = spans.findIndex((end, i) => i % 2 === 1 && end < spans[i - 1]!);
    if (back >= 0) refuse(`${at}.spans[${back}]`, `at least ${spans[back - 1]}, where it begins`, spans[back]);
  };
}

const codeRange: Check = (value, at) => {
  record({ center: list(finite) })(value, at);
  const width = (value as CodeRange).center.length;
  record({ axes: list(cosine, [width ** 2]), low: list(finite, [width]), high: list(finite, [width]) })(value, at);
  const { low, high } = value as CodeRange;
  const turned = high.findIndex((end, i) => end < low[i]!);
  if (turned >= 0) refuse(`${at}.high[${turned}]`, `at least ${low[turned]}, the low end`, high[turned]);
};

/** The lower triangle of a matrix whose diagonal is positive. */
function triangle(size: number): Check {
  return (value, at) => {
    list(root, [(size * (size + 1)) / 2])(value, at);
    for (let i = 0, pivot = 0; i < size; i++, pivot += i + 1) {
      positive((value as readonly number[])[pivot], `${at}[${pivot}]`);
    }
  };
}

/**
 * Refuses what is no calibration of examples of that many values.
 *
 * @throws GargaloError `bad-input` with the place
 */
export function checkCalibration(found: unknown, size: number): asserts found is Calibration {
  const at = 'calibration';
  record({
    data: text,
    examples: count,
    of: count,
    classes: optional(list(text)),
    groups: optional(list(text)),
    heldOut: optional(record({ data: text, examples: count })),
    scores: distributions,
    rowScores: optional(distributions),
    rowsBy: optional(oneOf(['window'])),
    codes: optional(codeRange),
    errors: optional(record({ mean: list(finite, [size]), deviation: list(deviation, [size]) })),
    whitening: optional(triangle(size)),
    references: optional(references(size)),
    patterns: optional(patterns(size)),
  })(found, at);
  const { scores, rowScores, rowsBy, codes, errors, whitening, ...kept } = found as Calibration;
  record({ error: record({}) })(scores, `${at}.scores`);
  if (whitening && !errors) refuse(`${at}.errors`, 'an object', errors);
  if (scores.combined && !kept.references) refuse(`${at}.references`, 'an object', kept.references);
  if (rowScores?.pattern && !(kept.patterns && codes && rowsBy)) {
    refuse(`${at}.rowScores.pattern`, 'none without patterns, codes and rowsBy of the calibration', 'one');
  }
}
