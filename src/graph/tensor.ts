import { GargaloError } from '../core/errors.js';
import { layerName, type Shape } from './shape.js';

/** Element types, named as ONNX Runtime names them. */
export type DataType = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool';

/** Values in memory. `bool` is kept as bytes 0 and 1. */
export type Values = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** No attributes. */
export type None = Readonly<Record<never, never>>;
export type Window = {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
};
export type Reduction = { readonly axes: readonly number[]; readonly keepDimensions: boolean };

/**
 * Every operator with its attributes: the catalogue that the tables of gradients, kernels and encoders are exhaustive
 * over. The names are those of ONNX, so an operator means what its page in the ONNX standard says; the last three
 * lines are the project's own and never reach a file.
 */
export interface Attributes {
  // element by element
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Max: None;
  Min: None;
  Neg: None;
  Abs: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Erf: None;
  // activations
  Relu: None;
  LeakyRelu: { readonly alpha: number };
  Elu: { readonly alpha: number };
  Sigmoid: None;
  HardSigmoid: { readonly alpha: number; readonly beta: number };
  Tanh: None;
  Softplus: None;
  // comparison and selection
  Greater: None;
  GreaterOrEqual: None;
  Less: None;
  LessOrEqual: None;
  Equal: None;
  Not: None;
  And: None;
  Where: None;
  Cast: { readonly to: DataType };
  DequantizeLinear: { readonly scale: number };
  // products
  MatMul: None;
  Gemm: { readonly alpha: number; readonly beta: number; readonly transA: boolean; readonly transB: boolean };
  // convolution over [n, channels, rows, columns]; pads are top, left, bottom, right
  Conv: Window;
  ConvTranspose: Window & { readonly outputPadding: readonly [number, number] };
  MaxPool: Window & { readonly kernel: readonly [number, number] };
  AveragePool: Window & { readonly kernel: readonly [number, number] };
  /** Every pixel repeated: nearest neighbour upsampling by whole factors, down and across. */
  Resize: { readonly factors: readonly [number, number] };
  // reductions
  ReduceSum: Reduction;
  ReduceL1: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ReduceProd: Reduction;
  // selection along an axis
  /** The positions alone, of the largest along the last axis. */
  TopK: { readonly count: number };
  ArgMin: { readonly axis: number };
  // movement of data
  Reshape: { readonly shape: Shape };
  Transpose: { readonly permutation: readonly number[] };
  Expand: { readonly shape: Shape };
  Concat: { readonly axis: number };
  Slice: { readonly axis: number; readonly start: number; readonly end: number };
  Pad: { readonly axis: number; readonly before: number; readonly after: number };
  Gather: { readonly axis: number };
  /** Adds rows of the last input into zeros like the first, at the rows that the second names: Gather's transpose. */
  ScatterND: None;
  /** Ones in zeros like the first input, at the positions along the last axis that the second names. */
  ScatterElements: None;
  Size: None;
  // random numbers
  RandomNormalLike: { readonly seed: number };
  RandomUniformLike: { readonly seed: number };
  // the project's own
  Variable: { readonly name: string };
  Constant: { readonly values: Values };
  /** The value of the first input, with a gradient of its own: see `withGradient`. */
  CustomGradient: { readonly rule: (upstream: Tensor) => readonly Tensor[] };
}

export type Operator = keyof Attributes;

/**
 * An immutable node of an expression graph. Making one computes nothing: it checks shapes and remembers. What it
 * stands for is computed when a program made from it is run.
 */
export interface Tensor<Op extends Operator = Operator> {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes[Op];
  readonly type: DataType;
  readonly shape: Shape;
  /** The layer it was made in, for messages. */
  readonly layer: string;
}

/** Makes a node; for the operators' own constructors, which check shapes before. */
export function node<Op extends Operator>(
  op: Op,
  inputs: readonly Tensor[],
  attributes: Attributes[Op],
  shape: Shape,
  type: DataType = inputs[0]?.type ?? 'float32',
): Tensor<Op> {
  return Object.freeze({ op, inputs, attributes, type, shape, layer: layerName() });
}

export function isOperator<Op extends Operator>(tensor: Tensor, op: Op): tensor is Tensor<Op> {
  return tensor.op === op;
}

/** A named input of a program: data, a parameter, an optimiser's state. */
export function variable(name: string, shape: Shape, type: DataType = 'float32'): Tensor<'Variable'> {
  return node('Variable', [], { name }, shape, type);
}

/** The array type that holds a data type. */
export function allocate(type: DataType, length: number): Values {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
  }
}

/** A constant: a scalar from a number, or values with a shape. The values are not copied: do not write to them. */
export function constant(
  value: number | readonly number[] | Values,
  shape?: readonly number[],
  type: DataType = 'float32',
): Tensor<'Constant'> {
  let values: Values;
  if (typeof value === 'number') {
    values = allocate(type, 1);
    values[0] = type === 'int64' ? BigInt(value) : value;
  } else if (Array.isArray(value)) {
    values = allocate(type, value.length);
    for (let i = 0; i < value.length; i++) values[i] = type === 'int64' ? BigInt(value[i]) : value[i];
  } else {
    values = value as Values;
  }
  const sides = shape ?? (typeof value === 'number' ? [] : [values.length]);
  if (sides.reduce((product, side) => product * side, 1) !== values.length) {
    throw new GargaloError(
      'bad-shape',
      'Constant',
      `expected values for shape [${sides.join(', ')}], got ${values.length}`,
    );
  }
  return node('Constant', [], { values }, sides, type);
}

/** The number that a scalar constant holds (a single value, whatever its rank), or undefined. */
export function scalarValue(tensor: Tensor): number | undefined {
  if (!isOperator(tensor, 'Constant') || tensor.attributes.values.length !== 1) return undefined;
  return Number(tensor.attributes.values[0]);
}

/** Every node that the outputs depend on, inputs before users. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const state = new Map<Tensor, 'open' | 'done'>();
  // An explicit stack: unrolled recurrent networks are deeper than JavaScript's.
  const stack: Tensor[] = [];
  for (const output of outputs) {
    stack.push(output);
    while (stack.length > 0) {
      const tensor = stack[stack.length - 1] as Tensor;
      const seen = state.get(tensor);
      if (seen === undefined) {
        state.set(tensor, 'open');
        for (let i = tensor.inputs.length - 1; i >= 0; i--) {
          const input = tensor.inputs[i] as Tensor;
          if (!state.has(input)) stack.push(input);
        }
      } else {
        stack.pop();
        if (seen === 'open') {
          state.set(tensor, 'done');
          order.push(tensor);
        }
      }
    }
  }
  return order;
}
