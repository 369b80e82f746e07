import { defineKind } from '../kind.js';

/**
 * Few code values are active at a time: by a divergence of their mean activity from a target (the default; Ng 2011), by an L1
 * penalty (`l1`), or by keeping the k largest (`active`; Makhzani & Frey 2013). The code may be wider than the input.
 */
export const sparseKind = defineKind({
  name: 'sparse',
  summary: 'few code values active at a time; the code may be wider than the input',
  formula: 'L(x, ψ(z)) + β Σⱼ KL(ρ ‖ ρ̂ⱼ)   (or + λ ‖z‖₁, or all but the k largest zⱼ set to 0)',
  paper: 'Ng 2011 (CS294A, UFLDL); Makhzani & Frey 2013',
  defaults: {},
  adjust({ active, bottleneck, l1, sparsity, codeActivation }) {
    if (active !== undefined || bottleneck === 'top-k') return { bottleneck: 'top-k' };
    if (l1 !== undefined && sparsity === undefined) return { codeActivation: codeActivation ?? 'relu' };
    return { sparsity: 0.05, codeActivation: 'sigmoid' };
  },
});
