import { formatShape } from './shape.js';
import { isOperator, type Tensor, topologicalOrder } from './tensor.js';

/**
 * A graph as stable text, one line a node in the order it is computed: for snapshots and for reading.
 *
 * @example
 * %0 = Variable "x" : float32 [batch, 4]
 * %1 = Relu(%0) : float32 [batch, 4]
 */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  const order = topologicalOrder(Object.values(outputs));
  const numbers = new Map(order.map((tensor, number) => [tensor, number]));
  const reference = (tensor: Tensor): string => `%${numbers.get(tensor)}`;
  const lines = order.map((tensor) => {
    const type = `${tensor.type} ${formatShape(tensor.shape)}`;
    if (isOperator(tensor, 'Variable')) return `${reference(tensor)} = Variable "${tensor.attributes.name}" : ${type}`;
    if (isOperator(tensor, 'Constant')) {
      const shown = Array.from(tensor.attributes.values.subarray(0, 8) as Float32Array, (value) => `${value}`);
      const more = tensor.attributes.values.length > 8 ? ', …' : '';
      return `${reference(tensor)} = Constant {${shown.join(', ')}${more}} : ${type}`;
    }
    const attributes = Object.entries(tensor.attributes).filter(([, value]) => typeof value !== 'function');
    const written = attributes.map(([name, value]) => `, ${name}=${JSON.stringify(value)}`).join('');
    return `${reference(tensor)} = ${tensor.op}(${tensor.inputs.map(reference).join(', ')}${written}) : ${type}`;
  });
  const results = Object.entries(outputs).map(([name, tensor]) => `return ${name} = ${reference(tensor)}`);
  return [...lines, ...results].join('\n');
}
