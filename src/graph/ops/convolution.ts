import { type Dimension, type Shape, shapeError, sideOf } from '../shape.js';
import { node, type Tensor } from '../tensor.js';
import { type Pads, type Pair, padsWithin } from '../window.js';

export type { Pads, Pair };
/** Keras' names: as many zeros as keep ⌈size / stride⌉ outputs, or none. */
export type Padding = 'same' | 'valid';

/** How the window of {@link Conv} moves. */
export interface ConvOptions {
  /** Steps of the window; default 1. */
  readonly strides?: Pair;
  /** Default none. */
  readonly pads?: Pads;
}

/** How the window of {@link ConvTranspose} moves. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns more at the bottom and right, fewer than the strides; default none. */
  readonly outputPadding?: Pair;
}

/** The window of a pooling and how it moves; by default in steps of its own sides. */
export interface PoolOptions extends ConvOptions {
  /** Sides of the window. */
  readonly kernel: Pair;
}

const NO_PADS: Pads = [0, 0, 0, 0];

/**
 * The zeros that Keras and TensorFlow put around an image. Where 'same' needs an odd number, the larger half comes at the
 * end.
 */
export function paddingFor(padding: Padding, sides: Pair, kernel: Pair, strides: Pair): Pads {
  if (padding === 'valid') return NO_PADS;
  const missing = (side: number, window: number, stride: number): number =>
    Math.max((Math.ceil(side / stride) - 1) * stride + window - side, 0);
  const rows = missing(sides[0], kernel[0], strides[0]);
  const columns = missing(sides[1], kernel[1], strides[1]);
  return [rows >> 1, columns >> 1, rows - (rows >> 1), columns - (columns >> 1)];
}

/** The static rows and columns of an image [n, c, h, w]. */
export function imageSides(operator: string, x: Tensor): Pair {
  const [rows, columns] = x.shape.slice(2);
  if (x.shape.length !== 4 || x.type !== 'float32' || typeof rows !== 'number' || typeof columns !== 'number') {
    throw shapeError(operator, 'expected float32 images [n, channels, rows, columns] of static size', x.shape);
  }
  return [rows, columns];
}

function checkWindow(operator: string, x: Tensor, kernel: Pair, strides: Pair, pads: Pads): void {
  const whole = [...kernel, ...strides].every((value) => Number.isInteger(value) && value >= 1);
  if (!whole || !pads.every((value) => Number.isInteger(value) && value >= 0)) {
    const got = `kernel ${kernel}, strides ${strides}, pads ${pads}`;
    throw shapeError(operator, `expected whole kernel sides and strides from 1 and pads from 0, ${got}`, x.shape);
  }
}

/** Sides of the image that a window leaves as it moves. */
function windowed(operator: string, x: Tensor, kernel: Pair, strides: Pair, pads: Pads): Pair {
  checkWindow(operator, x, kernel, strides, pads);
  const [rows, columns] = imageSides(operator, x);
  const [top, left, bottom, right] = pads;
  const places = (side: number, window: number, stride: number): number => {
    const room = side - window;
    if (room < 0) throw shapeError(operator, `expected a window no larger than the padded image, ${kernel}`, x.shape);
    return Math.floor(room / stride) + 1;
  };
  return [places(rows + top + bottom, kernel[0], strides[0]), places(columns + left + right, kernel[1], strides[1])];
}

function kernelSides(operator: string, x: Tensor, weight: Tensor, channelAxis: 0 | 1): Pair {
  const [rows, columns] = weight.shape.slice(2);
  const fits = weight.shape.length === 4 && weight.type === 'float32' && weight.shape[channelAxis] === x.shape[1];
  if (!fits || typeof rows !== 'number' || typeof columns !== 'number') {
    throw shapeError(operator, 'expected a kernel for the channels of the image', x.shape, weight.shape);
  }
  return [rows, columns];
}

function checkBias(operator: string, bias: Tensor | undefined, channels: Dimension): void {
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== channels || bias.type !== 'float32')) {
    throw shapeError(operator, `expected a bias for each of ${channels} channels`, bias.shape);
  }
}

