import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { inFolder, mixedTable, randomWeights, spots, table, waves } from '../../test/tiny.js';
import type { Dataset } from '../data/dataset.js';
import { fitScaling } from '../data/scaling.js';
import type { Model } from '../models/autoencoder.js';
import type { InputDescription, SocketValues } from '../models/kind.js';
import { type KindName, kindNamed, kinds } from '../models/kinds/index.js';
import { decodeModel } from '../onnx/decode.js';
import { modelProto } from '../onnx/schema.js';
import { decodeMessage, encodeMessage } from '../onnx/wire.js';
import { savePart } from './model-file.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';
import { exportPart, modelParts, PART_KEY } from './model-part.js';

const data = { rows: table(8), mixed: mixedTable(8, 'embedding'), images: spots(8, 8), windows: waves(8) };

const settings: [name: string, of: keyof typeof data, kind: KindName, values: SocketValues][] = [
  ...kinds.map(({ name }): [string, keyof typeof data, KindName, SocketValues] => [
    name,
    name === 'convolutional' ? 'images' : name === 'recurrent' ? 'windows' : 'rows',
    name,
    name === 'convolutional' ? { filters: [3, 4] } : {},
  ]),
  ['categories as vectors', 'mixed', 'basic', { encoder: [5] }],
  ['a linear path', 'rows', 'basic', { encoder: [5], start: 'pca', loss: 'mse', output: 'identity' }],
  ['tied weights', 'rows', 'basic', { encoder: [5], tied: true }],
  ['numbers to round', 'rows', 'basic', { bottleneck: 'quantized' }],
  ['convolutions without a code layer', 'images', 'convolutional', { filters: [3, 4], codeLayer: 'none' }],
  ['one convolution, no code layer', 'images', 'convolutional', { filters: [3], codeLayer: 'none' }],
  ['a stem', 'images', 'convolutional', { filters: [3, 4], stem: 2, code: 5 }],
  ['a stem without a code layer', 'images', 'convolutional', { filters: [3, 4], stem: 2, codeLayer: 'none' }],
  ['pooling', 'images', 'convolutional', { filters: [3], downsampling: 'max-pool', upsampling: 'nearest' }],
  [
    'a codebook for each place',
    'images',
    'vector-quantized',
    { body: 'convolutional', filters: [3, 4], codeLayer: 'none', entries: 8 },
  ],
  ['LSTM with a code layer', 'windows', 'recurrent', { encoder: [4], codeLayer: 'dense', code: 3 }],
  ['GRU', 'windows', 'recurrent', { cell: 'gru', code: 3 }],
  ['two layers of GRU', 'windows', 'recurrent', { cell: 'gru', encoder: [4], code: 3 }],
  [
    'a distribution of windows',
    'windows',
    'variational',
    { body: 'recurrent', encoder: [4], codeLayer: 'dense', code: 3 },
  ],
  [
    'a codebook of windows',
    'windows',
    'vector-quantized',
    { body: 'recurrent', encoder: [4], codeLayer: 'dense', code: 4, entries: 8 },
  ],
];

async function modelOf(of: keyof typeof data, kind: KindName, values: SocketValues): Promise<Model> {
  const { shape, sequence, table: schema, type }: Dataset = data[of];
  const scaling = await fitScaling(type === 'uint8' ? 'bytes' : 'standard', data[of]);
  const input: InputDescription = {
    ...{ shape, scaling, bounded: type === 'uint8' },
    ...(sequence && { sequence }),
    ...(schema && { table: schema }),
  };
  const specification = kindNamed(kind).specify(input, values);
  return { specification, weights: randomWeights(specification) };
}

/** What ONNX Runtime, without anything of ours, makes of a file. */
async function run(bytes: Uint8Array, input: string, values: Float32Array, shape: readonly number[]) {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const outputs = await session.run({ [input]: new OrtTensor('float32', values, shape) });
  await session.release();
  return outputs;
}

