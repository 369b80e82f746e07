import type { Pads, Pair } from './ops/index.js';
import * as op from './ops/index.js';
import { shapeError, sizeOf } from './shape.js';
import { constant, type Tensor } from './tensor.js';

interface Window {
  readonly strides: Pair;
  readonly pads: Pads;
}

/** Kernels [places, 1, rows, columns] that each pick one place of a window. */
export function pickers(kernel: Pair): Tensor {
  const places = kernel[0] * kernel[1];
  const values = new Float32Array(places * places);
  for (let place = 0; place < places; place++) values[place * places + place] = 1;
  return constant(values, [places, 1, ...kernel]);
}

/** Every channel an image of its own: [n, c, h, w] as [n · c, 1, h, w]. */
export function apart(x: Tensor): Tensor {
  const count = sizeOf(x.shape.slice(0, 2));
  if (count === undefined) throw shapeError('gradient of a convolution', 'expected a batch of static size', x.shape);
  return op.Reshape(x, [count, 1, ...x.shape.slice(2)]);
}

/** What lies under the places of a window as it moves: [n, c · places, pixels of the output]. */
export function patches(x: Tensor, kernel: Pair, { strides, pads }: Window): Tensor {
  const [n, c] = x.shape as [number, number];
  const picked = op.Conv(apart(x), pickers(kernel), undefined, { strides, pads });
  return op.Reshape(picked, [n, c * kernel[0] * kernel[1], sizeOf(picked.shape.slice(2)) as number]);
}

/** A kernel [a, b, rows, columns] turned by half a circle, as [b, a, rows, columns]. */
export function turned(weight: Tensor): Tensor {
  const [a, b, rows, columns] = weight.shape as [number, number, number, number];
  const places = rows * columns;
  const backwards = constant(
    Int32Array.from({ length: places }, (_, i) => places - 1 - i),
    [places],
    'int32',
  );
  const flat = op.Gather(op.Reshape(weight, [a, b, places]), backwards, 2);
  return op.Reshape(op.Transpose(flat, [1, 0, 2]), [b, a, rows, columns]);
}
