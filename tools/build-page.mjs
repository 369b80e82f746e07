// Builds what runs in the reader's browser: the sources under src/report/client as one script for each entry. Done again only where
// something of it has changed.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'dist', 'report', 'client');
/** `early` and `page` are in every page, `live` where a latent space moves. */
const entries = ['early', 'page', 'live'];
/** What the scripts were made of: files from the root of the repository, with a digest of each. */
const record = join(folder, 'sources.json');

const wasmName = 'ort-wasm-simd-threaded.wasm';

const digest = (/** @type {string} */ file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const digests = (/** @type {string[]} */ files) =>
  Object.fromEntries(files.map((file) => [file, existsSync(join(root, file)) ? digest(join(root, file)) : '']));

/** @param {string} file @param {string} content */
function isUnchanged(file, content) {
  return existsSync(file) && readFileSync(file, 'utf8') === content;
}

/** @param {string} entry @returns {Promise<string[]>} the files that it is made of */
async function bundle(entry) {
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
      rolldownOptions: {
        input: join(root, `src/report/client/${entry}.ts`),
        // What is in every page runs as a plain script, before and after the page is drawn, and leaves no names behind.
        output: { codeSplitting: false, ...(entry !== 'live' && { format: 'iife' }) },
      },
    },
  });
  const [chunk, ...others] = [result].flat().flatMap(({ output }) => output);
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error(`expected one script of ${entry}, got more`);
  // An inline script ends at the first closing tag, wherever it stands, and "<!--" changes how it is read.
  writeFileSync(join(folder, `${entry}.js`), chunk.code.trim().replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c'));
  return Object.keys(chunk.modules)
    .filter((id) => existsSync(id))
    .map((id) => relative(root, id).split(sep).join('/'));
}

/** Copies the style sheets of the pages to where their modules are built. */
function copyStyles() {
  const report = join(root, 'src', 'report');
  for (const file of readdirSync(report, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.css')) copyFileSync(join(report, file), join(root, 'dist', 'report', file));
  }
}

/** Writes the scripts into dist/report/client, and the style sheets beside their modules. */
export async function buildPage() {
  mkdirSync(folder, { recursive: true });
  copyStyles();
  const known = existsSync(record) ? Object.keys(JSON.parse(readFileSync(record, 'utf8'))) : [];
  const isCurrent =
    known.length > 0 &&
    entries.every((entry) => existsSync(join(folder, `${entry}.js`))) &&
    isUnchanged(record, JSON.stringify(digests(known), null, 1));
  if (!isCurrent) {
    const files = new Set(['tools/build-page.mjs']);
    for (const entry of entries) for (const file of await bundle(entry)) files.add(file);
    writeFileSync(record, JSON.stringify(digests([...files]), null, 1));
  }
}
