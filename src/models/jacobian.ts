import { gradOf } from '../graph/gradient.js';
import * as op from '../graph/ops/index.js';
import { staticSide } from '../graph/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';

/**
 * ∂z/∂x of each example, exactly: a copy of the batch for each code value, differentiated by that value.
 *
 * @param encode from examples to codes, each example for itself
 * @param x [batch, size], a static shape
 * @param width of a code
 * @returns [width, batch, size]
 */
export function codeJacobian(encode: (x: Tensor) => Tensor, x: Tensor, width: number): Tensor {
  const [batch, size] = [staticSide(x.shape, 0), staticSide(x.shape, 1)];
  const copies = op.Reshape(op.Expand(op.Reshape(x, [1, batch, size]), [width, batch, size]), [width * batch, size]);
  const codes = op.Reshape(encode(copies), [width, batch, width]);
  const chosen = constant(
    Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)),
    [width, 1, width],
  );
  const rows = gradOf(op.ReduceSum(op.Mul(codes, chosen)), copies);
  return op.Reshape(rows, [width, batch, size]);
}
