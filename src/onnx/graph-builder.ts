import { GargaloError } from '../core/errors.js';
import { imageSides } from '../graph/ops/index.js';
import { isStatic, type Shape, shapeError } from '../graph/shape.js';
import {
  type DataType,
  type Inputs,
  inputsOf,
  type Operator,
  type Tensor,
  topologicalOrder,
  type Values,
} from '../graph/tensor.js';
import type { Window } from '../graph/window.js';
import {
  type AttributeProto,
  AttributeType,
  type GraphProto,
  type NodeProto,
  ProtoType,
  type TensorProto,
  type ValueInfoProto,
} from './schema.js';

export const protoTypes: Readonly<Record<DataType, number>> = {
  float32: ProtoType.FLOAT,
  int32: ProtoType.INT32,
  int64: ProtoType.INT64,
  uint8: ProtoType.UINT8,
  bool: ProtoType.BOOL,
};

export const attribute = {
  float: (name: string, f: number): AttributeProto => ({ name, f, type: AttributeType.FLOAT }),
  int: (name: string, i: number): AttributeProto => ({ name, i: BigInt(i), type: AttributeType.INT }),
  ints: (name: string, ints: readonly number[]): AttributeProto => ({
    name,
    ints: ints.map(BigInt),
    type: AttributeType.INTS,
  }),
  string: (name: string, s: string): AttributeProto => ({
    name,
    s: new TextEncoder().encode(s),
    type: AttributeType.STRING,
  }),
  graph: (name: string, g: GraphProto): AttributeProto => ({ name, g, type: AttributeType.GRAPH }),
};

/** Values as an initialiser; the bytes are a view, and little-endian as ONNX wants them. */
export function encodeTensor(name: string, values: Values, shape: readonly number[], type: DataType): TensorProto {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dims: shape.map(BigInt), dataType: protoTypes[type], rawData: bytes };
}

/** The declaration of an input or output. */
export function valueInfo(name: string, type: DataType, shape: Shape): ValueInfoProto {
  const dim = shape.map((side) => (typeof side === 'number' ? { dimValue: BigInt(side) } : { dimParam: side }));
  return { name, type: { tensorType: { elemType: protoTypes[type], shape: { dim } } } };
}

/** Builds one GraphProto: hands out names, keeps shared int64 constants, encodes nodes in order. */
export class GraphBuilder {
  readonly #names = new Map<Tensor, string>();
  readonly #taken = new Set<string>();
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #indexConstants = new Map<string, string>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Makes known a tensor that is there without a node: an input, or one captured from the graph around. */
  name(tensor: Tensor, name: string): void {
    this.#names.set(tensor, name);
    this.#taken.add(name);
  }

  nameOf(tensor: Tensor): string {
    const name = this.#names.get(tensor);
    if (name === undefined) throw new GargaloError('internal', 'encode', `expected a name of ${tensor.op}, got none`);
    return name;
  }

