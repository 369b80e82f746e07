// The worker of the runtime in a browser. Loaded by its URL, never imported.
import type { Request } from './protocol.js';
import { serve, sessionOptions } from './worker-host.js';

/**
 * Whether ONNX Runtime is part of this script and its WebAssembly lies beside it, compressed, as in dist/browser: the build says so
 * there. Elsewhere the bundler of the application finds both in onnxruntime-web.
 */
declare const GARGALO_WASM_BESIDE: true | undefined;
const isWasmBeside = typeof GARGALO_WASM_BESIDE !== 'undefined';

/** The WebAssembly beside this script, which some servers unpack on the way. */
async function wasmBeside(): Promise<Blob> {
  const here = import.meta.url;
  // not as `new URL(…, import.meta.url)`: bundlers of applications would look for the file
  const url = `${here.slice(0, here.lastIndexOf('/'))}/ort-wasm.gz`;
  const response = await fetch(url);
  const bytes = await response.blob();
  const [first, second] = new Uint8Array(await bytes.slice(0, 2).arrayBuffer());
  if (first === 0x1f && second === 0x8b) {
    const unpacked = bytes.stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(unpacked).blob();
  }
  if (response.ok && first === 0 && second === 0x61) return bytes;
  throw new Error(`expected WebAssembly at ${url}, got status ${response.status}`);
}

/** Keeps what ONNX Runtime fetches while it opens, which is its WebAssembly, at a URL that only its bundler knows. */
function keepFetched(): () => Promise<Blob | undefined> {
  const { fetch } = self;
  let kept: Promise<Blob> | undefined;
  self.fetch = async (...request) => {
    const response = await fetch(...request);
    if (response.ok) kept = response.clone().blob();
    return response;
  };
  return async () => {
    self.fetch = fetch;
    return kept?.catch(() => undefined);
  };
}

/** WebGPU has a build of its own, nearly twice as large: only who asks for it loads it. */
async function openWebgpu(wasmPath: string | undefined) {
  if (!isWasmBeside) return import('onnxruntime-web/webgpu');
  if (wasmPath === undefined) throw new Error('the option wasmPath has to name a copy of onnxruntime-web/dist for it');
  const file = new URL('ort.webgpu.min.mjs', wasmPath).href;
  return (await import(/* @vite-ignore */ file)) as typeof import('onnxruntime-web/webgpu');
}

if (self.name.startsWith('em-pthread')) {
  // ONNX Runtime starts its threads from the file that it lies in, and a bundler may have put it into this one: then
  // each thread runs this module too, and wants nothing of it but ONNX Runtime.
  void import('onnxruntime-web/wasm');
} else {
  const handle = serve(
    async ({ device, threads, wasmPath, wasm: known }) => {
      const ort = device === 'webgpu' ? await openWebgpu(wasmPath) : await import('onnxruntime-web/wasm');
      const { wasm } = ort.env;
      // Threads share memory, which a browser gives only to pages that are cross-origin isolated.
      wasm.numThreads = device === 'wasm' && self.crossOriginIsolated ? threads : 1;
      if (wasmPath !== undefined) wasm.wasmPaths = wasmPath;
      const beside = isWasmBeside && wasmPath === undefined && !known ? await wasmBeside() : undefined;
      const binary = known ?? beside;
      if (binary) wasm.wasmBinary = await binary.arrayBuffer();
      return {
        ort,
        options: { executionProviders: [device], ...sessionOptions },
        threads: wasm.numThreads,
        fetched: binary ? async () => beside : keepFetched(),
      };
    },
    (answer, transfer) => self.postMessage(answer, { transfer }),
  );
  self.addEventListener('message', ({ data }: MessageEvent<Request>) => handle(data));
}
