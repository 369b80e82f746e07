import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import {
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from '../../test/generated/onnx_pb.js';
import { inFolder, randomWeights, reference, specification, table } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import { GargaloError } from '../core/errors.js';
import * as op from '../graph/ops/index.js';
import { variable } from '../graph/tensor.js';
import { parametersOf } from '../models/autoencoder.js';
import { completeOptions } from '../models/options.js';
import type { Specification } from '../models/specification.js';
import { activationNames } from '../nn/activations.js';
import { decodeModel } from '../onnx/decode.js';
import { encodeProgram } from '../onnx/encode.js';
import type { EpochRecord, TrainedModel, TrainingState } from './events.js';
import { modelOf } from './fit.js';
import { loadModel, saveModel } from './model-file.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';
import { optimizerOf, trainingOptions } from './options.js';
import { stateName } from './step.js';

const record = (epoch: number): EpochRecord => ({
  epoch,
  trainLoss: 1 / (3 * epoch),
  testLoss: Math.PI / epoch,
  testSquaredError: 1e-300,
  terms: { reconstruction: { train: 1 / 3, test: Math.E, gradient: 1e-9, share: 1 } },
  activity: { deadUnits: 1, hiddenUnits: 4, inactiveCode: 0, activeFraction: 2 / 3, meanActivity: -0.1 },
  learningRate: 1e-3,
  examplesPerSecond: 123456.789,
  seconds: 0.1,
});

/** A model with a training state as if it had been trained; its values are random. */
function trained(model: Specification, values: Record<string, unknown> = {}, withBest = false): TrainedModel {
  const options = completeOptions(trainingOptions, values);
  const weights = randomWeights(model, 1);
  const followsGradient = new Set(parametersOf(model).flatMap(({ name, trained }) => (trained ? [name] : [])));
  const optimizer = new Map(
    optimizerOf(options).state.flatMap((state, i) =>
      [...randomWeights(model, 10 + i)]
        .filter(([name]) => followsGradient.has(name))
        .map(([name, kept]) => [stateName(name, state), kept] as const),
    ),
  );
  const state: TrainingState = {
    options,
    request: { kind: 'basic', values },
    data: 'sha256:0123',
    epoch: 2,
    step: 14,
    weights,
    optimizer,
    ...(withBest && { best: { epoch: 1, testLoss: 0.25, weights: randomWeights(model, 2) } }),
    history: [record(1), record(2)],
  };
  return modelOf(model, state);
}

/** Changes the protocol buffer of a model file. */
function changed(bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** What becomes of bytes as a model file: the error, or nothing. */
function problemOf(bytes: Uint8Array): unknown {
  try {
    decodeModelFile(bytes, 'model.onnx');
  } catch (error) {
    return error;
  }
  return undefined;
}
const refusal = (problem: string): unknown =>
  expect.objectContaining({ code: 'bad-input', where: 'model.onnx', problem: expect.stringContaining(problem) });
const isRefusal = (error: unknown): boolean =>
  error instanceof GargaloError && error.code === 'bad-input' && error.where === 'model.onnx';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const specifications: fc.Arbitrary<Specification> = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    encoder: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    decoder: fc.option(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }), { nil: 'mirrored' as const }),
    activation: fc.constantFrom(...activationNames),
    tied: fc.boolean(),
    width: fc.integer({ min: 1, max: 4 }),
    offset: finite,
    bce: fc.boolean(),
  })
  .map(({ size, encoder, decoder, activation, tied, width, offset, bce }) =>
    specification(
      {
        input: { shape: [1, size], scaling: { method: 'min-max', offset: [offset], scale: [0.3] } },
        code: { type: 'plain', width, activation },
        ...(bce && { loss: 'bce', output: 'sigmoid' }),
      },
      { encoder, decoder: tied ? 'mirrored' : decoder, activation, tied },
    ),
  );

