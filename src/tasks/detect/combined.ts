import { rowsAt } from '../../analysis/statistics/rows.js';
import { createRandom, permutation } from '../../core/random.js';
import { stopWhereAborted } from '../../core/work.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import {
  distributionOf,
  type References,
  type ScoreDistribution,
  type ScorePart,
  weightedParts,
} from '../../models/calibration.js';
import { inputSize } from '../../models/specification.js';
import type { CalibrateOptions } from './calibrate.js';
import { crossedRows, partWeights } from './crossed.js';
import { errorsAfterPasses, PASSES } from './passes.js';
import type { RebuiltRows } from './pieces.js';
import { learnReferences, mostReferences, openReferences } from './references.js';
import { scaledBy } from './scoring.js';
import { partDistribution, surprise } from './surprise.js';

/** Rows that are compared between two looks at whether to stop. */
const COMPARED_AT_ONCE = 4096;

/** A sample of rows, in their order. */
function sampleOf({ rows, rebuilt }: RebuiltRows, size: number): RebuiltRows {
  const chosen = permutation(rows.length / size, createRandom(0, 'references'))
    .subarray(0, mostReferences(size))
    .sort();
  return { rows: rowsAt(rows, size, chosen), rebuilt: rowsAt(rebuilt, size, chosen) };
}

/** The combined scores of rows, by the values of the parts for each. */
function scoresFrom(
  references: Pick<References, 'parts' | 'weights'>,
  values: Readonly<Record<ScorePart, Float64Array>>,
): Float64Array {
  const scores = new Float64Array(values.error.length);
  for (const { part, distribution, weight } of weightedParts(references)) {
    for (const [n, value] of values[part].entries()) scores[n]! += weight * surprise(distribution, value);
  }
  return scores;
}

/** What the combined score compares rows with, and the scores that others like those have. */
export interface CombinedCalibration {
  readonly references: References;
  readonly distribution: ScoreDistribution;
}

/**
 * Learns what the combined score is made with, and its distribution.
 *
 * @param trained training rows, at least 2
 * @param heldOut rows that the distribution is that of; those among the training rows that are kept where there are none
 * @throws GargaloError `cancelled`
 */
export async function combinedCalibration(
  autoencoder: Autoencoder,
  trained: RebuiltRows,
  heldOut: RebuiltRows | undefined,
  { signal, runtime }: Pick<CalibrateOptions, 'signal' | 'runtime'> = {},
): Promise<CombinedCalibration> {
  const stop = () => stopWhereAborted(signal, 'calibration');
  stop();
  const { specification } = autoencoder;
  const size = inputSize(specification);
  const toScaled = scaledBy(specification);
  const errors = ({ rows, rebuilt }: RebuiltRows) => errorsAfterPasses(autoencoder, rows, rebuilt, PASSES, { signal });
  const sample = sampleOf(trained, size);
  const crossed = crossedRows(sample.rows, size);
  const learned = await learnReferences(toScaled(sample.rows), size, toScaled(crossed), runtime);
  const own = { error: await errors(sample), ...learned.own };
  const ofCrossed = {
    error: await errors({ rows: crossed, rebuilt: await autoencoder.reconstruct(crossed, { signal }) }),
    ...learned.others,
  };
  const references: References = {
    ...learned.references,
    parts: {
      error: partDistribution(own.error.slice()),
      distance: partDistribution(own.distance.slice()),
      relative: partDistribution(own.relative.slice()),
      marginal: partDistribution(own.marginal.slice()),
    },
    weights: partWeights(own, ofCrossed, size),
    passes: PASSES,
  };
  if (!heldOut) return { references, distribution: distributionOf(scoresFrom(references, own)) };
  const search = await openReferences(references, size, runtime);
  try {
    const scores = new Float64Array(heldOut.rows.length / size);
    for (let start = 0; start < scores.length; start += COMPARED_AT_ONCE) {
      stop();
      const end = Math.min(start + COMPARED_AT_ONCE, scores.length);
      const part = (all: Float32Array) => all.subarray(start * size, end * size);
      const asked = { rows: part(heldOut.rows), rebuilt: part(heldOut.rebuilt) };
      const { found } = await search.compare(toScaled(asked.rows));
      scores.set(scoresFrom(references, { error: await errors(asked), ...found }), start);
    }
    return { references, distribution: distributionOf(scores) };
  } finally {
    await search.close();
  }
}
