import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { openRuntime, type WorkerPort } from './client.js';
import type { Runtime, RuntimeOptions } from './runtime.js';

/**
 * Opens a runtime in a worker thread: onnxruntime-node, or onnxruntime-web for the device `wasm`. Close it when done,
 * or the process stays alive.
 *
 * @throws GargaloError `not-available` where the machine does not offer the device
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  return openRuntime(startWorker, { ...options, device: options.device ?? 'cpu' });
}

function startWorker(): WorkerPort {
  // Always the built file: a worker needs JavaScript, also where this module runs from its source in a test.
  // Without Node's own options of this process, some of which a worker refuses (--input-type).
  const worker = new Worker(createRequire(import.meta.url).resolve('#runtime-worker'), { execArgv: [] });
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    onAnswer: (listener) => void worker.on('message', listener),
    onFailure: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`exit code ${code}`)));
    },
    terminate: async () => void (await worker.terminate()),
  };
}
