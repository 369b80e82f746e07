// The runs that lie in a folder: nothing is kept of them but the run folders themselves.
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseJson } from '../core/json.js';
import type { RunSource, RunSummary } from '../server/runs.js';
import type { EpochRecord } from '../train/events.js';
import { isHeld } from './lock.js';
import { isConfiguration, NEXT, type RunConfiguration, runFiles } from './run-folder.js';

/** Folders below the registry's folder that are looked through. */
const DEPTH = 4;
/** Bytes at the end of the metrics in which the last line is looked for. */
const TAIL = 2 ** 14;

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;

async function readConfiguration(folder: string): Promise<RunConfiguration | undefined> {
  try {
    const value: unknown = parseJson(await readFile(join(folder, runFiles.config), 'utf8'));
    return isConfiguration(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The last whole line of the metrics. */
async function lastRecord(path: string): Promise<EpochRecord | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // what stands behind the last line end is being written
    const line = lines.at(-2);
    return line ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Where the training of a folder writes: beside an earlier run, while one is there. */
async function homeOf(folder: string): Promise<string> {
  const next = join(folder, NEXT);
  return (await exists(join(next, runFiles.config))) ? next : folder;
}

async function summaryOf(root: string, folder: string): Promise<RunSummary | undefined> {
  const isRunning = await isHeld(folder);
  const home = isRunning ? await homeOf(folder) : folder;
  const configuration = await readConfiguration(home);
  if (!configuration) return undefined;
  const { command, request, data, started, finished } = configuration;
  const last = await lastRecord(join(home, runFiles.metrics));
  return {
    id: relative(root, folder).split(sep).join('/'),
    kind: request.kind,
    data: data.source,
    options: request.values,
    command,
    started,
    ...(finished && { finished }),
    state: isRunning ? 'running' : finished ? 'ended' : 'stopped',
    epochs: last?.epoch ?? 0,
    ...(last && { last }),
    hasModel: await exists(join(folder, runFiles.model)),
    hasReport: await exists(join(folder, runFiles.report)),
  };
}

async function* foldersIn(folder: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (
    entries.some((entry) => entry.isFile() && entry.name === runFiles.config) ||
    entries.some(({ name }) => name === NEXT)
  ) {
    yield folder;
  }
  if (depth === 0) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* foldersIn(join(folder, entry.name), depth - 1);
  }
}

/** Runs looked at side by side: reading them is waiting for the disk. */
const AT_ONCE = 16;

/** The runs of a folder. */
export function openRunRegistry(root: string): RunSource {
  /** The folder of a run; undefined where there is none, or where it would lie outside. */
  async function folderOf(id: string): Promise<string | undefined> {
    const parts = id.split('/');
    if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part))) return undefined;
    const folder = join(root, ...parts);
    return (await readConfiguration(await homeOf(folder))) ? folder : undefined;
  }
  return {
    root,
    async fileOf(id, name) {
      const folder = await folderOf(id);
      const path = folder && join(folder, runFiles[name]);
      return path && (await exists(path)) ? path : undefined;
    },
    /** Where the metrics of a run grow. */
    async metricsOf(id: string): Promise<string | undefined> {
      const folder = await folderOf(id);
      return folder && join((await isHeld(folder)) ? await homeOf(folder) : folder, runFiles.metrics);
    },
    async find(id: string): Promise<RunSummary | undefined> {
      const folder = await folderOf(id);
      return folder === undefined ? undefined : summaryOf(root, folder);
    },
    /** All runs, the newest first. */
    async list(): Promise<RunSummary[]> {
      const folders: string[] = [];
      for await (const folder of foldersIn(root, DEPTH)) folders.push(folder);
      const summaries: RunSummary[] = [];
      for (let i = 0; i < folders.length; i += AT_ONCE) {
        const some = await Promise.all(folders.slice(i, i + AT_ONCE).map((folder) => summaryOf(root, folder)));
        for (const summary of some) if (summary) summaries.push(summary);
      }
      return summaries.sort((a, b) => b.started.localeCompare(a.started));
    },
    /** Deletes a run for good; false where a training is at work in it. */
    async remove(id: string): Promise<boolean> {
      const folder = await folderOf(id);
      if (!folder || (await isHeld(folder))) return false;
      await rm(folder, { recursive: true, force: true });
      return true;
    },
  };
}
