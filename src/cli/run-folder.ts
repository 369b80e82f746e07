import { appendFileSync } from 'node:fs';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { badInput } from '../core/errors.js';
import { checkWritable, fileProblem, writeFileAtomic } from '../data/write/write.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { EpochRecord, TrainingRequest } from '../train/events.js';
import type { TrainedModel } from '../train/fit.js';
import { loadModel, modelsOfRun, saveModel } from '../train/model-file.js';
import { encodeModelFile } from '../train/model-format.js';
import type { Recipe } from '../train/recipe.js';
import type { Reading } from './options.js';

/** The files of a run. */
const files = {
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

/**
 * Makes a folder and proves that it can be written.
 *
 * @returns takes an empty folder that was not there before away again, for work that comes to nothing
 */
export async function createFolder(path: string): Promise<() => Promise<void>> {
  const there = await stat(path).catch(() => undefined);
  await checkWritable(path);
  return async () => {
    if (!there) await rmdir(path).catch(() => undefined); // refused where it is not empty
  };
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
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if ((await stat(path).catch(() => undefined))?.isFile()) {
      throw badInput(path, `expected a folder for the ${what}, got a file`, 'choose another with --out');
    }
    if (code === 'ENOTDIR') throw fileProblem(path, error, 'write');
    if (code !== 'ENOENT') throw fileProblem(record, error, 'read');
  }
  const names: readonly string[] = Object.values(files);
  const foreign = (await readdir(path).catch(() => [])).find((entry) => names.includes(entry));
  if (foreign !== undefined) throw foreignFile(path, foreign, what);
  return undefined;
}

const line = (record: EpochRecord) => `${JSON.stringify(record)}\n`;

export type RunFolder = ReturnType<typeof openRunFolder>;

/** The folder of a run. Everything but the metrics appears whole or not at all; those grow by whole lines. */
export function openRunFolder(path: string) {
  const place = (name: keyof typeof files) => join(path, files[name]);
  return {
    path,
    model: place('model'),
    report: place('report'),
    create: () => createFolder(path),
    /** Removes what an earlier run left. */
    async clear() {
      for (const name of ['checkpoint', 'model', 'report', 'metrics'] as const) await rm(place(name), { force: true });
    },
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

const isConfiguration = (value: unknown): value is RunConfiguration =>
  typeof value === 'object' && value !== null && 'tool' in value && value.tool === 'gargalo';

/**
 * Reads the configuration of a run.
 *
 * @returns undefined where there is none
 * @throws GargaloError `bad-input` where the folder holds files that a run would overwrite and that are no run's
 */
export async function readConfiguration(path: string): Promise<RunConfiguration | undefined> {
  const text = await readRecord(path, files.config, 'run');
  if (text === undefined) return undefined;
  try {
    const configuration: unknown = JSON.parse(text);
    if (isConfiguration(configuration)) return configuration;
  } catch {
    // no JSON: not ours
  }
  throw foreignFile(path, files.config, 'run');
}

/**
 * Reads where a run stopped.
 *
 * @throws GargaloError `bad-input` where there is no checkpoint, or a damaged one
 */
export async function readCheckpoint(path: string): Promise<TrainedModel> {
  const checkpoint = join(path, files.checkpoint);
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

/** A folder for a run that nobody named: runs/<data>-<kind>-<date-time>, local time. */
export async function freshRunPath(source: string, kind: string): Promise<string> {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  return freePath(join('runs', `${nameOfSource(source)}-${kind}-${date}-${time}`));
}

/** The path, or the first with a number behind it where something lies there: earlier runs stay. */
export async function freePath(wanted: string): Promise<string> {
  let path = wanted;
  for (let n = 2; await stat(path).catch(() => undefined); n++) path = `${wanted}-${n}`;
  return path;
}
