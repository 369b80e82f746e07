import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { blobs, randomLabels } from '../latent/constructed.oracle.js';
import { linearProbe, standardised, stratifiedFolds } from './probe.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('folds', () => {
  it('are as large as each other, in every class too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 5, maxLength: 80 }),
        fc.integer({ min: 2, max: 5 }),
        (drawn, folds) => {
          const classes = Int32Array.from(drawn);
          const fold = stratifiedFolds(classes, folds, 1);
          const within = (members: readonly number[]): void => {
            const sizes = Array.from({ length: folds }, (_, f) => members.filter((i) => fold[i] === f).length);
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          };
          within([...classes.keys()]);
          for (const one of new Set(drawn)) within([...classes.keys()].filter((i) => classes[i] === one));
        },
      ),
    );
  });
});

describe('standardised codes', () => {
  it('have mean 0 and variance 1 in every unit that changes', () => {
    const random = createRandom(1, 'standardised');
    const codes = Float32Array.from({ length: 300 }, (_, i) =>
      i % 3 === 2 ? 0.1 : 5 + (1 + (i % 3)) * random.normal(),
    );
    const out = standardised(codes, 3);
    for (const unit of [0, 1]) {
      const values = out.filter((_, i) => i % 3 === unit);
      expect(values.reduce((sum, value) => sum + value, 0) / 100).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 100).toBeCloseTo(1, 5);
    }
    for (const still of out.filter((_, i) => i % 3 === 2)) expect(still).toBeCloseTo(0, 10);
  });
});

describe('a linear probe', () => {
  it('is as good as a linear classifier can be on two normal distributions', async () => {
    // The Bayes classifier of N(±m, I) is linear and right with probability Φ(|m|).
    const random = createRandom(3, 'two-classes');
    const n = 4000;
    const classes = Int32Array.from({ length: n }, () => random.integer(2));
    const codes = Float32Array.from({ length: 2 * n }, (_, i) => {
      const side = classes[i >> 1]! * 2 - 1;
      // one unit in another scale, which must not matter
      return i % 2 === 0 ? 0.6 * side + random.normal() : 1000 + 50 * (0.8 * side + random.normal());
    });
    const right = mean(await linearProbe(runtime, codes, 2, classes, 2, 1));
    expect(Math.abs(right - 0.8413)).toBeLessThan(3 * Math.sqrt((0.8413 * 0.1587) / n));
  });

  it('gets everything right where a plane divides the classes, and chance where nothing does', async () => {
    const { codes, labels } = blobs({ count: 300 });
    expect(mean(await linearProbe(runtime, codes, 2, labels, 2, 1))).toBe(1);
    const guessed = mean(await linearProbe(runtime, codes, 2, randomLabels(300, 3), 3, 1));
    expect(Math.abs(guessed - 1 / 3)).toBeLessThan(0.1);
  });

  it('is blind to what only a bent border divides', async () => {
    const random = createRandom(1, 'xor');
    const codes = Float32Array.from({ length: 4000 }, () => random.normal());
    const classes = Int32Array.from({ length: 2000 }, (_, i) => Number(codes[2 * i]! * codes[2 * i + 1]! > 0));
    expect(Math.abs(mean(await linearProbe(runtime, codes, 2, classes, 2, 1)) - 0.5)).toBeLessThan(0.06);
  });

  it('never learns from what it is asked about', async () => {
    // Each code says its class and nothing else: known from the others only where there are others.
    const classes = Int32Array.from({ length: 12 }, (_, i) => i);
    const codes = Float32Array.from({ length: 144 }, (_, i) => Number(i % 13 === 0));
    expect(mean(await linearProbe(runtime, codes, 12, classes, 12, 1))).toBe(0);
  });
});