  /** A name that nothing has yet. */
  fresh(stem: string): string {
    let name = `${this.#prefix}${stem}`;
    for (let i = 1; this.#taken.has(name); i++) name = `${this.#prefix}${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  initializer(tensor: TensorProto): void {
    this.#initializers.push(tensor);
  }

  emit(
    op: string,
    input: readonly string[],
    output: readonly string[],
    attributes: readonly AttributeProto[] = [],
  ): void {
    const name = `${op}:${output[0]}`;
    this.#nodes.push({ opType: op, name, input, output, attribute: attributes });
  }

  /** A constant list of int64, as the axes and shapes of newer operators are. */
  indices(values: readonly number[]): string {
    const key = values.join();
    let name = this.#indexConstants.get(key);
    if (!name) {
      name = this.fresh(`indices_${key.replaceAll('-', 'm').replaceAll(',', '_') || 'none'}`);
      const data = BigInt64Array.from(values, BigInt);
      this.initializer(encodeTensor(name, data, [values.length], 'int64'));
      this.#indexConstants.set(key, name);
    }
    return name;
  }

  /** Encodes every node that the outputs need, in an order that computes them, under the names given. */
  add(outputs: Readonly<Record<string, Tensor>>): void {
    const reserved = new Map<Tensor, string>();
    const copies: [Tensor, string][] = [];
    for (const [name, tensor] of Object.entries(outputs)) {
      this.#taken.add(name);
      // An input cannot be an output too, and a tensor has one name: the others are copies.
      if (reserved.has(tensor) || this.#names.has(tensor) || tensor.op === 'Constant') copies.push([tensor, name]);
      else reserved.set(tensor, name);
    }
    for (const tensor of topologicalOrder(Object.values(outputs))) {
      if (this.#names.has(tensor)) continue;
      const stem = tensor.layer ? `${tensor.layer}/${tensor.op}` : tensor.op;
      this.name(tensor, reserved.get(tensor) ?? this.fresh(stem));
      this.#encode(tensor);
    }
    for (const [tensor, name] of copies) this.emit('Identity', [this.nameOf(tensor)], [name]);
  }

  #encode<Op extends Operator>(y: Tensor<Op>): void {
    const encode: Encoding<Op> = encodings[y.op];
    const names = y.inputs.map((input) => this.nameOf(input));
    const output = this.nameOf(y);
    encode(y, {
      builder: this,
      inputs: names as unknown as Inputs<Op, string>,
      output,
      emit: (extra = [], attributes = []) => this.emit(y.op, [...names, ...extra], [output], attributes),
    });
  }

  /** A float32 tensor of one number in the shape of another, which may be known only when the program runs. */
  filled(like: string, number: number, stem: string): string {
    const [shape, filled] = [this.fresh(`${stem}/shape`), this.fresh(stem)];
    this.emit('Shape', [like], [shape]);
    const t = encodeTensor('', Float32Array.of(number), [1], 'float32');
    this.emit('ConstantOfShape', [shape], [filled], [{ name: 'value', type: AttributeType.TENSOR, t }]);
    return filled;
  }

  finish(name: string, input: ValueInfoProto[], output: ValueInfoProto[]): GraphProto {
    return { name, node: this.#nodes, initializer: this.#initializers, input, output };
  }
}

/** How a node is written: its names, and the operator of its own name with what it wants beside its inputs. */
interface Writer<Op extends Operator> {
  readonly builder: GraphBuilder;
  readonly inputs: Inputs<Op, string>;
  readonly output: string;
  readonly emit: (extra?: readonly string[], attributes?: readonly AttributeProto[]) => void;
}
type Encoding<Op extends Operator> = (y: Tensor<Op>, writer: Writer<Op>) => void;

/** An operator whose attributes are none, and whose inputs are those of ONNX. */
const plain: Encoding<Operator> = (_y, { emit }) => emit();
const withAlpha: Encoding<'LeakyRelu' | 'Elu'> = (y, { emit }) =>
  emit([], [attribute.float('alpha', y.attributes.alpha)]);
const withAxis: Encoding<'Concat' | 'Gather'> = (y, { emit }) => emit([], [attribute.int('axis', y.attributes.axis)]);

const windowAttributes = ({ strides, pads }: Window): AttributeProto[] => [
  attribute.ints('strides', strides),
  attribute.ints('pads', pads),
];
const kernelShape = (weight: Tensor): AttributeProto => attribute.ints('kernel_shape', imageSides('Conv', weight));

const pool: Encoding<'MaxPool' | 'AveragePool'> = (y, { emit }) =>
  emit([], [attribute.ints('kernel_shape', y.attributes.kernel), ...windowAttributes(y.attributes)]);

const reduction: Encoding<'ReduceSum' | 'ReduceL1' | 'ReduceMean' | 'ReduceMax' | 'ReduceProd'> = (
  y,
  { builder, inputs, output, emit },
) => {
  const { axes, keepDimensions } = y.attributes;
  // ONNX takes no axes for all of them
  if (axes.length === 0) builder.emit(y.op === 'ReduceL1' ? 'Abs' : 'Identity', inputs, [output]);
  else emit([builder.indices(axes)], [attribute.int('keepdims', Number(keepDimensions))]);
};

const random: Encoding<'RandomNormalLike' | 'RandomUniformLike'> = (y, { emit }) =>
  emit([], [attribute.float('seed', y.attributes.seed), attribute.int('dtype', ProtoType.FLOAT)]);

/** How each operator is written in ONNX: a missing one does not compile. */
const encodings: { readonly [Op in Operator]: Encoding<Op> } = {
  Add: plain,
  Sub: plain,
  Mul: plain,
  Div: plain,
  Max: plain,
  Min: plain,
  Neg: plain,
  Abs: plain,
  Exp: plain,
  Log: plain,
  Sqrt: plain,
  Erf: plain,
  Relu: plain,
  LeakyRelu: withAlpha,
  Elu: withAlpha,
  Sigmoid: plain,
  HardSigmoid: (y, { emit }) =>
    emit([], [attribute.float('alpha', y.attributes.alpha), attribute.float('beta', y.attributes.beta)]),
  Tanh: plain,
  Softplus: plain,
  Greater: plain,
  GreaterOrEqual: plain,
  Less: plain,
  LessOrEqual: plain,
  Equal: plain,
  Not: plain,
  And: plain,
  Where: plain,
  Cast: (y, { emit }) => emit([], [attribute.int('to', protoTypes[y.attributes.to])]),
  DequantizeLinear: (y, { builder, output, emit }) => {
    const scale = builder.fresh(`${output}/scale`);
    builder.initializer(encodeTensor(scale, Float32Array.of(y.attributes.scale), [], 'float32'));
    emit([scale]);
  },
  MatMul: plain,
  Gemm: (y, { emit }) => {
    const { alpha, beta, transA, transB } = y.attributes;
    const factors = [attribute.float('alpha', alpha), attribute.float('beta', beta)];
    emit([], [...factors, attribute.int('transA', Number(transA)), attribute.int('transB', Number(transB))]);
  },
  Conv: (y, { emit }) => emit([], [kernelShape(inputsOf(y)[1]), ...windowAttributes(y.attributes)]),
  ConvTranspose: (y, { emit }) => {
    const more = y.attributes.outputPadding;
    const outputPadding = more.some(Boolean) ? [attribute.ints('output_padding', more)] : [];
    emit([], [kernelShape(inputsOf(y)[1]), ...windowAttributes(y.attributes), ...outputPadding]);
  },
  MaxPool: pool,
  AveragePool: pool,
  Resize: (y, { builder, inputs: [x], output }) => {
    const scales = builder.fresh(`${output}/scales`);
    builder.initializer(encodeTensor(scales, Float32Array.of(1, 1, ...y.attributes.factors), [4], 'float32'));
    // the pixel left of and above each new one, counted from the corner
    const modes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    const attributes = Object.entries(modes).map(([name, value]) => attribute.string(name, value));
    builder.emit('Resize', [x, '', scales], [output], attributes);
  },
  ReduceSum: reduction,
  ReduceL1: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceProd: reduction,
  TopK: (y, { builder, inputs: [x], output }) => {
    // the values come first and are not wanted; the name is there because some tools take no empty one
    const outputs = [builder.fresh(`${output}/values`), output];
    builder.emit('TopK', [x, builder.indices([y.attributes.count])], outputs);
  },
  ArgMin: (y, { emit }) => emit([], [attribute.int('axis', y.attributes.axis), attribute.int('keepdims', 0)]),
  // the one symbolic side is what is left over
  Reshape: (y, { builder, emit }) =>
    emit([builder.indices(y.attributes.shape.map((side) => (typeof side === 'number' ? side : -1)))]),
  Transpose: (y, { emit }) => emit([], [attribute.ints('perm', y.attributes.permutation)]),
  Expand: (y, { builder, inputs: [x, like], output }) => {
    let shape: string;
    if (like === undefined) {
      shape = builder.indices(staticShape(y));
    } else {
      shape = builder.fresh(`${output}/shape`);
      builder.emit('Shape', [like], [shape]);
    }
    builder.emit('Expand', [x, shape], [output]);
  },
  Concat: withAxis,
  Slice: (y, { builder, emit }) => {
    const { axis, start, end } = y.attributes;
    emit([builder.indices([start]), builder.indices([end]), builder.indices([axis])]);
  },
  Pad: (y, { builder, emit }) => {
    const { axis, before, after } = y.attributes;
    const amounts = (amount: number): number[] => y.shape.map((_, i) => (i === axis ? amount : 0));
    emit([builder.indices([...amounts(before), ...amounts(after)])]);
  },
  Gather: withAxis,
  // ONNX's ScatterND adds to given data, so zeros of the right shape are made first; it wants indices [k, 1]
  ScatterND: (_y, { builder, inputs: [like, indices, rows], output }) => {
    const zeros = builder.filled(like, 0, `${output}/zeros`);
    const column = builder.fresh(`${output}/column`);
    builder.emit('Unsqueeze', [indices, builder.indices([1])], [column]);
    builder.emit('ScatterND', [zeros, column, rows], [output], [attribute.string('reduction', 'add')]);
  },
  ScatterElements: (_y, { builder, inputs: [like, indices], output }) => {
    const ones = builder.filled(indices, 1, `${output}/ones`);
    const zeros = builder.filled(like, 0, `${output}/zeros`);
    builder.emit('ScatterElements', [zeros, indices, ones], [output], [attribute.int('axis', -1)]);
  },
  Size: plain,
  RandomNormalLike: random,
  RandomUniformLike: random,
  Variable: (y) => {
    throw new Error(`encode: the variable "${y.attributes.name}" is no input of the program`);
  },
  Constant: (y, { builder, output }) =>
    builder.initializer(encodeTensor(output, y.attributes.values, staticShape(y), y.type)),
  CustomGradient: () => {
    throw new Error('encode: simplify the graph first');
  },
};

function staticShape({ op, shape }: Tensor): readonly number[] {
  if (!isStatic(shape)) throw shapeError(op, 'expected a static shape', shape);
  return shape;
}
