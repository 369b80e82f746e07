import { describe, expect, it } from 'vitest';
import { randomWeights, specification, spots, table, waves } from '../../test/tiny.js';
import { depthOf } from '../analysis/training/depth.js';
import { filtersOf } from '../analysis/training/filters.js';
import { sparsityOf } from '../analysis/training/sparsity.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { sliceDataset } from '../data/slice.js';
import { type Model, openAutoencoder } from '../models/autoencoder.js';
import type { SocketValues } from '../models/kind.js';
import { kindNamed } from '../models/kinds/index.js';
import { completeOptions } from '../models/options.js';
import type { DenseBody, Specification } from '../models/specification.js';
import { history } from '../report/pages/training/pages.oracle.js';
import { renderReport } from '../report/pages/training/report.js';
import { trainingOptions } from '../train/options.js';
import { type FinishedTraining, measureTraining } from './measure-training.js';
import type { TrainingFigures } from './training-figures.js';

const scaling = { method: 'bytes', offset: [0], scale: [1 / 255] } as const;
const runtime = { threads: 1 };
/** What a page says beside the figures. */
const about = { title: 'a training', date: new Date(0), configuration: {}, warnings: [] };

/** The figures of a kind with random weights. */
async function figuresOf(
  kind: string,
  given: SocketValues,
  data: Dataset,
  state: FinishedTraining['state'] = { history: history(2), options: completeOptions(trainingOptions, {}) },
): Promise<TrainingFigures> {
  const bounded = data.type === 'uint8';
  const input = {
    shape: data.shape,
    ...(data.sequence && { sequence: true }),
    scaling: bounded ? scaling : { method: 'standard' as const, offset: [5], scale: [0.5] },
    bounded,
  };
  const made = kindNamed(kind).specify(input, given);
  return measureTraining({
    model: { specification: made, weights: randomWeights(made) },
    state,
    train: data,
    test: sliceDataset(data, 0, 30),
    paths: { model: '', report: '' },
    runtime,
  });
}

/** The fields that a report has for some specifications only. */
const special = [
  'denoising',
  'sparsity',
  'jacobian',
  'codebook',
  'distribution',
  'generated',
  'depth',
  'atoms',
] as const;
const presentIn = (input: TrainingFigures) => special.filter((name) => input[name] !== undefined);

describe('what a report shows', () => {
  it.each([
    ['basic', { code: 3 }, []],
    ['denoising', { code: 3 }, ['denoising']],
    ['sparse', { code: 20 }, ['sparsity', 'atoms']],
    ['sparse', { code: 8, active: 3 }, ['sparsity', 'atoms']],
    ['contractive', { code: 3 }, ['jacobian']],
    ['deep', { code: 3, encoder: [8, 5] }, ['depth']],
    ['variational', { code: 3, encoder: [8] }, ['distribution', 'generated']],
    ['vector-quantized', { code: 4, vectors: 2, entries: 6, encoder: [8] }, ['codebook', 'generated']],
    ['adversarial', { code: 3, encoder: [8], discriminator: [4] }, ['distribution', 'generated', 'depth']],
    ['basic', { code: 3, corruption: 'masking', contractive: 1e-3 }, ['denoising', 'jacobian']],
    ['convolutional', { code: 3, filters: [2] }, []],
  ] as [string, SocketValues, string[]][])('follows from the sockets: %s %j', async (kind, given, expected) => {
    const input = await figuresOf(kind, given, spots(60));
    expect(presentIn(input).sort()).toEqual([...expected].sort());
    expect(() => renderReport({ ...input, ...about })).not.toThrow();
  });

  it('is drawn for windows and rows of a table too', async () => {
    for (const [data, kind] of [
      [waves(60), 'denoising'],
      [waves(60), 'variational'],
      [table(60), 'denoising'],
      [table(60), 'vector-quantized'],
    ] as const) {
      const input = await figuresOf(
        kind,
        { code: 2, encoder: [6], ...(kind === 'vector-quantized' && { vectors: 2 }) },
        data,
      );
      expect(input.sequence).toBe(data.sequence);
      expect(() => renderReport({ ...input, ...about })).not.toThrow();
    }
  });

  it('takes the errors of each value in the same pass as those of each example', async () => {
    const { perValue, summary, sampled } = await figuresOf('basic', { code: 2 }, table(60));
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
    expect(sampled).toBeUndefined();
    expect(sum(perValue!.pca)).toBeCloseTo(summary.pcaSquaredError, 6);
    expect(perValue!.variance.every((value) => value > 0)).toBe(true);
    // Random weights know nothing of the data.
    expect(summary.comparison.outcome).toBe('worse');
  });

  it('has the figures of the start where no epoch improved on it', async () => {
    const start = { testLoss: 0.01, testSquaredError: 0.06, terms: { reconstruction: 0.01 } };
    const best = { epoch: 0, testLoss: 0.01, weights: new Map() };
    const options = completeOptions(trainingOptions, { best: true });
    const input = await figuresOf('basic', { code: 2 }, table(60), { history: history(2), options, start, best });
    expect(input.summary).toMatchObject({ keptEpoch: 0, trainLoss: null, testLoss: 0.01, testSquaredError: 0.06 });
    expect(input.start).toEqual(start);
    expect(input.summary.comparison.sentence).toContain('adds nothing to PCA');
    expect(() => renderReport({ ...input, ...about })).not.toThrow();
  });

  it('names what an opponent minimises', async () => {
    const rival = await figuresOf('adversarial', { code: 3, encoder: [8], discriminator: [4] }, spots(60));
    expect(rival.opponents).toEqual(['discriminator']);
    expect((await figuresOf('basic', { code: 3 }, spots(60))).opponents).toBeUndefined();
  });
});

