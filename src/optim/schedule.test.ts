import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from './schedule.js';

const schedule = (change: Partial<Schedule>): Schedule => ({
  name: 'constant',
  learningRate: 0.01,
  warmupSteps: 0,
  totalSteps: 100,
  ...change,
});

describe('the learning rate', () => {
  it('stays where it is told to', () => {
    for (const step of [1, 2, 50, 100, 1000]) expect(learningRateAt(schedule({}), step)).toBe(0.01);
  });

  it.each(['constant', 'cosine'] as const)('rises in equal parts to the whole over the warm-up (%s)', (name) => {
    const warm = schedule({ name, warmupSteps: 4 });
    expect([1, 2, 3, 4, 5].map((step) => learningRateAt(warm, step))).toEqual([0.0025, 0.005, 0.0075, 0.01, 0.01]);
  });

  it('falls along a cosine from the whole at the first step to nothing after the last', () => {
    const cosine = schedule({ name: 'cosine' });
    expect(learningRateAt(cosine, 1)).toBe(0.01);
    expect(learningRateAt(cosine, 51)).toBeCloseTo(0.005, 12);
    expect(learningRateAt(cosine, 26)).toBeCloseTo(0.01 * Math.cos(Math.PI / 8) ** 2, 12);
    // The last step still moves, if little: a step of nothing would be a step wasted.
    expect(learningRateAt(cosine, 100)).toBeCloseTo(0.01 * Math.sin(Math.PI / 200) ** 2, 12);
    expect(learningRateAt(cosine, 101)).toBeCloseTo(0, 12);
    expect(learningRateAt(cosine, 500)).toBeCloseTo(0, 12);
  });

  it('never leaves 0 … the given rate, nor rises after the warm-up', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('constant' as const, 'cosine' as const),
        fc.nat(50),
        fc.integer({ min: 1, max: 80 }),
        (name, warmupSteps, totalSteps) => {
          const plan = schedule({ name, warmupSteps, totalSteps });
          const rates = Array.from({ length: 100 }, (_, i) => learningRateAt(plan, i + 1));
          expect(rates.every((rate) => rate >= 0 && rate <= 0.01)).toBe(true);
          const later = rates.slice(warmupSteps);
          expect(later.every((rate, i) => i === 0 || rate <= later[i - 1]!)).toBe(true);
        },
      ),
    );
  });
});
