import * as op from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import { uniformOf } from './context.js';
import type { Corruption } from './specification.js';

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
      const noisy = op.Add(x, op.Mul(noise('corruption', x.shape), corruption.deviation));
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
