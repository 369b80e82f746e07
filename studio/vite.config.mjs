// Builds the studio into the package's dist/studio: a static folder that works from any path. The page itself takes from the library
// what it draws with; its worker takes the library as the package has it for pages, with its workers and its WebAssembly, from
// ../browser beside its assets.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'dist');
const own = /^gargalo(\/(graph|latent|codec))?$/;

const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** @returns {import('vite').Plugin} */
const libraryOfPage = () => ({
  name: 'library-of-page',
  enforce: 'pre',
  resolveId: (id) => (own.test(id) ? join(dist, `${id.split('/')[1] ?? 'index'}.js`) : undefined),
});

/** @returns {import('vite').Plugin} */
const libraryOfWorker = () => ({
  name: 'library-of-worker',
  enforce: 'pre',
  resolveId: (id) => (own.test(id) ? { id: '../browser/gargalo.js', external: true } : undefined),
});

export default defineConfig({
  root: here,
  base: './',
  plugins: [libraryOfPage()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', plugins: () => [libraryOfWorker()] },
  build: {
    outDir: join(dist, 'studio'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: { headers },
  preview: { headers },
});
