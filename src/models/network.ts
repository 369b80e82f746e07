import * as op from '../graph/ops/index.js';
import { staticSide } from '../graph/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';
import { activate } from '../nn/activations.js';
import { dense } from '../nn/dense.js';
import { binaryCrossEntropy, meanBinaryCrossEntropy, squaredError } from '../nn/losses.js';
import type { Scope } from '../nn/scope.js';
import { type StepContext, stopGradient } from './context.js';
import type { DecoderPass } from './sockets/body/body.js';
import { builderOf } from './sockets/body/index.js';
import type { CodePass, StateUpdate } from './sockets/code/code.js';
import { buildCode } from './sockets/code/index.js';
import { corrupt } from './sockets/corruption.js';
import { buildPenalty } from './sockets/penalty/index.js';
import { inputSize, type Specification } from './specification.js';

/** What the encoder gives. */
export interface Encoded extends CodePass {
  /** Outputs of the hidden layers, [batch, …], by the layer's name. */
  readonly hidden: Readonly<Record<string, Tensor>>;
}

/**
 * φ: from scaled examples to codes. Without a context: as after training.
 *
 * @param x [batch, input size]
 */
export function encode(specification: Specification, scope: Scope, x: Tensor, context: StepContext = {}): Encoded {
  const { body, code } = specification;
  const { features, hidden } = builderOf(body).encode(body, specification, scope, x);
  const hasLayer = body.type === 'dense' || body.codeLayer;
  const pass = buildCode(code, {
    scope,
    context,
    inputSize: inputSize(specification),
    layer: (name, activation) => {
      if (!hasLayer) return activate(features, activation);
      const layer = scope.within(`encoder/${name}`, (at) => dense(at, features, { units: code.width, activation }));
      if (!specification.linearPath || name !== 'code') return layer;
      return op.Add(
        layer,
        scope.within('encoder/linear', (at) => dense(at, x, { units: code.width, decays: false })),
      );
    },
  });
  return { ...pass, hidden };
}

/**
 * ψ before its last activation: from codes to logits (or to outputs, where that activation is the identity).
 *
 * @param z [batch, code width]
 */
export function decode(specification: Specification, scope: Scope, z: Tensor): DecoderPass {
  const { logits, hidden } = builderOf(specification.body).decode(specification.body, specification, scope, z);
  if (!specification.linearPath) return { logits, hidden };
  const linear = scope.within('decoder/linear', (at) =>
    dense(at, z, { units: inputSize(specification), decays: false }),
  );
  return { logits: op.Add(logits, linear), hidden };
}

/** The output's activation. */
export function toOutput(specification: Specification, logits: Tensor): Tensor {
  switch (specification.output) {
    case 'sigmoid':
      return op.Sigmoid(logits);
    case 'clipped':
      return op.Min(op.Max(logits, 0), 1);
    case 'identity':
      return logits;
  }
}

/**
 * The output that the loss is taken of. A clipped one lets the gradient pass (a straight-through estimate, Bengio, Léonard &
 * Courville 2013): 2 (clip(y) − x) then is the gradient of a loss that is convex in y, and an output beyond a bound goes back as
 * soon as the example lies within.
 */
function learnedOutput({ output: activation }: Specification, logits: Tensor, output: Tensor): Tensor {
  return activation === 'clipped' ? op.Add(logits, stopGradient(op.Sub(output, logits))) : output;
}

/** What is minimised on a batch, and what people want to know of it. */
export interface Pass {
  /** The terms of the loss by name, each a scalar over the batch, weighted: their sum is minimised and reported. */
  readonly terms: Readonly<Record<string, Tensor>>;
  /** Minimised as well, but not part of the loss: what an opponent minimises. */
  readonly auxiliary: Readonly<Record<string, Tensor>>;
  /** What else a step replaces. */
  readonly updates: readonly StateUpdate[];
  /** Outputs of hidden layers, [batch, …], by name. */
  readonly hidden: Readonly<Record<string, Tensor>>;
  /** [batch, width] */
  readonly code: Tensor;
}

