import { createRuntime } from '#runtime';
import { distanceBlocks } from '../../analysis/statistics/neighbours.js';
import { columnMeans, rowsAt } from '../../analysis/statistics/rows.js';
import { badInput } from '../../core/errors.js';
import { rowAt } from '../../core/vectors.js';
import { floatsFromBase64, floatsToBase64 } from '../../data/base64.js';
import type { Patterns } from '../../models/calibration.js';
import type { Specification } from '../../models/specification.js';
import type { Runtime, RuntimeOptions } from '../../runtime/runtime.js';
import { mostReferences } from './references.js';
import { roughnessOf, stretchesOf, usualSteps } from './roughness.js';
import { addPart, squareShares, total } from './scoring.js';
import { partDistribution, surprise } from './surprise.js';

/** Windows that are kept at most. */
const MOST_WINDOWS = 1000;

/** Where a window begins and ends: the times or the positions of its first and its last row. */
export type Span = readonly [number, number];

/** Windows of a series, in scaled units. */
export interface PatternWindows {
  /** [n, window, features] */
  readonly windows: Float32Array;
  /** [n, window, features] their errors from bounded codes. */
  readonly errors: Float64Array;
  /** Where each lies; windows without a span are compared with all. */
  readonly spans: readonly (Span | undefined)[];
}

/** Each window less its own mean, feature by feature: a level that has moved is a matter of the error, not of the distance. */
function centred(windows: Float32Array, window: number, features: number): Float32Array {
  const size = window * features;
  const moved = new Float32Array(windows.length);
  for (let n = 0; n < windows.length / size; n++) {
    const own = rowAt(windows, size, n);
    const means = columnMeans(own, features);
    moved.set(
      own.map((value, i) => value - means[i % features]!),
      n * size,
    );
  }
  return moved;
}

const overlap = (a: Span, b: Span): boolean => a[0] <= b[1] && b[0] <= a[1];

/** [n] the nearest kept window of each window that shares no row with it; −1 where there is none. */
async function nearestApart(
  runtime: Runtime,
  asked: Float32Array,
  spans: readonly (Span | undefined)[],
  kept: Float32Array,
  keptSpans: readonly Span[],
  size: number,
): Promise<Int32Array> {
  const nearest = new Int32Array(asked.length / size);
  const count = kept.length / size;
  for await (const { start, end, squares } of distanceBlocks(runtime, asked, kept, size)) {
    for (let n = start; n < end; n++) {
      const [own, from] = [spans[n], (n - start) * count];
      let [best, least] = [-1, Number.POSITIVE_INFINITY];
      for (let i = 0; i < count; i++) {
        const square = squares[from + i]!;
        if (!(square < least) || (own && overlap(own, keptSpans[i]!))) continue;
        [best, least] = [i, square];
      }
      nearest[n] = best;
    }
  }
  return nearest;
}

/** The squared differences of a window from its nearest one, over their number: written, and their sum. */
function distanceTerms(
  asked: Float32Array,
  n: number,
  kept: Float32Array,
  nearest: number,
  into: Float64Array,
): number {
  const size = into.length;
  if (nearest < 0) {
    into.fill(0);
    return 0;
  }
  for (let i = 0; i < size; i++) into[i] = (asked[n * size + i]! - kept[nearest * size + i]!) ** 2 / size;
  return total(into);
}

/** The mean over the features of each stretch. */
function stretchMeans(roughness: Float64Array, features: number): Float64Array {
  return Float64Array.from({ length: roughness.length / features }, (_, stretch) =>
    rowAt(roughness, features, stretch).reduce((mean, value) => mean + value / features, 0),
  );
}

/** Scores windows by how rare their pattern is. */
export interface PatternScorer {
  /** @returns [n, window, features] the part of each value in the score of its window, none negative */
  contributions(asked: PatternWindows): Promise<Float64Array>;
  close(): Promise<void>;
}

