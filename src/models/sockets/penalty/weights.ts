import { itemAt } from '../../../core/collections.js';
import * as op from '../../../graph/ops/index.js';
import { staticSide } from '../../../graph/shape.js';
import { constant, type Tensor } from '../../../graph/tensor.js';
import type { Penalty } from '../../specification.js';
import type { PenaltyBuilder } from './penalty.js';

/** λ Σ W² over all weights of encoder and decoder, without biases (Goodfellow et al. 2016, section 7.1.1). */
export const l2Penalty: PenaltyBuilder<Extract<Penalty, { type: 'l2' }>> = ({ weight }, { scope }) => {
  const squares = [...scope.asked()]
    .filter(({ definition: { name, decays } }) => decays && /^(encoder|embedding|decoder)\//.test(name))
    .map(({ tensor }) => squareSum(tensor));
  return {
    terms: {
      l2: op.Mul(
        squares.reduce((sum, square) => op.Add(sum, square)),
        weight,
      ),
    },
  };
};

function squareSum(x: Tensor): Tensor {
  return op.ReduceSum(op.Mul(x, x));
}

/**
 * λ ‖Wᵀ W − I‖²_F of the weight [in, width] that leads into the code: its columns become orthonormal (Ranjan et al.
 * 2019; Brock et al. 2017, eq. 3).
 */
export const orthogonalityPenalty: PenaltyBuilder<Extract<Penalty, { type: 'orthogonality' }>> = (
  { weight },
  { scope },
) => {
  const { tensor: code } = itemAt(
    [...scope.asked()].filter(({ definition }) => definition.name === 'encoder/code/weight'),
    0,
  );
  const width = staticSide(code.shape, 1);
  const identity = constant(
    Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)),
    [width, width],
  );
  const products = op.MatMul(op.Transpose(code), code);
  return { terms: { orthogonality: op.Mul(squareSum(op.Sub(products, identity)), weight) } };
};
