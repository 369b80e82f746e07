import { expect, describe as group, it } from 'vitest';
import { spots } from '../../test/tiny.js';
import { arrayDataset } from './dataset.js';
import { describe } from './describe.js';
import { sliceDataset } from './slice.js';
import { suggestTraining } from './suggest.js';
import { windowsOf } from './windows.js';

group('describing examples', () => {
  it('tells of rows each column, classes and missing values', async () => {
    const data = arrayDataset(Float32Array.of(1, 5, 3, 5, 8, 5, Number.NaN, 5), {
      name: 'rows',
      shape: [2],
      columns: ['a', 'b'],
      labels: { names: ['x', 'y'], values: Int32Array.of(1, 0, 1, -1) },
      times: { column: 't', unit: 'number', values: Float64Array.of(1, 2, 4, 4) },
    });
    const found = await describe(data);
    expect(found).toMatchObject({
      ...{ kind: 'rows', examples: 4, shape: [2], missing: 1, constant: 1, unlabelled: 1 },
      values: { minimum: 1, maximum: 8 },
      columns: [
        { name: 'a', missing: 1, constant: false, numbers: { mean: 4, median: 3 } },
        { name: 'b', constant: true },
      ],
      classes: [
        ['x', 1],
        ['y', 2],
      ],
      time: { column: 't', first: 1, last: 4, ordered: true, step: { median: 1, minimum: 0, maximum: 2 } },
    });
    expect(found.preview).toEqual([
      [1, 5],
      [3, 5],
      [8, 5],
      [Number.NaN, 5],
    ]);
  });

  it('tells of images all values together, and of windows each column', async () => {
    const found = await describe(spots(50, 6));
    expect(found).toMatchObject({ kind: 'images', examples: 50, type: 'uint8' });
    expect(found.columns).toBeUndefined();
    expect(suggestTraining('x.idx', found).join(' ')).toBe('gargalo train x.idx --code 32');
    const series = arrayDataset(
      Float32Array.from({ length: 40 }, (_, i) => i),
      { name: 's', shape: [2] },
    );
    const windows = await describe(windowsOf(series, { window: 4 }));
    expect(windows).toMatchObject({ kind: 'windows', examples: 17, shape: [4, 2] });
    expect(windows.columns!.map(({ numbers }) => numbers!.maximum)).toEqual([38, 39]);
  });

  it('ends where it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(describe(sliceDataset(spots(9), 0, 5), { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
