import { normalizeAxis } from '../shape.js';
import { node, type Tensor } from '../tensor.js';

type Reduce = 'ReduceSum' | 'ReduceL1' | 'ReduceMean' | 'ReduceMax' | 'ReduceProd';

function reduction(op: Reduce) {
  return (x: Tensor, axes?: readonly number[], keepDimensions = false): Tensor => {
    const reduced = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(op, axis, x.shape));
    reduced.sort((a, b) => a - b);
    const shape = keepDimensions
      ? x.shape.map((side, axis) => (reduced.includes(axis) ? 1 : side))
      : x.shape.filter((_, axis) => !reduced.includes(axis));
    return node(op, [x], { axes: reduced, keepDimensions }, shape);
  };
}

/** Sum over the given axes, or over all of them. */
export const ReduceSum = reduction('ReduceSum');
/** Sum of absolute values over the given axes, or over all of them. */
export const ReduceL1 = reduction('ReduceL1');
/** Mean over the given axes, or over all of them. */
export const ReduceMean = reduction('ReduceMean');
/** Largest value over the given axes; where several are largest, each gets an equal share of the gradient. */
export const ReduceMax = reduction('ReduceMax');
/** Product over the given axes; its gradient divides by x and so wants values other than zero. */
export const ReduceProd = reduction('ReduceProd');
