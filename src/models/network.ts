import * as op from '../graph/ops/index.js';
import { constant, type Tensor } from '../graph/tensor.js';
import { type Activation, initializerFor } from '../nn/activations.js';
import { dense } from '../nn/dense.js';
import { binaryCrossEntropy, meanBinaryCrossEntropy, squaredError } from '../nn/losses.js';
import type { Scope } from '../nn/scope.js';
import { decoderUnits, inputSize, type Specification } from './specification.js';

/** A dense layer of the body, with the place of its parameters. */
interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

function chain(prefix: string, last: string, sizes: readonly number[], activations: readonly Activation[]): Layer[] {
  return sizes.slice(1).map((units, i) => ({
    name: `${prefix}/${i === sizes.length - 2 ? last : i}`,
    inputs: sizes[i] as number,
    units,
    activation: activations[i] as Activation,
  }));
}

function encoderLayers(specification: Specification): Layer[] {
  const { body, code } = specification;
  const activations = [...body.encoder.map(() => body.activation), code.activation];
  return chain('encoder', 'code', [inputSize(specification), ...body.encoder, code.width], activations);
}

/** The output layer is left without its activation. */
function decoderLayers(specification: Specification): Layer[] {
  const { body, code } = specification;
  const hidden = decoderUnits(body);
  const activations = [...hidden.map(() => body.activation), 'identity' as const];
  return chain('decoder', 'output', [code.width, ...hidden, inputSize(specification)], activations);
}

/**
 * φ: from scaled examples to codes.
 *
 * @param x [batch, input size]
 * @returns [batch, code width]
 */
export function encode(specification: Specification, scope: Scope, x: Tensor): Tensor {
  return encoderLayers(specification).reduce(
    (h, { name, units, activation }) => scope.within(name, (layer) => dense(layer, h, { units, activation })),
    x,
  );
}

/**
 * ψ before its last activation: from codes to logits (or to outputs, where that activation is the identity).
 *
 * @param z [batch, code width]
 * @returns [batch, input size]
 */
export function decode(specification: Specification, scope: Scope, z: Tensor): Tensor {
  const mirror = specification.body.tied ? encoderLayers(specification).reverse() : [];
  return decoderLayers(specification).reduce((h, { name, units, activation }, i) => {
    const twin = mirror[i];
    const tiedTo =
      twin &&
      scope.within(twin.name, (layer) =>
        layer.parameter('weight', [twin.inputs, twin.units], initializerFor(twin.activation)),
      );
    return scope.within(name, (layer) => dense(layer, h, { units, activation, ...(tiedTo && { tiedTo }) }));
  }, z);
}

/** The output's activation. */
export function toOutput(specification: Specification, logits: Tensor): Tensor {
  return specification.output === 'sigmoid' ? op.Sigmoid(logits) : logits;
}

/** What a forward pass gives. */
export interface ForwardPass {
  /** [batch, code width] */
  readonly code: Tensor;
  /** [batch, input size], scaled units */
  readonly output: Tensor;
  /** [batch], squared error summed over each example. */
  readonly squaredError: Tensor;
  /** [batch], the reconstruction's error per element: bce in nats, or squared error. */
  readonly reconstructionError: Tensor;
  /**
   * The terms of the loss by name, each a scalar over the batch: their sum is minimised. `reconstruction` is the mean of
   * the reconstruction error, computed in a cheaper way and, where asked for, on a part of the batch; its gradient is
   * exact.
   */
  readonly terms: Readonly<Record<string, Tensor>>;
}

/**
 * The whole autoencoder on scaled examples.
 *
 * @param x [batch, input size]
 * @param sample how many examples the value of the reconstruction term is taken from, where that saves time; default all
 */
export function forward(specification: Specification, scope: Scope, x: Tensor, sample?: number): ForwardPass {
  const size = inputSize(specification);
  const code = encode(specification, scope, x);
  const logits = decode(specification, scope, code);
  const output = toOutput(specification, logits);
  const error = squaredError(output, x);
  const isBce = specification.loss === 'bce';
  const mean = isBce ? meanBinaryCrossEntropy(logits, x, sample) : op.Mul(op.ReduceMean(error), 1 / size);
  return {
    code,
    output,
    squaredError: error,
    reconstructionError: op.Mul(isBce ? binaryCrossEntropy(logits, x) : error, 1 / size),
    terms: { reconstruction: mean },
  };
}

/**
 * From raw values to those the network sees: (x − offset) · scale.
 *
 * @param raw [batch, input size], uint8 or float32
 */
export function scaleInput(specification: Specification, raw: Tensor): Tensor {
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
  if (values.length === 1) return values[0] as number;
  return constant(Array.from({ length: size }, (_, i) => values[i % values.length] as number));
}
