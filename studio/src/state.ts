// All that the studio knows, in one place. Places draw it; only what is here changes it.
import { batch, computed, effect, signal } from '@preact/signals';
import type { EpochRecord, KindName } from 'gargalo';
import { type Address, parseAddress, writeAddress } from './address.js';
import { isDataName } from './engine/data-names.js';
import { openPageEngine } from './engine/page.js';
import type {
  DataFacts,
  Look,
  OptionValue,
  Sample,
  Setup,
  StartOptions,
  StudioEvent,
  Unfinished,
} from './engine/protocol.js';
import { machineData } from './machine.js';
import { keepRun } from './runs.js';

export const engine = openPageEngine();

export type Status = 'idle' | 'preparing' | 'running' | 'paused' | 'ended' | 'failed';

/** A training as far as it has come. */
export interface Course {
  readonly setup: Setup;
  readonly started: number;
  readonly start?: Extract<StudioEvent, { type: 'start' }>;
  readonly progress?: Extract<StudioEvent, { type: 'progress' }>;
  readonly records: readonly EpochRecord[];
  readonly pcaError?: number;
  readonly warnings: readonly string[];
  readonly reason?: string;
  readonly failure?: string;
  readonly moments: readonly number[];
}

const first = parseAddress(location.hash);
export const address = signal<Address>(first);
export const setup = computed<Setup>(() => address.value.setup);
export const status = signal<Status>('idle');
export const course = signal<Course | undefined>(undefined);
interface Known {
  readonly facts: DataFacts;
  readonly sample: Sample;
}

/** What is known of the data that are set up. */
export const data = signal<Known | undefined>(undefined);
/** The data of the training that is shown, which stay its own whatever is set up meanwhile. */
export const trainedOn = signal<Known | undefined>(undefined);
export const look = signal<Look | undefined>(undefined);
/** Whether something is at work that must not be started twice. */
export const isBusy = computed(
  () => status.value === 'preparing' || status.value === 'running' || status.value === 'paused',
);

/** Goes to a place, and takes what is named from the address on. */
export function go(changes: Partial<Address>): void {
  address.value = { ...address.value, ...changes };
}

export const setData = (name: string): void => go({ setup: { ...setup.value, data: name } });
/** Options of another kind mean something else: they go. */
export const setKind = (kind: KindName): void => go({ setup: { ...setup.value, kind, options: {} } });

export function setOption(name: string, value: OptionValue | undefined): void {
  const { [name]: _, ...others } = setup.value.options;
  go({ setup: { ...setup.value, options: value === undefined ? others : { ...others, [name]: value } } });
}

function change(changes: Partial<Course>): void {
  if (course.value) course.value = { ...course.value, ...changes };
}

/** What an event changes of the training that it tells of. */
function changesOf(event: StudioEvent, { warnings }: Course): Partial<Course> {
  switch (event.type) {
    case 'start':
      return { start: event };
    case 'pca':
      return { pcaError: event.squaredError };
    case 'progress':
      return { progress: event };
    case 'warning':
      return { warnings: [...warnings, event.message] };
    case 'failed':
      return { failure: event.message };
    case 'end':
      return { reason: event.reason, moments: event.moments };
    default:
      return {};
  }
}

/** Milliseconds in which events are gathered: small data have hundreds of epochs a second. */
const GATHER = 60;
let gathered: StudioEvent[] = [];

function hear(event: StudioEvent): void {
  if (gathered.length === 0) setTimeout(takeGathered, GATHER);
  gathered.push(event);
}

function takeGathered(): void {
  const events = gathered;
  gathered = [];
  batch(() => {
    const records = events.flatMap((event) => (event.type === 'epoch' ? [event.record] : []));
    if (records.length > 0) change({ records: [...(course.value?.records ?? []), ...records] });
    for (const event of events) {
      if (event.type === 'data') trainedOn.value = { facts: event.facts, sample: event.sample };
      if (event.type === 'look') look.value = event.look;
      if (event.type === 'start' && status.value === 'preparing') status.value = 'running';
      if (event.type === 'failed') status.value = 'failed';
      if (event.type === 'end') status.value = 'ended';
      if (course.value) change(changesOf(event, course.value));
    }
  });
  if (events.some(({ type }) => type === 'end')) void keepCourse();
}

async function keepCourse(): Promise<void> {
  const model = await engine.model();
  if (course.value) await keepRun(course.value, model);
}

/** Trains what is set up; one that runs is stopped first. */
export async function start({ forkAt, goesOn = false }: Omit<StartOptions, 'setup'> = {}): Promise<void> {
  if (isBusy.value) return;
  batch(() => {
    status.value = 'preparing';
    look.value = undefined;
    trainedOn.value = undefined;
    course.value = { setup: setup.value, started: Date.now(), records: [], warnings: [], moments: [] };
  });
  await engine.train({ setup: setup.value, goesOn, ...(forkAt !== undefined && { forkAt }) }, hear);
}

/** A training whose tab was closed. */
export const unfinished = signal<Unfinished | undefined>(undefined);

/** Looks for one, where the browser keeps private files: without the engine, which is large. */
export async function findUnfinished(): Promise<void> {
  try {
    const folder = await navigator.storage.getDirectory();
    await folder.getFileHandle('unfinished.json');
  } catch {
    return;
  }
  unfinished.value = await engine.unfinished();
}

export async function goOn(): Promise<void> {
  const found = unfinished.value;
  if (!found) return;
  unfinished.value = undefined;
  go({ place: 'train', setup: found.setup });
  await start({ goesOn: true });
}

export async function forget(): Promise<void> {
  unfinished.value = undefined;
  await engine.forget();
}

export function pace(asked: 'run' | 'pause' | 'step' | 'stop'): void {
  if (asked === 'pause' || asked === 'step') status.value = 'paused';
  if (asked === 'run') status.value = 'running';
  void engine.pace(asked);
}

/** Shows map, pictures and decoder as they were after an epoch. */
export async function showMoment(epoch: number): Promise<void> {
  const found = await engine.lookAt(epoch);
  if (found) look.value = found;
}

/** Reads what a setup names, so that it can be shown before anything is trained. */
export async function describe(): Promise<void> {
  const { data: name } = setup.value;
  if (machineData.value.some((given) => given.name === name)) data.value = undefined;
  else if (!isDataName(name) && name !== 'own') setData('digits');
  else if (name !== 'own') data.value = await engine.describe(name);
  else if (data.value?.facts.name !== 'own') setData('digits');
}

/** Takes files that were dropped onto the page. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  const taken = await engine.take(files);
  batch(() => {
    data.value = taken;
    setData('own');
  });
}

// The address says what is set up, so that it can be shared.
effect(() => {
  const hash = writeAddress(address.value);
  if (hash !== location.hash) history.replaceState(null, '', hash);
});
addEventListener('hashchange', () => {
  address.value = parseAddress(location.hash);
});
