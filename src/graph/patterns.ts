// Forms of expressions that the rules of simplify.ts and fuse.ts both look for.
import { sameShape } from './shape.js';
import { inputsOf, isOperator, scalarValue, type Tensor } from './tensor.js';

/** x · c with a scalar constant c, or undefined. */
export function scaled(tensor: Tensor): { x: Tensor; factor: number } | undefined {
  if (!isOperator(tensor, 'Mul')) return undefined;
  const [x, c] = inputsOf(tensor);
  const factor = scalarValue(c);
  return factor !== undefined && sameShape(x.shape, tensor.shape) ? { x, factor } : undefined;
}

/** Whether a factor keeps its digits as a 32-bit float: neither infinite nor so small that runtimes take it for 0. */
export const isOrdinary = (factor: number): boolean =>
  factor === 0 || (Math.abs(factor) > 2 ** -126 && Math.abs(factor) < 2 ** 128);

/** Whether a matrix is another one transposed; a Transpose may also leave the axes as they are. */
export const isTransposed = (matrix: Tensor): matrix is Tensor<'Transpose'> =>
  isOperator(matrix, 'Transpose') && matrix.shape.length === 2 && matrix.attributes.permutation[0] === 1;