/** What lies between two tensors of a file, by their names alone, as onnx.utils.extract_model takes it. */
function extracted(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const file = decodeMessage(modelProto, bytes);
  const { node = [], initializer = [], output = [], ...graph } = file.graph ?? {};
  const wanted = new Set([to]);
  const taken = node.toReversed().filter((one) => {
    if (one.output?.every((name) => name === from || !wanted.has(name))) return false;
    for (const name of one.input ?? []) wanted.add(name);
    return true;
  });
  return encodeMessage(modelProto, {
    ...file,
    trainingInfo: [],
    graph: {
      ...graph,
      node: taken.reverse(),
      initializer: initializer.filter(({ name }) => wanted.has(name ?? '')),
      input: output.filter(({ name }) => name === from),
      output: output.filter(({ name }) => name === to),
    },
  });
}

describe.each(settings)('the parts of a model (%s)', (_name, of, kind, values) => {
  it.each(modelParts)('hold the weights that they use, and no others: %s', async (part) => {
    const { graph } = decodeMessage(modelProto, exportPart(await modelOf(of, kind, values), part));
    const used = new Set(graph?.node?.flatMap(({ input = [] }) => input));
    expect(graph?.initializer?.map(({ name }) => name).filter((name) => !used.has(name ?? ''))).toEqual([]);
  });

  it('give the digits of the whole, exported or cut out of its file at "code"', async () => {
    const model = await modelOf(of, kind, values);
    const { width } = model.specification.code;
    const examples = Float32Array.from(await data[of].block(0, 8));
    const shape = [8, ...data[of].shape];
    const file = encodeModelFile(model);
    const whole = await run(file, 'input', examples, shape);
    const { code, ...others } = await run(exportPart(model, 'encoder'), 'input', examples, shape);
    expect(code?.dims).toEqual([8, width]);
    expect(code?.data).toEqual(whole.code?.data);
    const { code: type } = model.specification;
    expect(Object.keys(others)).toEqual(
      type.type === 'gaussian' ? ['log-variance'] : type.type === 'vector-quantized' ? ['indices'] : [],
    );
    for (const decoder of [exportPart(model, 'decoder'), extracted(file, 'code', 'reconstruction')]) {
      const { reconstruction, ...more } = await run(decoder, 'code', code?.data as Float32Array, [8, width]);
      expect(reconstruction?.dims).toEqual(shape);
      expect(reconstruction?.data).toEqual(whole.reconstruction?.data);
      expect(more).toEqual({});
    }
  });
});

describe('a file of a part', () => {
  it('is written once it gives the digits of the whole, and says what it is of', async () => {
    const model = await modelOf('mixed', 'basic', { encoder: [5], code: 2 });
    await inFolder(async (folder) => {
      const path = join(folder, 'decoder.onnx');
      const ports = await savePart(path, model, 'decoder');
      expect(ports.inputs).toEqual([{ name: 'code', type: 'float32', shape: ['batch', 2] }]);
      expect(ports.outputs).toEqual([{ name: 'reconstruction', type: 'float32', shape: ['batch', 6] }]);
      const bytes = await readFile(path);
      const about = JSON.parse(decodeModel(bytes, path).metadata[PART_KEY] ?? '') as object;
      expect(about).toMatchObject({ part: 'decoder', kind: 'basic', code: 2, input: { shape: [6] } });
      expect(() => decodeModelFile(bytes, path)).toThrow(/expected a whole model, got its decoder alone/);
      for (const value of ['{', 'null', '{"part":7}']) {
        const file = decodeMessage(modelProto, bytes);
        const damaged = encodeMessage(modelProto, { ...file, metadataProps: [{ key: PART_KEY, value }] });
        expect(() => decodeModelFile(damaged, path)).toThrow(
          /expected a whole model, got its encoder or decoder alone/,
        );
      }
    });
  });

  it('is refused for what is no part', async () => {
    const model = await modelOf('rows', 'basic', {});
    expect(() => exportPart(model, 'code' as 'decoder')).toThrow(/part: expected encoder or decoder, got "code"/);
    expect(() => exportPart(undefined as unknown as Model, 'decoder')).toThrow(/expected a model/);
  });
});
