import { describe, expect, it } from 'vitest';
import { openTally } from '../tasks/detect/tally.js';
import { datasetOf } from './in-memory.js';
import { chooseWindowOf } from './period.js';
import { inPieces, piecesIn } from './pieces.js';
import { seriesOf, startOf } from './series.js';
import { splitDataset } from './split.js';
import { windowsOf } from './windows.js';

const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 1);
const text = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();

/** Rows of machines, each value its machine's number × 1000 + its step. */
const machineRows = (machines: readonly string[], steps: number, inTurns: boolean) => {
  const row = (machine: string, step: number) => ({
    ts: text(10 * step),
    machine,
    temp: machines.indexOf(machine) * 1000 + step,
  });
  return inTurns
    ? Array.from({ length: steps }, (_, step) => machines.map((machine) => row(machine, step))).flat()
    : machines.flatMap((machine) => Array.from({ length: steps }, (_, step) => row(machine, step)));
};
const machines = ['A', 'B', 'C'];
const roles = { time: 'ts', group: 'machine' } as const;

describe('several series in one table', () => {
  it.each([true, false])('are cut into windows of one group each, in turns: %s', async (inTurns) => {
    const data = await datasetOf(machineRows(machines, 20, inTurns), roles);
    expect(data.columns).toEqual(['temp']);
    expect(data.roles).toEqual({ time: 'ts', group: ['machine'] });
    const windows = windowsOf(data, { window: 8 });
    expect(windows.length).toBe(3 * 13);
    const values = await windows.block(0, windows.length);
    const ofMachine = windows.carried!.find(({ name }) => name === 'machine')!.values;
    for (let i = 0; i < windows.length; i++) {
      const own = [...values.subarray(i * 8, i * 8 + 8)];
      expect(own).toEqual(Array.from({ length: 8 }, (_, t) => own[0]! + t));
      expect(ofMachine[i]).toBe(machines[Math.floor(own[0]! / 1000)]);
    }
    expect(windows.notes).toEqual(['3 groups by machine: no window reaches from one to another']);
    // blocks of any size hold the same windows
    const parts = [await windows.block(0, 5), await windows.block(5, 30), await windows.block(30, 39)];
    expect(parts.flatMap((part) => [...part])).toEqual([...values]);
    const numbers = windows.carried!.find(({ role }) => role === 'row')!.values;
    const rows = await data.block(0, data.length);
    for (let i = 0; i < windows.length; i++) expect(rows[Number(numbers[i]) - 1]).toBe(values[i * 8]);
  });

  it('give the last windows of each group for validation, none of which shares a row with training', async () => {
    const windows = windowsOf(await datasetOf(machineRows(machines, 60, true), roles), { window: 8 });
    const { train, validation } = await splitDataset(windows, 0.2, 0);
    const groupsOf = ({ carried }: typeof train) =>
      new Set(Array.from(carried!.find(({ role }) => role === 'group')!.values, String));
    expect([...groupsOf(train)]).toEqual(machines);
    expect([...groupsOf(validation)]).toEqual(machines);
    const valuesOf = async (part: typeof train) => new Set<number>(await part.block(0, part.length));
    const [ofTrain, ofValidation] = [await valuesOf(train), await valuesOf(validation)];
    for (const value of ofValidation) expect(ofTrain.has(value)).toBe(false);
    // whoever cuts the windows out of the rows gets the same
    for (const part of [train, validation]) {
      const series = seriesOf(part)!;
      const values = await part.block(0, part.length);
      for (let i = 0; i < part.length; i++) {
        const at = startOf(series, i);
        expect(await series.rows.block(at, at + 8)).toEqual(values.slice(i * 8, i * 8 + 8));
      }
      expect(piecesIn(series.rows)).toHaveLength(3);
    }
  });

  it('that are short give whole groups for validation', async () => {
    const many = Array.from({ length: 10 }, (_, i) => `m${i}`);
    const windows = windowsOf(await datasetOf(machineRows(many, 10, false), roles), { window: 8 });
    const { train, validation } = await splitDataset(windows, 0.2, 0);
    expect([train.length, validation.length]).toEqual([24, 6]);
  });

  it('have a window by their longest piece', async () => {
    const rows = machineRows(['A', 'B'], 400, true).map((row, i) => ({
      ...row,
      temp: Math.sin((Math.PI * (i >> 1)) / 12),
    }));
    expect(await chooseWindowOf(await datasetOf(rows, roles))).toMatchObject({ period: { rows: 24 } });
  });
});

