import { count, finite, list, oneOf, optional, positive, record, refuse, share, text } from './place-checks.js';

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

/**
 * Refuses what is no mixture over codes of that width.
 *
 * @throws GargaloError `bad-input` with the place
 */
export function checkMixture(found: unknown, width: number): asserts found is Mixture {
  const at = 'mixture';
  record({ width: oneOf([width]), weights: list(share), codes: count, data: optional(text) })(found, at);
  const { weights } = found as Mixture;
  if (weights.length === 0) refuse(`${at}.weights`, 'at least one component', 0);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (Math.abs(sum - 1) >= 1e-3) refuse(`${at}.weights`, 'weights that sum to 1', sum);
  const triangle = triangleSize(width);
  const sizes = { means: [weights.length * width], factors: [weights.length * triangle] };
  record({ means: list(finite, sizes.means), factors: list(finite, sizes.factors) })(found, at);
  for (let i = 0; i < weights.length * width; i++) {
    const pivot = Math.floor(i / width) * triangle + triangleSize(1 + (i % width)) - 1;
    positive((found as Mixture).factors[pivot], `${at}.factors[${pivot}]`);
  }
}
