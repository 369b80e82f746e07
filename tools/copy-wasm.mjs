// Puts ONNX Runtime's WebAssembly into dist/browser, where pages without a bundler, Node and the reports find it, and Node's scripts of it
// into dist/runtime/ort. So the package has an engine where no native one can be installed; onnxruntime-web has 139 MB.
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const [forNode, forPages] = [join(root, 'dist', 'runtime', 'ort'), join(root, 'dist', 'browser')];

/** Whether a file is missing, or older than what it is made of. */
const isStale = (/** @type {string} */ file, /** @type {string} */ of) =>
  !existsSync(file) || statSync(file).mtimeMs < statSync(of).mtimeMs;

/** Writes ort.node.min.mjs and ort-wasm-simd-threaded.mjs, their licence, and ort-wasm.gz. */
export function copyWasm() {
  for (const folder of [forNode, forPages]) mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'tools', 'onnxruntime-license.txt'), join(forNode, 'LICENSE.txt'));
  for (const name of ['ort.node.min.mjs', 'ort-wasm-simd-threaded.mjs'])
    copyFileSync(join(source, name), join(forNode, name));
  const [wasm, packed] = [join(source, 'ort-wasm-simd-threaded.wasm'), join(forPages, 'ort-wasm.gz')];
  if (isStale(packed, wasm)) writeFileSync(packed, gzipSync(readFileSync(wasm), { level: 9 }));
}
