import { afterAll, describe, expect, it } from 'vitest';
import { blobs, disc } from '../../../analysis/latent/constructed.oracle.js';
import type { LatentMap } from '../../../analysis/latent/figures.js';
import { createRuntime } from '../../../runtime/node.js';
import type { DepthOf } from './depth.js';
import { kinOf, specimensOf } from './kin.js';
import { decodedPlane, extentOf } from './plane.js';
import { pairsOf, stripsBetween } from './strips.js';
import { traverse } from './traversals.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

/** As deep as the place is far from where it comes back to, in tenths of a unit. */
const depthOf: (space: { roundTrip: DepthOf }) => DepthOf = (space) => async (codes) => {
  const back = await space.roundTrip(codes);
  return Float32Array.from(
    { length: codes.length / 2 },
    (_, n) => 10 * Math.hypot(back[2 * n]! - codes[2 * n]!, back[2 * n + 1]! - codes[2 * n + 1]!),
  );
};

const plane = { origin: Float32Array.of(0, 0), across: Float32Array.of(1, 0), up: Float32Array.of(0, 1) };
const preserved = { value: 1, interval: [1, 1] } as const;
const mapOf = (points: Float32Array): LatentMap => ({
  method: 'code',
  points,
  plane,
  preservation: { k: 5, points: 10, trustworthiness: preserved, continuity: preserved },
});

describe('the plane behind a map', () => {
  it('is decoded in the middle of its cells, the top row first', async () => {
    const space = disc({ count: 200 });
    const made = await decodedPlane(mapOf(space.codes), space.codes, space, depthOf(space));
    const { columns, rows, extent, outputs } = made;
    expect(outputs.length).toBe(columns * rows * space.size);
    const at = (row: number, column: number): Float32Array =>
      Float32Array.of(
        extent.left + ((column + 0.5) / columns) * (extent.right - extent.left),
        extent.top - ((row + 0.5) / rows) * (extent.top - extent.bottom),
      );
    for (const [row, column] of [
      [0, 0],
      [0, columns - 1],
      [rows - 1, 2],
    ] as const) {
      const cell = row * columns + column;
      const expected = await space.decode(at(row, column));
      const got = outputs.subarray(cell * space.size, (cell + 1) * space.size);
      for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 4);
    }
  });

  it('is shaded where there are gaps: between two blobs, and not in them', async () => {
    const space = blobs({ count: 300 });
    const { gaps, extent } = await decodedPlane(mapOf(space.codes), space.codes, space, depthOf(space));
    const depthAt = (x: number, y: number): number => {
      const column = Math.floor(((x - extent.left) / (extent.right - extent.left)) * gaps.columns);
      const row = Math.floor(((extent.top - y) / (extent.top - extent.bottom)) * gaps.rows);
      return gaps.depth[row * gaps.columns + column]!;
    };
    const middleOf = (label: number): [number, number] => {
      const mine = [...space.labels.keys()].filter((i) => space.labels[i] === label);
      const mean = (axis: number) => mine.reduce((sum, i) => sum + space.codes[2 * i + axis]!, 0) / mine.length;
      return [mean(0), mean(1)];
    };
    const [a, b] = [middleOf(0), middleOf(1)];
    expect(depthAt(...a)).toBe(0);
    expect(depthAt(...b)).toBe(0);
    expect(depthAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)).toBeGreaterThan(128);
  });

  it('has width and height where all codes are the same', () => {
    const { left, right, bottom, top } = extentOf(new Float32Array(20).fill(3));
    expect(right).toBeGreaterThan(left);
    expect(top).toBeGreaterThan(bottom);
  });
});

describe('strips', () => {
  it('go between examples of different classes, each example once', () => {
    const classes = Int32Array.from({ length: 40 }, (_, i) => i % 4);
    const pairs = pairsOf(40, classes, 6, 1);
    expect(pairs).toHaveLength(6);
    expect(new Set(pairs.flat()).size).toBe(12);
    for (const [from, to] of pairs) expect(classes[from]).not.toBe(classes[to]);
  });

  it('are there for data of one class too, and no more than there are pairs', () => {
    expect(pairsOf(10, new Int32Array(10), 3, 1)).toHaveLength(3);
    for (const [from, to] of pairsOf(2, undefined, 3, 1)) expect(from).not.toBe(to);
  });

  it('begin and end at the codes of their examples, and mark gaps and jumps between two blobs', async () => {
    const space = blobs({ count: 100, decoder: 'sudden' });
    const smooth = disc({ count: 100 });
    const ends = [space.labels.indexOf(0), space.labels.indexOf(1)] as const;
    const [strip] = await stripsBetween([ends], space.codes, space, depthOf(space), 'straight');
    const [even] = await stripsBetween([[0, 1]], smooth.codes, smooth, depthOf(smooth), 'straight');
    const steps = strip!.gaps.length;
    expect([...strip!.codes.slice(0, 2)]).toEqual([...space.codes.slice(2 * ends[0], 2 * ends[0] + 2)]);
    expect([...strip!.codes.slice(-2)]).toEqual([...space.codes.slice(2 * ends[1], 2 * ends[1] + 2)]);
    expect(strip!.gaps[0]).toBe(0);
    expect(strip!.gaps[steps >> 1]).toBe(1);
    expect([...even!.gaps].every((gap) => gap === 0)).toBe(true);
    expect(strip!.jump).toBeGreaterThan(3);
    expect(even!.jump).toBeCloseTo(1, 2);
  });
});

describe('traversals', () => {
  it('move one unit alone, from its lowest hundredth to its highest, the one with most effect first', async () => {
    const space = disc({ count: 300 });
    const wide = { ...space, codes: space.codes.map((value, i) => (i % 2 === 0 ? value * 0.1 : value)) };
    const [first, second] = await traverse(wide.codes, space);
    expect([first!.unit, second!.unit]).toEqual([1, 0]);
    expect(first!.effect).toBeGreaterThan(second!.effect);
    const { example, values, outputs } = first!;
    const codes = Float32Array.from({ length: 2 * values.length }, (_, i) =>
      i % 2 === 0 ? wide.codes[2 * example]! : values[i >> 1]!,
    );
    const expected = await space.decode(codes);
    for (const [i, value] of expected.entries()) expect(outputs[i]).toBeCloseTo(value, 5);
  });
});

describe('next of kin', () => {
  it('takes an example of each class, then the first ones', () => {
    expect(specimensOf(6, Int32Array.of(2, 2, 0, 1, 0, -1), 5)).toEqual([2, 3, 0, 1, 4]);
    expect(specimensOf(4, undefined, 3)).toEqual([0, 1, 2]);
    expect(specimensOf(2, undefined, 5)).toEqual([0, 1]);
  });

  it('finds the nearest by code and by value, never the example itself', async () => {
    const codes = Float32Array.of(0, 1, 3, 10);
    const examples = Float32Array.of(0, 0, 9, 9, 0, 1, 5, 5);
    const [first] = await kinOf([0], { codes, width: 1, examples, size: 2 }, runtime);
    expect(first).toEqual({ example: 0, byCode: [1, 2, 3], byValue: [2, 3, 1] });
  });
});
