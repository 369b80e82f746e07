// The worker of the runtime in a browser. Loaded by its URL, never imported.
import type { Request } from './protocol.js';
import { serve, sessionOptions } from './worker-host.js';

if (self.name.startsWith('em-pthread')) {
  // ONNX Runtime starts its threads from the file that it lies in, and a bundler may have put it into this one: then
  // each thread runs this module too, and wants nothing of it but ONNX Runtime.
  void import('onnxruntime-web/wasm');
} else {
  const handle = serve(
    async ({ device, threads, wasmPath }) => {
      // WebGPU has a build of its own, nearly twice as large: only who asks for it loads it.
      const ort = device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
      const { wasm } = ort.env;
      // Threads share memory, which a browser gives only to pages that are cross-origin isolated.
      wasm.numThreads = device === 'wasm' && self.crossOriginIsolated ? threads : 1;
      if (wasmPath !== undefined) wasm.wasmPaths = wasmPath;
      return { ort, options: { executionProviders: [device], ...sessionOptions }, threads: wasm.numThreads };
    },
    (answer, transfer) => self.postMessage(answer, { transfer }),
  );
  self.addEventListener('message', ({ data }: MessageEvent<Request>) => handle(data));
}
