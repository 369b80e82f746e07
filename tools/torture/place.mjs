// Where commands are tortured: a folder with small data and models, the commands, and what they leave.
import { fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModelFile } from '../../dist/train/model-format.js';

const bin = new URL('../../bin/gargalo.js', import.meta.url).pathname;
const hook = new URL('./hook.mjs', import.meta.url).href;

/** @param {number} count */
function idxBytes(count) {
  const header = [0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 6, 0, 0, 0, 5];
  const pixels = Array.from({ length: count * 30 }, (_, i) => {
    const image = Math.floor(i / 30);
    const isBright = (Math.floor((i % 30) / 5) + image) % 4 < 2;
    return isBright ? 200 + (image % 5) * 10 : (image % 3) * 8 + ((i * 7 + image) % 11);
  });
  return Uint8Array.from([...header, ...pixels]);
}

function csvText(rows) {
  const lines = ['width,height,sum,difference,class'];
  for (let i = 0; i < rows; i++) {
    const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 0.9)];
    lines.push([...[a, b, a + b, a - 2 * b].map((value) => value.toFixed(4)), i % 3 === 0 ? 'even' : 'odd'].join());
  }
  return `${lines.join('\n')}\n`;
}

/** Photographs of 20 × 16 pixels with noise, as PNG. */
async function writeImages(folder, count) {
  const { default: sharp } = await import('sharp');
  mkdirSync(folder);
  for (let n = 0; n < count; n++) {
    const data = Uint8Array.from({ length: 320 }, (_, i) => 100 + 90 * Math.sin(((i % 20) + n) / 3) + ((i * n) % 13));
    const raw = { width: 20, height: 16, channels: 1 };
    await sharp(data, { raw })
      .png()
      .toFile(join(folder, `${n}.png`));
  }
}

/**
 * Runs a command to its end, or to ours.
 *
 * @param {readonly string[]} words
 * @param {{ cwd: string, env?: Record<string, string>, hooked?: boolean, limit?: number, onStart?: (child: import('node:child_process').ChildProcess) => void }} options
 *   `limit`: most KiB of a file, as the system has it
 */
export function run(words, { cwd, env = {}, hooked = false, limit, onStart }) {
  const began = performance.now();
  const node = [process.execPath, ...(hooked ? [`--import=${hook}`] : []), bin, ...words];
  const [program, ...rest] =
    limit === undefined ? node : ['bash', '-c', 'ulimit -f "$0" && exec "$@"', String(limit), ...node];
  // a group of its own, so that all of it can be killed
  const child = spawn(program, rest, {
    cwd,
    env: { ...process.env, TMPDIR: join(cwd, 'tmp'), ...(hooked && { TORTURE_ROOT: cwd }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...said, code, signal, milliseconds: performance.now() - began }));
  });
}

