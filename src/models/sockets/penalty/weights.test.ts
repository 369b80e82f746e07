import { describe, expect, it } from 'vitest';
import { forwardCase, randomWeights, specification } from '../../../../test/tiny.js';
import { evaluate } from '../../../graph/evaluate.js';
import type { Weights } from '../../autoencoder.js';
import type { Penalty, Specification } from '../../specification.js';

const examples = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i));

function termOf(model: Specification, name: string, weights: Weights = randomWeights(model)): number {
  const { pass, feeds } = forwardCase(model, weights, examples, {});
  return evaluate([pass.terms[name]!], feeds)[0]!.data[0]!;
}
const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

describe('the L2 penalty', () => {
  const penalty: Penalty = { type: 'l2', weight: 0.01 };
  const opponent: Penalty = { type: 'adversarial', weight: 1, discriminator: [4] };

  it.each([
    ['separate weights', false],
    ['tied ones, each once', true],
  ])('counts the squares of all weights, and no biases: %s', (_what, tied) => {
    const model = specification({ penalties: [penalty] }, { tied });
    const weights = randomWeights(model);
    const counted = [...weights].filter(([name]) => name.endsWith('/weight'));
    expect(counted.length).toBe(tied ? 2 : 4);
    expect(termOf(model, 'l2')).toBeCloseTo(0.01 * counted.reduce((sum, [, values]) => sum + squares(values), 0), 6);
  });

  it.each([
    ['before', [opponent, penalty]],
    ['after', [penalty, opponent]],
  ])('does not count the discriminator’s, named %s it', (_where, penalties) => {
    const model = specification({ penalties });
    const own = [...randomWeights(model)].filter(([name]) => /^(en|de)coder.*weight$/.test(name));
    expect(own.length).toBe(4);
    expect(termOf(model, 'l2')).toBeCloseTo(0.01 * own.reduce((sum, [, values]) => sum + squares(values), 0), 6);
  });
});

describe('the orthogonality penalty', () => {
  const model = specification({ penalties: [{ type: 'orthogonality', weight: 0.5 }] });
  const [inputs, width] = [4, 2];

  it('is ‖WᵀW − I‖² of the weight that leads into the code', () => {
    const weights = randomWeights(model);
    const w = weights.get('encoder/code/weight')!;
    let sum = 0;
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        let product = a === b ? -1 : 0;
        for (let i = 0; i < inputs; i++) product += w[i * width + a]! * w[i * width + b]!;
        sum += product ** 2;
      }
    }
    expect(termOf(model, 'orthogonality', weights)).toBeCloseTo(0.5 * sum, 6);
  });

  it('is 0 for orthonormal columns', () => {
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const turned = Float32Array.of(c, -s, 0, 0, s, c, 0, 0);
    const weights = new Map(randomWeights(model)).set('encoder/code/weight', turned);
    expect(termOf(model, 'orthogonality', weights)).toBeLessThan(1e-12);
  });
});
