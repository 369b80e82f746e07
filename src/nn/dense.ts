import * as op from '../graph/ops/index.js';
import { isOperator, type Tensor } from '../graph/tensor.js';
import { type Activation, activate, initializerFor } from './activations.js';
import { type Initializer, zeros } from './initializers.js';
import type { Scope } from './scope.js';

export interface DenseOptions {
  /** Number of units. */
  readonly units: number;
  readonly activation?: Activation;
  /** Default: the one that suits the activation. */
  readonly initializer?: Initializer;
  /** A weight [units, in] of another layer to use transposed instead of an own one (tied weights). */
  readonly tiedTo?: Tensor;
}

/**
 * A fully connected layer, activation(x W + b), with parameters `weight` [in, units] and `bias` [units].
 *
 * @param x [batch, in]
 * @returns [batch, units]
 */
export function dense(scope: Scope, x: Tensor, options: DenseOptions): Tensor {
  const { units, activation = 'identity', initializer = initializerFor(activation), tiedTo } = options;
  const width = x.shape[x.shape.length - 1] as number;
  const weight = tiedTo ?? scope.parameter('weight', [width, units], initializer);
  const bias = scope.parameter('bias', [units], zeros);
  if (tiedTo) return activate(op.Add(productTransposed(x, tiedTo), bias), activation);
  // A weight that is kept in column blocks is never put together: x [A B] = [xA xB], and so with bias and activation.
  const blocks = isOperator(weight, 'Concat') ? weight.inputs : [weight];
  let start = 0;
  const parts = blocks.map((block) => {
    const end = start + (block.shape[1] as number);
    const part = op.Add(op.MatMul(x, block), blocks.length === 1 ? bias : op.Slice(bias, 0, start, end));
    start = end;
    return activate(part, activation);
  });
  return op.Concat(parts, x.shape.length - 1);
}

/** x Wᵀ, block by block too: x [A B]ᵀ = x₁ Aᵀ + x₂ Bᵀ. */
function productTransposed(x: Tensor, weight: Tensor): Tensor {
  if (!isOperator(weight, 'Concat')) return op.MatMul(x, op.Transpose(weight));
  let start = 0;
  const terms = weight.inputs.map((block) => {
    const end = start + (block.shape[1] as number);
    const term = op.MatMul(op.Slice(x, x.shape.length - 1, start, end), op.Transpose(block));
    start = end;
    return term;
  });
  return terms.reduce((sum, term) => op.Add(sum, term));
}
