import { apart, patches, pickers, turned } from './convolution-patches.js';
import * as op from './ops/index.js';
import { type Dimension, sameShape, sideOf, sizeOf, staticSide } from './shape.js';
import { constant, type Inputs, type Tensor } from './tensor.js';
import { otherPads, type Pads, type Pair, padsWithin, type Window } from './window.js';

const imageOf = (x: Tensor): Pair => op.imageSides('gradient of a convolution', x);

/** g summed over everything but channels: the gradient of a bias. */
const biasGradient = (g: Tensor): Tensor => op.ReduceSum(g, [0, 2, 3]);

/** What a strided window leaves over at the end of an image. */
function remainder(large: Tensor, small: Tensor, kernel: Pair, { strides, pads }: Window): Pair {
  const [height, width] = imageOf(large);
  const [rows, columns] = imageOf(small);
  const [top, left, bottom, right] = pads;
  return [
    height + top + bottom - ((rows - 1) * strides[0] + kernel[0]),
    width + left + right - ((columns - 1) * strides[1] + kernel[1]),
  ];
}

/** The transpose of Conv with respect to its image: dx from g. */
function imageGradient(x: Tensor, weight: Tensor, g: Tensor, window: Window): Tensor {
  const outputPadding = remainder(x, g, imageOf(weight), window);
  return op.ConvTranspose(g, weight, undefined, { ...window, outputPadding });
}

/** Examples and channels of images [n, c, h, w]. */
const channelsOf = (x: Tensor): readonly [Dimension, number] => [sideOf(x.shape, 0), staticSide(x.shape, 1)];

/** [n, c, h, w] as matrices [n, h · w, c]. */
function pixelsByChannels(x: Tensor): Tensor {
  const [n, c] = channelsOf(x);
  return op.Transpose(op.Reshape(x, [n, c, sizeOf(imageOf(x))]), [0, 2, 1]);
}

/** Products of the matrices of each example, summed over the examples, with the first side split up. */
function summedProduct(a: Tensor, b: Tensor, sides: readonly number[]): Tensor {
  return op.Reshape(op.ReduceSum(op.MatMul(a, b), [0]), [...sides, sideOf(b.shape, 2)]);
}

/** How a kernel's gradient is computed: see {@link kernelGradientForm}. */
export type KernelGradientForm = 'patches' | 'patches of the output' | 'shifted copies';

/**
 * The quickest of the forms by shapes alone. What costs is writing copies of images, so the form that writes the fewest
 * channels wins:
 *
 * - 'patches' copies each of c channels once for every place of the kernel (as im2col does), and multiplies by the other
 *   image once. With strides those copies are small, and nothing else was as fast: 17 against 41 ms for the shifted
 *   copies at 128 × 32 × 28 × 28 → 64 by 2.
 * - 'patches of the output' exchanges the images, which only strides of 1 allow: 1 against 20 ms for 16 channels → 1.
 * - 'shifted copies' makes a copy of one image for each column of the kernel and of the other for each row, and
 *   multiplies all with all: 12 against 21 ms for 128 × 16 × 28 × 28 → 16.
 */
export function kernelGradientForm(
  channels: number,
  filters: number,
  kernel: Pair,
  { strides, pads }: Window,
): KernelGradientForm {
  const places = kernel[0] * kernel[1];
  if (strides.some((stride) => stride > 1)) return 'patches';
  const exchangeable = padsWithin(pads, kernel);
  const fewer = exchangeable ? Math.min(channels, filters) : channels;
  if (kernel[1] * channels + kernel[0] * filters < places * fewer) return 'shifted copies';
  return fewer < channels ? 'patches of the output' : 'patches';
}

/**
 * The gradient of a kernel [k, c, rows, columns].
 *
 * @param large [n, c, h, w], what the window moves over
 * @param small [n, k, h', w'], what it leaves
 */
function kernelGradient(large: Tensor, small: Tensor, kernel: Pair, window: Window): Tensor {
  const [channels, filters] = [staticSide(large.shape, 1), staticSide(small.shape, 1)];
  switch (kernelGradientForm(channels, filters, kernel, window)) {
    case 'patches': {
      const product = summedProduct(patches(large, kernel, window), pixelsByChannels(small), [channels, ...kernel]);
      return op.Transpose(product, [3, 0, 1, 2]);
    }
    case 'patches of the output': {
      // the place (i, j) of large's pixel is the place (rows − 1 − i, columns − 1 − j) of small's
      const seen = patches(small, kernel, { strides: [1, 1], pads: otherPads(window.pads, kernel) });
      const product = summedProduct(seen, pixelsByChannels(large), [filters, ...kernel]);
      return turned(op.Transpose(product, [3, 0, 1, 2]));
    }
    case 'shifted copies':
      return shiftedCopies(large, small, kernel, window.pads);
  }
}

/**
 * Σ over pixels of large(row + i, column + j) · small(row, column): large moved left by j, small moved down by i, on a
 * plane as high as the padded image and as wide as small.
 */
