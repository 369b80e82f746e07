// Package managers and programs other than those that came with this Node. Each installs the tarball as its user would.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consumer } from './package.mjs';
import { plain } from './programs.mjs';
import { bun, deno, folder, nodeFolder, run, tarball, tool, workshop } from './workshop.mjs';

/** @typedef {{ command: string, words: string[], files?: Record<string, string | object>, version: () => string }} Manager */

/** A manager that is a script of Node. @param {string} name @param {string} version @param {string} script @param {string[]} words */
const scripted = (name, version, script, words, files = {}) => {
  const file = () => join(tool(name, version), script);
  return {
    name: `${name === '@yarnpkg/cli-dist' ? 'yarn' : name} ${version}`,
    /** @returns {Manager} */
    manager: () => ({
      command: 'node',
      words: [file(), ...words],
      files,
      version: () => run('node', [file(), '--version'], { path: nodeFolder('22') }).trim(),
    }),
  };
};
const npmWords = ['install', '--no-audit', '--no-fund', tarball];
const managers = [
  ...['10', '11', '12'].map((version) => scripted('npm', version, 'bin/npm-cli.js', npmWords)),
  scripted('pnpm', '10', 'bin/pnpm.cjs', ['add', tarball]),
  scripted('pnpm', '12', 'bin/pnpm.mjs', ['add', tarball]),
  scripted('yarn', '1', 'bin/yarn.js', ['add', '--no-progress', '--cache-folder', join(workshop, 'yarn-1'), tarball]),
  ...['node-modules', 'pnp'].map((linker) => {
    const settings = `nodeLinker: ${linker}\nenableTelemetry: false\nglobalFolder: ${join(workshop, 'yarn-4')}\n`;
    const files = { '.yarnrc.yml': settings, 'yarn.lock': '' };
    const { name, manager } = scripted(
      '@yarnpkg/cli-dist',
      '4',
      'bin/yarn.js',
      ['add', `gargalo@file:${tarball}`],
      files,
    );
    return { name: `${name}, ${linker}`, manager };
  }),
  {
    name: 'bun',
    manager: () => ({ command: bun(), words: ['add', tarball], version: () => run(bun(), ['--version']).trim() }),
  },
];

/** Lines about settings of this machine, and yarn's about its own Plug'n'Play, are none about the package. */
const isAboutOthers = (/** @type {string} */ line) =>
  /Unknown (user|env) config|PnP uses the experimental loader|Done with warnings/i.test(line);

/** @type {import('../test-consumers.mjs').Trial[]} */
export const trials = [
  ...managers.map(({ name, manager }) => ({
    name: `${name} installs it without scripts and warnings, and the program runs`,
    isLong: true,
    run() {
      const { command, words, files, version } = manager();
      const path = nodeFolder('22');
      const cwd = folder(`by ${name}`.replaceAll(/[ ,]+/g, '-'), { 'program.mjs': plain, ...files });
      const stores = { npm_config_store_dir: join(workshop, 'pnpm'), BUN_INSTALL_CACHE_DIR: join(workshop, 'bun') };
      const env = { ...process.env, ...stores, PATH: `${path}:${process.env.PATH}` };
      const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: 'utf8' });
      const said = `${stdout}${stderr}`;
      if (status !== 0) throw new Error(said);
      const warnings = said
        .split('\n')
        .filter((line) => /\bwarn|ignored build|blocked/i.test(line) && !isAboutOthers(line));
      if (existsSync(join(cwd, 'node_modules', 'onnxruntime-node'))) throw new Error('onnxruntime-node was installed');
      if (existsSync(join(cwd, '.pnp.cjs'))) run(command, [...words.slice(0, 1), 'node', 'program.mjs'], { cwd, path });
      else run('node', ['program.mjs'], { cwd, path });
      if (warnings.length > 0) throw new Error(said);
      return version();
    },
  })),
  {
    name: 'Bun runs the program',
    isLong: true,
    run: () => void run(bun(), ['program.mjs'], { cwd: consumer() }),
  },
  {
    name: 'Deno runs the program',
    isLong: true,
    run() {
      writeFileSync(join(consumer(), 'deno.json'), '{}');
      run(deno(), ['run', '--allow-all', '--node-modules-dir=manual', 'program.mjs'], { cwd: consumer() });
      return run(deno(), ['--version']).split('\n')[0];
    },
  },
];
