import { availableThreads, createRuntime } from '#runtime';
import { type PcaErrors, pcaErrors } from '../analysis/latent/pca-errors.js';
import { badInput, GargaloError } from '../core/errors.js';
import type { WorkOptions } from '../core/work.js';
import type { Dataset } from '../data/dataset.js';
import { fingerprint } from '../data/fingerprint.js';
import type { Examples } from '../data/in-memory.js';
import { sizeOf } from '../graph/shape.js';
import type { SocketValues } from '../models/kind.js';
import { type KindName, kindNamed } from '../models/kinds/index.js';
import { fitPca, type Pca } from '../models/pca.js';
import { unusedError, unusedSettings } from '../models/settings.js';
import { inputSize } from '../models/specification.js';
import { type Runtime, type RuntimeOptions, runtimeOptionsOf } from '../runtime/runtime.js';
import type { TrainedModel, TrainingEvent } from '../train/events.js';
import { modelOf, trainingData } from '../train/fit.js';
import type { TrainingOptions } from '../train/options.js';
import { type PrepareOptions, prepare } from '../train/prepare.js';
import { countParameters, isOver, type Preparation, totalEpochs, train } from '../train/train.js';
import { type CellFigures, measureCell } from './cell-figures.js';
import { type KindFindings, sweepFindings } from './rate-distortion.js';
import { sideBySide } from './side-by-side.js';

/** One training of a sweep. */
export interface SweepCell {
  /** "basic-32" */
  readonly name: string;
  readonly kind: KindName;
  /** Width of the code. */
  readonly code: number;
}

/** What is trained, and how; any option of kinds and of training counts for every cell. */
export interface SweepOptions
  extends Omit<TrainingOptions, 'validation'>,
    Omit<SocketValues, 'code'>,
    RuntimeOptions,
    Pick<WorkOptions, 'signal'> {
  /** Code widths. */
  readonly code: readonly number[];
  /** Names of kinds; each is trained at every width. Default: basic. */
  readonly kind?: readonly KindName[];
  /** Cells beside that grid. */
  readonly more?: readonly Pick<SweepCell, 'kind' | 'code'>[];
  /** Examples to test on, or the part of the data to set aside for it; default a tenth. */
  readonly validation?: Examples | number | undefined;
  /** How many trainings run at the same time; default: as many as the cores can run with the threads of each. */
  readonly jobs?: number;
  /** A cell's model from before: one that was interrupted goes on, one that is done is not trained again. */
  readonly earlier?: (cell: SweepCell) => Promise<TrainedModel | undefined>;
}

/** What became of a cell. */
export interface CellOutcome {
  readonly cell: SweepCell;
  /** `failed`: the loss became NaN or infinite, or the runtime broke; `stopped`: on request. */
  readonly status: 'finished' | 'failed' | 'stopped';
  /** Whether anything was trained now: not where it was done before. */
  readonly trained: boolean;
  /** With the weights of the last whole epoch; none where there was none. */
  readonly model?: TrainedModel;
  /** Of a finished one. */
  readonly figures?: CellFigures;
  /** Of a failed one. */
  readonly problem?: GargaloError;
}

