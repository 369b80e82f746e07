// Writes the ONNX models that Gargalo makes, a file each, for other people's tools to judge:
//
//     node tools/build.mjs && node tools/emit-models.mjs FOLDER && .venv/bin/python tools/check-onnx.py FOLDER
//
// Every operator, once with static and where it can be once with symbolic sides; training loops, evaluation and model
// files of networks like those of the benchmark, plain and with every option that changes the program.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../dist/core/random.js';
import { grad } from '../dist/graph/gradient.js';
import { gradientRules } from '../dist/graph/gradient-rules.js';
import * as op from '../dist/graph/ops/index.js';
import { constant, topologicalOrder, variable } from '../dist/graph/tensor.js';
import { decoderGraph, inferenceGraph, parametersOf } from '../dist/models/autoencoder.js';
import { kindNamed } from '../dist/models/kinds/index.js';
import { stagesOf } from '../dist/models/objective.js';
import { encodeGraph, encodeLoop, encodeProgram, wrapModel } from '../dist/onnx/encode.js';
import { adam } from '../dist/optim/adam.js';
import { sgd } from '../dist/optim/sgd.js';
import { planLayout } from '../dist/train/layout.js';
import { auditProgram, evaluationProgram, trainingProgram } from '../dist/train/step.js';

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('emit-models: expected a folder to write to\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

let written = 0;
function write(name, bytes) {
  writeFileSync(join(folder, `${name}.onnx`), bytes);
  written += 1;
}

// --- operators ------------------------------------------------------------------------------------------------------

const unary = (apply) => (x) => apply(x);
const withItself = (apply) => (x) => apply(x, op.Tanh(x));
const whole = (x) => op.Cast(x, 'int64');
const positive = (x) => op.Greater(x, 0);
const last = (x) => x.shape.length - 1;

/** Each operator on a float32 tensor of at least two axes whose last one is 6 long. */
const expressions = {
  Add: withItself(op.Add),
  Sub: withItself(op.Sub),
  Mul: withItself(op.Mul),
  Div: withItself(op.Div),
  Max: withItself(op.Max),
  Min: withItself(op.Min),
  Neg: unary(op.Neg),
  Abs: unary(op.Abs),
  Exp: unary(op.Exp),
  Log: (x) => op.Log(op.Exp(x)),
  Sqrt: (x) => op.Sqrt(op.Abs(x)),
  Erf: unary(op.Erf),
  Relu: unary(op.Relu),
  LeakyRelu: (x) => op.LeakyRelu(x, 0.2),
  Elu: (x) => op.Elu(x, 1.5),
  HardSigmoid: unary(op.HardSigmoid),
  Sigmoid: unary(op.Sigmoid),
  Tanh: unary(op.Tanh),
  Softplus: unary(op.Softplus),
  Greater: withItself(op.Greater),
  GreaterOrEqual: withItself(op.GreaterOrEqual),
  Less: withItself(op.Less),
  LessOrEqual: withItself(op.LessOrEqual),
  Equal: (x) => op.Equal(whole(x), whole(op.Tanh(x))),
  Not: (x) => op.Not(positive(x)),
  And: (x) => op.And(positive(x), op.Less(x, 1)),
  Where: (x) => op.Where(op.Less(x, 0.5), x, op.Tanh(x)),
  Cast: (x) => op.Cast(op.Cast(op.Cast(op.Cast(x, 'int32'), 'uint8'), 'bool'), 'float32'),
  DequantizeLinear: (x) => op.DequantizeLinear(op.Cast(x, 'uint8'), 1 / 255),
  MatMul: (x) => op.MatMul(op.Reshape(x, [1, ...x.shape]), constant(new Float32Array(24), [6, 4])),
  Gemm: (x) =>
    op.Add(
      op.Mul(op.MatMul(op.Reshape(x, matrix(x)), constant(new Float32Array(24), [6, 4])), 0.5),
      constant([1, 2, 3, 4]),
    ),
  Conv: (x) =>
    op.Conv(pictures(x), constant(new Float32Array(8), [2, 1, 2, 2]), constant([1, 2]), { pads: [1, 0, 0, 1] }),
  ConvTranspose: (x) =>
    op.ConvTranspose(pictures(x), constant(new Float32Array(8), [1, 2, 2, 2]), undefined, { strides: [2, 2] }),
  MaxPool: (x) => op.MaxPool(pictures(x), { kernel: [2, 2], strides: [1, 1] }),
  AveragePool: (x) => op.AveragePool(pictures(x), { kernel: [2, 3] }),
  Resize: (x) => op.Resize(pictures(x), [2, 3]),
  TopK: (x) => op.TopK(x, 2),
  ArgMin: (x) => op.ArgMin(x, 0),
  ScatterElements: (x) => op.topKMask(x, 2),
  ReduceSum: (x) => op.ReduceSum(x, [last(x)]),
  ReduceL1: (x) => op.ReduceL1(x, [0], true),
  ReduceMean: (x) => op.ReduceMean(x),
  ReduceMax: (x) => op.ReduceMax(x, [0]),
  ReduceProd: (x) => op.ReduceProd(x, [last(x)], true),
  Reshape: (x) => op.Reshape(x, x.shape.with(-1, 2).concat(3)),
  Transpose: (x) => op.Transpose(x),
  Expand: (x) => op.Expand(op.ReduceMax(x, [0], true), x.shape, x),
  Concat: (x) => op.Concat([x, op.Tanh(x)], last(x)),
  Slice: (x) => op.Slice(x, last(x), 1, 4),
  Pad: (x) => op.Pad(x, last(x), 1, 2),
  Gather: (x) => op.Gather(x, constant([0, 5, 5], [3], 'int64'), last(x)),
  ScatterND: (x) => grad(op.ReduceSum(op.Tanh(op.Gather(x, constant([1, 1, 0], [3], 'int32')))), [x])[0],
  Size: (x) => op.Cast(op.Size(x), 'float32'),
  RandomNormalLike: (x) => op.RandomNormalLike(x, 1),
  RandomUniformLike: (x) => op.RandomUniformLike(x, 1),
  Variable: (x) => x,
  Constant: () => constant([1, 2, 3]),
  CustomGradient: (x) => op.withGradient(op.Tanh(x), [x], (g) => [g]),
};

function matrix(x) {
  const sides = x.shape.slice(0, -1);
  const symbol = sides.find((side) => typeof side === 'string');
  return [symbol ?? sides.reduce((product, side) => product * side, 1), x.shape.at(-1)];
}

/** Each row as an image of 2 × 3 pixels. */
const pictures = (x) => op.Reshape(x, [matrix(x)[0], 1, 2, 3]);

const missing = Object.keys(gradientRules).filter((name) => !(name in expressions));
if (missing.length > 0) {
  process.stderr.write(`emit-models: expected an expression for each operator, none for ${missing.join(', ')}\n`);
  process.exit(1);
}

const shapes = { static: [4, 6], cube: [2, 3, 6], symbolic: ['batch', 6] };
for (const [name, apply] of Object.entries(expressions)) {
  for (const [label, shape] of Object.entries(shapes)) {
    const x = variable('x', shape);
    const y = apply(x);
    write(`operator-${name}-${label}`, encodeProgram({ name, inputs: [x], outputs: { y } }).bytes);
    if (y.type !== 'float32' || !topologicalOrder([y]).includes(x)) continue;
    // gradients of windows are made for batches of known size
    if (label === 'symbolic' && ['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool'].includes(name)) continue;
    const [dx] = grad(op.ReduceSum(y), [x]);
    write(`gradient-${name}-${label}`, encodeProgram({ name, inputs: [x], outputs: { dx } }).bytes);
  }
}

// --- loops ----------------------------------------------------------------------------------------------------------

const state = variable('state', [3]);
const data = variable('data', ['steps', 3]);
const iteration = variable('iteration', [], 'int64');
write(
  'loop-aliases',
  encodeLoop({
    name: 'loop',
    captured: [data],
    carried: [{ state, next: state }],
    scanned: {
      row: op.Gather(data, iteration),
      again: op.Gather(data, iteration),
      before: state,
      count: iteration,
      number: constant(1),
    },
    iteration,
  }).bytes,
);

// --- networks -------------------------------------------------------------------------------------------------------

const image = { shape: [28, 28], scaling: { method: 'bytes', offset: [0], scale: [1 / 255] }, bounded: true };
const table = {
  shape: [5],
  scaling: { method: 'standard', offset: [1, 2, 3, 4, 5], scale: [1, 0.5, 0.25, 2, 1] },
  bounded: false,
};
const networks = {
  'one-layer': [image, { code: 32 }],
  middle: [image, { code: 32, encoder: [128, 64] }],
  large: [image, { code: 30, encoder: [1000, 500, 250] }],
  tied: [image, { code: 16, encoder: [64], tied: true }],
  'squared-error': [image, { code: 8, loss: 'mse', activation: 'gelu' }],
  table: [table, { code: 2, encoder: [4], activation: 'elu' }],
  softplus: [table, { code: 2, encoder: [4], activation: 'softplus', codeActivation: 'tanh' }],
  'leaky-relu': [table, { code: 2, encoder: [4], activation: 'leaky-relu', codeActivation: 'sigmoid' }],
};
const optimizers = { adam: adam(), adamw: adam({ weightDecay: 0.01 }), sgd: sgd({ momentum: 0.9 }) };

for (const [name, [input, options]] of Object.entries(networks)) {
  const specification = kindNamed('basic').specify(input, options);
  const definitions = parametersOf(specification);
  const layout = planLayout(definitions);
  const dataType = input === image ? 'uint8' : 'float32';
  const [stage] = stagesOf(specification, { epochs: 1, learningRate: 0.001 });
  const context = { specification, stage, layout, batch: 128, dataType };
  for (const [optimizer, made] of Object.entries(optimizers)) {
    if (optimizer !== 'adam' && name !== 'one-layer') continue;
    const training = { ...context, optimizer: made };
    write(`train-${name}-${optimizer}`, trainingProgram(training).program.bytes);
    write(`train-${name}-${optimizer}-clipped`, trainingProgram({ ...training, clipNorm: 1 }).program.bytes);
  }
  write(`evaluate-${name}`, evaluationProgram(context).program.bytes);
  write(`audit-${name}`, auditProgram(context).program.bytes);

  const weights = new Map(
    definitions.map((definition) => [
      definition.name,
      definition.initializer(definition.shape, createRandom(1, definition.name)),
    ]),
  );
  const model = { specification, weights };
  write(
    `model-${name}`,
    wrapModel(encodeGraph(inferenceGraph(model)).graph, { gargalo: JSON.stringify({ specification }) }),
  );
  write(`decoder-${name}`, encodeProgram(decoderGraph(model)).bytes);
}

process.stdout.write(`${written} models in ${folder}\n`);
