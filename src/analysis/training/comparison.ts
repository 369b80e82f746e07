import { factor, figure, percent } from '../../core/format.js';
import { EQUAL_SHARE } from '../latent/fidelity.js';
import { type Cause, type ComparisonFacts, isPcaExact } from './comparison-facts.js';
import { designCauses } from './design-causes.js';
import { trainingCauses } from './training-causes.js';

/** How the network stands against PCA at the same code width. */
export interface Comparison {
  /** unknown: there is nothing to compare, and the sentence says why. */
  readonly outcome: 'better' | 'same' | 'worse' | 'unknown';
  /** One sentence for a person, without its full stop. */
  readonly sentence: string;
  /** Why it is no better, as far as can be seen; empty where it is better or cannot be compared. */
  readonly causes: readonly Cause[];
}

/** Squared errors that differ by less than this part of the data's variance are rounding. */
const ROUNDING = 1e-7;

/** PCA's squared error as the network's counts: a clipped output is compared with a clipped PCA, where that was measured. */
function linearError({ specification, squaredError, start }: ComparisonFacts): number {
  const isClipped = specification.output === 'clipped' && start !== undefined;
  return isClipped ? Math.min(squaredError.pca, start.testSquaredError) : squaredError.pca;
}

/** Every cause that the facts show: what the network is comes before how it was trained. */
function causesOf(facts: ComparisonFacts): Cause[] {
  return [...designCauses, ...trainingCauses].flatMap((find) => find(facts) ?? []);
}

/** Compares the network's squared error on test data with that of PCA, and names what holds it back where it is no better. */
export function compareWithPca(facts: ComparisonFacts): Comparison {
  const { specification, squaredError, keptEpoch, start } = facts;
  const { network, mean } = squaredError;
  const pca = linearError(facts);
  const limited = pca < squaredError.pca ? ' with its output limited to 0 … 1 too' : '';
  const both = `${figure(network)} against ${figure(pca)}${limited}`;
  if (isPcaExact(specification)) {
    return {
      outcome: 'unknown',
      sentence: 'The code is at least as wide as the data, where PCA is exact: there is nothing to compare with',
      causes: [],
    };
  }
  if (!Number.isFinite(network) || !Number.isFinite(pca)) {
    return { outcome: 'unknown', sentence: `Cannot be compared with PCA: the squared errors are ${both}`, causes: [] };
  }
  if (keptEpoch === 0 && start) {
    const causes = causesOf(facts);
    const linear = causes.length > 0 ? '' : ': the data are linear here, as far as it can tell';
    return { outcome: 'same', sentence: `The network adds nothing to PCA at this width (${both})${linear}`, causes };
  }
  if (Math.abs(network - pca) <= EQUAL_SHARE * pca + ROUNDING * mean) {
    const causes = causesOf(facts);
    const linear = causes.length > 0 ? '' : ': a linear code is enough here, as far as it can tell';
    return { outcome: 'same', sentence: `Does no better than PCA at the same width (${both})${linear}`, causes };
  }
  if (network > pca) {
    const causes = causesOf(facts);
    const unseen = causes.length > 0 ? '' : ', for no reason that the figures of the training show';
    return { outcome: 'worse', sentence: `Does worse than PCA at the same width (${both})${unseen}`, causes };
  }
  const gain =
    pca >= 1.5 * network
      ? `${factor(pca / network)} less squared error`
      : `${percent(1 - network / pca)} less squared error`;
  return { outcome: 'better', sentence: `Rebuilds with ${gain} than PCA at the same width (${both})`, causes: [] };
}

/** What to try for a cause, and why: a line for a person, without its full stop. */
export function causeWords({ finding, remedy }: Cause): string {
  return `${finding.charAt(0).toUpperCase()}${finding.slice(1)} – ${remedy}`;
}
