// Who is measured: each library in every setting worth trying, so that nobody loses for want of a switch.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Contestant
 * @property {string} id
 * @property {'gargalo' | 'wasm' | 'pytorch' | 'tfjs'} group  what --contestants selects
 * @property {import('./networks.mjs').ContestantFamily} family
 * @property {string} name
 * @property {number | null} threads
 * @property {string[]} command  to which the task is added as the last argument
 * @property {Record<string, string>} environment
 * @property {Record<string, unknown>} setting  what its task says besides the network
 * @property {'dense' | 'convolutional'} [only]  where it takes part in networks of one kind alone
 */

const benchFolder = dirname(fileURLToPath(import.meta.url));
export const root = dirname(benchFolder);
const peer = (/** @type {string} */ file) => join(benchFolder, 'peers', file);

/** @type {Contestant['group'][]} */
export const groups = ['gargalo', 'wasm', 'pytorch', 'tfjs'];

/**
 * A Python that has PyTorch: the one of .venv/ first (tools/setup-pytorch.sh makes it), then whatever the system has.
 * @returns {{ python: string, version: string } | undefined}
 */
export function findPyTorch() {
  const own = [join(root, '.venv', 'bin', 'python'), join(root, '.venv', 'Scripts', 'python.exe')].filter(existsSync);
  for (const python of [...own, 'python3', 'python']) {
    const result = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
    if (result.status === 0) return { python, version: result.stdout.trim() };
  }
  return undefined;
}

/**
 * Installs TensorFlow.js where that has not been done. It has a package of its own, because nobody who works on or
 * with Gargalo needs it otherwise.
 * @returns {string | undefined}  its version, or nothing where it cannot be had
 */
export function prepareTensorFlowJs() {
  const installed = join(benchFolder, 'node_modules', '.package-lock.json');
  const locked = join(benchFolder, 'package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(locked).mtimeMs) {
    process.stderr.write('bench: installing TensorFlow.js (npm ci in bench/) …\n');
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    const windows = process.platform === 'win32';
    const result = spawnSync('npm', args, { cwd: benchFolder, stdio: ['ignore', 2, 2], shell: windows });
    if (result.status !== 0) return undefined;
  }
  return packageVersion(benchFolder, '@tensorflow/tfjs');
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {string | undefined}
 */
export function packageVersion(folder, name) {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/** @returns {Contestant[]} */
export function gargaloInNode() {
  return [null, 1, 2].map((threads) => ({
    id: `gargalo-node-${threads ?? 'default'}`,
    group: 'gargalo',
    family: 'gargalo',
    name: `Gargalo, Node${threads === null ? ', its default' : ''}`,
    threads,
    command: [process.execPath, peer('gargalo.mjs')],
    environment: {},
    setting: { device: 'cpu' },
  }));
}

/** @returns {Contestant[]} */
export function gargaloInWebAssembly() {
  return [1, 2].map((threads) => ({
    id: `gargalo-wasm-${threads}`,
    group: 'wasm',
    family: 'wasm',
    name: 'Gargalo, WebAssembly',
    threads,
    command: [process.execPath, peer('gargalo.mjs')],
    environment: {},
    setting: { device: 'wasm' },
  }));
}

/**
 * @param {string} python
 * @param {string} cacheFolder  for what torch.compile compiles
 * @returns {Contestant[]}
 */
export function pyTorch(python, cacheFolder) {
  const settings = [
    { name: 'eager, default Adam', compile: false, fusedAdam: false, compileAdam: false },
    { name: 'eager, fused Adam', compile: false, fusedAdam: true, compileAdam: false },
    { name: 'compile, default Adam', compile: true, fusedAdam: false, compileAdam: false },
    { name: 'compile, fused Adam', compile: true, fusedAdam: true, compileAdam: false },
    { name: 'compile, Adam compiled too', compile: true, fusedAdam: false, compileAdam: true },
    // images with their channels last, which means something to convolutions only
    ...[false, true].map((compile) => ({
      name: `channels last, ${compile ? 'compile' : 'eager'}, fused Adam`,
      compile,
      fusedAdam: true,
      compileAdam: false,
      channelsLast: true,
      only: /** @type {const} */ ('convolutional'),
    })),
  ];
  return settings.flatMap(({ name, only, channelsLast = false, ...setting }) =>
    [1, 2].map((threads) => {
      const id = `pytorch-${name.replaceAll(/,? /g, '-').toLowerCase()}-${threads}`;
      return {
        id,
        group: /** @type {const} */ ('pytorch'),
        family: /** @type {const} */ ('pytorch'),
        name: `PyTorch, ${name}`,
        threads,
        command: [python, peer('pytorch.py')],
        // Compiled code has its number of threads built in, so settings must not find each other's in the cache.
        environment: { OMP_NUM_THREADS: String(threads), TORCHINDUCTOR_CACHE_DIR: join(cacheFolder, id) },
        setting: { ...setting, channelsLast },
        ...(only && { only }),
      };
    }),
  );
}

/** @returns {Contestant[]} */
export function tensorFlowJs() {
  const settings = /** @type {const} */ ([
    { backend: 'wasm', threads: 1 },
    { backend: 'wasm', threads: 2 },
    { backend: 'cpu', threads: 1 },
  ]);
  return settings.map(({ backend, threads }) => ({
    id: `tfjs-${backend}-${threads}`,
    group: 'tfjs',
    family: /** @type {const} */ (`tfjs-${backend}`),
    name: `TensorFlow.js, ${backend}`,
    threads,
    command: [process.execPath, peer('tensorflow-js.mjs')],
    environment: {},
    setting: { backend },
    only: 'dense',
  }));
}
