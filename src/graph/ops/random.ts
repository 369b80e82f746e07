import { node, type Tensor } from '../tensor.js';

/**
 * Standard normal numbers in the shape of x, fresh at every step of a program and repeatable by seed. The generator is
 * the runtime's own: the same seed gives other numbers in another runtime. Where the numbers must be the same
 * everywhere, or there are many of them (this operator is serial), slice them out of a bank made once instead.
 */
export function RandomNormalLike(x: Tensor, seed: number): Tensor {
  return node('RandomNormalLike', [x], { seed }, x.shape, 'float32');
}

/** Uniform numbers in [0, 1) in the shape of x; see {@link RandomNormalLike}. */
export function RandomUniformLike(x: Tensor, seed: number): Tensor {
  return node('RandomUniformLike', [x], { seed }, x.shape, 'float32');
}
