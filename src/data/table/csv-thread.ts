import { Worker } from 'node:worker_threads';
import { type ErrorCode, GargaloError } from '../../core/errors.js';
import { threadOptions, threadScript } from '../../core/thread-options.js';
import type { TextFile } from '../read/text-file.js';
import type { CsvChunk, CsvWalk } from './csv-chunks.js';

/** What the worker says: a chunk, why it ended, or, with nothing in it, that all was read. */
export interface CsvMessage {
  readonly chunk?: CsvChunk;
  readonly problem?: { code: ErrorCode; where: string; problem: string; remedy: string | undefined };
  /** What the file system said. */
  readonly system?: { code: string; message: string };
}

/** Chunks that wait to be taken, at most: the worker waits when there are as many. */
const MOST_WAITING = 4;

/**
 * The chunks of a file on the disk, made in a thread of their own while those before are at work here.
 *
 * @throws GargaloError as the reading does
 */
export async function* csvThreadChunks(file: TextFile, walk: CsvWalk, signal?: AbortSignal): AsyncGenerator<CsvChunk> {
  const { path } = file;
  const waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(threadScript('#csv-worker'), {
    ...threadOptions(),
    workerData: { file: { path, size: file.size, descriptor: file.descriptor }, walk, waiting, most: MOST_WAITING },
  });
  const messages: CsvMessage[] = [];
  let failure: unknown;
  let wake: () => void = () => undefined;
  worker.on('message', (message: CsvMessage) => {
    messages.push(message);
    wake();
  });
  const fail = (error: unknown) => {
    failure ??= error;
    wake();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the thread that reads ${path} ended with exit code ${code}`)));
  const stop = () => fail(new GargaloError('cancelled', path, 'stopped on request'));
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) stop();
    while (true) {
      while (messages.length === 0 && failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const message = signal?.aborted ? undefined : messages.shift();
      if (!message) throw failure;
      if (message.problem) {
        const { code, where, problem, remedy } = message.problem;
        throw new GargaloError(code, where, problem, remedy);
      }
      if (message.system) {
        const { code, message: text } = message.system;
        throw Object.assign(new Error(text), { code, syscall: 'read' });
      }
      if (!message.chunk) return;
      Atomics.sub(waiting, 0, 1);
      Atomics.notify(waiting, 0);
      yield message.chunk;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    worker.removeAllListeners();
    await worker.terminate();
  }
}
