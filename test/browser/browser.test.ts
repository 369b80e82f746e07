// The runtime of the browser, in a browser: the same contract as in Node, and what only a page can get wrong.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as codec from '../../src/codec.js';
import { Exp, Gemm, Sigmoid } from '../../src/graph/ops/index.js';
import { constant, variable } from '../../src/graph/tensor.js';
import * as graph from '../../src/graph.js';
import * as root from '../../src/index.js';
import * as latent from '../../src/latent.js';
import { encodeProgram } from '../../src/onnx/encode.js';
import type { HostTensor, RunResult, RuntimeOptions } from '../../src/runtime/runtime.js';
import { forms, trials } from '../contracts/kind-trials.js';
import { isLong, someOf } from '../effort.js';
import { largestDifference, trainingCase } from '../training-case.js';
import { chromiumPath, inChromium, launchChromium } from './chromium.js';
import { openSite, type Site } from './site.js';

const library = { ...root, ...codec, ...graph, ...latent };

describe.skipIf(!chromiumPath)(inChromium('the runtime'), () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  let shared: { readonly page: Page; readonly messages: string[] } | undefined;

  async function openPage(address: string): Promise<{ readonly page: Page; readonly messages: string[] }> {
    const page = await browser.newPage();
    // the time-out of the test ends what hangs
    page.setDefaultTimeout(0);
    const messages: string[] = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    await page.goto(address);
    return { page, messages };
  }

  /** Does something with the library in a page that others were in before, which must not complain. */
  async function inSharedPage<T>(action: (page: Page) => Promise<T>, { complaints = [] as RegExp[] } = {}): Promise<T> {
    shared ??= await openPage(`${site.url}/isolated/`);
    const { page, messages } = shared;
    const result = await action(page);
    expect(messages.splice(0).filter((message) => !complaints.some((known) => known.test(message)))).toEqual([]);
    return result;
  }

  /** Does something in a fresh page, which must not complain. */
  async function inPage<T>(
    action: (page: Page) => Promise<T>,
    { policy = 'isolated', from = site as { url: string }, complaints = [] as RegExp[] } = {},
  ): Promise<T> {
    const { page, messages } = await openPage(`${from.url}/${policy}/`);
    try {
      const result = await action(page);
      expect(messages.filter((message) => !complaints.some((known) => known.test(message)))).toEqual([]);
      return result;
    } finally {
      await page.close();
    }
  }

  /** What opening a runtime in a page comes to: its thread count, or the error. */
  const opened = (options: RuntimeOptions) => (page: Page) =>
    page.evaluate(async (options) => {
      try {
        const runtime = await gargalo.createRuntime(options);
        await runtime.close();
        return { device: runtime.device, threads: runtime.threads };
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return { code, message };
      }
    }, options);

  /** Runs 60 steps in three calls, state resident in between, as training does. */
  const trainedInPage = (options: RuntimeOptions) => (page: Page) =>
    page.evaluate(
      async ({ options, program, feeds, state }) => {
        const runtime = await gargalo.createRuntime(options);
        const executable = await runtime.load(program);
        const data = await runtime.upload(feeds.data!);
        let result: RunResult = { fetched: {}, kept: {} };
        const losses: number[] = [];
        for (let call = 0; call < 3; call++) {
          const carried = Object.entries(result.kept).map(([name, tensor]) => [name.slice('next/'.length), tensor]);
          result = await executable.run({ ...feeds, data, ...Object.fromEntries(carried) }, state);
          losses.push(...(result.fetched.loss!.values as Float32Array));
        }
        const parameters: Record<string, HostTensor> = {};
        for (const [name, tensor] of Object.entries(result.kept)) parameters[name] = await runtime.download(tensor);
        await runtime.close();
        return { losses, parameters, threads: runtime.threads };
      },
      { options, ...trainingCase({ steps: 20 }) },
    );

  /** The same in Node. */
  async function trainedInNode(): Promise<{ losses: number[]; parameters: Readonly<Record<string, HostTensor>> }> {
    const { program, feeds } = trainingCase({ steps: 20 });
    const runtime = await library.createRuntime();
    const executable = await runtime.load(program);
    let parameters: Record<string, HostTensor> = {};
    const losses: number[] = [];
    for (let call = 0; call < 3; call++) {
      const carried = Object.entries(parameters).map(([name, tensor]) => [name.slice('next/'.length), tensor]);
      const { loss, ...next } = (await executable.run({ ...feeds, ...Object.fromEntries(carried) })).fetched;
      losses.push(...(loss!.values as Float32Array));
      parameters = next;
    }
    await runtime.close();
    return { losses, parameters };
  }

  function expectSameTraining(
    actual: Awaited<ReturnType<typeof trainedInNode>>,
    expected: Awaited<ReturnType<typeof trainedInNode>>,
  ): void {
    expect(largestDifference(actual.losses, expected.losses)).toBeLessThan(1e-4);
    expect(Object.keys(actual.parameters)).toEqual(Object.keys(expected.parameters));
    for (const [name, { shape, values }] of Object.entries(expected.parameters)) {
      expect(actual.parameters[name]!.shape).toEqual(shape);
      const difference = largestDifference(actual.parameters[name]!.values as Float32Array, values as Float32Array);
      expect(difference, name).toBeLessThan(1e-4);
    }
  }

  it.each([1, 2])('trains as Node does, to 1e-4, with %i thread(s)', async (threads) => {
    const inBrowser = await inSharedPage(trainedInPage({ threads }));
    expect(inBrowser.threads).toBe(threads);
    expectSameTraining(inBrowser, await trainedInNode());
  });

  it('makes maps of codes, their layout in a worker of its own', async () => {
    const maps = await inSharedPage((page) =>
      page.evaluate(async () => {
        const random = gargalo.createRandom(1, 'page');
        const heaps = Float32Array.from({ length: 300 }, (_, i) => random.normal() + (i % 3 === 0 ? 9 * (i % 2) : 0));
        const runtime = await gargalo.createRuntime();
        const maps = await gargalo.latentMaps(heaps, 3, { runtime });
        await runtime.close();
        return maps.map(({ method, points, preservation }) => ({ method, points: [...points], preservation }));
      }),
    );
    expect(maps.map(({ method }) => method)).toEqual(['pca', 'umap']);
    for (const { points, preservation } of maps) {
      expect(points.length).toBe(200);
      expect(points.every(Number.isFinite)).toBe(true);
      expect(preservation.trustworthiness.value).toBeGreaterThan(0.85);
    }
  });

  it('runs an inference program as Node does', async () => {
    const x = variable('x', ['n', 3]);
    const weight = constant(Float32Array.of(0.5, -1, 2, 0.25, 3, -2), [3, 2]);
    const hidden = Gemm(x, weight);
    const program = encodeProgram({ name: 'infer', inputs: [x], outputs: { y: Sigmoid(hidden), z: Exp(hidden) } });
    const feeds = { x: { type: 'float32' as const, shape: [2, 3], values: Float32Array.of(1, 2, 3, -1, 0.5, 0) } };
    const runtime = await library.createRuntime();
    const expected = (await (await runtime.load(program)).run(feeds)).fetched;
    await runtime.close();
    const actual = await inSharedPage((page) =>
      page.evaluate(
        async ({ program, feeds }) => {
          const runtime = await gargalo.createRuntime();
          const { fetched } = await (await runtime.load(program)).run(feeds);
          await runtime.close();
          return fetched;
        },
        { program, feeds },
      ),
    );
    for (const name of ['y', 'z']) {
      expect(actual[name]!.shape).toEqual([2, 2]);
      const [a, b] = [actual[name]!.values as Float32Array, expected[name]!.values as Float32Array];
      expect(largestDifference(a, b)).toBeLessThan(1e-4);
    }
  });

  it('leaves the page free while it runs', async () => {
    const { ticks, frames } = await inPage((page) =>
      page.evaluate(
        async ({ program, feeds }) => {
          const runtime = await gargalo.createRuntime();
          const executable = await runtime.load(program);
          let [ticks, frames] = [0, 0];
          const timer = setInterval(() => {
            ticks += 1;
          }, 0);
          const frame = () => {
            frames += 1;
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
          await executable.run(feeds);
          const during = { ticks, frames };
          clearInterval(timer);
          await runtime.close();
          return during;
        },
        trainingCase({ steps: 400 }),
      ),
    );
    // None of either, where the call held the page up.
    expect(ticks).toBeGreaterThan(3);
    expect(frames).toBeGreaterThan(0);
  });

  it('uses one thread, and says so, where the page is not cross-origin isolated', async () => {
    expect(await inPage(opened({ threads: 2 }), { policy: 'plain' })).toEqual({ device: 'wasm', threads: 1 });
    expect(await inSharedPage(opened({ threads: 2 }))).toEqual({ device: 'wasm', threads: 2 });
  });

  it('ends its workers when it is closed', async () => {
    await inPage(async (page) => {
      const runtime = await page.evaluateHandle(() => gargalo.createRuntime({ threads: 2 }));
      expect(page.workers().length).toBe(2);
      await runtime.evaluate((runtime) => runtime.close());
      // Chromium gives a worker two seconds to end by itself.
      await expect.poll(() => page.workers().length).toBe(0);
    });
  });

  it('takes ONNX Runtime’s files from wasmPath, relative to the page', async () => {
    await inPage(async (page) => {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      expectSameTraining(await trainedInPage({ threads: 2, wasmPath: 'ort' })(page), await trainedInNode());
      const own = requests.filter((path) => path.startsWith('/isolated/ort/'));
      expect(new Set(own)).toEqual(
        new Set(['/isolated/ort/ort-wasm-simd-threaded.mjs', '/isolated/ort/ort-wasm-simd-threaded.wasm']),
      );
      expect(requests.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
    });
  });

  it('fetches the WebAssembly once, whatever the number of runtimes', async () => {
    await inPage(async (page) => {
      const fetched: string[] = [];
      // of the whole context: those of workers too
      page.context().on('request', (request) => request.url().endsWith('.wasm') && fetched.push(request.url()));
      const sums = await page.evaluate(
        async ({ program, feeds }) => {
          const sum = async () => {
            const runtime = await gargalo.createRuntime();
            const { fetched } = await (await runtime.load(program)).run(feeds);
            await runtime.close();
            return (fetched.loss!.values as Float32Array).reduce((sum, loss) => sum + loss);
          };
          return [...(await Promise.all([sum(), sum()])), await sum()];
        },
        trainingCase({ steps: 2 }),
      );
      expect(new Set(sums).size).toBe(1);
      expect(fetched).toHaveLength(1);
    });
  });

  // A second build of the page: the documented example is one more in the quick variant.
  it.runIf(isLong)('starts its threads also where the worker is built from several files', async () => {
    const split = await openSite({ worker: { format: 'es' } });
    try {
      const inBrowser = await inPage(trainedInPage({ threads: 2 }), { from: split });
      expectSameTraining(inBrowser, await trainedInNode());
    } finally {
      await split.close();
    }
  });

  it.each<{ options: RuntimeOptions; code: string; message: RegExp; complaints?: RegExp[] }>([
    {
      options: { wasmPath: '/nowhere' },
      code: 'not-available',
      message: /^device: expected the device "wasm", .*\/nowhere\/ort-wasm.*docs\/browser\.md\)$/,
      complaints: [/404/],
    },
    {
      options: { device: 'cuda' },
      code: 'not-available',
      message: /^device: expected the device "cuda", which this browser does not offer \(use wasm or webgpu;/,
    },
    {
      options: { device: 'webgpu' },
      code: 'not-available',
      message: /^device: expected the device "webgpu", which this .*\(.*\)$/,
      complaints: [/./],
    },
    { options: { threads: 0 }, code: 'bad-input', message: /^threads: expected a whole number of at least 1, got 0$/ },
  ])('says what is missing: $options', async ({ options, code, message, complaints = [] }) => {
    const result = await inSharedPage(opened(options), { complaints });
    expect(result).toEqual({ code, message: expect.stringMatching(message) });
  });

  it('says so where the page has no WebGPU', async () => {
    const result = await inPage(async (page) => {
      await page.evaluate(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
      return opened({ device: 'webgpu' })(page);
    });
    expect(result).toMatchObject({ code: 'not-available', message: expect.stringContaining('use wasm') });
  });

  it('fits the same model as Node does, to 1e-4, and puts it to work', async () => {
    const values = Float32Array.from({ length: 640 * 8 }, (_, i) => Math.sin(Math.floor(i / 8) + (i % 8) / 2));
    const options = { code: 2, epochs: 3, batch: 32, seed: 1 };
    const inNode = await library.fit(library.arrayDataset(values, { name: 'waves', shape: [8] }), options);
    const codes = await inNode.autoencoder.encode(values);
    await inNode.autoencoder.close();
    const inBrowser = await inSharedPage((page) =>
      page.evaluate(
        async ({ values, options }) => {
          const data = gargalo.arrayDataset(values, { name: 'waves', shape: [8] });
          const { autoencoder, history } = await gargalo.fit(data, options);
          const codes = await autoencoder.encode(values);
          await autoencoder.close();
          return { history, weights: [...autoencoder.weights], codes };
        },
        { values, options },
      ),
    );
    const losses = (history: typeof inNode.history) => history.map(({ testLoss }) => testLoss);
    expect(largestDifference(losses(inBrowser.history), losses(inNode.history))).toBeLessThan(1e-4);
    expect(inBrowser.weights.map(([name]) => name)).toEqual([...inNode.autoencoder.weights.keys()]);
    for (const [name, weight] of inBrowser.weights) {
      expect(largestDifference(weight, inNode.autoencoder.weights.get(name)!), name).toBeLessThan(1e-4);
    }
    expect(largestDifference(inBrowser.codes, codes)).toBeLessThan(1e-3);
  });

  // The others are made of the same operators: dense layers are in the test above.
  const kinds = library.kinds.map(({ name }) => name);
  const ownOperators = ['convolutional', 'recurrent', 'variational', 'vector-quantized'];
  it.each(
    someOf(kinds, (name) => ownOperators.includes(name)),
  )('fits the kind %s as Node does, to 1e-3', async (kind) => {
    const { forms: own, small } = trials[kind]!;
    const { data } = forms[own[0]];
    const { name, shape, sequence = false } = data;
    const values = (await data.block(0, data.length)).slice();
    const options = { recipe: 'none' as const, code: 2, epochs: 2, batch: 16, seed: 1, threads: 1, ...small, kind };
    const inNode = await library.fit({ ...library.arrayDataset(values, { name, shape }), sequence }, options);
    const codes = await inNode.autoencoder.encode(data);
    await inNode.autoencoder.close();
    const inBrowser = await inSharedPage((page) =>
      page.evaluate(
        async ({ values, name, shape, sequence, options }) => {
          const data = { ...gargalo.arrayDataset(values, { name, shape }), sequence };
          const { autoencoder, history } = await gargalo.fit(data, options);
          const codes = await autoencoder.encode(data);
          await autoencoder.close();
          return { history, weights: [...autoencoder.weights], codes };
        },
        { values, name, shape, sequence, options },
      ),
    );
    const losses = (history: typeof inNode.history) => history.map(({ testLoss }) => testLoss);
    expect(inNode.history.length).toBe(2);
    expect(largestDifference(losses(inBrowser.history), losses(inNode.history))).toBeLessThan(1e-3);
    expect(inBrowser.weights.map(([name]) => name)).toEqual([...inNode.autoencoder.weights.keys()]);
    for (const [name, weight] of inBrowser.weights) {
      expect(largestDifference(weight, inNode.autoencoder.weights.get(name)!), name).toBeLessThan(1e-3);
    }
    expect(largestDifference(inBrowser.codes, codes)).toBeLessThan(1e-3);
  });

  it('reads the same whole numbers out of a .gar file as were written in Node, and rebuilds the same examples', async () => {
    const { data } = forms.images;
    const { autoencoder } = await library.fit(data, {
      ...{
        bottleneck: 'quantized',
        rate: 1e-4,
        code: 5,
        encoder: [12],
        epochs: 20,
        batch: 8,
        learningRate: 0.02,
        seed: 1,
      },
      threads: 1,
    });
    const { file } = await library.compress(autoencoder, data, { step: 0.05, embed: 'exact' });
    await autoencoder.close();
    const integers: number[] = [];
    for await (const { values } of (await library.openGar(file, 'file')).blocks()) integers.push(...values);
    const restored: number[] = [];
    for await (const { values } of library.decompress(file)) restored.push(...values);
    expect(new Set(integers).size).toBeGreaterThan(10);

    const inBrowser = await inSharedPage((page) =>
      page.evaluate(
        async (bytes) => {
          const file = new Blob([Uint8Array.from(bytes)]);
          const [integers, restored]: number[][] = [[], []];
          for await (const { values } of (await gargalo.openGar(file, 'file')).blocks()) integers!.push(...values);
          for await (const { values } of gargalo.decompress(file)) restored!.push(...values);
          const damaged = await gargalo
            .openGar(
              Uint8Array.from(bytes, (byte, at) => byte ^ (at === 99 ? 1 : 0)),
              'file',
            )
            .catch((error: Error) => error.message);
          return { integers, restored, damaged };
        },
        [...file],
      ),
    );
    expect(inBrowser.integers).toEqual(integers);
    expect(largestDifference(inBrowser.restored!, restored)).toBeLessThan(1e-2);
    expect(inBrowser.damaged).toMatch(/^file: expected the bytes that its checksum is of/);
  });

  it('trains layer by layer as Node does', async () => {
    const values = (await forms.images.data.block(0, 60)).slice();
    for (const pretraining of someOf(['rbm', 'autoencoder'] as const, (one) => one === 'rbm')) {
      const options: root.FitOptions = {
        ...{ kind: 'deep', encoder: [5], code: 2, activation: 'sigmoid', pretraining, pretrainingEpochs: 2 },
        ...{ epochs: 1, batch: 16, seed: 1, threads: 1 },
      };
      const inNode = await library.fit(forms.images.data, options);
      await inNode.autoencoder.close();
      const history = await inSharedPage((page) =>
        page.evaluate(
          async ({ values, options }) => {
            const data = gargalo.arrayDataset(values, { name: 'spots', shape: [4, 4] });
            const { autoencoder, history } = await gargalo.fit(data, options);
            await autoencoder.close();
            return history;
          },
          { values, options },
        ),
      );
      expect(history.map(({ stage }) => stage)).toEqual(inNode.history.map(({ stage }) => stage));
      for (const [i, { testLoss, stage }] of history.entries()) {
        expect(Math.abs(testLoss - inNode.history[i]!.testLoss), stage).toBeLessThan(1e-4);
      }
    }
  });

  it('runs the example of the documentation as it stands there', async () => {
    const root = fileURLToPath(new URL('../../examples/browser', import.meta.url));
    const page = await readFile(fileURLToPath(new URL('../../docs/browser.md', import.meta.url)), 'utf8');
    for (const file of ['main.ts', 'vite.config.ts']) expect(page).toContain(await readFile(join(root, file), 'utf8'));

    const outDir = await mkdtemp(join(tmpdir(), 'gargalo-example-'));
    const config = { root, logLevel: 'warn' as const, build: { outDir, emptyOutDir: true } };
    await build(config);
    const server = await preview({ ...config, preview: { port: 0, host: '127.0.0.1' } });
    try {
      const { port } = server.httpServer.address() as AddressInfo;
      await inPage(
        async (page) => {
          const log = page.locator('#log');
          await expect.poll(() => log.textContent()).toContain('kept as 2 numbers');
          expect(await log.textContent()).toMatch(/epoch 20: test loss 0\.\d+/);
          expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
        },
        { from: { url: `http://127.0.0.1:${port}` }, policy: '.' },
      );
    } finally {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    }
  });
});
