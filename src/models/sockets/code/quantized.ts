import * as op from '../../../graph/ops/index.js';
import type { Tensor } from '../../../graph/tensor.js';
import { normal, zeros } from '../../../nn/initializers.js';
import type { Scope } from '../../../nn/scope.js';
import { uniformOf } from '../../context.js';
import type { QuantizedCode } from '../../specification.js';
import type { CodeBuilder } from './code.js';

/** Logistic distributions that make the density of a dimension. */
const PARTS = 3;
/** Added to probabilities, so that what no distribution expects costs 30 bits and not infinitely many. */
const FLOOR = 1e-9;

/** The learned distribution of each dimension: a mixture of logistic ones, each [width, PARTS]. */
interface Density {
  readonly centers: Tensor;
  /** One over the scale. */
  readonly steepness: Tensor;
  /** They add up to 1 over the parts. */
  readonly shares: Tensor;
}

function densityOf(scope: Scope, width: number): Density {
  // what only training needs is asked for here, so that a model to be run has none of it
  return scope.within('density', (part) => {
    const ask = (name: string, initializer: typeof zeros) => part.parameter(name, [width, PARTS], initializer);
    const raised = op.Exp(ask('share-bias', zeros));
    return {
      centers: ask('center-bias', normal),
      steepness: op.Exp(ask('steepness-bias', zeros)),
      shares: op.Div(raised, op.ReduceSum(raised, [1], true)),
    };
  });
}

/**
 * The bits that numbers take once they are rounded: −log₂ of the probability of the unit interval around each.
 *
 * @param z [batch, width]
 * @returns [batch, width]
 */
export function bitsOf(z: Tensor, { centers, steepness, shares }: Density): Tensor {
  // on the side where the distribution function is small, because next to 1 differences of it are lost
  const distance = op.Neg(op.Abs(op.Sub(op.Reshape(z, [...z.shape, 1]), centers)));
  const below = (shift: number) => op.Sigmoid(op.Mul(op.Add(distance, shift), steepness));
  const probability = op.ReduceSum(op.Mul(op.Sub(below(0.5), below(-0.5)), shares), [2]);
  return op.Mul(op.Log(op.Add(probability, FLOOR)), -1 / Math.LN2);
}

/**
 * Numbers that are going to be rounded to whole ones: in training uniform noise of the same width stands for the rounding,
 * and the bits that the code takes under a learned distribution of each dimension are charged (Ballé, Laparra & Simoncelli
 * 2017, "End-to-end Optimized Image Compression"). The term is `rate` times the bits of an example, divided by the
 * input's size as the reconstruction is; the code that people get is not rounded yet.
 */
export const quantizedCode: CodeBuilder<QuantizedCode> = ({ width, rate }, { layer, scope, context, inputSize }) => {
  const code = layer('code', 'identity');
  const noise = context.noise?.('code', code.shape);
  if (!noise) return { code, passed: code, terms: {}, updates: [], outputs: {} };
  const passed = op.Add(code, op.Sub(uniformOf(noise), 0.5));
  const bits = op.ReduceSum(op.ReduceMean(bitsOf(passed, densityOf(scope, width)), [0]));
  return { code, passed, terms: { rate: op.Mul(bits, rate / inputSize) }, updates: [], outputs: {} };
};
