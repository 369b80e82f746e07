// Takes pictures of every page in every form, wide, narrow and dark, in Chromium: `node tools/gallery.mjs out/`. Taken before and
// after a change, two folders say by their files what it changed: the pages are written beside their pictures.
//   node tools/gallery.mjs after --against before   names the pages and pictures that differ
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { chromiumPath } from './browser.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string' }, only: { type: 'string' }, 'pages-only': { type: 'boolean' } },
});
const folder = resolve(positionals[0] ?? 'gallery');

/** The pages, made of the sources: what tests make up is no part of what is shipped. */
async function pages() {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions: ['gargalo-source', 'node', 'import', 'module', 'default'] } },
  });
  try {
    const { gallery } = await server.ssrLoadModule('/src/report/gallery.oracle.ts');
    return Object.entries(gallery)
      .filter(([name]) => name.includes(options.only ?? ''))
      .map(([name, render]) => [name, render()]);
  } finally {
    await server.close();
  }
}

const forms = [
  { name: 'wide', viewport: { width: 1200, height: 900 }, colorScheme: /** @type {const} */ ('light') },
  { name: 'narrow', viewport: { width: 390, height: 800 }, colorScheme: /** @type {const} */ ('light') },
  { name: 'dark', viewport: { width: 1200, height: 900 }, colorScheme: /** @type {const} */ ('dark') },
];

mkdirSync(folder, { recursive: true });
const made = await pages();
for (const [name, page] of made) writeFileSync(join(folder, `${name}.html`), page);
if (!options['pages-only']) {
  if (!chromiumPath) throw new Error('expected Chromium, found none (set CHROMIUM_PATH)');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  for (const { name: form, ...context } of forms) {
    const page = await browser.newPage(context);
    for (const [name] of made) {
      await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
      // What moves in the latent report comes when the page has nothing else to do.
      if (name.startsWith('latent')) await page.waitForTimeout(2500);
      await page.screenshot({ path: join(folder, `${name}-${form}.png`), fullPage: true });
    }
    await page.close();
  }
  await browser.close();
}

if (options.against) {
  const before = resolve(options.against);
  const same = (/** @type {string} */ file) =>
    existsSync(join(before, file)) && readFileSync(join(before, file)).equals(readFileSync(join(folder, file)));
  const changed = readdirSync(folder).filter((file) => !same(file));
  process.stdout.write(
    changed.length === 0 ? 'nothing differs\n' : `differs:\n${changed.map((f) => `  ${f}\n`).join('')}`,
  );
}
