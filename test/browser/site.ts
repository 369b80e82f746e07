// Builds the test page as an application would, and serves it to a browser on this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { serveFiles } from '../../tools/browser.mjs';

export interface Site {
  /** Serves the page; under `/isolated/` with the headers for threads, under `/plain/` without them. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Builds the page with Vite into a temporary folder and serves it. The folder `ort/` beside it is onnxruntime-web's.
 *
 * @param config what differs from Vite's own settings
 */
export async function openSite(config: InlineConfig = {}): Promise<Site> {
  const site = await mkdtemp(join(tmpdir(), 'gargalo-site-'));
  await build({
    ...config,
    configFile: false,
    logLevel: 'warn',
    root: join(dirname(fileURLToPath(import.meta.url)), 'page'),
    base: './',
    build: { outDir: site, emptyOutDir: true, reportCompressedSize: false, ...config.build },
  });
  const onnxRuntime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));

  const server = await serveFiles((pathname) => {
    const [, policy, ...rest] = normalize(pathname).split('/');
    const inside = rest[0] === 'ort' ? join(onnxRuntime, ...rest.slice(1)) : join(site, ...rest);
    return { path: pathname.endsWith('/') ? join(inside, 'index.html') : inside, isIsolated: policy === 'isolated' };
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await rm(site, { recursive: true, force: true });
    },
  };
}
