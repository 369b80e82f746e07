import { GargaloError } from '../core/errors.js';
import { layerName } from './shape.js';
import { onInputs, type Tensor, topologicalOrder } from './tensor.js';

/**
 * A graph made again from its inputs upwards.
 *
 * @param change called once for each node, with its inputs already exchanged and as it was; gives what stands in its place
 */
export function rebuilt(outputs: readonly Tensor[], change: (current: Tensor, original: Tensor) => Tensor): Tensor[] {
  const results = new Map<Tensor, Tensor>();
  const resultOf = (tensor: Tensor): Tensor => {
    const result = results.get(tensor);
    if (!result) throw new GargaloError('internal', tensor.op, 'expected inputs to come before their users');
    return result;
  };
  for (const tensor of topologicalOrder(outputs)) {
    const inputs = tensor.inputs.map(resultOf);
    const isSame = inputs.every((input, i) => input === tensor.inputs[i]);
    results.set(tensor, change(isSame ? tensor : onInputs(tensor, inputs), tensor));
  }
  return outputs.map(resultOf);
}

/** The same tensors, with one tensor that they are made of in place of another of its shape and type. */
export function replaced(outputs: readonly Tensor[], from: Tensor, to: Tensor): Tensor[] {
  return rebuilt(outputs, (current, original) => {
    if (original === from) return to;
    return current === original ? original : onInputs(current, current.inputs, layerName());
  });
}

/** How many users each tensor has; being an output is a use. */
export function countUses(outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const tensor of [...topologicalOrder(outputs).flatMap((user) => user.inputs), ...outputs]) {
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  }
  return uses;
}
