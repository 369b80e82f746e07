import { GargaloError } from '../core/errors.js';
import { openRuntime, type WorkerPort } from './client.js';
import { lendRuntime } from './lend.js';
import { type Device, devices, type Runtime, type RuntimeOptions } from './runtime.js';
import { folderUrl, openWorker, takeWorkerPath } from './worker-path.js';

/**
 * Opens a runtime in a Web Worker, over onnxruntime-web: WebAssembly, or WebGPU where the browser has it. Threads need a
 * page that is cross-origin isolated; in any other, one is used, and `runtime.threads` says so.
 *
 * @throws GargaloError `not-available` where the browser does not offer the device, or onnxruntime-web's files are not found
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { device = 'wasm', wasmPath, opened } = options;
  if (opened) return lendRuntime(opened, options.threads);
  if (devices.includes(device) && device !== 'wasm' && device !== 'webgpu') throw missing(device, 'wasm or webgpu');
  if (device === 'webgpu' && !('gpu' in navigator)) throw missing(device, 'wasm');
  const wasmFolder = wasmPath === undefined ? undefined : folderUrl(wasmPath);
  takeWorkerPath(options.workerPath);
  return openRuntime(
    startWorker,
    { ...options, device, ...(wasmFolder !== undefined && { wasmPath: wasmFolder }) },
    fetchingOnce(`${device} ${wasmFolder ?? ''}`),
  );
}

/** ONNX Runtime's WebAssembly as this page has fetched it, by device and folder: each worker would fetch it again. */
const fetched = new Map<string, Promise<Blob | undefined>>();

/** Lets the first worker fetch the WebAssembly, and hands it to those after it. */
function fetchingOnce<Opened extends { readonly wasm?: Blob }>(key: string) {
  return async (open: (wasm?: Blob) => Promise<Opened>): Promise<Opened> => {
    // asked in the same turn as it is set: of two that open at once, one fetches
    const first = fetched.get(key);
    const known = first && (await first);
    if (known) return open(known);
    const opened = open();
    const wasm = opened.then(
      (answer) => answer.wasm,
      () => undefined,
    );
    fetched.set(key, wasm);
    return opened;
  };
}

/** Bytes of memory that a page can get, which no browser tells. */
export const availableMemory = (): number => Number.POSITIVE_INFINITY;

/** How many threads the machine runs at once, as far as the browser tells. */
export function availableThreads(): number {
  return navigator.hardwareConcurrency || 1;
}

function missing(device: Device, offered: string): GargaloError {
  const problem = `expected the device "${device}", which this browser does not offer`;
  return new GargaloError('not-available', 'device', problem, `use ${offered}; WebGPU needs https or localhost`);
}

function startWorker(): WorkerPort {
  const worker = openWorker(
    'gargalo-worker.js',
    () => new Worker(new URL('./gargalo-worker.js', import.meta.url), { type: 'module' }),
  );
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    onAnswer: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    onFailure(listener) {
      // A script that cannot be loaded gives an event without a message.
      worker.addEventListener('error', ({ message }) =>
        listener(new Error(message || 'its script gargalo-worker.js could not be loaded: see docs/browser.md')),
      );
    },
    terminate: async () => worker.terminate(),
  };
}
