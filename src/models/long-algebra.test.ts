import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { pauses } from '../core/work.js';
import { eigenpairs, symmetric } from './eigenpairs.js';
import { eigenpairsSlowly, orthonormalSlowly, productSlowly } from './long-algebra.js';

const never = (): undefined => undefined;

function drawn(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed, 'matrix');
  return Matrix.from1DArray(
    rows,
    columns,
    Array.from({ length: rows * columns }, () => random.normal()),
  );
}

describe('long algebra', () => {
  it.each([1, 2, 3, 7, 40])('gives the digits of ml-matrix (%i values)', async (n) => {
    const [a, b] = [drawn(n + 3, n, 1), drawn(n, 4, 2)];
    const gram = symmetric(a.transpose().mmul(a));
    expect(await eigenpairsSlowly(gram, never)).toEqual(eigenpairs(gram));
    expect(await productSlowly(a, b, never)).toEqual(a.mmul(b));
    expect(await orthonormalSlowly(a, never)).toEqual(new QrDecomposition(a).orthogonalMatrix);
  });

  it('gives them where eigenvalues are equal or 0, and columns depend on each other', async () => {
    const random = drawn(6, 6, 3);
    for (const matrix of [Matrix.eye(5), Matrix.zeros(4, 4), Matrix.diag([2, 1, 2, 0, 1]), Matrix.ones(6, 6)]) {
      expect(await eigenpairsSlowly(matrix, never)).toEqual(eigenpairs(matrix));
      expect(await orthonormalSlowly(matrix, never)).toEqual(new QrDecomposition(matrix).orthogonalMatrix);
    }
    const { realEigenvalues } = new EigenvalueDecomposition(symmetric(random), { assumeSymmetric: true });
    expect((await eigenpairsSlowly(symmetric(random), never)).values).toEqual(realEigenvalues.toReversed());
  });

  it('tells how far it is, and stops where a signal says so', async () => {
    const gram = symmetric(drawn(400, 400, 4));
    const stopped = new AbortController();
    const done: number[] = [];
    const work = eigenpairsSlowly(gram, pauses(stopped.signal, 'rows'), (part, total) => done.push(part / total));
    setTimeout(() => stopped.abort(), 1);
    await expect(work).rejects.toThrow(/rows: stopped on request/);
    expect(done.length).toBeGreaterThan(0);
    expect(Math.max(...done)).toBeLessThan(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });
});
