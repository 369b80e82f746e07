import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation,
  type TensorProtoSchema,
} from '../../test/generated/onnx_pb.js';
import { GargaloError } from '../core/errors.js';
import * as op from '../graph/ops/index.js';
import { allocate, constant, type DataType, type Tensor, type Values, variable } from '../graph/tensor.js';
import { type DecodedModel, decodeModel } from './decode.js';
import { encodeGraph, wrapModel } from './encode.js';
import { encodeTensor, protoTypes } from './graph-builder.js';

const types: readonly DataType[] = ['float32', 'int32', 'int64', 'uint8', 'bool'];

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: DataType;
  readonly values: Values;
}

/** A model with given tensors as weights and as training state. */
function modelWith(
  weights: readonly Stored[],
  metadata: Readonly<Record<string, string>>,
  state: readonly Stored[] = [],
): Uint8Array {
  const x = variable('x', ['batch', 3]);
  const { graph } = encodeGraph({
    name: 'model',
    inputs: [x],
    outputs: { y: op.Add(x, constant([1, 2, 3])) },
    initializers: new Map(
      weights.map(({ name, shape, type, values }): [Tensor<'Variable'>, Values] => [
        variable(name, shape, type),
        values,
      ]),
    ),
  });
  const initializer = state.map(({ name, shape, type, values }) => encodeTensor(name, values, shape, type));
  const algorithm = { name: 'adam', node: [], initializer, input: [], output: [] };
  const training = state.length === 0 ? [] : [{ algorithm }];
  return wrapModel(graph, metadata, training);
}

const stored = (prefix: string): fc.Arbitrary<Stored[]> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom(...types),
        shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
        fill: fc.integer({ min: -9, max: 9 }),
      }),
      { maxLength: 5 },
    )
    .map((items) =>
      items.map(({ type, shape, fill }, i): Stored => {
        const values = allocate(
          type,
          shape.reduce((product, side) => product * side, 1),
        );
        for (let at = 0; at < values.length; at++)
          values[at] = values instanceof BigInt64Array ? BigInt(fill * at) : (fill * at) / 3;
        return { name: `${prefix}/${i}`, shape, type, values };
      }),
    );

function expectStored(got: DecodedModel['initializers'], expected: readonly Stored[]): void {
  for (const { name, ...rest } of expected) expect(got.get(name)).toEqual(rest);
}

describe('reading a model back', () => {
  it('gives the tensors, the training state, the metadata and the ports that were written', () => {
    fc.assert(
      fc.property(
        stored('weight'),
        stored('state'),
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        (weights, state, metadata) => {
          const model = decodeModel(modelWith(weights, metadata, state), 'x.onnx');
          expectStored(model.initializers, weights);
          expectStored(model.training, state);
          expect(model.training.size).toBe(state.length);
          expect(Object.entries(model.metadata)).toEqual(Object.entries(metadata));
          expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 3] }]);
          expect(model.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['batch', 3] }]);
          expect(model.graph.node.map(({ opType }) => opType)).toEqual(['Add']);
        },
      ),
      { numRuns: effort(100, 1000) },
    );
  });

  it('keeps every bit of a float: NaN, infinities, −0, the smallest', () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, -0, 1e-45, 0.1);
    const { initializers } = decodeModel(modelWith([{ name: 'w', shape: [6], type: 'float32', values }], {}), 'x.onnx');
    expect(initializers.get('w')!.values).toEqual(values);
  });

  it('copies values out of the file, wherever in it they begin', () => {
    const values = Float32Array.from({ length: 9 }, (_, i) => i / 7);
    const bytes = modelWith([{ name: 'w', shape: [3, 3], type: 'float32', values }], {});
    for (let offset = 0; offset < 8; offset++) {
      const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
      shifted.set(bytes);
      const read = decodeModel(shifted, 'x.onnx').initializers.get('w')!.values;
      shifted.fill(0);
      expect(read).toEqual(values);
    }
  });

  it('reads values that other tools write as lists of numbers', () => {
    const tensors = [
      { name: 'f', dims: [2n], dataType: protoTypes.float32, floatData: [0.5, -1] },
      { name: 'i', dims: [2n], dataType: protoTypes.int32, int32Data: [7, -7] },
      { name: 'l', dims: [1n], dataType: protoTypes.int64, int64Data: [2n ** 60n] },
      { name: 'b', dims: [2n], dataType: protoTypes.bool, int32Data: [1, 0] },
      { name: 'u', dims: [], dataType: protoTypes.uint8, int32Data: [255] },
    ];
    expect(Object.fromEntries(decodeModel(foreign(tensors), 'x.onnx').initializers)).toEqual({
      f: { shape: [2], type: 'float32', values: Float32Array.of(0.5, -1) },
      i: { shape: [2], type: 'int32', values: Int32Array.of(7, -7) },
      l: { shape: [1], type: 'int64', values: BigInt64Array.of(2n ** 60n) },
      b: { shape: [2], type: 'bool', values: Uint8Array.of(1, 0) },
      u: { shape: [], type: 'uint8', values: Uint8Array.of(255) },
    });
  });

  it('leaves out tensors of types that our models do not have', () => {
    const double = { name: 'd', dims: [1n], dataType: 11, doubleData: [1] };
    expect(decodeModel(foreign([double]), 'x.onnx').initializers.size).toBe(0);
  });
});

