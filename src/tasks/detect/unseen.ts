import { type CellStates, cellState } from '../../data/table/encode.js';
import { featureStarts, type TableSchema } from '../../data/table/schema.js';
import { type ScoreDistribution, thresholdOf } from '../../models/calibration.js';
import { total } from './scoring.js';

/**
 * Raises the scores of rows with cells that were filled in or that the model has not seen. The features of such cells are 0 or the usual value:
 * without this, the rows would look more normal than any row that is known. A word that was not seen in training counts as much as the whole score of the most unusual training row; a cell that was filled in
 * counts at least as much as one of a usual row, the median score over the number of columns; a row without any known cell counts
 * as one with a word that was not seen. What is added goes to the first feature of the column.
 *
 * @returns changes contributions [n, features] in place
 */
export function unseenRaiser(schema: TableSchema, distribution: ScoreDistribution) {
  const starts = featureStarts(schema);
  const count = schema.columns.length;
  const [median, top] = [thresholdOf(distribution, 0.5), thresholdOf(distribution, 1)];
  return (states: CellStates, contributions: Float64Array): void => {
    const width = starts.at(-1)!;
    for (let n = 0; n < contributions.length / width; n++) {
      const of = states.subarray(n * count, (n + 1) * count);
      if (of.every((state) => state === cellState.known)) continue;
      const isEmpty = of.every((state) => state !== cellState.known);
      for (let i = 0; i < count; i++) {
        const own = contributions.subarray(n * width + starts[i]!, n * width + starts[i + 1]!);
        if (of[i] === cellState.filled) {
          const least = isEmpty ? (top + median) / count : median / count;
          const missing = least - total(own);
          if (missing > 0) own[0]! += missing;
        } else if (of[i] === cellState.unseen) {
          const whole = total(own) + top + median;
          own.fill(0);
          own[0] = whole;
        }
      }
    }
  };
}

/** The names of what a row's score is put down to: of a cell that is filled in or was not seen its column, else the feature. */
export function causeNames(schema: TableSchema | undefined, names: readonly string[]) {
  const starts = schema ? featureStarts(schema) : [];
  return (cells: CellStates | undefined, row: number, feature: number): string => {
    if (!schema || !cells) return names[feature]!;
    const column = starts.findLastIndex((start) => start <= feature);
    const state = cells[row * schema.columns.length + column];
    return state === cellState.known ? names[feature]! : schema.columns[column]!.name;
  };
}