/**
 * Correlation of images with kernels, as every library calls convolution.
 *
 * @param x [n, c, h, w]
 * @param weight [k, c, rows, columns]
 * @param bias [k]
 * @throws GargaloError `bad-shape` where kernel, image and window do not fit each other
 * @returns [n, k, h', w'] with h' = ⌊(h + top + bottom − rows) / stride⌋ + 1
 */
export function Conv(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  const { strides = [1, 1], pads = NO_PADS } = options;
  imageSides('Conv', x);
  const kernel = kernelSides('Conv', x, weight, 1);
  const channels = sideOf(weight.shape, 0);
  checkBias('Conv', bias, channels);
  const shape: Shape = [sideOf(x.shape, 0), channels, ...windowed('Conv', x, kernel, strides, pads)];
  return node('Conv', bias ? [x, weight, bias] : [x, weight], { strides, pads }, shape);
}

/**
 * The transpose of {@link Conv}, what its gradient does: every value of x adds a kernel to the output.
 *
 * @param x [n, c, h, w]
 * @param weight [c, k, rows, columns]
 * @param bias [k]
 * @throws GargaloError `bad-shape` where kernel, image and window do not fit each other
 * @returns [n, k, h', w'] with h' = (h − 1) · stride + rows + output padding − top − bottom
 */
export function ConvTranspose(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { strides = [1, 1], pads = NO_PADS, outputPadding = [0, 0] } = options;
  const [rows, columns] = imageSides('ConvTranspose', x);
  const kernel = kernelSides('ConvTranspose', x, weight, 0);
  const channels = sideOf(weight.shape, 1);
  checkBias('ConvTranspose', bias, channels);
  checkWindow('ConvTranspose', x, kernel, strides, pads);
  const lengthOf = (side: number, window: number, stride: number, more: number, cut: number): number => {
    const length = (side - 1) * stride + window + more - cut;
    if (more < 0 || more >= stride || length < 1) {
      throw shapeError('ConvTranspose', `expected output padding below the strides and an image, ${pads}`, x.shape);
    }
    return length;
  };
  const [top, left, bottom, right] = pads;
  const shape: Shape = [
    sideOf(x.shape, 0),
    channels,
    lengthOf(rows, kernel[0], strides[0], outputPadding[0], top + bottom),
    lengthOf(columns, kernel[1], strides[1], outputPadding[1], left + right),
  ];
  return node('ConvTranspose', bias ? [x, weight, bias] : [x, weight], { strides, pads, outputPadding }, shape);
}

function pool(op: 'MaxPool' | 'AveragePool') {
  return (x: Tensor, options: PoolOptions): Tensor => {
    const { kernel, strides = kernel, pads = NO_PADS } = options;
    if (!padsWithin(pads, kernel)) {
      throw shapeError(op, `expected pads below the sides of the window, so that none lies outside, ${pads}`, x.shape);
    }
    const shape: Shape = [...x.shape.slice(0, 2), ...windowed(op, x, kernel, strides, pads)];
    return node(op, [x], { kernel, strides, pads }, shape);
  };
}

/**
 * The largest value within a window that moves by `strides` (default: its own sides). What is padded does not count;
 * where several values are largest, each gets an equal share of the gradient.
 *
 * @param x [n, c, h, w]
 */
export const MaxPool = pool('MaxPool');
/**
 * The mean of the values within a window that moves by `strides` (default: its own sides), what is padded left out.
 *
 * @param x [n, c, h, w]
 */
export const AveragePool = pool('AveragePool');

/**
 * Every pixel repeated `factors` times down and across.
 *
 * @param x [n, c, h, w]
 */
export function Resize(x: Tensor, factors: Pair): Tensor {
  const sides = imageSides('Resize', x);
  if (!factors.every((factor) => Number.isInteger(factor) && factor >= 1)) {
    throw shapeError('Resize', `expected whole factors from 1, ${factors}`, x.shape);
  }
  return node('Resize', [x], { factors }, [...x.shape.slice(0, 2), sides[0] * factors[0], sides[1] * factors[1]]);
}
