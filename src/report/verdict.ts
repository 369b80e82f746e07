import { EQUAL_SHARE } from '../latent/fidelity.js';
import { factor, figure, percent } from './format.js';

/** How the network stands against PCA at the same code width. */
export interface Verdict {
  readonly outcome: 'better' | 'same' | 'worse' | 'unknown';
  /** One sentence for a person, without its full stop. */
  readonly sentence: string;
}

/**
 * Compares the network's squared error with that of PCA.
 *
 * @param network squared error summed over one test example, mean over the examples
 * @param pca the same for PCA at the same code width
 */
export function compareWithPca(network: number, pca: number): Verdict {
  const both = `${figure(network)} against ${figure(pca)}`;
  if (!Number.isFinite(network) || !Number.isFinite(pca)) {
    return { outcome: 'unknown', sentence: `Cannot be compared with PCA: the squared errors are ${both}` };
  }
  if (Math.abs(network - pca) <= EQUAL_SHARE * pca) {
    return {
      outcome: 'same',
      sentence: `Does no better than PCA at the same width (${both}): a linear code is enough here, the network is itself linear, or training is not done`,
    };
  }
  if (network > pca) {
    return {
      outcome: 'worse',
      sentence: `Does worse than PCA at the same width (${both}): training is not done, or the network is held back by its size, its penalties or what corrupts its input`,
    };
  }
  const gain =
    pca >= 1.5 * network
      ? `${factor(pca / network)} less squared error`
      : `${percent(1 - network / pca)} less squared error`;
  return { outcome: 'better', sentence: `Rebuilds with ${gain} than PCA at the same width (${both})` };
}
