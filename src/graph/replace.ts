import { node, type Tensor, topologicalOrder } from './tensor.js';

/** The same tensors, with one tensor that they are made of in place of another of its shape and type. */
export function replaced(outputs: readonly Tensor[], from: Tensor, to: Tensor): Tensor[] {
  const made = new Map<Tensor, Tensor>([[from, to]]);
  for (const tensor of topologicalOrder(outputs)) {
    if (made.has(tensor)) continue;
    const inputs = tensor.inputs.map((input) => made.get(input)!);
    const isSame = inputs.every((input, i) => input === tensor.inputs[i]);
    made.set(tensor, isSame ? tensor : node(tensor.op, inputs, tensor.attributes, tensor.shape, tensor.type));
  }
  return outputs.map((output) => made.get(output)!);
}
