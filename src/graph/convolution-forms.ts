import { turned } from './convolution-patches.js';
import type { Pads } from './ops/index.js';
import * as op from './ops/index.js';
import { isOperator, type Tensor, topologicalOrder } from './tensor.js';

/** The zeros around the image for the other form, where there are such. */
function otherPads(weight: Tensor, pads: Pads): Pads | undefined {
  const [rows, columns] = weight.shape.slice(2) as [number, number];
  const [top, left, bottom, right] = pads;
  const other: Pads = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right];
  return other.every((amount) => amount >= 0) ? other : undefined;
}

/** A convolution as a transposed one or the other way round: by the kernel turned, where all strides are 1. */
function otherForm(tensor: Tensor<'Conv' | 'ConvTranspose'>, [x, weight, bias]: readonly Tensor[]): Tensor | undefined {
  const { strides, pads } = tensor.attributes;
  const other = otherPads(weight!, pads);
  if (strides.some((stride) => stride > 1) || !other) return undefined;
  const make = tensor.op === 'Conv' ? op.ConvTranspose : op.Conv;
  return make(x!, turned(weight!), bias, { pads: other });
}

/**
 * Whether a convolution with strides of 1 is quicker transposed. ONNX Runtime copies the input once for each place of the
 * kernel in the one, and adds up as many copies of the output in the other: so the side with few channels is the one to
 * copy. But only the first is divided among threads. 128 × 16 × 28 × 28 → 1: 4.3 against 0.6 ms; 1 → 16: 0.5 against 3.4 ms;
 * 16 → 8 of 14 × 14: 2.2 against 1.1 ms with one thread, 1.1 against 2.4 with two.
 */
const quickerTransposed = (inputs: number, outputs: number, threads: number): boolean =>
  inputs >= (threads > 1 ? 4 : 2) * outputs;

/**
 * Gives every convolution the form that is quicker where kernels are computed, as in training. (Where they are constants,
 * as in a trained model, ONNX Runtime arranges them ahead of time for a third form, and knows best.)
 *
 * @param threads that will share the work
 */
export function chooseConvolutionForms(outputs: readonly Tensor[], threads = 1): Tensor[] {
  const chosen = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder(outputs)) {
    const inputs = tensor.inputs.map((input) => chosen.get(input) as Tensor);
    const changed = inputs.some((input, k) => input !== tensor.inputs[k]);
    const result = betterForm(tensor, inputs, threads) ?? (changed ? { ...tensor, inputs } : tensor);
    chosen.set(tensor, result === tensor ? tensor : Object.freeze({ ...result, layer: tensor.layer }));
  }
  return outputs.map((output) => chosen.get(output) as Tensor);
}

function betterForm(tensor: Tensor, inputs: readonly Tensor[], threads: number): Tensor | undefined {
  if (!isOperator(tensor, 'Conv') && !isOperator(tensor, 'ConvTranspose')) return undefined;
  const transposed = quickerTransposed(tensor.inputs[0]!.shape[1] as number, tensor.shape[1] as number, threads);
  return transposed === (tensor.op === 'Conv') ? otherForm(tensor, inputs) : undefined;
}
