import type { Dataset } from './dataset.js';
import { readBlocks } from './split.js';

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
}

/**
 * A name for the content of a data set: SHA-256 over length, shape, type and values; not over its name, labels and columns. The
 * platform's digest takes no stream, so the blocks of {@link readBlocks} are digested one by one and then their digests, after
 * that of the heading. Runs in Node and in browsers.
 *
 * @returns "sha256:" and 64 hexadecimal digits
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const { length, shape, type } = dataset;
  const digests = [await digest(new TextEncoder().encode(JSON.stringify({ length, shape, type })))];
  for await (const { values } of readBlocks(dataset)) {
    digests.push(await digest(new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()));
  }
  const all = new Uint8Array(digests.length * 32);
  for (const [i, one] of digests.entries()) all.set(one, i * 32);
  return `sha256:${Array.from(await digest(all), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
