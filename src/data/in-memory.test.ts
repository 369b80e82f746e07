import { describe, expect, it } from 'vitest';
import { arrayDataset } from './dataset.js';
import { datasetOf, examplesOf, type Row } from './in-memory.js';
import { streamOf } from './stream.js';

const readings = [
  { temperature: 20.5, machine: 'A', open: true },
  { temperature: 21, machine: 'B', open: false },
  { temperature: 19.5, machine: 'A', open: false },
];

async function valuesOf(data: Parameters<typeof datasetOf>[0], options?: Parameters<typeof datasetOf>[1]) {
  const dataset = await datasetOf(data, options);
  return { ...dataset, values: Array.from(await dataset.block(0, dataset.length)) };
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield item;
}

/** What a promise is refused with. */
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('data in memory', () => {
  it('takes an array with its shape, as bytes or as 32-bit floats', async () => {
    const floats = { values: Float64Array.from([1, 2, 3, 4, 5, 6]), shape: [3, 2] };
    expect(await valuesOf(floats)).toMatchObject({
      shape: [2],
      length: 3,
      type: 'float32',
      values: [1, 2, 3, 4, 5, 6],
    });
    const images = { values: new Uint8ClampedArray(2 * 4 * 4).fill(7), shape: [2, 4, 4] };
    expect(await valuesOf(images)).toMatchObject({ shape: [4, 4], length: 2, type: 'uint8' });
  });

  it('takes rows of numbers in lists, arrays and iterables, and images as lists of lists', async () => {
    const rows = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const same = { shape: [2], length: 3, values: [1, 2, 3, 4, 5, 6] };
    expect(await valuesOf(rows)).toMatchObject(same);
    expect(await valuesOf(rows.map((row) => Float32Array.from(row)))).toMatchObject(same);
    expect(await valuesOf(new Set(rows))).toMatchObject(same);
    expect(await valuesOf(later(rows))).toMatchObject(same);
    expect(
      await valuesOf([
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ]),
    ).toMatchObject({ shape: [2, 3], length: 1 });
  });

  it('reads objects as a table: numbers, words, and true and false', async () => {
    const { columns, table, values } = await valuesOf(readings);
    expect(columns).toEqual(['temperature', 'machine=A', 'machine=B', 'open']);
    expect(table!.columns.map(({ type }) => type)).toEqual(['number', 'category', 'boolean']);
    expect(values).toEqual([20.5, 1, 0, 1, 21, 0, 1, 0, 19.5, 1, 0, 0]);
  });

  it('takes labels, times and missing cells of objects as a file has them', async () => {
    const rows = readings.map((row, i) => ({ ...row, at: new Date(1000 * i), good: i > 0 ? 'yes' : 'no' }));
    const { labels, times, length } = await datasetOf(
      [...rows, { at: new Date(9000), good: 'no', temperature: null, machine: 'A', open: true }],
      { label: 'good', time: 'at', missing: 'drop' },
    );
    expect(length).toBe(3);
    expect(Array.from(labels!.values, (value) => labels!.names[value])).toEqual(['no', 'yes', 'yes']);
    expect([...times!.values]).toEqual([0, 1000, 2000]);
  });

  it('reads objects by the columns of a model: in any order, with more keys, in a stream too', async () => {
    const like = await datasetOf(readings);
    const mixed = [{ machine: 'B', note: 'x', open: true, temperature: 18 }];
    const expected = { shape: [4], length: 1, values: [18, 0, 1, 1] };
    expect(await valuesOf(mixed, { like })).toMatchObject(expected);
    expect(await valuesOf(later(mixed), { like })).toMatchObject(expected);
    expect(await valuesOf([[18, 'B', true] as unknown as Row], { like })).toMatchObject(expected);
  });

  it('reads rows of a stream as they come, and once', async () => {
    let taken = 0;
    const source = await examplesOf(
      (async function* () {
        for (; taken < 1000; taken++) yield [taken, 1];
      })(),
      { like: { shape: [2] } },
    );
    const starts: number[] = [];
    for await (const { start, end } of streamOf(source).blocks()) {
      starts.push(start);
      expect(taken).toBeLessThanOrEqual(end + 256);
    }
    expect(starts.length).toBeGreaterThan(2);
    const again = async () => {
      for await (const _ of streamOf(source).blocks());
    };
    expect(await refusal(again())).toMatch(/can be read again.*datasetOf/);
  });

  it('keeps a source as it is, and gives no examples for no rows where a model tells their shape', async () => {
    const dataset = arrayDataset(new Float32Array(4), { name: 'd', shape: [2] });
    expect(await datasetOf(dataset)).toBe(dataset);
    expect(await valuesOf([], { like: { shape: [3] } })).toMatchObject({ shape: [3], length: 0 });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /examples: expected examples, got undefined \(.*\{ values, shape \}/],
    ['a number', 3, /expected examples, got number/],
    ['an object that is no row', { a: 1 }, /expected examples, got an object with "a"/],
    ['a flat list', [1, 2, 3], /expected rows, got a list of numbers \(.*\[row\]/],
    ['numbers without a shape', new Float32Array(6), /their shape, got 6 numbers alone/],
    [
      'a shape that does not fit',
      { values: new Float32Array(5), shape: [2, 3] },
      /expected 6 values for the shape \[2, 3\], got 5/,
    ],
    [
      'a shape without examples',
      { values: new Float32Array(5), shape: [5] },
      /expected a shape \[examples, values, …\], got \[5\]/,
    ],
    ['rows of other lengths', [[1, 2], [3]], /examples\[1\]: expected a list of 2 values, got a list of 1/],
    [
      'a word among numbers',
      [
        [1, 2],
        [3, 'x'],
      ],
      /examples\[1\]\[1\]: expected a number, got "x" \(.*objects/,
    ],
    ['NaN', [[1, Number.NaN]], /examples\[0\]\[1\]: expected a finite 32-bit number, at most 3\.4e\+38, got NaN/],
    [
      'infinity in an object',
      [{ a: 1 }, { a: Number.POSITIVE_INFINITY }],
      /examples\[1\], column "a": expected a finite number/,
    ],
    ['a hole in an object', [{ a: 1 }, { a: null }], /examples\[1\], column "a"/],
    [
      'a list among objects',
      [{ a: 1 }, [1]],
      /examples\[1\]: expected an object with the columns of the table, got a list of 1/,
    ],
    ['text', ['abc'], /examples\[0\]: expected a row, got string/],
    ['no rows', [], /expected at least one row, got none/],
  ])('refuses %s and says what was expected', async (_, data, message) => {
    expect(await refusal((async () => valuesOf(data as Row[]))())).toMatch(message);
  });

  it('refuses objects for a model without column names, and objects without a column of the model', async () => {
    expect(await refusal(datasetOf([{ a: 1 }], { like: { shape: [1] } }))).toMatch(/knows no column names/);
    const like = await datasetOf([{ speed: 1, heat: 2 }]);
    expect(await refusal(datasetOf([{ speed: 1, heet: 2 }], { like }))).toMatch(/expected the column "heat"/);
  });
});
