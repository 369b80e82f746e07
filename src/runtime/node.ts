import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { badInput } from '../errors.js';
import { openRuntime } from './client.js';
import { devices, type Runtime, type RuntimeOptions } from './runtime.js';

/**
 * Opens a runtime in a worker thread: onnxruntime-node, or onnxruntime-web for the device `wasm`. Close it when done,
 * or the process stays alive.
 *
 * @throws GargaloError `not-available` where the machine does not offer the device
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = 1 } = options;
  if (!devices.includes(device)) throw badInput('device', `expected one of ${devices.join(', ')}, got "${device}"`);
  if (!Number.isInteger(threads) || threads < 1)
    throw badInput('threads', `expected a whole number of at least 1, got ${threads}`);
  // Always the built file: a worker needs JavaScript, also where this module runs from its source in a test.
  const worker = new Worker(createRequire(import.meta.url).resolve('#runtime-worker'));
  return openRuntime(
    {
      post: (request, transfer) => worker.postMessage(request, transfer),
      onAnswer: (listener) => void worker.on('message', listener),
      onFailure: (listener) => {
        worker.on('error', listener);
        worker.on('exit', (code) => listener(new Error(`exit code ${code}`)));
      },
      terminate: async () => void (await worker.terminate()),
    },
    { device, threads },
  );
}
