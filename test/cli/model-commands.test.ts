import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Dataset, splitDataset } from '../../src/index.js';
import { openData, writeTable } from '../../src/node.js';
import { expectOneLine, gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);

async function read(name: string): Promise<{ dataset: Dataset; values: Float32Array; width: number }> {
  const { train: dataset } = await openData(at(name));
  return {
    dataset,
    values: Float32Array.from(await dataset.block(0, dataset.length)),
    width: dataset.shape.reduce((product, side) => product * side, 1),
  };
}

/** A table without its last column. */
function withoutLast({ values, width }: { values: Float32Array; width: number }): Float32Array {
  return values.filter((_, i) => i % width !== width - 1);
}

let trained: Record<string, unknown>;
beforeAll(async () => {
  writeCsv(cwd);
  writeFileSync(at('images.idx'), idxBytes());
  await json('train images.idx --code 3 --epochs 3 --batch 8 --out images -q'.split(' '), { cwd });
  trained = await json('train table.csv --label class --code 2 --epochs 3 --batch 8 --out table -q'.split(' '), {
    cwd,
  });
});

describe.each(['csv', 'tsv', 'npy', 'parquet'])('through .%s files', (format) => {
  it.each([
    ['images', 'images.idx', 40, 30, 3],
    ['table', 'table.csv', 60, 4, 2],
  ])('decoding the codes of %s gives what reconstructing gives', async (run, data, examples, size, width) => {
    const model = `${run}/model.onnx`;
    const [codes, decoded, rebuilt] = ['codes', 'decoded', 'rebuilt'].map((what) => `${run}-${what}.${format}`);
    const encoded = await json(['encode', model, data, '-o', codes!], { cwd });
    expect(encoded).toMatchObject({ examples, width, output: codes });
    await json(['decode', model, codes!, '-o', decoded!], { cwd });
    const reconstructed = await json(['reconstruct', model, data, '-o', rebuilt!], { cwd });
    const all = await read(rebuilt!);
    const beside = format === 'npy';
    const direct = beside ? all.values : withoutLast(all);
    const through = await read(decoded!);
    expect(through).toMatchObject({ width: size });
    expect(through.values).toEqual(direct);
    expect(all.dataset.shape).toEqual(beside && run === 'images' ? [6, 5] : [size + (beside ? 0 : 1)]);
    const errors = beside
      ? (await read(reconstructed.errors as string)).values
      : all.values.filter((_, i) => i % (size + 1) === size);
    expect(errors).toHaveLength(examples);
    expect(errors.reduce((sum, error) => sum + error, 0) / examples).toBeCloseTo(
      reconstructed.squaredError as number,
      5,
    );
  });
});

describe('what reconstruct writes', () => {
  it.each(['csv', 'npy', 'parquet'])('is read by encode, as .%s', async (format) => {
    for (const [run, data] of [
      ['images', 'images.idx'],
      ['table', 'table.csv'],
    ] as const) {
      const rebuilt = `again-${run}.${format}`;
      await json(['reconstruct', `${run}/model.onnx`, data, '-o', rebuilt], { cwd });
      const encoded = await json(['encode', `${run}/model.onnx`, rebuilt, '-o', 'again.npy'], { cwd });
      expect(encoded.examples).toBe(run === 'images' ? 40 : 60);
      expect((await json(['reconstruct', `${run}/model.onnx`, rebuilt, '-o', 'twice.csv'], { cwd })).examples).toBe(
        encoded.examples,
      );
    }
  });
});

describe('tables', () => {
  it('keep the names of their columns, without the label, through a model that was made from them', async () => {
    await json(['encode', 'table/model.onnx', 'table.csv', '-o', 'c.csv'], { cwd });
    expect((await read('c.csv')).dataset.columns).toEqual(['code 1', 'code 2']);
    await json(['decode', 'table/model.onnx', 'c.csv', '-o', 'd.csv'], { cwd });
    expect((await read('d.csv')).dataset.columns).toEqual(['width', 'height', 'sum', 'difference']);
    await json(['reconstruct', 'table/model.onnx', 'table.csv', '-o', 'r.csv'], { cwd });
    expect((await read('r.csv')).dataset.columns).toEqual(['width', 'height', 'sum', 'difference', 'squared error']);
  });

  it('may have their columns in another order and others between them', async () => {
    const [header, ...rows] = readFileSync(at('table.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('width,height,sum,difference,class');
    const moved = rows
      .map((row) => row.split(','))
      .map(([a, b, sum, difference]) => ['id', difference, sum, b, a].join());
    writeFileSync(at('moved.csv'), ['name,difference,sum,height,width', ...moved].join('\n'));
    await json(['encode', 'table/model.onnx', 'table.csv', '-o', 'here.npy'], { cwd });
    await json(['encode', 'table/model.onnx', 'moved.csv', '-o', 'there.npy'], { cwd });
    expect(readFileSync(at('there.npy')).equals(readFileSync(at('here.npy')))).toBe(true);
  });

  it('may come without names where columns are chosen by position', async () => {
    const rows = readFileSync(at('table.csv'), 'utf8').trimEnd().split('\n').slice(1);
    writeFileSync(at('bare.csv'), rows.map((row) => row.split(',').slice(0, 4).join()).join('\n'));
    expectOneLine(
      await gargalo(['encode', 'table/model.onnx', 'bare.csv', '-o', 'b.npy'], { cwd }),
      /"width", which the model/,
    );
    await json(['encode', 'table/model.onnx', 'bare.csv', '--columns', '1,2,3,4', '-o', 'b.npy'], { cwd });
    await json(['encode', 'table/model.onnx', 'table.csv', '-o', 'here.npy'], { cwd });
    expect(readFileSync(at('b.npy')).equals(readFileSync(at('here.npy')))).toBe(true);
  });
});

describe('the rest', () => {
  it('reconstructing the test part gives the error that training reported', async () => {
    const { train: table } = await openData(at('table.csv'), { label: 'class' });
    const { validation } = await splitDataset(table, 0.1, 0);
    const values = Float32Array.from(await validation.block(0, validation.length));
    await writeTable(at('test.csv'), { columns: table.columns!, rows: validation.length, values });
    const { squaredError } = await json(['reconstruct', 'table/model.onnx', 'test.csv', '-o', 'e.npy'], { cwd });
    expect(squaredError).toBeCloseTo(trained.testSquaredError as number, 5);
  });

  it('a checkpoint is a model too, and folders on the way to the output are made', async () => {
    const { stdout, stderr } = await gargalo(['encode', 'images/checkpoint', 'images.idx', '-o', 'deep/er/c.csv'], {
      cwd,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^deep\/er\/c\.csv: 40 codes of 3 values, of images\.idx\n$/);
    expect(existsSync(at('deep/er/c.csv'))).toBe(true);
  });
});

it.each([
  'encode table/model.onnx own.csv -o own.csv',
  'reconstruct table/model.onnx own.csv -o ./own.csv',
  'detect table/model.onnx own.csv -o own.csv',
  'detect own.csv -o own.csv --out never',
])('%s is refused: it would replace what it reads', async (words) => {
  const text = readFileSync(at('table.csv'), 'utf8');
  writeFileSync(at('own.csv'), text);
  const outcome = await gargalo([...words.split(' '), '--label', 'class'], { cwd });
  expectOneLine(outcome, /own\.csv: expected another file than the one that is read/);
  expect(readFileSync(at('own.csv'), 'utf8')).toBe(text);
  expect(existsSync(at('never'))).toBe(false);
});
