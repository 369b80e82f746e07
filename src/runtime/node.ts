import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { threadOptions, threadScript } from '../core/thread-options.js';
import { openRuntime, type WorkerPort } from './client.js';
import { lendRuntime } from './lend.js';
import type { Answer } from './protocol.js';
import type { Device, Runtime, RuntimeOptions } from './runtime.js';

/**
 * Whether onnxruntime-node is installed. It is a package to ask for: its install script downloads GPU libraries, which some package
 * managers run, some warn of and one fails for.
 */
function hasNativeEngine(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

let isHinted = false;

const HINT =
  'onnxruntime-node is not installed: running on WebAssembly, at a third of the speed or less; npm install --ignore-scripts onnxruntime-node@1.30 makes it native';

/**
 * Native code where it is installed, else WebAssembly, which comes with the package.
 *
 * @param hint is told so, once; by default a warning of the process
 */
export function usualDevice(hint = (text: string) => process.emitWarning(text, 'GargaloHint')): Device {
  if (hasNativeEngine()) return 'cpu';
  if (!isHinted) hint(HINT);
  isHinted = true;
  return 'wasm';
}

/**
 * Opens a runtime in a worker thread: onnxruntime-node, or the WebAssembly that comes with the package for the device `wasm` and
 * where onnxruntime-node is not installed. Close it when done, to free its memory; a worker that has nothing to do does not keep
 * the process alive.
 *
 * @throws GargaloError `not-available` where the machine does not offer the device
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  if (options.opened) return lendRuntime(options.opened, options.threads);
  return openRuntime(startWorker, { ...options, device: options.device ?? usualDevice() });
}

/** Requests that each living worker has yet to answer, in memory shared with it. */
const unanswered = new Set<Int32Array>();
/** Long enough for any call that a training makes, and an end to waiting for one that never ends. */
const EXIT_PATIENCE_MS = 10_000;

/**
 * Native code that is stopped in the middle of a call aborts the whole process. Where process.exit() or an uncaught error
 * does not let runtimes close, the end waits for the calls under way.
 */
function waitForCalls(): void {
  const deadline = Date.now() + EXIT_PATIENCE_MS;
  for (const count of unanswered) {
    for (let left = Atomics.load(count, 0); left > 0 && Date.now() < deadline; left = Atomics.load(count, 0)) {
      Atomics.wait(count, 0, left, deadline - Date.now());
    }
  }
}

function startWorker(): WorkerPort {
  // onnxruntime-node for Linux reports its use to Microsoft, with an identifier in the home folder and a log of each process in the
  // folder of temporary files. Off, unless the variable says 0; native code sees what the main thread sets.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const count = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(threadScript('#runtime-worker'), {
    ...threadOptions(),
    workerData: count,
  });
  unanswered.add(count);
  if (!process.listeners('exit').includes(waitForCalls)) process.on('exit', waitForCalls);
  worker.once('exit', () => unanswered.delete(count));
  // Only a request without an answer keeps the process alive: a program that forgets to close a runtime ends by itself.
  let waiting = 0;
  worker.unref();
  return {
    post(request, transfer) {
      worker.postMessage(request, transfer);
      Atomics.add(count, 0, 1);
      if (waiting++ === 0) worker.ref();
    },
    onAnswer: (listener) =>
      void worker.on('message', (answer: Answer) => {
        if (--waiting === 0) worker.unref();
        listener(answer);
      }),
    onFailure: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`exit code ${code}`)));
    },
    terminate: async () => void (await worker.terminate()),
  };
}

/** Bytes of memory that a process can get: on other systems than Linux what is free says little, and all of it is meant. */
export function availableMemory(): number {
  const free = process.platform === 'linux' ? freemem() : totalmem();
  // of a container
  const limit = process.constrainedMemory();
  return limit ? Math.min(free, limit) : free;
}

/** How many threads the machine runs at once. */
export function availableThreads(): number {
  return availableParallelism();
}
