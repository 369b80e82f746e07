// Where the bytes of a table of text are: in a file, packed in one, or in what comes through a pipe and is kept beside.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput } from '../../core/errors.js';
import { tooMuchUnpacked, type UnpackLimit } from '../large.js';
import { fileProblem } from '../write/write.js';
import { gzipPlace, isGzip, mostOfGzip, unpackedPieces } from './packed.js';
import { openBytes } from './positional.js';
import { openSpool, type Spool } from './spool.js';

/** A file of text that is read as often as one likes. */
export interface TextFile {
  /** Its name, for messages. */
  readonly path: string;
  readonly size: number;
  /** Where it is read from; by its name where there is none. */
  readonly descriptor?: number | undefined;
  /** What keeps the descriptor open. */
  readonly spool?: Spool;
  /** All of it, of a text that is in memory. */
  readonly bytes?: Uint8Array;
}

/** Whether a name stands for what comes through standard input. */
export const isStandardInput = (path: string): boolean => path === '-' || path === '/dev/stdin';

/** Keeps bytes in a temporary file. */
async function spooled(path: string, pieces: AsyncIterable<Uint8Array>): Promise<TextFile> {
  const spool = await openSpool();
  try {
    for await (const piece of pieces) await spool.append(piece);
  } catch (error) {
    await spool.close();
    throw fileProblem(path, error, 'read');
  }
  return { path, size: spool.size, descriptor: spool.descriptor, spool };
}

const unpacked = async (path: string, limit: UnpackLimit) =>
  spooled(path, unpackedPieces(gzipPlace(path, await mostOfGzip(path, limit))));

/** Bytes that come through a pipe at most, unpacked: nobody knows how many will. */
const MOST_PIPED = 2 ** 32;

/** What comes through a pipe, up to a limit. */
async function* bounded(path: string, { maxUnpacked = MOST_PIPED }: UnpackLimit): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of piped(path)) {
    if (seen === 0 && piece.every((byte) => byte === 0)) {
      throw badInput(path, 'expected a table of text through a pipe, got zero bytes');
    }
    seen += piece.length;
    if (seen > maxUnpacked) throw tooMuchUnpacked(path, maxUnpacked);
    yield piece;
  }
}

/** What comes through a pipe, unpacked where it is packed. */
async function* piped(path: string): AsyncGenerator<Uint8Array> {
  // a descriptor that does not wait for what comes would be an error for any other stream
  const stream = isStandardInput(path) ? process.stdin : createReadStream(path);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await chunks.next();
  if (first.done) return;
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  if (!isGzip(first.value)) {
    yield* all();
    return;
  }
  const unpack = createGunzip();
  const ended = pipeline(Readable.from(all()), unpack).catch(() => undefined);
  try {
    for await (const piece of unpack) yield piece as Uint8Array;
  } catch (error) {
    throw gzipPlace(path).damaged(`damaged data: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await ended;
  }
}

/** What comes once, and the file unpacked last: a command opens its data several times. */
const kept = new Map<string, Promise<TextFile>>();
let lastPacked: { readonly key: string; readonly file: Promise<TextFile> } | undefined;

/** Whether a name is that of a pipe: what comes through it comes once. */
export async function isPipe(path: string): Promise<boolean> {
  if (isStandardInput(path)) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (found.isFIFO() || found.isSocket());
}

function refuseTerminal(path: string): void {
  if (!isStandardInput(path) || !process.stdin.isTTY) return;
  throw badInput(path, 'expected data on standard input, got a terminal', 'as in: cat data.csv | gargalo data -');
}

/**
 * Opens a file of text: as it lies there, unpacked from gzip into a temporary file, or from a pipe.
 *
 * @param path "-" for standard input
 * @throws GargaloError `bad-input` where it is missing, closed, damaged, empty or unpacks to more than it may
 */
export async function openTextFile(path: string, limit: UnpackLimit = {}): Promise<TextFile> {
  if (await isPipe(path)) {
    refuseTerminal(path);
    const key = isStandardInput(path) ? '-' : path;
    const found = kept.get(key) ?? spooled(path, bounded(path, limit));
    kept.set(key, found);
    return found;
  }
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    throw fileProblem(path, error, 'read');
  }
  try {
    const head = new Uint8Array(2);
    const { size, mtimeMs, ino } = await file.stat();
    if (!isGzip(head.subarray(0, (await file.read(head, 0, 2, 0)).bytesRead))) return { path, size };
    const key = [path, size, mtimeMs, ino, limit.maxUnpacked].join('\n');
    if (lastPacked?.key !== key) lastPacked = { key, file: unpacked(path, limit) };
    return await lastPacked.file;
  } catch (error) {
    throw fileProblem(path, error, 'read');
  } finally {
    await file.close();
  }
}

/** Reads some bytes of a file of text; fewer at its end. */
export async function readPiece({ path, spool, bytes }: TextFile, at: number, length: number): Promise<Uint8Array> {
  if (bytes) return bytes.slice(at, at + length);
  const source = spool ?? (await openBytes(path));
  return source.read(at, Math.max(0, Math.min(length, source.size - at)));
}
