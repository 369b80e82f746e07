// Trainings that the studio starts on this machine: each is the command of the same name in a process of its own, and goes on where
// the studio ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { oneLine } from '../core/errors.js';
import { flagName } from '../core/option-flags.js';
import { writeFileAtomic } from '../data/write/write.js';
import { kindNamed } from '../models/kinds/index.js';
import { completeOptions } from '../models/options.js';
import { trainingOptions } from '../train/options.js';
import { Refusal } from './problem.js';

/** What is to be trained. */
export interface TrainingOrder {
  /** `mnist`, or the name of data that were given to the studio. */
  readonly data: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Training {
  /** The run's id. */
  readonly id: string;
  readonly state: 'running' | 'ended' | 'failed';
  /** What the command said last, where it failed. */
  readonly problem?: string;
}

export interface Launcher {
  start(order: TrainingOrder): Promise<Training>;
  list(): Training[];
  /** Asks a training to end behind its step; false where there is none of that id. */
  stop(id: string): boolean;
  /** Takes data, and gives the name under which they are known. */
  keep(name: string, bytes: Uint8Array): Promise<{ readonly name: string }>;
  /** What `gargalo data --json` says of them. */
  describe(name: string): Promise<unknown>;
}

/** Trainings at a time: more would only take each other's cores. */
const MOST_AT_ONCE = 4;
/** Bytes of what a description says, at most. */
const MOST_WORDS = 2 ** 24;

/** Where the data that were given to the studio lie, in the folder of the runs. */
const DATA = '.data';

/** A name that is one of a file: of letters, digits, dots and dashes, without a dot in front. */
const fileName = (name: string): string =>
  name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(-120) || 'data';

/** The name, or one with a number where other data have it: runs go on with what they were trained on. */
async function freeName(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const { name: stem, ext } = parse(name);
  for (let n = 1; ; n++) {
    const wanted = n === 1 ? name : `${stem}-${n}${ext}`;
    const there = await readFile(join(folder, wanted)).catch(() => undefined);
    if (!there || there.equals(bytes)) return wanted;
  }
}

/** Options that say how a table is read. */
const readingNames: ReadonlySet<string> = new Set(['columns', 'label', 'time', 'group', 'id', 'window', 'missing']);

/** Options as the command line takes them; refused before a process is started where a kind has none of the name, or another value. */
function flagsOf(kind: string, options: Readonly<Record<string, unknown>>): string[] {
  const given = Object.entries(options);
  const own = given.filter(([name]) => !readingNames.has(name));
  completeOptions({ ...kindNamed(kind).options, ...trainingOptions }, Object.fromEntries(own));
  return given.flatMap(flagOf);
}

/** An option as the command line takes it. */
function flagOf([name, value]: readonly [string, unknown]): string[] {
  const flag = `--${flagName(name)}`;
  if (value === true) return [flag];
  if (value === false) return [`--no-${flagName(name)}`];
  if (Array.isArray(value) && value.every((item) => typeof item === 'number'))
    return [`${flag}=${value.join(',') || 'none'}`];
  if (typeof value === 'number' || typeof value === 'string') return [`${flag}=${value}`];
  throw new Refusal(422, `${name}: expected a number, a text, a list of numbers, true or false`);
}

/** What the command said last that is no progress. */
async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return oneLine(text.trim().split('\n').at(-1) ?? '').slice(0, 2000);
}

/**
 * @param root the folder of the runs
 * @param program the arguments of Node that are the command line: the path of its script
 */
export function createLauncher(root: string, program: readonly string[]): Launcher {
  const known = new Map<string, { readonly child: ChildProcess; training: Training }>();
  const folder = join(root, DATA);

  /** The path of data by the name that the studio knows them by. */
  async function pathOf(name: string): Promise<string> {
    if (name === 'mnist') return name;
    const names: readonly string[] = await readdir(folder).catch(() => []);
    if (names.includes(name) && !name.startsWith('.')) return join(folder, name);
    throw new Refusal(404, `${oneLine(name)}: expected data that were given to the studio, got none of that name`);
  }

  return {
    async start({ data, kind, options }) {
      const running = [...known.values()].filter(({ training }) => training.state === 'running').length;
      if (running >= MOST_AT_ONCE) {
        throw new Refusal(503, `trainings: expected at most ${MOST_AT_ONCE} at a time, got more`, {
          'Retry-After': '10',
        });
      }
      const source = await pathOf(data);
      const flags = flagsOf(kind, options);
      const time = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
      const id = `${fileName(data).replace(/\.\w+$/, '')}-${kind}-${time}-${randomBytes(2).toString('hex')}`;
      await mkdir(folder, { recursive: true });
      const path = join(folder, `.${id}.log`);
      const log = await open(path, 'w');
      // detached: a training goes on where the studio ends, and Ctrl-C in its terminal is not meant for it
      const words = [...program, 'train', source, `--kind=${kind}`, ...flags, '--out', join(root, id)];
      const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', log.fd, log.fd] });
      await log.close();
      child.unref();
      const entry: { readonly child: ChildProcess; training: Training } = { child, training: { id, state: 'running' } };
      known.set(id, entry);
      child.once('error', (error) => {
        entry.training = { id, state: 'failed', problem: oneLine(error.message) };
      });
      child.once('exit', async (code) => {
        const isFine = code === 0 || code === 130;
        entry.training = isFine ? { id, state: 'ended' } : { id, state: 'failed', problem: await lastWords(path) };
      });
      return entry.training;
    },
    list: () => [...known.values()].map(({ training }) => training),
    stop(id) {
      const found = known.get(id);
      if (!found) return false;
      found.child.kill('SIGINT');
      return true;
    },
    async keep(name, bytes) {
      await mkdir(folder, { recursive: true });
      const named = await freeName(folder, fileName(name), bytes);
      await writeFileAtomic(join(folder, named), bytes);
      return { name: named };
    },
    async describe(name) {
      const path = await pathOf(name);
      return new Promise((resolve, reject) => {
        const words = [...program, 'data', path, '--json'];
        execFile(process.execPath, words, { maxBuffer: MOST_WORDS, timeout: 120_000 }, (error, stdout, stderr) => {
          if (error) reject(new Refusal(422, oneLine(stderr.trim().split('\n').at(-1) || error.message)));
          else resolve(JSON.parse(stdout));
        });
      });
    },
  };
}
