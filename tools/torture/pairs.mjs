// Two at once: commands that meet in one folder or at one output, locks of the dead and of other machines, links that were planted, and
// signals that come when all is done.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownProcess } from '../../dist/data/write/process.js';
import { contentsOf, copyOf, differences, digestOf, filesBelow, must, randomNumbers, run } from './place.mjs';

const words = (text) => text.split(' ');
const isHeld = ({ code, stderr }) => code === 2 && /^gargalo: .*nobody else writes to.*--out\)\n$/.test(stderr);
const isDone = ({ code }) => code === 0;
const saidOf = ({ code, signal, stderr }) => `${code ?? signal}: ${stderr.trim()}`;
const check = (holds, problem) => (holds ? [] : [problem]);

/** What a training leaves when it is alone; the same options in every trial. */
const options = 'images.idx --recipe none --kind basic --batch 32 --epochs 12';
const references = new Map();
async function alone(text, place, folder) {
  const known = references.get(text);
  if (known) return known;
  const cwd = copyOf(place, join(folder, `alone-${references.size}`));
  await must(text, { cwd });
  references.set(text, contentsOf(cwd));
  return references.get(text);
}
const all = (texts, cwd) => Promise.all(texts.map((text) => run(words(text), { cwd })));
/** Names of hidden files, which nobody should leave. */
const hidden = (cwd) =>
  filesBelow(cwd)
    .filter((path) => /(^|\/)\./.test(path))
    .map((path) => `${path} is left behind`);

/** Trainings into one folder: one has it, the others are told; what is there is all of the one. */
async function oneFolder({ cwd, place, folder }) {
  const texts = [2, 3, 4].map((code) => `train ${options} --code ${code} --out run -q`);
  const ended = await all(texts, cwd);
  const winners = texts.filter((_, i) => isDone(ended[i]));
  const others = ended.filter((one) => !isDone(one));
  const wholes = [];
  for (const text of winners) wholes.push(await alone(text, place, folder));
  const now = contentsOf(cwd);
  return [
    ...check(winners.length > 0, 'nobody trained'),
    ...others.filter((one) => !isHeld(one)).map((one) => `another was not told: ${saidOf(one)}`),
    ...check(
      wholes.some((whole) => differences(now, whole).length === 0),
      `the run is none of the winners': ${differences(now, wholes[0] ?? {}).join('; ')}`,
    ),
  ];
}

/** Without --out each has a folder of its own. */
const freshFolders =
  (text) =>
  async ({ cwd }) => {
    const ended = await all([text, text, text], cwd);
    const runs = readdirSync(join(cwd, 'runs'));
    const [first, ...others] = runs.map((name) => contentsOf(join(cwd, 'runs', name)));
    // the place of the folder is in the record and the page
    const plain = (contents) =>
      Object.fromEntries(Object.entries(contents).filter(([path]) => !/(config|sweep)\.json$/.test(path)));
    return [
      ...ended.filter((one) => !isDone(one)).map((one) => `refused: ${saidOf(one)}`),
      ...check(runs.length === 3, `expected 3 folders, got ${runs.join(', ')}`),
      ...others.flatMap((other) => differences(plain(other), plain(first))),
    ];
  };

