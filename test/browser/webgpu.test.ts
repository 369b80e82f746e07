// Trainings on WebGPU beside the same on WebAssembly, on the software adapter that comes with Chromium: in a page, and in Node by way of
// the same library. A part of the long tests: a software adapter takes minutes to compile its shaders.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/index.js';
import { forms, trials } from '../contracts/kind-trials.js';
import { isLong } from '../effort.js';
import { largestDifference } from '../training-case.js';
import { chromiumPath, inChromium, launchChromium } from './chromium.js';
import { openSite, type Site } from './site.js';

const names = kinds.map(({ name }) => name);

/** The data and options that a kind is tried on. */
async function trial(kind: (typeof names)[number]) {
  const { forms: own, small } = trials[kind]!;
  const { data } = forms[own[0]];
  const { name, shape, sequence = false } = data;
  const options = { recipe: 'none' as const, code: 2, epochs: 2, batch: 16, seed: 1, threads: 1, ...small, kind };
  return { values: (await data.block(0, data.length)).slice(), name, shape, sequence, options };
}

/** What a training comes to on a device. */
interface Trained {
  readonly losses: readonly number[];
  readonly weights: readonly (readonly [string, ArrayLike<number>])[];
}

function expectSame(got: Trained, reference: Trained): void {
  expect(got.losses.length).toBe(2);
  expect(largestDifference(got.losses, reference.losses)).toBeLessThan(1e-6);
  expect(got.weights.map(([name]) => name)).toEqual(reference.weights.map(([name]) => name));
  for (const [i, [name, values]] of got.weights.entries()) {
    expect(largestDifference(values, reference.weights[i]![1]), name).toBeLessThan(1e-6);
  }
}

describe.skipIf(!isLong || !chromiumPath)(inChromium('WebGPU (long tests only)'), () => {
  let browser: Browser;
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    browser = await launchChromium({ webgpu: true });
    page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${site.url}/isolated/`);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it('has an adapter: without one nothing here is tried', async () => {
    const adapter = await page.evaluate(async () => {
      const gpu = (navigator as unknown as { gpu?: { requestAdapter(): Promise<{ info?: object } | null> } }).gpu;
      const found = await gpu?.requestAdapter();
      const { vendor, architecture, description } = (found?.info ?? {}) as Record<string, string>;
      return found ? { vendor, architecture, description } : undefined;
    });
    process.stdout.write(`WebGPU adapter: ${JSON.stringify(adapter)}\n`);
    expect(adapter, `${chromiumPath} offers no WebGPU adapter: is its SwiftShader installed?`).toBeDefined();
  });

  it.each(names)('trains the kind %s as WebAssembly does, to 1e-6', async (kind) => {
    const given = await trial(kind);
    const train = (device: 'wasm' | 'webgpu'): Promise<Trained> =>
      page.evaluate(
        async ({ values, name, shape, sequence, options, device }) => {
          const data = { ...gargalo.arrayDataset(values, { name, shape }), sequence };
          const { autoencoder, history } = await gargalo.fit(data, { ...options, device });
          await autoencoder.close();
          return { losses: history.map(({ testLoss }) => testLoss), weights: [...autoencoder.weights] };
        },
        { ...given, device },
      );
    expectSame(await train('webgpu'), await train('wasm'));
  });
});

const chromiumFolder = ['/usr/lib/chromium', ...(chromiumPath ? [dirname(chromiumPath)] : [])].find((folder) =>
  existsSync(join(folder, 'vk_swiftshader_icd.json')),
);

describe.skipIf(!isLong || !chromiumFolder)(
  `WebGPU in Node${chromiumFolder ? '' : ' (no vk_swiftshader_icd.json found beside Chromium)'} (long tests only)`,
  () => {
    it.each(names)('trains the kind %s as WebAssembly does, to 1e-6', async (kind) => {
      const program = fileURLToPath(new URL('webgpu-in-node.mjs', import.meta.url));
      const env = {
        ...process.env,
        // where the Vulkan loader is, and which driver it takes
        LD_LIBRARY_PATH: chromiumFolder,
        VK_ICD_FILENAMES: join(chromiumFolder!, 'vk_swiftshader_icd.json'),
      };
      const given = await trial(kind);
      const argument = JSON.stringify({
        ...given,
        values: [...given.values],
        bytes: given.values instanceof Uint8Array,
      });
      const { stdout } = await promisify(execFile)(process.execPath, [program, argument], { env, maxBuffer: 2 ** 28 });
      const { webgpu, wasm } = JSON.parse(stdout) as { readonly webgpu: Trained; readonly wasm: Trained };
      expectSame(webgpu, wasm);
    });
  },
);
