import {
  averagePoolGradient,
  convGradient,
  convTransposeGradient,
  maxPoolGradient,
  windowSum,
} from './convolution-gradients.js';
import * as op from './ops/index.js';
import { type Shape, sameShape, shapeError, sideOf, sizeOf, staticSide } from './shape.js';
import { constant, type Inputs, type Operator, type Tensor } from './tensor.js';

/**
 * From ∂loss/∂output to ∂loss/∂input, an entry for each input; undefined where nothing flows (indices, conditions).
 *
 * @param y the node itself, so that a rule can use the output that was computed anyway
 * @param g the upstream gradient ∂loss/∂y, of y's shape
 */
export type GradientRule<Op extends Operator> = (
  y: Tensor<Op>,
  g: Tensor,
  ...inputs: Inputs<Op>
) => readonly (Tensor | undefined)[];

/** For operators that are constant almost everywhere, or leaves. */
const nothing: GradientRule<Operator> = () => [];

/** Sums a gradient over the axes along which its operand was broadcast. */
export function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const offset = g.shape.length - shape.length;
  const axes = g.shape.map((_, axis) => axis).filter((axis) => axis < offset || shape[axis - offset] !== g.shape[axis]);
  const added = axes.every((axis) => axis < offset);
  const summed = op.ReduceSum(g, axes, !added);
  return sameShape(summed.shape, shape) ? summed : op.Reshape(summed, shape);
}

/** Gives a reduced gradient its lost axes back (as 1) and repeats it over what was reduced. */
function unreduce(g: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  return op.Expand(sameShape(g.shape, kept) ? g : op.Reshape(g, kept), x.shape, x);
}

/** How many values of x go into one of y, as a float: a constant where it is known now. */
function reducedCount(x: Tensor, axes: readonly number[], y: Tensor): Tensor {
  const count = sizeOf(axes.map((axis) => sideOf(x.shape, axis)));
  if (count !== undefined) return constant(count);
  return op.Div(op.Cast(op.Size(x), 'float32'), op.Cast(op.Size(y), 'float32'));
}

function swapLastTwo(x: Tensor): Tensor {
  const rank = x.shape.length;
  const others = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return op.Transpose(x, [...others, rank - 1, rank - 2]);
}

/**
 * The gradient of every operator. A missing one does not compile. In the formulas g is the upstream gradient and y the
 * output.
 */
