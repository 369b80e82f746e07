import { badInput } from '../../errors.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import { type Calibration, type ScoreName, weightedParts } from '../../models/calibration.js';
import { inputSize } from '../../models/specification.js';
import { broughtBack } from './passes.js';
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

/**
 * Adds a part of an example's score, divided among the columns as they made it: the error as squared errors, the distances as squared
 * differences from the neighbours, what is rare column by column as it is.
 *
 * @param terms [size] none negative
 * @param into [size]
 */
function addPart(score: number, terms: Float64Array, into: Float64Array): void {
  const whole = total(terms);
  for (let i = 0; i < into.length; i++) into[i]! += score * (whole > 0 ? terms[i]! / whole : 1 / into.length);
}

async function openCombined(
  autoencoder: Autoencoder,
  references: NonNullable<Calibration['references']>,
): Promise<Scorer> {
  const { specification } = autoencoder;
  const size = inputSize(specification);
  const toErrors = errorsOf(specification);
  const toScaled = scaledBy(specification);
  const search = await openReferences(references, size);
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
        for (let i = 0; i < size; i++) error[i] = error[i]! ** 2 / size;
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

/**
 * Puts a score to work on whole examples. Close it when done.
 *
 * @throws GargaloError `bad-input` where the calibration has nothing to make it with
 */
export async function openScorer(
  autoencoder: Autoencoder,
  score: ScoreName,
  calibration: Calibration,
): Promise<Scorer> {
  if (score === 'combined') return openCombined(autoencoder, referencesOf(calibration));
  if (score === 'pattern') throw notRows();
  const { specification } = autoencoder;
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
