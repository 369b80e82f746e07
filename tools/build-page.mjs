// Builds what moves in the latent report: the sources under src/report/client as one script, and ONNX Runtime's
// WebAssembly beside it, compressed as it travels with each report. Done again only where something of it has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'dist', 'report', 'client');
const script = join(folder, 'page.js');
const wasm = join(folder, 'ort-wasm.gz');
/** What the script was made of: files from the root of the repository, with a digest of each. */
const record = join(folder, 'page.json');

const wasmSource = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
const wasmName = 'ort-wasm-simd-threaded.wasm';

const digest = (/** @type {string} */ file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const digests = (/** @type {string[]} */ files) =>
  Object.fromEntries(files.map((file) => [file, existsSync(join(root, file)) ? digest(join(root, file)) : '']));

/** @param {string} file @param {string} content */
function isUnchanged(file, content) {
  return existsSync(file) && readFileSync(file, 'utf8') === content;
}

async function bundle() {
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [
      {
        name: 'webassembly-comes-with-the-report',
        // A bundler would take the file named here into the script; the page hands its bytes over instead.
        transform: (code, id) =>
          id.includes('onnxruntime-web')
            ? {
                code: code.replaceAll(/new URL\("ort-wasm[\w.-]*",\s*import\.meta\.url\)/g, `{href:"${wasmName}"}`),
                map: null,
              }
            : undefined,
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: { input: join(root, 'src/report/client/main.ts'), output: { codeSplitting: false } },
    },
  });
  const [chunk, ...others] = [result].flat().flatMap(({ output }) => output);
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('expected one script, got more');
  // An inline script ends at the first closing tag, wherever it stands, and "<!--" changes how it is read.
  writeFileSync(script, chunk.code.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c'));
  const files = Object.keys(chunk.modules)
    .filter((id) => existsSync(id))
    .map((id) => relative(root, id).split(sep).join('/'));
  writeFileSync(record, JSON.stringify(digests([...files, 'tools/build-page.mjs']), null, 1));
}

/** Writes page.js and ort-wasm.gz into dist/report/client. */
export async function buildPage() {
  mkdirSync(folder, { recursive: true });
  const known = existsSync(record) ? Object.keys(JSON.parse(readFileSync(record, 'utf8'))) : [];
  const isCurrent =
    known.length > 0 && existsSync(script) && isUnchanged(record, JSON.stringify(digests(known), null, 1));
  if (!isCurrent) await bundle();
  if (!existsSync(wasm) || statSync(wasm).mtimeMs < statSync(wasmSource).mtimeMs) {
    writeFileSync(wasm, gzipSync(readFileSync(wasmSource), { level: 9 }));
  }
}
