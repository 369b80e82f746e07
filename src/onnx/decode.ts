import { badInput } from '../core/errors.js';
import { allocate, type DataType, type Values } from '../graph/tensor.js';
import type { Port } from './encode.js';
import { protoTypes } from './graph-builder.js';
import {
  EXTERNAL,
  type GraphProto,
  type ModelProto,
  modelProto,
  type TensorProto,
  type ValueInfoProto,
} from './schema.js';
import { decodeMessage, TooManyParts } from './wire.js';

/** A tensor that lies in a file, its values in memory of their own. */
export interface DecodedTensor {
  readonly shape: readonly number[];
  readonly type: DataType;
  readonly values: Values;
}

/** What {@link decodeModel} reads. */
export interface DecodedModel {
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: GraphProto;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The tensors of the graph by name: weights and constants. */
  readonly initializers: ReadonlyMap<string, DecodedTensor>;
  /** The tensors of the training information, if the file has any: an optimiser's state. */
  readonly training: ReadonlyMap<string, DecodedTensor>;
}

const dataTypes = ['float32', 'int32', 'int64', 'uint8', 'bool'] as const satisfies readonly DataType[];
const typesByProto = new Map<number, DataType>(dataTypes.map((type) => [protoTypes[type], type]));

function listedIn(
  { floatData = [], int64Data = [], int32Data = [] }: TensorProto,
  type: DataType,
): readonly (number | bigint)[] {
  if (type === 'float32') return floatData;
  return type === 'int64' ? int64Data : int32Data;
}

/** Values as the file has them: bytes, or in older files numbers in a list by type. */
function valuesOf(tensor: TensorProto, type: DataType): Values {
  const { rawData } = tensor;
  if (!rawData || rawData.length === 0) {
    const listed = listedIn(tensor, type);
    const values = allocate(type, listed.length);
    for (const [i, value] of listed.entries()) values[i] = value;
    return values;
  }
  const { BYTES_PER_ELEMENT: width } = allocate(type, 0);
  const values = allocate(type, Math.ceil(rawData.length / width));
  // A copy, because the bytes may begin anywhere in the file and a typed array only at a multiple of its width.
  new Uint8Array(values.buffer).set(rawData);
  return values;
}

function decodeTensors(tensors: readonly TensorProto[], where: string): Map<string, DecodedTensor> {
  const decoded = new Map<string, DecodedTensor>();
  for (const tensor of tensors) {
    const { name = '', dataType = 0 } = tensor;
    const type = typesByProto.get(dataType);
    if (!type) continue;
    if (tensor.dataLocation === EXTERNAL) {
      throw badInput(where, `expected "${name}" in the file itself, got a reference to another file`);
    }
    const values = valuesOf(tensor, type);
    const shape = tensor.dims.map(Number);
    const expected = shape.reduce((product, side) => product * side, 1);
    if (expected !== values.length || shape.some((side) => side < 0)) {
      throw badInput(
        where,
        `expected an ONNX model with ${expected} values for "${name}", got ${values.length}`,
        'the file is damaged: copy or train it again',
      );
    }
    decoded.set(name, { shape, type, values });
  }
  return decoded;
}

function decodePorts(infos: readonly ValueInfoProto[]): Port[] {
  return infos.flatMap(({ name = '', type: info }) => {
    const { elemType = 0, shape: { dim: sides = [] } = {} } = info?.tensorType ?? {};
    const type = typesByProto.get(elemType);
    const shape = sides.map(({ dimValue, dimParam = '?' }) => (dimValue === undefined ? dimParam : Number(dimValue)));
    return type ? [{ name, type, shape }] : [];
  });
}

/**
 * Reads an ONNX model. Tensors, inputs and outputs of types that {@link DataType} does not have are left out: no
 * model of ours has any, and of others it is enough to see whose they are.
 *
 * @param where the file's name, for messages
 * @throws GargaloError `bad-input` where the bytes are no ONNX model, or only a part of one
 */
export function decodeModel(bytes: Uint8Array, where: string): DecodedModel {
  let model: ModelProto;
  try {
    model = decodeMessage(modelProto, bytes);
  } catch (cause) {
    if (cause instanceof TooManyParts) throw badInput(where, `expected an ONNX model, got ${cause.message}`);
    throw badInput(where, 'expected an ONNX model, got other or incomplete bytes', 'was the file copied whole?', cause);
  }
  // Protocol buffers take many byte sequences without complaint, the empty one to begin with.
  const { graph } = model;
  if (!graph || (model.irVersion ?? 0n) < 1n || model.opsetImport.length === 0) {
    throw badInput(
      where,
      'expected an ONNX model, got something without graph or version',
      'was the file copied whole?',
    );
  }
  return {
    metadata: Object.fromEntries(model.metadataProps.map(({ key = '', value = '' }) => [key, value])),
    graph,
    inputs: decodePorts(graph.input),
    outputs: decodePorts(graph.output),
    initializers: decodeTensors(graph.initializer, where),
    training: decodeTensors(
      model.trainingInfo.flatMap(({ algorithm }) => algorithm?.initializer ?? []),
      where,
    ),
  };
}
