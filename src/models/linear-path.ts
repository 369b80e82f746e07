import { entryOf, itemAt } from '../core/collections.js';
import type { Weights } from './autoencoder.js';
import type { Pca } from './pca.js';
import { inputSize, type Specification } from './specification.js';

/** The smallest variance of a component that a whitened code divides by, as a part of the largest. */
const SMALLEST_VARIANCE = 1e-6;

/**
 * Weights with the linear path at the principal components and the network beside it at zero, so that the whole is PCA: the
 * last layers of encoder and decoder begin at zero, as residual branches do (Goyal et al. 2017; Bachlechner et al. 2021,
 * "ReZero is all you need"), and what lies before them at its random start.
 *
 * The code of a plain bottleneck is the coordinates along the components. A gaussian one has each divided by its standard
 * deviation, as the prior N(0, 1) wants it, and the variance that is best beside it for this β: β / (2 λ + β), from the
 * minimum of λ s² + β/2 (s² − log s²) (probabilistic PCA, Tipping & Bishop 1999, with the noise variance β/2).
 *
 * @param weights at their random start
 * @param pca of the scaled training data, of the code's width (or of the input's size, where the code is wider)
 */
export function startAtPca(specification: Specification, weights: Weights, pca: Pca): Weights {
  const { code } = specification;
  const size = inputSize(specification);
  const count = Math.min(code.width, size, pca.components.length / size);
  const isGaussian = code.type === 'gaussian';
  const least = Math.max((pca.variances[0] ?? 0) * SMALLEST_VARIANCE, Number.MIN_VALUE);
  const deviation = (k: number): number => (isGaussian ? Math.sqrt(Math.max(itemAt(pca.variances, k), least)) : 1);
  const inwards = new Float32Array(size * code.width);
  const offset = new Float32Array(code.width);
  const outwards = new Float32Array(code.width * size);
  for (let k = 0; k < count; k++) {
    const unit = deviation(k);
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const value = pca.components[k * size + i] ?? Number.NaN;
      inwards[i * code.width + k] = value / unit;
      outwards[k * size + i] = value * unit;
      sum += value * (pca.mean[i] ?? Number.NaN);
    }
    offset[k] = -sum / unit;
  }
  const zero = (name: string): [string, Float32Array] => [name, new Float32Array(entryOf(weights, name).length)];
  const started = new Map([
    ...weights,
    ...['encoder/code', 'decoder/output'].flatMap((layer) =>
      ['weight', 'bias']
        .map((part) => `${layer}/${part}`)
        .filter((name) => weights.has(name))
        .map(zero),
    ),
    ['encoder/linear/weight', inwards],
    ['encoder/linear/bias', offset],
    ['decoder/linear/weight', outwards],
    ['decoder/linear/bias', Float32Array.from(pca.mean)],
  ]);
  if (isGaussian) {
    const logs = Float32Array.from({ length: code.width }, (_, k) =>
      k < count ? Math.log(code.beta / (2 * deviation(k) ** 2 + code.beta)) : 0,
    );
    started.set(...zero('encoder/log-variance/weight'));
    started.set('encoder/log-variance/bias', code.beta > 0 ? logs : new Float32Array(code.width));
  }
  return started;
}
