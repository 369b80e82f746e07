// `gargalo serve` beside the same model file behind FastAPI, onnxruntime and uvicorn: a row a request, many clients at once.
//
//   npm run bench -- --serve [--clients 200] [--seconds 8] [--rounds 3] [--wait 0,1,2]
//
// tools/setup-python.sh fastapi makes the peer; without it gargalo is measured alone. All answer POST /score with the mean squared
// error of the row and the verdict. The services take turns, so that a machine that drifts hits all alike; figures are medians of
// the rounds, and the load of the machine stands beside them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom, detecting, detector, fit } from '../dist/index.js';
import { saveModel } from '../dist/node.js';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    wait: { type: 'string', default: '1' },
  },
});
const [clients, seconds, rounds] = [values.clients, values.seconds, values.rounds].map(Number);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(os.tmpdir(), 'gargalo-serve-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
const model = join(folder, 'model.onnx');

const random = createRandom(1, 'machines');
const columns = Array.from({ length: 20 }, (_, i) => `sensor ${i + 1}`);
const row = () => {
  const [a, b] = [random.normal(), random.normal()];
  return Object.fromEntries(
    columns.map((name, i) => [name, 10 + a * Math.sin(i) + b * Math.cos(i) + 0.1 * random.normal()]),
  );
};

/** Trains the model that all serve. */
async function makeModel() {
  const rows = Array.from({ length: 2000 }, row);
  const { autoencoder } = await fit(rows, detecting({ epochs: 10, seed: 1 }));
  const machine = await detector(autoencoder, rows);
  await saveModel(model, machine);
  await machine.close();
  return { scale: [...machine.specification.input.scaling.scale], width: machine.specification.code.width };
}

/** @returns {Promise<number>} a port that nobody has */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** Waits until a port is listened on. */
async function listens(/** @type {number} */ port) {
  for (let tries = 0; tries < 600; tries++) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`bench: nobody listens on port ${port}`);
}

const { scale, width } = await makeModel();
const python = here('../.venv/bin/python');
const hasPeer =
  existsSync(python) && spawnSync(python, ['-c', 'import fastapi, onnxruntime, uvicorn, orjson']).status === 0;
if (!hasPeer) process.stderr.write('bench: no FastAPI in .venv; tools/setup-python.sh fastapi makes it\n');
const gargalo = (/** @type {string} */ name, /** @type {string[]} */ words) => ({
  name,
  command: (/** @type {number} */ port) => [
    process.execPath,
    here('../bin/gargalo.js'),
    'serve',
    model,
    '--port',
    String(port),
    '-q',
    ...words,
  ],
});
const peer = (/** @type {string} */ name, /** @type {string} */ form) => ({
  name,
  command: (/** @type {number} */ port) => [
    python,
    here('peers/fastapi-service.py'),
    JSON.stringify({ model, columns, scale, threshold: 1, port, form }),
  ],
});
const services = [
  ...values.wait
    .split(',')
    .map((wait) => gargalo(`gargalo, error, --batch-wait ${wait}`, ['--score', 'error', '--batch-wait', wait])),
  gargalo('gargalo, combined (its default)', []),
  ...(hasPeer
    ? [peer('FastAPI, typed body, thread pool', 'documented'), peer('FastAPI, orjson, event loop', 'fast')]
    : []),
];

/** Seconds that a process has computed for so far; NaN where the system does not tell. What it costs depends little on what else runs. */
function processorSeconds(/** @type {number | undefined} */ pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const [, , ...fields] = (readFileSync(file, 'utf8').split(') ')[1] ?? '').split(' ');
  return (Number(fields[9]) + Number(fields[10])) / 100;
}

/** @param {ReturnType<typeof gargalo>} service */
async function measure({ command }) {
  const port = await freePort();
  const [program, ...words] = command(port);
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => child.kill();
  process.on('exit', stop);
  child.stderr.resume();
  await listens(port);
  const task = { port, clients, seconds, warmUp: seconds, body: JSON.stringify(row()) };
  const load = spawn(process.execPath, [here('serve-load.mjs'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const before = processorSeconds(child.pid);
  let said = '';
  for await (const piece of load.stdout) said += piece;
  const used = processorSeconds(child.pid) - before;
  process.off('exit', stop);
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  await ended;
  const result = JSON.parse(said);
  return { ...result, processor: (used / result.all) * 1e6 };
}

const median = (/** @type {number[]} */ list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
/** @type {Map<string, { p50: number, p99: number, perSecond: number, processor: number, others: number }[]>} */
const measured = new Map(services.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const service of services) {
    const result = await measure(service);
    measured.get(service.name)?.push(result);
    process.stderr.write(
      `${round + 1} ${service.name}: p50 ${result.p50.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms, ${Math.round(result.processor)} µs of processor, load ${os.loadavg()[0].toFixed(1)}\n`,
    );
  }
}
const lines = [...measured].map(([name, results]) => ({
  name,
  p50: median(results.map(({ p50 }) => p50)),
  p99: median(results.map(({ p99 }) => p99)),
  perSecond: median(results.map(({ perSecond }) => perSecond)),
  processor: median(results.map(({ processor }) => processor)),
  refused: results.reduce((sum, { others }) => sum + others, 0),
}));
const [first] = lines;
process.stdout.write(
  `20 columns, code of ${width}, ${clients} clients, ${rounds} rounds of ${seconds} s; ${os.availableParallelism()} cores, load ${os
    .loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}\n`,
);
for (const { name, p50, p99, perSecond, processor, refused } of lines) {
  const ratio = (p50 / first.p50).toFixed(2);
  process.stdout.write(
    `${name.padEnd(36)} p50 ${p50.toFixed(1)} ms (×${ratio})  p99 ${p99.toFixed(1)} ms (×${(p99 / first.p99).toFixed(2)})  ${Math.round(perSecond)} requests/s  ${Math.round(processor)} µs of processor a request${refused > 0 ? `  ${refused} not 200` : ''}\n`,
  );
}