describe('a model file', () => {
  it('gives back every digit of a model and its training', () => {
    fc.assert(
      fc.property(
        specifications,
        fc.constantFrom('adam', 'adamw', 'sgd'),
        fc.boolean(),
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 9 }),
        (model, optimizer, best, odd) => {
          const before = trained(model, { optimizer, best }, best);
          // Denormal, the largest, −0: whatever finite number a 32-bit float can be.
          for (const values of before.weights.values()) values.set(odd.slice(0, values.length));
          const after = decodeModelFile(encodeModelFile(before), 'model.onnx');
          expect(after.specification).toEqual(before.specification);
          expect(after.weights).toEqual(before.weights);
          expect(after.training).toEqual(before.training);
        },
      ),
      { numRuns: effort(60, 600) },
    );
  });

  it('holds the best weights for all who read it, and the last ones to train on', () => {
    const model = trained(specification(), { patience: 3 }, true);
    const bytes = encodeModelFile(model);
    const held = decodeModel(bytes, 'model.onnx').initializers.get('encoder/0/weight')!.values;
    expect(held).toEqual(model.training!.best!.weights.get('encoder/0/weight'));
    const { weights, training } = decodeModelFile(bytes, 'model.onnx');
    expect(weights).toEqual(randomWeights(specification(), 2));
    expect(training!.weights).toEqual(randomWeights(specification(), 1));
    expect(training!.best!.weights).toEqual(randomWeights(specification(), 2));
  });

  it('holds weights once where the last are the model', () => {
    const names = [...decodeModel(encodeModelFile(trained(specification())), 'model.onnx').training.keys()];
    expect(names.length).toBe(16);
    expect(names.every((name) => name.startsWith('optimizer/'))).toBe(true);
  });

  it('is plain ONNX, which onnxruntime runs for any number of examples', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'model.onnx');
      const data = table(5);
      const model = trained(
        specification({ input: { shape: [6], scaling: { method: 'standard', offset: [9.5], scale: [0.25] } } }),
      );
      await saveModel(path, model);
      const { inputs, outputs } = decodeModel(await readFile(path), path);
      expect(inputs).toEqual([{ name: 'input', type: 'float32', shape: ['batch', 6] }]);
      expect(outputs).toEqual([
        { name: 'code', type: 'float32', shape: ['batch', 2] },
        { name: 'reconstruction', type: 'float32', shape: ['batch', 6] },
      ]);

      const session = await InferenceSession.create(path);
      const expected = await reference(model, data);
      for (const count of [5, 1]) {
        const values = (await data.block(0, count)) as Float32Array;
        const { code, reconstruction } = await session.run({ input: new OrtTensor('float32', values, [count, 6]) });
        expect(code!.dims).toEqual([count, 2]);
        expect(reconstruction!.dims).toEqual([count, 6]);
        expect(largestDifference(code!.data as Float32Array, expected.code.slice(0, 2 * count))).toBeLessThan(1e-5);
        expect(
          largestDifference(reconstruction!.data as Float32Array, expected.reconstruction.slice(0, 6 * count)),
        ).toBeLessThan(1e-4);
      }
      await session.release();
    }));
});

/** Changes which tensors a file has for training. */
function withTraining(bytes: Uint8Array, change: (tensors: TensorProto[]) => TensorProto[]): Uint8Array {
  return changed(bytes, ({ trainingInfo }) => {
    const { algorithm } = trainingInfo[0]!;
    algorithm!.initializer = change(algorithm!.initializer);
  });
}

describe.each<[string, Specification, string[]]>([
  [
    'a discriminator',
    specification({ penalties: [{ type: 'adversarial', weight: 1, discriminator: [3] }] }),
    ['discriminator/0/weight', 'discriminator/0/bias', 'discriminator/output/weight', 'discriminator/output/bias'],
  ],
  [
    'running means of a codebook',
    specification({
      code: { type: 'vector-quantized', width: 4, vectors: 2, entries: 3, commitment: 0.25, decay: 0.9 },
    }),
    ['codebook/counts', 'codebook/sums'],
  ],
])('what only training uses, %s', (_what, model, names) => {
  const inFile = (bytes: Uint8Array): string[] => [...decodeModel(bytes, 'model.onnx').training.keys()];

  it.each([false, true])('survives in the file, beside the graph that people run (with best weights: %s)', (best) => {
    const before = trained(model, { best }, best);
    const bytes = encodeModelFile(before);
    const { initializers } = decodeModel(bytes, 'model.onnx');
    for (const name of names) {
      expect(initializers.has(name)).toBe(false);
      expect(inFile(bytes)).toContain(`model/${name}`);
    }
    const after = decodeModelFile(bytes, 'model.onnx');
    expect([...after.weights].sort()).toEqual([...before.weights].sort());
    expect({ ...after.training, weights: new Map(), best: undefined }).toEqual({
      ...before.training,
      weights: new Map(),
      best: undefined,
    });
    for (const [name, values] of before.training!.weights) expect(after.training!.weights.get(name)).toEqual(values);
  });

  it.each(names)('is missed where it is missing or of another size: %s', (name) => {
    const bytes = encodeModelFile(trained(model));
    const without = withTraining(bytes, (tensors) => tensors.filter((tensor) => tensor.name !== `model/${name}`));
    expect(problemOf(without)).toEqual(refusal(`values for "model/${name}", got none`));
    const cut = withTraining(bytes, (tensors) =>
      tensors.map((tensor) =>
        tensor.name === `model/${name}`
          ? create(TensorProtoSchema, { ...tensor, dims: [0n], rawData: new Uint8Array(0) })
          : tensor,
      ),
    );
    expect(problemOf(cut)).toEqual(refusal(`values for "model/${name}", got 0`));
  });

  it('is not there where a model is no more than to be run', () => {
    const { specification: made, weights } = trained(model);
    const { training, weights: read } = decodeModelFile(
      encodeModelFile({ specification: made, weights }),
      'model.onnx',
    );
    expect(training).toBeUndefined();
    expect([...read.keys()].filter((name) => names.includes(name))).toEqual([]);
  });
});

