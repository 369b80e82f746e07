// Builds what runs in a browser as it is: the scripts of the reports, and dist/browser. Done again only where something has changed.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const client = 'dist/report/client';
/**
 * The worker of UMAP, which tsc leaves out: bundlers get the script too, since umap-js is CommonJS, which Vite's development server would
 * hand to a worker as it is.
 */
const umapWorker = 'analysis/latent/umap/gargalo-umap-worker';
/**
 * Each script with the module that it is made of. `early` and `page` are in every report, `live` where a latent space moves; those in
 * dist/browser are the library for pages without a bundler.
 */
const scripts = [
  { from: 'src/report/client/early.ts', to: `${client}/early.js`, format: /** @type {const} */ ('iife') },
  { from: 'src/report/client/page.ts', to: `${client}/page.js`, format: /** @type {const} */ ('iife') },
  { from: 'src/report/client/live.ts', to: `${client}/live.js` },
  { from: 'dist/browser.js', to: 'dist/browser/gargalo.js' },
  { from: 'dist/runtime/gargalo-worker.js', to: 'dist/browser/gargalo-worker.js' },
  { from: `src/${umapWorker}.ts`, to: 'dist/browser/gargalo-umap-worker.js' },
];
/** What the scripts were made of: of each its files from the root of the repository, with their digests. */
const record = join(root, 'dist', '.scripts.json');

const wasmName = 'ort-wasm-simd-threaded.wasm';

const digest = (/** @type {string} */ file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const digests = (/** @type {string[]} */ files) =>
  Object.fromEntries(files.map((file) => [file, existsSync(join(root, file)) ? digest(join(root, file)) : '']));

/** @param {typeof scripts[number]} script @returns {Promise<string[]>} the files that it is made of */
async function bundle({ from, to, format }) {
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    // the worker's WebAssembly lies beside it, under a name of ours: src/runtime/gargalo-worker.ts
    define: { GARGALO_WASM_BESIDE: 'true' },
    plugins: [
      {
        name: 'what-comes-beside-the-script',
        enforce: 'pre',
        // A bundler would take the file named here into the script; the page hands its bytes over instead.
        transform(code, id) {
          if (id.includes('onnxruntime-web'))
            return code.replaceAll(/new URL\("ort-wasm[\w.-]*",\s*import\.meta\.url\)/g, `{href:"${wasmName}"}`);
          // It would bundle the worker too, under a name of its own: in another form it is left as it is.
          return code.replaceAll(
            /new URL\(('[^']*-worker\.js'), import\.meta\.url\)/g,
            'new URL($1, [import.meta.url][0])',
          );
        },
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(root, from),
        preserveEntrySignatures: 'strict',
        // What is in every page runs as a plain script, before and after the page is drawn, and leaves no names behind.
        output: { codeSplitting: false, ...(format && { format }) },
      },
    },
  });
  const [chunk, ...others] = [result].flat().flatMap(({ output }) => output);
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error(`expected one script of ${from}, got more`);
  // An inline script ends at the first closing tag, wherever it stands, and "<!--" changes how it is read.
  const code = chunk.code.trim().replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c');
  mkdirSync(dirname(join(root, to)), { recursive: true });
  writeFileSync(join(root, to), code);
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

/** Writes the scripts, those of which something has changed, and the style sheets beside their modules. */
export async function buildPage() {
  copyStyles();
  /** @type {Record<string, Record<string, string>>} */
  const known = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  for (const script of scripts) {
    const of = known[script.to];
    const isCurrent =
      of && existsSync(join(root, script.to)) && JSON.stringify(digests(Object.keys(of))) === JSON.stringify(of);
    if (!isCurrent) known[script.to] = digests(['tools/build-page.mjs', ...(await bundle(script))]);
  }
  writeFileSync(record, JSON.stringify(known, null, 1));
  copyFileSync(join(root, 'dist/browser/gargalo-umap-worker.js'), join(root, `dist/${umapWorker}.js`));
  for (const folder of new Set(scripts.map(({ to }) => dirname(to)))) {
    const inside = scripts.filter(({ to }) => dirname(to) === folder).flatMap(({ to }) => Object.keys(known[to] ?? {}));
    writeFileSync(join(root, folder, 'LICENSES.txt'), licencesOf(inside));
  }
}

/** The licences of the packages that some files are of, which their terms ask to go with the scripts. */
export function licencesOf(/** @type {string[]} */ files) {
  const packages = new Set(files.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []));
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry));
    // onnxruntime-web comes without the text
    const text = name.startsWith('onnxruntime') ? join('tools', 'onnxruntime-license.txt') : file && join(path, file);
    return `${name} ${version} (${license})\n\n${text ? readFileSync(join(root, text), 'utf8').trim() : ''}`;
  });
  return `The scripts in this folder contain these packages.\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