/** Seconds of the processors that a process has had: moments by them are the same on a busy machine. Undefined where nobody tells. */
export function processorSeconds(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** Runs a command that must succeed. */
export async function must(text, options) {
  const ended = await run(text.split(' '), options);
  if (ended.code !== 0) throw new Error(`gargalo ${text}: ended with ${ended.code}: ${ended.stderr}`);
  return ended;
}

/**
 * Opens a process that runs commands in turn; see host.mjs.
 *
 * @returns runs a command, with what goes wrong in the variables of hook.mjs
 */
export function openHost() {
  let child;
  const open = () =>
    fork(new URL('./host.mjs', import.meta.url), {
      execArgv: [`--import=${hook}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  return {
    run: (text, cwd, env = {}) =>
      new Promise((resolve) => {
        child ??= open();
        const ended = (code, signal) => {
          child = undefined;
          resolve({ code: signal ?? code, calls: 0, stdout: '', stderr: 'the process has ended' });
        };
        child.once('exit', ended);
        child.once('message', (outcome) => {
          child.off('exit', ended);
          resolve(outcome);
        });
        child.send({ words: text.split(' '), cwd, env });
      }),
    close: () => child?.disconnect(),
  };
}

/** Makes the folder that each trial begins with a copy of: data, models, and earlier outputs in `earlier/`. */
export async function makePlace(place) {
  for (const folder of [place, join(place, 'tmp')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(place, 'images.idx'), idxBytes(400));
  writeFileSync(join(place, 'many.idx'), idxBytes(60_000));
  writeFileSync(join(place, 'table.csv'), csvText(200));
  writeFileSync(join(place, 'long.csv'), csvText(150_000));
  await writeImages(join(place, 'photos'), 8);
  const options = { cwd: place };
  await must('train images.idx --recipe none --code 4 --epochs 3 --out image-model -q', options);
  await must('train table.csv --label class --kind detecting --code 2 --epochs 3 --out table-model -q', options);
  await must('train images.idx --kind variational --recipe none --code 3 --epochs 3 --out drawing-model -q', options);
  await must(
    'train photos --size 20x16 --kind denoising --recipe none --code 4 --epochs 2 --out photo-model -q',
    options,
  );
  await must(
    'train photos --patch 8 --stride 4 --kind denoising --body convolutional --recipe none --code 4 --epochs 2 --out patch-model -q',
    options,
  );
  await must('encode table-model table.csv --label class -o table-codes.csv -q', options);
  await must('compress image-model images.idx -o images.gar --embed -q', options);
  rmSync(join(place, 'tmp'), { recursive: true });
  mkdirSync(join(place, 'tmp'));
}

/** All files below a folder, hidden ones too, with their paths; empty folders end in "/". */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const path = join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1);
    if (!entry.isDirectory()) return [path];
    return readdirSync(join(folder, path)).length === 0 ? [`${path}/`] : [];
  });
}

/** Fields that depend on the clock. */
const isTimed = (field) => /^(started|finished|seconds|examplesPerSecond|estimatedSeconds)$/i.test(field);
const untimed = (field, value) => (isTimed(field) ? undefined : value);
const inWords = (_field, value) =>
  value instanceof Map
    ? [...value]
    : ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value;
const hash = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);

/**
 * What a file says, without what depends on the clock.
 *
 * @throws where it is no whole file
 */
export function digestOf(path) {
  const bytes = readFileSync(path);
  const json = (text) => JSON.stringify(JSON.parse(text, untimed));
  if (/model\.onnx$|mended\.onnx$|checkpoint$/.test(path)) {
    const model = decodeModelFile(bytes, path);
    return hash(JSON.stringify(JSON.parse(JSON.stringify(model, inWords), untimed)));
  }
  if (path.endsWith('.jsonl')) {
    const text = bytes.toString();
    if (text !== '' && !text.endsWith('\n')) throw new Error(`${path}: ends in the midst of a line`);
    return hash(
      text
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map(json)
        .join('\n'),
    );
  }
  if (path.endsWith('.json')) return hash(json(bytes.toString()));
  if (path.endsWith('.html')) {
    if (!bytes.toString().trimEnd().endsWith('</html>')) throw new Error(`${path}: has no end`);
    return 'page';
  }
  return hash(bytes);
}

/** Digests of all files below a folder, by path; what cannot be read is said in its place. */
export function contentsOf(folder) {
  const digest = (path) => {
    if (path.endsWith('/')) return 'empty folder';
    try {
      return digestOf(join(folder, path));
    } catch (error) {
      return `broken: ${error.message.replaceAll(folder, '')}`;
    }
  };
  return Object.fromEntries(
    filesBelow(folder)
      .sort()
      .map((path) => [path, digest(path)]),
  );
}

/** Where two folders differ, in words. */
export function differences(got, expected) {
  const names = new Set([...Object.keys(got), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    if (got[name] === expected[name]) return [];
    if (expected[name] === undefined) return [`${name} is left behind`];
    return [got[name] === undefined ? `${name} is missing` : `${name} is another: ${got[name]}, not ${expected[name]}`];
  });
}

/** A fresh copy of a place. */
export function copyOf(place, path) {
  rmSync(path, { recursive: true, force: true });
  cpSync(place, path, { recursive: true });
  return path;
}

/** Random numbers in 0 … 1 that a seed decides. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
