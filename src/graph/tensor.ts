import { GargaloError } from '../core/errors.js';
import { layerName, type Shape } from './shape.js';
import type { Pair, Window } from './window.js';

export type { Window };

/** Element types, named as ONNX Runtime names them. */
export type DataType = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool';

/** Values in memory. `bool` is kept as bytes 0 and 1. */
export type Values = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** No attributes. */
export type None = Readonly<Record<never, never>>;
export type Reduction = { readonly axes: readonly number[]; readonly keepDimensions: boolean };

/** A line of the catalogue: what an operator computes from, and how. */
export interface OperatorForm<Inputs extends readonly unknown[], Own = None> {
  readonly inputs: Inputs;
  readonly attributes: Own;
}
export type NoInput = readonly [];
export type OneInput = readonly [x: Tensor];
export type TwoInputs = readonly [a: Tensor, b: Tensor];
export type ConvolutionInputs = readonly [x: Tensor, weight: Tensor, bias?: Tensor];

/**
 * Every operator with its inputs and attributes: the catalogue that the tables of gradients, kernels and encoders are
 * exhaustive over. The names are those of ONNX, so an operator means what its page in the ONNX standard says; the last
 * three lines are the project's own and never reach a file.
 */
export interface Catalogue {
  // element by element
  Add: OperatorForm<TwoInputs>;
  Sub: OperatorForm<TwoInputs>;
  Mul: OperatorForm<TwoInputs>;
  Div: OperatorForm<TwoInputs>;
  Max: OperatorForm<TwoInputs>;
  Min: OperatorForm<TwoInputs>;
  Neg: OperatorForm<OneInput>;
  Abs: OperatorForm<OneInput>;
  Exp: OperatorForm<OneInput>;
  Log: OperatorForm<OneInput>;
  Sqrt: OperatorForm<OneInput>;
  Erf: OperatorForm<OneInput>;
  // activations
  Relu: OperatorForm<OneInput>;
  LeakyRelu: OperatorForm<OneInput, { readonly alpha: number }>;
  Elu: OperatorForm<OneInput, { readonly alpha: number }>;
  Sigmoid: OperatorForm<OneInput>;
  HardSigmoid: OperatorForm<OneInput, { readonly alpha: number; readonly beta: number }>;
  Tanh: OperatorForm<OneInput>;
  Softplus: OperatorForm<OneInput>;
  // comparison and selection
  Greater: OperatorForm<TwoInputs>;
  GreaterOrEqual: OperatorForm<TwoInputs>;
  Less: OperatorForm<TwoInputs>;
  LessOrEqual: OperatorForm<TwoInputs>;
  Equal: OperatorForm<TwoInputs>;
  Not: OperatorForm<OneInput>;
  And: OperatorForm<TwoInputs>;
  Where: OperatorForm<readonly [condition: Tensor, yes: Tensor, no: Tensor]>;
  Cast: OperatorForm<OneInput, { readonly to: DataType }>;
  DequantizeLinear: OperatorForm<OneInput, { readonly scale: number }>;
  // products
  MatMul: OperatorForm<TwoInputs>;
  Gemm: OperatorForm<
    readonly [a: Tensor, b: Tensor, c?: Tensor],
    { readonly alpha: number; readonly beta: number; readonly transA: boolean; readonly transB: boolean }
  >;
  // convolution over [n, channels, rows, columns]; pads are top, left, bottom, right
  Conv: OperatorForm<ConvolutionInputs, Window>;
  ConvTranspose: OperatorForm<ConvolutionInputs, Window & { readonly outputPadding: Pair }>;
  MaxPool: OperatorForm<OneInput, Window & { readonly kernel: Pair }>;
  AveragePool: OperatorForm<OneInput, Window & { readonly kernel: Pair }>;
  /** Every pixel repeated: nearest neighbour upsampling by whole factors, down and across. */
  Resize: OperatorForm<OneInput, { readonly factors: Pair }>;
  // reductions
  ReduceSum: OperatorForm<OneInput, Reduction>;
  ReduceL1: OperatorForm<OneInput, Reduction>;
  ReduceMean: OperatorForm<OneInput, Reduction>;
  ReduceMax: OperatorForm<OneInput, Reduction>;
  ReduceProd: OperatorForm<OneInput, Reduction>;
  // selection along an axis
  /** The positions alone, of the largest along the last axis. */
  TopK: OperatorForm<OneInput, { readonly count: number }>;
  ArgMin: OperatorForm<OneInput, { readonly axis: number }>;
  // movement of data
  Reshape: OperatorForm<OneInput, { readonly shape: Shape }>;
  Transpose: OperatorForm<OneInput, { readonly permutation: readonly number[] }>;
  /** The second input gives the sizes where the shape is symbolic. */
  Expand: OperatorForm<readonly [x: Tensor, like?: Tensor], { readonly shape: Shape }>;
  Concat: OperatorForm<readonly [first: Tensor, ...others: Tensor[]], { readonly axis: number }>;
  Slice: OperatorForm<OneInput, { readonly axis: number; readonly start: number; readonly end: number }>;
  Pad: OperatorForm<OneInput, { readonly axis: number; readonly before: number; readonly after: number }>;
  Gather: OperatorForm<readonly [x: Tensor, indices: Tensor], { readonly axis: number }>;
  /** Adds rows of the last input into zeros like the first, at the rows that the second names: Gather's transpose. */
  ScatterND: OperatorForm<readonly [like: Tensor, indices: Tensor, rows: Tensor]>;
  /** Ones in zeros like the first input, at the positions along the last axis that the second names. */
  ScatterElements: OperatorForm<readonly [like: Tensor, indices: Tensor]>;
  Size: OperatorForm<OneInput>;
  // random numbers
  RandomNormalLike: OperatorForm<OneInput, { readonly seed: number }>;
  RandomUniformLike: OperatorForm<OneInput, { readonly seed: number }>;
  // the project's own
  Variable: OperatorForm<NoInput, { readonly name: string }>;
  Constant: OperatorForm<NoInput, { readonly values: Values }>;
  /** The value of the first input, with a gradient of its own: see `withGradient`. */
  CustomGradient: OperatorForm<
    readonly [value: Tensor, ...inputs: Tensor[]],
    { readonly rule: (upstream: Tensor) => readonly Tensor[] }
  >;
}

