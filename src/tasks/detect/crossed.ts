import { createRandom } from '../../core/random.js';
import { type ScorePart, scoreParts } from '../../models/calibration.js';
import { doubleRank } from './coordinates.js';

/** Crossed rows that are made. */
const CROSSED = 600;
/** The share of the values of a crossed row that come from the other row; at least one does, and at least one does not. */
const FROM_OTHER = 0.3;

/**
 * Rows that could be anomalies, made of training rows: in each, some values are those of another row. Every value
 * is a usual one, but they need not go together.
 *
 * @param rows [n, size] of at least one row
 * @returns [600, size]
 */
export function crossedRows(rows: Float32Array, size: number): Float32Array {
  const random = createRandom(0, 'crossed');
  const drawn = (count: number) => Math.min(count - 1, Math.floor(random.uniform() * count));
  const crossed = new Float32Array(CROSSED * size);
  for (let start = 0; start < crossed.length; start += size) {
    const [one, other] = [drawn(rows.length / size) * size, drawn(rows.length / size) * size];
    const kept = drawn(size);
    const taken = (kept + 1 + drawn(Math.max(1, size - 1))) % size;
    for (let j = 0; j < size; j++) {
      const isOther = j === taken || (j !== kept && random.uniform() < FROM_OTHER);
      crossed[start + j] = rows[(isOther ? other : one) + j]!;
    }
  }
  return crossed;
}

/** Areas under the ROC curve that lie so far apart have weights that differ by the factor e. */
const TEMPERATURE = 0.2;

/** The probability that a value of the others lies above one of the usual ones, ties counted half. */
function areaAbove(usual: Float64Array, others: Float64Array): number {
  const sorted = Float64Array.from(usual).sort();
  return others.reduce((sum, value) => sum + doubleRank(sorted, value), 0) / (2 * usual.length * others.length);
}

/**
 * What each part of the combined score counts. A part that tells crossed rows from training rows well describes how the columns of
 * these data go together, and counts more: the weights are a softmax of the areas under the ROC curve. No labels are needed
 * for it. Where there is one column, nothing can be crossed, and all parts count the same.
 *
 * @param usual of each part its values for training rows, each compared with the others
 * @param crossed its values for crossed rows
 * @param columns of the rows
 * @returns weights that sum to 1
 */
export function partWeights(
  usual: Readonly<Record<ScorePart, Float64Array>>,
  crossed: Readonly<Record<ScorePart, Float64Array>>,
  columns: number,
): Record<ScorePart, number> {
  const area = (part: ScorePart) => (columns > 1 ? areaAbove(usual[part], crossed[part]) : 0.5);
  const raised = scoreParts.map((part) => Math.exp(area(part) / TEMPERATURE));
  const sum = raised.reduce((a, b) => a + b, 0);
  const [error, distance, relative, marginal] = raised.map((weight) => Number((weight / sum).toPrecision(8)));
  return { error: error!, distance: distance!, relative: relative!, marginal: marginal! };
}
