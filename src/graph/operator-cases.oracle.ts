import { createRandom, permutation, type Random } from '../core/random.js';
import type { Value } from './evaluate.js';
import * as op from './ops/index.js';
import { constant, type DataType, type Operator, type Tensor, variable } from './tensor.js';

/** An expression of one operator with values for its variables. */
export interface Sample {
  readonly output: Tensor;
  readonly feeds: ReadonlyMap<Tensor<'Variable'>, Value>;
}

/** How to draw expressions of an operator. */
export interface OperatorCase {
  readonly sample: (draw: Draw) => Tensor;
  /** Why the gradient is zero almost everywhere, for operators where it is. */
  readonly flat?: string;
}

/** Draws numbers, shapes and variables; the variables' values collect in `feeds`. */
export interface Draw {
  readonly random: Random;
  readonly feeds: Map<Tensor<'Variable'>, Value>;
  /** A whole number from `low` to `high`. */
  integer(low: number, high: number): number;
  coin(): boolean;
  pick<T>(items: readonly T[]): T;
  /** A shape of a rank from `low` to `high`, shorter sides for higher ranks; every third side or so is 1. */
  shape(low?: number, high?: number): number[];
  /** Shapes that broadcast together: sides made 1 and leading axes left out, of either. */
  broadcastable(count: number): number[][];
  variable(shape: readonly number[], value: (at: number) => number, type?: DataType): Tensor<'Variable'>;
  /** Normal values. */
  real(shape: readonly number[]): Tensor<'Variable'>;
  /** |x| from `low` to `high`, of either sign: away from kinks and zeros. */
  away(shape: readonly number[], low: number, high: number): Tensor<'Variable'>;
  positive(shape: readonly number[]): Tensor<'Variable'>;
  /** All different, by at least 0.1. */
  distinct(shape: readonly number[]): Tensor<'Variable'>;
  /** Indices below `bound`, with repetitions. */
  indices(shape: readonly number[], bound: number): Tensor<'Variable'>;
}

