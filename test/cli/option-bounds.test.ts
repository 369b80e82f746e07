// Every option of every command that takes a value, with values at and beyond the ends of what it can mean: each is refused in a line, or
// does its work. None is a mistake of ours, none takes minutes or gigabytes before it is refused. A part of the long tests.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from '../effort.js';
import { bin, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (name: string) => join(cwd, name);

/** Each command in a form that works, on small files. */
const commands: Readonly<Record<string, string>> = {
  data: 'data table.csv --label class',
  train: 'train table.csv --label class --epochs 1 --code 2',
  encode: 'encode table table.csv -o x.csv',
  decode: 'decode table codes.csv -o x.csv',
  reconstruct: 'reconstruct table table.csv -o x.csv',
  denoise: 'denoise table table.csv -o x.csv',
  detect: 'detect table table.csv --label class -o x.csv',
  compress: 'compress images images.idx -o x.gar',
  decompress: 'decompress images.gar -o x.npy',
  sweep: 'sweep table.csv --label class --code 1,2 --epochs 1 --jobs 1',
  inspect: 'inspect table table.csv -o x.html',
  compare: 'compare table --data table.csv -o x.html',
  sample: 'sample variational -n 2 -o x.csv',
  export: 'export table --part decoder -o x.onnx',
};

const values = [
  '0',
  '-1',
  '1',
  '1e10',
  '1e308',
  '-1e308',
  '1e-320',
  '2147483648',
  '9007199254740993',
  'NaN',
  'Infinity',
  '',
  ' ',
  ',',
];
/** Options that say how long to work: a large one is done as it says, and ends here by the clock. */
const lasting = new Set([
  '--epochs',
  '--patience',
  '--pretraining-epochs',
  '--gibbs-steps',
  '--passes',
  '--projections',
]);

const SECONDS = 20;
const MEGABYTES = 1024;

/** Options that were tried with a command: what others have too, word for word, is tried once. */
const tried = new Set<string>();

/** The options of a command that take a value. */
async function optionsOf(name: string): Promise<string[]> {
  const { define } = (await import(`../../dist/cli/commands/${name}.js`)) as { define(command: Command): void };
  const command = new Command(name);
  define(command);
  const own = command.options.filter(({ required, flags, description }) => required && !tried.has(flags + description));
  for (const { flags, description } of own) tried.add(flags + description);
  return own.map(({ long }) => long!);
}

interface Ended {
  readonly code: number | string | null;
  readonly stderr: string;
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs a command in a process of its own, whose peak memory it writes down at its end. */
function run(words: readonly string[]): Promise<Ended> {
  const peak = at('peak');
  rmSync(peak, { force: true });
  const hook = `data:text/javascript,import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(peak)},String(process.resourceUsage().maxRSS)))`;
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', hook, bin, ...words], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let most = 0;
  child.stderr.on('data', (data) => (stderr += data));
  // A process that is killed cannot tell its peak.
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // it has ended, or this is no Linux
    }
  }, 100);
  const timer = setTimeout(() => child.kill('SIGKILL'), (SECONDS + 10) * 1000);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(watch);
      clearTimeout(timer);
      let own = 0;
      try {
        own = Number(readFileSync(peak, 'utf8'));
      } catch {
        // killed
      }
      const seconds = (performance.now() - started) / 1000;
      resolve({ code: signal ?? code, stderr, seconds, megabytes: Math.max(own, most) / 1024 });
    });
  });
}

beforeAll(async () => {
  if (!isLong) return;
  writeFileSync(at('images.idx'), idxBytes());
  writeCsv(cwd, 'table.csv', 200);
  const train = (words: string) => json([...words.split(' '), '--epochs', '1', '--code', '2', '-q'], { cwd });
  await train('train table.csv --label class --kind detecting --out table');
  await train('train images.idx --out images');
  await train('train table.csv --label class --kind variational --out variational');
  await json('encode table table.csv -o codes.csv'.split(' '), { cwd });
  await json('compress images images.idx --embed -o images.gar'.split(' '), { cwd });
});

const measured: [string, Ended][] = [];
afterAll(() => {
  if (measured.length === 0) return;
  const slowest = measured.toSorted(([, a], [, b]) => b.seconds - a.seconds).slice(0, 5);
  const largest = measured.toSorted(([, a], [, b]) => b.megabytes - a.megabytes).slice(0, 5);
  const line = ([words, { seconds, megabytes }]: [string, Ended]) =>
    `  ${seconds.toFixed(1)} s ${megabytes.toFixed(0)} MB  ${words}\n`;
  process.stdout.write(
    `${measured.length} commands; slowest:\n${slowest.map(line).join('')}largest:\n${largest.map(line).join('')}`,
  );
});

describe.skipIf(!isLong)('options at their ends and beyond (long tests only)', () => {
  it.each(Object.keys(commands))(
    'of %s are refused in a line, or done',
    async (name) => {
      const wrong: string[] = [];
      for (const option of await optionsOf(name)) {
        for (const value of values) {
          const base = commands[name]!.split(' ');
          const out = ['train', 'sweep'].includes(name) ? ['--out', 'run', '-q'] : [];
          rmSync(at('run'), { recursive: true, force: true });
          const words = [...base, ...(option === '--out' ? [] : out), `${option}=${value}`];
          const ended = await run(words);
          const said = `${words.join(' ')}: exit ${ended.code}, ${ended.seconds.toFixed(1)} s, ${ended.megabytes.toFixed(0)} MB: ${ended.stderr.slice(-300)}`;
          measured.push([words.join(' '), ended]);
          const isLasting = lasting.has(option) && ended.code === 'SIGKILL';
          const isKnown = [0, 1, 2].includes(ended.code as number) || isLasting;
          const isOurs = /please report|\n\s+at /.test(ended.stderr);
          const isSaid = ended.code !== 2 || /gargalo: .*\n$/.test(ended.stderr);
          if (!isKnown || isOurs || !isSaid || (ended.seconds > SECONDS && !isLasting) || ended.megabytes > MEGABYTES) {
            wrong.push(said);
          }
        }
      }
      if (wrong.length > 0) process.stdout.write(`${wrong.join('\n')}\n`);
      expect(wrong).toEqual([]);
      // some 2,000 commands, half of them trainings
    },
    4 * 3_600_000,
  );
});
