import { lookOf } from '../../data/look.js';
import { type ExampleSource, streamOf } from '../../data/stream.js';
import { stopWhereAborted, type WorkOptions } from '../../data/work.js';
import { badInput } from '../../errors.js';
import { type Autoencoder, checkInput, type Model, openAutoencoder } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { isBounded } from '../denoise.js';
import { checkStepChoice, largestStep, type StepChoice } from './choose-step.js';
import { createGarWriter, examplesPerBlock } from './container.js';
import { decoderHash, type Embedding, encodeDecoder } from './decoder-part.js';
import { hashName } from './decompress.js';
import { createFidelityMeter, type Fidelity } from './fidelity.js';
import type { GarHeader } from './header.js';
import { type Expectation, expectationsOf } from './integers.js';
import { dequantize, placesOf, type Quantizer, quantize } from './quantizer.js';
import { type CodedSample, sampleCodes } from './sample-codes.js';
import { deviationsOf, sensitivityScales } from './step-scales.js';

/** What is left to a caller of {@link compress}. */
export interface CompressOptions extends StepChoice, WorkOptions, RuntimeOptions {
  /** Put the decoder inside the file, rounded or as it is: the file can then be decompressed without the model. */
  readonly embed?: Embedding | undefined;
}

/** What compressing came to. Everything is measured on what the file gives back. */
export interface CompressionFigures extends Fidelity {
  readonly examples: number;
  /** Of the whole file: header, checksum and what is embedded count. */
  readonly bytes: number;
  readonly bytesPerExample: number;
  /** Of pictures: bits of the whole file for each pixel. */
  readonly bitsPerPixel?: number;
  /** What the decoder takes inside the file, or rounded would take there. */
  readonly decoderBytes: number;
  /** The same with the decoder's size spread over the examples, wherever it lies. */
  readonly bytesPerExampleWithDecoder: number;
  readonly bitsPerPixelWithDecoder?: number;
  /** Of codes that are numbers. */
  readonly step?: number;
  /** The decoder that the file is for. */
  readonly decoder: string;
}

/** A file in memory, and what it came to. */
export interface Compressed extends CompressionFigures {
  readonly file: Uint8Array;
}

/** What adds a tenth to the error of the model itself is the step where nobody asked for one. */
const DEFAULT_LOSS = 1.1;

/** How codes are written, once that is settled. */
interface Plan {
  readonly header: GarHeader;
  readonly quantizer: Quantizer;
}

/** Both ends of a file: the model that codes come from, and the decoder that they are for, at work. */
interface Ends {
  readonly model: Model;
  /** The same model, or one whose decoder has been rounded. */
  readonly decoder: Model & Pick<Autoencoder, 'decode'>;
}

/** The mean squared error of a sample with a quantizer, or with codes as they are. */
async function sampleError(
  { originals, codes }: CodedSample,
  { model, decoder }: Ends,
  type: 'uint8' | 'float32',
  quantizer?: Quantizer,
): Promise<number> {
  const meter = createFidelityMeter(model.specification, type, { ssim: false });
  const passed = quantizer ? dequantize(quantize(codes, quantizer, model), quantizer, decoder) : codes;
  meter.add(originals, await decoder.decode(passed));
  return meter.value().mse;
}

/** Distributions for some codes, and what is known of codes otherwise. */
function expectationsFor(values: Int32Array, quantizer: Quantizer, width: number): Expectation[] {
  const { type } = quantizer;
  if (type === 'steps') return expectationsOf(values, width);
  return Array.from({ length: quantizer.vectors }, () => ({ type: 'entries', entries: quantizer.entries }));
}

/** The bytes of the file that a sample alone makes. */
function sampleBytes({ codes }: CodedSample, plan: Plan, model: Model): { fixed: number; growing: number } {
  const values = quantize(codes, plan.quantizer, model);
  const places = plan.header.expectations.length;
  const writer = createGarWriter(plan.header);
  const fixed = writer.start().length;
  const block = examplesPerBlock(places, inputSize(model.specification)) * places;
  let growing = 0;
  for (let at = 0; at < values.length; at += block) growing += writer.block(values.subarray(at, at + block)).length;
  return { fixed: fixed + writer.end().length, growing };
}

