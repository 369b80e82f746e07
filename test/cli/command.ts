// Runs the built commands on small files of their own: as a person does, a process each, or many in one process.
import { type ChildProcess, type ChildProcessWithoutNullStreams, fork, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

export const bin = new URL('../../bin/gargalo.js', import.meta.url).pathname;

/** What a command left: its exit code (130 also where Ctrl-C ended it, as shells count) and what it said. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Runtimes that were opened, of a command in the shared process. */
  readonly runtimes?: number;
}

/** A folder for the tests of a file, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gargalo-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function start(
  words: readonly string[],
  { cwd, env = {} }: StartOptions,
): { child: ChildProcessWithoutNullStreams; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [bin, ...words], { cwd, env: { ...process.env, ...env } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...said, code: signal === 'SIGINT' ? 130 : (code ?? -1) }));
  });
  return { child, outcome };
}

/** Runs a command to its end in a process of its own. */
export function gargaloAlone(words: readonly string[], options: StartOptions): Promise<Outcome> {
  return start(words, options).outcome;
}

/** A process that runs commands in turn, and the files that it writes to. */
interface Host {
  readonly child: ChildProcess;
  readonly folder: string;
  /** What was read of the files so far, in characters. */
  readonly seen: { stdout: number; stderr: number };
}
/** One for all files that run in this worker; it ends with it. */
let host: Host | undefined;
let turn: Promise<unknown> = Promise.resolve();

function openHost(): Host {
  const folder = mkdtempSync(join(tmpdir(), 'gargalo-host-'));
  const [out, err] = ['stdout', 'stderr'].map((name) => openSync(join(folder, name), 'a')) as [number, number];
  const program = new URL('command-host.mjs', import.meta.url);
  const child = fork(program, [folder], { stdio: ['ignore', out, err, 'ipc'], execArgv: [] });
  closeSync(out);
  closeSync(err);
  child.once('exit', () => {
    host = undefined;
  });
  return { child, folder, seen: { stdout: 0, stderr: 0 } };
}

async function inHost(words: readonly string[], cwd: string): Promise<Outcome> {
  host ??= openHost();
  const { child, folder, seen } = host;
  const answer = await new Promise<{ readonly code: number; readonly runtimes: number }>((resolve, reject) => {
    const ended = (): void => reject(new Error(`the process that ran "${words.join(' ')}" has ended`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as { code: number; runtimes: number });
    });
    child.send({ words, cwd });
  });
  const since = (name: 'stdout' | 'stderr'): string => {
    const text = readFileSync(join(folder, name), 'utf8').slice(seen[name]);
    seen[name] += text.length;
    return text;
  };
  return { ...answer, stdout: since('stdout'), stderr: since('stderr') };
}

/** Runs a command to its end, after those before it, in a process that commands share. */
export function gargalo(words: readonly string[], { cwd }: { readonly cwd: string }): Promise<Outcome> {
  const outcome = turn.then(() => inHost(words, cwd));
  turn = outcome.catch(() => undefined);
  return outcome;
}

/** Runs a command that must succeed, and reads the JSON object it prints. */
export async function json(
  words: readonly string[],
  options: { readonly cwd: string },
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await gargalo([...words, '--json'], options);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd()).not.toContain('\n');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** One line that begins with the tool's name, no stack, and the exit code of bad usage. */
export function expectOneLine({ code, stdout, stderr }: Outcome, words: RegExp, exit = 2): void {
  expect(stderr).toMatch(/^gargalo: .*\n$/);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).toMatch(words);
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
}

/** A table of four columns that depend on two numbers, and a class. */
export function writeCsv(folder: string, name = 'table.csv', rows = 60): string {
  const lines = ['width,height,sum,difference,class'];
  for (let i = 0; i < rows; i++) {
    const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 0.9)];
    lines.push([...[a, b, a + b, a - 2 * b].map((value) => value.toFixed(4)), i % 3 === 0 ? 'even' : 'odd'].join());
  }
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

/** Images of 6 × 5 bytes, as an IDX file. */
export function idxBytes(images = 40): Uint8Array {
  const header = [0, 0, 8, 3, 0, 0, images >> 8, images & 255, 0, 0, 0, 6, 0, 0, 0, 5];
  const pixels = Array.from({ length: images * 30 }, (_, i) => {
    const image = Math.floor(i / 30);
    const bright = (Math.floor((i % 30) / 5) + image) % 4 < 2;
    return bright ? 200 + (image % 5) * 10 : (image % 3) * 8;
  });
  return Uint8Array.from([...header, ...pixels]);
}

/** The lines of a run's metrics, without what depends on the clock. */
export function metricsOf(run: string): Record<string, unknown>[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((text) => {
    const { examplesPerSecond: _speed, seconds: _seconds, ...record } = JSON.parse(text) as Record<string, unknown>;
    return record;
  });
}

/** Waits until something holds; the time-out of the test ends a wait in vain. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
