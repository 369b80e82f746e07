import * as op from '../graph/ops/index.js';
import { type Dimension, sideOf, staticSide } from '../graph/shape.js';
import { constant, type Tensor } from '../graph/tensor.js';

/** Along one axis: what output phase a at position u takes from the small image, at u + first … u + first + taps − 1. */
interface Axis {
  readonly taps: number;
  readonly before: number;
  readonly after: number;
  /** Outputs of one phase. */
  readonly length: number;
  /** Which tap place i of the kernel falls on, by phase. */
  readonly tap: (phase: number, i: number) => number;
}

function planAxis(side: number, factor: number, kernel: number, before: number, after: number): Axis | undefined {
  const length = (side * factor + before + after - kernel + 1) / factor;
  const source = (phase: number, i: number): number => Math.floor((phase + i - before) / factor);
  const first = source(0, 0);
  const taps = source(factor - 1, kernel - 1) - first + 1;
  const end = length - side + taps - 1 + first;
  if (!Number.isInteger(length) || length < 1 || end < 0) return undefined;
  return { taps, before: -first, after: end, length, tap: (phase, i) => source(phase, i) - first };
}

/**
 * The convolution of an image whose every pixel is repeated, without repeating any. The kernel falls on fewer pixels of the
 * small image than it has places: on which, depends on the output's phase within a repeated pixel. So each phase gets a
 * small kernel of its own, the sums of the weights that meet on one pixel, and the outputs of all are put side by side
 * (the sub-pixel convolution of Shi et al. 2016). For 3 × 3 over pixels doubled that is 4 products for 9, over a quarter of
 * the pixels.
 *
 * @param x [batch, channels, rows, columns] before upsampling
 * @param factors how often each pixel is repeated down and across
 * @param pads zeros around the upsampled image
 * @returns undefined where the output has not as many rows or columns of each phase
 */
export function convolveUpsampled(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  factors: op.Pair,
  pads: op.Pads,
): Tensor | undefined {
  const [filters, channels] = [staticSide(weight.shape, 0), staticSide(weight.shape, 1)];
  const [height, width] = op.imageSides('convolution', weight);
  const batch = sideOf(x.shape, 0);
  const [rows, columns] = op.imageSides('convolution', x);
  const down = planAxis(rows, factors[0], height, pads[0], pads[2]);
  const across = planAxis(columns, factors[1], width, pads[1], pads[3]);
  if (!down || !across) return undefined;
  const phases = factors[0] * factors[1];
  const taps = down.taps * across.taps;
  // [places of the kernel, phases · taps], a 1 where a place falls on a tap
  const falls = new Float32Array(height * width * phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    for (let place = 0; place < height * width; place++) {
      const row = down.tap(Math.floor(phase / factors[1]), Math.floor(place / width));
      const column = across.tap(phase % factors[1], place % width);
      falls[(place * phases + phase) * taps + row * across.taps + column] = 1;
    }
  }
  const summed = op.MatMul(
    op.Reshape(weight, [filters * channels, height * width]),
    constant(falls, [height * width, phases * taps]),
  );
  const byPhase = op.Transpose(op.Reshape(summed, [filters, channels, phases, taps]), [0, 2, 1, 3]);
  const kernels = op.Reshape(byPhase, [filters * phases, channels, down.taps, across.taps]);
  const biases = op.Reshape(op.Expand(op.Reshape(bias, [filters, 1]), [filters, phases]), [filters * phases]);
  const outputs = op.Conv(x, kernels, biases, { pads: [down.before, across.before, down.after, across.after] });
  return interleave(outputs, [batch, filters, ...factors, down.length, across.length]);
}

/**
 * Phases put side by side: [n, k, fr, fc, h, w] to [n, k, h · fr, w · fc]. Rows move as blocks, and a product with a
 * permutation shuffles the values within a row: half the time of moving values one by one (0.7 against 1.5 ms for
 * 128 × 16 × 14 × 14).
 */
function interleave(outputs: Tensor, shape: readonly [Dimension, number, number, number, number, number]): Tensor {
  const [batch, filters, down, across, height, width] = shape;
  const row = across * width;
  const shuffle = new Float32Array(row * row);
  for (let i = 0; i < row; i++) shuffle[i * row + (i % width) * across + Math.floor(i / width)] = 1;
  const byRow = op.Transpose(op.Reshape(outputs, [batch, filters, down * across, height, width]), [0, 1, 3, 2, 4]);
  const rows = op.Reshape(byRow, [batch, filters, height * down, row]);
  return op.MatMul(rows, constant(shuffle, [row, row]));
}
