// Opens a page of a folder, or of a server that runs, in Chromium and waits for its answer.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { answers } from './programs.mjs';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => path && existsSync(path));

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const PATIENCE_MS = 120_000;

/**
 * Serves a folder, and lets the browser keep nothing: what it asks for twice is fetched twice.
 *
 * @param {string} folder @param {boolean} isIsolated with the headers that threads need
 */
async function serve(folder, isIsolated) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = join(folder, normalize(pathname), pathname.endsWith('/') ? 'index.html' : '');
    try {
      const body = await readFile(path);
      const type = types[/** @type {keyof typeof types} */ (extname(path))] ?? 'application/octet-stream';
      response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', ...(isIsolated && isolation) });
      response.end(body);
    } catch {
      response.writeHead(404).end('not found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close().closeAllConnections() };
}

/**
 * Opens a page and expects that it trains, complains of nothing and fetches the WebAssembly once.
 *
 * @param {string} url @param {keyof typeof answers} [policy]
 */
export async function expectTraining(url, policy = 'plain') {
  if (!executablePath) throw new Error('expected Chromium, found none: CHROMIUM_PATH says where it is');
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const context = await browser.newContext();
    const view = await context.newPage();
    /** @type {string[]} */
    const [complaints, fetched] = [[], []];
    view.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    view.on('pageerror', (error) => complaints.push(String(error)));
    // of the whole context: those of workers too
    context.on(
      'request',
      (request) => /(\.wasm|ort-wasm\.gz)$/.test(new URL(request.url()).pathname) && fetched.push(request.url()),
    );
    await view.goto(url);
    await view
      .waitForFunction(() => document.title !== 'waiting', undefined, { timeout: PATIENCE_MS })
      .catch(() => complaints.push(`no answer within ${PATIENCE_MS / 1000} s`));
    const title = await view.title();
    if (title !== answers[policy])
      throw new Error(`expected "${answers[policy]}", got "${title}" ${complaints.join()}`);
    if (complaints.length > 0) throw new Error(`expected no complaint, got ${complaints.join('\n')}`);
    if (fetched.length !== 1)
      throw new Error(`expected the WebAssembly fetched once, got ${fetched.join() || 'nothing'}`);
  } finally {
    await browser.close();
  }
}

/** The same of a folder. @param {string} folder @param {keyof typeof answers} [policy] */
export async function expectTrainingIn(folder, policy = 'plain') {
  const site = await serve(folder, policy === 'isolated');
  try {
    await expectTraining(site.url, policy);
  } finally {
    site.close();
  }
}
