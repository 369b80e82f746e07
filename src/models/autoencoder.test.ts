import { afterEach, describe, expect, it } from 'vitest';
import { inFolder, randomWeights, reference, specification, spots, table } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { fitScaling, type ScalingMethod } from '../data/scaling.js';
import { sliceDataset } from '../data/slice.js';
import { windowsOf } from '../data/windows.js';
import { activationNames } from '../nn/activations.js';
import { loadModel, saveModel } from '../train/model-file.js';
import { type Autoencoder, type Model, openAutoencoder, parametersOf } from './autoencoder.js';
import type { Specification } from './specification.js';

const opened: Autoencoder[] = [];
function atWork(model: Model): Autoencoder {
  const autoencoder = openAutoencoder(model);
  opened.push(autoencoder);
  return autoencoder;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((autoencoder) => autoencoder.close()));
});

async function scaled(method: ScalingMethod, data: Dataset, change: Partial<Specification> = {}): Promise<Model> {
  const { body, ...rest } = specification({ input: { shape: data.shape, scaling: await fitScaling(method, data) } });
  const model = { ...rest, body, ...change };
  return { specification: model, weights: randomWeights(model, 3) };
}

const networks: [string, Partial<Specification>][] = [
  ['plain', {}],
  ['bce', { loss: 'bce', output: 'sigmoid' }],
  ['one layer', { body: { ...specification().body, encoder: [] } }],
  ['tied', { body: { ...specification().body, encoder: [5, 3], tied: true } }],
  ['a decoder of its own', { body: { ...specification().body, encoder: [5], decoder: [3, 7] } }],
];

describe.each(networks)('an autoencoder (%s)', (_name, change) => {
  it('computes what the formulas give in double precision', async () => {
    const data = table(50);
    const model = await scaled('min-max', data, change);
    const autoencoder = atWork(model);
    const expected = await reference(model, data);
    expect(largestDifference(await autoencoder.encode(data), expected.code)).toBeLessThan(1e-5);
    expect(largestDifference(await autoencoder.reconstruct(data), expected.reconstruction)).toBeLessThan(1e-4);
  });

  it('reconstructs by decoding what it encodes', async () => {
    const data = table(50);
    const autoencoder = atWork(await scaled('standard', data, change));
    const codes = await autoencoder.encode(data);
    expect(codes.length).toBe(100);
    expect(largestDifference(await autoencoder.decode(codes), await autoencoder.reconstruct(data))).toBeLessThan(1e-5);
  });
});

it.each(activationNames)('with %s everywhere, an autoencoder computes its formulas', async (activation) => {
  const data = table(20);
  const { body } = specification();
  const code = { type: 'plain', width: 2, activation } as const;
  const model = await scaled('standard', data, { body: { ...body, activation }, code });
  const expected = await reference(model, data);
  expect(largestDifference(await atWork(model).reconstruct(data), expected.reconstruction)).toBeLessThan(1e-4);
});

describe('raw units', () => {
  /** Columns around 1,000,000, 0 and −5, of very different widths, and one that is constant. */
  const columns = arrayDataset(
    Float32Array.from({ length: 40 }, (_, i) => [1e6 + 100 * (i >> 2), 0.001 * (i >> 2), -5, 7 * (i % 3)][i % 4]!),
    { name: 'columns', shape: [4] },
  );

  it.each(['min-max', 'standard'] as const)('come out as they went in, with %s scaling', async (method) => {
    // The identity: code as wide as the input, weights 1.
    const base = await scaled(method, columns, {
      body: { ...specification().body, encoder: [] },
      code: { type: 'plain', width: 4, activation: 'identity' },
    });
    const one = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const weights = new Map(
      [...randomWeights(base.specification)].map(([name, values]) => [
        name,
        name.endsWith('weight') ? one : new Float32Array(values.length),
      ]),
    );
    const out = await atWork({ ...base, weights }).reconstruct(columns);
    const raw = await columns.block(0, columns.length);
    for (const [i, value] of raw.entries()) {
      const width = [900, 0.009, 1, 14][i % 4]!;
      // At 1,000,000 neighbouring 32-bit floats are 1/16 apart.
      expect(Math.abs(out[i]! - value)).toBeLessThan(i % 4 === 0 ? 0.13 : 1e-5 * width);
    }
  });

  it('of bytes are 0 … 255', async () => {
    const data = spots(20);
    const autoencoder = atWork(await scaled('bytes', data, { loss: 'bce', output: 'sigmoid' }));
    const out = await autoencoder.reconstruct(data);
    expect(Math.min(...out)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...out)).toBeLessThanOrEqual(255);
    expect(Math.max(...out)).toBeGreaterThan(10);
    const expected = await reference(autoencoder, data);
    expect(largestDifference(out, expected.reconstruction)).toBeLessThan(1e-3);
  });
});

it('an autoencoder of windows scales each column alike at every time step', async () => {
  const data = windowsOf(table(30, 2), { window: 3 });
  const model = await scaled('standard', data);
  expect(model.specification.input.scaling.scale.length).toBe(2);
  const whole = { ...model.specification.input.scaling };
  const [offset, scale] = [whole.offset, whole.scale].map((values) => [...values, ...values, ...values]);
  const repeated = { ...model.specification.input, scaling: { ...whole, offset: offset!, scale: scale! } };
  const other = { ...model, specification: { ...model.specification, input: repeated } };
  expect(await atWork(model).reconstruct(data)).toEqual(await atWork(other).reconstruct(data));
  const expected = await reference(model, data);
  expect(largestDifference(await atWork(model).reconstruct(data), expected.reconstruction)).toBeLessThan(1e-4);
});

