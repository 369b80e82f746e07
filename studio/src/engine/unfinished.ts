// The training under way, in the browser's private files: a tab that is closed or killed loses no more than its last seconds.
import { load, modelOf, type Preparation, save, type TrainedModel, type TrainingState } from 'gargalo';
import type { Setup, Unfinished } from './protocol.js';

const [MODEL, NOTE] = ['unfinished.onnx', 'unfinished.json'];
/** Milliseconds between two times that it is written, at least. */
const BETWEEN = 2000;

async function write(name: string, content: Uint8Array | string): Promise<void> {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  // what was there stays until the new content is whole
  const writable = await file.createWritable();
  await writable.write(typeof content === 'string' ? content : content.slice());
  await writable.close();
}

async function read(name: string): Promise<File | undefined> {
  try {
    return await (await (await navigator.storage.getDirectory()).getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}

/** Writes a training as it goes; not more often than is worth it. */
export function createKeeper(setup: Setup, { specification }: Preparation) {
  let next = performance.now() + BETWEEN;
  let isBroken = false;
  return async (state: TrainingState): Promise<void> => {
    if (isBroken || performance.now() < next) return;
    try {
      await write(MODEL, save(modelOf(specification, state)));
      await write(NOTE, JSON.stringify({ setup, epoch: state.epoch } satisfies Unfinished));
    } catch {
      isBroken = true; // a browser without private files, or without room
    }
    next = performance.now() + BETWEEN;
  };
}

/** What there is of a training that did not end. */
export async function findUnfinished(): Promise<Unfinished | undefined> {
  const note = await read(NOTE);
  if (!note || !(await read(MODEL))) return undefined;
  // empty where the tab was killed while it was first written
  return note.size === 0 ? undefined : JSON.parse(await note.text());
}

export async function readUnfinished(): Promise<TrainedModel> {
  const file = await read(MODEL);
  if (!file) throw new Error('expected a training that did not end, got none');
  const { specification, weights, training, close } = await load(file);
  await close();
  return { specification, weights, ...(training && { training }) };
}

export async function forgetUnfinished(): Promise<void> {
  const folder = await navigator.storage.getDirectory();
  for (const name of [NOTE, MODEL]) await folder.removeEntry(name).catch(() => undefined);
}
