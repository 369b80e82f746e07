import type { Dataset } from './dataset.js';
import { bytesOf, isLarge } from './large.js';
import { type Block, readBlocks } from './stream.js';

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
}

/** SHA-256 over the digests of some bytes, in hexadecimal. */
export async function digestOfParts(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const digests: Uint8Array[] = [];
  for await (const part of parts) digests.push(await digest(part.slice()));
  const all = new Uint8Array(digests.length * 32);
  for (const [i, one] of digests.entries()) all.set(one, i * 32);
  return Array.from(await digest(all), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Of large data, this many blocks of about this size are read: 16 MiB. */
const SPREAD_BLOCKS = 256;
const SPREAD_BYTES = 64 * 2 ** 10;

/** The first and the last examples and blocks at even distances between, which depend on length and shape alone. */
async function* spreadBlocks(dataset: Dataset): AsyncGenerator<Block> {
  const step = Math.max(1, Math.floor(SPREAD_BYTES / bytesOf({ ...dataset, length: 1 })));
  const blocks = Math.min(SPREAD_BLOCKS, Math.floor(dataset.length / step));
  for (let i = 0; i < blocks; i++) {
    const start = blocks === 1 ? 0 : Math.floor((i * (dataset.length - step)) / (blocks - 1));
    yield { start, end: start + step, values: await dataset.block(start, start + step) };
  }
}

/**
 * A name for the content of a data set: SHA-256 over length, shape, type and values; not over its name, labels and columns. The
 * platform's digest takes no stream, so the blocks of {@link readBlocks} are digested one by one and then their digests, after
 * that of the heading. Runs in Node and in browsers.
 *
 * Of data beyond 256 MiB not all values are read, but 256 blocks of 64 KiB at even distances, the first and the last examples
 * among them: enough to tell other data, or the same ones longer or in another order, but not a change of a few examples.
 *
 * @returns "sha256:" and 64 hexadecimal digits; of large data "sampled-sha256:" and as many
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const { length, shape, type } = dataset;
  const sampled = isLarge(dataset);
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(JSON.stringify({ length, shape, type }));
    for await (const { values } of sampled ? spreadBlocks(dataset) : readBlocks(dataset)) {
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    }
  };
  return `${sampled ? 'sampled-sha256' : 'sha256'}:${await digestOfParts(parts())}`;
}
