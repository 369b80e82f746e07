import { badInput } from '../../core/errors.js';
import { squaredDistance } from '../../core/vectors.js';

/**
 * Peak signal-to-noise ratio of images, 10 log₁₀(peak² / mean squared error), in decibels; infinite where nothing differs.
 *
 * @param peak the largest value that an image may have: 255 for bytes, 1 for scaled ones
 * @throws GargaloError `bad-input` where lengths differ or there is nothing to compare
 */
export function peakSignalToNoise(clean: ArrayLike<number>, other: ArrayLike<number>, peak = 255): number {
  if (clean.length !== other.length || clean.length === 0) {
    throw badInput('images', `expected as many values on both sides, got ${clean.length} and ${other.length}`);
  }
  return 10 * Math.log10((peak * peak * clean.length) / squaredDistance(clean, 0, other, 0, clean.length));
}

/** Squared errors that differ by less than this share of the one compared with count as equal. */
export const EQUAL_SHARE = 0.02;

/**
 * Outputs of PCA leave 0 … 1, where bce is infinite, and are clipped to this distance from its ends. A wider margin would
 * flatter PCA on data that lie at the ends (most of MNIST's pixels are 0); 1e-6 is about what a sigmoid in 32 bits can say.
 */
export const BCE_MARGIN = 1e-6;

/** −x log y − (1−x) log(1−y), summed; 0 log 0 is 0. `y` is kept `margin` away from 0 and 1. */
export function crossEntropy(x: Float32Array, y: Float32Array, margin = BCE_MARGIN): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const target = x[i] ?? Number.NaN;
    const output = Math.min(1 - margin, Math.max(margin, y[i] ?? Number.NaN));
    if (target > 0) sum -= target * Math.log(output);
    if (target < 1) sum -= (1 - target) * Math.log(1 - output);
  }
  return sum;
}

/** Whether bce applies to scaled values. */
export function isUnit(values: Float32Array): boolean {
  return values.every((value) => value >= 0 && value <= 1);
}