export type Operator = keyof Catalogue;

/** The attributes of each operator. */
export type Attributes = { readonly [Op in Operator]: Catalogue[Op]['attributes'] };

/** The inputs of an operator as a tuple: tensors, or something else in place of each, such as its value. */
export type Inputs<Op extends Operator, Each = Tensor> = InPlaceOf<Catalogue[Op]['inputs'], Each>;
type InPlaceOf<Tuple extends readonly unknown[], Each> = { readonly [Position in keyof Tuple]: Each };

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
  inputs: Inputs<Op> & readonly Tensor[],
  attributes: Attributes[Op],
  shape: Shape,
  type: DataType = inputs[0]?.type ?? 'float32',
): Tensor<Op> {
  return Object.freeze({ op, inputs, attributes, type, shape, layer: layerName() });
}

/** The same operation on other inputs, of the number and shapes of its own. */
export function onInputs(tensor: Tensor, inputs: readonly Tensor[], layer = tensor.layer): Tensor {
  return Object.freeze({ ...tensor, inputs, layer });
}

/** The same tensor, said to be made in a layer. */
export function withLayer(tensor: Tensor, layer: string): Tensor {
  return tensor.layer === layer ? tensor : Object.freeze({ ...tensor, layer });
}

export function isOperator<Op extends Operator>(tensor: Tensor, op: Op): tensor is Tensor<Op> {
  return tensor.op === op;
}

/** The inputs of a node whose operator is known, as a tuple: {@link node} has seen to it that they are so many. */
export function inputsOf<Op extends Operator>(tensor: Tensor<Op>): Inputs<Op> {
  return tensor.inputs as unknown as Inputs<Op>;
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
  } else if (isList(value)) {
    values = allocate(type, value.length);
    for (const [i, number] of value.entries()) values[i] = type === 'int64' ? BigInt(number) : number;
  } else {
    values = value;
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

/** `Array.isArray`, which does not know of arrays that are only read. */
const isList = (value: readonly number[] | Values): value is readonly number[] => Array.isArray(value);

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
    for (let tensor = stack.at(-1); tensor; tensor = stack.at(-1)) {
      const seen = state.get(tensor);
      if (seen === undefined) {
        state.set(tensor, 'open');
        // the last first, so that the first is on top
        for (const input of tensor.inputs.toReversed()) {
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