describe('a file from within a training of several stages', () => {
  const model = specification(
    { pretraining: { method: 'autoencoder', epochs: 2, learningRate: 0.1, gibbsSteps: 1 } },
    { activation: 'sigmoid' },
  );
  /** The file at the end of an epoch: the optimizer keeps something for the layers of the stage only. */
  function stopped(epoch: number, layers: RegExp): Uint8Array {
    const { weights, training } = trained(model);
    const optimizer = new Map([...training!.optimizer].filter(([name]) => layers.test(name)));
    const history = Array.from({ length: epoch }, (_, i) => record(i + 1));
    return encodeModelFile({ specification: model, weights, training: { ...training!, optimizer, epoch, history } });
  }
  const first = /^(encoder\/0|decoder\/output)\//;
  const second = /^(encoder\/code|decoder\/0)\//;

  it.each<[number, RegExp]>([
    [1, first],
    [2, first],
    [3, second],
    [4, second],
    [5, /./],
  ])('after epoch %d keeps the optimizer’s state of its stage', (epoch, layers) => {
    const { training } = decodeModelFile(stopped(epoch, layers), 'model.onnx');
    const expected = [...trained(model).training!.optimizer].filter(([name]) => layers.test(name));
    expect([...training!.optimizer].sort()).toEqual(expected.sort());
  });

  it.each<[number, RegExp, string]>([
    [1, second, 'encoder/0/weight'],
    [3, first, 'encoder/code/weight'],
    [5, second, 'encoder/0/weight'],
  ])('after epoch %d is refused with the state of another stage, from which it could not go on', (epoch, layers, name) => {
    expect(problemOf(stopped(epoch, layers))).toEqual(refusal(`values for "optimizer/${name}#`));
  });
});

/** A model file with its metadata rewritten, its tensors as they were. */
function rewritten(bytes: Uint8Array, change: (metadata: Record<string, Record<string, unknown>>) => void): Uint8Array {
  return changed(bytes, ({ metadataProps }) => {
    const entry = metadataProps.find(({ key }) => key === 'gargalo')!;
    const metadata = JSON.parse(entry.value);
    change(metadata);
    entry.value = JSON.stringify(metadata);
  });
}

describe('a file whose metadata were rewritten', () => {
  it('is refused where its graph holds parameters that the specification has no use for', () => {
    const tied = rewritten(encodeModelFile(trained(specification())), (metadata) => {
      Object.assign(metadata.specification!.body as object, { tied: true });
    });
    expect(problemOf(tied)).toEqual(refusal('expected no parameter "decoder/0/weight"'));
    const linear = specification({ linearPath: true });
    const straight = encodeModelFile({ specification: linear, weights: randomWeights(linear, 1) });
    expect(problemOf(straight)).toBeUndefined();
    const without = rewritten(straight, (metadata) => {
      delete metadata.specification!.linearPath;
    });
    expect(problemOf(without)).toEqual(refusal('expected no parameter "'));
  });

  it.each<[place: string, value: unknown]>([
    ['history.0', null],
    ['history.1.epoch', -1],
    ['history.1.epoch', 1],
    ['history.1.testLoss', null],
    ['history.0.terms', null],
    ['history', [record(1)]],
    ['request', null],
    ['request.values', 'x'],
    ['options', ''],
    ['options.batch', 1e9],
    ['options.epochs', undefined],
    ['step', 'x'],
    ['epoch', 1.5],
    ['best', { epoch: 3, testLoss: 1 }],
  ])('is refused with %s = %j of its training', (place, value) => {
    const keys = ['training', ...place.split('.')];
    const last = keys.pop()!;
    const damaged = rewritten(encodeModelFile(trained(specification())), (metadata) => {
      const holder = keys.reduce((held, key) => held[key] as never, metadata as Record<string, unknown>);
      holder[last] = value;
    });
    expect(problemOf(damaged)).toEqual(refusal(`training.${place.split('.')[0]}`));
  });

  it.each(['training', 'calibration', 'mixture'])('is refused with %s = null', (name) => {
    const damaged = rewritten(encodeModelFile(trained(specification())), (metadata) => {
      Object.assign(metadata, { [name]: null });
    });
    expect(problemOf(damaged)).toEqual(refusal(name));
  });
});

