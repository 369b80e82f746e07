// The door `gargalo/graph`: expressions, gradients, ONNX and the runtime; a line each.

export { createRuntime } from '#runtime';
export { evaluate, type Value } from './graph/evaluate.js';
export { fuse } from './graph/fuse.js';
export { grad } from './graph/gradient.js';
export * as operators from './graph/ops/index.js';
export { print } from './graph/print.js';
export { type Dimension, inLayer, type Shape } from './graph/shape.js';
export { simplify } from './graph/simplify.js';
export {
  type Attributes,
  type Catalogue,
  type ConvolutionInputs,
  constant,
  type DataType,
  type NoInput,
  type None,
  type OneInput,
  type Operator,
  type OperatorForm,
  type Reduction,
  type Tensor,
  type TwoInputs,
  type Values,
  variable,
  type Window,
} from './graph/tensor.js';
export type { Pads, Pair } from './graph/window.js';
export { type DecodedModel, type DecodedTensor, decodeModel } from './onnx/decode.js';
export { encodeLoop, encodeProgram, type LoopDescription, type Port, type Program } from './onnx/encode.js';
export type {
  AttributeProto,
  DimensionProto,
  GraphProto,
  NodeProto,
  TensorProto,
  TensorShapeProto,
  TensorTypeProto,
  TypeProto,
  ValueInfoProto,
} from './onnx/schema.js';
export { type AdamOptions, adam } from './optim/adam.js';
export type { Optimizer, StepNumbers } from './optim/optimizer.js';
export { type SgdOptions, sgd } from './optim/sgd.js';
export type {
  Device,
  Executable,
  HostTensor,
  ResidentTensor,
  RunResult,
  Runtime,
  RuntimeOptions,
} from './runtime/runtime.js';