export const gradientRules: { readonly [Op in Operator]: GradientRule<Op> } = {
  // (a + b)' : g, g
  Add: (_y, g, a, b) => [unbroadcast(g, a.shape), unbroadcast(g, b.shape)],
  // (a − b)' : g, −g
  Sub: (_y, g, a, b) => [unbroadcast(g, a.shape), op.Neg(unbroadcast(g, b.shape))],
  // (a b)' : g b, g a
  Mul: (_y, g, a, b) => [unbroadcast(op.Mul(g, b), a.shape), unbroadcast(op.Mul(g, a), b.shape)],
  // (a / b)' : g / b, −g y / b
  Div: (y, g, a, b) => {
    const share = op.Div(g, b);
    return [unbroadcast(share, a.shape), op.Neg(unbroadcast(op.Mul(share, y), b.shape))];
  },
  // the larger one takes it all; a takes ties
  Max: (_y, g, a, b) => {
    const first = op.GreaterOrEqual(a, b);
    return [unbroadcast(op.Where(first, g, 0), a.shape), unbroadcast(op.Where(first, 0, g), b.shape)];
  },
  Min: (_y, g, a, b) => {
    const first = op.LessOrEqual(a, b);
    return [unbroadcast(op.Where(first, g, 0), a.shape), unbroadcast(op.Where(first, 0, g), b.shape)];
  },
  // −g
  Neg: (_y, g) => [op.Neg(g)],
  // g sign(x), 0 at 0
  Abs: (_y, g, x) => [op.Where(op.Greater(x, 0), g, op.Where(op.Less(x, 0), op.Neg(g), 0))],
  // g y
  Exp: (y, g) => [op.Mul(g, y)],
  // g / x
  Log: (_y, g, x) => [op.Div(g, x)],
  // g / (2 y)
  Sqrt: (y, g) => [op.Div(g, op.Mul(y, 2))],
  // g · 2/√π · e^(−x²)
  Erf: (_y, g, x) => [op.Mul(op.Mul(g, 2 / Math.sqrt(Math.PI)), op.Exp(op.Neg(op.Mul(x, x))))],

  // g where y > 0
  Relu: (y, g) => [op.Where(op.Greater(y, 0), g, 0)],
  // g where x > 0, else alpha g
  LeakyRelu: (y, g, x) => [op.Mul(g, op.Where(op.Greater(x, 0), 1, y.attributes.alpha))],
  // g where x > 0, else g (y + alpha), because alpha eˣ = y + alpha
  Elu: (y, g, x) => [op.Where(op.Greater(x, 0), g, op.Mul(g, op.Add(y, y.attributes.alpha)))],
  // g y (1 − y)
  Sigmoid: (y, g) => [op.Mul(op.Mul(g, y), op.Sub(1, y))],
  // alpha g where 0 < y < 1
  HardSigmoid: (y, g) => [op.Where(op.And(op.Greater(y, 0), op.Less(y, 1)), op.Mul(g, y.attributes.alpha), 0)],
  // g (1 − y²)
  Tanh: (y, g) => [op.Mul(g, op.Sub(1, op.Mul(y, y)))],
  // g σ(x)
  Softplus: (_y, g, x) => [op.Mul(g, op.Sigmoid(x))],

  Greater: nothing,
  GreaterOrEqual: nothing,
  Less: nothing,
  LessOrEqual: nothing,
  Equal: nothing,
  Not: nothing,
  And: nothing,
  Where: (_y, g, condition, yes, no) => [
    undefined,
    unbroadcast(op.Where(condition, g, 0), yes.shape),
    unbroadcast(op.Where(condition, 0, g), no.shape),
  ],
  Cast: (_y, g, x) => [x.type === 'float32' && g.type === 'float32' ? g : undefined],

  DequantizeLinear: nothing,

  // g Bᵀ, Aᵀ g
  MatMul: (_y, g, a, b) => [
    unbroadcast(op.MatMul(g, swapLastTwo(b)), a.shape),
    unbroadcast(op.MatMul(swapLastTwo(a), g), b.shape),
  ],
  // with P = op(A), Q = op(B): dP = alpha g Qᵀ, dQ = alpha Pᵀ g, transposed back where the operand was; dC = beta g
  Gemm: (y, g, a, b, c) => {
    const { alpha, beta, transA, transB } = y.attributes;
    const da = transA
      ? op.Gemm(b, g, undefined, { alpha, transA: transB, transB: true })
      : op.Gemm(g, b, undefined, { alpha, transB: !transB });
    const db = transB
      ? op.Gemm(g, a, undefined, { alpha, transA: true, transB: transA })
      : op.Gemm(a, g, undefined, { alpha, transA: !transA });
    return [da, db, c && unbroadcast(op.Mul(g, beta), c.shape)];
  },

  // convolution's rules choose between formulations by shape and have a file of their own
  Conv: convGradient,
  ConvTranspose: convTransposeGradient,
  MaxPool: maxPoolGradient,
  AveragePool: averagePoolGradient,
  // g summed over the copies of each pixel
  Resize: (y, g) => [windowSum(g, y.attributes.factors)],

  ReduceSum: (y, g, x) => [unreduce(g, x, y.attributes.axes)],
  // g sign(x)
  ReduceL1: (y, g, x) => {
    const share = unreduce(g, x, y.attributes.axes);
    return [op.Where(op.Greater(x, 0), share, op.Where(op.Less(x, 0), op.Neg(share), 0))];
  },
  // g / n
  ReduceMean: (y, g, x) => [unreduce(op.Div(g, reducedCount(x, y.attributes.axes, y)), x, y.attributes.axes)],
  // shared equally among the largest
  ReduceMax: (y, g, x) => {
    const { axes } = y.attributes;
    const largest = op.Cast(op.Equal(x, unreduce(y, x, axes)), 'float32');
    return [op.Mul(largest, unreduce(op.Div(g, op.ReduceSum(largest, axes, y.attributes.keepDimensions)), x, axes))];
  },
  // g y / x
  ReduceProd: (y, g, x) => [op.Div(unreduce(op.Mul(g, y), x, y.attributes.axes), x)],

  TopK: nothing,
  ArgMin: nothing,

  Reshape: (_y, g, x) => [op.Reshape(g, x.shape)],
  // the inverse permutation
  Transpose: (y, g) => [
    op.Transpose(
      g,
      y.attributes.permutation.map((_, axis, all) => all.indexOf(axis)),
    ),
  ],
  Expand: (_y, g, x) => [unbroadcast(g, x.shape)],
  Concat: (y, g, ...parts) => {
    let start = 0;
    return parts.map((part) => {
      const end = start + staticSide(part.shape, y.attributes.axis);
      const share = op.Slice(g, y.attributes.axis, start, end);
      start = end;
      return share;
    });
  },
  Slice: (y, g, x) => {
    const { axis, start, end } = y.attributes;
    return [op.Pad(g, axis, start, staticSide(x.shape, axis) - end)];
  },
  Pad: (y, g, x) => {
    const { axis, before } = y.attributes;
    return [op.Slice(g, axis, before, before + staticSide(x.shape, axis))];
  },
  // rows of g added back where they came from
  Gather: (y, g, x, indices) => {
    const { axis } = y.attributes;
    const rank = indices.shape.length;
    const rest = x.shape.map((_, i) => i).filter((i) => i !== axis);
    // the gathered axes to the front, flat
    const front = op.Transpose(g, [
      ...indices.shape.map((_, i) => axis + i),
      ...rest.map((i) => (i < axis ? i : i + rank - 1)),
    ]);
    // one number of rows for all index axes; a symbolic side can only stand alone
    const sides = indices.shape.filter((side) => side !== 1);
    const flatSide = sizeOf(indices.shape) ?? sideOf(sides, 0);
    if (typeof flatSide === 'string' && sides.length > 1) {
      throw shapeError('Gather', 'expected a symbolic side of the indices to be the only one', indices.shape);
    }
    const others = rest.map((i) => sideOf(x.shape, i));
    const rows = op.Reshape(front, [flatSide, ...others]);
    const flat = op.Reshape(op.Cast(indices, 'int64'), [flatSide]);
    const moved = op.ScatterND(op.Transpose(x, [axis, ...rest]), flat, rows);
    const back = x.shape.map((_, i) => (i === axis ? 0 : rest.indexOf(i) + 1));
    return [op.Transpose(moved, back), undefined];
  },
  ScatterND: (_y, g, _like, indices) => [undefined, undefined, op.Gather(g, indices, 0)],
  ScatterElements: nothing,
  Size: nothing,

  RandomNormalLike: nothing,
  RandomUniformLike: nothing,
  Variable: nothing,
  Constant: nothing,
  CustomGradient: (y, g) => [undefined, ...y.attributes.rule(g)],
};
