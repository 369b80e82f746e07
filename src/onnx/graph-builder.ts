import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Shape } from '../graph/shape.js';
import { type DataType, isOperator, type Tensor, topologicalOrder, type Values } from '../graph/tensor.js';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType as ProtoType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

type NodeInit = MessageInitShape<typeof NodeProtoSchema>;
type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;
type ValueInfoInit = MessageInitShape<typeof ValueInfoProtoSchema>;
type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

export const protoTypes: Readonly<Record<DataType, ProtoType>> = {
  float32: ProtoType.FLOAT,
  int32: ProtoType.INT32,
  int64: ProtoType.INT64,
  uint8: ProtoType.UINT8,
  bool: ProtoType.BOOL,
};

export const attribute = {
  float: (name: string, f: number): AttributeInit => ({ name, f, type: AttributeType.FLOAT }),
  int: (name: string, i: number): AttributeInit => ({ name, i: BigInt(i), type: AttributeType.INT }),
  ints: (name: string, ints: readonly number[]): AttributeInit => ({
    name,
    ints: ints.map(BigInt),
    type: AttributeType.INTS,
  }),
  string: (name: string, s: string): AttributeInit => ({
    name,
    s: new TextEncoder().encode(s),
    type: AttributeType.STRING,
  }),
  graph: (name: string, g: GraphProto): AttributeInit => ({ name, g, type: AttributeType.GRAPH }),
};

/** Values as an initialiser; the bytes are a view, and little-endian as ONNX wants them. */
export function encodeTensor(name: string, values: Values, shape: readonly number[], type: DataType): TensorInit {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dims: shape.map(BigInt), dataType: protoTypes[type], rawData: bytes };
}

/** The declaration of an input or output. */
export function valueInfo(name: string, type: DataType, shape: Shape): ValueInfoInit {
  const dim = shape.map((side) => ({
    value:
      typeof side === 'number'
        ? ({ case: 'dimValue', value: BigInt(side) } as const)
        : ({ case: 'dimParam', value: side } as const),
  }));
  return { name, type: { value: { case: 'tensorType', value: { elemType: protoTypes[type], shape: { dim } } } } };
}