describe('saving a model', () => {
  it('writes what loading reads, over what was there', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'model.onnx');
      await writeFile(path, 'something else');
      const model = trained(specification());
      await saveModel(path, model);
      expect(await loadModel(path)).toEqual(model);
      expect(await readdir(folder)).toEqual(['model.onnx']);
    }));

  it('leaves the old file and nothing else where it fails half-way', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'model.onnx');
      const old = trained(specification());
      await saveModel(path, old);
      const { specification: model, weights, training } = trained(specification());
      // Can be written, but what is read back lacks the optimizer's state.
      const broken = { specification: model, weights, training: { ...training!, optimizer: new Map() } };
      await expect(saveModel(path, broken)).rejects.toMatchObject({ code: 'bad-input', where: path });
      expect(await loadModel(path)).toEqual(old);
      // Cannot be written at all.
      await expect(saveModel(path, { specification: model, weights: new Map() })).rejects.toThrow(GargaloError);
      expect(await loadModel(path)).toEqual(old);
      expect(await readdir(folder)).toEqual(['model.onnx']);
    }));

  it('reads back what it wrote, and leaves the old file where that computes something else', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'model.onnx');
      const old = trained(specification());
      await saveModel(path, old);
      /** Weights that somebody goes on changing meanwhile. */
      class Changing extends Map<string, Float32Array> {
        override get(name: string): Float32Array | undefined {
          const values = super.get(name);
          super.set(
            name,
            values!.map((value) => value + 1),
          );
          return values;
        }
      }
      const changing = { specification: old.specification, weights: new Changing(old.weights) };
      await expect(saveModel(path, changing)).rejects.toMatchObject({ code: 'internal', where: path });
      expect(await loadModel(path)).toEqual(old);
      expect(await readdir(folder)).toEqual(['model.onnx']);
    }));

  it('names the folder that is missing, and a folder that stands in the way', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'missing', 'model.onnx');
      await expect(saveModel(path, trained(specification()))).rejects.toMatchObject({
        code: 'bad-input',
        where: path,
        remedy: 'create it first',
      });
      await expect(saveModel(folder, trained(specification()))).rejects.toMatchObject({
        code: 'bad-input',
        where: folder,
      });
      expect(await readdir(folder)).toEqual([]);
    }));
});

