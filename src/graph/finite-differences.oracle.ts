import { createRandom } from '../core/random.js';
import { evaluate, type Value } from './evaluate.js';
import { grad } from './gradient.js';
import * as op from './ops/index.js';
import { isStatic } from './shape.js';
import { constant, type Tensor } from './tensor.js';

/** Step of the differences, relative to values of about 1. */
const STEP = 1e-5;
/** Single values compared in each tensor; a random direction covers the rest. */
const SINGLE_VALUES = 12;

/**
 * What a gradient may be off by, relatively. Central differences in double precision err by h² f‴/6 ≈ 2·10⁻¹¹ f‴ and,
 * from rounding, by about 10⁻¹⁶ |f|/h ≈ 10⁻¹¹ |f|. The numbers within a rule (2/√π, a slope) are 32-bit floats, off by up to
 * 6·10⁻⁸. So 10⁻⁶ has room for both, and a wrong factor, sign or transposition is off by much more.
 */
export const GRADIENT_TOLERANCE = 1e-6;

/** Turns any float tensor into a scalar that all of its values count in, with random weights of size about 1. */
export function contract(output: Tensor, seed: number): Tensor {
  const random = createRandom(seed, 'contract');
  if (!isStatic(output.shape)) throw new Error('contract: expected a static shape');
  const size = output.shape.reduce((product, side) => product * side, 1);
  const weights = Float32Array.from({ length: size }, () => (0.5 + random.uniform()) * (random.integer(2) ? 1 : -1));
  return op.ReduceSum(op.Mul(op.Cast(output, 'float32'), constant(weights, output.shape)));
}

/**
 * The largest relative difference between the gradient of a scalar as `grad` writes it and central differences: over
 * single values of each tensor, and along a random direction through all of them. A difference counts relative to the
 * larger of the two numbers; where both are below a tenth of the tensor's largest, relative to that tenth.
 */
export function gradientError(
  loss: Tensor,
  feeds: ReadonlyMap<Tensor, Value>,
  withRespectTo: readonly Tensor[],
  seed = 1,
): number {
  const random = createRandom(seed, 'finite-differences');
  const analytic = evaluate(grad(loss, withRespectTo), feeds);
  const lossAt = (moved: ReadonlyMap<Tensor, Value>): number => evaluate([loss], moved)[0]!.data[0]!;
  const slope = (tensor: Tensor, direction: Float64Array): number => {
    const { shape, data } = feeds.get(tensor)!;
    const [above, below] = [STEP, -STEP].map((step) =>
      lossAt(new Map(feeds).set(tensor, { shape, data: data.map((x, i) => x + step * direction[i]!) })),
    );
    return (above! - below!) / (2 * STEP);
  };

  let worst = 0;
  for (const [k, tensor] of withRespectTo.entries()) {
    const gradient = analytic[k]!.data;
    const scale = gradient.reduce((largest, g) => Math.max(largest, Math.abs(g)), 0);
    const compare = (expected: number, got: number, size: number): void => {
      const reference = Math.max(Math.abs(expected), Math.abs(got), 0.1 * size);
      // NaN must not pass for no difference
      const error = reference === 0 ? 0 : Math.abs(expected - got) / reference;
      worst = error <= worst ? worst : Number.isNaN(error) ? Infinity : error;
    };
    const single = gradient.length <= SINGLE_VALUES ? [...gradient.keys()] : [];
    while (single.length < Math.min(SINGLE_VALUES, gradient.length)) single.push(random.integer(gradient.length));
    for (const i of single) {
      compare(slope(tensor, new Float64Array(gradient.length).fill(1, i, i + 1)), gradient[i]!, scale);
    }
    const direction = gradient.map(() => random.normal());
    const along = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    compare(slope(tensor, direction), along, scale * Math.sqrt(gradient.length));
  }
  return worst;
}
