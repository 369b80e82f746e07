import { describe, expect, it } from 'vitest';
import { drawPoints, type PointLayer, stampOf } from './raster.js';

const [WIDTH, HEIGHT, MARGIN] = [40, 30, 5];
const RED = 0xff0000ff;
const BLUE = 0xffff0000;
const plain = { scaleX: 1, moveX: 0, scaleY: 1, moveY: 0 };

function drawn(
  layer: Partial<PointLayer> & Pick<PointLayer, 'points'>,
  radius = 0,
  smooth = false,
  projection = plain,
) {
  const width = WIDTH + 2 * MARGIN;
  const pixels = new Uint32Array(width * (HEIGHT + 2 * MARGIN));
  const all = { classes: new Uint8Array(layer.points.length / 2), colors: Uint32Array.of(RED, BLUE), ...layer };
  drawPoints(pixels, width, MARGIN, all, projection, stampOf(radius, smooth));
  return {
    at: (x: number, y: number): number => pixels[(y + MARGIN) * width + x + MARGIN]!,
    count: pixels.reduce((sum, pixel) => sum + (pixel === 0 ? 0 : 1), 0),
  };
}

describe('points as pixels', () => {
  it.each([1.5, 2.2, 3, 5])('covers the area of a disc of radius %d', (radius) => {
    const { whole, cover } = stampOf(radius, true);
    const area = whole.length / 2 + cover.reduce((sum, part) => sum + part / 255, 0);
    expect(area / (Math.PI * radius ** 2)).toBeGreaterThan(0.9);
    expect(area / (Math.PI * radius ** 2)).toBeLessThan(1.15);
  });

  it('lie where the projection puts them, in their own colour', () => {
    const { at, count } = drawn({ points: Float32Array.of(1, 2, 3, 1), classes: Uint8Array.of(0, 1) }, 0, false, {
      scaleX: 10,
      moveX: 2,
      scaleY: -5,
      moveY: 20,
    });
    expect([at(12, 10), at(32, 15), count]).toEqual([RED, BLUE, 2]);
  });

  it('are cut at the edge of the picture, and not drawn beyond its margin', () => {
    const { at, count } = drawn({ points: Float32Array.of(-1, 4, -100, 4, 1e9, 1e9, 39, 29) }, 3);
    expect([at(0, 4), at(39, 29)]).toEqual([RED, RED]);
    expect(count).toBe(2 * (stampOf(3, false).whole.length / 2));
  });

  it('of one class, and those of all others, are together all', () => {
    const labels = Int16Array.of(0, 1, 2, 1, -1);
    const points = Float32Array.from({ length: 10 }, (_, i) => 3 * i);
    const only = drawn({ points, only: { labels, label: 1, others: false } });
    const others = drawn({ points, only: { labels, label: 1, others: true } });
    expect([only.count, others.count]).toEqual([2, 3]);
    expect(only.at(6, 9)).toBe(RED);
    expect(others.at(6, 9)).toBe(0);
  });

  it('have edges that let through what lies under them', () => {
    const { at } = drawn({ points: Float32Array.of(10, 10), classes: Uint8Array.of(0) }, 2.3, true);
    expect(at(10, 10)).toBe(RED);
    expect(at(8, 8)).toBe(0);
    const edge = at(11, 8);
    expect(edge & 0xffffff).toBe(0x0000ff);
    expect(edge >>> 24).toBeGreaterThan(0);
    expect(edge >>> 24).toBeLessThan(255);
    // Half of a blue edge over red is neither.
    const both = drawn({ points: Float32Array.of(10, 10, 10, 12), classes: Uint8Array.of(0, 1) }, 2.3, true);
    const mixed = both.at(11, 10);
    expect([mixed & 255, (mixed >>> 16) & 255, mixed >>> 24].every((part) => part > 0)).toBe(true);
  });
});
