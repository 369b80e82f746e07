import { gradOf } from '../../../graph/gradient.js';
import * as op from '../../../graph/ops/index.js';
import { staticSide } from '../../../graph/shape.js';
import type { Tensor } from '../../../graph/tensor.js';
import { activate, initializerFor } from '../../../nn/activations.js';
import { hasEmbedding } from '../../embedding.js';
import { codeJacobian } from '../../jacobian.js';
import type { Penalty } from '../../specification.js';
import type { PenaltyBuilder, PenaltySurroundings } from './penalty.js';

/**
 * ‖∂z/∂x‖²_F of each example, its mean over the batch (Rifai et al. 2011, "Contractive Auto-Encoders"). One dense layer
 * has a closed form. Else the gradient graph is differentiated: exactly, a copy of the batch for each code value; or as
 * an estimate, E_v ‖∂(vᵀz)/∂x‖² = ‖∂z/∂x‖²_F for any v with E[v vᵀ] = I (Hutchinson 1990).
 */
export const contractivePenalty: PenaltyBuilder<Extract<Penalty, { type: 'contractive' }>> = (
  { weight, projections },
  surroundings,
) => {
  const { noise } = surroundings.context;
  const value =
    closedForm(surroundings) ??
    (projections === 'exact' || !noise ? exactNorm(surroundings) : estimatedNorm(surroundings, projections, noise));
  return { terms: { contractive: op.Mul(value, weight) } };
};

/** Σ_j f'(a_j)² Σ_i W_ij² for z = f(x W + b). */
function closedForm({ specification, scope, seen }: PenaltySurroundings): Tensor | undefined {
  const { body, code } = specification;
  if (body.type !== 'dense' || body.encoder.length > 0 || code.type !== 'plain') return undefined;
  if (hasEmbedding(specification.input)) return undefined;
  const size = staticSide(seen.shape, 1);
  const { weight, bias } = scope.within('encoder/code', (layer) => ({
    weight: layer.parameter('weight', [size, code.width], initializerFor(code.activation)),
    bias: layer.parameter('bias', [code.width], () => new Float32Array(code.width)),
  }));
  const a = op.Add(op.MatMul(seen, weight), bias);
  const slope = gradOf(op.ReduceSum(activate(a, code.activation)), a);
  const columns = op.ReduceSum(op.Mul(weight, weight), [0]);
  return op.ReduceSum(op.Mul(op.ReduceMean(op.Mul(slope, slope), [0]), columns));
}

function exactNorm({ seen, encode, specification }: PenaltySurroundings): Tensor {
  const rows = codeJacobian(encode, seen, specification.code.width);
  return op.Mul(op.ReduceSum(op.Mul(rows, rows)), 1 / staticSide(seen.shape, 0));
}

function estimatedNorm(
  { seen, code }: PenaltySurroundings,
  projections: number,
  noise: NonNullable<PenaltySurroundings['context']['noise']>,
): Tensor {
  const batch = staticSide(seen.shape, 0);
  const squares = Array.from({ length: projections }, (_, i) => {
    // Signs have the smallest variance of all such v (Hutchinson 1990).
    const signs = op.Where(op.Greater(noise(`projection-${i}`, code.shape), 0), 1, -1);
    const slope = gradOf(op.ReduceSum(op.Mul(code, signs)), seen);
    return op.ReduceSum(op.Mul(slope, slope));
  });
  return op.Mul(
    squares.reduce((sum, square) => op.Add(sum, square)),
    1 / (projections * batch),
  );
}
