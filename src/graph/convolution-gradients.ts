import type { Pads, Pair } from './ops/index.js';
import * as op from './ops/index.js';
import { type Dimension, sizeOf } from './shape.js';
import { constant, type Tensor } from './tensor.js';

const sidesOf = (x: Tensor): Pair => [x.shape[2] as number, x.shape[3] as number];

/** g summed over everything but channels: the gradient of a bias. */
const biasGradient = (g: Tensor): Tensor => op.ReduceSum(g, [0, 2, 3]);

interface Window {
  readonly strides: Pair;
  readonly pads: Pads;
}

/** What a strided window leaves over at the end of an image. */
function remainder(large: Tensor, small: Tensor, kernel: Pair, { strides, pads }: Window): Pair {
  const [rows, columns] = [0, 1].map((axis) => {
    const covered = (sidesOf(small)[axis]! - 1) * strides[axis]! + kernel[axis]!;
    return sidesOf(large)[axis]! + pads[axis]! + pads[axis + 2]! - covered;
  });
  return [rows!, columns!];
}

/** The transpose of Conv with respect to its image: dx from g. */
function imageGradient(x: Tensor, weight: Tensor, g: Tensor, window: Window): Tensor {
  const outputPadding = remainder(x, g, sidesOf(weight), window);
  return op.ConvTranspose(g, weight, undefined, { ...window, outputPadding });
}

/**
 * Both images with a pixel of the smaller under the same place of the window as one matrix each.
 *
 * @param large [n, c, h, w], what the window moves over
 * @param small [n, k, h', w'], what it leaves
 * @returns the gradient of a kernel [k, c, rows, columns]
 */
function kernelGradient(large: Tensor, small: Tensor, kernel: Pair, { strides, pads }: Window): Tensor {
  const [n, c] = large.shape as [Dimension, number];
  const k = small.shape[1] as number;
  const [rows, columns] = sidesOf(small);
  // What the windows reach, in whole strides: offset o is then place o mod stride of the group o div stride.
  const reach = [0, 1].map((axis) => sidesOf(small)[axis]! + Math.ceil(kernel[axis]! / strides[axis]!) - 1);
  let padded = large;
  for (const axis of [0, 1] as const) {
    const side = sidesOf(large)[axis]!;
    const wanted = reach[axis]! * strides[axis]!;
    const after = wanted - side - pads[axis]!;
    padded = op.Pad(padded, axis + 2, pads[axis]!, Math.max(after, 0));
    if (after < 0) padded = op.Slice(padded, axis + 2, 0, wanted);
  }
  const grouped = op.Reshape(padded, [n, c, reach[0]!, strides[0], reach[1]!, strides[1]]);
  const patches: Tensor[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const [top, left] = [Math.floor(i / strides[0]), Math.floor(j / strides[1])];
      const place = op.Slice(
        op.Slice(grouped, 3, i % strides[0], (i % strides[0]) + 1),
        5,
        j % strides[1],
        (j % strides[1]) + 1,
      );
      const patch = op.Slice(op.Slice(place, 2, top, top + rows), 4, left, left + columns);
      patches.push(op.Reshape(patch, [n, 1, c, rows * columns]));
    }
  }
  const stacked = op.Reshape(op.Concat(patches, 1), [n, patches.length * c, rows * columns]);
  const product = op.MatMul(op.Reshape(small, [n, k, rows * columns]), op.Transpose(stacked, [0, 2, 1]));
  return op.Transpose(op.Reshape(op.ReduceSum(product, [0]), [k, ...kernel, c]), [0, 3, 1, 2]);
}

/** dx = the transposed convolution of g, dw = the correlation of x with g, db = Σ g. */
export function convGradient(y: Tensor<'Conv'>, g: Tensor, ...inputs: Tensor[]): (Tensor | undefined)[] {
  const [x, weight, bias] = inputs as [Tensor, Tensor, Tensor?];
  return [
    imageGradient(x, weight, g, y.attributes),
    kernelGradient(x, g, sidesOf(weight), y.attributes),
    bias && biasGradient(g),
  ];
}

/** dx = the convolution of g, dw = the correlation of g with x, db = Σ g. */
export function convTransposeGradient(
  y: Tensor<'ConvTranspose'>,
  g: Tensor,
  ...inputs: Tensor[]
): (Tensor | undefined)[] {
  const [x, weight, bias] = inputs as [Tensor, Tensor, Tensor?];
  const { strides, pads } = y.attributes;
  return [
    op.Conv(g, weight, undefined, { strides, pads }),
    kernelGradient(g, x, sidesOf(weight), { strides, pads }),
    bias && biasGradient(g),
  ];
}

/** So steep that every negative normal number, plus 1, becomes 0. */
const STEEP = 3e38;

/** 1 where a = b, else 0, for a ≤ b: a tenth of the time of a comparison and a cast. */
const equalMask = (a: Tensor, b: Tensor): Tensor => op.HardSigmoid(op.Sub(a, b), STEEP, 1);

/** Kernels [places, 1, rows, columns] that each pick one place of a window. */
function pickers(kernel: Pair): Tensor {
  const places = kernel[0] * kernel[1];
  const values = new Float32Array(places * places);
  for (let place = 0; place < places; place++) values[place * places + place] = 1;
  return constant(values, [places, 1, ...kernel]);
}

/** Every channel an image of its own. */
const apart = (x: Tensor): Tensor => op.Reshape(x, [sizeOf(x.shape.slice(0, 2)) as number, 1, ...sidesOf(x)]);

/** g shared equally among the largest of each window. */
export function maxPoolGradient(y: Tensor<'MaxPool'>, g: Tensor, ...[x]: Tensor[]): Tensor[] {
  const { kernel, strides, pads } = y.attributes;
  const window = { strides, pads };
  const pick = pickers(kernel);
  const places = op.Conv(apart(x!), pick, undefined, window);
  const inside = op.Conv(
    constant(new Float32Array(sizeOf(sidesOf(x!))).fill(1), [1, 1, ...sidesOf(x!)]),
    pick,
    undefined,
    window,
  );
  const equal = equalMask(places, apart(y));
  const largest = pads.some(Boolean) ? op.Mul(equal, inside) : equal;
  const share = op.Div(apart(g), op.ReduceSum(largest, [1], true));
  return [op.Reshape(imageGradient(apart(x!), pick, op.Mul(largest, share), window), x!.shape)];
}

/** g spread evenly over the pixels of each window. */
export function averagePoolGradient(y: Tensor<'AveragePool'>, g: Tensor, ...[x]: Tensor[]): Tensor[] {
  const { kernel, strides, pads } = y.attributes;
  const window = { strides, pads };
  const ones = (sides: Pair): Tensor => constant(new Float32Array(sizeOf(sides)).fill(1), [1, 1, ...sides]);
  const count = op.Conv(ones(sidesOf(x!)), ones(kernel), undefined, window);
  return [op.Reshape(imageGradient(apart(x!), ones(kernel), op.Div(apart(g), count), window), x!.shape)];
}
