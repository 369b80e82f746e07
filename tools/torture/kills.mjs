// Kills commands at random moments of their run and lets them go on: what is there in between is whole, and in the end all is as if
// nothing had been.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  contentsOf,
  copyOf,
  differences,
  digestOf,
  filesBelow,
  must,
  processorSeconds,
  randomNumbers,
  run,
} from './place.mjs';

const training = (kind, options, extra = '') => ({
  name: `train ${kind}`,
  text: `train images.idx --kind ${kind} ${options} --seed 3 --out run -q${extra}`,
  resume: 'train images.idx --out run --resume -q',
  /** What an earlier run in the folder was made by. */
  earlier: 'train table.csv --label class --code 1 --epochs 2 --out run -q',
  /** The swap begins with the model's file. */
  end: 'model\\.onnx',
});
const once = (name, text, more = {}) => ({ name, text, end: '', ...more });

/** Six kinds whose training keeps different states, and what has no state but its outputs. */
export const cases = [
  // PCA's start, best weights, a schedule
  training('basic', '--code 4 --encoder 16 --epochs 150 --patience 1000'),
  // stages, layer by layer
  training(
    'deep',
    '--recipe none --code 4 --encoder 16,8 --pretraining autoencoder --pretraining-epochs 12 --batch 32 --epochs 40',
  ),
  training('denoising', '--recipe none --code 4 --corruption masking --batch 32 --epochs 90'),
  training('variational', '--recipe none --code 3 --kl-warmup 20 --batch 32 --epochs 90'),
  // running means behind the codebook
  training('vector-quantized', '--recipe none --code 4 --entries 16 --batch 32 --epochs 70'),
  // an opponent with an optimizer of its own
  training('adversarial', '--recipe none --code 4 --discriminator 16 --batch 32 --epochs 60'),
  once(
    'sweep',
    'sweep images.idx --recipe none --code 2,4 --kind basic,denoising --batch 32 --epochs 30 --out sweep -q',
    {
      end: 'sweep/basic-4/model\\.onnx',
    },
  ),
  once('compress', 'compress image-model many.idx --effort 1 -o many.gar -q'),
  once('encode', 'encode table-model long.csv --label class -o codes.csv -q'),
  once('inspect', 'inspect image-model images.idx --repair --save mended.onnx -o inspect.html -q'),
  once('detect', 'detect photo-model photos -o scores.csv --report detect.html --heatmaps heat -q'),
  once('reconstruct', 'reconstruct image-model many.idx -o rebuilt.npy -q'),
];

const isTraining = ({ resume }) => resume !== undefined;
const outputOf = ({ text }) => /--out (\S+)/.exec(text)?.[1];
const words = (text) => text.split(' ');

/** How far a killed command had come, by the calls that it made. */
function phaseOf(task, calls) {
  const last = (part) => calls.findLastIndex((line) => part.test(line));
  if (!isTraining(task) && task.name !== 'sweep') {
    const written = last(/\trename\t(?!.*report)/) >= 0;
    return written ? 'end' : calls.length > 2 ? 'during' : 'before';
  }
  if (last(/\trename\t.*checkpoint$/) < 0) return 'before';
  return last(new RegExp(`\t${task.end}|${task.end}`)) < 0 ? 'during' : 'end';
}

/** Whatever stands under a name that readers know is whole: the earlier one, or a new one. */
function brokenParts(folder, earlier) {
  const names = filesBelow(folder).filter((path) => !/(^|\/)\.[^/]*(\/|$)/.test(path) && !path.endsWith('/'));
  return names
    .flatMap((path) => {
      try {
        digestOf(join(folder, path));
        return [];
      } catch (error) {
        return [`${path}: ${error.message}`];
      }
    })
    .concat(
      Object.keys(earlier)
        .filter((path) => !path.endsWith('report.html') && !existsSync(join(folder, path)))
        .map((path) => `${path} of before is gone`),
    );
}

/** An earlier run stays as it is, to the file, until the new one takes its place. */
function mixedParts(folder, earlier) {
  const isSettling = existsSync(join(folder, '.ready'));
  const now = contentsOf(folder);
  const isEarlier = Object.entries(earlier).map(([path, digest]) => now[path] === digest);
  if (isSettling || isEarlier.every(Boolean)) return [];
  return now['config.json'] !== earlier['config.json'] && now['model.onnx'] !== earlier['model.onnx']
    ? []
    : ['files of two runs are mixed'];
}

