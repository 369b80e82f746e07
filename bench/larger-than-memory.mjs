// Training on data larger than memory, beside the same training on data in memory: speed, their ratio, and the memory that
// each process took at its peak. Nothing large is written: the file is sparse, with some real blocks in it.
//
//   npm run bench -- --large [--gigabytes 20] [--seconds 20] [--rounds 3] [--threads 1] [--command]
//
// --command also runs `gargalo train` over the whole file, one epoch, and takes its memory and time.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { arrayDataset, prepare, train } from '../dist/index.js';
import { loadMnist, openData } from '../dist/node.js';
import { run } from './child.mjs';

const SIZE = 784;
const BATCH = 256;
const WARM_UP_SECONDS = 3;
const TEST = 10_000;

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    command: { type: 'boolean', default: false },
    // of the processes that measure
    part: { type: 'string' },
    file: { type: 'string' },
  },
});
const examples = Math.floor((Number(values.gigabytes) * 1e9) / SIZE);

/** The most memory that a process ever held, in MB: of Linux, where it says so. */
function peakMegabytes() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
}

/** A .npy file of bytes whose blocks are MNIST every hundredth time, and else holes, which read as zeros. */
async function writeSparse(path) {
  const { train: digits } = await loadMnist();
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${examples}, ${SIZE}), }`;
  const header = `${text.padEnd(117)}\n`;
  const file = await open(path, 'w');
  await file.write(Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]), Buffer.from(header)]));
  await file.truncate(128 + examples * SIZE);
  const block = Buffer.from(await digits.block(0, 2000));
  for (let start = 0; start + 2000 < examples; start += 200_000) {
    await file.write(block, 0, block.length, 128 + start * SIZE);
  }
  await file.close();
}

/** What a process trains on. */
async function dataOf(part) {
  const { train: digits, test } = await loadMnist();
  const all = await digits.block(0, digits.length);
  if (part === 'in memory') {
    // 188 MB: as much as stays in one block
    const several = new Uint8Array(4 * all.length);
    for (let i = 0; i < 4; i++) several.set(all, i * all.length);
    return { train: arrayDataset(several, { name: 'in memory', shape: [SIZE] }), test };
  }
  if (part === 'a file') return { train: (await openData(values.file)).train, test };
  // made when asked for: MNIST again and again
  const block = async (start, end) => {
    const rows = new Uint8Array((end - start) * SIZE);
    for (let i = start; i < end; i++) {
      const at = (i % digits.length) * SIZE;
      rows.set(all.subarray(at, at + SIZE), (i - start) * SIZE);
    }
    return rows;
  };
  return { train: { name: 'repeated', shape: [SIZE], type: 'uint8', length: examples, block }, test };
}

async function measure(part) {
  const { train: data, test } = await dataOf(part);
  const prepared = await prepare(
    { train: data, test: { ...test, length: TEST } },
    { kind: 'basic', values: { code: 32, loss: 'bce', batch: BATCH, epochs: 10_000 } },
  );
  const abort = new AbortController();
  const opened = performance.now();
  let [before, step, seen, time, work] = [Number.NaN, 0, 0, 0, 0];
  let worked = process.cpuUsage();
  const context = { signal: abort.signal, runtime: { threads: Number(values.threads) } };
  for await (const event of train(prepared, context)) {
    const now = performance.now();
    if (event.type === 'progress') {
      // between two calls of one epoch: the time for the next block counts, that for the test does not
      if (now - opened > 1000 * WARM_UP_SECONDS && event.step > step) {
        seen += (event.step - step) * BATCH;
        time += now - before;
        const { user, system } = process.cpuUsage(worked);
        work += user + system;
      }
      worked = process.cpuUsage();
      [before, step] = [now, event.step];
      if (time > 1000 * Number(values.seconds)) abort.abort();
    } else if (event.type === 'epoch') step = Number.POSITIVE_INFINITY;
  }
  process.stdout.write(
    `${JSON.stringify({ speed: (seen / time) * 1000, work: work / seen, megabytes: peakMegabytes() })}\n`,
  );
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

if (values.part) {
  await measure(values.part);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'gargalo-large-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  const file = join(folder, 'large.npy');
  await writeSparse(file);
  const parts = ['in memory', 'a file', 'made when asked for'];
  const results = new Map(parts.map((part) => [part, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const part of round % 2 === 0 ? parts : parts.toReversed()) {
      const own = ['gigabytes', 'seconds', 'threads'].flatMap((name) => [`--${name}`, values[name]]);
      const { text } = await run([fileURLToPath(import.meta.url), '--part', part, '--file', file, ...own]);
      results.get(part).push(JSON.parse(text));
      const { speed, work, megabytes } = results.get(part).at(-1);
      process.stderr.write(
        `${part}: ${Math.round(speed)} examples/s, ${work.toFixed(2)} µs of processors an example, ${Math.round(megabytes)} MB\n`,
      );
    }
  }
  const speedOf = (part) => median(results.get(part).map(({ speed }) => speed));
  for (const part of parts) {
    const ratio = (100 * speedOf(part)) / speedOf('in memory');
    const most = Math.max(...results.get(part).map(({ megabytes }) => megabytes));
    process.stdout.write(
      `${part.padEnd(20)} ${Math.round(speedOf(part)).toLocaleString('en-US').padStart(9)} examples/s  ${ratio.toFixed(0).padStart(4)} %  peak ${Math.round(most)} MB\n`,
    );
  }
  if (values.command) {
    const started = performance.now();
    const command = fileURLToPath(new URL('../bin/gargalo.js', import.meta.url));
    const words = ['train', file, '--epochs', '1', '--loss', 'bce', '--threads', values.threads];
    const { text, megabytes } = await run([command, ...words, '--json', '--out', join(folder, 'run')]);
    const { seconds } = JSON.parse(text);
    const all = (performance.now() - started) / 1000;
    process.stdout.write(
      `gargalo train        ${seconds.toFixed(0)} s an epoch, ${(all - seconds).toFixed(0)} s beside, peak ${Math.round(megabytes)} MB\n`,
    );
  }
}
