import { badInput } from '../../core/errors.js';
import { defineKind } from '../kind.js';

/**
 * Several layers each side, trained end to end, or layer by layer first: as autoencoders (Bengio et al. 2007) or as
 * restricted Boltzmann machines (Hinton & Salakhutdinov 2006), then fine-tuned as a whole.
 */
export const deepKind = defineKind({
  name: 'deep',
  summary: 'several layers each side; layer by layer first with --pretraining',
  formula: 'L(x, ψ(φ(x))), φ = φₙ ∘ … ∘ φ₁, ψ = ψ₁ ∘ … ∘ ψₙ',
  paper: 'Hinton & Salakhutdinov 2006; Bengio et al. 2007',
  defaults: { encoder: [128, 64] },
  check({ body }) {
    if (body.encoder.length > 0 || body.type === 'convolutional') return;
    throw badInput(
      'encoder',
      'expected at least one hidden layer for a deep network',
      'use `encoder: [128, 64]`, or `kind: "basic"`',
    );
  },
});
