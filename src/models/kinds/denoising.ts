import { badInput } from '../../core/errors.js';
import { defineKind } from '../kind.js';

/**
 * The encoder sees a corrupted example x̃ ~ C(x̃ | x), the loss compares with the clean one (Vincent et al. 2008, 2010).
 */
export const denoisingKind = defineKind({
  name: 'denoising',
  summary: 'sees corrupted examples, rebuilds clean ones',
  formula: 'L(x, ψ(φ(x̃))), x̃ ~ C(x̃ | x)',
  paper: 'Vincent et al. 2008; Vincent et al. 2010',
  defaults: { corruption: 'gaussian' },
  check({ corruption }) {
    if (corruption.type !== 'none') return;
    throw badInput('corruption', 'expected a corruption to learn to undo, got none', 'or use `kind: "basic"`');
  },
});
