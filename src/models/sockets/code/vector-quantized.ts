import * as op from '../../../graph/ops/index.js';
import { sideOf, staticSide } from '../../../graph/shape.js';
import type { Tensor } from '../../../graph/tensor.js';
import { constant } from '../../../graph/tensor.js';
import { normal, zeros } from '../../../nn/initializers.js';
import type { Scope } from '../../../nn/scope.js';
import { stopGradient, uniformOf } from '../../context.js';
import type { VectorQuantizedCode } from '../../specification.js';
import type { CodeBuilder, StateUpdate } from './code.js';

/** An entry whose running count falls below this is dead: it takes the place of a vector of the batch. */
const DEAD_COUNT = 0.1;
/** Added to counts before dividing, so that an unused entry stays finite. */
const EPSILON = 1e-5;

/**
 * The nearest entry of each vector.
 *
 * @param vectors [batch, n, length]
 * @param codebook [entries, length]
 * @returns int64 [batch, n]
 */
function nearestEntry(vectors: Tensor, codebook: Tensor): Tensor {
  // ‖z − e‖² = ‖z‖² − 2 z·e + ‖e‖², of which ‖z‖² is the same for all entries
  const products = op.MatMul(vectors, op.Transpose(codebook));
  const lengths = op.ReduceSum(op.Mul(codebook, codebook), [1]);
  return op.ArgMin(op.Sub(lengths, op.Mul(products, 2)), 2);
}

/**
 * Running means of the vectors that chose each entry (van den Oord et al. 2017, appendix A.1), and a vector of the batch,
 * drawn at random, in the place of an entry that nothing chooses any more (as Dhariwal et al. 2020, "Jukebox", restart
 * them): so the codebook also starts out on data.
 */
function followed(
  scope: Scope,
  vectors: Tensor,
  chosen: Tensor,
  encoded: Tensor,
  noise: Tensor,
  decay: number,
): StateUpdate[] {
  const [entries, length] = [staticSide(vectors.shape, 0), staticSide(vectors.shape, 1)];
  // what only training needs is asked for here, so that a model to be run has none of it
  const { counts, sums } = scope.within('codebook', (part) => ({
    counts: part.state('counts', [entries], zeros),
    sums: part.state('sums', [entries, length], zeros),
  }));
  const total = staticSide(encoded.shape, 0);
  const choices = op.oneHot(chosen, entries);
  const mix = (old: Tensor, now: Tensor): Tensor => op.Add(op.Mul(old, decay), op.Mul(now, 1 - decay));
  const nextCounts = mix(counts, op.ReduceSum(choices, [0]));
  const nextSums = mix(sums, op.MatMul(op.Transpose(choices), encoded));
  const means = op.Div(nextSums, op.Reshape(op.Add(nextCounts, EPSILON), [entries, 1]));

  const drawn = op.Cast(op.Mul(uniformOf(noise), total), 'int32');
  const within = op.Min(drawn, constant(total - 1, [], 'int32'));
  const candidates = op.Gather(encoded, within);
  const isDead = op.Less(nextCounts, DEAD_COUNT);
  const dead = op.Reshape(isDead, [entries, 1]);
  // a restarted entry counts as chosen once, so that it has time to be chosen
  return [
    { state: vectors, next: op.Where(dead, candidates, means) },
    { state: counts, next: op.Where(isDead, 1, nextCounts) },
    { state: sums, next: op.Where(dead, candidates, nextSums) },
  ];
}

/**
 * Each part of the features becomes the nearest entry of a learned codebook; the gradient passes straight through (van
 * den Oord et al. 2017, "Neural Discrete Representation Learning"). The entries follow by running means, the encoder is
 * kept near them by the commitment term, the mean squared distance times its weight.
 */
export const vectorQuantizedCode: CodeBuilder<VectorQuantizedCode> = (code, { layer, scope, context }) => {
  const { width, vectors: count, entries, commitment, decay } = code;
  const length = width / count;
  const features = layer('code', 'identity');
  const batch = sideOf(features.shape, 0);
  const encoded = op.Reshape(features, [batch, count, length]);
  const codebook = scope.within('codebook', (part) => part.state('vectors', [entries, length], normal));
  const indices = nearestEntry(encoded, codebook);
  const quantized = op.Reshape(op.Gather(codebook, indices), features.shape);
  const distance = op.Sub(features, stopGradient(quantized));
  const terms = { commitment: op.Mul(op.ReduceMean(op.Mul(distance, distance)), commitment) };
  const noise = context.noise?.('codebook', [entries]);
  const updates =
    noise && typeof batch === 'number'
      ? followed(
          scope,
          codebook,
          op.Reshape(indices, [batch * count]),
          op.Reshape(encoded, [batch * count, length]),
          noise,
          decay,
        )
      : [];
  return {
    code: quantized,
    passed: op.withGradient(quantized, [features], (g) => [g]),
    terms,
    updates,
    outputs: { indices },
  };
};
