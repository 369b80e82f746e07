import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { badInput, systemCode } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { checkWritable, createNewFolder, fileProblem, writeFileAtomic } from '../data/write/write.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { EpochRecord, TrainedModel, TrainingRequest } from '../train/events.js';
import { loadModel, modelsOfRun, saveModel } from '../train/model-file.js';
import { encodeModelFile } from '../train/model-format.js';
import type { Recipe } from '../train/recipe.js';
import { lockFolder } from './lock.js';
import type { Reading } from './options.js';

/** The files of a run. */
export const runFiles = {
  model: modelsOfRun[0],
  metrics: 'metrics.jsonl',
  config: 'config.json',
  report: 'report.html',
  checkpoint: modelsOfRun[1],
} as const;

/** How the data of a run were read, so that resuming reads them the same. */
export interface DataDescription extends Reading {
  readonly source: string;
  /** The data that it was tested on, where they were named. */
  readonly validation?: string;
  readonly trainExamples: number;
  readonly testExamples: number;
  readonly shape: readonly number[];
  readonly type: string;
  /** Hash of the training data; known once training has begun. */
  readonly fingerprint?: string;
}

/** What `config.json` holds: enough to repeat the run. */
export interface RunConfiguration {
  /** Says that this folder is ours. */
  readonly tool: 'gargalo';
  readonly command: string;
  readonly specification: object;
  readonly training: object;
  /** What was chosen by the data, and the steps and seconds that it was thought to take; none with the recipe `none`. */
  readonly recipe?: Recipe;
  readonly request: TrainingRequest;
  readonly data: DataDescription;
  readonly runtime: RuntimeOptions;
  readonly versions: Readonly<Record<string, string>>;
  readonly started: string;
  readonly finished?: string;
}

/** Where a training writes while an earlier run lies in its folder, and where all of it waits to take that run's place. */
export const NEXT = '.next';
const READY = '.ready';
/** Beside a run that waits without a report: that of the earlier run is not its own. */
const NO_REPORT = '.no-report';

/** A folder that this process holds. */
export interface HeldFolder {
  readonly path: string;
  /** Gives it back. */
  release(): void;
}

/**
 * Takes a folder for this process; it is made where it is missing, and can be written.
 *
 * @param named as a person named it
 * @param wanted else its name; with a number behind it where something of that name is there
 * @throws GargaloError `bad-input` where another process writes to it
 */
export async function takeFolder(
  named: string | undefined,
  wanted: string,
  what: 'run' | 'sweep',
): Promise<HeldFolder> {
  if (named !== undefined) await refuseFile(named, what);
  const path = named ?? (await createNewFolder(wanted));
  await checkWritable(path);
  const release = await lockFolder(path);
  try {
    await finishReplacing(path);
  } catch (error) {
    release();
    throw error;
  }
  return { path, release };
}

async function refuseFile(path: string, what: 'run' | 'sweep'): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    throw badInput(path, `expected a folder for the ${what}, got a file`, 'choose another with --out');
  }
}

/** Whether a training was killed while an earlier run was still there, and can go on; one that came to nothing is removed. */
export async function hasKilled(path: string): Promise<boolean> {
  const next = join(path, NEXT);
  if (await stat(join(next, runFiles.checkpoint)).catch(() => undefined)) return true;
  await rm(next, { recursive: true, force: true }).catch(() => undefined);
  return false;
}

/**
 * Ends what a killed process began: a run that was whole takes the place of the earlier one.
 *
 * @throws GargaloError `bad-input` for a file that cannot be replaced; what was not moved yet waits
 */
async function finishReplacing(path: string): Promise<void> {
  const ready = join(path, READY);
  if (!(await stat(ready).catch(() => undefined))) return;
  // config.json last: it says whose the others are. What is not there was moved before.
  const { model, checkpoint, metrics, report, config } = runFiles;
  for (const name of [model, checkpoint, metrics, report, config]) {
    await rename(join(ready, name), join(path, name)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw fileProblem(join(path, name), error, 'write');
    });
  }
  if (await stat(join(ready, NO_REPORT)).catch(() => undefined)) await rm(join(path, report), { force: true });
  await rm(ready, { recursive: true, force: true });
}

export const writeJson = (path: string, content: object): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);

/** Refuses a folder for a file that would be overwritten. */
export const foreignFile = (path: string, name: string, what: 'run' | 'sweep'): Error =>
  badInput(
    path,
    `expected an empty folder or one of a ${what}, got a ${name} that no ${what} of gargalo left`,
    'choose another folder with --out',
  );

/**
 * Reads the file that says what a folder is.
 *
 * @returns undefined where there is none, and nothing that would be overwritten
 * @throws GargaloError `bad-input` where the folder holds files of such names all the same
 */
