import { defineKind } from '../kind.js';

/**
 * A penalty on the squared Frobenius norm of the code's Jacobian keeps codes from changing where the input hardly does
 * (Rifai et al. 2011, "Contractive Auto-Encoders: Explicit Invariance During Feature Extraction").
 */
export const contractiveKind = defineKind({
  name: 'contractive',
  summary: 'codes that change little when the input does',
  formula: 'L(x, ψ(φ(x))) + λ ‖∂φ/∂x‖²_F',
  paper: 'Rifai et al. 2011',
  defaults: { contractive: 1e-3, activation: 'sigmoid', codeActivation: 'sigmoid' },
});