/** What a sweep found; PCA is that of the training data. */
export interface SweepResult {
  /** By kind as asked for, then by width. */
  readonly cells: readonly CellOutcome[];
  /** As wide as the widest code (or as an example, which is as wide as PCA gets). */
  readonly pca: Pca;
  /** At every width of the sweep. */
  readonly pcaErrors: PcaErrors;
  /** Of each kind that has a finished cell. */
  readonly findings: readonly KindFindings[];
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What a sweep tells as it goes; events of different cells come as they happen. */
export type SweepEvent =
  | {
      readonly type: 'start';
      /** By kind as asked for, then by width. They are trained the largest first, so that none is left over at the end. */
      readonly cells: readonly { readonly cell: SweepCell; readonly prepared: Preparation }[];
      readonly jobs: number;
      /** Of the training data. */
      readonly fingerprint: string;
    }
  | {
      readonly type: 'cell-start';
      readonly cell: SweepCell;
      readonly event: Extract<TrainingEvent, { type: 'start' }>;
      /** What it goes on with. */
      readonly earlier?: TrainedModel;
      /** Where it is trained. */
      readonly runtime: RuntimeOptions;
    }
  | {
      readonly type: 'cell-progress';
      readonly cell: SweepCell;
      readonly event: Exclude<TrainingEvent, { type: 'start' }>;
    }
  | ({ readonly type: 'cell-end' } & CellOutcome)
  /** Everything that was asked for has been tried. */
  | { readonly type: 'end'; readonly result: SweepResult };

/** The cells of a grid and those beside it, each once: by kind as named, then by width. */
export function sweepCells({
  code,
  kind = ['basic'],
  more = [],
}: Pick<SweepOptions, 'code' | 'kind' | 'more'>): SweepCell[] {
  if (code.length === 0) throw badInput('code', 'expected at least one width, got none');
  if (kind.length === 0) throw badInput('kind', 'expected at least one kind, got none');
  for (const width of code) {
    if (Number.isInteger(width) && width >= 1) continue;
    throw badInput('code', `expected whole numbers of at least 1, got ${width}`);
  }
  const all = [...kind.flatMap((name) => code.map((width) => ({ kind: name, code: width }))), ...more];
  const kinds = [...new Set(all.map((cell) => kindNamed(cell.kind).name))];
  return kinds.flatMap((name) => {
    const widths = new Set(all.filter((cell) => cell.kind === name).map((cell) => cell.code));
    return [...widths].sort((a, b) => a - b).map((width) => ({ name: `${name}-${width}`, kind: name, code: width }));
  });
}

/**
 * Settles every cell before any is trained, so that options that do not fit are known at once. All cells have the same
 * split and scaling.
 */
async function prepareAll(
  data: { readonly train: Dataset; readonly test?: Dataset },
  cells: readonly SweepCell[],
  values: Readonly<Record<string, unknown>>,
  options: PrepareOptions,
): Promise<{ cell: SweepCell; prepared: Preparation }[]> {
  const all: { cell: SweepCell; prepared: Preparation }[] = [];
  let split = data;
  for (const cell of cells) {
    const request = { kind: cell.kind, values: { ...values, code: cell.code } };
    const prepared = await prepare(split, request, undefined, { ...options, shared: true });
    const { train: rest, test } = prepared;
    split = { train: rest, test };
    all.push({ cell, prepared });
  }
  const [first, ...others] = all.map(({ prepared: { specification } }) => ({
    specification,
    unused: unusedSettings(specification, values),
  }));
  const nowhere = first?.unused.find((name) => others.every(({ unused }) => unused.includes(name)));
  if (first && nowhere !== undefined) throw unusedError(nowhere, first.specification);
  return all;
}

/** Problems that are those of one cell; any other would meet the next one too. */
const ofOneCell = new Set(['diverged', 'internal']);

interface CellContext {
  readonly runtime: RuntimeOptions;
  readonly signal: AbortSignal | undefined;
  readonly earlier: SweepOptions['earlier'];
  /** Of the training data. */
  readonly hash: string;
}

/** Trains one cell, or goes on with it, and measures what came of it. */
async function* runCell(
  cell: SweepCell,
  fresh: Preparation,
  { runtime, signal, earlier: find, hash }: CellContext,
): AsyncGenerator<SweepEvent, void> {
  const { train: data, test, request } = fresh;
  const earlier = await find?.(cell);
  const before = earlier?.training;
  if (before && before.data !== hash) {
    throw badInput(cell.name, 'expected a model of the same data to go on with, got one of others');
  }
  const prepared = earlier ? await prepare({ train: data, test }, request, earlier) : fresh;
  const { specification } = prepared;
  let model = earlier;
  let trained = false;
  try {
    if (!(earlier && before && isOver(specification, { ...before, options: prepared.options }))) {
      for await (const event of train(prepared, {
        runtime,
        ...(before && { resume: before }),
        ...(signal && { signal }),
      })) {
        if (event.type === 'start') {
          yield { type: 'cell-start', cell, event, runtime, ...(earlier && { earlier }) };
          continue;
        }
        trained = true;
        yield { type: 'cell-progress', cell, event };
        if (event.type !== 'end') continue;
        model = event.state.epoch > 0 ? modelOf(specification, event.state) : undefined;
        const outcome = { cell, trained, ...(model && { model }) };
        if (event.problem) return yield { type: 'cell-end', status: 'failed', problem: event.problem, ...outcome };
        if (event.reason === 'cancelled') return yield { type: 'cell-end', status: 'stopped', ...outcome };
      }
    }
    const figures = await measureCell(model!, test, runtime);
    yield { type: 'cell-end', cell, status: 'finished', trained, model: model!, figures };
  } catch (error) {
    if (!(error instanceof GargaloError) || !ofOneCell.has(error.code)) throw error;
    yield { type: 'cell-end', cell, status: 'failed', trained, problem: error, ...(model && { model }) };
  }
}

/** Runtimes for cells at work at the same time: a cell takes over that of one before it, as it was opened. */
function openLanes({ opened: first, ...options }: RuntimeOptions) {
  const idle: Runtime[] = first ? [first] : [];
  const own: Runtime[] = [];
  const open = async (): Promise<Runtime> => {
    const runtime = await createRuntime(options);
    own.push(runtime);
    return runtime;
  };
  return {
    async *run(work: (runtime: RuntimeOptions) => AsyncGenerator<SweepEvent, void>): AsyncGenerator<SweepEvent, void> {
      const opened = idle.pop() ?? (await open());
      let isSound = false;
      try {
        for await (const event of work({ ...options, opened })) {
          // A runtime that failed is no place for another cell.
          isSound = event.type !== 'cell-end' || event.problem?.code !== 'internal';
          yield event;
        }
      } finally {
        if (isSound) idle.push(opened);
      }
    },
    async close(): Promise<void> {
      await Promise.all(own.map((runtime) => runtime.close()));
    },
  };
}

/**
 * Trains a grid of code widths and kinds, several cells side by side, and compares their errors with PCA at every width:
 * the rate–distortion picture. Each cell gives the model that training it alone with as many threads gives, digit for
 * digit. A cell whose loss becomes NaN or infinite is told as failed and ends no other. After `signal` no cell is started, those
 * at work stop between two steps and are told as `stopped`, and no `end` comes.
 *
 * @example
 * for await (const event of sweep(train, { code: [2, 4, 8, 16, 32], kind: ['basic', 'denoising'], epochs: 10 })) {
 *   if (event.type === 'end') console.log(event.result.findings);
 * }
 * @throws GargaloError `bad-input` for options that do not fit, before anything is trained; `cancelled` where the signal
 *   comes before the first training or after the last
 */
export async function* sweep(data: Examples, options: SweepOptions): AsyncGenerator<SweepEvent, void> {
  const {
    code,
    kind,
    more,
    validation,
    jobs,
    earlier,
    signal,
    device,
    threads = 1,
    wasmPath,
    workerPath,
    opened,
    ...values
  } = options;
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
    throw badInput('jobs', `expected a whole number of at least 1, got ${jobs}`);
  }
  const runtime = runtimeOptionsOf({
    threads,
    ...(device && { device }),
    ...(wasmPath !== undefined && { wasmPath }),
    ...(workerPath !== undefined && { workerPath }),
  });
  const cells = sweepCells({ code, ...(kind && { kind }), ...(more && { more }) });
  const prepared = await prepareAll(
    await trainingData(data, validation),
    cells,
    { ...values, ...(typeof validation === 'number' && { validation }) },
    { signal, ...(opened && { runtime: async () => ({ opened }) }) },
  );
  const first = prepared[0]!.prepared;
  const hash = await fingerprint(first.train);
  const atOnce = Math.min(prepared.length, jobs ?? Math.max(1, Math.floor(availableThreads() / threads)));
  const order = prepared.toSorted((a, b) => workOf(b.prepared) - workOf(a.prepared));
  yield { type: 'start', cells: prepared, jobs: atOnce, fingerprint: hash };

