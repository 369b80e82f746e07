// Opens a page of a folder, or of a server that runs, in Chromium and waits for its answer.
import { join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath, serveFiles } from '../browser.mjs';
import { answers } from './programs.mjs';

const PATIENCE_MS = 120_000;

/**
 * Opens a page and expects that it trains, complains of nothing and fetches the WebAssembly once.
 *
 * @param {string} url @param {keyof typeof answers} [policy]
 */
export async function expectTraining(url, policy = 'plain') {
  if (!chromiumPath) throw new Error('expected Chromium, found none: CHROMIUM_PATH says where it is');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
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
  const site = await serveFiles((pathname) => ({
    path: join(folder, normalize(pathname), pathname.endsWith('/') ? 'index.html' : ''),
    isIsolated: policy === 'isolated',
  }));
  try {
    await expectTraining(`${site.url}/`, policy);
  } finally {
    await site.close();
  }
}
