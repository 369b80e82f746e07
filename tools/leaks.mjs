// Whether a program that trains, encodes and loads for days keeps its memory, threads and files:
//
//     npm run leaks                  # 300 fits, 3,000 encodes, 400 times load and close
//     npm run leaks -- --times 0.1   # a tenth of each
//
// After each tenth of a task the heap (after a collection), the memory of the process, its threads and open files are looked at; a line
// through the second half says what grows. Exit code 1 where that is more than chance. Needs dist/ and Linux for threads and files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: { times: { type: 'string', default: '1' }, task: { type: 'string' }, only: { type: 'string' } },
});
/** How often each is done. */
const tasks = { fit: 300, encode: 3000, 'load and close': 400 };
/** What a second half may grow by: a heap has caches, and freed memory of the process comes back in pieces. */
const limits = { heap: 0.5, buffers: 0.5, resident: 12, threads: 0, files: 0 };
const SAMPLES = 20;

const countOf = (folder) => (process.platform === 'linux' ? readdirSync(folder).length : 0);
const MIB = 2 ** 20;

async function sample() {
  // workers end a moment after they were asked to
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, rss, external } = process.memoryUsage();
  return {
    heap: heapUsed / MIB,
    buffers: external / MIB,
    resident: rss / MIB,
    threads: countOf('/proc/self/task'),
    files: countOf('/proc/self/fd'),
  };
}

/** By how much a line through the second half rises from its start to its end (least squares). */
function growth(samples) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const middle = (half.length - 1) / 2;
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length;
  let [along, square] = [0, 0];
  for (const [i, value] of half.entries()) {
    along += (i - middle) * (value - mean);
    square += (i - middle) ** 2;
  }
  return (along / square) * (half.length - 1);
}

/** Does a task so many times, and prints what it came to. */
async function measure(name, times) {
  const { basic, fit, load, saveModel } = await import('../dist/node.js').then(async (node) => ({
    ...(await import('../dist/index.js')),
    ...node,
  }));
  const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(i) + 1, i % 7, (i * 3) % 5]);
  const train = () => fit(rows, basic({ code: 2, encoder: [8], epochs: 2, recipe: 'none', seed: 1 }));
  const folder = mkdtempSync(join(tmpdir(), 'gargalo-leaks-'));
  const { autoencoder } = await train();
  const path = join(folder, 'model.onnx');
  await saveModel(path, autoencoder);
  const work = {
    async fit() {
      const result = await train();
      await result.autoencoder.encode(rows);
      await result.autoencoder.close();
    },
    encode: () => autoencoder.encode(rows),
    async 'load and close'() {
      const loaded = await load(path);
      await loaded.encode(rows);
      await loaded.close();
    },
  }[name];
  const samples = [];
  const began = performance.now();
  for (let n = 1, next = 1; n <= times; n++) {
    await work();
    if (n < (next * times) / SAMPLES) continue;
    samples.push(await sample());
    next++;
  }
  const seconds = (performance.now() - began) / 1000;
  await autoencoder.close();
  rmSync(folder, { recursive: true });
  process.stdout.write(`${times} × ${name}, ${seconds.toFixed(0)} s\n`);
  let hasGrown = false;
  for (const [figure, limit] of Object.entries(limits)) {
    const seen = samples.map((one) => one[figure]);
    const rise = growth(seen);
    const isBad = rise > limit;
    hasGrown ||= isBad;
    const digits = figure === 'threads' || figure === 'files' ? 0 : 1;
    const [first, middle, last] = [seen[0], seen[seen.length / 2], seen.at(-1)].map((value) => value.toFixed(digits));
    const unit = digits === 1 ? ' MiB' : '';
    process.stdout.write(
      `  ${figure.padEnd(9)} ${first} … ${middle} … ${last}${unit}, second half ${rise >= 0 ? '+' : ''}${rise.toFixed(2)}${isBad ? `: GROWS, more than ${limit}` : ''}\n`,
    );
  }
  return hasGrown;
}

if (values.task !== undefined) process.exitCode = (await measure(values.task, Number(values.times))) ? 1 : 0;
else {
  // a process each: what one leaves is not laid to the next
  for (const [name, often] of Object.entries(tasks)) {
    if (values.only !== undefined && values.only !== name) continue;
    const times = Math.max(SAMPLES, Math.round(often * Number(values.times)));
    const words = ['--expose-gc', self, '--task', name, '--times', String(times)];
    if (spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
  }
}
