import {
  formatShape,
  normalizeAxis,
  permuted,
  type Shape,
  sameShape,
  shapeError,
  sideOf,
  sizeOf,
  symbolsOf,
} from '../shape.js';
import { type DataType, node, type Tensor } from '../tensor.js';

/**
 * The same values in another shape. At most one side may be symbolic, and then it must be one that x has.
 *
 * @throws GargaloError `bad-shape` where there are more or fewer values than x has
 */
export function Reshape(x: Tensor, shape: Shape): Tensor {
  const known = (sides: Shape): number => sizeOf(sides.filter((side) => typeof side === 'number'));
  const symbols = (sides: Shape): string => symbolsOf(sides).sort().join();
  if (known(x.shape) !== known(shape) || symbols(x.shape) !== symbols(shape)) {
    throw shapeError('Reshape', `expected as many values for ${formatShape(shape)}`, x.shape);
  }
  if (symbolsOf(shape).length > 1 && !sameShape(x.shape, shape)) {
    throw shapeError('Reshape', `expected at most one symbolic side for ${formatShape(shape)}`, x.shape);
  }
  return node('Reshape', [x], { shape }, shape);
}

/**
 * Axes in another order; without one, all of them reversed.
 *
 * @throws GargaloError `bad-shape` where the order is no permutation of the axes
 */
export function Transpose(
  x: Tensor,
  permutation: readonly number[] = x.shape.map((_, axis) => axis).reverse(),
): Tensor {
  const sorted = [...permutation].sort((a, b) => a - b);
  if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
    throw shapeError('Transpose', `expected a permutation of the axes, ${formatShape(permutation)} is none`, x.shape);
  }
  return node('Transpose', [x], { permutation }, permuted(x.shape, permutation));
}

/**
 * x repeated along new axes and along axes of length 1 until it has `shape`.
 *
 * @param like where `shape` is symbolic: a tensor of that shape, which gives the sizes when the program runs
 */
export function Expand(x: Tensor, shape: Shape, like?: Tensor): Tensor {
  const offset = shape.length - x.shape.length;
  if (offset < 0 || x.shape.some((side, axis) => side !== 1 && side !== shape[axis + offset])) {
    throw shapeError('Expand', `expected a shape that broadcasts to ${formatShape(shape)}`, x.shape);
  }
  if (sizeOf(shape) !== undefined) return node('Expand', [x], { shape }, shape);
  if (!like || !sameShape(like.shape, shape)) {
    throw shapeError('Expand', 'expected a tensor to take the symbolic sizes from', shape);
  }
  return node('Expand', [x, like], { shape }, shape);
}

/** Tensors one after another along an axis. */
export function Concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = tensors;
  if (!first) throw shapeError('Concat', 'expected at least one tensor', []);
  const along = normalizeAxis('Concat', axis, first.shape);
  let length = 0;
  for (const tensor of tensors) {
    const side = tensor.shape[along];
    const fits =
      tensor.type === first.type &&
      tensor.shape.length === first.shape.length &&
      tensor.shape.every((other, i) => i === along || other === first.shape[i]);
    if (!fits || typeof side !== 'number') {
      throw shapeError('Concat', `expected shapes that agree but on axis ${along}`, first.shape, tensor.shape);
    }
    length += side;
  }
  if (tensors.length === 1) return first;
  return node('Concat', [first, ...others], { axis: along }, first.shape.with(along, length));
}

/**
 * The part start … end−1 of an axis.
 *
 * @throws GargaloError `bad-shape` outside of the axis, or where its length is symbolic
 */
export function Slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const along = normalizeAxis('Slice', axis, x.shape);
  const side = sideOf(x.shape, along);
  if (typeof side === 'string' || start < 0 || end > side || start >= end) {
    throw shapeError('Slice', `expected a part within axis ${along} for ${start} … ${end}`, x.shape);
  }
  return node('Slice', [x], { axis: along, start, end }, x.shape.with(along, end - start));
}

/** Zeros before and after along an axis. */
export function Pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  const along = normalizeAxis('Pad', axis, x.shape);
  const side = sideOf(x.shape, along);
  if (typeof side === 'string' || before < 0 || after < 0) {
    throw shapeError('Pad', `expected a static axis and amounts of at least 0, ${before} and ${after}`, x.shape);
  }
  return node('Pad', [x], { axis: along, before, after }, x.shape.with(along, side + before + after));
}

/**
 * Rows (or other slices along `axis`) that `indices` names, in that order.
 *
 * @param x [n, …]
 * @param indices int32 or int64, any shape
 * @returns the shape of x with axis replaced by the shape of the indices
 */
export function Gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const along = normalizeAxis('Gather', axis, x.shape);
  if (indices.type !== 'int32' && indices.type !== 'int64') {
    throw shapeError('Gather', `expected int32 or int64 indices, got ${indices.type}`, x.shape, indices.shape);
  }
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return node('Gather', [x, indices], { axis: along }, shape);
}

/**
 * Zeros of the shape of `like` with `rows` added at the positions that `indices` names; repeated positions add up.
 *
 * @param like [n, …]
 * @param indices int64 [k]
 * @param rows [k, …]
 */
export function ScatterND(like: Tensor, indices: Tensor, rows: Tensor): Tensor {
  if (indices.type !== 'int64' || rows.type !== like.type) {
    const got = `${indices.type} and ${rows.type}`;
    throw shapeError('ScatterND', `expected int64 indices and rows of ${like.type}, got ${got}`, indices.shape);
  }
  if (indices.shape.length !== 1 || !sameShape(rows.shape, [sideOf(indices.shape, 0), ...like.shape.slice(1)])) {
    throw shapeError('ScatterND', 'expected a row for each index', indices.shape, rows.shape);
  }
  return node('ScatterND', [like, indices, rows], {}, like.shape, rows.type);
}

/** The values as another type; bool becomes 0 and 1, floats are cut towards zero. */
export function Cast(x: Tensor, to: DataType): Tensor {
  return x.type === to ? x : node('Cast', [x], { to }, x.shape, to);
}

/** scale · x for bytes, as float32, in one pass. */
export function DequantizeLinear(x: Tensor, scale: number): Tensor {
  if (x.type !== 'uint8') throw shapeError('DequantizeLinear', `expected uint8, got ${x.type}`, x.shape);
  return node('DequantizeLinear', [x], { scale }, x.shape, 'float32');
}

/** The number of values, an int64 scalar: for sizes that are known only when the program runs. */
export function Size(x: Tensor): Tensor {
  return node('Size', [x], {}, [], 'int64');
}
