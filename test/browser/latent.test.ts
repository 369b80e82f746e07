// The latent report, opened from a file as people open it: what is decoded in the page is what the model decodes in Node.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CodeSpace, explorerGraph, modelSpace } from '../../src/analysis/latent/code-space.js';
import type { LatentMap } from '../../src/analysis/latent/figures.js';
import { gapDepths, gapReference } from '../../src/analysis/latent/gap-reference.js';
import { interpolate } from '../../src/analysis/latent/interpolate.js';
import { codeAtPlace } from '../../src/analysis/latent/map-codes.js';
import { encodeProgram } from '../../src/onnx/encode.js';
import { html } from '../../src/report/kit/html.js';
import { renderPage } from '../../src/report/kit/page.js';
import { latentFixture } from '../../src/report/pages/latent/fixture.oracle.js';
import type { InspectedRun, LatentReportInput } from '../../src/report/pages/latent/input.js';
import { liveParts, liveStrip, liveUnits } from '../../src/report/pages/latent/live.js';
import { mapsOf } from '../../src/report/pages/latent/map-section.js';
import { viewOf } from '../../src/report/pages/latent/view.js';
import { createRuntime } from '../../src/runtime/node.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import { decodedPlane } from '../../src/tasks/inspect/pictures/plane.js';
import { stripsBetween } from '../../src/tasks/inspect/pictures/strips.js';
import { fit } from '../../src/train/fit.js';
import { spots } from '../tiny.js';
import { largestDifference } from '../training-case.js';
import { chromiumPath, inChromium, launchChromium } from './chromium.js';

const SIDE = 8;
const COUNT = 300;

/** What a page says of the marker, as far as it can leave the page. */
interface Said {
  readonly code: number[];
  readonly at: number[];
  readonly example: number | null;
  readonly output: number[];
  readonly back: number[];
  readonly roundTrip: number;
  readonly nearest: { readonly example: number; readonly distance: number };
  readonly depth: number;
}

function pageOf(input: LatentReportInput): string {
  const lines = input.runs.map((run) => html`${run.strips.map((_, i) => liveStrip(run, i))}${liveUnits(run)}`);
  return renderPage({
    title: input.title,
    sections: [
      ['map', 'Map', 'Maps', mapsOf(input)],
      ['lines', 'Lines', 'Lines', html`${lines}`],
    ],
    live: liveParts(input),
  });
}

