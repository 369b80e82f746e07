import { unzlibSync, zlibSync } from 'fflate';
import { badInput } from '../../core/errors.js';
import { stopWhereAborted } from '../../core/work.js';
import { mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../../data/large.js';
import { type ByteSource, type Bytes, byteSourceOf } from './byte-source.js';
import { createByteReader, createByteWriter } from './bytes.js';
import { decodeHeader, encodeHeader, type GarHeader } from './header.js';
import { createIntegerCoder } from './integers.js';
import { createDigest, hexadecimal } from './sha256.js';

/** "\x89GAR": no text file begins so. */
const MAGIC = Uint8Array.of(0x89, 0x47, 0x41, 0x52);
const VERSION = 1;
/** Bytes of the checksum at the end. */
const DIGEST = 32;
/** Magic number, version, an empty header, the end of blocks and the checksum. */
const SHORTEST = MAGIC.length + 1 + 1 + 2 + DIGEST;
/** Bytes read at once. */
const CHUNK = 2 ** 20;
/** Examples of a block. */
export const MOST_EXAMPLES = 2 ** 16;
/** Code values of a block. */
const MOST_VALUES = 2 ** 24;
/** Bytes of a varying-length number, at most. */
const MOST_NUMBER = 8;
/** How many times smaller than its examples a file may be: codes are small. */
const MOST_RATIO = 100;
/** Bytes of the names of a block, and of one name. */
const MOST_NAMES = 2 ** 26;
const MOST_NAME = 2 ** 16;

/** How many examples a block has: as many of that many code values as fit, up to the usual number. */
export function examplesPerBlock(places: number, values: number): number {
  return Math.max(1, Math.min(2048, Math.floor(MOST_VALUES / 4 / Math.max(places, values))));
}

/** Makes the bytes of a file, part after part. */
export interface GarWriter {
  /** The bytes before the first block. */
  start(): Uint8Array;
  /**
   * @param values [examples, places], at most {@link MOST_EXAMPLES} of them
   * @param names of the examples, where the header says that they have some
   */
  block(values: Int32Array, names?: readonly string[]): Uint8Array;
  /** The bytes after the last block. */
  end(): Uint8Array;
}

export function createGarWriter(header: GarHeader): GarWriter {
  const digest = createDigest();
  const coder = createIntegerCoder(header.expectations);
  let total = 0;
  const digested = (bytes: Uint8Array): Uint8Array => {
    digest.update(bytes);
    return bytes;
  };
  return {
    start() {
      const writer = createByteWriter();
      writer.bytes(MAGIC);
      writer.byte(VERSION);
      writer.part(encodeHeader(header));
      return digested(writer.finish());
    },
    block(values, names = []) {
      const examples = values.length / header.expectations.length;
      total += examples;
      const writer = createByteWriter();
      writer.whole(examples);
      writer.part(coder.encode(values));
      if (header.named) {
        // a name of a file has no zero byte
        const text = new TextEncoder().encode(names.map((name) => `${name}\0`).join(''));
        writer.whole(text.length);
        writer.part(zlibSync(text, { level: 9 }));
      }
      return digested(writer.finish());
    },
    end() {
      const writer = createByteWriter();
      writer.whole(0);
      writer.whole(total);
      const bytes = digested(writer.finish());
      const all = new Uint8Array(bytes.length + DIGEST);
      all.set(bytes);
      all.set(digest.value(), bytes.length);
      return all;
    },
  };
}

/** Some examples of a file, as the code has them. */
export interface IntegerBlock {
  readonly start: number;
  readonly end: number;
  /** [end − start, places] */
  readonly values: Int32Array;
  readonly names?: readonly string[];
}

/** A file that is known to be whole. */
export interface GarFile {
  readonly header: GarHeader;
  /** In bytes. */
  readonly size: number;
  /** Walks over the codes, from the first. */
  blocks(options?: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<IntegerBlock, void>;
}

/**
 * Opens the bytes of a .gar file; all of them are looked at before anything is made of them.
 *
 * @param where the file, for messages
 * @throws GargaloError `bad-input` for another file, another version, or any byte that is not as it was written
 */
export async function openGar(
  bytes: Bytes,
  where: string,
  { signal, ...limit }: { readonly signal?: AbortSignal | undefined } & UnpackLimit = {},
): Promise<GarFile> {
  const source = byteSourceOf(bytes);
  const head = await source.read(0, Math.min(source.size, MAGIC.length + 1 + MOST_NUMBER));
  checkBeginning(head, source.size, where);
  await checkDigest(source, where, signal);

  const reader = createByteReader(head.subarray(MAGIC.length + 1), where);
  const before = reader.left;
  const headerLength = reader.whole('the length of the header', source.size);
  const headerStart = MAGIC.length + 1 + before - reader.left;
  const blocksEnd = source.size - DIGEST;
  const blocksStart = headerStart + headerLength;
  if (blocksStart > blocksEnd) throw badInput(where, `expected a header of ${headerLength} bytes, got fewer`);
  const header = decodeHeader(await source.read(headerStart, blocksStart), where);
  const bounds = { header, first: blocksStart, end: blocksEnd, where };
  await checkBlocks(source, { ...bounds, signal }, limit);
  return {
    header,
    size: source.size,
    blocks: (options) => blocksOf(source, { ...bounds, signal: options?.signal }),
  };
}

function checkBeginning(head: Uint8Array, size: number, where: string): void {
  if (!MAGIC.every((byte, at) => head[at] === byte)) {
    const got = size === 0 ? 'an empty one' : `one that begins with 0x${hexadecimal(head.subarray(0, MAGIC.length))}`;
    throw badInput(where, `expected a .gar file, got ${got}`, 'name a file that gargalo compress wrote');
  }
  const version = head[MAGIC.length];
  if (version !== undefined && version !== VERSION) {
    throw badInput(
      where,
      `expected version ${VERSION} of the .gar format, got ${version}`,
      'use the version of gargalo that wrote it',
    );
  }
  if (size < SHORTEST) throw badInput(where, `expected a whole .gar file, got ${size} bytes`, 'copy it again');
}

async function checkDigest(source: ByteSource, where: string, signal: AbortSignal | undefined): Promise<void> {
  const digest = createDigest();
  const end = source.size - DIGEST;
  for (let start = 0; start < end; start += CHUNK) {
    stopWhereAborted(signal, where);
    digest.update(await source.read(start, Math.min(end, start + CHUNK)));
  }
  const [wanted, got] = [hexadecimal(await source.read(end, source.size)), hexadecimal(digest.value())];
  if (wanted === got) return;
  throw badInput(
    where,
    'expected the bytes that its checksum is of, got others',
    'the file is damaged or cut off: copy or compress it again',
  );
}

/** Deflating makes nothing smaller than this part of it. */
const DEFLATED = 1032;
/** Blocks may have as much fewer examples than they are written with; some may have any number. */
const [SMALLER, ANY_BLOCKS] = [16, 1024];

/** Bytes of a file that are read one part after the other. */
function cursorOf(source: ByteSource, first: number, end: number, where: string) {
  let at = first;
  const whole = async (what: string, most?: number): Promise<number> => {
    const reader = createByteReader(await source.read(at, Math.min(end, at + MOST_NUMBER)), where);
    const before = reader.left;
    const value = reader.whole(what, most);
    at += before - reader.left;
    return value;
  };
  /** Goes on behind a part. */
  const skip = async (what: string): Promise<number> => {
    const length = await whole(`the length of ${what}`, end - at);
    if (length > end - at) throw badInput(where, `expected ${length} bytes of ${what}, got ${end - at}`);
    at += length;
    return length;
  };
  const part = async (what: string): Promise<Uint8Array> => {
    const length = await skip(what);
    return source.read(at - length, at);
  };
  return {
    whole,
    skip,
    part,
    get left() {
      return end - at;
    },
  };
}

/** What the numbers of a file's blocks are bounded by. */
interface BlockBounds {
  readonly header: GarHeader;
  /** Where the blocks begin and end. */
  readonly first: number;
  readonly end: number;
  readonly where: string;
  readonly signal: AbortSignal | undefined;
}

/** Values of an example, as it comes back. */
const exampleValues = ({ shape }: GarHeader) => shape.reduce((product, side) => product * side, 1);

/** Examples that a block has at most: their codes and they themselves are in memory at once. */
const mostExamples = (header: GarHeader) =>
  Math.max(
    1,
    Math.min(MOST_EXAMPLES, Math.floor(MOST_VALUES / Math.max(header.expectations.length, exampleValues(header)))),
  );

/** The length of the names of a block, which no fewer bytes can hold. */
const namesLength = (cursor: ReturnType<typeof cursorOf>, examples: number) =>
  cursor.whole('the length of the names', Math.min(MOST_NAMES, examples * MOST_NAME, DEFLATED * cursor.left));

/**
 * Looks over the lengths of all blocks before anything is decoded: next to no bytes can stand for any number of equal codes, and for
 * blocks of nothing.
 *
 * @throws GargaloError `bad-input` where the examples and their names take more than the file may unpack to
 */
async function checkBlocks(source: ByteSource, bounds: BlockBounds, limit: UnpackLimit): Promise<void> {
  const { header, first, end, where, signal } = bounds;
  const cursor = cursorOf(source, first, end, where);
  const bytes = exampleValues(header) * (header.type === 'uint8' ? 1 : 4);
  const most = mostUnpacked(source.size, limit, MOST_RATIO);
  const usual = examplesPerBlock(header.expectations.length, exampleValues(header));
  let [size, blocks, total] = [0, 0, 0];
  for (let examples = -1; examples !== 0; blocks++) {
    stopWhereAborted(signal, where);
    examples = await cursor.whole('the number of examples of a block', mostExamples(header));
    if (examples === 0) break;
    total += examples;
    size += examples * bytes;
    await cursor.skip('codes');
    if (header.named) {
      size += await namesLength(cursor, examples);
      await cursor.skip('names');
    }
    if (size > most) throw tooMuchUnpacked(where, most);
    if (blocks > ANY_BLOCKS + (total / usual) * SMALLER) {
      throw badInput(where, `expected blocks of about ${usual} examples, got ${blocks} of ${total} together`);
    }
  }
}

async function* blocksOf(
  source: ByteSource,
  { header, first, end, where, signal }: BlockBounds,
): AsyncGenerator<IntegerBlock, void> {
  const places = header.expectations.length;
  const coder = createIntegerCoder(header.expectations, where);
  const cursor = cursorOf(source, first, end, where);
  let done = 0;
  while (true) {
    stopWhereAborted(signal, where);
    const examples = await cursor.whole('the number of examples of a block', mostExamples(header));
    if (examples === 0) break;
    const values = coder.decode(await cursor.part('codes'), examples * places);
    const names = header.named ? await readNames(cursor, examples, where) : undefined;
    done += examples;
    yield { start: done - examples, end: done, values, ...(names && { names }) };
  }
  const total = await cursor.whole('the number of examples');
  if (total !== done) throw badInput(where, `expected ${total} examples, got ${done}`);
  if (cursor.left !== 0) throw badInput(where, `expected the end of the file, got ${cursor.left} bytes more`);
}

async function readNames(cursor: ReturnType<typeof cursorOf>, examples: number, where: string): Promise<string[]> {
  const size = await namesLength(cursor, examples);
  let text = new Uint8Array();
  const packed = await cursor.part('names');
  try {
    text = new Uint8Array(unzlibSync(packed, { out: new Uint8Array(size) }));
  } catch (cause) {
    throw badInput(where, 'expected readable names, got damaged ones', 'compress again', cause);
  }
  // Counted first: a text of ends alone would become as many strings.
  const count = text.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (count !== examples) throw badInput(where, `expected ${examples} names, got ${count}`);
  return new TextDecoder().decode(text).split('\0').slice(0, -1);
}
