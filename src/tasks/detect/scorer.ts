import { badInput } from '../../core/errors.js';
import { type Autoencoder, runtimeFor } from '../../models/autoencoder.js';
import { type Calibration, type Patterns, type ScoreName, weightedParts } from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { broughtBack } from './passes.js';
import { openPatterns } from './pattern.js';
import { openReferences } from './references.js';
import { addPart, contributionsOf, errorsOf, scaledBy, squareShares, total } from './scoring.js';
import type { WindowPlace } from './series.js';
import { surprise } from './surprise.js';

/** Scores blocks of examples. */
export interface Scorer {
  /**
   * @param original [n, size] raw units
   * @param rebuilt the same as the model rebuilds it
   * @param places of windows of a series where each lies in it
   * @returns [n, size] the part of each value in the score of its example, none negative
   */
  contributions(
    original: Uint8Array | Float32Array,
    rebuilt: Float32Array,
    places?: readonly WindowPlace[],
  ): Promise<Float64Array>;
  close(): Promise<void>;
}

/** What is left to a caller of {@link openScorer}. */
interface ScorerOptions {
  /** Whether windows are those of the series that was trained on: they are not compared with themselves. */
  readonly robust?: boolean | undefined;
  /** Where neighbours are looked for; by default on the runtime of the autoencoder. */
  readonly runtime?: RuntimeOptions | undefined;
}

async function openCombined(
  autoencoder: Autoencoder,
  references: NonNullable<Calibration['references']>,
  runtime: RuntimeOptions | undefined,
): Promise<Scorer> {
  const { specification } = autoencoder;
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const toScaled = scaledBy(specification);
  const search = await openReferences(references, size, runtime);
  const parts = weightedParts(references);
  return {
    async contributions(original, rebuilt) {
      const count = rebuilt.length / size;
      const { found, terms } = await search.compare(toScaled(original));
      const moved = await broughtBack(autoencoder, rebuilt, (references.passes ?? 1) - 1);
      const contributions = new Float64Array(count * size);
      const error = new Float64Array(size);
      for (let n = 0; n < count; n++) {
        const of = (values: Float64Array) => values.subarray(n * size, (n + 1) * size);
        toErrors(original, moved, n * size, error);
        squareShares(error, error);
        for (const { part, distribution, weight } of parts) {
          const [value, own] = part === 'error' ? [total(error), error] : [found[part][n]!, of(terms[part])];
          addPart(weight * surprise(distribution, value), own, of(contributions));
        }
      }
      return contributions;
    },
    close: () => search.close(),
  };
}

async function openPattern(
  specification: Pick<Specification, 'input'>,
  patterns: Patterns,
  { robust, runtime }: ScorerOptions,
): Promise<Scorer> {
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const toScaled = scaledBy(specification);
  const scorer = await openPatterns(patterns, specification, runtime);
  const spanOf = ({ start, rows, span }: WindowPlace) => {
    if (patterns.timed) return span;
    return robust ? ([start, start + rows - 1] as const) : undefined;
  };
  return {
    contributions(original, rebuilt, places = []) {
      const errors = new Float64Array(rebuilt.length);
      for (let at = 0; at < rebuilt.length; at += size) {
        toErrors(original, rebuilt, at, errors.subarray(at, at + size));
      }
      return scorer.contributions({ windows: toScaled(original), errors, spans: places.map(spanOf) });
    },
    close: () => scorer.close(),
  };
}

/** A score that is made of the errors of an example alone. */
function openErrors(
  { specification }: Autoencoder,
  score: Exclude<ScoreName, 'combined' | 'pattern'>,
  calibration: Calibration,
): Scorer {
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const contribute = contributionsOf(specification, score, calibration);
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

/**
 * Puts a score to work. Close it when done.
 *
 * Values that are too large for the network's 32-bit floats make errors that are no numbers. They are larger than any that could be
 * measured: their part is infinite, so that no verdict takes them for normal.
 *
 * @throws GargaloError `bad-input` where the calibration has nothing to make it with
 */
export async function openScorer(
  autoencoder: Autoencoder,
  score: ScoreName,
  calibration: Calibration,
  options: ScorerOptions = {},
): Promise<Scorer> {
  const runtime = await runtimeFor(autoencoder, options.runtime);
  const scorer =
    score === 'combined'
      ? await openCombined(autoencoder, referencesOf(calibration), runtime)
      : score === 'pattern'
        ? await openPattern(autoencoder.specification, patternsOf(calibration), { ...options, runtime })
        : openErrors(autoencoder, score, calibration);
  return {
    async contributions(...block) {
      const contributions = await scorer.contributions(...block);
      for (let i = 0; i < contributions.length; i++) {
        if (Number.isNaN(contributions[i])) contributions[i] = Number.POSITIVE_INFINITY;
      }
      return contributions;
    },
    close: () => scorer.close(),
  };
}

/** @throws GargaloError `bad-input` where there are none */
export function referencesOf({ references }: Pick<Calibration, 'references'>): NonNullable<Calibration['references']> {
  if (references) return references;
  throw badInput(
    'score',
    'expected a model that keeps training rows to compare with, got one without',
    'train with `kind: "detecting"` on the rows of a table, or use `score: "error"`',
  );
}

/** @throws GargaloError `bad-input` where there are none */
export function patternsOf({ patterns }: Pick<Calibration, 'patterns'>): Patterns {
  if (patterns) return patterns;
  throw badInput(
    'score',
    'expected a model that keeps windows of its training series to compare with, got one without',
    'use `score: "error"`, or calibrate it on a series: `calibrate` <data>',
  );
}
