// Disks that are full, or break: every call of every command that needs the disk fails once, in turn. The command says so in a line and
// ends with 2, what was there before is there, and nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nextOf } from './kills.mjs';
import { contentsOf, copyOf, differences, filesBelow, must, openHost, run } from './place.mjs';

const training = (text) => ({
  text: `train ${text} --epochs 2 --out run -q`,
  resume: 'train images.idx --out run --resume -q',
});
const earlierRun = 'train table.csv --label class --code 1 --epochs 2 --out run -q';
const sweep = 'sweep images.idx --recipe none --code 2,3 --epochs 2 --jobs 1 --out sweep -q';

/** Commands; `before` makes what they find, and `outputs` are there from before. */
const tasks = {
  train: training('images.idx --recipe none --code 3'),
  'train over an earlier run': { ...training('images.idx --recipe none --code 3'), before: earlierRun },
  'train on a table': { text: 'train table.csv --label class --kind detecting --code 2 --epochs 2 --out run -q' },
  'train --resume': {
    text: 'train images.idx --out run --resume --epochs 4 -q',
    before: 'train images.idx --recipe none --code 3 --epochs 2 --out run -q',
    goesOn: true,
  },
  sweep: { text: sweep },
  'sweep on': { text: sweep.replace('2,3', '2,3,4'), before: sweep, goesOn: true },
  'sweep --reports': { text: `${sweep} --reports` },
  'encode csv': { text: 'encode table-model table.csv --label class -o codes.csv -q', outputs: ['codes.csv'] },
  'encode parquet': {
    text: 'encode table-model table.csv --label class -o codes.parquet -q',
    outputs: ['codes.parquet'],
  },
  'encode npy': { text: 'encode image-model many.idx -o codes.npy -q', outputs: ['codes.npy'] },
  decode: { text: 'decode table-model table-codes.csv -o decoded.csv -q', outputs: ['decoded.csv'] },
  'reconstruct npy': {
    text: 'reconstruct image-model images.idx -o rebuilt.npy -q',
    outputs: ['rebuilt.npy', 'rebuilt.errors.npy'],
  },
  'reconstruct idx': { text: 'reconstruct image-model images.idx -o rebuilt.idx -q', outputs: ['rebuilt.idx'] },
  'reconstruct folder': { text: 'reconstruct photo-model photos -o rebuilt/ -q', outputs: ['rebuilt/0.png'] },
  denoise: { text: 'denoise photo-model photos --noise 0.2 -o cleaned.png -q', outputs: ['cleaned.png'] },
  'denoise --whole': {
    text: 'denoise patch-model photos --noise 0.1 -o cleaned/ --sheet sheet.png -q',
    outputs: ['cleaned/3.png', 'sheet.png'],
  },
  detect: {
    text: 'detect photo-model photos -o scores.csv --report detect.html --heatmaps heat -q',
    outputs: ['scores.csv', 'detect.html', 'heat/0.png'],
  },
  'detect without a model': { text: 'detect table.csv --label class --out found -q --limit 60', timed: true },
  compress: {
    text: 'compress image-model images.idx -o small.gar --embed --report small.html -q --limit 60',
    outputs: ['small.gar', 'small.html'],
  },
  decompress: { text: 'decompress images.gar -o unpacked/ -q', outputs: ['unpacked/00001.png'], most: 30 },
  'decompress npy': { text: 'decompress images.gar -o unpacked.npy -q', outputs: ['unpacked.npy'] },
  sample: { text: 'sample drawing-model -n 9 -o drawn.png -q', outputs: ['drawn.png'] },
  inspect: {
    text: 'inspect image-model images.idx --repair --save mended.onnx -o inspect.html -q --limit 80',
    outputs: ['mended.onnx', 'inspect.html'],
  },
  'inspect --retrain': {
    text: 'inspect image-model images.idx --retrain -o inspect.html -q --limit 80',
    outputs: ['inspect.html'],
  },
  compare: { text: 'compare image-model drawing-model -o compare.html -q --limit 80', outputs: ['compare.html'] },
  export: { text: 'export image-model --part decoder -o decoder.onnx -q', outputs: ['decoder.onnx'] },
  data: { text: 'data images.idx -o first.png', outputs: ['first.png'] },
};

