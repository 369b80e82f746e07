import { describe, expect, it } from 'vitest';
import { float64, forwardCase, randomWeights, specification } from '../../../../test/tiny.js';
import { createRandom } from '../../../core/random.js';
import { evaluate } from '../../../graph/evaluate.js';
import { GRADIENT_TOLERANCE, gradientError } from '../../../graph/finite-differences.oracle.js';
import type { Code, Penalty, Specification } from '../../specification.js';

const [count, size, width] = [4, 6, 3];
const random = createRandom(2, 'examples');
const examples = Float64Array.from({ length: count * size }, () => random.normal());
const WEIGHT = 0.7;

function network(
  encoder: readonly number[],
  activation: 'relu' | 'sigmoid' | 'tanh',
  projections: number | 'exact',
  change: Parameters<typeof specification>[0] = {},
): Specification {
  const code: Code = { type: 'plain', width, activation };
  const penalties: Penalty[] = [{ type: 'contractive', weight: WEIGHT, projections }];
  return specification({ code, penalties, ...change }, { encoder, activation });
}

function termOf(model: Specification, seed = 1): number {
  const { pass, feeds } = forwardCase(model, randomWeights(model, 4), examples, { seed });
  return evaluate([pass.terms.contractive!], feeds)[0]!.data[0]!;
}

/** ‖∂z/∂x‖² by central differences, mean over the examples, weighted. */
function differences(model: Specification): number {
  const { pass, feeds, x } = forwardCase(model, randomWeights(model, 4), examples);
  const step = 1e-5;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const [above, below] = [step, -step].map((by) => {
      const moved = examples.map((value, at) => (at % size === i ? value + by : value));
      return evaluate([pass.code], new Map(feeds).set(x, float64([count, size], moved)))[0]!.data;
    });
    for (const [at, value] of above!.entries()) sum += ((value - below![at]!) / (2 * step)) ** 2;
  }
  return (WEIGHT * sum) / count;
}

const depths = [[], [5], [5, 4]];
const networks = depths.flatMap((encoder) =>
  (['relu', 'sigmoid', 'tanh'] as const).map((activation) => [encoder.length + 1, activation, encoder] as const),
);

describe.each(networks)('the contractive penalty of %d layer(s) with %s', (_depth, activation, encoder) => {
  const expected = differences(network(encoder, activation, 'exact'));

  it('is the squared norm of the Jacobian that differences give', () => {
    expect(expected).toBeGreaterThan(1e-4);
    expect(Math.abs(termOf(network(encoder, activation, 'exact')) / expected - 1)).toBeLessThan(1e-3);
  });

  it('is estimated by random projections without bias; of one layer it is exact without them', () => {
    if (encoder.length === 0) {
      expect(termOf(network(encoder, activation, 5))).toBe(termOf(network(encoder, activation, 'exact')));
      return;
    }
    const draws = Array.from({ length: 60 }, (_, seed) => termOf(network(encoder, activation, 5), seed));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws.length - 1);
    const error = Math.sqrt(variance / draws.length);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.05 * expected);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
  });

  it('has the gradient that differences give, exact and estimated', () => {
    for (const projections of ['exact', 2] as const) {
      const model = network(encoder, activation, projections);
      const { pass, feeds, parameters } = forwardCase(model, randomWeights(model, 4), examples, {});
      const own = [...parameters].filter(([name]) => name.startsWith('encoder/')).map(([, tensor]) => tensor);
      expect(gradientError(pass.terms.contractive!, feeds, own)).toBeLessThan(GRADIENT_TOLERANCE);
    }
  });
});

it('the exact penalty of one layer is the same by its closed form as by differentiating', () => {
  // A code that keeps all of its values has no closed form here, and is the same function.
  const plain = network([], 'sigmoid', 'exact');
  const whole = { ...plain, code: { type: 'top-k', width, active: width, activation: 'sigmoid' } as const };
  expect(termOf(whole)).toBeCloseTo(termOf(plain), 10);
});

it('a gaussian code is held still in its mean', () => {
  const model = network([5], 'tanh', 'exact', {
    code: { type: 'gaussian', width, beta: 1, warmup: 0, freeBits: 0 },
  });
  expect(Math.abs(termOf(model) / differences(model) - 1)).toBeLessThan(1e-3);
});

it('a code is held still around what the encoder saw', () => {
  const corruption = { type: 'masking', probability: 0.999999 } as const;
  const model = network([], 'sigmoid', 'exact', { corruption });
  const blank = forwardCase(
    { ...model, corruption: { type: 'none' } },
    randomWeights(model, 4),
    examples.map(() => 0),
    {},
  );
  expect(termOf(model)).toBeCloseTo(evaluate([blank.pass.terms.contractive!], blank.feeds)[0]!.data[0]!, 10);
});
