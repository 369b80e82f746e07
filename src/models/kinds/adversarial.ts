import { defineKind } from '../kind.js';

/**
 * A discriminator learns to tell codes from draws of N(0, I), the encoder learns to be taken for it (Makhzani et al. 2015,
 * "Adversarial Autoencoders"), so that new examples can be drawn.
 */
export const adversarialKind = defineKind({
  name: 'adversarial',
  summary: 'a discriminator pulls the codes to N(0, I)',
  formula: 'L(x, ψ(φ(x))) − λ log D(φ(x)), with D minimising −log D(n) − log(1 − D(φ(x))), n ~ N(0, I)',
  paper: 'Makhzani et al. 2015',
  defaults: { adversarial: 0.01, encoder: [256] },
});
