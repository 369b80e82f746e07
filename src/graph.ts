// The door `gargalo/graph`: expressions, gradients, ONNX and the runtime; a line each.

export { createRuntime } from '#runtime';
export { evaluate, type Value } from './graph/evaluate.js';
export { grad } from './graph/gradient.js';
export * as operators from './graph/ops/index.js';
export { print } from './graph/print.js';
export { inLayer, type Shape } from './graph/shape.js';
export { fuse, simplify } from './graph/simplify.js';
export { constant, type DataType, type Tensor, variable } from './graph/tensor.js';
export { decodeModel } from './onnx/decode.js';
export { encodeLoop, encodeProgram, type Program } from './onnx/encode.js';
export { adam } from './optim/adam.js';
export type { Optimizer } from './optim/optimizer.js';
export { sgd } from './optim/sgd.js';
export type { Device, Executable, HostTensor, ResidentTensor, Runtime, RuntimeOptions } from './runtime/runtime.js';
