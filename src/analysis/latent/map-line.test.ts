import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { densityOnLine, linePoints } from './map-line.js';

const normals = (count: number, seed: number): Float32Array => {
  const random = createRandom(seed, 'line-test');
  return Float32Array.from({ length: count }, () => random.normal());
};

describe('density on a line', () => {
  it('is that of the distribution that the numbers come from', () => {
    const values = normals(20_000, 1);
    densityOnLine(values).forEach((density, i) => {
      expect(Math.abs(density - Math.exp(-(values[i]! ** 2) / 2))).toBeLessThan(0.06);
    });
    const random = createRandom(2, 'uniform');
    const flat = Float32Array.from({ length: 20_000 }, () => random.uniform());
    densityOnLine(flat).forEach((density, i) => {
      if (flat[i]! > 0.15 && flat[i]! < 0.85) expect(density).toBeGreaterThan(0.85);
    });
  });

  it('does not depend on scale and place, and knows two heaps', () => {
    const values = normals(400, 3).map((value, i) => 0.3 * value + (i % 4 === 0 ? 8 : 0));
    const there = densityOnLine(values);
    const here = densityOnLine(values.map((value) => 1000 * value - 5));
    there.forEach((density, i) => {
      expect(here[i]).toBeCloseTo(density, 3);
    });
    const peak = (heap: number): number => Math.max(...there.filter((_, i) => (i % 4 === 0 ? 1 : 0) === heap));
    expect(peak(0)).toBeCloseTo(1, 2);
    expect(Math.abs(peak(1) - 1 / 3)).toBeLessThan(0.1);
  });

  it('is 1 for numbers that are all the same, and for one', () => {
    expect([...densityOnLine(new Float32Array(5).fill(0.3))]).toEqual([1, 1, 1, 1, 1]);
    expect([...densityOnLine(Float32Array.of(7))]).toEqual([1]);
  });
});

describe('codes of one value in the plane', () => {
  it('lie across as they are, the densest a quarter of their reach up', () => {
    const codes = normals(500, 4);
    const points = linePoints(codes);
    expect(points.filter((_, i) => i % 2 === 0)).toEqual(codes);
    const heights = points.filter((_, i) => i % 2 === 1);
    const reach = Math.max(...codes) - Math.min(...codes);
    expect(Math.max(...heights)).toBeLessThanOrEqual(reach / 4);
    expect(Math.max(...heights)).toBeGreaterThan(reach / 4.2);
    expect(Math.min(...heights)).toBeGreaterThan(0);
    expect([...linePoints(new Float32Array(2).fill(3))]).toEqual([3, 0, 3, 0]);
  });
});