function shiftedCopies(large: Tensor, small: Tensor, kernel: Pair, pads: Pads): Tensor {
  const [n, c] = channelsOf(large);
  const k = staticSide(small.shape, 1);
  const [height, width] = imageOf(small);
  const plane = (height + kernel[0] - 1) * width;
  const padded = op.Pad(op.Pad(large, 2, pads[0], pads[2]), 3, pads[1], pads[3]);
  const across = Array.from({ length: kernel[1] }, (_, j) =>
    op.Reshape(op.Slice(padded, 3, j, j + width), [n, c, plane]),
  );
  const flat = op.Reshape(small, [n, k, height * width]);
  const down = Array.from({ length: kernel[0] }, (_, i) => op.Pad(flat, 2, i * width, (kernel[0] - 1 - i) * width));
  const turned = op.Transpose(op.Concat(down, 1), [0, 2, 1]);
  const product = summedProduct(op.Concat(across, 1), turned, [kernel[1], c]);
  return op.Transpose(op.Reshape(product, [kernel[1], c, kernel[0], k]), [3, 1, 2, 0]);
}

/** dx = the transposed convolution of g, dw = the correlation of x with g, db = Σ g. */
export function convGradient(
  y: Tensor<'Conv'>,
  g: Tensor,
  ...[x, weight, bias]: Inputs<'Conv'>
): (Tensor | undefined)[] {
  return [
    imageGradient(x, weight, g, y.attributes),
    kernelGradient(x, g, imageOf(weight), y.attributes),
    bias && biasGradient(g),
  ];
}

/** dx = the convolution of g, dw = the correlation of g with x, db = Σ g. */
export function convTransposeGradient(
  y: Tensor<'ConvTranspose'>,
  g: Tensor,
  ...[x, weight, bias]: Inputs<'ConvTranspose'>
): (Tensor | undefined)[] {
  const { strides, pads } = y.attributes;
  return [
    op.Conv(g, weight, undefined, { strides, pads }),
    kernelGradient(g, x, imageOf(weight), { strides, pads }),
    bias && biasGradient(g),
  ];
}

/** So steep that every negative normal number, plus 1, becomes 0. */
const STEEP = 3e38;

/** 1 where a = b, else 0, for a ≤ b: a tenth of the time of a comparison and a cast. */
const equalMask = (a: Tensor, b: Tensor): Tensor => op.HardSigmoid(op.Sub(a, b), STEEP, 1);

/** Whether a window tiles the image. */
function tiles(x: Tensor, kernel: Pair, { strides, pads }: Window): boolean {
  const [height, width] = imageOf(x);
  const fits = height % kernel[0] === 0 && width % kernel[1] === 0;
  return fits && sameShape(strides, kernel) && !pads.some(Boolean);
}

/**
 * The sum over each window of a tiling: the rows of a tile one after another make a long row, and a matrix of ones and
 * zeros gathers its columns. A product of mostly zeros, and yet twice as fast as AveragePool.
 *
 * @param x [n, c, h, w]
 * @returns [n, c, h / rows, w / columns]
 */
export function windowSum(x: Tensor, [rows, columns]: Pair): Tensor {
  const [n, c] = channelsOf(x);
  const [height, width] = imageOf(x);
  const [down, across] = [height / rows, width / columns];
  const gather = new Float32Array(rows * width * across);
  for (let i = 0; i < rows * width; i++) gather[i * across + Math.floor((i % width) / columns)] = 1;
  const tiled = op.Reshape(x, [n, c * down, rows * width]);
  return op.Reshape(op.MatMul(tiled, constant(gather, [rows * width, across])), [n, c, down, across]);
}

/** g shared equally among the largest of each window. */
export function maxPoolGradient(y: Tensor<'MaxPool'>, g: Tensor, x: Tensor): Tensor[] {
  const { kernel, strides, pads } = y.attributes;
  const window = { strides, pads };
  if (tiles(x, kernel, window)) {
    const largest = equalMask(x, op.Resize(y, kernel));
    return [op.Mul(largest, op.Resize(op.Div(g, windowSum(largest, kernel)), kernel))];
  }
  const pick = pickers(kernel);
  const equal = equalMask(op.Conv(apart(x), pick, undefined, window), apart(y));
  const ones = constant(new Float32Array(sizeOf(imageOf(x))).fill(1), [1, 1, ...imageOf(x)]);
  // padding, seen as zero, is none of the largest
  const largest = pads.some(Boolean) ? op.Mul(equal, op.Conv(ones, pick, undefined, window)) : equal;
  const share = op.Div(apart(g), op.ReduceSum(largest, [1], true));
  return [op.Reshape(imageGradient(apart(x), pick, op.Mul(largest, share), window), x.shape)];
}

/** g spread evenly over the pixels of each window. */
export function averagePoolGradient(y: Tensor<'AveragePool'>, g: Tensor, x: Tensor): Tensor[] {
  const { kernel, strides, pads } = y.attributes;
  const window = { strides, pads };
  if (tiles(x, kernel, window)) return [op.Resize(op.Div(g, kernel[0] * kernel[1]), kernel)];
  const ones = (sides: Pair): Tensor => constant(new Float32Array(sizeOf(sides)).fill(1), [1, 1, ...sides]);
  const count = op.Conv(ones(imageOf(x)), ones(kernel), undefined, window);
  return [op.Reshape(imageGradient(apart(x), ones(kernel), op.Div(apart(g), count), window), x.shape)];
}
