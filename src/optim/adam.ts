import { fieldOf } from '../core/collections.js';
import * as op from '../graph/ops/index.js';
import type { Optimizer } from './optimizer.js';

/** The constants of Adam; their defaults are those of Keras. */
export interface AdamOptions {
  /** Decay of the mean of gradients. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. */
  readonly beta2?: number;
  /** Added to the root of the second moment. */
  readonly epsilon?: number;
  /** Decoupled weight decay: the share of each weight taken off per unit of learning rate. */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma & Ba 2015), and with `weightDecay` AdamW (Loshchilov & Hutter 2019).
 *
 * The moments are kept undivided, M = m/(1−β₁) and V = v/(1−β₂), which saves two passes over them; the factors are
 * put into the learning rate and ε of each step, so the result is that of the paper:
 * p ← p − η/(1−β₁ᵗ) · m / (√(v/(1−β₂ᵗ)) + ε).
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0 }: AdamOptions = {}): Optimizer {
  return {
    name: weightDecay > 0 ? 'adamw' : 'adam',
    state: ['moment', 'second-moment'],
    numbers(step, learningRate) {
      const correction = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      return {
        rate: ((learningRate * (1 - beta1)) / (1 - beta1 ** step)) * correction,
        epsilon: epsilon * correction,
        ...(weightDecay > 0 && { keep: 1 - learningRate * weightDecay }),
      };
    },
    update(parameter, gradient, state, numbers, decays) {
      const moment = op.Add(op.Mul(fieldOf(state, 'moment'), beta1), gradient);
      const secondMoment = op.Add(op.Mul(fieldOf(state, 'second-moment'), beta2), op.Mul(gradient, gradient));
      const kept = weightDecay > 0 && decays ? op.Mul(parameter, fieldOf(numbers, 'keep')) : parameter;
      const direction = op.Div(moment, op.Add(op.Sqrt(secondMoment), fieldOf(numbers, 'epsilon')));
      return {
        parameter: op.Sub(kept, op.Mul(direction, fieldOf(numbers, 'rate'))),
        state: { moment, 'second-moment': secondMoment },
      };
    },
  };
}