const words = (text) => text.split(' ');

/** A folder as the task finds it, and as it leaves it. */
async function baseOf({ text, before, outputs = [] }, place, path, host) {
  const base = copyOf(place, `${path}-base`);
  if (before) await must(before, { cwd: base });
  for (const output of outputs) {
    mkdirSync(dirname(join(base, output)), { recursive: true });
    writeFileSync(join(base, output), 'what was here before\n');
  }
  const after = copyOf(base, `${path}-after`);
  const { code, calls, stderr } = await host.run(text, after);
  if (code !== 0) throw new Error(`gargalo ${text}: ended with ${code}: ${stderr}`);
  return { base, calls, was: contentsOf(base), reference: contentsOf(after), after };
}

/** Files that a run keeps while it has not ended. */
const isOfRun = (path) =>
  /(^|\/)(metrics\.jsonl|checkpoint|config\.json|sweep\.json|model\.onnx|scores\.csv)$/.test(path);

/** What is wrong with what a command left that a disk failed. */
function faultsOf({ code, signal, stdout, stderr }, cwd, { was, reference }, task) {
  const now = contentsOf(cwd);
  if (code === 0) {
    return task.timed ? [] : differences(now, reference).map((words) => `ended with 0, but ${words}`);
  }
  const faults = [];
  if (code !== 2) faults.push(`ended with ${signal ?? code}`);
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !/^gargalo: warning: /.test(line));
  if (lines.length !== 1 || !/^gargalo: .+: .*(cannot write|full|i\/o error)/.test(lines[0]))
    faults.push(`said ${JSON.stringify(stderr)}`);
  if (/please report|unexpected|at .*\.js:/.test(stderr)) faults.push('took it for a mistake of its own');
  if (stdout !== '') faults.push(`a result all the same: ${stdout}`);
  /** Whether a file may be another than before and after: of a run that can go on, or that has taken its place and lacks its report. */
  const mayBe = (path) => {
    if (!isOfRun(path) || path.includes('.next/')) return false;
    // a disk that fails between two renames of the swap: the rest waits in .ready for the next command
    const isSettling = Object.keys(now).some((other) => other.startsWith('run/.ready/'));
    const isSettled =
      isSettling || (now['run/config.json'] === reference['run/config.json'] && !path.endsWith('.json'));
    return was[path] === undefined || task.goesOn === true || isSettled;
  };
  for (const [path, digest] of Object.entries(now)) {
    if (digest === was[path] || digest === reference[path]) continue;
    if (!digest.startsWith('broken') && mayBe(path)) continue;
    faults.push(was[path] === undefined ? `left ${path}: ${digest}` : `${path} is no longer what it was: ${digest}`);
  }
  for (const path of Object.keys(was)) {
    if (now[path] === undefined && !(path === 'run/report.html' && now['run/model.onnx'] !== was['run/model.onnx'])) {
      faults.push(`${path} of before is gone`);
    }
  }
  return faults;
}

/** One run on a disk that fails, and the next one on a sound disk where the command goes on with what is there. */
async function attempt(task, base, cwd, host, disturbed) {
  const ended = await disturbed();
  const faults = faultsOf(ended, cwd, base, task);
  const isRun = task.resume !== undefined || task.text.startsWith('sweep');
  if (isRun && ended.code !== 0 && faults.length === 0) {
    const text = nextOf(task, cwd, task.before !== undefined);
    const next = await host.run(text, cwd);
    if (next.code !== 0) faults.push(`then ${text} ended with ${next.code}: ${next.stderr}`);
    faults.push(...differences(contentsOf(cwd), base.reference).map((words) => `then ${words}`));
  }
  return { code: ended.code, stderr: ended.stderr, faults };
}

/** Where something may be mounted, to be let go at any end. */
const mounted = new Set();
process.on('exit', () => {
  for (const path of mounted) spawnSync('umount', [path]);
});

/** Whether file systems can be mounted here: root can, users cannot. */
function tmpfsAt(path) {
  mkdirSync(path, { recursive: true });
  mounted.add(path);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'gargalo-torture', path]).status === 0;
}