function sizeOfSides(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function createDraw(seed: number, stream: string): Draw {
  const random = createRandom(seed, stream);
  const feeds = new Map<Tensor<'Variable'>, Value>();
  const integer = (low: number, high: number): number => low + random.integer(high - low + 1);
  const coin = (): boolean => random.integer(2) === 1;
  const longest = [1, 7, 5, 4, 3];
  const draw: Draw = {
    random,
    feeds,
    integer,
    coin,
    pick: (items) => items[random.integer(items.length)]!,
    shape(low = 0, high = 4) {
      const rank = integer(low, high);
      return Array.from({ length: rank }, () => (random.integer(4) === 0 ? 1 : integer(1, longest[rank]!)));
    },
    broadcastable(count) {
      const full = draw.shape();
      return Array.from({ length: count }, () => {
        const sides = full.map((side) => (random.integer(4) === 0 ? 1 : side));
        return coin() ? sides : sides.slice(random.integer(sides.length + 1));
      });
    },
    variable(shape, value, type = 'float32') {
      const tensor = variable(`v${feeds.size}`, shape, type);
      feeds.set(tensor, { shape, data: Float64Array.from({ length: sizeOfSides(shape) }, (_, at) => value(at)) });
      return tensor;
    },
    real: (shape) => draw.variable(shape, () => random.normal()),
    away: (shape, low, high) =>
      draw.variable(shape, () => (low + (high - low) * random.uniform()) * (random.integer(2) === 1 ? 1 : -1)),
    positive: (shape) => draw.variable(shape, () => 0.3 + 2 * random.uniform()),
    distinct(shape) {
      const order = permutation(sizeOfSides(shape), random);
      return draw.variable(shape, (at) => 0.1 * (order[at]! - 0.4 * order.length) + 0.03);
    },
    indices: (shape, bound) => draw.variable(shape, () => random.integer(bound), draw.pick(['int32', 'int64'])),
  };
  return draw;
}

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;
type Reduce = (x: Tensor, axes?: readonly number[], keepDimensions?: boolean) => Tensor;

const unary = (apply: Unary, values: (draw: Draw, shape: number[]) => Tensor): OperatorCase => ({
  sample: (draw) => apply(values(draw, draw.shape())),
});
const real = (draw: Draw, shape: number[]): Tensor => draw.real(shape);
const awayFromZero = (draw: Draw, shape: number[]): Tensor => draw.away(shape, 0.1, 2);

const binary = (apply: Binary, right = real): OperatorCase => ({
  sample: (draw) => {
    const [a, b] = draw.broadcastable(2) as [number[], number[]];
    return apply(draw.real(a), right(draw, b));
  },
});

/** Operands that are nowhere closer than 0.1 to each other: one on a grid, the other between its points. */
const apart = (apply: Binary): OperatorCase => ({
  sample: (draw) => {
    const [a, b] = draw.broadcastable(2) as [number[], number[]];
    const grid = (offset: number) => (): number => 0.2 * draw.integer(-10, 10) + offset;
    return apply(draw.variable(a, grid(0)), draw.variable(b, grid(0.1)));
  },
});

/** Small whole numbers, so that many are equal. */
const comparison = (apply: Binary): OperatorCase => ({
  sample: (draw) => {
    const [a, b] = draw.broadcastable(2) as [number[], number[]];
    const type = draw.pick(['float32', 'int32', 'int64'] as const);
    const small = (): number => draw.integer(-2, 2);
    return apply(draw.variable(a, small, type), draw.variable(b, small, type));
  },
  flat: 'a truth value',
});

const reduction = (reduce: Reduce, values = real): OperatorCase => ({
  sample: (draw) => {
    const shape = draw.shape();
    const axes = shape.map((_, axis) => axis).filter(() => draw.coin());
    const written = axes.map((axis) => (draw.coin() ? axis : axis - shape.length));
    return reduce(values(draw, shape), draw.integer(0, 3) === 0 ? undefined : written, draw.coin());
  },
});

const truths = (draw: Draw, shape: readonly number[]): Tensor => draw.variable(shape, () => draw.integer(0, 1), 'bool');

/** The same number of values in other sides. */
function regroup(draw: Draw, size: number): number[] {
  const sides: number[] = [];
  let rest = size;
  while (rest > 1 && sides.length < 3) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((side) => rest % side === 0);
    const side = draw.pick(divisors);
    sides.push(side);
    rest /= side;
  }
  return rest > 1 || (sides.length === 0 && draw.coin()) ? [...sides, rest] : sides;
}

/** Small images with a window that fits into them; every other one goes evenly into them, as in pooling. */
function drawWindow(draw: Draw, image: (shape: number[]) => Tensor) {
  const kernel: op.Pair = [draw.integer(1, 3), draw.integer(1, 3)];
  const even = draw.coin();
  const strides: op.Pair = even ? kernel : [draw.integer(1, 3), draw.integer(1, 3)];
  const [top, left, bottom, right] = [0, 1, 2, 3].map((i) => (even ? 0 : draw.integer(0, kernel[i % 2]! - 1)));
  const pads: op.Pads = [top!, left!, bottom!, right!];
  const side = (axis: 0 | 1): number =>
    even ? kernel[axis] * draw.integer(1, 3) : draw.integer(Math.max(kernel[axis], 2), 6);
  const sides: op.Pair = [side(0), side(1)];
  return { x: image([draw.integer(1, 3), draw.integer(1, 3), ...sides]), sides, kernel, strides, pads };
}

/**
 * Random expressions of every operator, with values away from kinks and within domains: what gradients, encoding and
 * runtimes are tested with. An operator without a case does not compile.
 */
