import { fieldOf } from '../core/collections.js';
import * as op from '../graph/ops/index.js';
import type { Optimizer } from './optimizer.js';

/** The constants of gradient descent; by default it is plain. */
export interface SgdOptions {
  /** Share of the last step that goes on; 0 keeps no state. */
  readonly momentum?: number;
  /** Share of each weight taken off per unit of learning rate. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with heavy-ball momentum (Polyak 1964), in the form of PyTorch: u ← μ u + g + λ p,
 * p ← p − η u.
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  return {
    name: 'sgd',
    state: momentum > 0 ? ['velocity'] : [],
    numbers: (_step, learningRate) => ({ rate: learningRate }),
    update(parameter, gradient, state, numbers, decays) {
      const pull = weightDecay > 0 && decays ? op.Add(gradient, op.Mul(parameter, weightDecay)) : gradient;
      const velocity = momentum > 0 ? op.Add(op.Mul(fieldOf(state, 'velocity'), momentum), pull) : pull;
      return {
        parameter: op.Sub(parameter, op.Mul(velocity, fieldOf(numbers, 'rate'))),
        state: momentum > 0 ? { velocity } : {},
      };
    },
  };
}
