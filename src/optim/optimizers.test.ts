import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { adam } from './adam.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';

const SIZE = 7;
const STEPS = 20;

/** Random gradients and learning rates, the same for every optimizer. */
function course(seed: number) {
  const random = createRandom(seed, 'course');
  const vector = (spread: number): number[] => Array.from({ length: SIZE }, () => spread * random.normal());
  return {
    start: vector(1),
    // Sizes over several orders, as real gradients have.
    gradients: Array.from({ length: STEPS }, () => vector(10 ** (random.integer(7) - 4))),
    rates: Array.from({ length: STEPS }, () => 10 ** -(1 + 2 * random.uniform())),
  };
}

/** The parameter after each step, as the expressions of an optimizer compute it in double precision. */
function follow(optimizer: Optimizer, { start, gradients, rates }: ReturnType<typeof course>, decays: boolean) {
  const value = (data: readonly number[] | Float64Array) => ({ shape: [SIZE], data: Float64Array.from(data) });
  const parameter = variable('parameter', [SIZE]);
  const gradient = variable('gradient', [SIZE]);
  const states = Object.fromEntries(optimizer.state.map((name) => [name, variable(name, [SIZE])]));
  const numbers = Object.fromEntries(Object.keys(optimizer.numbers(1, 1)).map((name) => [name, variable(name, [])]));
  const next = optimizer.update(parameter, gradient, states, numbers, decays);
  expect(Object.keys(next.state)).toEqual([...optimizer.state]);

  let at = value(start);
  let kept = optimizer.state.map(() => value(new Float64Array(SIZE)));
  return gradients.map((g, t) => {
    const given = optimizer.numbers(t + 1, rates[t]!);
    const feeds = new Map<Tensor, { shape: readonly number[]; data: Float64Array }>([
      [parameter, at],
      [gradient, value(g)],
      ...optimizer.state.map((name, i) => [states[name]!, kept[i]!] as const),
      ...Object.entries(given).map(([name, x]) => [numbers[name]!, { shape: [], data: Float64Array.of(x) }] as const),
    ]);
    const results = evaluate([next.parameter, ...optimizer.state.map((name) => next.state[name]!)], feeds);
    at = value(results[0]!.data);
    kept = results.slice(1).map(({ data }) => value(data));
    return [...at.data];
  });
}

/** Algorithm 1 of Kingma & Ba 2015, with the decoupled decay of Loshchilov & Hutter 2019, algorithm 2. */
function adamOfThePaper(
  { start, gradients, rates }: ReturnType<typeof course>,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, decay = 0 } = {},
): number[][] {
  const theta = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  return gradients.map((g, step) => {
    const t = step + 1;
    for (let i = 0; i < SIZE; i++) {
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
      const unbiasedM = m[i]! / (1 - beta1 ** t);
      const unbiasedV = v[i]! / (1 - beta2 ** t);
      theta[i] = theta[i]! - rates[step]! * (unbiasedM / (Math.sqrt(unbiasedV) + epsilon) + decay * theta[i]!);
    }
    return [...theta];
  });
}

/** Heavy ball in the form of PyTorch: u ← μu + g + λp, p ← p − ηu. */
function heavyBall({ start, gradients, rates }: ReturnType<typeof course>, momentum: number, decay: number) {
  const p = [...start];
  const u = start.map(() => 0);
  return gradients.map((g, step) => {
    for (let i = 0; i < SIZE; i++) {
      u[i] = momentum * u[i]! + g[i]! + decay * p[i]!;
      p[i] = p[i]! - rates[step]! * u[i]!;
    }
    return [...p];
  });
}

/** Factors in a graph are 32-bit floats (0.999 is off by 5e-8), which 20 steps of decay multiply up. */
function expectSame(got: number[][], expected: number[][]): void {
  for (const [t, row] of expected.entries()) {
    for (const [i, value] of row.entries()) {
      expect(Math.abs(got[t]![i]! - value), `step ${t + 1}, value ${i}`).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(value)),
      );
    }
  }
}

describe('adam', () => {
  it.each([1, 2, 3])('is the algorithm of the paper, whatever the gradients (course %i)', (seed) => {
    const steps = course(seed);
    expectSame(follow(adam(), steps, true), adamOfThePaper(steps));
  });

  it('is it with other constants too', () => {
    const steps = course(4);
    const constants = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };
    expectSame(follow(adam(constants), steps, true), adamOfThePaper(steps, constants));
  });

  it('moves by the learning rate in the first step, whatever the size of the gradient', () => {
    const { start, gradients, rates } = course(5);
    const first = { start, gradients: [gradients[0]!.map((g) => 1e3 * Math.sign(g) * (1 + Math.abs(g)))], rates };
    const [moved] = follow(adam(), first, true);
    for (const [i, value] of moved!.entries()) {
      expect(value).toBeCloseTo(start[i]! - rates[0]! * Math.sign(first.gradients[0]![i]!), 6);
    }
  });

  it('does not move along a gradient of zero', () => {
    const steps = course(6);
    const still = { ...steps, gradients: steps.gradients.map((g) => g.map(() => 0)) };
    expect(follow(adam(), still, true).at(-1)).toEqual(steps.start);
  });
});

describe('adamw', () => {
  it.each([1, 2])('takes a share of each weight off, beside the gradient (course %i)', (seed) => {
    const steps = course(seed);
    const decayed = adamOfThePaper(steps, { decay: 0.3 });
    expectSame(follow(adam({ weightDecay: 0.3 }), steps, true), decayed);
    expect(Math.abs(decayed.at(-1)![0]! - adamOfThePaper(steps).at(-1)![0]!)).toBeGreaterThan(1e-2);
  });

  it('leaves biases alone', () => {
    const steps = course(3);
    expectSame(follow(adam({ weightDecay: 0.3 }), steps, false), adamOfThePaper(steps));
  });
});

describe('sgd', () => {
  it.each([
    { momentum: 0, weightDecay: 0 },
    { momentum: 0.9, weightDecay: 0 },
    { momentum: 0, weightDecay: 0.1 },
    { momentum: 0.75, weightDecay: 0.1 },
  ])('with $momentum of momentum and $weightDecay of decay is heavy ball', ({ momentum, weightDecay }) => {
    const steps = course(7);
    expectSame(follow(sgd({ momentum, weightDecay }), steps, true), heavyBall(steps, momentum, weightDecay));
  });

  it('leaves biases alone', () => {
    const steps = course(8);
    expectSame(follow(sgd({ momentum: 0.9, weightDecay: 0.1 }), steps, false), heavyBall(steps, 0.9, 0));
  });

  it('keeps nothing without momentum', () => {
    expect(sgd().state).toEqual([]);
    expect(sgd({ momentum: 0.5 }).state).toEqual(['velocity']);
  });
});
