// Trainings for the rows: each in a run folder of its own under runs/results/, gone on with where it was interrupted.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelOf, prepare, train } from '../dist/index.js';
import { loadModel, saveModel } from '../dist/node.js';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = join('runs', 'results'); // relative to the root, so that commands read the same on every machine
const checkpointMilliseconds = 20_000;

/**
 * @typedef {object} Trained
 * @property {string} command  what a person types to get the same
 * @property {Record<string, number>} summary  of the whole training; the fields of `gargalo train --json`
 * @property {import('../dist/index.js').TrainedModel} model
 */

/** The folder of a training; emptied where what lies there was asked for differently. */
function openFolder(name, asked) {
  const folder = join(runs, name);
  const path = join(root, folder);
  const note = join(path, 'asked.json');
  const text = JSON.stringify(asked);
  const goesOn = existsSync(note) && readFileSync(note, 'utf8') === text;
  if (!goesOn) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(note, text);
  return { folder, path, summary: join(path, 'summary.json') };
}

/**
 * Trains by the command line: `gargalo train …`. What was finished before is not trained again.
 * @param {string} name  of the run folder
 * @param {string} flags  as typed after `gargalo train`, without the run's own (--out, --threads, --json)
 * @param {{ threads: number, say: (text: string) => void }} context
 * @returns {Promise<Trained>}
 */
export async function trainByCommand(name, flags, { threads, say }) {
  const { folder, path, summary } = openFolder(name, { flags, threads });
  // Rows say what they want; what they leave open has the fixed defaults that their figures were taken with.
  const command = `gargalo train ${flags} --recipe none --threads ${threads} --out ${folder}`;
  const finished = () => existsSync(summary) && existsSync(join(path, 'model.onnx'));
  if (!finished()) {
    const resumes = existsSync(join(path, 'checkpoint'));
    say(`${resumes ? 'going on with' : 'running'} ${command}`);
    const words = [...command.split(' ').slice(1), '--json', '--quiet', ...(resumes ? ['--resume'] : [])];
    const output = await run([join(root, 'bin', 'gargalo.js'), ...words]);
    writeFileSync(summary, output);
  }
  return {
    command,
    summary: JSON.parse(readFileSync(summary, 'utf8')),
    model: await loadModel(join(path, 'model.onnx')),
  };
}

/**
 * Runs `gargalo detect` without a model, which trains one: once.
 * @param {string} folder  of the run, from the root
 * @param {string[]} words  as typed after `gargalo detect`, without the run's own (--out, --threads, --json)
 * @param {{ threads: number, say: (text: string) => void }} context
 * @returns {Promise<Record<string, any>>} the fields of `gargalo detect --json`
 */
export async function detectByCommand(folder, words, { threads, say }) {
  const path = join(root, folder);
  const summary = join(path, 'summary.json');
  if (!existsSync(summary)) {
    rmSync(path, { recursive: true, force: true });
    say(`running gargalo detect ${words.join(' ')} --out ${folder}`);
    const flags = ['--threads', String(threads), '--out', folder, '--json', '--quiet'];
    const output = await run([join(root, 'bin', 'gargalo.js'), 'detect', ...words, ...flags]);
    writeFileSync(summary, output);
  }
  return JSON.parse(readFileSync(summary, 'utf8'));
}

/** Runs any command of the tool from the root and gives what it printed. */
export const gargalo = (words) => run([join(root, 'bin', 'gargalo.js'), ...words]);

async function run(words) {
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGINT');
  process.on('exit', stop);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  process.off('exit', stop);
  if (code !== 0) throw new Error(`gargalo ${words.slice(1).join(' ')} ended with status ${code}`);
  return output;
}

/**
 * Trains by the library, for data that no command reads: the same options, run folder and going on.
 * @param {string} name  of the run folder
 * @param {{ train: import('../dist/index.js').Dataset, test: import('../dist/index.js').Dataset }} data
 * @param {Record<string, unknown> & { kind: string }} options  of the kind and of training
 * @param {{ threads: number, say: (text: string) => void }} context
 * @returns {Promise<Trained>}
 */
export async function trainByLibrary(name, data, { kind, ...values }, { threads, say }) {
  const { path, summary } = openFolder(name, { kind, values, threads, train: data.train.name });
  const command = `fit(${data.train.name}, ${JSON.stringify({ kind, recipe: 'none', ...values, threads })})`;
  const modelPath = join(path, 'model.onnx');
  if (!existsSync(summary)) {
    const earlier = existsSync(modelPath) ? await loadModel(modelPath) : undefined;
    say(`${earlier ? 'going on with' : 'running'} ${command}`);
    const prepared = await prepare(data, { kind, values: { recipe: 'none', ...values } }, earlier);
    const resume = earlier?.training;
    let saved = performance.now();
    let parameters = 0;
    for await (const event of train(prepared, { runtime: { threads }, ...(resume && { resume }) })) {
      if (event.type === 'start') parameters = event.parameters;
      if (event.type === 'epoch') say(`  epoch ${event.record.epoch}: test loss ${event.record.testLoss}`);
      if (event.type === 'epoch' && performance.now() - saved > checkpointMilliseconds) {
        await saveModel(modelPath, modelOf(prepared.specification, await event.snapshot()));
        saved = performance.now();
      }
      if (event.type !== 'end') continue;
      if (event.problem) throw event.problem;
      const { state } = event;
      await saveModel(modelPath, modelOf(prepared.specification, state));
      const last = state.history.at(-1);
      const figures = {
        parameters,
        epochs: state.epoch,
        trainLoss: last.trainLoss,
        testLoss: last.testLoss,
        testSquaredError: last.testSquaredError,
        seconds: state.history.reduce((sum, { seconds }) => sum + seconds, 0),
      };
      writeFileSync(summary, JSON.stringify(figures));
    }
  }
  return { command, summary: JSON.parse(readFileSync(summary, 'utf8')), model: await loadModel(modelPath) };
}
