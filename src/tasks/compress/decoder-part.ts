import { unzlibSync, zlibSync } from 'fflate';
import { badInput, GargaloError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import { sizeOf } from '../../graph/shape.js';
import { variable } from '../../graph/tensor.js';
import { inferenceParametersOf, type Model, parametersAsked, type Weights } from '../../models/autoencoder.js';
import { decode } from '../../models/network.js';
import type { Specification } from '../../models/specification.js';
import type { ParameterDefinition } from '../../nn/scope.js';
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from './bytes.js';
import { createIntegerCoder, type Expectation, expectationsOf, LARGEST_SPREAD } from './integers.js';
import { createDigest } from './sha256.js';

/** How the decoder's numbers lie in a file: as they are, or rounded so finely that pictures hardly change. */
export const embeddings = ['rounded', 'exact'] as const;
export type Embedding = (typeof embeddings)[number];

/** Steps of rounded weights to the deviation of those of a tensor. */
const STEPS_PER_DEVIATION = 16;
/** Deflate makes bytes at most that many times smaller. */
const DEFLATED = 1032;
/** The longest specification. */
const MOST_TEXT = 2 ** 24;
/** Values that a coder is given at once. */
const PART = 2 ** 16;

/** The parameters that turn codes into examples. */
function parametersOfDecoder(specification: Specification): ParameterDefinition[] {
  const asked = new Set(
    parametersAsked((scope) => {
      decode(specification, scope, variable('z', ['batch', specification.code.width]));
    }).map(({ name }) => name),
  );
  return inferenceParametersOf(specification).filter(({ name }) => asked.has(name) || name.startsWith('codebook/'));
}

/** The part of a model that turns codes into examples. Its specification has nothing of how it was trained. */
export function decoderPart({ specification, weights }: Model): Model {
  const { pretraining: _pretraining, ...rest } = specification;
  const parameters = parametersOfDecoder(specification);
  return {
    specification: { ...rest, kind: 'decoder', corruption: { type: 'none' }, penalties: [] },
    weights: new Map(
      parameters.map(({ name }) => {
        const values = weights.get(name);
        if (!values) throw badInput('model', `expected a value for the parameter "${name}"`);
        return [name, values];
      }),
    ),
  };
}

/** JSON whose keys are in the order of their names. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * A name for what a model makes of codes: SHA-256 over what its decoder is, and the numbers in it. Models with the same one
 * decompress each other's files; the file that a model lies in, its encoder and its training do not count.
 *
 * @returns 32 bytes
 */
export function decoderHash(model: Model): Uint8Array {
  const { specification, weights } = decoderPart(model);
  const { input, body, code, output } = specification;
  const digest = createDigest();
  const { width } = code;
  const book = code.type === 'vector-quantized' ? { vectors: code.vectors, entries: code.entries } : {};
  digest.update(new TextEncoder().encode(sortedJson({ input, body, code: { width, ...book }, output })));
  for (const [name, values] of weights) {
    digest.update(new TextEncoder().encode(`\n${name}\n`));
    digest.update(bytesOf(values));
  }
  return digest.value();
}

/** The step that weights are rounded to, a 32-bit float; of those that are all 0 any. */
function stepOf(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  const step = Math.fround(Math.sqrt(squares / Math.max(1, values.length)) / STEPS_PER_DEVIATION);
  return step > 0 && Number.isFinite(step) ? step : 1;
}

/** The numbers as they are, with the like bytes of all of them side by side, which deflate can make something of. */
function writeExact(writer: ByteWriter, values: Float32Array): void {
  const bytes = bytesOf(values);
  const planes = bytes.map((_, at) => bytes[(at % values.length) * 4 + Math.floor(at / values.length)] as number);
  writer.part(zlibSync(planes, { level: 9 }));
}

/** The numbers as multiples of a step, coded as codes are. */
function writeRounded(writer: ByteWriter, values: Float32Array): void {
  const step = stepOf(values);
  const whole = Int32Array.from(values, (value) => Math.round(value / step));
  const { spread } = expectationsOf(whole, 1)[0] as Extract<Expectation, { type: 'around' }>;
  const coder = createIntegerCoder([{ type: 'around', center: 0, spread }]);
  writer.float(step);
  writer.whole(spread);
  for (let at = 0; at < whole.length; at += PART) writer.part(coder.encode(whole.subarray(at, at + PART)));
}

/**
 * A decoder as bytes: its specification and its numbers.
 *
 * @returns the bytes, and the decoder that comes out of them: whatever is measured is measured with this one
 */
export function encodeDecoder(model: Model, embedding: Embedding): { bytes: Uint8Array; decoder: Model } {
  const { specification, weights } = decoderPart(model);
  const writer = createByteWriter();
  const text = new TextEncoder().encode(sortedJson(specification));
  writer.byte(embeddings.indexOf(embedding));
  writer.whole(text.length);
  writer.part(zlibSync(text, { level: 9 }));
  for (const values of weights.values()) (embedding === 'exact' ? writeExact : writeRounded)(writer, values);
  const bytes = writer.finish();
  return { bytes, decoder: decodeDecoder(bytes, 'decoder') };
}

/**
 * Reads what {@link encodeDecoder} wrote.
 *
 * @throws GargaloError `bad-input` for what it did not write; before room is made for what so few bytes cannot hold
 */
export function decodeDecoder(bytes: Uint8Array, where: string): Model {
  const reader = createByteReader(bytes, where);
  try {
    const embedding = embeddings[reader.byte('the form of the decoder')];
    if (!embedding) throw badInput(where, 'expected a decoder in a form that is known, got another');
    const specification = readSpecification(reader, where);
    const read = embedding === 'exact' ? readExact : readRounded;
    const weights: Weights = new Map(
      parametersOfDecoder(specification).map(({ name, shape }) => [name, read(reader, sizeOf(shape), where)]),
    );
    if (reader.left > 0) throw badInput(where, `expected the end of the decoder, got ${reader.left} bytes more`);
    return { specification, weights };
  } catch (cause) {
    if (cause instanceof GargaloError && cause.where === where) throw cause;
    // a specification of other names or types than ours fails anywhere where it is used
    throw badInput(where, 'expected a sound decoder in the file, got a damaged one', 'compress again', cause);
  }
}

/** What would need far more room than the bytes can be worth is not even begun. */
function refuseBomb(where: string, size: number, got: number, ratio: number): void {
  if (size <= ratio * got) return;
  throw badInput(where, `expected bytes for ${size} values of the decoder, got ${got} bytes`);
}

function inflate(packed: Uint8Array, size: number, where: string): Uint8Array {
  refuseBomb(where, size, packed.length, DEFLATED);
  const bytes = unzlibSync(packed, { out: new Uint8Array(size) });
  if (bytes.length !== size) throw badInput(where, `expected ${size} bytes of the decoder, got ${bytes.length}`);
  return bytes;
}

function readSpecification(reader: ByteReader, where: string): Specification {
  const size = reader.whole('the size of the specification', MOST_TEXT);
  const text = inflate(reader.part('the specification of the decoder'), size, where);
  return parseJson(new TextDecoder().decode(text)) as Specification;
}

function readExact(reader: ByteReader, size: number, where: string): Float32Array {
  const planes = inflate(reader.part('weights of the decoder'), 4 * size, where);
  const values = new Float32Array(size);
  const out = bytesOf(values);
  for (let at = 0; at < planes.length; at++) out[(at % size) * 4 + Math.floor(at / size)] = planes[at] as number;
  return values;
}

function readRounded(reader: ByteReader, size: number, where: string): Float32Array {
  const step = reader.float('the step of weights');
  const spread = reader.whole('the spread of weights', LARGEST_SPREAD);
  // a part of equal values may take no bytes, but its length takes one
  refuseBomb(where, size, reader.left, PART);
  const coder = createIntegerCoder([{ type: 'around', center: 0, spread: Math.max(1, spread) }], where);
  const values = new Float32Array(size);
  for (let at = 0; at < size; at += PART) {
    const whole = coder.decode(reader.part('weights of the decoder'), Math.min(PART, size - at));
    for (const [i, value] of whole.entries()) values[at + i] = value * step;
  }
  return values;
}
