import { badInput } from '../../errors.js';
import { type Calibration, type ScoreName, type ScorePart, scoreParts } from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { openReferences } from './references.js';
import { contributionsOf, errorsOf, scaledBy, total } from './scoring.js';
import { surprise } from './surprise.js';

/** Scores blocks of examples. */
export interface Scorer {
  /**
   * @param original [n, size] raw units
   * @param rebuilt the same as the model rebuilds it
   * @returns [n, size] the part of each value in the score of its example, none negative
   */
  contributions(original: Uint8Array | Float32Array, rebuilt: Float32Array): Promise<Float64Array>;
  close(): Promise<void>;
}

/** How surprising each part of an example's score is. */
export type Parts = Readonly<Record<ScorePart, number>>;

/**
 * Adds up how surprising the parts of an example's score are, each divided among the columns as they made it: the error as
 * squared errors, the distances as squared differences from the neighbours.
 *
 * @param terms [size] of each part, none negative
 * @param into [size]
 */
export function addParts(surprises: Parts, terms: Readonly<Record<ScorePart, Float64Array>>, into: Float64Array): void {
  into.fill(0);
  for (const part of scoreParts) {
    const whole = total(terms[part]);
    for (let i = 0; i < into.length; i++) {
      into[i]! += surprises[part] * (whole > 0 ? terms[part][i]! / whole : 1 / into.length);
    }
  }
}

async function openCombined(
  specification: Pick<Specification, 'input'>,
  references: NonNullable<Calibration['references']>,
): Promise<Scorer> {
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const toScaled = scaledBy(specification);
  const search = await openReferences(references, size);
  const { parts } = references;
  return {
    async contributions(original, rebuilt) {
      const count = rebuilt.length / size;
      const compared = await search.compare(toScaled(original));
      const contributions = new Float64Array(count * size);
      const error = new Float64Array(size);
      for (let n = 0; n < count; n++) {
        const of = (values: Float64Array) => values.subarray(n * size, (n + 1) * size);
        toErrors(original, rebuilt, n * size, error);
        for (let i = 0; i < size; i++) error[i] = error[i]! ** 2 / size;
        addParts(
          {
            error: surprise(parts.error, total(error)),
            distance: surprise(parts.distance, compared.distance[n]!),
            relative: surprise(parts.relative, compared.relative[n]!),
          },
          { error, distance: of(compared.distanceTerms), relative: of(compared.relativeTerms) },
          of(contributions),
        );
      }
      return contributions;
    },
    close: () => search.close(),
  };
}

/**
 * Puts a score to work on whole examples. Close it when done.
 *
 * @throws GargaloError `bad-input` where the calibration has nothing to make it with
 */
export async function openScorer(
  specification: Pick<Specification, 'input'>,
  score: ScoreName,
  calibration: Calibration,
): Promise<Scorer> {
  if (score === 'combined') return openCombined(specification, referencesOf(calibration));
  if (score === 'pattern') throw notRows();
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

/** What is said where the pattern score is asked for of anything but rows of a series. */
export const notRows = () =>
  badInput('score', 'expected another for examples that are no rows of a series, got pattern', 'leave it out');

/** @throws GargaloError `bad-input` where there are none */
export function referencesOf({ references }: Pick<Calibration, 'references'>): NonNullable<Calibration['references']> {
  if (references) return references;
  throw badInput(
    'score',
    'expected a model that keeps training rows to compare with, got one without',
    'train with --kind detecting on the rows of a table, or use --score error',
  );
}
