// Reads a file of text in a thread of its own. Loaded by its built file, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { GargaloError } from '../../core/errors.js';
import type { TextFile } from '../read/text-file.js';
import type { CsvWalk } from './csv-chunks.js';
import { buffersOf, csvFileChunks } from './csv-source.js';
import type { CsvMessage } from './csv-thread.js';

const { file, walk, waiting, most } = workerData as {
  file: TextFile;
  walk: CsvWalk;
  /** How many chunks were sent and not taken yet, in memory shared with who takes them; and how many may. */
  waiting: Int32Array;
  most: number;
};
const port = parentPort!;
const send = (message: CsvMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

try {
  for (const chunk of csvFileChunks(file, walk)) {
    for (let count = Atomics.load(waiting, 0); count >= most; count = Atomics.load(waiting, 0)) {
      Atomics.wait(waiting, 0, count);
    }
    Atomics.add(waiting, 0, 1);
    send({ chunk }, buffersOf(chunk));
  }
  send({});
} catch (error) {
  if (error instanceof GargaloError) {
    const { code, where, problem, remedy } = error;
    send({ problem: { code, where, problem, remedy } });
  } else if (error instanceof Error && 'code' in error) {
    send({ system: { code: String(error.code), message: error.message } });
  } else throw error;
}
