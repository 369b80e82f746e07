import * as op from '../../../graph/ops/index.js';
import type { Tensor } from '../../../graph/tensor.js';
import { dense } from '../../../nn/dense.js';
import { binaryCrossEntropy } from '../../../nn/losses.js';
import type { Scope } from '../../../nn/scope.js';
import { stopGradient } from '../../context.js';
import type { Penalty } from '../../specification.js';
import type { PenaltyBuilder } from './penalty.js';

/** A network that says of codes how likely they come from the prior, as logits [batch, 1]. */
function discriminate(scope: Scope, z: Tensor, units: readonly number[]): Tensor {
  return scope.within('discriminator', (part) => {
    const hidden = units.reduce(
      (h, count, i) => part.within(String(i), (layer) => dense(layer, h, { units: count, activation: 'leaky-relu' })),
      z,
    );
    return part.within('output', (layer) => dense(layer, hidden, { units: 1 }));
  });
}

/** The mean over the examples of the cross-entropy, in nats, with all of them real (1) or none (0). */
function meanEntropy(logits: Tensor, real: 0 | 1): Tensor {
  return op.ReduceMean(binaryCrossEntropy(logits, op.Add(op.Mul(stopGradient(logits), 0), real)));
}

/**
 * A discriminator learns to tell codes from draws of the prior N(0, I), while the encoder learns to be taken for it
 * (Makhzani et al. 2015, "Adversarial Autoencoders"). Both descend in one step: the encoder's term sees the
 * discriminator's weights as constants, and the other way round. A perfect match leaves both at log 2 a draw.
 */
export const adversarialPenalty: PenaltyBuilder<Extract<Penalty, { type: 'adversarial' }>> = (
  { weight, discriminator },
  { scope, context, passed },
) => {
  const prior = context.noise?.('prior', passed.shape);
  if (!prior) return { terms: {} };
  const real = meanEntropy(discriminate(scope, prior, discriminator), 1);
  const drawn = meanEntropy(discriminate(scope, stopGradient(passed), discriminator), 0);
  const taken = meanEntropy(discriminate(scope.map(stopGradient), passed, discriminator), 1);
  return {
    terms: { adversarial: op.Mul(taken, weight) },
    auxiliary: { discriminator: op.Mul(op.Add(real, drawn), 0.5) },
  };
};
