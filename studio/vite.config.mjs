// Builds the studio into the package's dist/studio: a static folder that works from any path.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const door = (name) => join(here, '..', 'dist', `${name}.js`);

export default defineConfig({
  root: here,
  base: './',
  resolve: {
    alias: [
      { find: /^gargalo$/, replacement: door('index') },
      { find: /^gargalo\/(graph|latent|codec)$/, replacement: door('$1') },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: join(here, '..', 'dist', 'studio'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  preview: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
});
