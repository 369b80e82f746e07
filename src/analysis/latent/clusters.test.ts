import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { adjustedRandIndex, clusterAgreement, clustered, scaledRows } from './clusters.js';
import { blobs, disc, islands } from './constructed.oracle.js';

/** In the form of Steinley 2004, equation 5: over all pairs of points, together or apart in each. */
function byPairs(a: readonly number[], b: readonly number[]): number {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) counts[2 * Number(a[i] === a[j]) + Number(b[i] === b[j])]!++;
  }
  const [neither, second, first, both] = counts as [number, number, number, number];
  const below = (both + first) * (first + neither) + (both + second) * (second + neither);
  return below === 0 ? 1 : (2 * (both * neither - first * second)) / below;
}

/** The least sum of squares of numbers in so many groups: a group of sorted numbers has no gaps. */
function leastError(sorted: readonly number[], groups: number): number {
  if (groups === 1) {
    const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length;
    return sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  return Math.min(
    ...Array.from({ length: sorted.length - groups + 1 }, (_, i) => i + 1).map(
      (cut) => leastError(sorted.slice(0, cut), 1) + leastError(sorted.slice(cut), groups - 1),
    ),
  );
}

function errorOf(rows: number[][], groups: Int32Array): number {
  let sum = 0;
  for (const group of new Set(groups)) {
    const members = rows.filter((_, i) => groups[i] === group);
    const mean = members[0]!.map((_, k) => members.reduce((total, row) => total + row[k]!, 0) / members.length);
    for (const row of members) sum += row.reduce((total, value, k) => total + (value - mean[k]!) ** 2, 0);
  }
  return sum;
}

describe('the adjusted Rand index', () => {
  const grouping = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 30 });

  it('is that of counting pairs', () => {
    fc.assert(
      fc.property(grouping, (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        expect(adjustedRandIndex(a, b)).toBeCloseTo(byPairs(a, b), 10);
        expect(adjustedRandIndex(b, a)).toBeCloseTo(adjustedRandIndex(a, b), 10);
        expect(
          adjustedRandIndex(
            a,
            a.map((name) => 7 - name),
          ),
        ).toBe(1);
      }),
    );
  });

  it('is about 0 for groupings that know nothing of each other', () => {
    const random = createRandom(1, 'rand');
    const [a, b] = [0, 1].map(() => Array.from({ length: 5000 }, () => random.integer(4)));
    expect(Math.abs(adjustedRandIndex(a!, b!))).toBeLessThan(0.01);
  });
});

describe('k-means', () => {
  it('comes near the best that there is, and its groups are those of the nearest centres', () => {
    const shapes = fc.record({
      seed: fc.nat(),
      count: fc.integer({ min: 1, max: 4 }),
      n: fc.integer({ min: 4, max: 14 }),
    });
    let [found, best] = [0, 0];
    fc.assert(
      fc.property(shapes, ({ seed, count, n }) => {
        const random = createRandom(seed, 'line');
        const numbers = Array.from({ length: n }, () => random.normal()).sort((a, b) => a - b);
        const rows = numbers.map((value) => [value]);
        const { groups, assign } = clustered(rows, count, createRandom(seed, 'clusters'));
        expect(assign(rows)).toEqual(groups);
        const error = errorOf(rows, groups);
        const least = leastError(numbers, count);
        expect(error).toBeGreaterThan(least - 1e-9);
        found += error;
        best += least;
      }),
      { numRuns: effort(100, 1000) },
    );
    expect(found / best).toBeLessThan(1.1);
  });

  it('finds islands, and never more groups than there are different codes', () => {
    const { codes, labels } = islands({ side: 3 });
    const rows = scaledRows(codes, 2);
    expect(adjustedRandIndex(clustered(rows, 9, createRandom(1, 'islands')).groups, labels)).toBe(1);
    const twins = rows.map((_, i) => rows[i % 4]!);
    expect(new Set(clustered(twins, 10, createRandom(1, 'twins')).groups).size).toBe(4);
    const same = rows.map(() => rows[0]!);
    expect(clustered(same, 3, createRandom(1, 'same')).count).toBe(1);
  });
});

describe('the agreement of halves', () => {
  it('is perfect where clusters are in the codes and less where they are made up', () => {
    const heaps = clusterAgreement(scaledRows(blobs({ count: 400 }).codes, 2), 2, 4, 1);
    expect([...heaps]).toEqual([1, 1, 1, 1]);
    const made = clusterAgreement(scaledRows(disc({ count: 400 }).codes, 2), 2, 10, 1);
    expect(made.reduce((sum, index) => sum + index / 10, 0)).toBeLessThan(0.9);
  });
});