describe.skipIf(!chromiumPath)(inChromium('the latent report'), () => {
  let browser: Browser;
  let runtime: Runtime;
  let folder: string;
  let space: CodeSpace;
  let input: LatentReportInput;
  let run: InspectedRun;
  let map: LatentMap;
  const files: Record<string, string> = {};

  beforeAll(async () => {
    browser = await launchChromium();
    runtime = await createRuntime({ threads: 1 });
    const data = spots(COUNT, SIDE);
    const { autoencoder } = await fit(data, {
      recipe: 'none',
      code: 2,
      encoder: [24],
      epochs: 40,
      batch: 32,
      seed: 1,
      threads: 1,
    });
    await autoencoder.close();
    space = modelSpace(autoencoder, runtime);
    const bytes = (await data.block(0, COUNT)) as Uint8Array;
    const codes = await space.encode(Float32Array.from(bytes, (value) => value / 255));
    const reference = await gapReference(space, codes, { runtime });
    const depthOf = async (places: Float32Array) =>
      Float32Array.from((await gapDepths(space, reference, places, { runtime })).depth);
    const fixture = latentFixture({ points: 100, widths: [2] });
    const made = fixture.runs[0]!;
    const plane = { origin: new Float32Array(2), across: Float32Array.of(1, 0), up: Float32Array.of(0, 1) };
    const { preservation } = made.maps[0]!;
    map = { method: 'code', points: codes, plane, preservation };
    const bent: LatentMap = {
      method: 'umap',
      points: codes.map((value, i) => value + 0.3 * Math.sin(3 * codes[i ^ 1]!)),
      preservation,
    };
    run = {
      ...made,
      codes,
      maps: [map, bent],
      planes: [await decodedPlane(map, codes, space, depthOf)],
      strips: await stripsBetween([[0, 1]], codes, space, depthOf, 'straight'),
      limits: { ...reference.limits, codes: COUNT },
      decoder: encodeProgram(explorerGraph(autoencoder)).bytes,
    };
    const labels = { values: Int32Array.from({ length: COUNT }, (_, i) => i % 3), names: ['a', 'b', 'c'] };
    const examples = { count: COUNT, values: bytes, range: [0, 1] as const };
    input = { ...fixture, points: COUNT, labels, examples, runs: [run] };
    const { decoder: _, ...still } = run;
    folder = await mkdtemp(join(tmpdir(), 'gargalo-latent-'));
    for (const [name, page] of Object.entries({ live: input, still: { ...input, runs: [still] } })) {
      files[name] = join(folder, `${name}.html`);
      await writeFile(files[name], pageOf(page));
    }
  });
  afterAll(async () => {
    await browser?.close();
    await runtime?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Does something on a page that must not complain and must not ask anything of the network. */
  async function onPage<T>(
    action: (page: Page) => Promise<T>,
    {
      file = 'live',
      before,
      ...options
    }: { file?: string; before?: () => void } & Parameters<Browser['newPage']>[0] = {},
  ): Promise<T> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    // the time-out of the test ends what hangs
    page.setDefaultTimeout(0);
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (url !== pathToFileURL(files[file]!).href && !url.startsWith('data:')) troubles.push(`asked for ${url}`);
    });
    try {
      if (before) await page.addInitScript(before);
      await page.goto(pathToFileURL(files[file]!).href);
      const result = await action(page);
      expect(troubles).toEqual([]);
      return result;
    } finally {
      await page.close();
    }
  }

  const frameOf = (page: Page) => page.locator('.live-frame');
  const isShown = (page: Page) => page.waitForSelector('[data-shown]');
  const answers = (page: Page) => frameOf(page).getAttribute('data-answered').then(Number);

  /** What the marker stands on after something was done. */
  async function after(page: Page, action: () => Promise<void>): Promise<Said> {
    const before = await answers(page);
    await action();
    return answered(page, before);
  }

  /** What the marker stands on once more answers were given than before. */
  async function answered(page: Page, before: number): Promise<Said> {
    await expect.poll(() => answers(page)).toBeGreaterThan(before);
    return page.evaluate((id) => {
      const { place, output, back, roundTrip, nearest, depth } = globalThis.gargaloLatent![id]!;
      return {
        code: [...place.code],
        at: [...place.at],
        example: place.example ?? null,
        output: [...output!],
        back: [...back!],
        roundTrip: roundTrip!,
        nearest,
        depth: depth!,
      };
    }, run.id);
  }

  /** The first marker, which the page sets by itself. */
  const first = (page: Page): Promise<Said> => answered(page, 0);

  /** Where a place of the map lies in the frame, in pixels. */
  async function pixelsOf(page: Page, [x, y]: readonly [number, number]): Promise<{ x: number; y: number }> {
    const { left, right, bottom, top } = viewOf(run.planes[0]!.extent);
    const box = (await frameOf(page).boundingBox())!;
    return { x: ((x - left) / (right - left)) * box.width, y: ((top - y) / (top - bottom)) * box.height };
  }
  const placeOf = (example: number): [number, number] => [run.codes[2 * example]!, run.codes[2 * example + 1]!];

  async function expectDecoded({ code, output, back, roundTrip, depth, nearest, example }: Said): Promise<void> {
    const values = Float32Array.from(code);
    expect(largestDifference(output, await space.decode(values))).toBeLessThan(1e-5);
    expect(largestDifference(back, await space.roundTrip(values))).toBeLessThan(1e-4);
    expect(roundTrip).toBeCloseTo(Math.hypot(...back.map((value, i) => value - code[i]!)), 5);
    const distances = Array.from({ length: COUNT }, (_, i) =>
      i === example ? Infinity : Math.hypot(...placeOf(i).map((value, k) => value - code[k]!)),
    );
    expect(nearest.distance).toBeCloseTo(Math.min(...distances), 3);
    expect(distances[nearest.example]).toBeCloseTo(Math.min(...distances), 3);
    expect(depth).toBeCloseTo(Math.max(roundTrip / run.limits.roundTrip, nearest.distance / run.limits.distance), 5);
  }

  it('decodes the place that is clicked, an empty one too, as Node does', async () => {
    await onPage(async (page) => {
      const start = await first(page);
      expect(start.example).toBe(0);
      await expectDecoded(start);
      const { width, height } = (await frameOf(page).boundingBox())!;
      for (const position of [
        { x: 9, y: height - 9 },
        { x: width / 2, y: 9 },
      ]) {
        const said = await after(page, () => frameOf(page).click({ position }));
        const { left, right, bottom, top } = viewOf(run.planes[0]!.extent);
        const at = [left + (position.x / width) * (right - left), top - (position.y / height) * (top - bottom)];
        expect(said.example).toBeNull();
        expect(largestDifference(said.code, at)).toBeLessThan(((right - left) / width) * 1.5);
        await expectDecoded(said);
        expect(await page.textContent('.live-verdict')).toBe(said.depth > 1 ? 'In a gap' : 'Not in a gap');
      }
    });
  });

  it('takes the code of an example whose dot is clicked, and follows the marker when it is dragged', async () => {
    await onPage(async (page) => {
      await first(page);
      // The dot farthest from the middle has none on top of it.
      const far = Array.from({ length: COUNT }, (_, i) => i).sort(
        (a, b) => Math.hypot(...placeOf(b)) - Math.hypot(...placeOf(a)),
      )[0]!;
      const position = await pixelsOf(page, placeOf(far));
      const said = await after(page, () => frameOf(page).click({ position }));
      expect(said.example).toBe(far);
      await expectDecoded(said);
      const box = (await frameOf(page).boundingBox())!;
      await page.mouse.move(box.x + position.x, box.y + position.y);
      await page.mouse.down();
      const dragged = await after(page, () =>
        page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 }),
      );
      await page.mouse.up();
      await expectDecoded(dragged);
      expect(dragged.code).not.toEqual(said.code);
    });
  });

  it('blends the codes of the nearest points where the map bends the space, and says so', async () => {
    await onPage(async (page) => {
      await first(page);
      await after(page, () => page.click('[data-method=umap]'));
      const said = await after(page, () => frameOf(page).click({ position: { x: 12, y: 12 } }));
      const [, bent] = run.maps;
      const expected = codeAtPlace(bent!, run.codes, 2, said.at as [number, number]);
      expect(largestDifference(said.code, expected)).toBeLessThan(1e-2);
      await expectDecoded(said);
      expect(await page.textContent('.live-panel')).toContain('a blend of the codes of the nearest points');
    });
  });

  it('shows the example that is pointed at, and none of a class that is hidden', async () => {
    await onPage(async (page) => {
      await first(page);
      const box = (await frameOf(page).boundingBox())!;
      for (const example of [7, 100, 255]) {
        const { x, y } = await pixelsOf(page, placeOf(example));
        await page.mouse.move(box.x + x, box.y + y);
        // Another dot may lie within the same pixel.
        await expect.poll(() => frameOf(page).getAttribute('data-hovered')).not.toBeNull();
        const hovered = Number(await frameOf(page).getAttribute('data-hovered'));
        expect(Math.hypot(...placeOf(hovered).map((value, k) => value - placeOf(example)[k]!))).toBeLessThan(0.05);
        expect(await page.textContent('.live-tip')).toContain(`example ${hovered}`);
        expect(await page.textContent('.live-tip b')).toBe(['a', 'b', 'c'][hovered % 3]);
        await page.mouse.move(box.x + 2, box.y + 2);
        await expect.poll(() => frameOf(page).getAttribute('data-hovered')).toBeNull();
      }
      await page.click('.live-legend button[data-class="1"]');
      const { x, y } = await pixelsOf(page, placeOf(100));
      await page.mouse.move(box.x + x, box.y + y);
      await expect.poll(() => frameOf(page).getAttribute('data-hovered')).toMatch(/^\d+$/);
      expect(Number(await frameOf(page).getAttribute('data-hovered')) % 3).toBe(1);
    });
  });

  it('is moved about by keys and says where the marker is', async () => {
    await onPage(async (page) => {
      const start = await first(page);
      await frameOf(page).focus();
      const right = await after(page, () => page.keyboard.press('ArrowRight'));
      expect(right.code[0]).toBeGreaterThan(start.code[0]!);
      expect(right.code[1]).toBeCloseTo(start.code[1]!, 3);
      await expectDecoded(right);
      await expect
        .poll(() => page.textContent('.live-says'))
        .toMatch(/^Marker on a place .* from example .*gap; round trip/);
      const up = await after(page, () => page.keyboard.press('Shift+ArrowUp'));
      expect(up.code[1]! - right.code[1]!).toBeGreaterThan(right.code[0]! - start.code[0]!);
      const onto = await after(page, () => page.keyboard.press('Enter'));
      expect(onto.example).toBe(up.nearest.example);
      const near = async () => (await page.locator('.live-marker').boundingBox())!;
      const before = await near();
      await page.keyboard.press('+');
      await expect.poll(near).not.toEqual(before);
      await page.keyboard.press('0');
      await expect.poll(near).toEqual(before);
    });
  });

  it('decodes between the steps of a strip', async () => {
    await onPage(async (page) => {
      const slider = page.locator('.live-line input');
      await page.locator('.live-line').scrollIntoViewIfNeeded();
      await slider.fill('50');
      await expect.poll(() => page.locator('.live-line').getAttribute('data-part')).toBe('0.25');
      const [from, to] = [run.codes.slice(0, 2), run.codes.slice(2, 4)];
      const expected = await space.decode(interpolate(from, to, 5).slice(2, 4));
      const shown = await page.$eval('.live-line canvas', (canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        return [...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data];
      });
      const gray = shown.filter((_, i) => i % 4 === 0);
      expect(
        largestDifference(
          gray,
          expected.map((value) => Math.max(0, Math.min(1, value)) * 255),
        ),
      ).toBeLessThan(1);
    });
  });

  it('draws a line between places that are chosen, with its largest jump', async () => {
    await onPage(async (page) => {
      const from = await first(page);
      await frameOf(page).click({ position: { x: 30, y: 200 }, modifiers: ['Shift'] });
      await page.waitForSelector('.live-own[data-jump]');
      const jump = Number(await page.locator('.live-own').getAttribute('data-jump'));
      const { left, right, bottom, top } = viewOf(run.planes[0]!.extent);
      const { width, height } = (await frameOf(page).boundingBox())!;
      const to = Float32Array.of(left + (30 / width) * (right - left), top - (200 / height) * (top - bottom));
      const outputs = await space.decode(interpolate(Float32Array.from(from.code), to, 33));
      const size = SIDE * SIDE;
      const changes = Array.from({ length: 32 }, (_, step) => {
        const [a, b] = [step, step + 1].map((row) => outputs.subarray(row * size, (row + 1) * size));
        return Math.hypot(...a!.map((value, i) => b![i]! - value));
      });
      const expected = Math.max(...changes) / (changes.reduce((sum, change) => sum + change, 0) / 32);
      expect(jump / expected).toBeGreaterThan(0.97);
      expect(jump / expected).toBeLessThan(1.03);
      expect(await page.locator('.live-own .live-steps > *').count()).toBe(9);
    });
  });

  it('decodes a code whose units are moved one by one', async () => {
    await onPage(async (page) => {
      const units = page.locator('.live-units');
      await units.scrollIntoViewIfNeeded();
      await expect.poll(() => units.textContent()).toContain('From example 0');
      const slider = units.getByLabel('Unit 2', { exact: true });
      const low = Number(await slider.getAttribute('min'));
      await slider.press('Home');
      const expected = await space.decode(Float32Array.of(run.codes[0]!, low));
      const gray = () =>
        page.$eval('.live-units canvas', (canvas) =>
          [...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 8, 8).data].filter(
            (_, i) => i % 4 === 0,
          ),
        );
      await expect
        .poll(async () =>
          largestDifference(
            await gray(),
            expected.map((value) => Math.max(0, Math.min(1, value)) * 255),
          ),
        )
        .toBeLessThan(1.5);
    });
  });

  it('shows what was decoded beforehand where no decoder travels with the page, and says so', async () => {
    await onPage(
      async (page) => {
        await isShown(page);
        await expect.poll(() => answers(page)).toBeGreaterThan(0);
        await frameOf(page).click({ position: { x: 200, y: 200 } });
        await expect.poll(() => page.textContent('.live-panel')).toContain('Decoded near here');
        expect(await page.textContent('.live-panel')).toContain('does not travel with this page');
        expect(await page.locator('.live-actions').isVisible()).toBe(false);
        const shown = await page.evaluate((id) => {
          const { output, isLive } = globalThis.gargaloLatent![id]!;
          return { output: [...output!], isLive };
        }, run.id);
        expect(shown.isLive).toBe(false);
        const { outputs } = run.planes[0]!;
        const size = SIDE * SIDE;
        const cells = Array.from({ length: outputs.length / size }, (_, cell) =>
          largestDifference(
            shown.output,
            outputs.subarray(cell * size, (cell + 1) * size).map((value) => Math.max(0, Math.min(1, value))),
          ),
        );
        expect(Math.min(...cells)).toBeLessThan(1 / 255);
        await page.locator('.live-line').scrollIntoViewIfNeeded();
        await page.locator('.live-line input').fill('200');
        await expect.poll(() => page.textContent('.live-line')).toContain('decoded beforehand');
      },
      { file: 'still' },
    );
  });

  it('falls back to what was decoded beforehand where a browser has no WebAssembly', async () => {
    await onPage(
      async (page) => {
        await expect.poll(() => answers(page)).toBeGreaterThan(0);
        expect(await page.textContent('.live-panel')).toContain('The decoder does not run in this browser');
        await frameOf(page).click({ position: { x: 200, y: 200 } });
        await expect.poll(() => page.textContent('.live-panel figcaption')).toBe('Decoded near here');
      },
      { before: () => Reflect.deleteProperty(globalThis, 'WebAssembly') },
    );
  });

  it('takes the place that a finger taps', async () => {
    await onPage(
      async (page) => {
        await first(page);
        await frameOf(page).scrollIntoViewIfNeeded();
        const box = (await frameOf(page).boundingBox())!;
        const said = await after(page, () => page.touchscreen.tap(box.x + 8, box.y + 8));
        expect(said.example).toBeNull();
        await expectDecoded(said);
      },
      { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true },
    );
  });

  it.each([
    ['a desk', { width: 1280, height: 900 }],
    ['a phone', { width: 390, height: 800 }],
  ])('moves nothing about while it comes to life on %s, and fits it', async (_, viewport) => {
    await onPage(
      async (page) => {
        await first(page);
        await page.evaluate(() => document.querySelector('#lines')!.scrollIntoView());
        await expect.poll(() => page.textContent('.live-units')).toContain('From example 0');
        const shift = await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
              }).observe({ type: 'layout-shift', buffered: true });
              setTimeout(() => resolve(sum), 300);
            }),
        );
        expect(shift).toBeLessThan(0.02);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      },
      { viewport },
    );
  });

  it('shows a map that stands still where scripts do not run', async () => {
    await onPage(
      async (page) => {
        expect(await page.locator('.live-frame img').isVisible()).toBe(true);
        expect(await page.locator('.live:visible').count()).toBe(0);
      },
      { javaScriptEnabled: false },
    );
  });
});