/**
 * Watches how much a command has done, in seconds of the processors, or of the clock where the system does not tell.
 *
 * @returns ends the watch, and gives what was seen last
 */
function watch(child, look) {
  const began = performance.now();
  let seconds = 0;
  const timer = setInterval(() => {
    const now =
      processorSeconds(child.pid) ?? (process.platform === 'linux' ? seconds : (performance.now() - began) / 1000);
    seconds = Math.max(seconds, now);
    look(seconds);
  }, 3);
  return () => {
    clearInterval(timer);
    return seconds;
  };
}

/** Kills a command when its time has come, or lets its own hook do that at a call. */
async function killed(text, cwd, { after, at, from, clock, log }) {
  const ended = await run(words(text), {
    cwd,
    hooked: true,
    env: {
      TORTURE_LOG: log,
      TORTURE_CLOCK: clock,
      ...(at !== undefined && { TORTURE_AT: String(at), TORTURE_ACTION: 'kill', TORTURE_FROM: from }),
    },
    onStart(child) {
      if (after === undefined) return;
      const end = watch(child, (seconds) => {
        if (seconds < after || child.exitCode !== null) return;
        end();
        process.kill(-child.pid, 'SIGKILL');
      });
      child.once('exit', end);
    },
  });
  return ended.signal === 'SIGKILL' ? true : ended.code === 0 ? false : ended.stderr;
}

/** Where a killed training goes on: by --resume where it left a checkpoint, else from its start. */
export function nextOf(task, cwd, hadEarlier) {
  if (!isTraining(task)) return task.text;
  const next = existsSync(join(cwd, 'run', '.next', 'checkpoint'));
  const settled = existsSync(join(cwd, 'run', '.ready')) || !hadEarlier || !existsSync(join(cwd, 'run', '.next'));
  const config = join(cwd, 'run', existsSync(join(cwd, 'run', '.ready')) ? '.ready/config.json' : 'config.json');
  const own = existsSync(config) && readFileSync(config, 'utf8').includes('"source": "images.idx"');
  const moved = existsSync(join(cwd, 'run', '.ready')) || own;
  return next ||
    (settled &&
      moved &&
      (existsSync(join(cwd, 'run', 'checkpoint')) || existsSync(join(cwd, 'run', '.ready', 'checkpoint'))))
    ? task.resume
    : task.text;
}

const CLOCK = '20';

/** How a task goes when nobody disturbs it. */
async function referenceOf(task, place, cwd) {
  copyOf(place, cwd);
  const log = join(cwd, '..', 'calls');
  rmSync(log, { force: true });
  // twice: the first has to fill the disk's cache
  await must(task.text, { cwd });
  const plain = contentsOf(cwd);
  copyOf(place, cwd);
  const env = { TORTURE_LOG: log, TORTURE_CLOCK: CLOCK, TORTURE_FROM: task.end };
  let seconds = 0;
  await must(task.text, {
    cwd,
    hooked: true,
    env,
    onStart(child) {
      const end = watch(child, (seen) => {
        seconds = seen;
      });
      child.once('exit', end);
    },
  });
  const contents = contentsOf(cwd);
  const unlike = differences(contents, plain);
  if (unlike.length > 0) throw new Error(`${task.name}: two undisturbed runs differ: ${unlike.join('; ')}`);
  const calls = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('0\t')).length;
  let earlier = {};
  if (task.earlier) {
    const before = copyOf(place, `${cwd}-earlier`);
    await must(task.earlier, { cwd: before });
    earlier = contentsOf(join(before, 'run'));
  }
  return { contents, calls, seconds, earlier, before: task.earlier ? `${cwd}-earlier` : place };
}

