import { badInput } from '../../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { UnpackLimit } from '../../data/large.js';
import type { ExampleBlock } from '../../data/stream.js';
import { formatShape } from '../../graph/shape.js';
import { type Model, openAutoencoder } from '../../models/autoencoder.js';
import { inputSize } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import type { Bytes } from './byte-source.js';
import { type GarFile, openGar } from './container.js';
import { decodeDecoder, decoderHash } from './decoder-part.js';
import type { GarHeader } from './header.js';
import { dequantize, type Quantizer } from './quantizer.js';
import { hexadecimal } from './sha256.js';

/** What {@link decompress} needs beside the file. */
export interface DecompressOptions extends WorkOptions, RuntimeOptions, UnpackLimit {
  /** The model that the file was made with; needed unless the decoder is inside. */
  readonly model?: Model | undefined;
  /** What the file is called in messages. */
  readonly name?: string | undefined;
}

/** Some examples as they come back, raw units. */
export interface DecompressedBlock extends ExampleBlock {
  /** [end − start, input size]; of files of bytes not rounded yet. */
  readonly values: Float32Array;
  /** What the examples are called, where the file knows. */
  readonly names?: readonly string[];
}

/** A name for a decoder, for people. */
export const hashName = (hash: Uint8Array): string => `sha256:${hexadecimal(hash)}`;

/** How a model's codes are kept, as far as the model says: the steps are another matter. */
function refuseOtherCode(header: GarHeader, { specification }: Model, where: string): void {
  const { code, input } = specification;
  const entries = code.type === 'vector-quantized' ? `${code.vectors} of ${code.entries} entries` : 'numbers';
  const { quantizer } = header;
  const found = quantizer.type === 'entries' ? `${quantizer.vectors} of ${quantizer.entries} entries` : 'numbers';
  const [wanted, got] = [
    `examples of shape ${formatShape(input.shape)} and codes of ${code.width} values as ${entries}`,
    `examples of shape ${formatShape(header.shape)} and codes of ${header.width} values as ${found}`,
  ];
  if (wanted !== got) throw badInput(where, `expected ${wanted}, as the model has them, got ${got}`);
}

/**
 * The decoder for a file: the one that is inside, or the model's.
 *
 * @throws GargaloError `bad-input` where there is none, or another one than the file was made with
 */
export function decoderFor({ header }: GarFile, where: string, model?: Model): Model {
  const inside = header.decoder && decodeDecoder(header.decoder, where);
  const decoder = inside ?? model;
  const wanted = hashName(header.decoderHash);
  if (!decoder) {
    throw badInput(
      where,
      `expected the model whose decoder is ${wanted}, got none: it is not in the file`,
      'give the model that the file was made with (`model` model.onnx), or compress with `embed`',
    );
  }
  const got = hashName(decoderHash(decoder));
  if (got !== wanted) {
    const remedy = inside ? 'compress it again' : 'give the model that the file was made with';
    throw badInput(where, `expected the model whose decoder is ${wanted}, got one whose decoder is ${got}`, remedy);
  }
  refuseOtherCode(header, decoder, where);
  return decoder;
}

/** Codes that the decoder has no entry for. */
function refuseUnknownEntries(values: Int32Array, quantizer: Quantizer, where: string): void {
  if (quantizer.type !== 'entries') return;
  const wrong = values.find((value) => value < 0 || value >= quantizer.entries);
  if (wrong === undefined) return;
  throw badInput(where, `expected entries below ${quantizer.entries}, got ${wrong}`);
}

/** A file ready to be decompressed. */
export interface Decompression {
  readonly header: GarHeader;
  /** The decoder at work, with what is known of its examples. */
  readonly decoder: Model;
  /** Bytes of the file. */
  readonly size: number;
  /** Walks over the examples. */
  blocks(): AsyncGenerator<DecompressedBlock, void>;
}

/**
 * Opens a .gar file; its checksum is looked at first.
 *
 * @throws GargaloError `bad-input` for a damaged file, another version, or a model that it was not made with
 */
export async function openCompressed(bytes: Bytes, options: DecompressOptions = {}): Promise<Decompression> {
  const { model, name: where = 'file', signal, onProgress, maxUnpacked, ...runtime } = options;
  const file = await openGar(bytes, where, { signal, maxUnpacked });
  const decoder = decoderFor(file, where, model);
  const { header } = file;
  const size = inputSize(decoder.specification);
  return {
    header,
    decoder,
    size: file.size,
    async *blocks() {
      const autoencoder = openAutoencoder(decoder, runtime);
      try {
        for await (const { start, end, values, names } of file.blocks({ signal })) {
          refuseUnknownEntries(values, header.quantizer, where);
          const restored = await autoencoder.decode(dequantize(values, header.quantizer, decoder));
          if (restored.length !== (end - start) * size) throw badInput(where, 'expected whole examples');
          yield { start, end, values: restored, ...(names && { names }) };
          stopWhereAborted(signal, where);
          onProgress?.({ done: end });
        }
      } finally {
        await autoencoder.close();
      }
    },
  };
}

/**
 * What is in a .gar file, block after block, in the order it was compressed in. It is decode(quantise(encode(x))) to the
 * bit: codes travel as whole numbers.
 *
 * @throws GargaloError as {@link openCompressed} does
 */
export async function* decompress(
  bytes: Bytes,
  options: DecompressOptions = {},
): AsyncGenerator<DecompressedBlock, void> {
  yield* (await openCompressed(bytes, options)).blocks();
}
