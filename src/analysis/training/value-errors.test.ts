import { describe, expect, it } from 'vitest';
import { arrayDataset } from '../../data/dataset.js';
import { windowsOf } from '../../data/windows.js';
import { namedValues, sumByValue } from './value-errors.js';

describe('errors by value', () => {
  it('are variances and mean squared errors over all blocks, wherever they are centred', () => {
    for (const centre of [
      [0, 0],
      [2, -7],
    ]) {
      const sums = sumByValue(centre);
      sums.add({ input: Float32Array.of(1, 5), network: Float32Array.of(1, 4), pca: Float32Array.of(3, 5) });
      sums.add({ input: Float32Array.of(3, 5), network: Float32Array.of(2, 5), pca: Float32Array.of(3, 7) });
      expect(sums.means()).toEqual({
        variance: Float64Array.of(1, 0),
        network: Float64Array.of(0.5, 0.5),
        pca: Float64Array.of(2, 2),
      });
    }
  });

  it('have the names of a table, and are summed over the steps of windows', () => {
    const errors = {
      variance: Float64Array.of(1, 2, 3, 4),
      network: Float64Array.of(0, 1, 0, 1),
      pca: Float64Array.of(2, 2, 2, 2),
    };
    const columns = ['a', 'b', 'c', 'd'];
    const table = arrayDataset(new Float32Array(8), { name: 'table', shape: [4], columns });
    expect(namedValues(errors, table).names).toEqual(columns);
    const rows = arrayDataset(new Float32Array(8), { name: 'rows', shape: [2], columns: ['x', 'y'] });
    expect(namedValues(errors, windowsOf(rows, { window: 2 }))).toEqual({
      names: ['x', 'y'],
      variance: Float64Array.of(4, 6),
      network: Float64Array.of(0, 2),
      pca: Float64Array.of(4, 4),
    });
  });
});
