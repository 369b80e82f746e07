import { columnOf, sumOf } from '../../core/vectors.js';
import type { PictureLook } from '../../data/look.js';

/** Side and deviation of the window, constants for stability (Wang et al. 2004, section III.C). */
const SIDE = 11;
const DEVIATION = 1.5;
const [K1, K2] = [0.01, 0.03];

/**
 * The side of the window that pictures of a size are looked at through: 11 pixels, or the largest odd number that fits
 * into a smaller picture.
 */
export function windowSide({ width, height }: Pick<PictureLook, 'width' | 'height'>): number {
  const smaller = Math.min(width, height);
  return Math.min(SIDE, smaller % 2 === 1 ? smaller : smaller - 1);
}

function gaussianWindow(side: number): Float64Array {
  const middle = (side - 1) / 2;
  const weights = Float64Array.from({ length: side }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * DEVIATION ** 2)));
  const sum = sumOf(weights);
  return weights.map((weight) => weight / sum);
}

/** Weighted means over every window that lies within the picture: columns first, then rows. */
function windowMeans(values: Float64Array, width: number, height: number, weights: Float64Array): Float64Array {
  const side = weights.length;
  const [across, down] = [width - side + 1, height - side + 1];
  const weighted = (from: Float64Array, at: number, step: number): number => {
    let sum = 0;
    for (let i = 0; i < side; i++) sum += (weights[i] ?? Number.NaN) * (from[at + i * step] ?? Number.NaN);
    return sum;
  };
  const rows = new Float64Array(across * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < across; x++) rows[to++] = weighted(values, y * width + x, 1);
  }
  return new Float64Array(across * down).map((_, at) => weighted(rows, at, across));
}

/**
 * Structural similarity of two pictures, the mean over all windows within them: 1 where they are the same (Wang, Bovik,
 * Sheikh & Simoncelli 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity"), with their Gaussian
 * window of 11 pixels and deviation 1.5 and without the correction for samples; of colours the mean of the channels. In
 * pictures with sides below 11 the window is as large as fits; see {@link windowSide}.
 *
 * @param one [height, width] or [height, width, channels] row-major
 * @param other the same
 * @param peak the range of the values: 255 for bytes
 */
export function structuralSimilarity(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  { width, height, channels }: Pick<PictureLook, 'width' | 'height' | 'channels'>,
  peak = 255,
): number {
  const weights = gaussianWindow(windowSide({ width, height }));
  const [c1, c2] = [(K1 * peak) ** 2, (K2 * peak) ** 2];
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    const [x, y] = [columnOf(one, channels, channel), columnOf(other, channels, channel)];
    const means = (values: Float64Array) => windowMeans(values, width, height, weights);
    const [mx, my] = [means(x), means(y)];
    const productMeans = (u: Float64Array, v: Float64Array) =>
      means(u.map((value, at) => value * (v[at] ?? Number.NaN)));
    const [xx, yy, xy] = [productMeans(x, x), productMeans(y, y), productMeans(x, y)];
    let sum = 0;
    for (let at = 0; at < mx.length; at++) {
      const a = mx[at] ?? Number.NaN;
      const b = my[at] ?? Number.NaN;
      const varianceX = (xx[at] ?? Number.NaN) - a * a;
      const varianceY = (yy[at] ?? Number.NaN) - b * b;
      const covariance = (xy[at] ?? Number.NaN) - a * b;
      sum += ((2 * a * b + c1) * (2 * covariance + c2)) / ((a * a + b * b + c1) * (varianceX + varianceY + c2));
    }
    total += sum / mx.length;
  }
  return total / channels;
}
