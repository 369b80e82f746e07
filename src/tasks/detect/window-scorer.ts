import { badInput } from '../../errors.js';
import type { Calibration, Patterns, ScoreName } from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { openPatterns } from './pattern.js';
import { contributionsOf, errorsOf, scaledBy } from './scoring.js';
import type { WindowPlace } from './series.js';

/** Scores windows of a series, block by block. */
export interface WindowScorer {
  /**
   * @param original [n, size] raw units
   * @param rebuilt the same as the model rebuilds it
   * @param places where the windows lie
   * @returns [n, size] the part of each value in the score of its window, none negative
   */
  contributions(
    original: Uint8Array | Float32Array,
    rebuilt: Float32Array,
    places: readonly WindowPlace[],
  ): Promise<Float64Array>;
  close(): Promise<void>;
}

/** @throws GargaloError `bad-input` where there are none */
export function patternsOf({ patterns }: Pick<Calibration, 'patterns'>): Patterns {
  if (patterns) return patterns;
  throw badInput(
    'score',
    'expected a model that keeps windows of its training series to compare with, got one without',
    'use --score error, or calibrate it on a series: --calibrate <data>',
  );
}

async function openPattern(
  specification: Pick<Specification, 'input'>,
  patterns: Patterns,
  trained: boolean,
): Promise<WindowScorer> {
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const toScaled = scaledBy(specification);
  const scorer = await openPatterns(patterns, specification);
  const spanOf = ({ start, rows, span }: WindowPlace) => {
    if (patterns.timed) return span;
    return trained ? ([start, start + rows - 1] as const) : undefined;
  };
  return {
    contributions(original, rebuilt, places) {
      const errors = new Float64Array(rebuilt.length);
      for (let at = 0; at < rebuilt.length; at += size) {
        toErrors(original, rebuilt, at, errors.subarray(at, at + size));
      }
      return scorer.contributions({ windows: toScaled(original), errors, spans: places.map(spanOf) });
    },
    close: () => scorer.close(),
  };
}

/**
 * Puts a score to work on windows of a series. Close it when done.
 *
 * @param trained whether the series is the one that was trained on
 * @throws GargaloError `bad-input` where the calibration has nothing to make it with
 */
export async function openWindowScorer(
  specification: Pick<Specification, 'input'>,
  score: ScoreName,
  calibration: Calibration,
  trained: boolean,
): Promise<WindowScorer> {
  if (score === 'pattern') return openPattern(specification, patternsOf(calibration), trained);
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const contribute = contributionsOf(specification, score === 'combined' ? 'error' : score, calibration);
  const error = new Float64Array(size);
  return {
    async contributions(original, rebuilt) {
      const contributions = new Float64Array(rebuilt.length);
      for (let at = 0; at < rebuilt.length; at += size) {
        toErrors(original, rebuilt, at, error);
        contribute(error, contributions.subarray(at, at + size));
      }
      return contributions;
    },
    close: async () => undefined,
  };
}
