import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { ModelProtoSchema } from '../../test/generated/onnx_pb.js';
import { type ModelProto, modelProto } from './schema.js';
import { decodeMessage, encodeMessage, type Message } from './wire.js';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }));
const bytes = fc.uint8Array({ maxLength: 300 });
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const some = <T extends object>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }, required: (keyof T)[] = []) =>
  fc.record(fields, { requiredKeys: required });

const tensor = some(
  {
    dims: list(int64),
    dataType: fc.integer({ min: 0, max: 20 }),
    floatData: list(fc.float({ noNaN: true })),
    int32Data: list(fc.integer()),
    int64Data: list(int64),
    name: text,
    rawData: bytes,
  },
  ['dims', 'floatData', 'int32Data', 'int64Data'],
);
const attribute = some({ name: text, f: fc.float({ noNaN: true }), i: int64, s: bytes, t: tensor, ints: list(int64) }, [
  'ints',
]);
const node = some({ input: list(text), output: list(text), name: text, opType: text, attribute: list(attribute) }, [
  'input',
  'output',
  'attribute',
]);
const models: fc.Arbitrary<ModelProto> = some(
  {
    irVersion: int64,
    producerName: text,
    graph: some(
      { node: list(node), name: text, initializer: list(tensor), input: fc.constant([]), output: fc.constant([]) },
      ['node', 'initializer', 'input', 'output'],
    ),
    opsetImport: list(some({ domain: text, version: int64 })),
    metadataProps: list(some({ key: text, value: text })),
    trainingInfo: fc.constant([]),
  },
  ['opsetImport', 'metadataProps', 'trainingInfo'],
);

describe("messages, beside those of protobuf's own library", () => {
  it('are the same bytes, and are read back', () => {
    fc.assert(
      fc.property(models, (model) => {
        const ours = encodeMessage(modelProto, model);
        // the library wants lists that it may change
        expect(ours).toEqual(toBinary(ModelProtoSchema, create(ModelProtoSchema, structuredClone(model) as object)));
        expect(decodeMessage(modelProto, ours)).toEqual(model);
        expect(encodeMessage(modelProto, decodeMessage(modelProto, ours))).toEqual(ours);
        expect(fromBinary(ModelProtoSchema, ours).producerName).toBe(model.producerName ?? '');
      }),
      { numRuns: effort(200, 2000) },
    );
  });

  it('have the fields of onnx.proto: their numbers, and which of them are lists', () => {
    const compared = new Set<Message<unknown>>();
    const compare = (own: Message<unknown>, theirs: DescMessage): void => {
      if (compared.has(own)) return;
      compared.add(own);
      for (const { name, number, kind, list } of own.backwards) {
        const field = theirs.field[name];
        expect([theirs.name, name, field?.number]).toEqual([theirs.name, name, number]);
        expect([theirs.name, name, field?.fieldKind === 'list']).toEqual([theirs.name, name, list !== undefined]);
        if (typeof kind !== 'function') continue;
        expect(field?.message).toBeDefined();
        if (field?.message) compare(kind(), field.message);
      }
    };
    compare(modelProto, ModelProtoSchema);
    expect(compared.size).toBe(13);
  });
});
