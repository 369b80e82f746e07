import type { Penalty } from '../../specification.js';
import { l1Penalty, sparsityPenalty } from './activity.js';
import { adversarialPenalty } from './adversarial.js';
import { contractivePenalty } from './contractive.js';
import type { PenaltyBuilder, PenaltySurroundings, PenaltyTerms } from './penalty.js';
import { l2Penalty, orthogonalityPenalty } from './weights.js';

/** Every penalty, a line each; a missing one does not compile. */
const builders: { readonly [Type in Penalty['type']]: PenaltyBuilder<Extract<Penalty, { type: Type }>> } = {
  l1: l1Penalty,
  sparsity: sparsityPenalty,
  contractive: contractivePenalty,
  l2: l2Penalty,
  orthogonality: orthogonalityPenalty,
  adversarial: adversarialPenalty,
};

/** Builds the terms of a penalty. */
export function buildPenalty<P extends Penalty>(penalty: P, surroundings: PenaltySurroundings): PenaltyTerms {
  return (builders[penalty.type] as PenaltyBuilder<P>)(penalty, surroundings);
}