describe('loading what is no model file', () => {
  const bytes = encodeModelFile(trained(specification(), { best: true }, true));

  it('names a file that is not there, and a folder', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'none.onnx');
      await expect(loadModel(path)).rejects.toMatchObject({ code: 'bad-input', where: path });
      await expect(loadModel(folder)).rejects.toMatchObject({ code: 'bad-input', where: folder });
    }));

  it('names a damaged file by its path', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'half.onnx');
      await writeFile(path, bytes.subarray(0, bytes.length / 2));
      await expect(loadModel(path)).rejects.toMatchObject({ code: 'bad-input', where: path });
    }));

  it('refuses a file that was cut off, wherever', () => {
    const accepted = [];
    for (let length = 0; length < bytes.length; length += 1 + Math.floor(length / 500)) {
      if (!isRefusal(problemOf(bytes.subarray(0, length)))) accepted.push(length);
    }
    expect(accepted).toEqual([]);
  });

  it('reads a file with changed bytes as a model, or refuses it in words', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
        (flips) => {
          const damaged = bytes.slice();
          for (const [at, mask] of flips) damaged[at]! ^= mask;
          const problem = problemOf(damaged);
          expect(problem === undefined || isRefusal(problem), String(problem)).toBe(true);
        },
      ),
      { numRuns: effort(1500, 15_000) },
    );
  });

  it('refuses a specification with any word of it changed, or reads it as another one', () => {
    const start = Buffer.from(bytes).indexOf('"specification"');
    const end = Buffer.from(bytes).indexOf('"training"');
    expect(end).toBeGreaterThan(start);
    let refused = 0;
    for (let at = start; at < end; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      const problem = problemOf(damaged);
      expect(problem === undefined || isRefusal(problem), `${at - start}: ${problem}`).toBe(true);
      if (problem) refused++;
    }
    expect(refused).toBeGreaterThan((end - start) / 2);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('name,value\n1,2\n')],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ])('refuses %s', (_name, other) => {
    expect(problemOf(other)).toEqual(refusal('expected an ONNX model'));
  });

  it('refuses an ONNX model of others', () => {
    const x = variable('x', ['n']);
    const { bytes: foreign } = encodeProgram({ name: 'negate', inputs: [x], outputs: { y: op.Neg(x) } });
    expect(problemOf(foreign)).toEqual(refusal('expected a model made by gargalo'));
  });

  it.each([
    ['2', 'expected model format 1, got 2'],
    ['"1"', 'expected model format 1, got 1'],
  ])('refuses the format %s', (format, words) => {
    const other = changed(bytes, ({ metadataProps }) => {
      metadataProps[0]!.value = metadataProps[0]!.value.replace('"format":1', `"format":${format}`);
    });
    expect(problemOf(other)).toEqual(refusal(words));
  });

  it.each([
    'null',
    '[]',
    '1',
    '{}',
    '{"format":1}',
    '{"format":1,"specification":null}',
    '{"format":',
  ])('refuses %s for a specification', (text) => {
    const other = changed(bytes, ({ metadataProps }) => {
      metadataProps[0]!.value = text;
    });
    expect(isRefusal(problemOf(other))).toBe(true);
  });

  it.each(['encoder/code/weight', 'decoder/output/bias'])('refuses a file without %s', (name) => {
    const other = changed(bytes, ({ graph }) => {
      graph!.initializer = graph!.initializer.filter((tensor) => tensor.name !== name);
    });
    expect(problemOf(other)).toEqual(refusal(`values for "${name}", got none`));
  });

  it.each([
    'last/encoder/0/weight',
    'optimizer/decoder/0/bias#moment',
    'optimizer/encoder/0/weight#second-moment',
  ])('refuses a file without %s, from which training could not go on', (name) => {
    const other = changed(bytes, ({ trainingInfo }) => {
      const { algorithm } = trainingInfo[0]!;
      algorithm!.initializer = algorithm!.initializer.filter((tensor) => tensor.name !== name);
    });
    expect(problemOf(other)).toEqual(refusal(`values for "${name}", got none`));
  });

  it('refuses tensors of a training that nothing uses', () => {
    const other = changed(bytes, ({ trainingInfo }) => {
      const { initializer } = trainingInfo[0]!.algorithm!;
      const { name: _name, $typeName: _type, ...tensor } = initializer[0]!;
      initializer.push(create(TensorProtoSchema, { ...tensor, name: 'optimizer/encoder/9/weight#moment' }));
    });
    const problem = 'expected no tensors that nothing uses, got 1, the first "optimizer/encoder/9/weight#moment"';
    expect(problemOf(other)).toEqual(refusal(problem));
    const without = rewritten(bytes, (metadata) => {
      delete (metadata as { training?: unknown }).training;
    });
    expect(problemOf(without)).toEqual(refusal('training: expected no tensors that nothing uses, got '));
  });

  it('refuses parameters that are no numbers', () => {
    const model = { specification: specification(), weights: new Map(randomWeights(specification())) };
    const [name, values] = [...model.weights][0]!;
    model.weights.set(name, values.with(1, Number.NaN));
    expect(() => decodeModelFile(encodeModelFile(model), 'm.onnx')).toThrow(
      `expected finite numbers for "${name}", got NaN as number 2 (the file is damaged`,
    );
  });

  it('refuses a parameter of another size', () => {
    const other = changed(bytes, ({ graph }) => {
      const at = graph!.initializer.findIndex(({ name }) => name === 'encoder/0/bias');
      const { name, dataType } = graph!.initializer[at]!;
      graph!.initializer[at] = create(TensorProtoSchema, { name, dataType, dims: [3n], rawData: new Uint8Array(12) });
    });
    expect(problemOf(other)).toEqual(refusal('expected 4 values for "encoder/0/bias", got 3'));
  });
});
