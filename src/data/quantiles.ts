import { createRandom, type Random } from '../core/random.js';
import { type Dataset, featureCount } from './dataset.js';
import { readBlocks } from './stream.js';

/** Numbers kept of all features together. */
const KEPT = 2 ** 24;
const MOST = 2 ** 16;
const FEWEST = 101;

/** How many numbers are kept of each of so many features. */
export function sampleSize(features: number): number {
  return Math.max(FEWEST, Math.min(MOST, Math.floor(KEPT / features)));
}

/** A random sample of numbers that come one by one, in constant memory. */
export interface Sample {
  add(value: number): void;
  /**
   * The value below which a part of the sample lies, linear between two of them (the default of NumPy and R); NaN where
   * there is none.
   */
  quantile(part: number): number;
}

/**
 * Keeps the first `size` numbers, and later ones instead of them with the chance that makes each equally likely to be kept
 * (Vitter 1985; how many are skipped is drawn at once: Li 1994, algorithm L). Exact while no more than `size` came.
 */
export function createSample(size: number, open: () => Random): Sample {
  // columns may be many, and rows few: nothing is made before it is needed
  let kept = new Float64Array(0);
  let random: Random | undefined;
  let count = 0;
  let next = size;
  let weight = 1;
  let sorted: Float64Array | undefined;
  const drawn = (): Random => (random ??= open());
  const positive = () => 1 - drawn().uniform();
  const skip = (): void => {
    weight *= positive() ** (1 / size);
    next += Math.floor(Math.log(positive()) / Math.log1p(-weight)) + 1;
  };
  return {
    add(value) {
      if (count < size) {
        if (count === kept.length) {
          const wider = new Float64Array(Math.min(size, Math.max(8, 2 * count)));
          wider.set(kept);
          kept = wider;
        }
        kept[count++] = value;
        if (count === size) {
          next = size - 1;
          skip();
        }
      } else {
        if (count++ !== next) return;
        kept[drawn().integer(size)] = value;
        skip();
      }
      sorted = undefined;
    },
    quantile(part) {
      const length = Math.min(count, size);
      if (length === 0) return Number.NaN;
      sorted ??= kept.slice(0, length).sort();
      const at = part * (length - 1);
      const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      return low + (at - Math.floor(at)) * (high - low);
    },
  };
}

/**
 * Quantiles of each feature (of sequences, of each column), NaN left out: exact up to 65,536 examples of up to 256 features,
 * else of a random sample, the same for the same seed.
 *
 * @returns for each feature its value at each of the parts
 */
export async function quantiles(dataset: Dataset, parts: readonly number[], seed = 0): Promise<number[][]> {
  const width = featureCount(dataset);
  const samples = Array.from({ length: width }, (_, j) =>
    createSample(sampleSize(width), () => createRandom(seed, `sample/${j}`)),
  );
  for await (const { values } of readBlocks(dataset)) {
    for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === width ? 0 : j + 1) {
      const value = values[i]!;
      if (!Number.isNaN(value)) samples[j]!.add(value);
    }
  }
  return samples.map((sample) => parts.map((part) => sample.quantile(part)));
}
