import { normalizeAxis, shapeError } from '../shape.js';
import { constant, node, type Tensor } from '../tensor.js';
import { Equal } from './elementwise.js';
import { Cast, Reshape } from './movement.js';

/**
 * The positions of the `count` largest values along the last axis, the largest first; of equal values the first ones.
 *
 * @param x float32 […, n]
 * @returns int64 […, count]
 */
export function TopK(x: Tensor, count: number): Tensor {
  const side = x.shape[x.shape.length - 1];
  if (x.type !== 'float32' || typeof side !== 'number' || !Number.isInteger(count) || count < 1 || count > side) {
    throw shapeError('TopK', `expected float32 values, at least ${count} along the last axis and 1 of them`, x.shape);
  }
  return node('TopK', [x], { count }, [...x.shape.slice(0, -1), count], 'int64');
}

/**
 * The position of the smallest value along an axis; of equal values the first one.
 *
 * @param x float32
 * @param axis the last one by default
 * @returns int64, the shape of x without the axis
 */
export function ArgMin(x: Tensor, axis = -1): Tensor {
  const along = normalizeAxis('ArgMin', axis, x.shape);
  if (x.type !== 'float32') throw shapeError('ArgMin', `expected float32, got ${x.type}`, x.shape);
  return node('ArgMin', [x], { axis: along }, x.shape.toSpliced(along, 1), 'int64');
}

/**
 * Zeros of the shape of `like` with a 1 at each position along the last axis that `indices` names.
 *
 * @param like float32 […, n]
 * @param indices int64 […, k], from 0 to n−1
 * @returns float32 […, n]
 */
export function ScatterElements(like: Tensor, indices: Tensor): Tensor {
  const rows = like.shape.slice(0, -1);
  const fits = indices.shape.length === like.shape.length && rows.every((side, axis) => side === indices.shape[axis]);
  if (like.shape.length === 0 || !fits || like.type !== 'float32' || indices.type !== 'int64') {
    throw shapeError('ScatterElements', 'expected int64 indices for each row of float32', like.shape, indices.shape);
  }
  return node('ScatterElements', [like, indices], {}, like.shape);
}

/**
 * 1 where a value is among the `count` largest of its row, else 0: exactly `count` ones, the first ones among equal
 * values. Without slope; multiply x by it to let the gradient of the chosen ones through (Makhzani & Frey 2014).
 *
 * @param x float32 [batch, n]
 * @returns float32 [batch, n]
 */
export function topKMask(x: Tensor, count: number): Tensor {
  return ScatterElements(x, TopK(x, count));
}

/**
 * Rows of zeros with a single 1, at the position that the index names; compared with all positions, which is four
 * times as fast as ONNX's own OneHot.
 *
 * @param indices int64 [n], from 0 to depth−1
 * @returns float32 [n, depth]
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const positions = constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    'int64',
  );
  return Cast(Equal(Reshape(indices, [...indices.shape, 1]), positions), 'float32');
}
