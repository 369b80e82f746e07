// Pages and programs that a bundler makes, and the page without one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expectTraining, expectTrainingIn } from './chromium.mjs';
import { consumer } from './package.mjs';
import { page, paged, plain, script } from './programs.mjs';
import { bytesOf, folder, project, run } from './workshop.mjs';

const application = { 'index.html': page('/main.js'), 'main.js': script('./app.js'), 'app.js': paged() };
const web = 'onnxruntime-web@1.30';
const npx = (/** @type {string} */ cwd, /** @type {string[]} */ ...words) =>
  run('npx', ['--no', '--', ...words], { cwd });
/** The files of the package for pages without a bundler. @param {string} path a project */
const browserFiles = (path) => join(path, 'node_modules', 'gargalo', 'dist', 'browser');
const megabytes = (/** @type {string} */ path) => `${(bytesOf(path) / 1e6).toFixed(1)} MB to serve`;

/**
 * Starts a server and waits for the line with its address.
 *
 * @template T @param {string} cwd @param {string[]} words of npx @param {(url: string) => Promise<T>} use
 */
export async function withServer(cwd, words, use) {
  const server = spawn('npx', ['--no', '--', ...words], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    let said = '';
    const url = await new Promise((resolve, reject) => {
      const listen = (/** @type {Buffer} */ data) => {
        said += data;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal
        const [address] = said.replaceAll(/\u001b\[[\d;]*m/g, '').match(/http:\/\/(localhost|127\.0\.0\.1):\d+/) ?? [];
        if (address) resolve(address);
      };
      server.stdout.on('data', listen);
      server.stderr.on('data', listen);
      server.on('exit', (code) => reject(new Error(`exit code ${code}: ${said}`)));
    });
    return await use(`${url}/`);
  } finally {
    if (server.exitCode === null) {
      process.kill(-Number(server.pid), 'SIGTERM');
      await once(server, 'exit');
    }
  }
}

/** @type {import('../test-consumers.mjs').Trial[]} */
export const trials = [
  {
    name: 'a page without a bundler: a folder with a copy of dist/browser',
    async run() {
      const site = folder('static', { 'index.html': page('./main.js'), 'main.js': script('./app.js') });
      const files = { 'app.js': paged('{}', './gargalo/gargalo.js') };
      folder('static', files);
      cpSync(browserFiles(consumer()), join(site, 'gargalo'), { recursive: true });
      await expectTrainingIn(site);
      await expectTrainingIn(site, 'isolated');
      return megabytes(site);
    },
  },
  {
    name: 'Vite builds a page',
    async run() {
      const path = project('vite', application, [web, 'vite@8']);
      npx(path, 'vite', 'build');
      await expectTrainingIn(join(path, 'dist'));
      await expectTrainingIn(join(path, 'dist'), 'isolated');
      return megabytes(join(path, 'dist'));
    },
  },
  {
    name: 'Vite serves a page in development',
    isLong: true,
    async run() {
      const path = project('vite-dev', application, [web, 'vite@8']);
      await withServer(path, ['vite', '--host', '127.0.0.1'], (url) => expectTraining(url));
    },
  },
  {
    name: 'webpack builds a page',
    isLong: true,
    async run() {
      const config = `export default { mode: 'production', entry: './main.js' };`;
      const files = { ...application, 'webpack.config.js': config, 'dist/index.html': page('./main.js') };
      const path = project('webpack', files, [web, 'webpack@5', 'webpack-cli@7']);
      npx(path, 'webpack');
      await expectTrainingIn(join(path, 'dist'));
      await expectTrainingIn(join(path, 'dist'), 'isolated');
      return megabytes(join(path, 'dist'));
    },
  },
  {
    name: 'esbuild builds a page, with a copy of dist/browser beside the bundle',
    async run() {
      const files = { ...application, 'site/index.html': page('./main.js') };
      const path = project('esbuild', files, ['esbuild@0.28']);
      npx(path, 'esbuild', 'main.js', '--bundle', '--format=esm', '--outdir=site');
      cpSync(browserFiles(path), join(path, 'site'), { recursive: true });
      rmSync(join(path, 'site', 'gargalo.js'));
      await expectTrainingIn(join(path, 'site'));
      return megabytes(join(path, 'site'));
    },
  },
  {
    name: 'esbuild builds a plain script, which is told where the worker is',
    isLong: true,
    async run() {
      const files = { 'main.js': script('./app.js'), 'app.js': paged(`{ workerPath: '/gargalo/' }`) };
      const html = page('./main.js').replace(' type="module"', ' defer');
      const path = project('esbuild-script', { ...files, 'site/index.html': html }, ['esbuild@0.28']);
      npx(path, 'esbuild', 'main.js', '--bundle', '--outdir=site');
      cpSync(browserFiles(path), join(path, 'site', 'gargalo'), { recursive: true });
      await expectTrainingIn(join(path, 'site'));
    },
  },
  {
    name: 'esbuild builds a program for Node, the package outside and inside',
    isLong: true,
    run() {
      const path = project('esbuild-node', { 'program.mjs': plain }, ['esbuild@0.28']);
      const words = ['esbuild', 'program.mjs', '--bundle', '--platform=node', '--format=esm'];
      npx(path, ...words, '--packages=external', '--outfile=outside.mjs');
      run(process.execPath, ['outside.mjs'], { cwd: path });
      npx(path, ...words, '--outfile=inside.mjs');
      run(process.execPath, ['inside.mjs'], { cwd: path });
    },
  },
];
