import { shapeError } from '../shape.js';
import { node, type Tensor } from '../tensor.js';

/**
 * `value`, with a gradient given by hand: for formulas whose derivative is simpler, faster or more stable than the
 * derivative of the way they are computed.
 *
 * @param value what is computed
 * @param inputs the tensors that the gradient goes to
 * @param rule from ∂loss/∂value to ∂loss/∂input, one for each input, of the input's shape; written in tensors, so that
 *   it can be differentiated again
 */
export function withGradient(
  value: Tensor,
  inputs: readonly Tensor[],
  rule: (upstream: Tensor) => readonly Tensor[],
): Tensor {
  if (inputs.length === 0) throw shapeError('CustomGradient', 'expected at least one input', value.shape);
  return node('CustomGradient', [value, ...inputs], { rule }, value.shape, value.type);
}
