import { defineKind } from '../kind.js';

/**
 * The undercomplete autoencoder: z = σ(W x + b), x′ = σ′(W′ z + b′), trained on the distance of x′ from x. What it learns is
 * forced through a code narrower than the input.
 */
export const basicKind = defineKind({
  name: 'basic',
  summary: 'undercomplete: a code narrower than the input; deep with --encoder 128,64',
  formula: 'L(x, ψ(φ(x))), φ(x) = σ(W x + b), ψ(z) = σ′(W′ z + b′)',
  paper: 'Rumelhart, Hinton & Williams 1986; Goodfellow, Bengio & Courville 2016, section 14.1',
  defaults: {},
});
