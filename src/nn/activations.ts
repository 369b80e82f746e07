import * as op from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import { glorotUniform, heNormal, type Initializer } from './initializers.js';

/** x·Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel 2016), exact, by erf. */
export function gelu(x: Tensor): Tensor {
  return op.Mul(op.Mul(x, op.Add(op.Erf(op.Mul(x, Math.SQRT1_2)), 1)), 0.5);
}

/** The activations by name, each with the initialiser that suits it. */
const activations = {
  identity: { apply: (x: Tensor) => x, initializer: glorotUniform },
  relu: { apply: op.Relu, initializer: heNormal },
  'leaky-relu': { apply: (x: Tensor) => op.LeakyRelu(x, 0.01), initializer: heNormal },
  elu: { apply: (x: Tensor) => op.Elu(x, 1), initializer: heNormal },
  gelu: { apply: gelu, initializer: heNormal },
  sigmoid: { apply: op.Sigmoid, initializer: glorotUniform },
  tanh: { apply: op.Tanh, initializer: glorotUniform },
  softplus: { apply: op.Softplus, initializer: heNormal },
} as const satisfies Record<string, { apply: (x: Tensor) => Tensor; initializer: Initializer }>;

/** The name of an activation. */
export type Activation = keyof typeof activations;
const isActivation = (name: string): name is Activation => Object.hasOwn(activations, name);
export const activationNames = Object.keys(activations).filter(isActivation);

/** Applies an activation, element by element. */
export function activate(x: Tensor, activation: Activation): Tensor {
  return activations[activation].apply(x);
}

/** The initialiser for weights that lead into an activation. */
export function initializerFor(activation: Activation): Initializer {
  return activations[activation].initializer;
}
