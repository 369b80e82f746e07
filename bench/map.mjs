// How smooth the map of the latent report is: a page with 100,000 points is opened in Chromium from a file, zoomed by the
// wheel and dragged about, and the time from frame to frame is what requestAnimationFrame tells.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { chromiumPath } from '../tools/browser.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    points: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '4' },
    density: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
const [points, seconds, density] = [options.points, options.seconds, options.density].map(Number);

if (!chromiumPath) {
  process.stderr.write('bench: expected Chromium, found none (set CHROMIUM_PATH)\n');
  process.exit(1);
}

/** The page, made of the sources: the made-up runs are not part of what is shipped. */
async function makePage() {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions: ['gargalo-source', 'node', 'import', 'module', 'default'] } },
  });
  const load = (/** @type {string} */ name) => server.ssrLoadModule(`/src/report/${name}.ts`);
  const [{ latentFixture }, { mapSection }, { liveParts }, { renderPage }] = await Promise.all(
    ['pages/latent/fixture.oracle', 'pages/latent/map-section', 'pages/latent/live', 'kit/page'].map(load),
  );
  const input = latentFixture({ points, shown: Math.min(points, 2000), widths: [16] });
  const page = renderPage({ title: 'Map', sections: [mapSection(input)], live: liveParts(input) });
  await server.close();
  return page;
}

const part = (/** @type {number[]} */ sorted, /** @type {number} */ q) => sorted[Math.floor(q * (sorted.length - 1))];

/** @param {import('playwright-core').Page} page @param {string} name @param {(i: number) => Promise<void>} step */
async function measure(page, name, step) {
  await page.evaluate(() => {
    const times = [];
    globalThis.frames_ = times;
    const frame = (now) => {
      times.push(now);
      globalThis.next_ = requestAnimationFrame(frame);
    };
    globalThis.next_ = requestAnimationFrame(frame);
  });
  const end = performance.now() + seconds * 1000;
  let steps = 0;
  for (; performance.now() < end; steps++) await step(steps);
  const times = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.next_);
    return globalThis.frames_;
  });
  const deltas = times
    .slice(1)
    .map((time, i) => time - times[i])
    .sort((a, b) => a - b);
  const [median, p95, longest] = [part(deltas, 0.5), part(deltas, 0.95), deltas.at(-1)];
  process.stdout.write(
    `${name.padEnd(22)} median ${median.toFixed(1)} ms   p95 ${p95.toFixed(1)} ms   longest ${longest.toFixed(1)} ms   ${deltas.length} frames, ${steps} events\n`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'gargalo-map-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = options.keep ?? join(folder, 'map.html');
const html = await makePage();
writeFileSync(file, html);
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
process.stdout.write(
  `${points.toLocaleString('en-US')} points, a page of ${(html.length / 2 ** 20).toFixed(1)} MB, Chromium ${browser.version()} without a GPU, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n`,
);
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: density });
page.on('pageerror', (error) => process.stderr.write(`bench: ${error}\n`));
await page.goto(pathToFileURL(file).href);
await page.waitForSelector('[data-shown]', { timeout: 60_000 });
const box = await page.locator('.live-frame').boundingBox();
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
for (const method of await page.$$eval('[data-method]', (buttons) => buttons.map(({ dataset }) => dataset.method))) {
  await page.click(`[data-method="${method}"]`);
  await page.waitForTimeout(500);
  await page.mouse.click(x, y);
  await page.waitForTimeout(2500); // the decoder has been opened by then
  await measure(page, `${method}: zoom by wheel`, async (i) => {
    await page.mouse.wheel(0, i % 80 < 40 ? -60 : 60);
  });
  await page.click('[data-zoom="all"]');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await measure(page, `${method}: drag`, async (i) => {
    await page.mouse.move(x + 180 * Math.sin(i / 12), y + 140 * Math.sin(i / 9));
  });
  await page.mouse.up();
  await page.click('[data-zoom="all"]');
  await measure(page, `${method}: point at`, async (i) => {
    await page.mouse.move(x + 180 * Math.sin(i / 12), y + 140 * Math.sin(i / 9));
  });
  await page.mouse.move(x, y);
}
await browser.close();
