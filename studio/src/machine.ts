// The local server, where the studio was started by `gargalo studio`: runs of a folder, and trainings that this machine does.

import { signal } from '@preact/signals';
import type { EpochRecord } from 'gargalo';
import type { RunSummary } from '../../dist/server/runs.js';
import type { Training } from '../../dist/server/trainings.js';
import { messageOf } from './engine/message.js';
import type { Setup } from './engine/protocol.js';

/** Data that were given to the machine. */
export interface MachineData {
  readonly name: string;
  /** What `gargalo data` says of them. */
  readonly description: unknown;
}

/** The folder of the runs; undefined where the studio is a page alone. */
export const machine = signal<string | undefined>(undefined);
export const machineRuns = signal<readonly RunSummary[]>([]);
export const machineData = signal<readonly MachineData[]>([]);
export const machineProblem = signal('');

/** Those that failed, with what the command said. */
export const failed = signal<readonly Training[]>([]);
/** The run that is watched, with its epochs as they come. */
export const followed = signal<
  { readonly id: string; readonly records: readonly EpochRecord[]; readonly isOpen: boolean } | undefined
>(undefined);

async function call(path: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(path, init);
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return body;
  const said =
    typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : `status ${answer.status}`;
  throw new Error(said);
}

/** Asks whether there is a server behind the page. */
export async function findMachine(): Promise<void> {
  if (!document.querySelector('meta[name=gargalo][content=machine]')) return;
  // a cookie has the token from now on: an address that is given to others must not
  if (location.search.includes('token=')) history.replaceState(null, '', location.pathname + location.hash);
  try {
    const found = await call('api');
    if (typeof found === 'object' && found !== null && 'root' in found) machine.value = String(found.root);
  } catch {
    // a page alone
  }
}

export async function listMachineRuns(): Promise<void> {
  if (machine.value === undefined) return;
  try {
    const { runs } = (await call('api/runs')) as { readonly runs: readonly RunSummary[] };
    machineRuns.value = runs;
    const { trainings } = (await call('api/trainings')) as { readonly trainings: readonly Training[] };
    failed.value = trainings.filter(({ state }) => state === 'failed');
    machineProblem.value = '';
  } catch (error) {
    machineProblem.value = error instanceof TypeError ? 'away' : messageOf(error);
  }
}

let source: EventSource | undefined;

/** Watches a run: all of its epochs, and those to come. The browser comes back by itself where the server was away. */
export function followRun(id: string): void {
  source?.close();
  followed.value = { id, records: [], isOpen: true };
  const opened = new EventSource(`api/runs/${encodeURIComponent(id)}/events`);
  source = opened;
  const change = (changes: Partial<NonNullable<typeof followed.value>>): void => {
    if (followed.value?.id === id) followed.value = { ...followed.value, ...changes };
  };
  let waiting: EpochRecord[] = [];
  opened.addEventListener('epoch', ({ data }) => {
    // many lines come at once at first: they are shown together
    if (waiting.length === 0) {
      queueMicrotask(() => {
        change({ records: [...(followed.value?.records ?? []), ...waiting] });
        waiting = [];
      });
    }
    waiting.push(JSON.parse(data));
  });
  opened.addEventListener('restart', () => change({ records: [] }));
  opened.addEventListener('end', () => {
    opened.close();
    change({ isOpen: false });
    void listMachineRuns();
  });
}

/** Starts a training on this machine, and watches it. */
export async function trainOnMachine({ data, kind, options }: Setup): Promise<string> {
  const body = JSON.stringify({ data: data === 'digits' ? 'mnist' : data, kind, options });
  const { id } = (await call('api/trainings', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  })) as { readonly id: string };
  return id;
}

export const stopOnMachine = (id: string): Promise<unknown> =>
  call(`api/trainings/${encodeURIComponent(id)}`, { method: 'DELETE' });

export async function deleteMachineRun(id: string): Promise<void> {
  await call(`api/runs/${encodeURIComponent(id)}`, { method: 'DELETE' });
  await listMachineRuns();
}

/** Gives a file to the machine, which reads it as the command line does. */
export async function giveToMachine(file: File): Promise<MachineData> {
  const { name } = (await call(`api/data/${encodeURIComponent(file.name)}`, { method: 'PUT', body: file })) as {
    readonly name: string;
  };
  const given = { name, description: await call(`api/data/${encodeURIComponent(name)}`) };
  machineData.value = [...machineData.value.filter((other) => other.name !== name), given];
  return given;
}