export async function readRecord(path: string, name: string, what: 'run' | 'sweep'): Promise<string | undefined> {
  const record = join(path, name);
  try {
    return await readFile(record, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    await refuseFile(path, what);
    if (code === 'ENOTDIR') throw fileProblem(path, error, 'write');
    if (code !== 'ENOENT') throw fileProblem(record, error, 'read');
  }
  const names: readonly string[] = Object.values(runFiles);
  const foreign = (await readdir(path).catch(() => [])).find((entry) => names.includes(entry));
  if (foreign !== undefined) throw foreignFile(path, foreign, what);
  return undefined;
}

const line = (record: EpochRecord) => `${JSON.stringify(record)}\n`;

export type RunFolder = ReturnType<typeof openRunFolder>;

/**
 * The folder of a run. Everything but the metrics appears whole or not at all; those grow by whole lines. Where an earlier run is to
 * be replaced, a new one grows in a folder within and takes its place when there is something to keep.
 *
 * @param options.goesOn whether the training goes on that {@link hasKilled} found
 */
export function openRunFolder(path: string, { goesOn = false } = {}) {
  /** Where files are written to. */
  let home = goesOn ? join(path, NEXT) : path;
  const place = (name: keyof typeof runFiles) => join(home, runFiles[name]);
  return {
    path,
    /** Where the training that goes on left its files. */
    home,
    model: join(path, runFiles.model),
    report: join(path, runFiles.report),
    /** Begins a run. One that is there already stays as it is until {@link settle}. */
    async stage() {
      const next = join(path, NEXT);
      try {
        await rm(next, { recursive: true, force: true });
        if (!(await stat(join(path, runFiles.config)).catch(() => undefined))) return;
        await mkdir(next);
      } catch (error) {
        throw fileProblem(path, error, 'write');
      }
      home = next;
    },
    /** Puts what was written in the place of the earlier run, all or nothing. */
    async settle() {
      if (home === path) return;
      try {
        const hasReport = await stat(place('report')).catch(() => undefined);
        if (!hasReport) await writeFile(join(home, NO_REPORT), '');
        await rename(home, join(path, READY));
      } catch (error) {
        throw fileProblem(path, error, 'write');
      }
      home = path;
      await finishReplacing(path);
    },
    /** Takes away what came to nothing beside an earlier run, which stays; what goes on can go on again. Does nothing after {@link settle}. */
    async discard() {
      if (home !== path && !goesOn) await rm(home, { recursive: true, force: true }).catch(() => undefined);
    },
    /** Whether an earlier run is still there, as it was. */
    isStaged: () => home !== path,
    writeConfiguration: (configuration: RunConfiguration) => writeJson(place('config'), configuration),
    /** Replaces all lines. */
    writeMetrics: (history: readonly EpochRecord[]) => writeFileAtomic(place('metrics'), history.map(line).join('')),
    appendMetrics(record: EpochRecord) {
      try {
        // In one write, so that a process that is killed leaves whole lines.
        appendFileSync(place('metrics'), line(record));
      } catch (error) {
        throw fileProblem(place('metrics'), error, 'write');
      }
    },
    /** The model with all that is needed to train it on. */
    writeCheckpoint: (model: TrainedModel) => writeFileAtomic(place('checkpoint'), encodeModelFile(model)),
    /** The model alone. */
    writeModel: (model: TrainedModel, runtime: RuntimeOptions) => saveModel(place('model'), model, runtime),
    writeReport: (html: string) => writeFileAtomic(place('report'), html),
  };
}

/** Whether a config.json is that of a run. */
export const isConfiguration = (value: unknown): value is RunConfiguration =>
  typeof value === 'object' && value !== null && 'tool' in value && value.tool === 'gargalo';

/**
 * Reads the configuration of a run.
 *
 * @returns undefined where there is none
 * @throws GargaloError `bad-input` where the folder holds files that a run would overwrite and that are no run's
 */
export async function readConfiguration(path: string): Promise<RunConfiguration | undefined> {
  // Who may not write here reads what there is.
  await finishReplacing(path).catch(() => undefined);
  const text = await readRecord(path, runFiles.config, 'run');
  if (text === undefined) return undefined;
  try {
    const configuration: unknown = parseJson(text);
    if (isConfiguration(configuration)) return configuration;
  } catch {
    // no JSON: not ours
  }
  throw foreignFile(path, runFiles.config, 'run');
}

/**
 * Reads where a run stopped.
 *
 * @throws GargaloError `bad-input` where there is no checkpoint, or a damaged one
 */
export async function readCheckpoint(path: string): Promise<TrainedModel> {
  const checkpoint = join(path, runFiles.checkpoint);
  if (!(await stat(checkpoint).catch(() => undefined))) {
    throw badInput(
      path,
      'expected a run with a checkpoint to go on with, got none',
      'leave out --resume to start the run',
    );
  }
  return loadModel(checkpoint);
}

/** The name of a source of data as part of a folder's name: "mnist", "sensors" for "data/sensors.csv". */
export function nameOfSource(source: string): string {
  const name = basename(source)
    .replace(/\.npz(:|$)/i, '-')
    .replace(/-$/, '')
    .replace(/\.(csv|tsv|txt|npy|parquet|idx|gz)$/i, '')
    .replace(/[-.]idx\d?-ubyte(\.gz)?$/i, '');
  return source.startsWith('mnist/') ? 'mnist' : name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'data';
}

/** What the folder of a run is called that nobody named: runs/<data>-<kind>-<date-time>, local time. */
export function freshRunName(source: string, kind: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  return join('runs', `${nameOfSource(source)}-${kind}-${date}-${time}`);
}

/** The path, or the first with a number behind it where something lies there: earlier runs stay. */
export async function freePath(wanted: string): Promise<string> {
  let path = wanted;
  for (let n = 2; await stat(path).catch(() => undefined); n++) path = `${wanted}-${n}`;
  return path;
}
