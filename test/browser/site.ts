// Builds the test page as an application would, and serves it to a browser on this machine.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What makes a page cross-origin isolated: see docs/browser.md. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

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

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const [, policy, ...rest] = normalize(pathname).split('/');
    const inside = rest[0] === 'ort' ? join(onnxRuntime, ...rest.slice(1)) : join(site, ...rest);
    const path = pathname.endsWith('/') ? join(inside, 'index.html') : inside;
    try {
      const body = await readFile(path);
      response.writeHead(200, {
        'Content-Type': types[extname(path)] ?? 'application/octet-stream',
        ...(policy === 'isolated' && isolation),
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(site, { recursive: true, force: true });
    },
  };
}
