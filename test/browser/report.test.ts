// The report of a training, opened from a file as people open it: what its charts say to pointer and keys.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageInput } from '../../src/report/pages/training/pages.oracle.js';
import { renderReport } from '../../src/report/pages/training/report.js';
import { chromiumPath, inChromium, launchChromium } from './chromium.js';

describe.skipIf(!chromiumPath)(inChromium('the report of a training'), () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gargalo-report-'));
    const file = join(folder, 'report.html');
    await writeFile(file, renderReport(imageInput()));
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const tip = () => page.locator('#tip').textContent();

  it('says the figures of an epoch where the pointer is, and of the next by arrow keys', async () => {
    const chart = page.locator('#loss .wide svg');
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await tip()).toBe('epoch 11\ntest 0.1192\ntrain 0.1182');
    await page.keyboard.press('ArrowRight');
    expect(await tip()).toContain('epoch 12');
    await page.keyboard.press('Escape');
    expect(await page.locator('#tip').isHidden()).toBe(true);
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + 60, box.y + 100);
    expect(await tip()).toContain('epoch 1\n');
    await page.mouse.move(0, 0);
  });

  it('shows the example behind a dot of the map, and moves from dot to dot among those of one class', async () => {
    const map = page.locator('#map .wide svg');
    await map.focus();
    await page.keyboard.press('ArrowRight');
    expect(await tip()).toMatch(/^(unknown|zero|one|two)\ntest example \d+$/);
    expect(await page.locator('#tip .thumbnail').count()).toBe(1);
    await page.locator('.legend button', { hasText: 'one' }).click();
    expect(await page.locator('.legend button[aria-pressed=true]').count()).toBe(1);
    expect(await map.getAttribute('class')).toContain('alone');
    await map.focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
      await page.keyboard.press(key);
      const text = await tip();
      if (text?.startsWith('one')) return;
    }
    expect(await tip()).toMatch(/^one\n/);
  });

  it('changes between light and dark, and is what was chosen when it is opened again', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    const toggle = page.locator('[data-theme-toggle]');
    expect(await toggle.textContent()).toBe('Dark');
    await toggle.click();
    expect(await toggle.textContent()).toBe('Light');
    expect(await ground()).not.toBe(light);
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    expect(problems).toEqual([]);
  });

  it('copies the command, or selects it where the browser does not let it', async () => {
    const button = page.locator('[data-copy]');
    await button.click();
    await expect.poll(() => button.textContent()).toMatch(/Copied|Selected/);
  });
});
