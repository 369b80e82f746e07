import { badInput } from '../../core/errors.js';
import { createByteReader, createByteWriter } from './bytes.js';
import { type Expectation, LARGEST_SPREAD } from './integers.js';
import { placesOf, type Quantizer } from './quantizer.js';

/** What a .gar file says of itself before the codes; docs/gar.md has it byte by byte. */
export interface GarHeader {
  /** The decoder that the codes are for, 32 bytes; see decoderHash. */
  readonly decoderHash: Uint8Array;
  /** Shape of one example. */
  readonly shape: readonly number[];
  /** What examples are to be written as: bytes 0 … 255, or numbers. */
  readonly type: 'uint8' | 'float32';
  /** Width of a code. */
  readonly width: number;
  readonly quantizer: Quantizer;
  /** Of each place of a code. */
  readonly expectations: readonly Expectation[];
  /** Whether examples have names. */
  readonly named: boolean;
  /** The decoder itself, as encodeDecoder wrote it, where it is inside. */
  readonly decoder?: Uint8Array;
}

const flags = { bytes: 1, named: 2, embedded: 4, entries: 8, scaled: 16 } as const;
const ALL_FLAGS = 31;
/** Axes, sides and widths beyond these are a mistake. */
const MOST_AXES = 8;
const MOST_WIDTH = 2 ** 24;
/** Entries of all places of a code together, for each of which its frequency is kept. */
const MOST_FREQUENCIES = 2 ** 25;

/** The header as bytes. */
export function encodeHeader(header: GarHeader): Uint8Array {
  const { quantizer, expectations } = header;
  const writer = createByteWriter();
  const scaled = quantizer.type === 'steps' && quantizer.scales !== undefined;
  writer.byte(
    (header.type === 'uint8' ? flags.bytes : 0) |
      (header.named ? flags.named : 0) |
      (header.decoder ? flags.embedded : 0) |
      (quantizer.type === 'entries' ? flags.entries : 0) |
      (scaled ? flags.scaled : 0),
  );
  writer.bytes(header.decoderHash);
  writer.whole(header.shape.length);
  for (const side of header.shape) writer.whole(side);
  writer.whole(header.width);
  if (quantizer.type === 'entries') {
    writer.whole(quantizer.vectors);
    writer.whole(quantizer.entries);
  } else {
    writer.float(quantizer.step);
    for (const scale of quantizer.scales ?? []) writer.byte(scale & 0xff);
    for (const expectation of expectations) {
      if (expectation.type !== 'around') continue;
      writer.signed(expectation.center);
      writer.whole(expectation.spread);
    }
  }
  if (header.decoder) writer.part(header.decoder);
  return writer.finish();
}

/**
 * Reads the header's bytes.
 *
 * @throws GargaloError `bad-input` for what no writer writes
 */
export function decodeHeader(bytes: Uint8Array, where: string): GarHeader {
  const reader = createByteReader(bytes, where);
  const set = reader.byte('flags');
  if (set > ALL_FLAGS) throw badInput(where, `expected flags that are known, got 0x${set.toString(16)}`);
  const decoderHash = reader.bytes('the hash of the decoder', 32);
  const axes = reader.whole('the number of axes', MOST_AXES);
  const shape = Array.from({ length: axes }, () => reader.whole('a side of the examples'));
  const width = reader.whole('the width of the code', MOST_WIDTH);
  const size = shape.reduce((product, side) => product * side, 1);
  if (width < 1 || size < 1 || size > Number.MAX_SAFE_INTEGER) {
    throw badInput(where, `expected examples and codes of some values, got ${size} and ${width}`);
  }
  let quantizer: Quantizer;
  let expectations: Expectation[];
  if (set & flags.entries) {
    const vectors = reader.whole('the number of vectors of a code', width);
    const entries = reader.whole('the number of entries of the codebook', MOST_WIDTH);
    if (vectors < 1 || width % vectors !== 0 || entries < 1 || vectors * entries > MOST_FREQUENCIES) {
      throw badInput(
        where,
        `expected vectors that make a code of ${width} values, got ${vectors} of ${entries} entries`,
      );
    }
    quantizer = { type: 'entries', vectors, entries };
    expectations = Array.from({ length: vectors }, () => ({ type: 'entries', entries }));
  } else {
    const step = reader.float('the step');
    if (!(step > 0 && Number.isFinite(step))) throw badInput(where, `expected a step above 0, got ${step}`);
    const scales = set & flags.scaled ? Int8Array.from(reader.bytes('the scales of the steps', width)) : undefined;
    quantizer = { type: 'steps', step, ...(scales && { scales }) };
    // two bytes or more each: a width that the header has no room for ends here
    if (2 * width > reader.left) throw badInput(where, `expected ${width} distributions, got ${reader.left} bytes`);
    expectations = Array.from({ length: placesOf(quantizer, width) }, () => ({
      type: 'around',
      center: reader.signed('the center of a distribution'),
      spread: Math.max(1, reader.whole('the spread of a distribution', LARGEST_SPREAD)),
    }));
  }
  const decoder = set & flags.embedded ? reader.part('the decoder') : undefined;
  if (reader.left > 0) throw badInput(where, `expected the end of the header, got ${reader.left} bytes more`);
  return {
    decoderHash,
    shape,
    type: set & flags.bytes ? 'uint8' : 'float32',
    width,
    quantizer,
    expectations,
    named: (set & flags.named) !== 0,
    ...(decoder && { decoder }),
  };
}