/** Rows at some minutes. */
const at = (minutes: readonly number[], gap?: string | number) =>
  datasetOf(
    minutes.map((minute, i) => ({ ts: text(minute), value: i })),
    { time: 'ts', ...(gap !== undefined && { gap }) },
  );
const steps = (count: number, from = 0, step = 5) => Array.from({ length: count }, (_, i) => from + i * step);

describe('gaps', () => {
  it('are steps longer than usual; a duration, a number of steps or none says otherwise', async () => {
    const minutes = [...steps(30), ...steps(30, 160), ...steps(30, 2000)];
    const pieces = async (gap?: string | number) => piecesIn(inPieces(await at(minutes, gap)).rows).length;
    expect(await pieces()).toBe(3);
    expect(await pieces('30m')).toBe(2);
    expect(await pieces(2.5)).toBe(3);
    expect(await pieces(3)).toBe(2);
    expect(await pieces('2d')).toBe(1);
    expect(await pieces('none')).toBe(1);
    await expect(at(minutes, 'soon')).rejects.toThrow(/gap: expected a duration, .* got "soon" \(write 30m/);
    await expect(datasetOf([{ a: 1 }], { gap: '1h' })).rejects.toThrow(/gap: .*name it with `time`/);
  });

  it('that come as often as every twentieth step are usual', async () => {
    // eight hours a day
    const days = Array.from({ length: 12 }, (_, day) => steps(8, day * 1440, 60)).flat();
    expect(piecesIn(inPieces(await at(days)).rows)).toHaveLength(1);
  });

  it('are refused where no window is left, with what mends it', async () => {
    const data = await at([...steps(10), ...steps(10, 5000), ...steps(10, 9000)]);
    expect(() => windowsOf(data, { window: 12 })).toThrow(
      /window: expected at most 10 rows, .* \(take a `window` of at most 10; let windows reach across gaps with `gap: "none"`\)/,
    );
  });

  it('and rows that were left out are not closed', async () => {
    const rows = steps(40).map((minute, i) => ({ ts: text(minute), value: i === 17 ? Number.NaN : i }));
    for (const time of ['ts', undefined]) {
      const columns = time ? undefined : ['value'];
      const data = await datasetOf(rows, { time, columns, missing: 'drop' });
      expect(data.counts?.droppedRows).toEqual([18]);
      const windows = windowsOf(data, { window: 5 });
      expect(windows.length).toBe(13 + 18);
    }
  });
});

describe('a clock', () => {
  it('that changes by an hour in the night to a Sunday is explained', async () => {
    const autumn = Date.UTC(2026, 9, 25, 1);
    const rows = Array.from({ length: 60 }, (_, i) => ({
      ts: new Date(autumn + (i < 24 ? i : i - 12) * 5 * MINUTE).toISOString().slice(0, 19),
      value: i,
    }));
    const { faults, notes } = inPieces(await datasetOf(rows, { time: 'ts' }));
    expect(faults).toMatchObject({ backward: { count: 1, first: 24 }, changes: { count: 1, first: 24 } });
    expect(notes.at(-1)).toMatch(/row 25, 2026-10-25.* write times in UTC or with their zone .* do not sort/);
    const spring = rows.map(({ value }, i) => ({
      ts: new Date(Date.UTC(2026, 2, 29, 1) + (i < 12 ? i : i + 12) * 5 * MINUTE).toISOString().slice(0, 19),
      value,
    }));
    expect(inPieces(await datasetOf(spring, { time: 'ts' })).faults).toMatchObject({
      changes: { count: 1, first: 12 },
    });
  });

  it('that goes back or stands is told with the first row and how often', async () => {
    const { notes } = inPieces(await at([0, 5, 10, 10, 10, 15, 20, 5, 10, 15, 20]));
    expect(notes).toEqual([
      'the clock goes back once (first at row 8, 2026-01-01T00:05:00.000Z): the series is split there',
      '2 rows repeat the time before (first at row 4, 2026-01-01T00:10:00.000Z)',
    ]);
  });
});

it('groups of several columns are told apart by their names', async () => {
  const rows = [
    { g: 'a, b', h: 'c', value: 1 },
    { g: 'a', h: 'b, c', value: 2 },
  ];
  const data = await datasetOf(rows, { group: ['g', 'h'] });
  expect(inPieces(data).groups?.names).toEqual(['"a, b", c', 'a, "b, c"']);
  const tally = openTally(data);
  tally.add({ scores: [1, 2], anomalies: [0, 1], carried: data.carried!.map(({ values }) => values) } as never);
  expect(tally.groups().map(({ group }) => group)).toEqual(['a, "b, c"', '"a, b", c']);
});

it('windows too few to set some aside say what makes more of them', async () => {
  const rows = Array.from({ length: 20 }, (_, value) => ({ value }));
  const windows = windowsOf(await datasetOf(rows), { window: 4, stride: 1000 });
  await expect(splitDataset(windows, 0.1, 0)).rejects.toThrow('a smaller `stride`');
});

describe('holes', () => {
  const hole = Number.NaN;
  const rows = [1, hole, 3, 4, hole, hole, 10, hole].map((value, i) => ({
    ts: text([0, 5, 10, 15, 20, 30, 35, 40][i]!),
    value,
    state: i < 3 ? 'on' : i === 4 ? null : 'off',
  }));
  const valuesOf = async (missing: 'interpolate' | 'forward', gap = 'none') => {
    const data = await datasetOf(rows, { time: 'ts', missing, gap });
    const values = await data.block(0, data.length);
    return { numbers: [...values].filter((_, i) => i % 2 === 0), counts: data.counts, notes: data.notes };
  };

  it('are filled on the line in time between two values; those at the ends leave their rows out', async () => {
    const { numbers, counts, notes } = await valuesOf('interpolate');
    expect(numbers.map((value) => Math.round(100 * value) / 100)).toEqual([1, 2, 3, 4, 5.5, 8.5, 10]);
    expect(counts).toEqual({ droppedRows: [8], filledCells: 4 });
    expect(notes).toEqual([
      '4 missing cells are filled in, on the line between the rows before and behind',
      '1 of 8 rows was left out, because cells are missing: row 8',
    ]);
  });

  it('are filled with the value before', async () => {
    expect(await valuesOf('forward')).toMatchObject({
      numbers: [1, 1, 3, 4, 4, 4, 10, 10],
      counts: { filledCells: 5 },
    });
  });

  it('that are longer than the gap that was asked for stay', async () => {
    expect((await valuesOf('interpolate', '15m')).counts?.droppedRows).toEqual([5, 6, 8]);
  });

  it('are filled within a group, and across no gap', async () => {
    const grouped = [1, 100, hole, hole, 3, 300].map((value, i) => ({
      ts: text(5 * (i >> 1)),
      machine: 'AB'[i % 2]!,
      value,
    }));
    const data = await datasetOf(grouped, { ...roles, missing: 'interpolate' });
    expect([...(await data.block(0, 6))]).toEqual([1, 100, 2, 200, 3, 300]);
    const apart = [...steps(12), ...steps(12, 6000)].map((minute, i) => ({
      ts: text(minute),
      value: i === 12 ? hole : i,
    }));
    const filled = await datasetOf(apart, { time: 'ts', missing: 'forward' });
    expect(filled.counts).toEqual({ droppedRows: [13], filledCells: 0 });
  });

  it.each([
    'interpolate',
    'forward',
  ] as const)('are filled by the usual step of their own group: %s', async (missing) => {
    const rows = [1, 3600].flatMap((step) =>
      Array.from({ length: 40 }, (_, i) => ({ t: i * step, g: `step ${step}`, value: i % 10 === 5 ? hole : i })),
    );
    const data = await datasetOf(rows, { time: 't', group: 'g', missing, gap: 3 });
    expect(data.counts).toEqual({ droppedRows: [], filledCells: 8 });
    expect(windowsOf(data, { window: 40 }).length).toBe(2);
  });

  it('and windows take no duration for a gap where times are no dates', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ t: 1_700_000_000 + 60 * i, value: i }));
    await expect(datasetOf(rows, { time: 't', gap: '30m' })).rejects.toThrow(
      'gap: expected a number of usual steps or none, since the times of the column "t" are numbers and no dates, got "30m" (write `gap: 3` for three usual steps)',
    );
  });
});
