// Breaks sound files in every way it knows and feeds them to the readers:
//
//     npm run fuzz -- --reader csv --runs 100000 --seed 1
//
// Whatever the bytes are, what comes out is a value or an error that says in one line which file is wrong and how: never a crash, a
// hang, or memory for what a header only claims. Without --reader each is fed, one after the other. What goes wrong is
// written with its input to --out, fuzz-failures/ by default, as is the input that took longest where that was more than a second, and made again by --run (the number of the input). Needs dist/.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

/** The readers by name; tools/fuzz/readers.mjs says what each is. */
const names = [
  'csv',
  'tsv',
  'jsonl',
  'parquet',
  'npy',
  'npz',
  'idx',
  'idx.gz',
  'image',
  'model',
  'gar',
  'sweep.json',
  'config.json',
];
/** Milliseconds that a single input may take. */
const MOST_TIME = 5000;
/** Bytes that an input may make a reader ask for: the inputs are of some kilobytes. */
const MOST_BYTES = 2 ** 27;
/** Failures of a reader after which it is enough. */
const MOST_FAULTS = 20;

const { values } = parseArgs({
  options: {
    reader: { type: 'string', multiple: true, default: names },
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    run: { type: 'string' },
    out: { type: 'string', default: 'fuzz-failures' },
  },
});
const unknown = values.reader.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`fuzz: expected a reader (${names.join(', ')}), got ${unknown}\n`);
  process.exit(2);
}
const seed = Number(values.seed);
const [first, end] = values.run === undefined ? [0, Number(values.runs)] : [Number(values.run), Number(values.run) + 1];
// memory instead of a disk, where there is such a place
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gargalo-fuzz-'));

function save(name, run, fault, input) {
  mkdirSync(values.out, { recursive: true });
  const path = join(values.out, `${name}-${seed}-${run}`);
  if (input) writeFileSync(path, input);
  writeFileSync(`${path}.txt`, `node tools/fuzz.mjs --reader ${name} --seed ${seed} --run ${run}\n${fault}\n`);
  process.stderr.write(`fuzz: ${name}, seed ${seed}, run ${run}: ${fault}\n`);
}

/** One thread over some of the runs; says where it ended, which is before the end where it hung or crashed. */
function walk(name, from, result) {
  return new Promise((resolve) => {
    const progress = new SharedArrayBuffer(8);
    const state = new Int32Array(progress);
    const workerData = { name, seed, from, to: end, folder, progress, mostBytes: MOST_BYTES };
    const worker = new Worker(new URL('./fuzz/worker.mjs', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    let [seen, since, over] = [0, Date.now(), false];
    const finish = (next, fault) => {
      if (over) return;
      over = true;
      clearInterval(watch);
      if (fault) {
        result.faults++;
        save(name, Atomics.load(state, 0), fault);
      }
      worker.terminate().then(() => resolve(next));
    };
    const watch = setInterval(() => {
      const count = Atomics.load(state, 1);
      if (count !== seen) [seen, since] = [count, Date.now()];
      else if (count > 0 && Date.now() - since > MOST_TIME)
        finish(Atomics.load(state, 0) + 1, `hung for ${MOST_TIME} ms`);
    }, 250);
    worker.on('message', ({ type, run, fault, input, read, refused, resident, longest }) => {
      if (type === 'fault') {
        result.faults++;
        save(name, run, fault, input);
        if (result.faults >= MOST_FAULTS) finish(end);
      } else if (type === 'end') {
        result.read += read;
        result.refused += refused;
        result.resident = Math.max(result.resident, resident);
        if (longest.seconds > result.longest.seconds) result.longest = longest;
        finish(end);
      }
    });
    worker.on('error', (error) => {
      const started = Atomics.load(state, 1) > 0;
      finish(started ? Atomics.load(state, 0) + 1 : end, `crashed: ${error?.stack ?? error}`);
    });
  });
}

let failed = 0;
try {
  for (const name of values.reader) {
    const result = { read: 0, refused: 0, faults: 0, resident: 0, longest: { seconds: 0, run: 0 } };
    const began = Date.now();
    for (let from = first; from < end; ) from = await walk(name, from, result);
    failed += result.faults;
    const { read, refused, faults, resident, longest } = result;
    if (longest.input) {
      mkdirSync(values.out, { recursive: true });
      writeFileSync(join(values.out, `${name}-${seed}-${longest.run}-longest`), longest.input);
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    process.stdout.write(
      `${name}: ${end - first} inputs, ${read} read, ${refused} refused, ${faults} failures, ${seconds} s, ${Math.round(resident / 2 ** 20)} MiB, longest ${longest.seconds.toFixed(3)} s (run ${longest.run})\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