/** Looks at a sample and settles steps and distributions. */
async function planFor(
  ends: Ends,
  sample: CodedSample,
  fixed: Pick<GarHeader, 'decoderHash' | 'decoder' | 'shape' | 'type' | 'named'>,
  options: CompressOptions,
  examples: number | undefined,
): Promise<Plan> {
  const { model, decoder } = ends;
  const { code } = model.specification;
  const planned = (quantizer: Quantizer): Plan => ({
    quantizer,
    header: {
      ...fixed,
      width: code.width,
      quantizer,
      expectations: expectationsFor(quantize(sample.codes, quantizer, model), quantizer, code.width),
    },
  });
  if (code.type === 'vector-quantized') {
    return planned({ type: 'entries', vectors: code.vectors, entries: code.entries });
  }
  const scales = code.type === 'quantized' ? undefined : await sensitivityScales(decoder, sample);
  const withStep = (step: number): Quantizer => ({ type: 'steps', step, ...(scales && { scales }) });
  if (options.step !== undefined) return planned(withStep(Math.fround(options.step)));
  const asked = options.mse ?? (options.psnr === undefined ? undefined : 10 ** (-options.psnr / 10));
  if (asked === undefined && options.bytes === undefined && code.type === 'quantized') return planned(withStep(1));

  const guess = code.type === 'quantized' ? 1 : middleOf(deviationsOf(sample.codes, code.width)) || 1;
  const { bytes, signal } = options;
  if (bytes !== undefined) {
    const factor = sample.whole ? 1 : (examples ?? sample.count) / sample.count;
    if (!sample.whole && examples === undefined) {
      throw badInput('bytes', 'expected a source whose number of examples is known', 'choose the step by mse instead');
    }
    // what holds for large steps holds for small ones of the inverse
    const inverse = await largestStep(
      1 / guess,
      async (inverted) => {
        const size = sampleBytes(sample, planned(withStep(Math.fround(1 / inverted))), model);
        return size.fixed + size.growing * factor <= bytes;
      },
      signal,
    );
    if (inverse === undefined) {
      throw badInput('bytes', `expected room for the header and the codes, got ${bytes} bytes`, 'allow for more');
    }
    return planned(withStep(Math.fround(1 / inverse)));
  }
  const unrounded = await sampleError(sample, ends, fixed.type);
  const target = asked ?? unrounded * DEFAULT_LOSS;
  const holds = async (step: number): Promise<boolean> =>
    (await sampleError(sample, ends, fixed.type, withStep(step))) <= target;
  const step = await largestStep(guess, holds, signal);
  if (step === undefined) {
    const where = options.psnr === undefined ? 'mse' : 'psnr';
    const words = (mse: number) => (where === 'mse' ? mse.toPrecision(4) : `${(-10 * Math.log10(mse)).toFixed(2)} dB`);
    throw badInput(
      where,
      `expected a quality that the model has, ${words(unrounded)} with codes as they are, got ${words(target)}`,
      'ask for less, or train a larger model',
    );
  }
  return planned(withStep(step));
}

function middleOf(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}

/**
 * Compresses examples to the bytes of a .gar file, part after part (Ballé, Laparra & Simoncelli 2017 describe such a codec):
 * codes are rounded to multiples of a step and written by a range coder that learns how often each value comes at each
 * place. It is lossy. Steps and first distributions come from up to 16,384 of the examples, from all over a data set or the
 * first ones of a stream; a target that all examples are asked to meet is met where they are no more than those.
 *
 * @returns when the last part has been taken: what it came to
 * @throws GargaloError `bad-input` for examples that do not fit the model, codes that are not finite, targets out of reach
 */
