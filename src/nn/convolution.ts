import * as op from '../graph/ops/index.js';
import { staticSide } from '../graph/shape.js';
import { inputsOf, isOperator, type Tensor } from '../graph/tensor.js';
import { type Activation, activate, initializerFor } from './activations.js';
import { convolveUpsampled } from './convolve-upsampled.js';
import { type Initializer, zeros } from './initializers.js';
import type { Scope } from './scope.js';

/** One number for rows and columns, or one each. */
export type Sides = number | op.Pair;

export interface ConvolutionOptions {
  /** Number of filters: channels of the output. */
  readonly filters: number;
  /** Sides of the kernel. */
  readonly kernel: Sides;
  /** Steps of the kernel; default 1. */
  readonly strides?: Sides;
  /** Default 'same': as many outputs as inputs, divided by the strides. */
  readonly padding?: op.Padding;
  readonly activation?: Activation;
  /** Default: the one that suits the activation. */
  readonly initializer?: Initializer;
}

export interface PoolingOptions {
  /** Sides of the window. */
  readonly size: Sides;
  /** Steps of the window; default its sides. */
  readonly strides?: Sides;
  /** Default 'valid': what does not fill a window at the end is left out. */
  readonly padding?: op.Padding;
}

const pair = (sides: Sides): op.Pair => (typeof sides === 'number' ? [sides, sides] : sides);

/**
 * Images by filters: activation(w ∗ x + b), with parameters `weight` [filters, channels, rows, columns] and `bias`
 * [filters].
 *
 * @param x [batch, channels, rows, columns]
 * @returns [batch, filters, rows', columns']
 */
export function convolution(scope: Scope, x: Tensor, options: ConvolutionOptions): Tensor {
  const { filters, padding = 'same', activation = 'identity' } = options;
  const [kernel, strides] = [pair(options.kernel), pair(options.strides ?? 1)];
  const channels = staticSide(x.shape, 1);
  const pads = op.paddingFor(padding, op.imageSides('convolution', x), kernel, strides);
  const initializer = options.initializer ?? initializerFor(activation);
  const weight = scope.parameter('weight', [filters, channels, ...kernel], initializer);
  const bias = scope.parameter('bias', [filters], zeros);
  return activate(convolve(x, weight, bias, strides, pads), activation);
}

/** Over repeated pixels, by phases where that goes: see {@link convolveUpsampled}. */
function convolve(x: Tensor, weight: Tensor, bias: Tensor, strides: op.Pair, pads: op.Pads): Tensor {
  const isWhole = strides.every((stride) => stride === 1);
  const quick =
    isWhole && isOperator(x, 'Resize')
      ? convolveUpsampled(inputsOf(x)[0], weight, bias, x.attributes.factors, pads)
      : undefined;
  return quick ?? op.Conv(x, weight, bias, { strides, pads });
}

/**
 * The way back of a convolution with the same options (Keras' Conv2DTranspose): 'same' makes rows and columns `strides`
 * times as many. Parameters `weight` [channels, filters, rows, columns] and `bias` [filters].
 *
 * @param x [batch, channels, rows, columns]
 * @returns [batch, filters, rows', columns']
 */
export function transposedConvolution(scope: Scope, x: Tensor, options: ConvolutionOptions): Tensor {
  const { filters, padding = 'same', activation = 'identity' } = options;
  const [kernel, strides] = [pair(options.kernel), pair(options.strides ?? 1)];
  const channels = staticSide(x.shape, 1);
  const [rows, columns] = op.imageSides('transposedConvolution', x);
  const pads = op.paddingFor(padding, [rows * strides[0], columns * strides[1]], kernel, strides);
  // a kernel smaller than its steps leaves a gap at the end
  const outputPadding: op.Pair = [Math.max(strides[0] - kernel[0], 0), Math.max(strides[1] - kernel[1], 0)];
  const initializer = options.initializer ?? initializerFor(activation);
  const weight = scope.parameter('weight', [channels, filters, ...kernel], initializer);
  const bias = scope.parameter('bias', [filters], zeros);
  return activate(op.ConvTranspose(x, weight, bias, { strides, pads, outputPadding }), activation);
}

function windowOf(x: Tensor, { size, strides = size, padding = 'valid' }: PoolingOptions) {
  const [kernel, steps] = [pair(size), pair(strides)];
  return { kernel, strides: steps, pads: op.paddingFor(padding, op.imageSides('pooling', x), kernel, steps) };
}

/**
 * The largest value of each window.
 *
 * The maximum of rectified values is the rectified maximum, gradient included; that way there are fewer to rectify.
 *
 * @param x [batch, channels, rows, columns]
 */
export function maxPool(x: Tensor, options: PoolingOptions): Tensor {
  const window = windowOf(x, options);
  return isOperator(x, 'Relu') ? op.Relu(op.MaxPool(inputsOf(x)[0], window)) : op.MaxPool(x, window);
}

/**
 * The mean of each window, padding left out.
 *
 * @param x [batch, channels, rows, columns]
 */
export function averagePool(x: Tensor, options: PoolingOptions): Tensor {
  return op.AveragePool(x, windowOf(x, options));
}

/**
 * Every pixel repeated `factor` times down and across (Keras' UpSampling2D).
 *
 * @param x [batch, channels, rows, columns]
 */
export function upsampleNearest(x: Tensor, factor: Sides = 2): Tensor {
  return op.Resize(x, pair(factor));
}