  const outcomes = new Map<string, CellOutcome>();
  const lanes = openLanes({ ...runtime, ...(opened && { opened }) });
  const works = order.map(
    ({ cell, prepared: own }) =>
      () =>
        lanes.run((lane) => runCell(cell, own, { runtime: lane, signal, earlier, hash })),
  );
  try {
    for await (const event of sideBySide(works, atOnce, () => !signal?.aborted)) {
      yield event;
      if (event.type !== 'cell-end') continue;
      const { type: _type, ...outcome } = event;
      outcomes.set(event.cell.name, outcome);
    }
  } finally {
    await lanes.close();
  }
  if (signal?.aborted) return;

  const { scaling, shape } = first.specification.input;
  const widths = [...new Set(cells.map((cell) => cell.code))].sort((a, b) => a - b);
  const widest = Math.min(sizeOf(shape), widths.at(-1)!);
  const pca = await fitPca(first.train, {
    width: widest,
    scaling,
    runtime: { ...runtime, threads: atOnce * threads, ...(opened && { opened }) },
  });
  const errors = await pcaErrors(pca, first.test, widths, scaling, { signal });
  const done = cells.map((cell) => outcomes.get(cell.name)!);
  const { train: trainedOn, test: testedOn } = first;
  const findings = sweepFindings(done, errors);
  yield { type: 'end', result: { cells: done, pca, pcaErrors: errors, findings, train: trainedOn, test: testedOn } };
}

/** About how long a training takes beside others of the same data. */
function workOf({ specification, options }: Preparation): number {
  const passes = totalEpochs(specification, options) * options.passes;
  return (countParameters(specification) + inputSize(specification)) * passes;
}
