import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { createRuntime } from '../../runtime/node.js';
import { blobs, islands, moved, randomLabels } from './constructed.oracle.js';
import { separabilityFigures } from './separability.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** Every code asked among all others, distance by distance. */
function accuracyOfNeighbours(codes: Float32Array, width: number, classes: Int32Array, k: number): number {
  const n = classes.length;
  let right = 0;
  for (let i = 0; i < n; i++) {
    const square = (j: number): number =>
      Array.from({ length: width }, (_, c) => (codes[i * width + c]! - codes[j * width + c]!) ** 2).reduce(
        (a, b) => a + b,
      );
    const nearest = [...classes.keys()]
      .filter((j) => j !== i)
      .sort((a, b) => square(a) - square(b))
      .slice(0, k)
      .map((j) => classes[j]!);
    const votes = (one: number): number => nearest.filter((other) => other === one).length;
    const most = Math.max(...nearest.map(votes));
    if (nearest.find((one) => votes(one) === most) === classes[i]) right++;
  }
  return right / n;
}

describe('separability', () => {
  it('is perfect for heaps that are their classes', async () => {
    const { codes, labels } = blobs({ count: 600 });
    const { labelled, clusters } = await separabilityFigures(codes, 2, { runtime, labels: { values: labels } });
    expect(labelled!.classes).toBe(2);
    expect(labelled!.k).toBe(10);
    expect(labelled!.neighbours).toEqual({ value: 1, interval: [1, 1] });
    expect(labelled!.probe).toEqual({ value: 1, interval: [1, 1] });
    expect(clusters.count).toBe(2);
    expect(clusters.stability.value).toBe(1);
    expect(clusters.silhouette.value).toBeCloseTo(labelled!.silhouette.value, 10);
    expect(clusters.silhouette.value).toBeGreaterThan(0.8);
  });

  it('counts islands without their names', async () => {
    const { codes } = islands({ side: 3, count: 900 });
    const { clusters, labelled } = await separabilityFigures(codes, 2, { runtime });
    expect(labelled).toBeUndefined();
    expect(clusters.count).toBe(9);
    expect(clusters.stability.value).toBeGreaterThan(0.99);
  });

  it('asks each code among all others', async () => {
    const random = createRandom(1, 'overlap');
    const classes = Int32Array.from({ length: 200 }, () => random.integer(3));
    const codes = Float32Array.from({ length: 600 }, (_, i) => 0.8 * classes[Math.floor(i / 3)]! + random.normal());
    for (const k of [1, 4, 10]) {
      const { labelled } = await separabilityFigures(codes, 3, { runtime, labels: { values: classes }, k });
      const { value, interval } = labelled!.neighbours;
      expect(value).toBeCloseTo(accuracyOfNeighbours(codes, 3, classes, k), 10);
      expect(interval[0]).toBeLessThan(value);
      expect(interval[1]).toBeGreaterThan(value);
    }
  });

  it('clusters wide codes by their principal components', async () => {
    const { codes } = islands({ side: 2, count: 300 });
    const random = createRandom(2, 'wide');
    const turn = Float32Array.from({ length: 160 }, () => random.normal() / 9);
    const wide = Float32Array.from({ length: 300 * 80 }, (_, i) => {
      const [row, k] = [Math.floor(i / 80), i % 80];
      return codes[2 * row]! * turn[k]! + codes[2 * row + 1]! * turn[80 + k]! + 0.001 * random.normal();
    });
    const { clusters } = await separabilityFigures(wide, 80, { runtime });
    expect(clusters.count).toBe(4);
    expect(clusters.stability.value).toBeGreaterThan(0.99);
  });

  it('finds nothing of labels that have nothing to do with the codes', async () => {
    const values = randomLabels(1000, 4);
    const { labelled } = await separabilityFigures(blobs({ count: 1000 }).codes, 2, { runtime, labels: { values } });
    expect(Math.abs(labelled!.neighbours.value - 0.25)).toBeLessThan(0.05);
    expect(Math.abs(labelled!.probe.value - 0.25)).toBeLessThan(0.05);
    expect(labelled!.silhouette.value).toBeLessThan(0.01);
    expect(labelled!.chance).toBeCloseTo(0.25, 1);
  });

  it('is the same for codes that are turned, scaled and moved', async () => {
    const space = islands({ side: 2, count: 500 });
    const options = { runtime, labels: { values: randomLabels(500, 3, 4) } };
    const there = await separabilityFigures(space.codes, 2, options);
    const here = await separabilityFigures(moved(space, { scale: 0.01, offset: 1 }).codes, 2, options);
    expect(here.clusters.count).toBe(there.clusters.count);
    expect(here.clusters.silhouette.value).toBeCloseTo(there.clusters.silhouette.value, 3);
    expect(Math.abs(here.labelled!.neighbours.value - there.labelled!.neighbours.value)).toBeLessThan(0.01);
    expect(Math.abs(here.labelled!.probe.value - there.labelled!.probe.value)).toBeLessThan(0.01);
  });

  it('leaves out examples whose class is unknown', async () => {
    const { codes, labels } = blobs({ count: 300 });
    const values = labels.map((label, i) => (i % 3 === 0 ? -1 : label));
    const { labelled } = await separabilityFigures(codes, 2, { runtime, labels: { values } });
    const known = await separabilityFigures(
      codes.filter((_, i) => Math.floor(i / 2) % 3 !== 0),
      2,
      { runtime, labels: { values: labels.filter((_, i) => i % 3 !== 0) } },
    );
    expect(labelled).toEqual(known.labelled);
  });

  it('is the same twice, and looks at a sample of many codes', async () => {
    const { codes, labels } = islands({ count: 2000 });
    const options = { runtime, labels: { values: labels }, points: 300, seed: 5 };
    const once = await separabilityFigures(codes, 2, options);
    expect(await separabilityFigures(codes, 2, options)).toEqual(once);
    expect([once.clusters.count, once.clusters.points, once.labelled!.points]).toEqual([9, 300, 300]);
  });

  it('says what there is to say of next to nothing', async () => {
    const same = await separabilityFigures(new Float32Array(40).fill(0.7), 2, {
      runtime,
      labels: { values: randomLabels(20, 2) },
    });
    expect(same.clusters).toEqual({
      points: 20,
      count: 1,
      silhouette: { value: 0, interval: [0, 0] },
      stability: { value: 1, interval: [1, 1] },
    });
    expect(same.labelled!.silhouette.value).toBe(0);
    for (const values of [new Int32Array(20).fill(3), new Int32Array(20).fill(-1)]) {
      const one = await separabilityFigures(blobs({ count: 20 }).codes, 2, { runtime, labels: { values } });
      expect(one.labelled).toBeUndefined();
    }
    expect((await separabilityFigures(Float32Array.of(1, 2), 2, { runtime })).clusters.count).toBe(1);
    const two = await separabilityFigures(Float32Array.of(1, 2, 3, 5, 8, 13), 2, {
      runtime,
      labels: { values: Int32Array.of(0, 1, 1) },
    });
    expect(two.labelled!.k).toBe(2);
    for (const estimate of [
      two.labelled!.probe,
      two.labelled!.silhouette,
      two.clusters.silhouette,
      two.clusters.stability,
    ]) {
      expect(Number.isFinite(estimate.value)).toBe(true);
    }
    const hot = Float32Array.from({ length: 400 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4));
    const { clusters } = await separabilityFigures(hot, 4, { runtime });
    expect(clusters.count).toBe(4);
    expect(clusters.silhouette.value).toBeCloseTo(1, 5);
    expect(clusters.stability.value).toBe(1);
  });

  it('is refused without codes, with labels of others, and with values that are no numbers', async () => {
    const { codes } = blobs({ count: 10 });
    await expect(separabilityFigures(new Float32Array(0), 2, { runtime })).rejects.toThrow('at least one');
    const labels = { values: new Int32Array(9) };
    await expect(separabilityFigures(codes, 2, { runtime, labels })).rejects.toThrow('a label for each of 10');
    codes[7] = Number.NaN;
    await expect(separabilityFigures(codes, 2, { runtime })).rejects.toThrow('row 4, column 2');
  });
});