/** Shares of the bytes that a command needs which a small disk has. */
const SHARES = [0, 0.2, 0.5, 0.8, 0.95];

/** Bytes that a command writes, and those of its largest file. */
function bytesOf({ base, after }) {
  const sizes = filesBelow(after)
    .filter((path) => !path.endsWith('/'))
    .map((path) => {
      const size = statSync(join(after, path)).size;
      const isOld =
        existsSync(join(base, path)) && readFileSync(join(base, path)).equals(readFileSync(join(after, path)));
      return isOld ? 0 : size;
    });
  return { total: sizes.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4096, 0), largest: Math.max(...sizes) };
}

/** Real disks with too little room: a tmpfs where one can be mounted, and the system's limit on the size of files. */
async function smallDisks(task, base, folder, host, count) {
  const { total, largest } = bytesOf(base);
  const small = join(folder, 'small');
  for (const share of SHARES) {
    if (tmpfsAt(small)) {
      try {
        const cwd = copyOf(base.base, join(small, 'work'));
        const { bavail, bsize } = statfsSync(small);
        const ballast = Math.max(0, bavail * bsize - Math.floor(share * total));
        spawnSync('fallocate', ['-l', String(ballast), join(small, 'ballast')]);
        await count(`a disk with ${share} of the room`, cwd, async () => {
          const ended = await host.run(task.text, cwd);
          return { code: ended.code, stderr: ended.stderr, faults: faultsOf(ended, cwd, base, task) };
        });
      } finally {
        spawnSync('umount', [small]);
      }
    }
    const limit = Math.floor((share * largest) / 1024);
    const cwd = copyOf(base.base, join(folder, 'limited'));
    await count(`files of at most ${limit} KiB`, cwd, () =>
      attempt(task, base, cwd, host, () => run(words(task.text), { cwd, limit })),
    );
  }
}

/**
 * @param {{ place: string, folder: string, only?: string, most: number, say: (text: string) => void }} options
 *   `most`: calls of a command that are tried
 * @returns how many trials failed
 */
export async function torture({ place, folder, only, most, say }) {
  const host = openHost();
  const totals = { trials: 0, refused: 0, unharmed: 0, failed: 0 };
  const chosen = Object.entries(tasks).filter(([name]) => only === undefined || new RegExp(only).test(name));
  for (const [name, task] of chosen) {
    const path = join(folder, name.replaceAll(/\W+/g, '-'));
    const base = await baseOf(task, place, path, host);
    const row = { trials: 0, refused: 0, unharmed: 0, failed: 0 };
    const count = async (what, cwd, work) => {
      const { code, stderr, faults } = await work();
      row.trials++;
      row[code === 0 ? 'unharmed' : 'refused']++;
      if (faults.length === 0) return;
      row.failed++;
      const kept = `${path}-failed-${row.trials}`;
      copyOf(cwd, kept);
      writeFileSync(
        join(kept, 'trial.json'),
        JSON.stringify({ command: task.text, what, code, stderr, faults }, null, 2),
      );
      say(`${name}: ${what}: ${faults.slice(0, 3).join('; ')}: kept in ${kept}`);
    };
    for (const action of ['full', 'broken']) {
      for (let at = 1; at <= Math.min(base.calls, most, task.most ?? base.calls); at++) {
        const cwd = copyOf(base.base, `${path}-work-${action}-${at}`);
        const env = { TORTURE_AT: String(at), TORTURE_ACTION: action };
        await count(`${action} at call ${at}`, cwd, () =>
          attempt(task, base, cwd, host, () => host.run(task.text, cwd, env)),
        );
        rmSync(cwd, { recursive: true, force: true });
      }
    }
    await smallDisks(task, base, folder, host, count);
    for (const part of ['base', 'after']) rmSync(`${path}-${part}`, { recursive: true, force: true });
    for (const key of Object.keys(totals)) totals[key] += row[key];
    say(
      `${name.padEnd(28)} ${base.calls} calls, ${row.trials} trials: ${row.refused} refused, ${row.unharmed} unharmed, ${row.failed} failed`,
    );
  }
  say(`all: ${totals.trials} trials: ${totals.refused} refused, ${totals.unharmed} unharmed, ${totals.failed} failed`);
  host.close();
  return totals.failed;
}
