// The messages of ONNX's onnx.proto that we write and read; a test compares them with types generated from that file.
import { type Message, message } from './wire.js';

export interface DimensionProto {
  readonly dimValue?: bigint;
  readonly dimParam?: string;
}
export interface TensorShapeProto {
  readonly dim: readonly DimensionProto[];
}
export interface TensorTypeProto {
  readonly elemType?: number;
  readonly shape?: TensorShapeProto;
}
export interface TypeProto {
  readonly tensorType?: TensorTypeProto;
}
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: TypeProto;
}
export interface TensorProto {
  readonly dims: readonly bigint[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly bigint[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
}
export interface AttributeProto {
  readonly name?: string;
  readonly f?: number;
  readonly i?: bigint;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly ints?: readonly bigint[];
  readonly type?: number;
}
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute: readonly AttributeProto[];
}
/** A graph as ONNX has it. */
export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name?: string;
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}
export interface OperatorSetIdProto {
  readonly domain?: string;
  readonly version?: bigint;
}
export interface StringStringEntryProto {
  readonly key?: string;
  readonly value?: string;
}
export interface TrainingInfoProto {
  readonly algorithm?: GraphProto;
}
export interface ModelProto {
  readonly irVersion?: bigint;
  readonly producerName?: string;
  readonly graph?: GraphProto;
  readonly opsetImport: readonly OperatorSetIdProto[];
  readonly metadataProps: readonly StringStringEntryProto[];
  readonly trainingInfo: readonly TrainingInfoProto[];
}

/** TensorProto.DataType */
export const ProtoType = { FLOAT: 1, UINT8: 2, INT32: 6, INT64: 7, BOOL: 9 } as const;
/** AttributeProto.AttributeType */
export const AttributeType = { FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, GRAPH: 5, INTS: 7 } as const;
/** TensorProto.DataLocation.EXTERNAL: the values lie in another file. */
export const EXTERNAL = 1;

const dimensionProto = message<DimensionProto>({ dimValue: [1, 'int64'], dimParam: [2, 'string'] });
const tensorShapeProto = message<TensorShapeProto>({ dim: [1, () => dimensionProto, 'repeated'] });
const tensorTypeProto = message<TensorTypeProto>({ elemType: [1, 'int32'], shape: [2, () => tensorShapeProto] });
const typeProto = message<TypeProto>({ tensorType: [1, () => tensorTypeProto] });
const valueInfoProto = message<ValueInfoProto>({ name: [1, 'string'], type: [2, () => typeProto] });
const tensorProto = message<TensorProto>({
  dims: [1, 'int64', 'repeated'],
  dataType: [2, 'int32'],
  floatData: [4, 'float', 'packed'],
  int32Data: [5, 'int32', 'packed'],
  int64Data: [7, 'int64', 'packed'],
  name: [8, 'string'],
  rawData: [9, 'bytes'],
  dataLocation: [14, 'int32'],
});
const attributeProto: Message<AttributeProto> = message<AttributeProto>({
  name: [1, 'string'],
  f: [2, 'float'],
  i: [3, 'int64'],
  s: [4, 'bytes'],
  t: [5, () => tensorProto],
  g: [6, () => graphProto],
  ints: [8, 'int64', 'repeated'],
  type: [20, 'int32'],
});
const nodeProto = message<NodeProto>({
  input: [1, 'string', 'repeated'],
  output: [2, 'string', 'repeated'],
  name: [3, 'string'],
  opType: [4, 'string'],
  attribute: [5, () => attributeProto, 'repeated'],
});
const graphProto = message<GraphProto>({
  node: [1, () => nodeProto, 'repeated'],
  name: [2, 'string'],
  initializer: [5, () => tensorProto, 'repeated'],
  input: [11, () => valueInfoProto, 'repeated'],
  output: [12, () => valueInfoProto, 'repeated'],
});
const operatorSetIdProto = message<OperatorSetIdProto>({ domain: [1, 'string'], version: [2, 'int64'] });
const stringStringEntryProto = message<StringStringEntryProto>({ key: [1, 'string'], value: [2, 'string'] });
const trainingInfoProto = message<TrainingInfoProto>({ algorithm: [2, () => graphProto] });
export const modelProto = message<ModelProto>({
  irVersion: [1, 'int64'],
  producerName: [2, 'string'],
  graph: [7, () => graphProto],
  opsetImport: [8, () => operatorSetIdProto, 'repeated'],
  metadataProps: [14, () => stringStringEntryProto, 'repeated'],
  trainingInfo: [20, () => trainingInfoProto, 'repeated'],
});
