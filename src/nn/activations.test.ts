import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { createDraw } from '../graph/operator-cases.oracle.js';
import { type Activation, activate, activationNames, initializerFor } from './activations.js';

/** The normal distribution function by Simpson's rule: an independent way to gelu. */
function normalDistribution(x: number): number {
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const steps = 2000;
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density((x * i) / steps);
  return 0.5 + (sum * x) / steps / 3;
}

const formulas: { readonly [Name in Activation]: (x: number) => number } = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  'leaky-relu': (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  gelu: (x) => x * normalDistribution(x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => 1 - 2 / (1 + Math.exp(2 * x)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
};

describe.each(activationNames)('the activation %s', (name) => {
  const draw = createDraw(1, name);
  const x = draw.away([6, 7], 0.1, 4);
  const values = draw.feeds.get(x)!.data;

  it('is its formula', () => {
    const [y] = evaluate([activate(x, name)], draw.feeds);
    // √½ in gelu is a 32-bit float
    for (const [i, value] of values.entries()) expect(y!.data[i]).toBeCloseTo(formulas[name](value), 7);
  });

  it('has the gradient that differences give', () => {
    expect(gradientError(contract(activate(x, name), 2), draw.feeds, [x])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('keeps the variance of its inputs near 1 through its initialiser', () => {
    const weights = initializerFor(name)([400, 400], createRandom(1, name));
    const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
    // 2/in for rectified units (He), 2/(in + out) for the others (Glorot)
    expect(variance * 400).toBeCloseTo(['relu', 'leaky-relu', 'elu', 'gelu', 'softplus'].includes(name) ? 2 : 1, 1);
  });
});
