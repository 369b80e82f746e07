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
  return Object.entries({ ...designCauses, ...trainingCauses }).flatMap(([name, find]) => {
    const found = find(facts);
    return found ? [{ name: name as Cause['name'], ...found }] : [];
  });
}

/** Compares the network's squared error on test data with that of PCA, and names what holds it back where it is no better. */
export function compareWithPca(facts: ComparisonFacts): Comparison {
  const { specification, squaredError, keptEpoch, start } = facts;
  const { network, mean } = squaredError;
  const pca = linearError(facts);
  const limited = pca < squaredError.pca ? ' with its output limited to 0 … 1 too' : '';
  const both = `${figure(network)} against ${figure(pca)}${limited}`;
  if (isPcaExact(specification)) {
    const sentence = 'The code is at least as wide as the data, where PCA is exact: there is nothing to compare with';
    return { outcome: 'unknown', sentence, causes: [] };
  }
  if (!Number.isFinite(network) || !Number.isFinite(pca)) {
    return { outcome: 'unknown', sentence: `Cannot be compared with PCA: the squared errors are ${both}`, causes: [] };
  }
  /** With what holds the network back, or what is to be thought where nothing is seen that does. */
  const explained = (outcome: 'same' | 'worse', sentence: string, otherwise: string): Comparison => {
    const causes = causesOf(facts);
    return { outcome, sentence: `${sentence} (${both})${causes.length > 0 ? '' : otherwise}`, causes };
  };
  if (keptEpoch === 0 && start) {
    const linear = ': the data are linear here, as far as it can tell';
    return explained('same', 'The network adds nothing to PCA at this width', linear);
  }
  if (Math.abs(network - pca) <= EQUAL_SHARE * pca + ROUNDING * mean) {
    const enough = ': a linear code is enough here, as far as it can tell';
    return explained('same', 'Does no better than PCA at the same width', enough);
  }
  if (network > pca) {
    const unseen = ', for no reason that the figures of the training show';
    return explained('worse', 'Does worse than PCA at the same width', unseen);
  }
  const gain = pca >= 1.5 * network ? factor(pca / network) : percent(1 - network / pca);
  const sentence = `Rebuilds with ${gain} less squared error than PCA at the same width (${both})`;
  return { outcome: 'better', sentence, causes: [] };
}

/** What to try for a cause, and why: a line for a person, without its full stop. */
export function causeWords({ finding, remedy }: Cause): string {
  return `${finding.charAt(0).toUpperCase()}${finding.slice(1)} – ${remedy}`;
}
