// What a run folder keeps when a training fails, meets another one, or was killed.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/cli/lock.js';
import { readConfiguration } from '../../src/cli/run-folder.js';
import { ownProcess } from '../../src/data/write/process.js';
import { effort } from '../effort.js';
import { bin, expectOneLine, gargalo, gargaloAlone, json, metricsOf, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const words = (text: string) => text.split(' ');

/** The files of a folder, by name. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(at(folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(at(`${folder}/${name}`), 'hex')]));
}

/** A process that has ended. */
const gone = { ...ownProcess, pid: spawnSync(process.execPath, ['-e', '']).pid };

beforeAll(async () => {
  writeCsv(cwd, 'table.csv', 200);
  await json(words('train table.csv --label class --code 2 --epochs 2 --out run -q'), { cwd });
});

describe('an earlier run in the folder', () => {
  it('is as it was after a training that diverges', async () => {
    const before = contents('run');
    const failing = 'train table.csv --label class --code 1 --epochs 9 --lr 1e30 --optimizer sgd --out run';
    const { code, stderr } = await gargalo(words(failing), { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('run: the earlier run is as it was\n');
    expect(contents('run')).toEqual(before);
  });

  it('is replaced whole by one that ends', async () => {
    cpSync(at('run'), at('replaced'), { recursive: true });
    await json(words('train table.csv --label class --code 1 --epochs 3 --out replaced -q'), { cwd });
    expect(Object.keys(contents('replaced')).sort()).toEqual(Object.keys(contents('run')).sort());
    expect(metricsOf(at('replaced'))).toHaveLength(3);
    expect(readFileSync(at('replaced/config.json'), 'utf8')).toContain('--code 1');
  });

  it('gives way to one that was killed over it and goes on, and to nothing before', async () => {
    cpSync(at('run'), at('killed'), { recursive: true });
    await json(words('train table.csv --label class --code 3 --epochs 1 --out next -q'), { cwd });
    cpSync(at('next'), at('killed/.next'), { recursive: true });
    rmSync(at('killed/.next/model.onnx'));
    expectOneLine(await gargalo(words('train nothing.csv --out killed --resume'), { cwd }), /nothing\.csv: expected/);
    expect(contents('killed')).toEqual(contents('run'));
    expect(existsSync(at('killed/.next/checkpoint'))).toBe(true);
    const resumed = await json(words('train table.csv --out killed --resume --epochs 2 -q'), { cwd });
    expect(resumed).toMatchObject({ epochs: 2 });
    expect(readFileSync(at('killed/config.json'), 'utf8')).toContain('--code 3');
    expect(existsSync(at('killed/.next'))).toBe(false);
  });

  it('is replaced also where the process ended in the midst of that', async () => {
    cpSync(at('run'), at('half'), { recursive: true });
    cpSync(at('replaced'), at('half/.ready'), { recursive: true });
    cpSync(at('half/.ready/model.onnx'), at('half/model.onnx'));
    rmSync(at('half/.ready/model.onnx'));
    expect(await readConfiguration(at('half'))).toMatchObject({ request: { values: { code: 1 } } });
    expect(contents('half')).toEqual(contents('replaced'));
    // a run without a report does not keep that of the run before
    cpSync(at('run'), at('half'), { recursive: true });
    cpSync(at('replaced'), at('half/.ready'), { recursive: true });
    rmSync(at('half/.ready/report.html'));
    writeFileSync(at('half/.ready/.no-report'), '');
    await readConfiguration(at('half'));
    const { 'report.html': _, ...replaced } = contents('replaced');
    expect(contents('half')).toEqual(replaced);
  });

  it('stays where the disk is full after the training', async () => {
    cpSync(at('run'), at('full'), { recursive: true });
    const before = contents('full');
    const limited = `ulimit -f 20; trap '' XFSZ; exec "$0" "$@"`;
    const command = words('train table.csv --label class --code 1 --epochs 1 --seed 3 --out full -q');
    const { status, stderr } = spawnSync('bash', ['-c', limited, process.execPath, bin, ...command], {
      cwd,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('EFBIG') });
    expect(contents('full')).toEqual(before);
  });
});

describe('a folder that another process writes to', () => {
  it('is refused, with who has it', async () => {
    const release = await lockFolder(at('run'));
    const before = contents('run');
    const refused = await gargalo(words('train table.csv --label class --code 1 --epochs 1 --out run -q'), { cwd });
    expectOneLine(refused, new RegExp(`run: expected a folder that nobody else .* process ${process.pid} on .*--out`));
    expectOneLine(await gargalo(words('train table.csv --out run --resume -q'), { cwd }), /nobody else/);
    expect(contents('run')).toEqual(before);
    release();
    expect(existsSync(at('run/.lock'))).toBe(false);
  });

  it('is taken over where that process has ended', async () => {
    cpSync(at('run'), at('stale'), { recursive: true });
    const holder = { ...gone, host: 'here', since: new Date().toISOString() };
    writeFileSync(at('stale/.lock'), JSON.stringify(holder));
    await json(words('train table.csv --out stale --resume --epochs 3 -q'), { cwd });
    expect(existsSync(at('stale/.lock'))).toBe(false);
    // the number was given to another process since
    writeFileSync(at('stale/.lock'), JSON.stringify({ ...holder, pid: process.pid, start: '1' }));
    await json(words('train table.csv --out stale --resume --epochs 4 -q'), { cwd });
  });

  it('is refused in a line where the lock is none', async () => {
    for (const [folder, make] of [
      ['locked-by-folder', (lock: string) => mkdirSync(lock)],
      ['locked-by-link', (lock: string) => symlinkSync(at('nowhere'), lock)],
      ['locked-by-nothing', (lock: string) => writeFileSync(lock, '')],
    ] as const) {
      mkdirSync(at(folder));
      make(at(`${folder}/.lock`));
      const training = `train table.csv --label class --epochs 1 --out ${folder}`;
      expectOneLine(await gargalo(words(training), { cwd }), new RegExp(folder));
    }
  });

  it('keeps what cannot be moved into its place for the next time', async () => {
    cpSync(at('run'), at('stuck'), { recursive: true });
    rmSync(at('stuck/model.onnx'));
    mkdirSync(at('stuck/model.onnx/inside'), { recursive: true });
    const training = 'train table.csv --label class --code 1 --epochs 2 --out stuck -q';
    expectOneLine(await gargalo(words(training), { cwd }), /stuck\/model\.onnx: cannot write/);
    rmSync(at('stuck/model.onnx'), { recursive: true });
    await json(words('train table.csv --out stuck --resume --epochs 3 -q'), { cwd });
    expect(readFileSync(at('stuck/config.json'), 'utf8')).toContain('--code 1');
  });

  it('leaves no folder behind that was made for work that came to nothing', async () => {
    expectOneLine(await gargalo(words('train table.csv --out far/away --resume'), { cwd }), /got none/);
    expect(existsSync(at('far'))).toBe(false);
  });
});

describe('temporaries', () => {
  it('of processes that have ended are removed, those of others stay', async () => {
    const name = ({ place, pid, start }: typeof gone) => `.codes.csv.${place}-${pid}-${start}-0123456789ab.tmp`;
    const files = [gone, ownProcess, { ...gone, place: '00000000' }].map(name);
    for (const file of files) writeFileSync(at(file), 'a,b');
    // a process of its own: one looks through a folder once
    mkdirSync(at('home'));
    const env = { ...process.env, TMPDIR: at('home'), HOME: at('home') };
    spawnSync(process.execPath, [bin, ...words('encode run/model.onnx table.csv -o codes.csv')], { cwd, env });
    // nor does onnxruntime-node, which for Linux has telemetry
    expect(readdirSync(at('home'))).toEqual([]);
    expect(existsSync(at('codes.csv'))).toBe(true);
    expect(files.map((file) => existsSync(at(file)))).toEqual([false, true, true]);
  });
});

/** `npm run torture` does the same with all commands, at all calls. */
describe('a process whose calls of the file system are spoiled', () => {
  const hook = new URL('../../tools/torture/hook.mjs', import.meta.url).href;
  const spoiled = (text: string, action: string, call: number, from = '') =>
    gargaloAlone(words(text), {
      cwd,
      env: {
        ...{ NODE_OPTIONS: `--import=${hook}`, TORTURE_ROOT: realpathSync(cwd), TORTURE_ACTION: action },
        ...{ TORTURE_AT: String(call), TORTURE_FROM: from },
      },
    });

  it.each(
    effort([4, 5], [1, 2, 3, 4, 5, 6, 7]),
  )('says in a line that the disk is full at call %d, and keeps what was there', async (call) => {
    mkdirSync(at('tight'), { recursive: true });
    writeFileSync(at('tight/codes.csv'), 'earlier');
    const ended = await spoiled('encode run/model.onnx table.csv -o tight/codes.csv -q', 'full', call);
    expectOneLine(ended, /^gargalo: tight.*: cannot write: the disk is full /);
    expect(contents('tight')).toEqual({ 'codes.csv': Buffer.from('earlier').toString('hex') });
  });

  it.each(
    effort([4], [1, 2, 3, 4, 5]),
  )('that is killed at call %d of the swap leaves a run that goes on', async (call) => {
    const training = 'train table.csv --label class --code 1 --epochs 2 -q --out';
    await json(words(`${training} undisturbed`), { cwd });
    cpSync(at('run'), at(`swap-${call}`), { recursive: true });
    const { code } = await spoiled(`${training} swap-${call}`, 'kill', call, '\\.ready$');
    expect(code).toBe(-1);
    await json(words(`train table.csv --out swap-${call} --resume -q`), { cwd });
    expect(metricsOf(at(`swap-${call}`))).toEqual(metricsOf(at('undisturbed')));
    expect(readdirSync(at(`swap-${call}`)).sort()).toEqual(readdirSync(at('undisturbed')).sort());
  });
});

describe('a full disk behind the messages', () => {
  const full = '/dev/full';
  const run = (text: string, stdio: ('pipe' | number)[]) =>
    spawnSync(process.execPath, [bin, ...words(text)], { cwd, stdio: ['ignore', ...stdio], encoding: 'utf8' });

  it.runIf(existsSync(full))('does not end a training; behind the result it is said', () => {
    const to = openSync(full, 'w');
    const training = run('train table.csv --label class --code 2 --epochs 2 --out unheard', ['pipe', to]);
    expect(training).toMatchObject({ status: 0, stdout: expect.stringContaining('unheard/model.onnx') });
    const { status, stderr } = run('kinds', [to, 'pipe']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'gargalo: stdout: cannot write: the disk is full\n' });
  });
});
