import { badInput } from '../../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Examples } from '../../data/in-memory.js';
import { lookOf } from '../../data/look.js';
import { type ExampleSource, streamOf } from '../../data/stream.js';
import { type Autoencoder, examplesFor, openAutoencoder } from '../../models/autoencoder.js';
import { inputSize, isBounded } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { checkStepChoice, type StepChoice } from './choose-step.js';
import { createGarWriter, examplesPerBlock } from './container.js';
import { decoderHash, type Embedding, encodeDecoder } from './decoder-part.js';
import { hashName } from './decompress.js';
import { createFidelityMeter, type Fidelity } from './fidelity.js';
import { planFor } from './plan.js';
import { dequantize, placesOf, quantize } from './quantizer.js';
import { refine } from './refine.js';
import { sampleCodes } from './sample-codes.js';

/** What is left to a caller of {@link compress}. */
export interface CompressOptions extends StepChoice, WorkOptions, RuntimeOptions {
  /** Put the decoder inside the file, rounded or as it is: the file can then be decompressed without the model. */
  readonly embed?: Embedding | undefined;
  /**
   * Sweeps over the codes in which whole numbers near those of the encoder are tried on the decoder; 0 by default: codes are
   * what the encoder makes of examples, rounded. Each sweep decodes every example twice for each number of its code. A target
   * is then met on some of the examples.
   */
  readonly effort?: number | undefined;
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

function checkEffort(effort: number | undefined, code: string): void {
  if (effort === undefined) return;
  if (!(Number.isSafeInteger(effort) && effort >= 0)) {
    throw badInput('effort', `expected a whole number of sweeps, got ${effort}`);
  }
  if (effort > 0 && code === 'vector-quantized') {
    throw badInput(
      'effort',
      'expected codes that are numbers to search near, got entries of a codebook',
      'leave it out',
    );
  }
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
  data: Examples,
  options: CompressOptions = {},
): AsyncGenerator<Uint8Array, CompressionFigures> {
  const { specification } = autoencoder;
  const examples = await examplesFor(specification, data);
  const { embed, signal, onProgress, device, threads, opened } = options;
  checkEffort(options.effort, specification.code.type);
  checkStepChoice(options, {
    bounded: isBounded(specification),
    entries: specification.code.type === 'vector-quantized',
  });
  const stored = encodeDecoder(autoencoder, embed ?? 'rounded');
  const rounded = embed === 'rounded' ? stored.decoder : undefined;
  // Whatever is measured is what the decoder gives that will be there.
  const decoder = rounded
    ? openAutoencoder(rounded, {
        ...(device && { device }),
        ...(threads !== undefined && { threads }),
        ...(opened && { opened }),
      })
    : autoencoder;
  try {
    const stream = streamOf(examples);
    const named = stream.named === true;
    const sample = await sampleCodes(autoencoder, examples, { signal });
    const plan = await planFor(
      { model: autoencoder, decoder, type: examples.type },
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
    const { quantizer, header, refinement } = plan;
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
      if (refinement) await refine(decoder, whole, values, refinement, signal);
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
  examples: Examples,
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
