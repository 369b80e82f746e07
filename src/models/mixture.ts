import { badInput } from '../core/errors.js';

/** A mixture of normal distributions over codes of a width; plain JSON, can be a part of the model file. */
export interface Mixture {
  readonly width: number;
  /** [components] how much of the codes each stands for; together 1. */
  readonly weights: readonly number[];
  /** [components, width] row-major. */
  readonly means: readonly number[];
  /**
   * [components, width (width + 1) / 2] the lower triangle L of each covariance L Lᵀ (its Cholesky factor), row by row;
   * its diagonal is positive.
   */
  readonly factors: readonly number[];
  /** How many codes it was fitted to, and of which data. */
  readonly codes: number;
  readonly data?: string;
}

/** The values of a triangle with its diagonal. */
export const triangleSize = (width: number): number => (width * (width + 1)) / 2;

const isNumbers = (list: unknown, length: number): list is number[] =>
  Array.isArray(list) && list.length === length && list.every((value) => Number.isFinite(value));

/**
 * Whether what a file holds is a mixture over codes of that width.
 *
 * @throws GargaloError `bad-input` where it is none
 */
export function checkMixture(found: Mixture | null, width: number): void {
  const { weights, means, factors, codes, data } = found ?? ({} as Partial<Mixture>);
  const count = Array.isArray(weights) ? weights.length : 0;
  const triangle = triangleSize(width);
  const sound =
    found?.width === width &&
    count > 0 &&
    isNumbers(weights, count) &&
    weights.every((weight) => weight >= 0) &&
    Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-3 &&
    isNumbers(means, count * width) &&
    isNumbers(factors, count * triangle) &&
    Array.from(
      { length: count * width },
      (_, i) => factors[Math.floor(i / width) * triangle + triangleSize(1 + (i % width)) - 1]!,
    ).every((pivot) => pivot > 0) &&
    Number.isFinite(codes) &&
    (data === undefined || typeof data === 'string');
  if (!sound) throw badInput('mixture', 'expected a sound one, got a damaged one');
}
