import { closeSync, openSync, readSync } from 'node:fs';
import type { TextFile } from '../read/text-file.js';
import { plainReader } from './csv-bytes.js';
import { type CsvChunk, type CsvWalk, csvChunks } from './csv-chunks.js';

/** The chunks of a file on the disk or in memory. Reads without leaving the thread: for small files, and for a worker. */
export function* csvFileChunks({ path, descriptor, bytes }: TextFile, walk: CsvWalk): Generator<CsvChunk, void> {
  if (bytes) {
    const readAt = (into: Uint8Array, position: number): number => {
      const piece = bytes.subarray(position, position + into.length);
      into.set(piece);
      return piece.length;
    };
    yield* csvChunks(plainReader(readAt, walk.bytes, walk.offset), walk);
    return;
  }
  const file = descriptor ?? openSync(path, 'r');
  try {
    const readAt = (into: Uint8Array, position: number) => readSync(file, into, 0, into.length, position);
    yield* csvChunks(plainReader(readAt, walk.bytes, walk.offset), walk);
  } finally {
    if (descriptor === undefined) closeSync(file);
  }
}

/** The memory of a chunk that can be handed over instead of copied. */
export function buffersOf({ columns, lines }: CsvChunk): ArrayBuffer[] {
  const arrays = columns.map((column) => (column.as === 'number' ? column.values : column.codes));
  return [...new Set([...arrays, ...(lines ? [lines] : [])].map((array) => array.buffer as ArrayBuffer))];
}