/** Builds one GraphProto: hands out names, keeps shared int64 constants, encodes nodes in order. */
export class GraphBuilder {
  readonly #names = new Map<Tensor, string>();
  readonly #taken = new Set<string>();
  readonly #nodes: NodeInit[] = [];
  readonly #initializers: TensorInit[] = [];
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
    return this.#names.get(tensor) as string;
  }

  /** A name that nothing has yet. */
  fresh(stem: string): string {
    let name = `${this.#prefix}${stem}`;
    for (let i = 1; this.#taken.has(name); i++) name = `${this.#prefix}${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  initializer(tensor: TensorInit): void {
    this.#initializers.push(tensor);
  }

  emit(op: string, input: string[], output: string[], attributes: AttributeInit[] = []): void {
    this.#nodes.push({ opType: op, name: `${op}:${output[0]}`, input, output, attribute: attributes });
  }

  /** A constant list of int64, as the axes and shapes of newer operators are. */
  #indices(values: readonly number[]): string {
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

  #encode(y: Tensor): void {
    const output = [this.nameOf(y)];
    const inputs = y.inputs.map((input) => this.nameOf(input));
    const emit = (extra: string[] = [], attributes: AttributeInit[] = []): void =>
      this.emit(y.op, [...inputs, ...extra], output, attributes);
    if (isOperator(y, 'Constant')) {
      this.initializer(encodeTensor(output[0]!, y.attributes.values, y.shape as number[], y.type));
    } else if (isOperator(y, 'Variable')) {
      throw new Error(`encode: the variable "${y.attributes.name}" is no input of the program`);
    } else if (isOperator(y, 'CustomGradient')) {
      throw new Error('encode: simplify the graph first');
    } else if (isOperator(y, 'LeakyRelu') || isOperator(y, 'Elu')) {
      emit([], [attribute.float('alpha', y.attributes.alpha)]);
    } else if (isOperator(y, 'HardSigmoid')) {
      emit([], [attribute.float('alpha', y.attributes.alpha), attribute.float('beta', y.attributes.beta)]);
    } else if (isOperator(y, 'DequantizeLinear')) {
      const scale = this.fresh(`${output[0]}/scale`);
      this.initializer(encodeTensor(scale, Float32Array.of(y.attributes.scale), [], 'float32'));
      emit([scale]);
    } else if (isOperator(y, 'Cast')) {
      emit([], [attribute.int('to', protoTypes[y.attributes.to])]);
    } else if (isOperator(y, 'Gemm')) {
      const { alpha, beta, transA, transB } = y.attributes;
      emit(
        [],
        [
          attribute.float('alpha', alpha),
          attribute.float('beta', beta),
          attribute.int('transA', Number(transA)),
          attribute.int('transB', Number(transB)),
        ],
      );
    } else if (isOperator(y, 'Conv') || isOperator(y, 'ConvTranspose')) {
      const kernel = attribute.ints('kernel_shape', y.inputs[1]!.shape.slice(2) as number[]);
      const more = isOperator(y, 'ConvTranspose') ? y.attributes.outputPadding : [];
      const outputPadding = more.some(Boolean) ? [attribute.ints('output_padding', more)] : [];
      emit([], [kernel, ...windowAttributes(y.attributes), ...outputPadding]);
    } else if (isOperator(y, 'MaxPool') || isOperator(y, 'AveragePool')) {
      emit([], [attribute.ints('kernel_shape', y.attributes.kernel), ...windowAttributes(y.attributes)]);
    } else if (isOperator(y, 'Resize')) {
      const scales = this.fresh(`${output[0]}/scales`);
      this.initializer(encodeTensor(scales, Float32Array.of(1, 1, ...y.attributes.factors), [4], 'float32'));
      // the pixel left of and above each new one, counted from the corner
      const modes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
      const attributes = Object.entries(modes).map(([name, value]) => attribute.string(name, value));
      this.emit('Resize', [inputs[0]!, '', scales], output, attributes);
    } else if (isReduction(y)) {
      // ONNX takes no axes for all of them
      if (y.attributes.axes.length === 0) this.emit(y.op === 'ReduceL1' ? 'Abs' : 'Identity', inputs, output);
      else emit([this.#indices(y.attributes.axes)], [attribute.int('keepdims', Number(y.attributes.keepDimensions))]);
    } else if (isOperator(y, 'Reshape')) {
      // the one symbolic side is what is left over
      emit([this.#indices(y.attributes.shape.map((side) => (typeof side === 'number' ? side : -1)))]);
    } else if (isOperator(y, 'Transpose')) {
      emit([], [attribute.ints('perm', y.attributes.permutation)]);
    } else if (isOperator(y, 'Expand')) {
      if (y.inputs.length === 2) {
        const shape = this.fresh(`${output[0]}/shape`);
        this.emit('Shape', [inputs[1]!], [shape]);
        this.emit('Expand', [inputs[0]!, shape], output);
      } else {
        emit([this.#indices(y.attributes.shape as number[])]);
      }
    } else if (isOperator(y, 'Concat') || isOperator(y, 'Gather')) {
      emit([], [attribute.int('axis', y.attributes.axis)]);
    } else if (isOperator(y, 'Slice')) {
      const { axis, start, end } = y.attributes;
      emit([this.#indices([start]), this.#indices([end]), this.#indices([axis])]);
    } else if (isOperator(y, 'Pad')) {
      const { axis, before, after } = y.attributes;
      const amounts = (amount: number): number[] => y.shape.map((_, i) => (i === axis ? amount : 0));
      emit([this.#indices([...amounts(before), ...amounts(after)])]);
    } else if (isOperator(y, 'ScatterND')) {
      this.#scatter(inputs, output);
    } else if (isOperator(y, 'TopK')) {
      // the values come first and are not wanted; the name is there because some tools take no empty one
      this.emit(
        'TopK',
        [...inputs, this.#indices([y.attributes.count])],
        [this.fresh(`${output[0]}/values`), ...output],
      );
    } else if (isOperator(y, 'ArgMin')) {
      emit([], [attribute.int('axis', y.attributes.axis), attribute.int('keepdims', 0)]);
    } else if (isOperator(y, 'ScatterElements')) {
      const ones = this.#filled(inputs[1]!, 1, `${output[0]}/ones`);
      const zeros = this.#filled(inputs[0]!, 0, `${output[0]}/zeros`);
      this.emit('ScatterElements', [zeros, inputs[1]!, ones], output, [attribute.int('axis', -1)]);
    } else if (isOperator(y, 'RandomNormalLike') || isOperator(y, 'RandomUniformLike')) {
      emit([], [attribute.float('seed', y.attributes.seed), attribute.int('dtype', ProtoType.FLOAT)]);
    } else {
      emit();
    }
  }

  /** ONNX's ScatterND adds to given data, so zeros of the right shape are made first; it wants indices [k, 1]. */
  #scatter([like, indices, rows]: string[], output: string[]): void {
    const zeros = this.#filled(like!, 0, `${output[0]}/zeros`);
    const column = this.fresh(`${output[0]}/column`);
    this.emit('Unsqueeze', [indices!, this.#indices([1])], [column]);
    this.emit('ScatterND', [zeros, column, rows!], output, [attribute.string('reduction', 'add')]);
  }

  /** A float32 tensor of one number in the shape of another, which may be known only when the program runs. */
  #filled(like: string, number: number, stem: string): string {
    const [shape, filled] = [this.fresh(`${stem}/shape`), this.fresh(stem)];
    this.emit('Shape', [like], [shape]);
    const t = encodeTensor('', Float32Array.of(number), [1], 'float32');
    this.emit('ConstantOfShape', [shape], [filled], [{ name: 'value', type: AttributeType.TENSOR, t }]);
    return filled;
  }

  finish(name: string, input: ValueInfoInit[], output: ValueInfoInit[]): GraphProto {
    return create(GraphProtoSchema, {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input,
      output,
    });
  }
}

function windowAttributes({ strides, pads }: { strides: readonly number[]; pads: readonly number[] }): AttributeInit[] {
  return [attribute.ints('strides', strides), attribute.ints('pads', pads)];
}

function isReduction(y: Tensor): y is Tensor<'ReduceSum' | 'ReduceL1' | 'ReduceMean' | 'ReduceMax' | 'ReduceProd'> {
  return y.op.startsWith('Reduce');
}