export async function* compressParts(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  options: CompressOptions = {},
): AsyncGenerator<Uint8Array, CompressionFigures> {
  const { specification } = autoencoder;
  const { embed, signal, onProgress, device, threads } = options;
  checkInput(specification, examples);
  checkStepChoice(options, {
    bounded: isBounded(specification),
    entries: specification.code.type === 'vector-quantized',
  });
  const stored = encodeDecoder(autoencoder, embed ?? 'rounded');
  const rounded = embed === 'rounded' ? stored.decoder : undefined;
  // Whatever is measured is what the decoder gives that will be there.
  const decoder = rounded
    ? openAutoencoder(rounded, { ...(device && { device }), ...(threads !== undefined && { threads }) })
    : autoencoder;
  try {
    const stream = streamOf(examples);
    const named = stream.named === true;
    const sample = await sampleCodes(autoencoder, examples, { signal });
    const plan = await planFor(
      { model: autoencoder, decoder },
      sample,
      {
        decoderHash: decoderHash(rounded ?? autoencoder),
        ...(embed && { decoder: stored.bytes }),
        shape: specification.input.shape,
        type: examples.type,
        named,
      },
      options,
      stream.length,
    );
    const { quantizer, header } = plan;
    const size = inputSize(specification);
    const { width } = specification.code;
    const writer = createGarWriter(header);
    const meter = createFidelityMeter(specification, header.type);
    const rows = examplesPerBlock(placesOf(quantizer, width), size);
    let bytes = 0;
    let count = 0;
    const counted = (part: Uint8Array): Uint8Array => {
      bytes += part.length;
      return part;
    };
    yield counted(writer.start());
    for await (const { values, code, names } of regrouped(autoencoder, examples, rows, { signal })) {
      stopWhereAborted(signal, examples.name);
      const whole = quantize(code, quantizer, autoencoder);
      meter.add(values, await decoder.decode(dequantize(whole, quantizer, decoder)));
      count += code.length / width;
      yield counted(writer.block(whole, names));
      onProgress?.({ done: count, ...(stream.length !== undefined && { total: stream.length }) });
    }
    yield counted(writer.end());
    if (count === 0) throw badInput(examples.name, 'expected at least one example to compress, got none');
    const look = lookOf(specification.input.shape, specification.input.sequence);
    const pixels = look.kind === 'picture' ? look.width * look.height : undefined;
    const withDecoder = (embed ? bytes : bytes + stored.bytes.length) / count;
    return {
      examples: count,
      bytes,
      bytesPerExample: bytes / count,
      ...(pixels && { bitsPerPixel: (8 * bytes) / count / pixels }),
      decoderBytes: stored.bytes.length,
      bytesPerExampleWithDecoder: withDecoder,
      ...(pixels && { bitsPerPixelWithDecoder: (8 * withDecoder) / pixels }),
      ...meter.value(),
      ...(quantizer.type === 'steps' && { step: quantizer.step }),
      decoder: hashName(header.decoderHash),
    };
  } finally {
    if (decoder !== autoencoder) await decoder.close();
  }
}

/** Codes in blocks of so many examples, whatever the blocks of the source: the last may have fewer. */
async function* regrouped(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  rows: number,
  options: WorkOptions,
): AsyncGenerator<{ values: Float32Array | Uint8Array; code: Float32Array; names?: readonly string[] }, void> {
  const { width } = autoencoder.specification.code;
  const size = inputSize(autoencoder.specification);
  const make = (count: number) => (examples.type === 'uint8' ? new Uint8Array(count) : new Float32Array(count));
  let values = make(rows * size);
  let code = new Float32Array(rows * width);
  let names: string[] = [];
  let filled = 0;
  for await (const block of autoencoder.codes(examples, options)) {
    const count = block.end - block.start;
    for (let from = 0; from < count; ) {
      const taken = Math.min(rows - filled, count - from);
      values.set(block.values.subarray(from * size, (from + taken) * size), filled * size);
      code.set(block.code.subarray(from * width, (from + taken) * width), filled * width);
      if (block.names) names.push(...block.names.slice(from, from + taken));
      filled += taken;
      from += taken;
      if (filled < rows) continue;
      yield { values, code, ...(block.names && { names }) };
      values = make(rows * size);
      code = new Float32Array(rows * width);
      names = [];
      filled = 0;
    }
  }
  if (filled === 0) return;
  yield {
    values: values.subarray(0, filled * size),
    code: code.subarray(0, filled * width),
    ...(names.length > 0 && { names }),
  };
}

/**
 * Compresses examples to a .gar file in memory; see {@link compressParts}.
 *
 * @throws GargaloError as that does
 */
export async function compress(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  options: CompressOptions = {},
): Promise<Compressed> {
  const parts: Uint8Array[] = [];
  const walk = compressParts(autoencoder, examples, options);
  let next = await walk.next();
  for (; !next.done; next = await walk.next()) parts.push(next.value);
  const figures = next.value;
  const file = new Uint8Array(figures.bytes);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return { file, ...figures };
}
