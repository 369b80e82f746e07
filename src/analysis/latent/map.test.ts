import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { nearestNeighbours } from '../statistics/neighbours.js';
import { moved, swissRoll } from './constructed.oracle.js';
import { latentMaps } from './map.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** Heaps in five dimensions, 20 apart; row i is of heap i mod 3. */
function heaps(count: number): Float32Array {
  const random = createRandom(1, 'heaps');
  return Float32Array.from({ length: 5 * count }, (_, i) => {
    const heap = Math.floor(i / 5) % 3;
    return random.normal() + (i % 5 === heap ? 20 : 0);
  });
}

/** The part of the points whose nearest one is of the same heap. */
async function together(points: Float32Array): Promise<number> {
  const { indices } = await nearestNeighbours(runtime, points, 2, 1);
  return indices.reduce((sum, other, i) => sum + Number(other % 3 === i % 3), 0) / indices.length;
}

describe('maps of codes', () => {
  it('are the code itself where it has two values, which keeps all neighbourhoods', async () => {
    const codes = heaps(100).slice(0, 200);
    const maps = await latentMaps(codes, 2, { runtime });
    expect(maps.map(({ method }) => method)).toEqual(['code']);
    expect(maps[0]!.points).toEqual(codes);
    expect(maps[0]!.explained).toBe(1);
    expect(maps[0]!.plane).toEqual({
      origin: Float32Array.of(0, 0),
      across: Float32Array.of(1, 0),
      up: Float32Array.of(0, 1),
    });
    expect(maps[0]!.preservation.trustworthiness.value).toBe(1);
    expect(maps[0]!.preservation.continuity.value).toBe(1);
  });

  it('have codes only across where the code has one value', async () => {
    const codes = heaps(40);
    const [map] = await latentMaps(codes, 1, { runtime });
    const { origin, across, up } = map!.plane!;
    expect([origin, across, up].map((values) => [...values])).toEqual([[0], [1], [0]]);
    expect(map!.points.filter((_, i) => i % 2 === 0)).toEqual(codes);
  });

  it('are the plane of most variance and a layout where there are more values', async () => {
    const codes = heaps(300);
    const [pca, umap] = await latentMaps(codes, 5, { runtime, seed: 3 });
    expect([pca!.method, umap!.method]).toEqual(['pca', 'umap']);
    const { origin, across, up } = pca!.plane!;
    for (let i = 0; i < 300; i++) {
      for (const [axis, direction] of [across, up].entries()) {
        const along = direction.reduce((sum, value, k) => sum + value * (codes[5 * i + k]! - origin[k]!), 0);
        expect(pca!.points[2 * i + axis]).toBeCloseTo(along, 3);
      }
    }
    // Of heaps 20 apart along three axes, the plane through their centres has nearly everything.
    expect(pca!.explained).toBeGreaterThan(0.95);
    expect(await together(umap!.points)).toBe(1);
    expect(umap!.preservation.trustworthiness.value).toBeGreaterThan(0.95);
    expect(umap!.preservation.continuity.value).toBeGreaterThan(0.95);
  });

  it('are the same twice, and others by another seed', async () => {
    const codes = heaps(60);
    const once = await latentMaps(codes, 5, { runtime, seed: 3 });
    expect(await latentMaps(codes, 5, { runtime, seed: 3 })).toEqual(once);
    const [, other] = await latentMaps(codes, 5, { runtime, seed: 4 });
    expect(other!.points).not.toEqual(once[1]!.points);
  });

  it('unroll what a plane folds together', async () => {
    const { codes } = moved(swissRoll({ count: 500 }), { scale: 0.1 });
    const [pca, umap] = await latentMaps(codes, 3, { runtime });
    const [flat, unrolled] = [pca!, umap!].map(({ preservation }) => preservation.trustworthiness);
    expect(unrolled!.interval[0]).toBeGreaterThan(flat!.interval[1]);
  });

  it('place the codes that were not laid out among those that were', async () => {
    const codes = heaps(600);
    const done: number[] = [];
    const onProgress = ({ done: examples, total }: { done: number; total?: number }): void => {
      expect(total).toBe(600);
      done.push(examples);
    };
    const [, umap] = await latentMaps(codes, 5, { runtime, fitted: 150, onProgress });
    expect(umap!.points.length).toBe(1200);
    expect(await together(umap!.points)).toBe(1);
    expect(umap!.preservation.trustworthiness.value).toBeGreaterThan(0.9);
    expect(done.at(-1)).toBe(600);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('have one place for one code', async () => {
    const codes = heaps(60);
    const twice = new Float32Array([...codes, ...codes]);
    const [, umap] = await latentMaps(twice, 5, { runtime });
    expect(umap!.points.slice(0, 120)).toEqual(umap!.points.slice(120));
  });

  it('are planes alone where few codes are different', async () => {
    const hot = Float32Array.from({ length: 320 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4));
    for (const codes of [hot, new Float32Array(80).fill(0.3), heaps(4).slice(0, 16)]) {
      const maps = await latentMaps(codes, 4, { runtime });
      expect(maps.map(({ method }) => method)).toEqual(['pca']);
      expect(maps[0]!.points.every(Number.isFinite)).toBe(true);
      expect(maps[0]!.explained).toBeGreaterThan(0.5);
    }
    const codes = Float32Array.from({ length: 48 }, (_, i) => Math.floor(i / 3) ** 2 + (i % 3));
    const [, least] = await latentMaps(codes, 3, { runtime });
    expect(least!.points.every(Number.isFinite)).toBe(true);
  });

  it('stop on request', async () => {
    const stop = new AbortController();
    const maps = latentMaps(heaps(300), 5, { runtime, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(maps).rejects.toMatchObject({ code: 'cancelled' });
    await expect(latentMaps(heaps(30), 5, { runtime, signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('are refused of fewer than four codes, and of values that are no numbers', async () => {
    await expect(latentMaps(heaps(3), 5, { runtime })).rejects.toThrow('4 or more');
    const codes = heaps(30);
    codes[12] = Number.POSITIVE_INFINITY;
    await expect(latentMaps(codes, 5, { runtime })).rejects.toThrow('row 3, column 3');
  });
});
