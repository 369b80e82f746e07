import { Matrix } from 'ml-matrix';
import { createRandom, permutation, type Random } from '../../core/random.js';
import { eigenpairs } from '../../models/eigenpairs.js';
import { triangleSize } from '../../models/mixture.js';
import { factorize } from './cholesky.js';
import { type Estimate, meanOf, sortedQuantile } from './estimate.js';

/** Sums of rows and of their products, of some groups of rows that were put together at random. */
export interface GroupedMoments {
  readonly width: number;
  /** [groups] rows of each. */
  readonly counts: Float64Array;
  /** [groups, width] */
  readonly first: Float64Array;
  /** [groups, width (width + 1) / 2] lower triangles. */
  readonly second: Float64Array;
}

/** Groups that are drawn with replacement instead of single rows, whose products would have to be summed each time. */
const GROUPS = 100;

/** @param rows [n, width] */
export function groupedMoments(rows: Float32Array, width: number, random: Random): GroupedMoments {
  const count = rows.length / width;
  const groups = Math.min(GROUPS, count);
  const triangle = triangleSize(width);
  const counts = new Float64Array(groups);
  const first = new Float64Array(groups * width);
  const second = new Float64Array(groups * triangle);
  for (const [at, row] of permutation(count, random).entries()) {
    const group = at % groups;
    counts[group]! += 1;
    for (let i = 0, to = group * triangle; i < width; i++) {
      const value = rows[row * width + i]!;
      first[group * width + i]! += value;
      for (let j = 0; j <= i; j++, to++) second[to]! += value * rows[row * width + j]!;
    }
  }
  return { width, counts, first, second };
}

/** A mean and a covariance, as its lower triangle. */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Of these groups, some of them more than once. */
function gaussianOf({ width, counts, first, second }: GroupedMoments, chosen: Int32Array): Gaussian {
  const triangle = triangleSize(width);
  const mean = new Float64Array(width);
  const covariance = new Float64Array(triangle);
  let count = 0;
  for (const group of chosen) {
    count += counts[group]!;
    for (let i = 0; i < width; i++) mean[i]! += first[group * width + i]!;
    for (let i = 0; i < triangle; i++) covariance[i]! += second[group * triangle + i]!;
  }
  for (let i = 0; i < width; i++) mean[i]! /= count;
  for (let i = 0, at = 0; i < width; i++) {
    for (let j = 0; j <= i; j++, at++) covariance[at] = covariance[at]! / count - mean[i]! * mean[j]!;
  }
  return { mean, covariance };
}

const full = (triangle: Float64Array, width: number, symmetric: boolean): Matrix => {
  const matrix = Matrix.zeros(width, width);
  for (let i = 0, at = 0; i < width; i++) {
    for (let j = 0; j <= i; j++, at++) {
      matrix.set(i, j, triangle[at]!);
      if (symmetric) matrix.set(j, i, triangle[at]!);
    }
  }
  return matrix;
};

/**
 * The squared Fréchet distance of two normal distributions, ‖μ − μ′‖² + tr(Σ + Σ′ − 2 (Σ Σ′)^½) (Dowson & Landau 1982).
 * The trace of the root is the sum of the roots of the eigenvalues of Lᵀ Σ′ L, where L Lᵀ = Σ.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const width = a.mean.length;
  let sum = 0;
  let trace = 0;
  for (let i = 0; i < width; i++) {
    sum += (a.mean[i]! - b.mean[i]!) ** 2;
    trace += a.covariance[triangleSize(i + 1) - 1]!;
    sum += a.covariance[triangleSize(i + 1) - 1]! + b.covariance[triangleSize(i + 1) - 1]!;
  }
  const factor = a.covariance.slice();
  factorize(factor, width, 1e-14 * (trace || 1));
  const root = full(factor, width, false);
  const product = root
    .transpose()
    .mmul(full(b.covariance, width, true))
    .mmul(root);
  const { values } = eigenpairs(product.add(product.transpose()).mul(0.5));
  return Math.max(0, sum - 2 * values.reduce((roots, value) => roots + Math.sqrt(Math.max(value, 0)), 0));
}

/**
 * The squared Fréchet distance of the distributions that two sets of rows come from, as if both were normal. Taken from few
 * rows it comes out too large, even 0 does (Chong & Forsyth 2020): how much too large is seen when the rows are drawn
 * anew from themselves, and taken off (Efron & Tibshirani 1993, section 10.6). The interval is the basic bootstrap's
 * (Davison & Hinkley 1997, section 5.2), which allows for the same; both end at 0.
 */
export function frechetEstimate(
  a: GroupedMoments,
  b: GroupedMoments,
  { seed = 0, resamples = 200 }: { readonly seed?: number; readonly resamples?: number } = {},
): Estimate {
  const all = (groups: number): Int32Array => Int32Array.from({ length: groups }, (_, i) => i);
  const [ofA, ofB] = [all(a.counts.length), all(b.counts.length)];
  const plain = frechetDistance(gaussianOf(a, ofA), gaussianOf(b, ofB));
  const random = createRandom(seed, 'frechet/bootstrap');
  const redraw = (chosen: Int32Array): Int32Array => chosen.map(() => random.integer(chosen.length));
  const drawn = Float64Array.from({ length: resamples }, () =>
    frechetDistance(gaussianOf(a, redraw(ofA)), gaussianOf(b, redraw(ofB))),
  ).sort();
  const mended = (value: number): number => Math.max(0, 2 * plain - value);
  return {
    value: mended(meanOf(drawn)),
    interval: [mended(sortedQuantile(drawn, 0.975)), mended(sortedQuantile(drawn, 0.025))],
  };
}