describe('what goes in', () => {
  it('may be a data set, bytes or floats, with the same outcome', async () => {
    const data = spots(30);
    const autoencoder = atWork(await scaled('bytes', data));
    const bytes = (await data.block(0, 30)) as Uint8Array;
    const codes = await autoencoder.encode(data);
    expect(await autoencoder.encode(bytes)).toEqual(codes);
    expect(await autoencoder.encode(Float32Array.from(bytes))).toEqual(codes);
  });

  it('may be longer than what is run at once, in order, whatever the block', async () => {
    const data = table(5000);
    const autoencoder = atWork(await scaled('standard', data));
    const whole = await autoencoder.encode(data);
    expect(whole.length).toBe(10_000);
    const ends = [];
    for await (const { start, end, code, reconstruction } of autoencoder.blocks(data)) {
      expect(code.length).toBe(2 * (end - start));
      expect(reconstruction.length).toBe(6 * (end - start));
      expect(code).toEqual(whole.subarray(2 * start, 2 * end));
      ends.push([start, end]);
    }
    expect(ends).toEqual([
      [0, 2048],
      [2048, 4096],
      [4096, 5000],
    ]);
    const apart = await autoencoder.encode(sliceDataset(data, 2040, 2060));
    expect(largestDifference(apart, whole.subarray(4080, 4120))).toBeLessThan(1e-5);
    expect(largestDifference(await autoencoder.decode(whole), await autoencoder.reconstruct(data))).toBeLessThan(1e-4);
  });

  it('may be nothing', async () => {
    const autoencoder = atWork(await scaled('standard', table(10)));
    expect(await autoencoder.encode(new Float32Array(0))).toEqual(new Float32Array(0));
    expect(await autoencoder.decode(new Float32Array(0))).toEqual(new Float32Array(0));
  });

  it('is left as it was', async () => {
    const autoencoder = atWork(await scaled('standard', table(10)));
    const [examples, codes] = [new Float32Array(12).fill(11), new Float32Array(4).fill(1)];
    await autoencoder.reconstruct(examples);
    await autoencoder.decode(codes);
    expect(examples).toEqual(new Float32Array(12).fill(11));
    expect(codes).toEqual(new Float32Array(4).fill(1));
  });

  it('is refused where it has another width', async () => {
    const autoencoder = atWork(await scaled('standard', table(10)));
    await expect(autoencoder.encode(table(3, 5))).rejects.toMatchObject({
      code: 'bad-input',
      where: 'table',
      problem: 'expected examples of 6 values, shape [6], as the model has them, got 5 values, shape [5]',
    });
    await expect(autoencoder.reconstruct(new Float32Array(13))).rejects.toMatchObject({
      code: 'bad-input',
      problem: 'expected a multiple of 6 values, got 13',
    });
    await expect(autoencoder.decode(new Float32Array(3))).rejects.toMatchObject({
      code: 'bad-input',
      where: 'codes',
      problem: 'expected a multiple of 2 values, got 3',
    });
  });
});

describe('a model', () => {
  it('without a value for each parameter is refused, naming the parameter', async () => {
    const { specification: model, weights } = await scaled('standard', table(10));
    const lacking = new Map([...weights].filter(([name]) => name !== 'decoder/output/bias'));
    await expect(atWork({ specification: model, weights: lacking }).encode(table(3))).rejects.toMatchObject({
      code: 'bad-input',
      problem: expect.stringContaining('"decoder/output/bias"'),
    });
  });

  it('names its parameters by where they are, and shares tied ones', () => {
    const names = (tied: boolean): string[] => parametersOf(specification({}, { tied })).map(({ name }) => name);
    expect(names(false)).toEqual([
      'encoder/0/weight',
      'encoder/0/bias',
      'encoder/code/weight',
      'encoder/code/bias',
      'decoder/0/weight',
      'decoder/0/bias',
      'decoder/output/weight',
      'decoder/output/bias',
    ]);
    expect(names(true)).toEqual(names(false).filter((name) => !/decoder.*weight/.test(name)));
    expect(parametersOf(specification()).map(({ decays }) => decays)).toEqual(
      names(false).map((n) => /weight/.test(n)),
    );
  });

  it('of another program’s making, saved and loaded, computes the same digits', async () => {
    const data = table(20);
    const model = await scaled('min-max', data);
    await inFolder(async (folder) => {
      await saveModel(`${folder}/model.onnx`, model);
      const loaded = await loadModel(`${folder}/model.onnx`);
      expect(loaded.training).toBeUndefined();
      expect(await atWork(loaded).reconstruct(data)).toEqual(await atWork(model).reconstruct(data));
    });
  });

  it('can be closed before it was used, and twice', async () => {
    const model = await scaled('standard', table(10));
    await openAutoencoder(model).close();
    const autoencoder = openAutoencoder(model);
    await autoencoder.encode(table(2));
    await autoencoder.close();
    await autoencoder.close();
  });
});
