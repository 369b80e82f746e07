// A folder for temporary projects, with the packed tarball, and the tools of other people fetched into it as npm packages.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const workshop = mkdtempSync(join(tmpdir(), 'gargalo-consumers-'));
process.on('exit', () => rmSync(workshop, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const PATIENCE_MS = 300_000;
/** Tools from npm take none of their settings from the process that starts this one. */
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry)/i.test(name)),
);

/**
 * Runs a command and gives what it prints.
 *
 * @param {string} command @param {readonly string[]} words
 * @param {{ cwd?: string, path?: string, env?: Record<string, string> }} [options] `path` a folder to look for programs in first
 */
export function run(command, words, { cwd = workshop, path, env } = {}) {
  const PATH = path ? `${path}${delimiter}${process.env.PATH}` : process.env.PATH;
  const settings = { ...clean, PATH, ...env };
  return execFileSync(command, words, {
    ...{ cwd, env: settings, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 1e8 },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The error of a command that has to fail, or an error where it does not. @param {() => unknown} work */
export function failureOf(work) {
  try {
    work();
  } catch (/** @type {any} */ error) {
    return /** @type {{ status: number, stdout: string, stderr: string }} */ (error);
  }
  throw new Error('expected it to fail');
}

/** @type {{ filename: string, files: { path: string, size: number }[] }} */
const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', workshop], { cwd: root }))[0];
export const tarball = join(workshop, packed.filename);

/**
 * A folder with these files and a package.json.
 *
 * @param {string} name @param {Record<string, string | object>} [files] texts, or what becomes JSON
 */
export function folder(name, files = {}) {
  const path = join(workshop, name);
  mkdirSync(path, { recursive: true });
  const all = { 'package.json': { name: 'consumer', private: true, type: 'module' }, ...files };
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  }
  return path;
}

const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];

/**
 * A project that has the package installed.
 *
 * @param {string} name @param {Record<string, string | object>} [files] @param {readonly string[]} [packages] more of them
 */
export function project(name, files, packages = []) {
  const path = folder(name, files);
  run('npm', ['install', ...quiet, tarball, ...packages], { cwd: path });
  return path;
}

/** The folder of a package from npm, fetched when first asked for. @param {string} name @param {string} version */
export function tool(name, version) {
  const place = join(workshop, 'tools', `${name}@${version}`.replaceAll(/[/@]/g, '_'));
  const path = join(place, 'node_modules', name);
  if (!existsSync(path)) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{}');
    run('npm', ['install', ...quiet, '--silent', `${name}@${version}`], { cwd: place });
  }
  return path;
}

const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * The folder of a program of Node: the package `node` fetches it by an install script, so its binary is asked for by name.
 *
 * @param {string} version
 */
export const nodeFolder = (version) => join(tool(`node-${system}`, version), 'bin');
export const bun = () => join(tool(`@oven/bun-${process.platform}-${process.arch}`, '1'), 'bin', 'bun');
export const deno = () => join(tool(`@deno/${process.platform}-${process.arch}-glibc`, '2'), 'deno');

/** Bytes of a folder. @param {string} path @returns {number} */
export function bytesOf(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}

/** @param {string} file */
export const textOf = (file) => readFileSync(file, 'utf8');
