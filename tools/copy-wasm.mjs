// Puts ONNX Runtime's WebAssembly into dist/runtime/ort, so that the package has an engine where no native one can be installed: for
// Node, and for the reports that carry it. onnxruntime-web, of which these are two files and a compressed one, has 139 MB.
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const target = join(root, 'dist', 'runtime', 'ort');

/** Whether a file is missing, or older than what it is made of. */
const isStale = (/** @type {string} */ file, /** @type {string} */ of) =>
  !existsSync(file) || statSync(file).mtimeMs < statSync(of).mtimeMs;

/** Writes ort.node.min.mjs, ort-wasm-simd-threaded.mjs and ort-wasm.gz, with their licence. */
export function copyWasm() {
  mkdirSync(target, { recursive: true });
  for (const name of ['ort.node.min.mjs', 'ort-wasm-simd-threaded.mjs'])
    copyFileSync(join(source, name), join(target, name));
  copyFileSync(join(root, 'tools', 'onnxruntime-license.txt'), join(target, 'LICENSE.txt'));
  const [wasm, packed] = [join(source, 'ort-wasm-simd-threaded.wasm'), join(target, 'ort-wasm.gz')];
  if (isStale(packed, wasm)) writeFileSync(packed, gzipSync(readFileSync(wasm), { level: 9 }));
}
