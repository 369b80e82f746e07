import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayDataset } from './dataset.js';
import { applyScaling, fitScaling } from './scaling.js';
import { seriesOf } from './series.js';
import { sliceDataset } from './slice.js';
import { splitDataset } from './split.js';
import { windowsOf } from './windows.js';

/** Row t holds t and −t. */
const series = (length: number, labels?: readonly number[]) =>
  arrayDataset(
    Float32Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2)),
    {
      name: 'series',
      shape: [2],
      columns: ['up', 'down'],
      ...(labels && { labels: { names: ['a', 'b'], values: Int32Array.from(labels) } }),
    },
  );

const sizes = fc.tuple(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 25 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

describe('windows of a series', () => {
  it('hold the rows from i · stride on, whichever block is read', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ([extra, window, stride, from, to]) => {
        const windows = windowsOf(series(window + extra), { window, stride });
        expect(windows).toMatchObject({ shape: [window, 2], sequence: true, columns: ['up', 'down'] });
        expect(windows.length).toBe(1 + Math.floor(extra / stride));
        const [start, end] = [from, to].map((part) => Math.round(part * windows.length)).sort((a, b) => a - b);
        const values = await windows.block(start!, end!);
        expect(values.length).toBe((end! - start!) * window * 2);
        for (const [at, value] of values.entries()) {
          const row = (start! + Math.floor(at / (2 * window))) * stride + (Math.floor(at / 2) % window);
          expect(Math.abs(value)).toBe(row);
        }
      }),
    );
  });

  it('that lie side by side are views', async () => {
    const rows = series(12);
    const [whole, windows] = [await rows.block(0, 12), await windowsOf(rows, { window: 3, stride: 3 }).block(1, 3)];
    expect(windows.buffer).toBe(whole.buffer);
  });

  it('have the class that all of their rows have', () => {
    const { labels } = windowsOf(series(6, [0, 0, 0, 1, 1, -1]), { window: 2 });
    expect(labels).toEqual({ names: ['a', 'b'], values: Int32Array.of(0, 0, -1, 1, -1) });
  });

  it('are refused where they cannot be, naming the option', () => {
    const refused = (where: string, problem: RegExp) =>
      expect.objectContaining({ code: 'bad-input', where, problem: expect.stringMatching(problem) });
    const cut = (window: number, stride?: number) => () => windowsOf(series(10), { window, stride });
    expect(cut(11)).toThrow(refused('window', /at most the 10 rows of series, got 11/));
    expect(cut(0)).toThrow(refused('window', /at least 1, got 0/));
    expect(cut(2, 0)).toThrow(refused('stride', /at least 1, got 0/));
    expect(cut(2, 1.5)).toThrow(refused('stride', /whole number.*got 1.5/));
    const images = arrayDataset(new Uint8Array(40), { name: 'images', shape: [2, 2] });
    expect(() => windowsOf(images, { window: 2 })).toThrow(refused('window', /shape \[2, 2\] from images/));
  });
});

describe('splitting windows', () => {
  it('tests on the last ones, and trains on none that shares a row with them', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ([extra, window, stride]) => {
        const windows = windowsOf(series(4 * window + 4 * stride + extra), { window, stride });
        const count = Math.round(0.25 * windows.length);
        const kept = windows.length - count - windows.overlap!;
        if (count === 0 || kept < 1) return;
        const { train, validation } = await splitDataset(windows, 0.25, 7);
        expect([train.length, validation.length]).toEqual([kept, count]);
        const [early, late] = [await train.block(0, train.length), await validation.block(0, count)];
        const [first, last] = [Math.min(...late.map(Math.abs)), Math.max(...early.map(Math.abs))];
        expect(last).toBeLessThan(first);
        // and no more are left out than must be
        expect(last + stride).toBeGreaterThanOrEqual(first);
        expect(Math.max(...late.map(Math.abs))).toBe((windows.length - 1) * stride + window - 1);
        expect(train).toMatchObject({ sequence: true, shape: [window, 2], overlap: windows.overlap });
      }),
    );
  });

  it('needs windows on either side', async () => {
    const windows = windowsOf(series(20), { window: 10 });
    await expect(splitDataset(windows, 0.5, 1)).rejects.toThrow(/got 11 windows, 6 of them.*9 across the border/);
    await expect(splitDataset(windows, 0.01, 1)).rejects.toThrow(/got 11 and 0/);
  });

  it('is at random for sequences that are apart', async () => {
    const apart = arrayDataset(
      Float32Array.from({ length: 400 }, (_, i) => Math.floor(i / 4)),
      { name: 'apart', shape: [2, 2], sequence: true },
    );
    const { train, validation } = await splitDataset(apart, 0.2, 1);
    expect([train.sequence, validation.sequence]).toEqual([true, true]);
    const values = await validation.block(0, validation.length);
    expect(Math.min(...values)).toBeLessThan(80);
  });
});

