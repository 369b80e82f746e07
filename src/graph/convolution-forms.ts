import { turned } from './convolution-patches.js';
import * as op from './ops/index.js';
import { rebuilt } from './rebuild.js';
import { staticSide } from './shape.js';
import { inputsOf, isOperator, type Tensor, withLayer } from './tensor.js';
import { otherPads } from './window.js';

/** A convolution as a transposed one or the other way round: by the kernel turned, where all strides are 1. */
function otherForm(tensor: Tensor<'Conv' | 'ConvTranspose'>): Tensor | undefined {
  const [x, weight, bias] = inputsOf(tensor);
  const { strides, pads } = tensor.attributes;
  const other = otherPads(pads, op.imageSides(tensor.op, weight));
  if (strides.some((stride) => stride > 1) || other.some((amount) => amount < 0)) return undefined;
  const make = tensor.op === 'Conv' ? op.ConvTranspose : op.Conv;
  return make(x, turned(weight), bias, { pads: other });
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
  return rebuilt(outputs, (tensor, { layer }) => withLayer(betterForm(tensor, threads) ?? tensor, layer));
}

function betterForm(tensor: Tensor, threads: number): Tensor | undefined {
  if (!isOperator(tensor, 'Conv') && !isOperator(tensor, 'ConvTranspose')) return undefined;
  const [x] = inputsOf<'Conv' | 'ConvTranspose'>(tensor);
  const transposed = quickerTransposed(staticSide(x.shape, 1), staticSide(tensor.shape, 1), threads);
  return transposed === (tensor.op === 'Conv') ? otherForm(tensor) : undefined;
}
