import * as op from '../graph/ops/index.js';
import { staticSide } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';
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
  /** Whether weight decay applies to its weight; default true. */
  readonly decays?: boolean;
}

/**
 * A fully connected layer, activation(x W + b), with parameters `weight` [in, units] and `bias` [units].
 *
 * @param x [batch, in]
 * @returns [batch, units]
 */
export function dense(scope: Scope, x: Tensor, options: DenseOptions): Tensor {
  const { units, activation = 'identity', initializer = initializerFor(activation), tiedTo, decays = true } = options;
  const width = staticSide(x.shape, -1);
  const weight = tiedTo ? op.Transpose(tiedTo) : scope.parameter('weight', [width, units], initializer, decays);
  const bias = scope.parameter('bias', [units], zeros);
  return activate(op.Add(op.MatMul(x, weight), bias), activation);
}
