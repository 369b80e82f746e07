import * as op from './ops/index.js';
import { sidesOf, sizeOf, staticSides } from './shape.js';
import { constant, type Tensor } from './tensor.js';
import type { Pair, Window } from './window.js';

/** Kernels [places, 1, rows, columns] that each pick one place of a window. */
export function pickers(kernel: Pair): Tensor {
  const places = kernel[0] * kernel[1];
  const values = new Float32Array(places * places);
  for (let place = 0; place < places; place++) values[place * places + place] = 1;
  return constant(values, [places, 1, ...kernel]);
}

const staticShape = ({ shape }: Tensor): readonly number[] =>
  staticSides(shape, 'gradient of a convolution', 'expected a batch of static size');

/** Every channel an image of its own: [n, c, h, w] as [n · c, 1, h, w]. */
export function apart(x: Tensor): Tensor {
  const [n, c, ...sides] = sidesOf(staticShape(x), 4);
  return op.Reshape(x, [n * c, 1, ...sides]);
}

/** What lies under the places of a window as it moves: [n, c · places, pixels of the output]. */
export function patches(x: Tensor, kernel: Pair, { strides, pads }: Window): Tensor {
  const [n, c] = sidesOf(staticShape(x), 4);
  const picked = op.Conv(apart(x), pickers(kernel), undefined, { strides, pads });
  return op.Reshape(picked, [n, c * kernel[0] * kernel[1], sizeOf(op.imageSides('Conv', picked))]);
}

/** A kernel [a, b, rows, columns] turned by half a circle, as [b, a, rows, columns]. */
export function turned(weight: Tensor): Tensor {
  const [a, b, rows, columns] = sidesOf(staticShape(weight), 4);
  const places = rows * columns;
  const backwards = constant(
    Int32Array.from({ length: places }, (_, i) => places - 1 - i),
    [places],
    'int32',
  );
  const flat = op.Gather(op.Reshape(weight, [a, b, places]), backwards, 2);
  return op.Reshape(op.Transpose(flat, [1, 0, 2]), [b, a, rows, columns]);
}