describe('scaling windows', () => {
  it('has one offset and scale for each column, the same at every time step', async () => {
    const windows = sliceDataset(windowsOf(series(20), { window: 4 }), 0, 7);
    const scaling = await fitScaling('min-max', windows);
    expect(scaling).toMatchObject({ offset: [0, -9], scale: [1 / 9, 1 / 9] });
    const scaled = applyScaling(await windows.block(0, 7), scaling);
    expect(scaled[0]).toBe(0);
    expect(scaled[2 * 4 * 6 + 6]).toBeCloseTo(1, 6);
    const side = windowsOf(series(20), { window: 4, stride: 4 });
    expect(await fitScaling('standard', side)).toEqual(await fitScaling('standard', series(20)));
  });

  it('are cut from each piece alone where the clock goes back, and the notes say so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 7 }),
        async (pieces, window, stride) => {
          const rows = pieces.flatMap((length, piece) => Array.from({ length }, (_, i) => ({ piece, i })));
          if (!pieces.some((length) => length >= window)) return;
          const values = Float64Array.from(rows, ({ i, piece }) => i - 100 * piece);
          const dataset = { ...series(rows.length), times: { column: 't', unit: 'number', values } as const };
          const windows = windowsOf(dataset, { window, stride });
          const expected = rows.flatMap(({ piece, i }, row) =>
            i % stride === 0 && i + window <= pieces[piece]! ? [row] : [],
          );
          expect(windows.length).toBe(expected.length);
          const all = await windows.block(0, windows.length);
          expect(expected.map((_, n) => Math.abs(all[n * window * 2]!))).toEqual(expected);
          expect([...windows.times!.values]).toEqual(expected.map((row) => values[row]));
          if (windows.length > 1) {
            const part = sliceDataset(windows, 1, windows.length);
            expect([...(await part.block(0, part.length))]).toEqual([...all.subarray(window * 2)]);
            const cut = seriesOf(part);
            if (cut) expect(cut.rows.length).toBe(expected.at(-1)! + window - expected[1]!);
          }
          expect(windows.notes?.some((note) => note.includes('the clock goes back')) ?? false).toBe(pieces.length > 1);
        },
      ),
    );
  });

  it('are refused where no piece between two places where the clock goes back is long enough', () => {
    const times = { column: 't', unit: 'number', values: Float64Array.of(1, 2, 2, 1, 4) } as const;
    expect(() => windowsOf({ ...series(5), times }, { window: 4 })).toThrow(/^window: expected at most 3 rows/);
  });

  it('are refused of rows whose times repeat, as those of several series do', () => {
    const times = { column: 't', unit: 'number', values: Float64Array.from({ length: 20 }, (_, i) => i >> 1) } as const;
    const message = /^series: expected the rows of one series, got 10 rows that repeat .* row 2 \(name the column/;
    expect(() => windowsOf({ ...series(20), times }, { window: 4 })).toThrow(message);
    expect(windowsOf({ ...series(20), times, roles: { gap: 'none' } }, { window: 4 }).length).toBe(17);
  });

  it('reach across repeated times but across no gap, and the notes say so', () => {
    const values = Float64Array.of(1, 2, 3, 3, 4, 5, 6, 7, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103);
    const times = { column: 't', unit: 'number', values } as const;
    const windows = windowsOf({ ...series(22), times }, { window: 4 });
    expect(windows.length).toBe(5 + 11);
    expect(windows.notes).toEqual([
      '1 row repeats the time before (first at row 4, 3)',
      '1 step in time is longer than 2, the longest 83 before row 9, 90: no window reaches across; `gap` sets the limit',
      '3 windows that would reach across gaps are left out',
    ]);
    const across = windowsOf({ ...series(22), times, roles: { gap: 'none' } }, { window: 4 });
    expect(across.length).toBe(19);
    expect(across.notes).toHaveLength(1);
  });
});