function scorerFrom(
  runtime: Runtime,
  [window, features]: readonly [number, number],
  patterns: Patterns,
  kept: Float32Array,
): PatternScorer {
  const size = window * features;
  const { parts, steps } = patterns;
  const keptSpans = Array.from(
    { length: patterns.count },
    (_, i): Span => [patterns.spans[2 * i]!, patterns.spans[2 * i + 1]!],
  );
  const { rows, count } = stretchesOf(window);
  return {
    async contributions({ windows, errors, spans }) {
      const moved = centred(windows, window, features);
      const nearest = await nearestApart(runtime, moved, spans, kept, keptSpans, size);
      const roughness = roughnessOf(windows, window, features, steps);
      const means = stretchMeans(roughness, features);
      const contributions = new Float64Array(windows.length);
      const terms = new Float64Array(size);
      for (let n = 0; n < nearest.length; n++) {
        const into = contributions.subarray(n * size, (n + 1) * size);
        squareShares(rowAt(errors, size, n), terms);
        addPart(surprise(parts.error, total(terms)), terms, into);
        if (nearest[n]! >= 0) {
          addPart(surprise(parts.distance, distanceTerms(moved, n, kept, nearest[n]!, terms)), terms, into);
        }
        for (let stretch = 0; stretch < count; stretch++) {
          const at = n * count + stretch;
          const own = roughness.subarray(at * features, (at + 1) * features);
          const each = Float64Array.from({ length: rows * features }, (_, i) => own[i % features]!);
          const from = stretch * rows * features;
          addPart(surprise(parts.roughness, means[at]!) / count, each, into.subarray(from, from + each.length));
        }
      }
      return contributions;
    },
    close: () => runtime.close(),
  };
}

/**
 * Puts kept windows to work.
 *
 * @throws GargaloError `bad-input` where they do not fit the model
 */
export async function openPatterns(
  patterns: Patterns,
  { input }: Pick<Specification, 'input'>,
  runtime?: RuntimeOptions,
): Promise<PatternScorer> {
  const shape = input.shape as [number, number];
  const windows = floatsFromBase64(patterns.windows);
  if (windows?.length !== patterns.count * shape[0] * shape[1] || patterns.steps.floor.length !== shape[1]) {
    throw badInput('calibration', `expected windows of ${shape[0]} rows, got damaged ones`);
  }
  return scorerFrom(await createRuntime(runtime), shape, patterns, centred(windows, ...shape));
}

/** What is learned of training windows, beside their own scores. */
export interface LearnedPatterns {
  readonly patterns: Patterns;
  /** [n] */
  readonly scores: Float64Array;
}

/**
 * Learns what training windows look like: some of them are kept, evenly spread, and each is compared with those that share no row
 * with it. So a stretch that was seen once is far from all others, also where it was trained on (the discord of Keogh et al. 2005,
 * the matrix profile of Yeh et al. 2016).
 *
 * @param trained all training windows, with the positions of their rows
 * @param times where they lie in time, for comparisons with other series; undefined where there are no times
 * @returns undefined where there are too few windows that share nothing
 */
export async function learnPatterns(
  trained: PatternWindows & { readonly spans: readonly Span[] },
  times: readonly Span[] | undefined,
  { input }: Pick<Specification, 'input'>,
  options?: RuntimeOptions,
): Promise<LearnedPatterns | undefined> {
  const [window, features] = input.shape as [number, number];
  const { windows, errors, spans } = trained;
  const size = window * features;
  const most = Math.min(MOST_WINDOWS, mostReferences(size));
  if (most < 2 || spans.length < 2) return undefined;
  const apart = Math.ceil(spans.length / most);
  const chosen = Array.from({ length: Math.ceil(spans.length / apart) }, (_, i) => i * apart);
  const kept = rowsAt(windows, size, chosen);
  const [moved, keptMoved] = [centred(windows, window, features), centred(kept, window, features)];
  const keptSpans = chosen.map((i) => spans[i]!);
  const runtime = await createRuntime(options);
  try {
    const nearest = await nearestApart(runtime, moved, spans, keptMoved, keptSpans, size);
    const compared = [...nearest.keys()].filter((n) => nearest[n]! >= 0);
    if (compared.length < 2) return undefined;
    const terms = new Float64Array(size);
    const distances = Float64Array.from(nearest, (kept, n) => distanceTerms(moved, n, keptMoved, kept, terms));
    const squares = Float64Array.from(spans, (_, n) => {
      squareShares(rowAt(errors, size, n), terms);
      return total(terms);
    });
    const steps = usualSteps(windows, window, features);
    const roughness = stretchMeans(roughnessOf(windows, window, features, steps), features);
    const parts = {
      error: partDistribution(squares.slice()),
      distance: partDistribution(Float64Array.from(compared, (n) => distances[n]!)),
      roughness: partDistribution(roughness.slice()),
    };
    const { count } = stretchesOf(window);
    const scores = squares.map((square, n) => {
      const stretches = roughness.subarray(n * count, (n + 1) * count);
      return (
        surprise(parts.error, square) +
        (nearest[n]! >= 0 ? surprise(parts.distance, distances[n]!) : 0) +
        stretches.reduce((sum, value) => sum + surprise(parts.roughness, value) / count, 0)
      );
    });
    const patterns = {
      count: chosen.length,
      windows: floatsToBase64(kept),
      spans: chosen.flatMap((i) => [...(times ?? spans)[i]!]),
      timed: times !== undefined,
      steps,
      parts,
    };
    return { patterns, scores };
  } finally {
    await runtime.close();
  }
}
