import * as op from '../graph/ops/index.js';
import { type Dimension, sideOf, staticSide } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';

/** What a reconstruction is compared by: binary cross-entropy or mean squared error. */
export const lossNames = ['bce', 'mse'] as const;
/** The name of a loss: `bce` for values within [0, 1], `mse` for any. */
export type LossName = (typeof lossNames)[number];

/**
 * At most this many factors in [½, 1) are multiplied before a logarithm is taken: 2⁻¹¹² is far above the smallest
 * normal float, 2⁻¹²⁶, so no product underflows.
 */
const LARGEST_GROUP = 112;

/** The sides of [batch, d]. */
const rowsOf = ({ shape }: Tensor): readonly [Dimension, number] => [sideOf(shape, 0), staticSide(shape, 1)];

/** The largest divisor of n that is at most {@link LARGEST_GROUP}. */
function groupSize(n: number): number {
  for (let size = Math.min(n, LARGEST_GROUP); size > 1; size--) if (n % size === 0) return size;
  return 1;
}

/** Σ log σ(|z|) over the last axis of [rows, groups, group], by the logarithm of products. */
function logarithms(logits: Tensor, rows: Dimension, width: number): Tensor {
  const group = groupSize(width);
  const grouped = op.Reshape(op.Sigmoid(op.Abs(logits)), [rows, width / group, group]);
  return op.Log(op.ReduceProd(grouped, [2]));
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
  const [rows, width] = rowsOf(logits);
  const linear = op.ReduceSum(op.Sub(op.Relu(logits), op.Mul(targets, logits)), [1]);
  const value = op.Sub(linear, op.ReduceSum(logarithms(logits, rows, width), [1]));
  return withBceGradient(value, logits, targets, (g) => op.Reshape(g, [rows, 1]));
}

/**
 * The same as a mean per element of the whole batch, a scalar: cheaper, because relu(z) = (z + |z|)/2 turns two passes
 * that write into two sums that only read.
 *
 * @param sample take the value from that many examples only, the first ones; the gradient is always that of all. In a
 *   shuffled batch those are as good as any, and the value, which only people look at, costs as much as the step's
 *   products do.
 */
export function meanBinaryCrossEntropy(logits: Tensor, targets: Tensor, sample?: number): Tensor {
  const all = sideOf(logits.shape, 0);
  const part = (x: Tensor): Tensor => (sample === undefined || sample === all ? x : op.Slice(x, 0, 0, sample));
  const [z, x] = [part(logits), part(targets)];
  const [rows, width] = rowsOf(z);
  const rectified = op.Mul(op.Add(op.ReduceSum(z), op.ReduceL1(z)), 0.5);
  const linear = op.Sub(rectified, op.ReduceSum(op.Mul(x, z)));
  const total = op.Sub(linear, op.ReduceSum(logarithms(z, rows, width)));
  const size = (tensor: Tensor): Tensor => op.Cast(op.Size(tensor), 'float32');
  return withBceGradient(op.Div(total, size(z)), logits, targets, (g) => op.Div(g, size(logits)));
}

/** d/dz = σ(z) − x, d/dx = −z, times the upstream gradient in a shape that broadcasts. */
function withBceGradient(value: Tensor, logits: Tensor, targets: Tensor, spread: (g: Tensor) => Tensor): Tensor {
  return op.withGradient(value, [logits, targets], (g) => [
    op.Mul(op.Sub(op.Sigmoid(logits), targets), spread(g)),
    op.Mul(op.Neg(logits), spread(g)),
  ]);
}

/**
 * Binary cross-entropy of many logits and the one target they are all meant for, in nats: a value without a gradient of
 * its own, for counting the likelihood of thousands of draws. relu(z) − x z = ½ |z| + (½ − x) z, which is one product with
 * a vector and a sum of what the logarithms need anyway.
 *
 * @param logits [draws, d]
 * @param target [d]
 * @returns [draws], summed over each
 */
export function drawnCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  const [rows, width] = rowsOf(logits);
  const column = op.Reshape(op.Mul(op.Sub(0.5, target), 2), [width, 1]);
  const linear = op.Reshape(op.MatMul(logits, column), [rows]);
  const rectified = op.Mul(op.Add(linear, op.ReduceSum(op.Abs(logits), [1])), 0.5);
  return op.Sub(rectified, op.ReduceSum(logarithms(logits, rows, width), [1]));
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

/**
 * Cross-entropy of classes under softmax(z), in nats: log Σ e^z − z_class, with the largest z taken out first, so that
 * nothing overflows.
 *
 * @param logits [batch, classes]
 * @param labels int32 or int64 [batch], from 0 to classes−1
 * @returns [batch]
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const chosen = op.oneHot(op.Cast(labels, 'int64'), staticSide(logits.shape, 1));
  // cut where e^x is 0 anyway: the difference of two huge logits may be infinite, and 0 · ∞ is no number
  const shifted = op.Max(op.Sub(logits, op.ReduceMax(logits, [1], true)), -1e30);
  const powers = op.Exp(shifted);
  const sums = op.ReduceSum(powers, [1], true);
  const value = op.Sub(op.Log(op.ReduceSum(powers, [1])), op.ReduceSum(op.Mul(shifted, chosen), [1]));
  // ∂/∂z = softmax(z) − chosen: the largest value cancels out
  return op.withGradient(value, [logits], (g) => [
    op.Mul(op.Sub(op.Div(powers, sums), chosen), op.Reshape(g, [sideOf(logits.shape, 0), 1])),
  ]);
}

/**
 * 1 where the largest logit is not that of the class, else 0.
 *
 * @param logits [batch, classes]
 * @param labels int32 or int64 [batch]
 * @returns float32 [batch]
 */
export function classificationError(logits: Tensor, labels: Tensor): Tensor {
  const isRight = op.Equal(op.ArgMin(op.Neg(logits), 1), op.Cast(labels, 'int64'));
  return op.Cast(op.Not(isRight), 'float32');
}
