import * as op from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';

/** What a reconstruction is compared by: binary cross-entropy or mean squared error. */
export const lossNames = ['bce', 'mse'] as const;
export type LossName = (typeof lossNames)[number];

/**
 * At most this many factors in [½, 1) are multiplied before a logarithm is taken: 2⁻¹¹² is far above the smallest
 * normal float, 2⁻¹²⁶, so no product underflows.
 */
const LARGEST_GROUP = 112;

/** The largest divisor of n that is at most {@link LARGEST_GROUP}. */
function groupSize(n: number): number {
  for (let size = Math.min(n, LARGEST_GROUP); size > 1; size--) if (n % size === 0) return size;
  return 1;
}

/**
 * Binary cross-entropy of targets x in [0, 1] and logits z, in nats: −x log σ(z) − (1−x) log(1−σ(z)), which is
 * relu(z) − x z − log σ(|z|); computed so it neither overflows nor loses digits (as TensorFlow's
 * sigmoid_cross_entropy_with_logits). Logarithms are slow, so the last term is the logarithm of products: σ(|z|) lies in
 * [½, 1), and up to 112 of them multiply without underflow.
 *
 * @param logits [batch, d]
 * @param targets [batch, d]
 * @returns [batch], summed over each example
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const width = logits.shape[1] as number;
  const group = groupSize(width);
  const probability = op.Sigmoid(op.Abs(logits));
  const grouped = op.Reshape(probability, [logits.shape[0]!, width / group, group]);
  const logarithms = op.ReduceSum(op.Log(op.ReduceProd(grouped, [2])), [1]);
  const linear = op.ReduceSum(op.Sub(op.Relu(logits), op.Mul(targets, logits)), [1]);
  // d/dz = σ(z) − x, d/dx = −z
  return op.withGradient(op.Sub(linear, logarithms), [logits, targets], (g) => {
    const upstream = op.Reshape(g, [logits.shape[0]!, 1]);
    return [op.Mul(op.Sub(op.Sigmoid(logits), targets), upstream), op.Mul(op.Neg(logits), upstream)];
  });
}

/**
 * Squared error, summed over each example.
 *
 * @param outputs [batch, d]
 * @param targets [batch, d]
 * @returns [batch]
 */
export function squaredError(outputs: Tensor, targets: Tensor): Tensor {
  const difference = op.Sub(outputs, targets);
  return op.ReduceSum(op.Mul(difference, difference), [1]);
}
