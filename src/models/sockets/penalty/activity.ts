import * as op from '../../../graph/ops/index.js';
import type { Tensor } from '../../../graph/tensor.js';
import type { Penalty } from '../../specification.js';
import type { PenaltySurroundings, PenaltyTerms } from './penalty.js';

/** A penalty that looks at codes alone, whichever layer they are of. */
type ActivityPenalty<Type extends Penalty['type']> = (
  penalty: Extract<Penalty, { type: Type }>,
  surroundings: Pick<PenaltySurroundings, 'code'>,
) => PenaltyTerms;

/** λ Σ_j |z_j|, mean over the examples (as Keras' activity_regularizer l1). */
export const l1Penalty: ActivityPenalty<'l1'> = ({ weight }, { code }) => ({
  terms: { l1: op.Mul(op.ReduceMean(op.ReduceSum(op.Abs(code), [1])), weight) },
});

/** Activities are kept this far from 0 and 1, where the divergence is infinite. */
const MARGIN = 1e-6;

/**
 * Σ_j ρ log(ρ / ρ̂_j) + (1 − ρ) log((1 − ρ) / (1 − ρ̂_j)) with the mean activity ρ̂_j of each code unit.
 *
 * @param activity [batch, width], in 0 … 1
 * @returns a scalar, in nats
 */
export function sparsityDivergence(activity: Tensor, target: number): Tensor {
  const mean = op.Min(op.Max(op.ReduceMean(activity, [0]), MARGIN), 1 - MARGIN);
  const crossEntropy = op.Add(op.Mul(op.Log(mean), -target), op.Mul(op.Log(op.Sub(1, mean)), -(1 - target)));
  const entropy = -target * Math.log(target) - (1 - target) * Math.log(1 - target);
  return op.ReduceSum(op.Sub(crossEntropy, entropy));
}

/** β Σ_j KL(ρ ‖ ρ̂_j), with ρ̂ over the batch (Ng, "Sparse autoencoder", CS294A; UFLDL). */
export const sparsityPenalty: ActivityPenalty<'sparsity'> = ({ weight, target }, { code }) => ({
  terms: { sparsity: op.Mul(sparsityDivergence(code, target), weight) },
});
