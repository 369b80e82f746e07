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
  constant,
  type DataType,
  type None,
  type Operator,
  type Reduction,
  type Tensor,
  type Values,
  variable,
  type Window,
} from './graph/tensor.js';
export { type DecodedModel, type DecodedTensor, decodeModel } from './onnx/decode.js';
export { encodeLoop, encodeProgram, type LoopDescription, type Port, type Program } from './onnx/encode.js';
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