export const operatorCases: { readonly [Op in Operator]: OperatorCase } = {
  Add: binary(op.Add),
  Sub: binary(op.Sub),
  Mul: binary(op.Mul),
  Div: binary(op.Div, (draw, shape) => draw.away(shape, 0.5, 2)),
  Max: apart(op.Max),
  Min: apart(op.Min),
  Neg: unary(op.Neg, real),
  Abs: unary(op.Abs, awayFromZero),
  Exp: unary(op.Exp, real),
  Log: unary(op.Log, (draw, shape) => draw.positive(shape)),
  Sqrt: unary(op.Sqrt, (draw, shape) => draw.positive(shape)),
  Erf: unary(op.Erf, real),
  Relu: unary(op.Relu, awayFromZero),
  LeakyRelu: { sample: (draw) => op.LeakyRelu(awayFromZero(draw, draw.shape()), draw.random.uniform()) },
  Elu: { sample: (draw) => op.Elu(awayFromZero(draw, draw.shape()), 0.5 + draw.random.uniform()) },
  Sigmoid: unary(op.Sigmoid, real),
  HardSigmoid: {
    // both sides of either corner, none near one
    sample: (draw) =>
      op.HardSigmoid(
        draw.variable(draw.shape(), () => draw.pick([-2, -1, -0.3, 0, 0.4, 1, 2])),
        0.4,
        0.5,
      ),
  },
  Tanh: unary(op.Tanh, real),
  Softplus: unary(op.Softplus, real),
  Greater: comparison(op.Greater),
  GreaterOrEqual: comparison(op.GreaterOrEqual),
  Less: comparison(op.Less),
  LessOrEqual: comparison(op.LessOrEqual),
  Equal: comparison(op.Equal),
  Not: { sample: (draw) => op.Not(truths(draw, draw.shape())), flat: 'a truth value' },
  And: {
    sample: (draw) => {
      const [a, b] = draw.broadcastable(2) as [number[], number[]];
      return op.And(truths(draw, a), truths(draw, b));
    },
    flat: 'a truth value',
  },
  Where: {
    sample: (draw) => {
      const [condition, yes, no] = draw.broadcastable(3) as [number[], number[], number[]];
      return op.Where(truths(draw, condition), draw.real(yes), draw.real(no));
    },
  },
  Cast: {
    sample: (draw) => {
      const [from, to] = draw.pick([
        ['float32', 'int32'],
        ['float32', 'int64'],
        ['uint8', 'float32'],
        ['int32', 'float32'],
        ['int64', 'int32'],
        ['bool', 'float32'],
        ['float32', 'bool'],
        ['int32', 'uint8'],
      ] as const);
      const value = { float32: () => draw.integer(-9, 9) + 0.5, bool: () => draw.integer(0, 1) };
      const whole = (): number => draw.integer(0, 200);
      return op.Cast(draw.variable(draw.shape(), value[from as 'bool' | 'float32'] ?? whole, from), to);
    },
    flat: 'between types: whole numbers have no slope',
  },
  DequantizeLinear: {
    sample: (draw) =>
      op.DequantizeLinear(
        draw.variable(draw.shape(), () => draw.integer(0, 255), 'uint8'),
        1 / 255,
      ),
    flat: 'bytes have no slope',
  },
  MatMul: {
    sample: (draw) => {
      const [m, k, n] = [draw.integer(1, 4), draw.integer(1, 4), draw.integer(1, 4)];
      const batch = draw.shape(0, 2).map((side) => Math.min(side, 3));
      const [left, right] = [batch, batch].map((sides) => {
        const narrowed = sides.map((side) => (draw.integer(0, 3) === 0 ? 1 : side));
        return draw.coin() ? narrowed : narrowed.slice(draw.integer(0, narrowed.length));
      }) as [number[], number[]];
      return op.MatMul(draw.real([...left, m, k]), draw.real([...right, k, n]));
    },
  },
  Gemm: {
    sample: (draw) => {
      const [m, k, n] = [draw.integer(1, 5), draw.integer(1, 5), draw.integer(1, 5)];
      const [transA, transB] = [draw.coin(), draw.coin()];
      const addends = [undefined, [], [1], [n], [1, n], [m, 1], [1, 1], [m, n]];
      const addend = draw.pick(addends);
      return op.Gemm(
        draw.real(transA ? [k, m] : [m, k]),
        draw.real(transB ? [n, k] : [k, n]),
        addend && draw.real(addend),
        { alpha: draw.random.normal(), beta: draw.random.normal(), transA, transB },
      );
    },
  },
  Conv: {
    sample: (draw) => {
      const { x, sides, kernel, strides, pads } = drawWindow(draw, (shape) => draw.real(shape));
      const [c, k] = [x.shape[1] as number, draw.integer(1, 3)];
      const bias = draw.coin() ? draw.real([k]) : undefined;
      const padding = draw.coin() ? pads : op.paddingFor(draw.pick(['same', 'valid']), sides, kernel, strides);
      return op.Conv(x, draw.real([k, c, ...kernel]), bias, { strides, pads: padding });
    },
  },
  ConvTranspose: {
    sample: (draw) => {
      const [c, k, strides] = [draw.integer(1, 3), draw.integer(1, 3), [draw.integer(1, 3), draw.integer(1, 3)]];
      const outputPadding = strides.map((stride) => draw.integer(0, stride - 1));
      const [sides, kernel] = [0, 1].map(() => [draw.integer(1, 4), draw.integer(1, 4)]) as [number[], number[]];
      // no more than leaves an image of at least one pixel
      const pads = [0, 1, 2, 3].map((i) => draw.integer(0, (kernel[i % 2]! - 1) >> 1));
      const x = draw.real([draw.integer(1, 3), c, ...sides]);
      const bias = draw.coin() ? draw.real([k]) : undefined;
      return op.ConvTranspose(x, draw.real([c, k, ...kernel]), bias, {
        strides: strides as [number, number],
        pads: pads as [number, number, number, number],
        outputPadding: outputPadding as [number, number],
      });
    },
  },
  MaxPool: {
    sample: (draw) => {
      const { x, kernel, strides, pads } = drawWindow(draw, (shape) => draw.distinct(shape));
      return op.MaxPool(x, { kernel, strides, pads });
    },
  },
  AveragePool: {
    sample: (draw) => {
      const { x, kernel, strides, pads } = drawWindow(draw, (shape) => draw.real(shape));
      return op.AveragePool(x, { kernel, strides, pads });
    },
  },
  Resize: {
    sample: (draw) => {
      const x = draw.real([draw.integer(1, 2), draw.integer(1, 3), draw.integer(1, 3), draw.integer(1, 3)]);
      return op.Resize(x, [draw.integer(1, 3), draw.integer(1, 3)]);
    },
  },
  ReduceSum: reduction(op.ReduceSum),
  ReduceL1: reduction(op.ReduceL1, (draw, shape) => draw.away(shape, 0.5, 2)),
  ReduceMean: reduction(op.ReduceMean),
  ReduceMax: reduction(op.ReduceMax, (draw, shape) => draw.distinct(shape)),
  ReduceProd: reduction(op.ReduceProd, (draw, shape) => draw.away(shape, 0.5, 1.5)),
  TopK: {
    // a third of the values twice: ties
    sample: (draw) => {
      const shape = draw.shape(1);
      const values = draw.variable(shape, () => draw.pick([-2, -1, 0.5, 3, draw.random.normal()]));
      return op.TopK(values, draw.integer(1, shape[shape.length - 1]!));
    },
    flat: 'positions are whole numbers',
  },
  ArgMin: {
    sample: (draw) => {
      const shape = draw.shape(1);
      const values = draw.variable(shape, () => draw.pick([-2, -1, 0.5, draw.random.normal()]));
      return op.ArgMin(values, draw.integer(-shape.length, shape.length - 1));
    },
    flat: 'positions are whole numbers',
  },
  Reshape: {
    sample: (draw) => {
      const shape = draw.shape();
      return op.Reshape(draw.real(shape), regroup(draw, sizeOfSides(shape)));
    },
  },
  Transpose: {
    sample: (draw) => {
      const shape = draw.shape();
      return op.Transpose(draw.real(shape), [...permutation(shape.length, draw.random)]);
    },
  },
  Expand: {
    sample: (draw) => {
      const shape = draw.shape();
      const narrow = shape.map((side) => (draw.coin() ? 1 : side)).slice(draw.integer(0, shape.length));
      return op.Expand(draw.real(narrow), shape);
    },
  },
  Concat: {
    sample: (draw) => {
      const shape = draw.shape(1);
      const axis = draw.integer(0, shape.length - 1);
      const parts = Array.from({ length: draw.integer(2, 4) }, () => draw.real(shape.with(axis, draw.integer(1, 3))));
      return op.Concat(parts, draw.coin() ? axis : axis - shape.length);
    },
  },
  Slice: {
    sample: (draw) => {
      const shape = draw.shape(1);
      const axis = draw.integer(0, shape.length - 1);
      const start = draw.integer(0, shape[axis]! - 1);
      return op.Slice(draw.real(shape), axis, start, draw.integer(start + 1, shape[axis]!));
    },
  },
  Pad: {
    sample: (draw) => {
      const shape = draw.shape(1);
      return op.Pad(
        draw.real(shape),
        draw.integer(-shape.length, shape.length - 1),
        draw.integer(0, 2),
        draw.integer(0, 2),
      );
    },
  },
  Gather: {
    sample: (draw) => {
      const shape = draw.shape(1, 3);
      const axis = draw.integer(0, shape.length - 1);
      return op.Gather(draw.real(shape), draw.indices(draw.shape(0, 2), shape[axis]!), axis);
    },
  },
  ScatterND: {
    sample: (draw) => {
      const shape = draw.shape(1, 3);
      const count = draw.integer(1, 5);
      const indices = draw.variable([count], () => draw.random.integer(shape[0]!), 'int64');
      return op.ScatterND(draw.real(shape), indices, draw.real([count, ...shape.slice(1)]));
    },
  },
  ScatterElements: {
    sample: (draw) => {
      const shape = draw.shape(1, 3);
      const side = shape[shape.length - 1]!;
      const positions = draw.indices([...shape.slice(0, -1), draw.integer(1, side)], side);
      return op.ScatterElements(draw.real(shape), op.Cast(positions, 'int64'));
    },
    flat: 'ones, wherever they are',
  },
  Size: { sample: (draw) => op.Size(draw.real(draw.shape())), flat: 'depends on the shape only' },
  RandomNormalLike: {
    sample: (draw) => op.RandomNormalLike(draw.real(draw.shape()), draw.integer(0, 99)),
    flat: 'depends on the shape only',
  },
  RandomUniformLike: {
    sample: (draw) => op.RandomUniformLike(draw.real(draw.shape()), draw.integer(0, 99)),
    flat: 'depends on the shape only',
  },
  Variable: { sample: (draw) => draw.real(draw.shape()) },
  Constant: {
    sample: (draw) => {
      const shape = draw.shape();
      draw.real(shape);
      return constant(
        Float32Array.from({ length: sizeOfSides(shape) }, () => draw.random.normal()),
        shape,
      );
    },
    flat: 'depends on nothing',
  },
  CustomGradient: {
    sample: (draw) => {
      const shape = draw.shape();
      const [x, y] = [draw.real(shape), draw.real(shape)];
      // x e^y, by hand
      const value = op.Mul(x, op.Exp(y));
      return op.withGradient(value, [x, y], (g) => [op.Mul(g, op.Exp(y)), op.Mul(op.Mul(g, x), op.Exp(y))]);
    },
  },
};

export const operatorNames = Object.keys(operatorCases) as Operator[];

/** The expression that a seed gives for an operator. */
export function sampleOperator(name: Operator, seed: number): Sample {
  const draw = createDraw(seed, `operator/${name}`);
  return { output: operatorCases[name].sample(draw), feeds: draw.feeds };
}
