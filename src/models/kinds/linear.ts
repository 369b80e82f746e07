import { badInput } from '../../core/errors.js';
import { defineKind } from '../kind.js';

/**
 * The linear autoencoder: its optimum spans the principal subspace of the data (Bourlard & Kamp 1988; Baldi & Hornik 1989).
 */
export const linearKind = defineKind({
  name: 'linear',
  summary: 'no activations, squared error: finds the subspace of PCA',
  formula: '‖x − (W′ (W x + b) + b′)‖²',
  paper: 'Bourlard & Kamp 1988; Baldi & Hornik 1989',
  defaults: { activation: 'identity', codeActivation: 'identity', loss: 'mse', output: 'identity' },
  check({ body, code, loss, output }) {
    const isLinear = body.type === 'dense' && (body.encoder.length === 0 || body.activation === 'identity');
    if (!isLinear) throw badInput('activation', 'expected identity in a dense body', 'or use `kind: "basic"`');
    if (code.type !== 'plain' || code.activation !== 'identity') {
      throw badInput('codeActivation', 'expected a plain code with the identity', 'or use `kind: "basic"`');
    }
    if (loss !== 'mse' || output !== 'identity')
      throw badInput('output', 'expected mse and identity', 'or use `kind: "basic"`');
  },
});