function model(change: Partial<Omit<Specification, 'body'>>, body: Partial<DenseBody> = {}): Model {
  const made = specification(change, body);
  return { specification: made, weights: randomWeights(made) };
}

describe('depth', () => {
  it.each([false, true])('with all layers is the network itself, tied: %s', async (tied) => {
    const data = spots(20);
    const deep = model(
      { input: { shape: [4, 4], scaling }, loss: 'bce', output: 'sigmoid' },
      { encoder: [7, 5], tied },
    );
    const depth = (await depthOf(deep, data, 20, runtime))!;
    expect(depth.map(({ units }) => units)).toEqual([7, 5, 2]);
    const autoencoder = openAutoencoder(deep, runtime);
    const rebuilt = await autoencoder.reconstruct(data);
    await autoencoder.close();
    const raw = await data.block(0, 20);
    let sum = 0;
    for (const [i, value] of rebuilt.entries()) {
      expect(depth[2]!.outputs[i]! * 255).toBeCloseTo(value, 2);
      sum += ((value - raw[i]!) / 255) ** 2;
    }
    expect(depth[2]!.squaredError).toBeCloseTo(sum / 20, 3);
    expect(depth[0]!.squaredError).not.toBeCloseTo(depth[2]!.squaredError, 3);
  });

  it('of one layer is the first layer and its counterpart, by hand', async () => {
    const data = table(3);
    const deep = model({}, { encoder: [4] });
    const [first] = (await depthOf(deep, data, 3, runtime))!;
    const weight = (name: string) => deep.weights.get(name)!;
    const x = Float32Array.from(await data.block(0, 1));
    const hidden = Array.from({ length: 4 }, (_, j) => {
      const sum = x.reduce((total: number, value, i) => total + value * weight('encoder/0/weight')[i * 4 + j]!, 0);
      return Math.tanh(sum + weight('encoder/0/bias')[j]!);
    });
    for (let i = 0; i < exampleSize(data); i++) {
      const sum = hidden.reduce((total, value, j) => total + value * weight('decoder/output/weight')[j * 6 + i]!, 0);
      expect(first!.outputs[i]).toBeCloseTo(sum + weight('decoder/output/bias')[i]!, 4);
    }
  });

  it('is not asked of layers without a counterpart', async () => {
    expect(await depthOf(model({}, { decoder: [3] }), table(5), 2, runtime)).toBeUndefined();
    expect(await depthOf(model({}, { encoder: [] }), table(5), 2, runtime)).toBeUndefined();
  });
});

describe('sparsity', () => {
  const sparse = specification({
    code: { type: 'top-k', width: 4, activation: 'relu', active: 2 },
  });

  it('counts what is kept, dead and idle', () => {
    const values = Float32Array.of(1, 0, 0, 3, 2, 0, 0, 1, 0, 0, 0.01, 2);
    const found = sparsityOf(sparse, { values, width: 4 })!;
    expect(found.kept).toEqual({ asked: 2, fewest: 2, most: 2 });
    expect([...found.active].map((part) => Math.round(part * 3))).toEqual([2, 0, 1, 3]);
    expect(found.mean[3]).toBeCloseTo(2, 6);
    expect([found.dead, found.inactive]).toEqual([1, 2]);
    expect(found.zeros).toBeCloseTo(0.5, 6);
    expect(found.histogram.counts.reduce((a, b) => a + b, 0)).toBe(6);
  });

  it('is asked of sparse codes only', () => {
    expect(sparsityOf(specification(), { values: new Float32Array(4), width: 2 })).toBeUndefined();
  });
});

describe('filters', () => {
  const wide = model({ code: { type: 'plain', width: 8, activation: 'relu' } }, { encoder: [] });

  it('come in the order of use where units are the values of an over-complete code', () => {
    const codes = { width: 8, values: Float32Array.of(1, 8, 3, 7, 5, 6, 4, 2) };
    const { filters, atoms } = filtersOf(wide, codes);
    expect(filters!.use).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    const encoder = wide.weights.get('encoder/code/weight')!;
    const decoder = wide.weights.get('decoder/output/weight')!;
    for (let i = 0; i < 6; i++) {
      // unit 1 is used most, unit 3 next
      expect(filters!.values[i]).toBe(encoder[i * 8 + 1]);
      expect(filters!.values[6 + i]).toBe(encoder[i * 8 + 3]);
      expect(atoms!.values[i]).toBe(decoder[6 + i]);
    }
  });

  it('come as they are where the code is narrow, without a second picture', () => {
    const { filters, atoms } = filtersOf(model({}, { encoder: [] }), { width: 2, values: Float32Array.of(1, 2) });
    expect(filters).toMatchObject({ count: 2 });
    expect(filters!.use).toBeUndefined();
    expect(atoms).toBeUndefined();
  });
});
