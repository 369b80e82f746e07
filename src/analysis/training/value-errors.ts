import { itemAt } from '../../core/collections.js';
import { addRow } from '../../core/vectors.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';

/** How well each value of an example is rebuilt: of a window, each of its columns over all steps. */
export interface ValueErrors {
  /** Of a table; of pictures none. */
  readonly names?: readonly string[];
  /** Variance over the test data: the squared error of their mean. Scaled units. */
  readonly variance: Float64Array;
  /** Mean squared errors of network and PCA. */
  readonly network: Float64Array;
  readonly pca: Float64Array;
}

/** Sums over examples for each of their values, block by block. */
export interface ValueSums {
  /** Each [n, size], scaled units. */
  add(block: { readonly input: Float32Array; readonly network: Float32Array; readonly pca: Float32Array }): void;
  /** Means over the examples so far. */
  means(): ValueErrors;
}

/**
 * Sums up how far network and PCA are from each value.
 *
 * @param centre [size] values near the means, from which variances are taken so that no digits are lost
 */
export function sumByValue(centre: ArrayLike<number>): ValueSums {
  const size = centre.length;
  const [sum, squares] = [new Float64Array(size), new Float64Array(size)];
  const [network, pca] = [new Float64Array(size), new Float64Array(size)];
  let examples = 0;
  return {
    add(block) {
      const { input } = block;
      for (let at = 0; at < input.length; at += size) {
        for (let i = 0; i < size; i++) {
          const value = input[at + i] ?? Number.NaN;
          const distance = value - (centre[i] ?? Number.NaN);
          sum[i]! += distance;
          squares[i]! += distance * distance;
          network[i]! += (value - (block.network[at + i] ?? Number.NaN)) ** 2;
          pca[i]! += (value - (block.pca[at + i] ?? Number.NaN)) ** 2;
        }
      }
      examples += input.length / size;
    },
    means() {
      return {
        variance: squares.map((square, i) => Math.max(0, square / examples - (itemAt(sum, i) / examples) ** 2)),
        network: network.map((value) => value / examples),
        pca: pca.map((value) => value / examples),
      };
    },
  };
}

/** The errors of a table's columns with their names; of windows, the steps of a column are summed. */
export function namedValues(errors: ValueErrors, { shape, sequence, columns }: Dataset): ValueErrors {
  const size = exampleSize({ shape });
  if (!sequence) return columns?.length === size ? { ...errors, names: columns } : errors;
  const width = size / itemAt(shape, 0);
  const summed = (values: Float64Array): Float64Array => {
    const out = new Float64Array(width);
    for (let at = 0; at < size; at += width) addRow(out, 0, values, at, width);
    return out;
  };
  const names = columns?.length === width ? columns : undefined;
  return {
    ...(names && { names }),
    variance: summed(errors.variance),
    network: summed(errors.network),
    pca: summed(errors.pca),
  };
}
