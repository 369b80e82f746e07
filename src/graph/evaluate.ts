import { GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { averagePool, convolve, convolveTransposed, maxPool, upsample } from './convolution-kernels.js';
import { type Shape, stridesOf } from './shape.js';
import { type DataType, type Operator, type Tensor, topologicalOrder } from './tensor.js';

/** A value in double precision, whatever type it stands for; int64 is exact up to 2⁵³. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A kernel computes the whole output; `shape` is the output's, with symbolic sides filled in. */
type Kernel<Op extends Operator> = (y: Tensor<Op>, inputs: readonly Value[], bind: (shape: Shape) => number[]) => Value;

function sizeOfSides(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Strides of a value seen as broadcast to `shape`: 0 along repeated axes. */
function broadcastStrides(value: Value, shape: readonly number[]): number[] {
  const strides = stridesOf(value.shape);
  const offset = shape.length - value.shape.length;
  return shape.map((_, axis) =>
    axis < offset || value.shape[axis - offset] === 1 ? 0 : (strides[axis - offset] as number),
  );
}

/** Calls `visit` for each position of `shape`, with the flat positions of operands that have the given strides. */
function walk(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (at: number, positions: number[]) => void,
): void {
  const size = sizeOfSides(shape);
  const index = new Array<number>(shape.length).fill(0);
  const positions = new Array<number>(strides.length).fill(0);
  for (let at = 0; at < size; at++) {
    visit(at, positions);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      for (let k = 0; k < strides.length; k++) positions[k]! += strides[k]![axis]!;
      if (index[axis]! < shape[axis]!) break;
      for (let k = 0; k < strides.length; k++) positions[k]! -= strides[k]![axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

function elementwise<Op extends Operator>(f: (y: Tensor<Op>, ...values: number[]) => number): Kernel<Op> {
  return (y, inputs) => {
    const rank = Math.max(...inputs.map((input) => input.shape.length));
    const shape = Array.from({ length: rank }, (_, axis) =>
      inputs.reduce((side, input) => {
        const own = input.shape[axis - rank + input.shape.length] ?? 1;
        return own === 1 ? side : own;
      }, 1),
    );
    const data = new Float64Array(sizeOfSides(shape));
    const strides = inputs.map((input) => broadcastStrides(input, shape));
    walk(shape, strides, (at, positions) => {
      data[at] = f(y, ...inputs.map((input, k) => input.data[positions[k]!]!));
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
    const kept = x!.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
    const data = new Float64Array(sizeOfSides(kept)).fill(start);
    const strides = broadcastStrides({ shape: kept, data }, x!.shape);
    walk(x!.shape, [strides], (at, [to]) => {
      data[to!] = combine(data[to!]!, x!.data[at]!);
    });
    const count = x!.data.length / data.length;
    for (let i = 0; i < data.length; i++) data[i] = finish(data[i]!, count);
    return { shape: keepDimensions ? kept : x!.shape.filter((_, axis) => !axes.includes(axis)), data };
  };
}

/** Copies a block of axes: `from` and `to` say where it starts along `axis` on either side. */
function copyAlong(x: Value, target: Value, axis: number, from: number, to: number, count: number): void {
  const inner = sizeOfSides(x.shape.slice(axis + 1));
  const outer = sizeOfSides(x.shape.slice(0, axis));
  for (let i = 0; i < outer; i++) {
    const source = (i * x.shape[axis]! + from) * inner;
    target.data.set(x.data.subarray(source, source + count * inner), (i * target.shape[axis]! + to) * inner);
  }
}

function zeros(shape: readonly number[]): Value {
  return { shape, data: new Float64Array(sizeOfSides(shape)) };
}

function transpose(x: Value, permutation: readonly number[]): Value {
  const strides = stridesOf(x.shape);
  const y = zeros(permutation.map((axis) => x.shape[axis]!));
  walk(y.shape, [permutation.map((axis) => strides[axis]!)], (at, [from]) => {
    y.data[at] = x.data[from!]!;
  });
  return y;
}

function matrixProduct(a: Value, b: Value): Value {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape[b.shape.length - 1]!;
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const side = (value: Value, axis: number): number => value.shape[axis - rank + value.shape.length - 2] ?? 1;
  const batch = Array.from({ length: rank }, (_, axis) => Math.max(side(a, axis), side(b, axis)));
  const matrices = (value: Value, size: number): number[] =>
    broadcastStrides({ shape: value.shape.slice(0, -2), data: value.data }, batch).map((stride) => stride * size);
  const y = zeros([...batch, m, n]);
  walk(batch, [matrices(a, m * k), matrices(b, k * n)], (at, [left, right]) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += a.data[left! + i * k + l]! * b.data[right! + l * n + j]!;
        y.data[at * m * n + i * n + j] = sum;
      }
    }
  });
  return y;
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
  Add: elementwise((_y, a, b) => a! + b!),
  Sub: elementwise((_y, a, b) => a! - b!),
  Mul: elementwise((_y, a, b) => a! * b!),
  Div: elementwise((y, a, b) => (y.type === 'float32' ? a! / b! : Math.trunc(a! / b!))),
  Max: elementwise((_y, a, b) => Math.max(a!, b!)),
  Min: elementwise((_y, a, b) => Math.min(a!, b!)),
  Neg: elementwise((_y, x) => -x!),
  Abs: elementwise((_y, x) => Math.abs(x!)),
  Exp: elementwise((_y, x) => Math.exp(x!)),
  Log: elementwise((_y, x) => Math.log(x!)),
  Sqrt: elementwise((_y, x) => Math.sqrt(x!)),
  Erf: elementwise((_y, x) => erf(x!)),
  Relu: elementwise((_y, x) => Math.max(x!, 0)),
  LeakyRelu: elementwise((y, x) => (x! > 0 ? x! : y.attributes.alpha * x!)),
  Elu: elementwise((y, x) => (x! > 0 ? x! : y.attributes.alpha * Math.expm1(x!))),
  Sigmoid: elementwise((_y, x) => sigmoid(x!)),
  HardSigmoid: elementwise((y, x) => Math.min(Math.max(y.attributes.alpha * x! + y.attributes.beta, 0), 1)),
  Tanh: elementwise((_y, x) => Math.tanh(x!)),
  Softplus: elementwise((_y, x) => Math.max(x!, 0) + Math.log1p(Math.exp(-Math.abs(x!)))),
  Greater: elementwise((_y, a, b) => Number(a! > b!)),
  GreaterOrEqual: elementwise((_y, a, b) => Number(a! >= b!)),
  Less: elementwise((_y, a, b) => Number(a! < b!)),
  LessOrEqual: elementwise((_y, a, b) => Number(a! <= b!)),
  Equal: elementwise((_y, a, b) => Number(a! === b!)),
  Not: elementwise((_y, x) => Number(!x)),
  And: elementwise((_y, a, b) => Number(a && b)),
  Where: elementwise((_y, condition, a, b) => (condition ? a! : b!)),
  Cast: elementwise((y, x) => castNumber(x!, y.attributes.to)),
  DequantizeLinear: elementwise((y, x) => x! * y.attributes.scale),
  MatMul: (_y, [a, b]) => matrixProduct(a!, b!),
  Gemm: (y, [a, b, c]) => {
    const { alpha, beta, transA, transB } = y.attributes;
    const product = matrixProduct(transA ? transpose(a!, [1, 0]) : a!, transB ? transpose(b!, [1, 0]) : b!);
    const strides = c ? broadcastStrides(c, product.shape) : [0, 0];
    walk(product.shape, [strides], (at, [from]) => {
      product.data[at] = alpha * product.data[at]! + (c ? beta * c.data[from!]! : 0);
    });
    return product;
  },
  Conv: (y, [x, weight, bias], bind) => convolve(x!, weight!, bias, bind(y.shape), y.attributes),
  ConvTranspose: (y, [x, weight, bias], bind) => convolveTransposed(x!, weight!, bias, bind(y.shape), y.attributes),
  MaxPool: (y, [x], bind) => maxPool(x!, bind(y.shape), y.attributes),
  AveragePool: (y, [x], bind) => averagePool(x!, bind(y.shape), y.attributes),
  Resize: (y, [x], bind) => upsample(x!, bind(y.shape), y.attributes.factors),
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
    const side = x!.shape[x!.shape.length - 1]!;
    const result = zeros([...x!.shape.slice(0, -1), count]);
    for (let row = 0; row * side < x!.data.length; row++) {
      const values = x!.data.subarray(row * side, (row + 1) * side);
      const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
      result.data.set(order.slice(0, count), row * count);
    }
    return result;
  },
  ArgMin: (y, [x]) => {
    const { axis } = y.attributes;
    const side = x!.shape[axis]!;
    const inner = sizeOfSides(x!.shape.slice(axis + 1));
    const result = zeros(x!.shape.toSpliced(axis, 1));
    for (let at = 0; at < result.data.length; at++) {
      const first = Math.floor(at / inner) * side * inner + (at % inner);
      let smallest = 0;
      for (let i = 1; i < side; i++) {
        if (x!.data[first + i * inner]! < x!.data[first + smallest * inner]!) smallest = i;
      }
      result.data[at] = smallest;
    }
    return result;
  },
  Reshape: (y, [x], bind) => ({ shape: bind(y.attributes.shape), data: x!.data }),
  Transpose: (y, [x]) => transpose(x!, y.attributes.permutation),
  Expand: (y, [x], bind) => {
    const shape = bind(y.attributes.shape);
    const result = zeros(shape);
    walk(shape, [broadcastStrides(x!, shape)], (at, [from]) => {
      result.data[at] = x!.data[from!]!;
    });
    return result;
  },
  Concat: (y, parts) => {
    const { axis } = y.attributes;
    const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    const result = zeros(parts[0]!.shape.with(axis, length));
    let start = 0;
    for (const part of parts) {
      copyAlong(part, result, axis, 0, start, part.shape[axis]!);
      start += part.shape[axis]!;
    }
    return result;
  },
  Slice: (y, [x]) => {
    const { axis, start, end } = y.attributes;
    const result = zeros(x!.shape.with(axis, end - start));
    copyAlong(x!, result, axis, start, 0, end - start);
    return result;
  },
  Pad: (y, [x]) => {
    const { axis, before, after } = y.attributes;
    const result = zeros(x!.shape.with(axis, x!.shape[axis]! + before + after));
    copyAlong(x!, result, axis, 0, before, x!.shape[axis]!);
    return result;
  },
  Gather: (y, [x, indices]) => {
    const { axis } = y.attributes;
    const outer = x!.shape.slice(0, axis);
    const inner = x!.shape.slice(axis + 1);
    const flat = zeros([...outer, indices!.data.length, ...inner]);
    for (const [to, from] of indices!.data.entries()) {
      if (from >= x!.shape[axis]! || from < -x!.shape[axis]!) {
        throw new GargaloError('bad-input', 'Gather', `expected an index below ${x!.shape[axis]}, got ${from}`);
      }
      copyAlong(x!, flat, axis, from < 0 ? from + x!.shape[axis]! : from, to, 1);
    }
    return { shape: [...outer, ...indices!.shape, ...inner], data: flat.data };
  },
  ScatterND: (_y, [like, indices, rows]) => {
    const result = zeros(like!.shape);
    const inner = sizeOfSides(like!.shape.slice(1));
    for (const [row, index] of indices!.data.entries()) {
      const to = index < 0 ? index + like!.shape[0]! : index;
      for (let i = 0; i < inner; i++) result.data[to * inner + i]! += rows!.data[row * inner + i]!;
    }
    return result;
  },
  ScatterElements: (_y, [like, indices]) => {
    const result = zeros(like!.shape);
    const [side, count] = [like!, indices!].map(({ shape }) => shape[shape.length - 1]!) as [number, number];
    for (const [at, index] of indices!.data.entries()) result.data[Math.floor(at / count) * side + index] = 1;
    return result;
  },
  Size: (_y, [x]) => ({ shape: [], data: Float64Array.of(x!.data.length) }),
  RandomNormalLike: (y, [x]) => {
    const random = createRandom(y.attributes.seed, 'normal');
    return { shape: x!.shape, data: x!.data.map(() => random.normal()) };
  },
  RandomUniformLike: (y, [x]) => {
    const random = createRandom(y.attributes.seed, 'uniform');
    return { shape: x!.shape, data: x!.data.map(() => random.uniform()) };
  },
  Variable: (y) => {
    throw new GargaloError('bad-input', 'evaluate', `expected a value for the variable "${y.attributes.name}"`);
  },
  Constant: (y) => ({ shape: y.shape as number[], data: Float64Array.from(y.attributes.values, Number) }),
  CustomGradient: (_y, [value]) => value!,
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
  const sides = new Map<string, number>();
  for (const [tensor, value] of feeds) {
    if (tensor.shape.length !== value.shape.length) {
      throw new GargaloError(
        'bad-shape',
        'evaluate',
        `expected rank ${tensor.shape.length}, got ${value.shape.length}`,
      );
    }
    for (const [axis, side] of tensor.shape.entries()) {
      const size = value.shape[axis]!;
      const bound = typeof side === 'number' ? side : (sides.get(side) ?? size);
      if (bound !== size)
        throw new GargaloError('bad-shape', 'evaluate', `expected size ${bound} for ${side}, got ${size}`);
      if (typeof side === 'string') sides.set(side, size);
    }
  }
  const bind = (shape: Shape): number[] =>
    shape.map((side) => (typeof side === 'number' ? side : (sides.get(side) as number)));
  const values = new Map<Tensor, Value>(feeds);
  for (const tensor of topologicalOrder(outputs)) {
    if (values.has(tensor)) continue;
    const kernel = kernels[tensor.op] as Kernel<Operator>;
    const inputs = tensor.inputs.map((input) => values.get(input) as Value);
    values.set(tensor, kernel(tensor, inputs, bind));
  }
  return outputs.map((output) => values.get(output) as Value);
}