/** One kill, or two, and what comes of it. */
async function trial(task, reference, place, cwd, random) {
  const hadEarlier = isTraining(task) && random() < 0.5;
  copyOf(hadEarlier ? reference.before : place, cwd);
  const output = outputOf(task);
  const before = hadEarlier ? reference.earlier : {};
  const faults = [];
  const log = join(cwd, '..', 'calls');
  // seven of ten by the clock; the others at a call of the end, where moments are short
  const moment = () =>
    random() < 0.7
      ? { after: (0.04 + 0.98 * random()) * reference.seconds }
      : { at: 1 + Math.floor(random() * reference.calls), from: task.end };
  const told = { hadEarlier, moments: [] };
  const phases = [];
  let text = task.text;
  for (let left = random() < 1 / 3 ? 2 : 1; left > 0; left--) {
    rmSync(log, { force: true });
    const chosen = moment();
    const was = await killed(text, cwd, { ...chosen, clock: CLOCK, log });
    told.moments.push({ command: text, ...chosen, was });
    if (typeof was === 'string') faults.push(`a disturbed run failed: ${was}`);
    const calls = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    if (was === true) phases.push(phaseOf(task, calls));
    if (output !== undefined) {
      faults.push(...brokenParts(join(cwd, output), before));
      if (hadEarlier) faults.push(...mixedParts(join(cwd, output), before));
    } else faults.push(...brokenParts(cwd, {}));
    text = nextOf(task, cwd, hadEarlier);
  }
  if (text === task.resume) told.resumed = true;
  const ended = await run(words(text), { cwd });
  if (ended.code !== 0) faults.push(`${text}: ended with ${ended.code}: ${ended.stderr.trim()}`);
  const unlike = differences(contentsOf(cwd), reference.contents);
  const leftovers = unlike.filter((words) => words.includes('left behind'));
  faults.push(...unlike);
  if (faults.length > 0) writeFileSync(join(cwd, 'trial.json'), JSON.stringify({ ...told, faults }, null, 2));
  return { phases, resumed: told.resumed === true, isEqual: unlike.length === 0, leftovers: leftovers.length, faults };
}

/**
 * @param {{ place: string, folder: string, kills: number, seed: number, only?: string, say: (text: string) => void }} options
 * @returns how many trials failed
 */
export async function torture({ place, folder, kills, seed, only, say }) {
  const random = randomNumbers(seed);
  const chosen = cases.filter(({ name }) => only === undefined || new RegExp(only).test(name));
  const references = new Map();
  for (const task of chosen) {
    const reference = await referenceOf(task, place, join(folder, `reference-${task.name.replace(' ', '-')}`));
    references.set(task, reference);
    say(`${task.name}: ${reference.seconds.toFixed(1)} s of the processors undisturbed`);
  }
  const counts = new Map(
    chosen.map(({ name }) => [
      name,
      { kills: 0, before: 0, during: 0, end: 0, twice: 0, resumed: 0, equal: 0, leftovers: 0, failed: 0 },
    ]),
  );
  let [done, failed] = [0, 0];
  for (let n = 0; done < kills; n++) {
    const task = chosen[n % chosen.length];
    const cwd = join(folder, `trial-${n}`);
    const ended = await trial(task, references.get(task), place, cwd, random);
    const row = counts.get(task.name);
    done += ended.phases.length;
    row.kills += ended.phases.length;
    for (const phase of ended.phases) row[phase]++;
    if (ended.phases.length > 1) row.twice++;
    if (ended.resumed) row.resumed++;
    if (ended.isEqual) row.equal++;
    row.leftovers += ended.leftovers;
    if (ended.faults.length > 0) {
      row.failed++;
      failed++;
      say(`${task.name}: trial ${n}: ${ended.faults.slice(0, 4).join('; ')}: kept in ${cwd}`);
    } else rmSync(cwd, { recursive: true, force: true });
  }
  const columns = ['kills', 'before', 'during', 'end', 'twice', 'resumed', 'equal', 'leftovers', 'failed'];
  const rows = [...counts].map(([name, row]) => [name, ...columns.map((column) => row[column])]);
  const total = ['all', ...columns.map((_, i) => rows.reduce((sum, row) => sum + row[i + 1], 0))];
  say('');
  for (const row of [['', ...columns], ...rows, total])
    say(row.map((cell, i) => (i === 0 ? String(cell).padEnd(24) : String(cell).padStart(10))).join(''));
  say('');
  say(
    'before: the first checkpoint, or any output · end: from the model’s file on, or with an output written · twice: also while it went on',
  );
  say('equal: trials whose files are those of an undisturbed run, without times');
  return failed;
}
