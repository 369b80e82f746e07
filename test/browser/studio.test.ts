// The studio in a browser, by its built pages: from a click to a network that has learned.
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, inChromium, launchChromium } from './chromium.js';

const configFile = fileURLToPath(new URL('../../studio/vite.config.mjs', import.meta.url));

describe.skipIf(!chromiumPath)(inChromium('the studio'), () => {
  let browser: Browser;
  let server: PreviewServer;
  let url: string;
  beforeAll(async () => {
    server = await preview({ configFile, logLevel: 'silent', preview: { port: 0, host: '127.0.0.1' } });
    url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(
    hash = '',
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(0);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url + hash);
    return { page, problems };
  }

  it('trains on points, shows their map, decodes what is pointed at, and puts the network to use', async () => {
    const { page, problems } = await open('#/train?data=machine&kind=basic&code=2&epochs=4&seed=1');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Training is complete.').first().waitFor();
    await page.getByText('The curve as a table').click();
    // the rows are made when the table is opened
    await expect.poll(() => page.locator('.curve tbody tr').count()).toBe(4);
    await page.getByRole('link', { name: 'Map' }).click();
    await page.locator('.map-frame').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'The decoder’s answer' }).waitFor();
    expect(await page.locator('aside th').allTextContents()).toEqual([
      'load',
      'speed',
      'current',
      'temperature',
      'vibration',
      'pressure',
    ]);
    await page.getByRole('link', { name: 'Use' }).click();
    await page.getByRole('button', { name: 'Do it' }).first().click();
    await page.locator('.cases tbody tr').first().waitFor();
    expect(await page.locator('.cases tbody tr').count()).toBe(12);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('gives the same digits for the same address in a fresh profile', async () => {
    const figures: (readonly string[])[] = [];
    for (let i = 0; i < 2; i++) {
      const context = await browser.newContext({ locale: i === 0 ? 'en-US' : 'pt-BR' });
      const page = await context.newPage();
      page.setDefaultTimeout(0);
      await page.goto(`${url}#/train?data=rings&kind=basic&code=1&epochs=3&seed=4`);
      await page.getByRole('button', { name: i === 0 ? 'Train' : 'Treinar', exact: true }).click();
      await page.locator('.scrubber').waitFor();
      await page.locator('.curve summary').click();
      await page.locator('.curve tbody td').nth(8).waitFor();
      const cells = await page.locator('.curve tbody td').allTextContents();
      figures.push(cells.map((cell) => cell.replace(',', '.')));
      await context.close();
    }
    expect(figures[0]?.length).toBe(9);
    expect(figures[1]).toEqual(figures[0]);
  });

  it('goes on where a tab was closed', async () => {
    const context = await browser.newContext();
    const first = await context.newPage();
    first.setDefaultTimeout(0);
    await first.goto(`${url}#/train?data=blobs&kind=basic&code=2&encoder=64&epochs=100000&seed=1`);
    await first.getByRole('button', { name: 'Train', exact: true }).click();
    const kept = () =>
      first.evaluate(async () => {
        const folder = await navigator.storage.getDirectory();
        const file = await folder.getFileHandle('unfinished.json').catch(() => undefined);
        return file !== undefined && (await file.getFile()).size > 0;
      });
    await expect.poll(kept).toBe(true);
    await first.close();
    const second = await context.newPage();
    second.setDefaultTimeout(0);
    await second.goto(`${url}#/start`);
    const said = await second.getByText('A training was interrupted after epoch').textContent();
    const known = Number(/epoch ([\d,]+)/.exec(said ?? '')?.[1]?.replaceAll(',', ''));
    expect(known).toBeGreaterThan(0);
    await second.getByRole('button', { name: 'Go on' }).click();
    await second.getByText('The curve as a table').click();
    await second.waitForFunction((known) => {
      const last = [...document.querySelectorAll('.curve tbody th')].at(-1)?.textContent;
      return Number(last?.replaceAll(',', '')) > known;
    }, known);
    await context.close();
  });
});
