import { itemAt } from '../core/collections.js';
import { GargaloError } from '../core/errors.js';
import { type GradientRule, gradientRules } from './gradient-rules.js';
import * as op from './ops/index.js';
import { formatShape, inLayer, sameShape } from './shape.js';
import { constant, inputsOf, type Operator, type Tensor, topologicalOrder } from './tensor.js';

/**
 * The gradient of a scalar with respect to tensors, by walking the graph backwards from `loss`. What comes back is a
 * graph again, so gradients can be differentiated: `grad(sum(grad(loss, x)), x)` is a second derivative.
 *
 * @param loss a scalar
 * @param withRespectTo any tensors in the graph of the loss
 * @returns a tensor of the same shape for each; zeros where the loss does not depend on it
 * @throws GargaloError `bad-shape` where the loss is no scalar
 */
export function grad(loss: Tensor, withRespectTo: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) {
    throw new GargaloError('bad-shape', 'grad', `expected a scalar loss, got shape ${formatShape(loss.shape)}`);
  }
  const order = topologicalOrder([loss]);
  const wanted = new Set(withRespectTo);
  // What the wanted tensors reach: gradients need not flow anywhere else.
  const relevant = new Set<Tensor>();
  for (const tensor of order) {
    if (wanted.has(tensor) || tensor.inputs.some((input) => relevant.has(input))) relevant.add(tensor);
  }

  const gradients = new Map<Tensor, Tensor>([[loss, constant(1)]]);
  for (let i = order.length - 1; i >= 0; i--) {
    const tensor = order[i] as Tensor;
    const upstream = gradients.get(tensor);
    if (!upstream || !relevant.has(tensor) || tensor.inputs.length === 0) continue;
    const shares = inLayer(`gradient of ${tensor.layer || tensor.op}`, () => sharesOf(tensor, upstream));
    for (const [k, input] of tensor.inputs.entries()) {
      const share = shares[k];
      if (!share || !relevant.has(input)) continue;
      if (!sameShape(share.shape, input.shape)) {
        throw new GargaloError(
          'internal',
          `gradient of ${tensor.op}`,
          `expected shape ${formatShape(input.shape)} for input ${k}, got ${formatShape(share.shape)}`,
        );
      }
      const sum = gradients.get(input);
      gradients.set(input, sum ? op.Add(sum, share) : share);
    }
  }
  return withRespectTo.map((tensor) => gradients.get(tensor) ?? op.Expand(constant(0), tensor.shape, tensor));
}

function sharesOf<Op extends Operator>(tensor: Tensor<Op>, upstream: Tensor): readonly (Tensor | undefined)[] {
  const rule: GradientRule<Op> = gradientRules[tensor.op];
  return rule(tensor, upstream, ...inputsOf(tensor));
}

/** {@link grad} with respect to a single tensor. */
export function gradOf(loss: Tensor, withRespectTo: Tensor): Tensor {
  return itemAt(grad(loss, [withRespectTo]), 0);
}