/** A training and one that goes on with the run that it replaces. */
async function trainAndResume({ cwd }) {
  const before = `train ${options} --code 2 --out run -q`;
  await must(before, { cwd });
  const ended = await all(
    [`train ${options} --code 3 --out run -q`, 'train images.idx --out run --resume --epochs 14 -q'],
    cwd,
  );
  const { epoch } = JSON.parse(readFileSync(join(cwd, 'run/metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1));
  return [
    ...check(ended.some(isDone), 'nobody trained'),
    ...ended.filter((one) => !isDone(one) && !isHeld(one)).map((one) => `another was not told: ${saidOf(one)}`),
    ...check(epoch === 12 || epoch === 14, `the run ends at epoch ${epoch}`),
    ...Object.entries(contentsOf(join(cwd, 'run')))
      .filter(([, digest]) => digest.startsWith('broken'))
      .map(([path, digest]) => `${path}: ${digest}`),
  ];
}

/** Two writers of one output: it is one of theirs, whole. */
async function oneOutput({ cwd, place, folder }) {
  const texts = ['long.csv', 'table.csv'].map((data) => `encode table-model ${data} --label class -o codes.csv -q`);
  const ended = await all([...texts, texts[0]], cwd);
  const wholes = [];
  for (const text of texts) wholes.push(await alone(text, place, folder));
  return [
    ...ended.filter((one) => !isDone(one)).map((one) => `failed: ${saidOf(one)}`),
    ...check(
      wholes.some((whole) => differences(contentsOf(cwd), whole).length === 0),
      'the output is neither',
    ),
  ];
}

/** Who reads a run while another takes its place finds a whole model each time. */
async function readWhileTrained({ cwd }) {
  await must(`train ${options} --code 2 --out run -q`, { cwd });
  let isOver = false;
  const training = run(words(`train ${options} --code 3 --out run -q`), { cwd }).finally(() => {
    isOver = true;
  });
  const faults = [];
  while (!isOver) {
    const read = await run(words('encode run images.idx -o codes.npy -q'), { cwd });
    if (!isDone(read)) faults.push(`a reader failed: ${saidOf(read)}`);
  }
  return [...faults, ...check(isDone(await training), 'the training failed')];
}

const gone = () => ({ ...ownProcess, pid: spawnSync(process.execPath, ['-e', '']).pid });
const MINUTE = 60_000;

/** Locks that were left; `age` in milliseconds. */
const leftLock =
  (holder, age, isTaken) =>
  async ({ cwd, place, folder }) => {
    const text = `train ${options} --code 2 --out run -q`;
    mkdirSync(join(cwd, 'run'));
    const lock = join(cwd, 'run/.lock');
    writeFileSync(lock, holder === undefined ? '' : JSON.stringify({ ...holder(), host: 'elsewhere', since: 'then' }));
    const then = new Date(Date.now() - age);
    utimesSync(lock, then, then);
    const ended = await all([text, text, text, text], cwd);
    const others = ended.filter((one) => !isDone(one));
    return [
      ...check(
        isTaken ? ended.some(isDone) : !ended.some(isDone),
        isTaken ? 'nobody took it over' : 'it was taken over',
      ),
      ...others.filter((one) => !isHeld(one)).map((one) => `another was not told: ${saidOf(one)}`),
      ...(isTaken
        ? differences(contentsOf(cwd), await alone(text, place, folder))
        : check(filesBelow(join(cwd, 'run')).length === 1, 'something was written')),
    ];
  };

/** A link under the name of a temporary file leads nobody to write where it points. */
async function plantedLink({ cwd, random }) {
  const victim = join(cwd, 'victim');
  writeFileSync(victim, 'precious\n');
  const env = {
    TORTURE_ACTION: 'plant',
    TORTURE_VICTIM: victim,
    TORTURE_AT: String(1 + Math.floor(5 * random())),
    TORTURE_FROM: '\\.tmp$',
  };
  const ended = await run(words('encode table-model table.csv --label class -o codes.csv -q'), {
    cwd,
    hooked: true,
    env,
  });
  const isIntact = readFileSync(victim, 'utf8') === 'precious\n';
  return [
    ...check(isIntact, 'it was written through the link'),
    ...check(
      ended.code === 0 || (ended.code === 2 && /^gargalo: .*cannot write.*\n$/.test(ended.stderr)),
      saidOf(ended),
    ),
    // the link was laid by somebody else
    ...hidden(cwd).filter((words) => !words.includes('.tmp')),
  ];
}

/** A signal that comes when the result is out does not make a failure of it. */
const lateSignal =
  (signal) =>
  async ({ cwd, random }) => {
    const ended = await run(words(`train images.idx --recipe none --code 2 --epochs 1 --out run -q`), {
      cwd,
      onStart(child) {
        child.stdout.once('data', () => setTimeout(() => child.kill(signal), 80 * random()));
      },
    });
    const model = digestOf(join(cwd, 'run/model.onnx'));
    return [...check(ended.code === 0, saidOf(ended)), ...check(model !== undefined, 'no model'), ...hidden(cwd)];
  };

const trials = {
  'trainings into one folder': oneFolder,
  'trainings without --out': freshFolders(`train ${options} --code 2 -q`),
  'sweeps without --out': freshFolders('sweep images.idx --recipe none --code 2 --epochs 3 --jobs 1 -q'),
  'detect without --out': freshFolders('detect table.csv --label class --limit 60 -q'),
  'a training and one that goes on': trainAndResume,
  'encodes to one output': oneOutput,
  'a reader while a run is replaced': readWhileTrained,
  'a lock of a dead process': leftLock(gone, 0, true),
  'a lock whose number another process has': leftLock(() => ({ ...ownProcess, start: '1' }), 0, true),
  'a lock of another machine, touched': leftLock(() => ({ ...gone(), place: '00000000' }), MINUTE, false),
  'a lock of another machine, left': leftLock(() => ({ ...gone(), place: '00000000' }), 11 * MINUTE, true),
  'an empty lock, left': leftLock(undefined, MINUTE, true),
  'a planted link': plantedLink,
  'SIGTERM after the result': lateSignal('SIGTERM'),
  'SIGINT after the result': lateSignal('SIGINT'),
  'SIGHUP after the result': lateSignal('SIGHUP'),
};

/** @param {{ place: string, folder: string, rounds: number, seed: number, only?: string, say: (text: string) => void }} options */
export async function torture({ place, folder, rounds, seed, only, say }) {
  const random = randomNumbers(seed);
  let failed = 0;
  for (const [name, trial] of Object.entries(trials)) {
    if (only !== undefined && !new RegExp(only).test(name)) continue;
    let bad = 0;
    for (let round = 1; round <= rounds; round++) {
      const cwd = copyOf(place, join(folder, `${name.replaceAll(/\W+/g, '-')}-${round}`));
      const faults = await trial({ cwd, place, folder, random });
      if (faults.length > 0) {
        bad++;
        say(`${name}: ${faults.slice(0, 4).join('; ')}: kept in ${cwd}`);
      } else rmSync(cwd, { recursive: true, force: true });
    }
    failed += bad;
    say(`${name.padEnd(40)} ${rounds} rounds, ${bad} failed`);
  }
  return failed;
}