type TensorInit = Parameters<typeof create<typeof TensorProtoSchema>>[1];
function foreign(initializer: NonNullable<TensorInit>[]): Uint8Array {
  const graph = create(GraphProtoSchema, { name: 'foreign', initializer });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }], graph }),
  );
}

describe('bytes that are no model', () => {
  const refused = (bytes: Uint8Array): unknown => {
    try {
      decodeModel(bytes, 'run/model.onnx');
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('label,x,y\n1,2,3\n')],
    ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0)],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)],
    ['zeros', new Uint8Array(64)],
    [
      'a model without a graph',
      toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 9n, opsetImport: [{ version: 20n }] })),
    ],
  ])('are refused: %s', (_name, bytes) => {
    const error = refused(bytes);
    expect(error).toBeInstanceOf(GargaloError);
    expect(error).toMatchObject({ code: 'bad-input', where: 'run/model.onnx' });
    expect((error as Error).message).toMatch(/^run\/model\.onnx: expected an ONNX model, got /);
  });

  it('are refused, or read as a whole, wherever a file is cut off', () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => i);
    const one: Stored = { name: 'w', shape: [40], type: 'float32', values };
    const bytes = modelWith([one], { gargalo: '{"format":1}' }, [{ ...one, name: 'optimizer/w' }]);
    for (let length = 0; length < bytes.length; length++) {
      const error = refused(bytes.subarray(0, length));
      // What passes has its graph, weights included: only whole parts behind it are gone.
      if (error === undefined) expectStored(decodeModel(bytes.subarray(0, length), 'x').initializers, [one]);
      else expect(error).toMatchObject({ name: 'GargaloError', code: 'bad-input' });
    }
    expect(refused(bytes)).toBeUndefined();
  });

  it('never give another error, whichever byte is changed, and whatever they are', () => {
    const values = Float32Array.from({ length: 4 }, (_, i) => i);
    const bytes = modelWith([{ name: 'w', shape: [2, 2], type: 'float32', values }], { a: 'b' }, [
      { name: 's', shape: [4], type: 'float32', values },
    ]);
    const check = (damaged: Uint8Array): void => {
      const error = refused(damaged);
      if (error !== undefined) expect(error).toMatchObject({ name: 'GargaloError', code: 'bad-input' });
    };
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80, 0xff]) check(bytes.map((byte, i) => (i === at ? byte ^ flip : byte)));
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), check), { numRuns: effort(500, 5000) });
  });

  it('say which tensor is damaged', () => {
    const short = { name: 'w', dims: [5n], dataType: protoTypes.float32, rawData: new Uint8Array(16) };
    expect(() => decodeModel(foreign([short]), 'a.onnx')).toThrow(
      'a.onnx: expected an ONNX model with 5 values for "w", got 4',
    );
    const huge = { name: 'w', dims: [2n ** 62n, 4n], dataType: protoTypes.float32, rawData: new Uint8Array(16) };
    expect(() => decodeModel(foreign([huge]), 'a.onnx')).toThrow(GargaloError);
    const negative = { name: 'w', dims: [-2n, -2n], dataType: protoTypes.float32, rawData: new Uint8Array(16) };
    expect(() => decodeModel(foreign([negative]), 'a.onnx')).toThrow(GargaloError);
    const ragged = { name: 'w', dims: [4n], dataType: protoTypes.float32, rawData: new Uint8Array(17) };
    expect(() => decodeModel(foreign([ragged]), 'a.onnx')).toThrow(GargaloError);
    const outside = {
      name: 'w',
      dims: [4n],
      dataType: protoTypes.float32,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    };
    expect(() => decodeModel(foreign([outside]), 'a.onnx')).toThrow('expected "w" in the file itself');
  });
});

it('is refused where two bytes each stand for millions of messages', () => {
  const nodes = Buffer.alloc(2 * (2 ** 20 + 1), Buffer.of(0x0a, 0));
  const length = [
    (nodes.length & 127) | 128,
    ((nodes.length >> 7) & 127) | 128,
    ((nodes.length >> 14) & 127) | 128,
    nodes.length >> 21,
  ];
  const file = Buffer.concat([Buffer.of(0x08, 8, 0x3a, ...length), nodes, Buffer.of(0x42, 2, 0x10, 17)]);
  expect(() => decodeModel(file, 'm.onnx')).toThrow(
    'm.onnx: expected an ONNX model, got more than 1048576 messages, texts and numbers',
  );
});
