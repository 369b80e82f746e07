import fc from 'fast-check';
import { inverse, Matrix } from 'ml-matrix';
import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { total } from './scoring.js';
import { fitWhitening, whitener } from './whitening.js';

/** Errors of examples whose values depend on each other. */
function correlated(examples: number, size: number, seed: number): Float64Array[] {
  const random = createRandom(seed, 'errors');
  const mix = Array.from({ length: size * size }, () => random.normal());
  return Array.from({ length: examples }, () => {
    const own = Array.from({ length: size }, () => random.normal());
    return Float64Array.from({ length: size }, (_, i) =>
      own.reduce((sum, value, j) => sum + value * mix[i * size + j]!, 3 * i),
    );
  });
}

it('squares of white errors sum to the Mahalanobis distance, with the correlation shrunk as documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 2, max: 30 }),
      fc.nat(),
      async (size, examples, seed) => {
        const errors = correlated(examples, size, seed);
        const mean = Array.from({ length: size }, (_, i) => total(Float64Array.from(errors, (e) => e[i]!)) / examples);
        const centred = new Matrix(errors.map((e) => mean.map((center, i) => e[i]! - center)));
        const covariance = centred.transpose().mmul(centred).div(examples);
        const kept = examples / (size + examples);
        const shrunk = covariance.clone();
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) if (i !== j) shrunk.set(i, j, kept * shrunk.get(i, j));
        const precision = inverse(shrunk);
        const turn = whitener(await fitWhitening(errors));
        const white = new Float64Array(size);
        for (const [n, error] of errors.entries()) {
          turn(error, white);
          const row = centred.getRowVector(n);
          const distance = row.mmul(precision).mmul(row.transpose()).get(0, 0);
          expect(total(white.map((value) => value ** 2)) / distance).toBeCloseTo(1, 6);
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('values that repeat each other or never vary have white errors too', async () => {
  const errors = [1, 2, 4, 7].map((value) => Float64Array.of(value, value, 5));
  const white = new Float64Array(3);
  whitener(await fitWhitening(errors))(Float64Array.of(2, 2, 5), white);
  expect([...white].every(Number.isFinite)).toBe(true);
  expect(white[2]).toBe(0);
});
