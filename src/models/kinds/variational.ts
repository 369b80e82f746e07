import { defineKind } from '../kind.js';

/**
 * The code is a normal distribution kept near N(0, I), so that new examples can be drawn (Kingma & Welling 2014); `beta`
 * weights the divergence (Higgins et al. 2017). With bce and β = 1 the loss bounds −log p(x) of binary data.
 */
export const variationalKind = defineKind({
  name: 'variational',
  summary: 'the code is a distribution near N(0, I): new examples can be drawn',
  formula: 'E_q[L(x, ψ(z))] + β KL(q(z|x) ‖ N(0, I)), q = N(μ(x), σ²(x))',
  paper: 'Kingma & Welling 2014; Higgins et al. 2017',
  defaults: { bottleneck: 'gaussian', encoder: [256] },
});
