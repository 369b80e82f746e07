import { describe, expect, it } from 'vitest';
import { fedScope, forwardCase, mixedTable, randomWeights, reference, specification } from '../../test/tiny.js';
import { applyScaling, fitScaling } from '../data/scaling.js';
import { columnsOf } from '../data/table/schema.js';
import { evaluate } from '../graph/evaluate.js';
import { GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import * as op from '../graph/ops/index.js';
import { variable } from '../graph/tensor.js';
import { fit } from '../train/fit.js';
import { decodeModelFile, encodeModelFile } from '../train/model-format.js';
import { openAutoencoder, parametersOf } from './autoencoder.js';
import { embedded } from './embedding.js';
import type { InputDescription, SocketValues } from './kind.js';
import { kindNamed } from './kinds/index.js';

const data = mixedTable(60, 'embedding');
const input: InputDescription = {
  shape: data.shape,
  table: data.table!,
  scaling: await fitScaling('standard', data),
  bounded: false,
};

describe('an embedding', () => {
  it('puts a row of its matrix in the place of a level, and zeros for an unknown one', () => {
    const model = specification({ input: { ...input, columns: [] } });
    const matrix = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const { scope, feeds } = fedScope(new Map([['embedding/side', matrix]]));
    const x = variable('x', [2, 6]);
    feeds.set(x, { shape: [2, 6], data: Float64Array.of(0.5, 0, 0, 1, 0, 1, -2, 0, 0, 0, 0, 0) });
    const [seen] = evaluate([embedded(model, scope, x)], feeds);
    expect(seen).toMatchObject({ shape: [2, 5] });
    expect([...seen!.data]).toEqual([0.5, 7, 8, 9, 1, -2, 0, 0, 0, 0]);
  });

  it('is a parameter beside the encoder, and the decoder gives all levels', () => {
    const made = kindNamed('basic').specify(input, { code: 2, encoder: [4] });
    const shapes = Object.fromEntries(parametersOf(made).map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      'embedding/side': [4, 3],
      'encoder/0/weight': [5, 4],
      'decoder/output/weight': [4, 6],
    });
  });

  it.each<[string, SocketValues]>([
    ['basic', { encoder: [4], activation: 'tanh', l2: 0.1 }],
    ['basic', {}],
    ['variational', { encoder: [4], activation: 'tanh' }],
    ['contractive', { contractive: 0.5, activation: 'sigmoid' }],
    ['denoising', { corruption: 'masking', encoder: [4], activation: 'tanh' }],
  ])('of the kind %s with %j has the gradients that differences give', async (kind, values) => {
    const made = kindNamed(kind).specify(input, { code: 2, ...values });
    const scaled = applyScaling(await data.block(0, 5), input.scaling);
    const { pass, feeds, parameters } = forwardCase(made, randomWeights(made, 1, 1), scaled, { epoch: 1.5 });
    expect(parameters.has('embedding/side')).toBe(true);
    const loss = Object.values(pass.terms).reduce((sum, term) => op.Add(sum, term));
    expect(gradientError(loss, feeds, [...parameters.values()])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('is learned, saved, loaded and gone on with, and gives words back', async () => {
    const how = { recipe: 'none', seed: 3, batch: 16, learningRate: 0.02 } as const;
    const options = { ...how, code: 2, encoder: [8], activation: 'tanh' } as const;
    const { autoencoder, history } = await fit(data, { ...options, epochs: 60 });
    expect(history.at(-1)!.testLoss).toBeLessThan(0.3 * history[0]!.testLoss);
    const loaded = decodeModelFile(encodeModelFile(autoencoder), 'model.onnx');
    expect(loaded.specification.input.table).toEqual(data.table);
    const reopened = openAutoencoder(loaded);
    const rebuilt = await reopened.reconstruct(data);
    expect(rebuilt).toEqual(await autoencoder.reconstruct(data));
    const expected = await reference(loaded, data);
    expect(rebuilt.every((value, i) => Math.abs(value - expected.reconstruction[i]!) < 1e-3)).toBe(true);
    const raw = (await data.block(0, data.length)) as Float32Array;
    const [before, after] = [columnsOf(data.table!, raw), columnsOf(data.table!, rebuilt)];
    const right = before[1]!.values.filter((word, i) => word === after[1]!.values[i]).length;
    expect(right).toBeGreaterThan(0.85 * data.length);
    const resumed = await fit(data, { resume: loaded, epochs: 61 });
    expect(resumed.history.length).toBe(61);
    for (const opened of [autoencoder, reopened, resumed.autoencoder]) await opened.close();
  });

  it('is refused, with the reason, where there is no place for it', () => {
    const refused = (values: SocketValues, form = input) =>
      expect(() => kindNamed('basic').specify(form, { code: 2, ...values }));
    refused({ tied: true }).toThrow(/categories: expected one-hot for tied weights, .* got embedding/);
    refused({ pretraining: 'autoencoder' }).toThrow(/one-hot for training layer by layer/);
    const windows = { ...input, shape: [5, 6], sequence: true };
    refused({}, windows).toThrow(/one-hot for windows of a series/);
    refused({ body: 'recurrent' }, windows).toThrow(/one-hot for windows of a series/);
    const pictures = { ...input, shape: [6, 6] };
    refused({ body: 'convolutional', filters: [2] }, pictures).toThrow(/one-hot for a convolutional body/);
  });
});
