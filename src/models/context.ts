import * as op from '../graph/ops/index.js';
import type { Shape } from '../graph/shape.js';
import { type Tensor, variable } from '../graph/tensor.js';

/** What a forward pass in training has beyond the examples; inference has nothing of it. */
export interface StepContext {
  /**
   * Fresh standard normal numbers for each step. Each name is a request of its own: asking twice for one gives the same
   * numbers.
   */
  readonly noise?: (name: string, shape: Shape) => Tensor;
  /** Epochs done, a fraction within an epoch; a scalar. Without it: training is over, and warm-ups with it. */
  readonly epoch?: Tensor;
  /** From how many examples the value of a costly term may be taken; its gradient is always that of all. */
  readonly sample?: number;
  /** The class of each example, int32 [batch], where the data have labels and the objective asks for them. */
  readonly labels?: Tensor;
}

/** A context in which everything that a training step may ask for is there, as variables: for walking the parameters. */
export function symbolicContext(): StepContext {
  return {
    noise: (name, shape) => variable(`noise/${name}`, shape),
    epoch: variable('epoch', []),
    labels: variable('labels', ['batch'], 'int32'),
  };
}

/** Uniform numbers in (0, 1) of standard normal ones: Φ(n), by erf. */
export function uniformOf(normal: Tensor): Tensor {
  return op.Add(op.Mul(op.Erf(op.Mul(normal, Math.SQRT1_2)), 0.5), 0.5);
}

/** 1 with the probabilities given, else 0; of standard normal numbers in the same shape. */
export function bernoulli(probability: Tensor, normal: Tensor): Tensor {
  return op.Cast(op.Less(uniformOf(normal), probability), 'float32');
}

/** x as a constant: no gradient flows back. */
export function stopGradient(x: Tensor): Tensor {
  return op.withGradient(x, [x], () => []);
}
