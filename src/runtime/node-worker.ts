// The worker of the runtime in Node. Loaded by its built file, never imported.
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import type { OnnxRuntime } from './worker-host.js';
import { serve, sessionOptions } from './worker-host.js';

const port = parentPort!;
/** How many requests wait for their answer: see node.ts. */
const unanswered = workerData as Int32Array;
const handle = serve(
  async ({ device, threads }) => {
    if (device === 'wasm') {
      const own = new URL('./ort/', import.meta.url);
      const ort: OnnxRuntime = await import(new URL('ort.node.min.mjs', own).href);
      ort.env.wasm.wasmBinary = gunzipSync(readFileSync(new URL('../browser/ort-wasm.gz', import.meta.url)));
      ort.env.wasm.numThreads = threads;
      return { ort, options: { executionProviders: ['wasm'], ...sessionOptions }, threads };
    }
    // The package is CommonJS: its exports arrive under `default`.
    const imported = (await import('onnxruntime-node')) as unknown as OnnxRuntime & { default?: OnnxRuntime };
    const ort = imported.default ?? imported;
    // Its own lines about a missing device would stand before ours, which say the same and the mend.
    ort.env.logLevel = 'fatal';
    return {
      ort,
      options: {
        executionProviders: [device],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        ...sessionOptions,
        // the native binding wants flat keys
        extra: {
          'session.set_denormal_as_zero': '1',
          'session.disable_quant_qdq': '1',
          // each program has threads of its own: those of one must not spin while another runs
          'session.force_spinning_stop': '1',
        },
      },
      threads,
    };
  },
  (answer, transfer) => {
    port.postMessage(answer, transfer);
    Atomics.sub(unanswered, 0, 1);
    Atomics.notify(unanswered, 0);
  },
);
port.on('message', handle);
