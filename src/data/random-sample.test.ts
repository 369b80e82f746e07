import { describe, expect, it } from 'vitest';
import { arrayDataset } from './dataset.js';
import { randomSample } from './random-sample.js';
import { sliceDataset } from './slice.js';
import { streamOf } from './stream.js';
import { windowsOf } from './windows.js';

const rows = arrayDataset(
  Float32Array.from({ length: 200 }, (_, i) => Math.floor(i / 2)),
  { name: 'rows', shape: [2] },
);
const valuesOf = async (data: typeof rows) => [...(await data.block(0, data.length))];

describe('a random sample', () => {
  it('has every example at most once, whole, and the same ones for the same seed', async () => {
    for (const source of [rows, { ...streamOf(rows) }]) {
      const values = await valuesOf(await randomSample(source, 30));
      const first = values.filter((_, i) => i % 2 === 0);
      expect(values).toEqual(first.flatMap((value) => [value, value]));
      expect(new Set(first).size).toBe(30);
      expect(await valuesOf(await randomSample(source, 30))).toEqual(values);
      expect(await valuesOf(await randomSample(source, 30, { seed: 1 }))).not.toEqual(values);
    }
  });

  it('has all where there are no more', async () => {
    expect(await valuesOf(await randomSample(rows, 1000))).toEqual(await valuesOf(rows));
    expect(await valuesOf(await randomSample(streamOf(rows), 1000))).toEqual(await valuesOf(rows));
  });

  it('draws from the end of a stream as often as from its start', async () => {
    let late = 0;
    for (let seed = 0; seed < 200; seed++) {
      const values = await valuesOf(await randomSample(streamOf(rows), 5, { seed }));
      late += values.filter((value, i) => i % 2 === 0 && value >= 50).length;
    }
    expect(late / 1000).toBeGreaterThan(0.4);
    expect(late / 1000).toBeLessThan(0.6);
  });

  it('has no two windows that share a step', async () => {
    const windows = windowsOf(sliceDataset(rows, 0, 100), { window: 8 });
    const sample = await randomSample(windows, 50);
    const values = await valuesOf(sample);
    expect(sample.length).toBeGreaterThan(8);
    expect(new Set(values).size).toBe(sample.length * 8);
  });
});
