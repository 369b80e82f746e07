import { closeSync, openSync, readSync } from 'node:fs';
import { type CsvChunk, type CsvWalk, csvChunks } from './csv-chunks.js';

/** The chunks of a file on the disk. Reads without leaving the thread: for small files, and for a worker. */
export function* csvFileChunks(path: string, walk: CsvWalk): Generator<CsvChunk, void> {
  const file = openSync(path, 'r');
  try {
    let position = walk.offset;
    yield* csvChunks((into) => {
      const got = readSync(file, into, 0, into.length, position);
      position += got;
      return got;
    }, walk);
  } finally {
    closeSync(file);
  }
}

/** The memory of a chunk that can be handed over instead of copied. */
export function buffersOf({ columns, lines }: CsvChunk): ArrayBuffer[] {
  const arrays = columns.map((column) => (column.as === 'number' ? column.values : column.codes));
  return [...arrays, ...(lines ? [lines] : [])].map((array) => array.buffer as ArrayBuffer);
}
