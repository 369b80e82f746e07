// What was trained in this browser: figures in an index, model files in the browser's private files.
import { signal } from '@preact/signals';
import type { Setup } from './engine/protocol.js';
import type { Course } from './state.js';

export interface Run {
  readonly id: string;
  readonly started: number;
  readonly setup: Setup;
  readonly epochs: number;
  readonly error: number | undefined;
  readonly pcaError: number | undefined;
  readonly reason: string | undefined;
  readonly bytes: number;
}

export const runs = signal<readonly Run[]>([]);

const opened = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const request = indexedDB.open('gargalo-studio', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('runs', { keyPath: 'id' });
  return (await opened(request)).transaction('runs', mode).objectStore('runs');
}

const folder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true });

async function writeModel(id: string, bytes: Uint8Array): Promise<void> {
  const file = await (await folder()).getFileHandle(`${id}.onnx`, { create: true });
  const writable = await file.createWritable();
  await writable.write(bytes.slice());
  await writable.close();
}

/** Keeps what came out of a training. */
export async function keepRun(course: Course, model: Uint8Array): Promise<void> {
  const { setup, started, records, pcaError, reason } = course;
  const id = `${started}`;
  const last = records.at(-1);
  const run: Run = {
    id,
    started,
    setup,
    epochs: records.length,
    error: last?.testSquaredError,
    pcaError,
    reason,
    bytes: model.byteLength,
  };
  await writeModel(id, model);
  await opened((await store('readwrite')).put(run));
  await listRuns();
}

export async function listRuns(): Promise<void> {
  const all: Run[] = await opened((await store('readonly')).getAll());
  runs.value = all.sort((a, b) => b.started - a.started);
}

export async function modelOfRun(id: string): Promise<Blob> {
  return (await (await folder()).getFileHandle(`${id}.onnx`)).getFile();
}

/** Deletes figures and model. */
export async function deleteRun(id: string): Promise<void> {
  await (await folder()).removeEntry(`${id}.onnx`).catch(() => undefined);
  await opened((await store('readwrite')).delete(id));
  await listRuns();
}
