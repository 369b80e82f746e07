import { open } from 'node:fs/promises';
import { badInput } from '../../core/errors.js';
import { fileProblem } from '../../data/write/write.js';
import type { ByteSource } from './byte-source.js';

/** A file, read in any part while something is done with it. */
export async function withFileBytes<T>(path: string, work: (source: ByteSource) => Promise<T>): Promise<T> {
  const problem = (error: unknown): never => {
    throw fileProblem(path, error, 'read');
  };
  const file = await open(path).catch(problem);
  try {
    const found = await file.stat();
    const { size } = found;
    if (!found.isFile()) throw badInput(path, 'expected a file, got a device, pipe or folder', 'save it to a file');
    return await work({
      size,
      async read(start, end) {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start).catch(problem);
        return bytes.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}
