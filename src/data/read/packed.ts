import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput, type GargaloError, systemCode } from '../../core/errors.js';
import { stopWhereAborted } from '../../core/work.js';
import { exampleSize } from '../dataset.js';
import type { Elements } from '../elements.js';
import { mostUnpacked, tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { refuseNotFinite } from '../scaling.js';
import type { ExampleStream } from '../stream.js';
import { fileProblem } from '../write/write.js';
import { openBytes } from './positional.js';

/** What to take of a file, and how to unpack it. */
export interface PackedPlace {
  readonly path: string;
  /** First and last byte of the file; all of it by default. */
  readonly range?: { readonly start: number; readonly end: number };
  /** Of Node's zlib; none where the bytes are as they are. */
  readonly unpack?: Transform | undefined;
  /** Bytes that come at most: more are refused. */
  readonly most?: number;
  /** What is said where the bytes cannot be unpacked. */
  readonly damaged: (what: string) => GargaloError;
}

/** The bytes of a file, unpacked, piece after piece: for what is larger than memory. */
export async function* unpackedPieces({
  path,
  range,
  unpack,
  most,
  damaged,
}: PackedPlace): AsyncGenerator<Uint8Array, void> {
  const file = createReadStream(path, { ...range, highWaterMark: 2 ** 18 });
  const ended = unpack && pipeline(file, unpack).catch(() => undefined);
  let left = most ?? Number.POSITIVE_INFINITY;
  try {
    for await (const piece of (unpack ?? Readable.from(file)) as AsyncIterable<Uint8Array>) {
      left -= piece.length;
      if (left < 0) throw tooMuchUnpacked(path, most ?? 0);
      yield piece;
    }
  } catch (error) {
    const code = String(systemCode(error) ?? '');
    if (error instanceof Error && /^Z_|^ERR_.*ZLIB/.test(code)) throw damaged(`damaged data: ${error.message}`);
    throw fileProblem(path, error, 'read');
  } finally {
    file.destroy();
    unpack?.destroy();
    await ended;
  }
}

/** Whether these bytes begin a gzip stream. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** A file packed with gzip, from its start, which gives no more bytes than so many. */
export const gzipPlace = (path: string, most = Number.POSITIVE_INFINITY): PackedPlace => ({
  path,
  unpack: createGunzip({ chunkSize: 2 ** 18 }),
  most,
  damaged: (what) => badInput(path, `expected an intact gzip file, got ${what}`, 'pack or fetch it again'),
});

/** The first bytes of a file packed with gzip, unpacked; fewer where it has no more. */
export async function unpackedHead(path: string, length: number): Promise<Uint8Array> {
  const head = new Uint8Array(length);
  let at = 0;
  for await (const piece of unpackedPieces(gzipPlace(path))) {
    const part = piece.subarray(0, length - at);
    head.set(part, at);
    at += part.length;
    if (at === length) break;
  }
  return head.subarray(0, at);
}

/** The bytes that a file packed with gzip may unpack to. */
export async function mostOfGzip(path: string, limit: UnpackLimit): Promise<number> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileProblem(path, error, 'read');
  });
  return mostUnpacked(size, limit);
}

/** Of bytes that a header promises, one in so many must have come before there is room for all of them. */
const TRUSTED = 16;
/** The first size of memory that grows with what comes. */
const FIRST_BYTES = 2 ** 16;

/**
 * All bytes that come, in memory that grows with them.
 *
 * @param size of all, as a header has it
 * @param where they come from, for messages
 */
export async function gathered(
  pieces: AsyncIterable<Uint8Array>,
  size: number | undefined,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(FIRST_BYTES, size ?? FIRST_BYTES));
  let filled = 0;
  for await (const piece of pieces) {
    const needed = filled + piece.length;
    if (size !== undefined && needed > size) {
      throw badInput(where, `expected ${size} bytes unpacked, as its header has it, got more: it has surplus bytes`);
    }
    if (needed > bytes.length) {
      // room for all once some of it came: a claim alone is given none
      const isNear = size !== undefined && TRUSTED * needed >= size;
      const wider = new Uint8Array(isNear ? size : Math.min(2 * needed, size ?? 2 * needed));
      wider.set(bytes.subarray(0, filled));
      bytes = wider;
    }
    bytes.set(piece, filled);
    filled = needed;
  }
  return bytes.subarray(0, filled);
}

/**
 * All bytes of a file, unpacked where it is packed with gzip.
 *
 * @param size that it should have unpacked, where its header says so
 * @throws GargaloError `bad-input` where it has more
 */
export async function readUnpacked(
  path: string,
  limit: UnpackLimit = {},
  size?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = await openBytes(path);
  if (!isGzip(await source.read(0, Math.min(2, source.size)))) return source.read(0, source.size);
  return gathered(unpackedPieces(gzipPlace(path, mostUnpacked(source.size, limit))), size, path);
}

/** What {@link packedExamples} needs to know of the bytes. */
export interface PackedExamples {
  /** What a person calls them, in errors. */
  readonly where: string;
  readonly shape: readonly number[];
  readonly length: number;
  readonly elements: Elements;
  /** Bytes before the first value. */
  readonly skip: number;
  /** The bytes, from the start. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

/** Values of a block. */
const BLOCK_BYTES = 2 ** 20;

/** Examples that come one after another out of packed bytes. */
export function packedExamples({ where, shape, length, elements, skip, pieces }: PackedExamples): ExampleStream {
  const size = exampleSize({ shape });
  const bytes = size * elements.bytes;
  const rows = Math.max(1, Math.floor(BLOCK_BYTES / bytes));
  return {
    name: basename(where),
    shape,
    type: elements.type,
    length,
    async *blocks({ signal } = {}) {
      let before = skip;
      let start = 0;
      const wanted = () => Math.min(rows, length - start) * bytes;
      // the size of an example is what a header claims: room for a large one comes with its bytes
      const next = () => new Uint8Array(Math.min(BLOCK_BYTES, wanted()));
      let [block, filled] = [next(), 0];
      for await (const piece of pieces()) {
        stopWhereAborted(signal, where);
        for (let at = Math.min(before, piece.length); at < piece.length; ) {
          if (start === length) throw badInput(where, `expected ${length} examples, got more: it has surplus bytes`);
          const part = piece.subarray(at, at + block.length - filled);
          block.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled < block.length) continue;
          if (filled < wanted()) {
            const wider = new Uint8Array(Math.min(2 * filled, wanted()));
            wider.set(block);
            block = wider;
            continue;
          }
          const values = elements.read(block);
          if (values instanceof Float32Array) refuseNotFinite(values, where, size, start);
          const end = start + block.length / bytes;
          yield { start, end, values };
          start = end;
          [block, filled] = [next(), 0];
        }
        before = Math.max(0, before - piece.length);
      }
      if (start < length) {
        throw badInput(
          where,
          `expected ${length} examples, got ${start + Math.floor(filled / bytes)}: it is cut short`,
        );
      }
    },
  };
}