/** What a forward pass gives. */
export interface ForwardPass extends Pass {
  /** [batch, input size], scaled units */
  readonly output: Tensor;
  /** [batch], squared error summed over each example. */
  readonly squaredError: Tensor;
  /** [batch], the reconstruction's error per element: bce in nats, or squared error. */
  readonly reconstructionError: Tensor;
  /** Further figures of each example, [batch, …]. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** How many examples of a batch the loss counts, where it leaves some out. */
function keptExamples({ trim = 0 }: Specification, x: Tensor): number | undefined {
  const [batch] = x.shape;
  if (typeof batch !== 'number') return undefined;
  const left = Math.floor(trim * batch);
  return left === 0 ? undefined : batch - left;
}

/**
 * The mean per element of the smallest errors: iterative trimmed loss minimisation, a batch at a time (Shen & Sanghavi 2019).
 *
 * @param errors [batch], summed over each example
 */
function trimmedMean(errors: Tensor, kept: number, size: number): Tensor {
  const batch = staticSide(errors.shape, 0);
  const smallest = op.topKMask(op.Neg(op.Reshape(errors, [1, batch])), kept);
  return op.Mul(op.ReduceSum(op.Mul(op.Reshape(smallest, [batch]), errors)), 1 / (kept * size));
}

/**
 * The whole autoencoder on scaled examples. With a context: as in training, with corruption, draws and penalties; the
 * term `reconstruction` is the mean of the reconstruction error, computed in a cheaper way and, where the context asks
 * for it, on a part of the batch; its gradient is exact.
 *
 * @param x [batch, input size]
 */
export function forward(specification: Specification, scope: Scope, x: Tensor, context: StepContext = {}): ForwardPass {
  const size = inputSize(specification);
  const { noise, sample } = context;
  const seen = noise ? corrupt(specification.corruption, x, noise) : x;
  const { code, passed, terms: codeTerms, updates, hidden, outputs } = encode(specification, scope, seen, context);
  const { logits, hidden: decoderHidden } = decode(specification, scope, passed);
  const output = toOutput(specification, logits);
  const error = squaredError(learnedOutput(specification, logits, output), x);
  const isBce = specification.loss === 'bce';
  const kept = noise ? keptExamples(specification, x) : undefined;
  const whole = (): Tensor =>
    isBce ? meanBinaryCrossEntropy(logits, x, sample) : op.Mul(op.ReduceMean(error), 1 / size);
  const mean = kept === undefined ? whole() : trimmedMean(isBce ? binaryCrossEntropy(logits, x) : error, kept, size);
  const penalties = noise
    ? specification.penalties.map((penalty) =>
        buildPenalty(penalty, {
          specification,
          scope,
          context,
          seen,
          code,
          passed,
          encode: (other) => encode(specification, scope, other).code,
        }),
      )
    : [];
  return {
    code,
    output,
    squaredError: error,
    reconstructionError: op.Mul(isBce ? binaryCrossEntropy(logits, x) : error, 1 / size),
    terms: Object.assign({ reconstruction: mean }, codeTerms, ...penalties.map(({ terms }) => terms)),
    auxiliary: Object.assign({}, ...penalties.map(({ auxiliary }) => auxiliary)),
    updates,
    hidden: { ...hidden, ...decoderHidden },
    outputs,
  };
}

/**
 * From raw values to those the network sees: (x − offset) · scale.
 *
 * @param raw [batch, input size], uint8 or float32
 */
export function scaleInput(specification: Pick<Specification, 'input'>, raw: Tensor): Tensor {
  const { offset, scale } = specification.input.scaling;
  const sole = scale.length === 1 && offset.length === 1 && offset[0] === 0 ? scale[0] : undefined;
  if (raw.type === 'uint8' && sole !== undefined) return op.DequantizeLinear(raw, sole);
  const size = inputSize(specification);
  return op.Mul(op.Sub(op.Cast(raw, 'float32'), vector(offset, size)), vector(scale, size));
}

/** Back to raw units: x / scale + offset. */
export function unscaleOutput(specification: Specification, x: Tensor): Tensor {
  const { offset, scale } = specification.input.scaling;
  const size = inputSize(specification);
  const widths = scale.map((value) => 1 / value);
  return op.Add(op.Mul(x, vector(widths, size)), vector(offset, size));
}

/** One number for all of the `size` values of an example, or one each; those of a time step are the same at every step. */
export function vector(values: readonly number[], size: number): op.Operand {
  const [sole] = values;
  if (values.length === 1 && sole !== undefined) return sole;
  return constant(
    Array.from({ length: Math.ceil(size / values.length) }, () => values)
      .flat()
      .slice(0, size),
  );
}
