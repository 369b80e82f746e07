import { GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { averagePool, convolve, convolveTransposed, maxPool, upsample } from './convolution-kernels.js';
import { permuted, type Shape, sideOf, sidesOf, sizeOf, stridesOf } from './shape.js';
import { type DataType, type Inputs, type Operator, type Tensor, topologicalOrder } from './tensor.js';
import { numberAt, type Value, zeros } from './value.js';

export type { Value };

/** A kernel computes the whole output; `bind` fills sizes in for the symbolic sides of a shape. */
type Kernel<Op extends Operator> = (
  y: Tensor<Op>,
  inputs: Inputs<Op, Value>,
  bind: (shape: Shape) => readonly number[],
) => Value;

/** Strides of a value seen as broadcast to `shape`: 0 along repeated axes. */
function broadcastStrides(value: Pick<Value, 'shape'>, shape: readonly number[]): number[] {
  const strides = stridesOf(value.shape);
  const offset = shape.length - value.shape.length;
  return shape.map((_, axis) => {
    const isRepeated = axis < offset || value.shape[axis - offset] === 1;
    return isRepeated ? 0 : sideOf(strides, axis - offset);
  });
}

/** Where each position of `shape` lies in a value of the given strides, flat. */
function positionsOf(shape: readonly number[], strides: readonly number[]): Int32Array {
  const positions = new Int32Array(sizeOf(shape));
  if (positions.length === 0) return positions;
  let filled = 1;
  for (const [i, side] of shape.toReversed().entries()) {
    const stride = sideOf(strides, -1 - i);
    const block = positions.slice(0, filled);
    for (let k = 1; k < side; k++) {
      positions.set(
        block.map((position) => position + k * stride),
        k * filled,
      );
    }
    filled *= side;
  }
  return positions;
}

/** A value repeated along new axes and axes of length 1. */
function broadcast(x: Value, shape: readonly number[]): Value {
  return gather(x, shape, broadcastStrides(x, shape));
}

function gather(x: Value, shape: readonly number[], strides: readonly number[]): Value {
  return { shape, data: Float64Array.from(positionsOf(shape, strides), (from) => numberAt(x.data, from)) };
}

function elementwise<Op extends Operator>(f: (y: Tensor<Op>, ...values: Inputs<Op, number>) => number): Kernel<Op> {
  return (y, all) => {
    const inputs: readonly Value[] = [...all].filter((input): input is Value => input !== undefined);
    const rank = Math.max(...inputs.map((input) => input.shape.length));
    const shape = Array.from({ length: rank }, (_, axis) =>
      inputs.reduce((side, input) => {
        const own = input.shape[axis - rank + input.shape.length] ?? 1;
        return own === 1 ? side : own;
      }, 1),
    );
    const operands = inputs.map((input) => broadcast(input, shape).data);
    const data = zeros(shape).data.map((_, at) => {
      const numbers: readonly number[] = operands.map((operand) => numberAt(operand, at));
      return f(y, ...(numbers as unknown as Inputs<Op, number>));
    });
    return { shape, data };
  };
}

function reduction<Op extends 'ReduceSum' | 'ReduceL1' | 'ReduceMean' | 'ReduceMax' | 'ReduceProd'>(
  start: number,
  combine: (sum: number, value: number) => number,
  finish = (sum: number, _count: number): number => sum,
): Kernel<Op> {
  return (y, [x]) => {
    const { axes, keepDimensions } = y.attributes;
    const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
    const sums = zeros(kept).data.fill(start);
    const positions = positionsOf(x.shape, broadcastStrides({ shape: kept }, x.shape));
    for (const [from, to] of positions.entries()) sums[to] = combine(numberAt(sums, to), numberAt(x.data, from));
    const count = x.data.length / sums.length;
    const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
    return { shape, data: sums.map((sum) => finish(sum, count)) };
  };
}

/** Copies a block of axes: `from` and `to` say where it starts along `axis` on either side. */
function copyAlong(x: Value, target: Value, axis: number, from: number, to: number, count: number): void {
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  for (let i = 0; i < outer; i++) {
    const source = (i * sideOf(x.shape, axis) + from) * inner;
    target.data.set(x.data.subarray(source, source + count * inner), (i * sideOf(target.shape, axis) + to) * inner);
  }
}

function transpose(x: Value, permutation: readonly number[]): Value {
  return gather(x, permuted(x.shape, permutation), permuted(stridesOf(x.shape), permutation));
}

function matrixProduct(a: Value, b: Value): Value {
  const [m, k] = sidesOf(a.shape.slice(-2), 2);
  const n = sideOf(b.shape, -1);
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const side = (value: Value, axis: number): number => value.shape[axis - rank + value.shape.length - 2] ?? 1;
  const batch = Array.from({ length: rank }, (_, axis) => Math.max(side(a, axis), side(b, axis)));
  const matrices = ({ shape }: Value): Int32Array =>
    positionsOf(batch, broadcastStrides({ shape: shape.slice(0, -2) }, batch));
  const [left, right] = [matrices(a), matrices(b)];
  const elementOf = (matrix: number, i: number, j: number): number => {
    const [row, column] = [(left[matrix]! * m + i) * k, right[matrix]! * k * n + j];
    let sum = 0;
    for (let l = 0; l < k; l++) sum += numberAt(a.data, row + l) * numberAt(b.data, column + l * n);
    return sum;
  };
  const y = zeros([...batch, m, n]);
  return {
    ...y,
    data: y.data.map((_, at) => elementOf(Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n)),
  };
}

/** The error function by its Maclaurin series, or by Lentz's continued fraction of erfc for large |x|; to about 1e-15. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / (fraction * Math.sqrt(Math.PI)));
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

const kernels: { readonly [Op in Operator]: Kernel<Op> } = {
  Add: elementwise((_y, a, b) => a + b),
  Sub: elementwise((_y, a, b) => a - b),
  Mul: elementwise((_y, a, b) => a * b),
  Div: elementwise((y, a, b) => (y.type === 'float32' ? a / b : Math.trunc(a / b))),
  Max: elementwise((_y, a, b) => Math.max(a, b)),
  Min: elementwise((_y, a, b) => Math.min(a, b)),
  Neg: elementwise((_y, x) => -x),
  Abs: elementwise((_y, x) => Math.abs(x)),
  Exp: elementwise((_y, x) => Math.exp(x)),
  Log: elementwise((_y, x) => Math.log(x)),
  Sqrt: elementwise((_y, x) => Math.sqrt(x)),
  Erf: elementwise((_y, x) => erf(x)),
  Relu: elementwise((_y, x) => Math.max(x, 0)),
  LeakyRelu: elementwise((y, x) => (x > 0 ? x : y.attributes.alpha * x)),
  Elu: elementwise((y, x) => (x > 0 ? x : y.attributes.alpha * Math.expm1(x))),
  Sigmoid: elementwise((_y, x) => sigmoid(x)),
  HardSigmoid: elementwise((y, x) => Math.min(Math.max(y.attributes.alpha * x + y.attributes.beta, 0), 1)),
  Tanh: elementwise((_y, x) => Math.tanh(x)),
  Softplus: elementwise((_y, x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Greater: elementwise((_y, a, b) => Number(a > b)),
  GreaterOrEqual: elementwise((_y, a, b) => Number(a >= b)),
  Less: elementwise((_y, a, b) => Number(a < b)),
  LessOrEqual: elementwise((_y, a, b) => Number(a <= b)),
  Equal: elementwise((_y, a, b) => Number(a === b)),
  Not: elementwise((_y, x) => Number(!x)),
  And: elementwise((_y, a, b) => Number(a && b)),
  Where: elementwise((_y, condition, a, b) => (condition ? a : b)),
  Cast: elementwise((y, x) => castNumber(x, y.attributes.to)),
  DequantizeLinear: elementwise((y, x) => x * y.attributes.scale),
  MatMul: (_y, [a, b]) => matrixProduct(a, b),
  Gemm: (y, [a, b, c]) => {
    const { alpha, beta, transA, transB } = y.attributes;
    const { shape, data } = matrixProduct(transA ? transpose(a, [1, 0]) : a, transB ? transpose(b, [1, 0]) : b);
    const addend = c && broadcast(c, shape).data;
    return { shape, data: data.map((sum, at) => alpha * sum + (addend ? beta * numberAt(addend, at) : 0)) };
  },
  Conv: (y, inputs, bind) => convolve(inputs, bind(y.shape), y.attributes),
  ConvTranspose: (y, inputs, bind) => convolveTransposed(inputs, bind(y.shape), y.attributes),
  MaxPool: (y, [x], bind) => maxPool(x, bind(y.shape), y.attributes),
  AveragePool: (y, [x], bind) => averagePool(x, bind(y.shape), y.attributes),
  Resize: (y, [x], bind) => upsample(x, bind(y.shape), y.attributes.factors),
  ReduceSum: reduction(0, (sum, value) => sum + value),
  ReduceL1: reduction(0, (sum, value) => sum + Math.abs(value)),
  ReduceMean: reduction(
    0,
    (sum, value) => sum + value,
    (sum, count) => sum / count,
  ),
  ReduceMax: reduction(-Infinity, Math.max),
  ReduceProd: reduction(1, (product, value) => product * value),
  TopK: (y, [x]) => {
    const { count } = y.attributes;
    const side = sideOf(x.shape, -1);
    const result = zeros([...x.shape.slice(0, -1), count]);
    for (let row = 0; row * side < x.data.length; row++) {
      const values = x.data.subarray(row * side, (row + 1) * side);
      const order = [...values.keys()].sort((a, b) => numberAt(values, b) - numberAt(values, a) || a - b);
      result.data.set(order.slice(0, count), row * count);
    }
    return result;
  },
  ArgMin: (y, [x]) => {
    const { axis } = y.attributes;
    const side = sideOf(x.shape, axis);
    const inner = sizeOf(x.shape.slice(axis + 1));
    const shape = x.shape.toSpliced(axis, 1);
    const data = zeros(shape).data.map((_, at) => {
      const first = Math.floor(at / inner) * side * inner + (at % inner);
      let smallest = 0;
      for (let i = 1; i < side; i++) {
        if (numberAt(x.data, first + i * inner) < numberAt(x.data, first + smallest * inner)) smallest = i;
      }
      return smallest;
    });
    return { shape, data };
  },
  Reshape: (y, [x], bind) => ({ shape: bind(y.attributes.shape), data: x.data }),
  Transpose: (y, [x]) => transpose(x, y.attributes.permutation),
  Expand: (y, [x], bind) => broadcast(x, bind(y.attributes.shape)),
  Concat: (y, parts) => {
    const { axis } = y.attributes;
    const length = parts.reduce((sum, part) => sum + sideOf(part.shape, axis), 0);
    const result = zeros(parts[0].shape.with(axis, length));
    let start = 0;
    for (const part of parts) {
      const side = sideOf(part.shape, axis);
      copyAlong(part, result, axis, 0, start, side);
      start += side;
    }
    return result;
  },
  Slice: (y, [x]) => {
    const { axis, start, end } = y.attributes;
    const result = zeros(x.shape.with(axis, end - start));
    copyAlong(x, result, axis, start, 0, end - start);
    return result;
  },
  Pad: (y, [x]) => {
    const { axis, before, after } = y.attributes;
    const result = zeros(x.shape.with(axis, sideOf(x.shape, axis) + before + after));
    copyAlong(x, result, axis, 0, before, sideOf(x.shape, axis));
    return result;
  },
  Gather: (y, [x, indices]) => {
    const { axis } = y.attributes;
    const side = sideOf(x.shape, axis);
    const outer = x.shape.slice(0, axis);
    const inner = x.shape.slice(axis + 1);
    const flat = zeros([...outer, indices.data.length, ...inner]);
    for (const [to, from] of indices.data.entries()) {
      if (from >= side || from < -side) {
        throw new GargaloError('bad-input', 'Gather', `expected an index below ${side}, got ${from}`);
      }
      copyAlong(x, flat, axis, from < 0 ? from + side : from, to, 1);
    }
    return { shape: [...outer, ...indices.shape, ...inner], data: flat.data };
  },
  ScatterND: (_y, [like, indices, rows]) => {
    const result = zeros(like.shape);
    const inner = sizeOf(like.shape.slice(1));
    for (const [at, value] of rows.data.entries()) {
      const index = numberAt(indices.data, Math.floor(at / inner));
      const to = (index < 0 ? index + sideOf(like.shape, 0) : index) * inner + (at % inner);
      result.data[to] = numberAt(result.data, to) + value;
    }
    return result;
  },
  ScatterElements: (_y, [like, indices]) => {
    const result = zeros(like.shape);
    const [side, count] = [sideOf(like.shape, -1), sideOf(indices.shape, -1)];
    for (const [at, index] of indices.data.entries()) result.data[Math.floor(at / count) * side + index] = 1;
    return result;
  },
  Size: (_y, [x]) => ({ shape: [], data: Float64Array.of(x.data.length) }),
  RandomNormalLike: (y, [x]) => {
    const random = createRandom(y.attributes.seed, 'normal');
    return { shape: x.shape, data: x.data.map(() => random.normal()) };
  },
  RandomUniformLike: (y, [x]) => {
    const random = createRandom(y.attributes.seed, 'uniform');
    return { shape: x.shape, data: x.data.map(() => random.uniform()) };
  },
  Variable: (y) => {
    throw new GargaloError('bad-input', 'evaluate', `expected a value for the variable "${y.attributes.name}"`);
  },
  Constant: (y, _inputs, bind) => ({ shape: bind(y.shape), data: Float64Array.from(y.attributes.values, Number) }),
  CustomGradient: (_y, [value]) => value,
};

function castNumber(x: number, to: DataType): number {
  if (to === 'float32') return x;
  if (to === 'bool') return Number(x !== 0);
  return to === 'uint8' ? Math.trunc(x) & 0xff : Math.trunc(x);
}

/**
 * Computes tensors in double precision, plainly: the oracle that gradients and programs are tested against, and what
 * folds constants. Slow; programs are for work.
 *
 * @param feeds values of the variables (and, if wanted, of any other tensor)
 * @throws GargaloError `bad-input` where a variable has no value or a symbolic side gets two sizes
 */
export function evaluate(outputs: readonly Tensor[], feeds: ReadonlyMap<Tensor, Value> = new Map()): Value[] {
  const sides = boundSides(feeds);
  const bind = (shape: Shape): number[] =>
    shape.map((side) => {
      const size = typeof side === 'number' ? side : sides.get(side);
      if (size === undefined)
        throw new GargaloError('bad-input', 'evaluate', `expected a size for "${side}", got none`);
      return size;
    });
  const values = new Map<Tensor, Value>(feeds);
  const computed = (tensor: Tensor): Value => values.get(tensor) ?? missing(tensor);
  for (const tensor of topologicalOrder(outputs)) {
    if (!values.has(tensor)) values.set(tensor, compute(tensor, tensor.inputs.map(computed), bind));
  }
  return outputs.map(computed);
}

/** Computes a single tensor: see {@link evaluate}. */
export function evaluateSingle(output: Tensor, feeds?: ReadonlyMap<Tensor, Value>): Value {
  const [value] = evaluate([output], feeds);
  return value ?? missing(output);
}

function compute<Op extends Operator>(
  tensor: Tensor<Op>,
  inputs: readonly Value[],
  bind: (shape: Shape) => readonly number[],
): Value {
  const kernel: Kernel<Op> = kernels[tensor.op];
  return kernel(tensor, inputs as unknown as Inputs<Op, Value>, bind);
}

function missing(tensor: Tensor): never {
  throw new GargaloError('internal', 'evaluate', `expected a value of ${tensor.op}, got none`);
}

/** The sizes that the feeds give to symbolic sides. */
function boundSides(feeds: ReadonlyMap<Tensor, Value>): Map<string, number> {
  const sides = new Map<string, number>();
  for (const [tensor, { shape }] of feeds) {
    if (tensor.shape.length !== shape.length) {
      throw new GargaloError('bad-shape', 'evaluate', `expected rank ${tensor.shape.length}, got ${shape.length}`);
    }
    for (const [axis, side] of tensor.shape.entries()) {
      const size = sideOf(shape, axis);
      const bound = typeof side === 'number' ? side : (sides.get(side) ?? size);
      if (bound !== size) {
        throw new GargaloError('bad-shape', 'evaluate', `expected size ${bound} for ${side}, got ${size}`);
      }
      if (typeof side === 'string') sides.set(side, size);
    }
  }
  return sides;
}
