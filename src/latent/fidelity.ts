import { badInput } from '../errors.js';

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
  let squares = 0;
  for (let i = 0; i < clean.length; i++) squares += ((clean[i] as number) - (other[i] as number)) ** 2;
  return 10 * Math.log10((peak * peak * clean.length) / squares);
}
