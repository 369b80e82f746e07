import { erf } from '../../graph/evaluate.js';
import * as op from '../../graph/ops/index.js';
import { sideOf } from '../../graph/shape.js';
import type { Tensor } from '../../graph/tensor.js';
import { uniformOf } from '../context.js';
import type { Corruption } from '../specification.js';

/**
 * x̃ ~ C(x̃ | x): what the encoder sees of an example in training.
 *
 * @param x [batch, size], scaled
 * @param noise gives standard normal numbers
 */
export function corrupt(
  corruption: Corruption,
  x: Tensor,
  noise: (name: string, shape: Tensor['shape']) => Tensor,
): Tensor {
  switch (corruption.type) {
    case 'none':
      return x;
    case 'gaussian': {
      const { deviation, span } = corruption;
      const normal = noise('corruption', x.shape);
      const sized =
        span === undefined ? normal : op.Mul(normal, sizes(span, noise('corruption-size', [sideOf(x.shape, 0), 1])));
      const noisy = op.Add(x, op.Mul(sized, deviation));
      return corruption.clipped ? op.Min(op.Max(noisy, 0), 1) : noisy;
    }
    case 'masking': {
      const kept = op.GreaterOrEqual(uniformOf(noise('corruption', x.shape)), corruption.probability);
      return op.Mul(x, op.Cast(kept, 'float32'));
    }
    case 'salt-and-pepper': {
      const { probability } = corruption;
      const uniform = uniformOf(noise('corruption', x.shape));
      const kept = op.Cast(op.GreaterOrEqual(uniform, probability), 'float32');
      const salt = op.Cast(op.Less(uniform, probability / 2), 'float32');
      return op.Add(op.Mul(x, kept), salt);
    }
  }
}

/** span^(−u), u uniform in 0 … 1: the sizes of noise that differs from example to example, as parts of the largest. */
function sizes(span: number, normal: Tensor): Tensor {
  return op.Exp(op.Mul(uniformOf(normal), -Math.log(span)));
}

/** The standard normal number below which a part `probability` of all lies: Φ⁻¹, by halving, to the last digit. */
function quantile(probability: number): number {
  let [low, high] = [-40, 40];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if ((erf(middle * Math.SQRT1_2) + 1) / 2 < probability) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * What {@link corrupt} does, on numbers: for examples that are corrupted outside of training.
 *
 * @param values of one example, scaled
 * @param normal gives a standard normal number for each value, in order, and one before them for the size of the noise where
 *   that differs
 */
export function corruptValues(corruption: Corruption, values: Float32Array, normal: () => number): Float32Array {
  switch (corruption.type) {
    case 'none':
      return values;
    case 'gaussian': {
      const { clipped, span } = corruption;
      const uniform = (): number => (erf(normal() * Math.SQRT1_2) + 1) / 2;
      const deviation = corruption.deviation * (span === undefined ? 1 : span ** -uniform());
      return values.map((value) => {
        const noisy = value + normal() * deviation;
        return clipped ? Math.min(Math.max(noisy, 0), 1) : noisy;
      });
    }
    case 'masking': {
      const limit = quantile(corruption.probability);
      return values.map((value) => (normal() >= limit ? value : 0));
    }
    case 'salt-and-pepper': {
      const limit = quantile(corruption.probability);
      const salt = quantile(corruption.probability / 2);
      return values.map((value) => {
        const draw = normal();
        return draw >= limit ? value : draw < salt ? 1 : 0;
      });
    }
  }
}
