import { itemAt } from '../core/collections.js';
import type { Dataset } from '../data/dataset.js';
import type { Stage } from '../models/objective.js';
import type { Specification } from '../models/specification.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { Executable, HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import type { Feed } from './feed.js';
import type { Layout } from './layout.js';
import { bankRows, fillBank, NOISE_ROW, noiseInput, noiseStarts } from './noise.js';
import type { CompleteTrainingOptions } from './options.js';
import { auditProgram, evaluationProgram, type NoisyProgram, trainingProgram } from './step.js';

/** Examples evaluated at once. */
export const EVALUATION_ROWS = 1000;

/** A program on the runtime, and what it asks for. */
export interface LoadedProgram {
  readonly executable: Executable;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  /** The rows of noise that each request reads. */
  readonly noise: ReadonlyMap<string, number>;
}

/** What the programs of a session are made of. */
export interface SessionProgramsOptions {
  readonly specification: Pick<Specification, 'input'>;
  readonly stage: Stage;
  readonly options: CompleteTrainingOptions;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly feeds: { readonly train: Feed; readonly test: Feed };
  readonly layout: Layout;
  readonly optimizer: Optimizer;
}

/** The programs of a stage, each made when it is first asked for: one for whole batches, one for each smaller one. */
export interface SessionPrograms {
  trainer(batch: number): Promise<LoadedProgram>;
  tester(kind: 'evaluate' | 'audit', batch: number): Promise<LoadedProgram>;
  close(): Promise<void>;
}

/** Makes and keeps the programs of a stage on a runtime. */
export function openPrograms(runtime: Runtime, context: SessionProgramsOptions): SessionPrograms {
  const { specification, stage, options, train, test, feeds, layout, optimizer } = context;
  const common = { specification, stage, layout };
  const programs = new Map<string, Promise<LoadedProgram>>();
  const load = async ({ program, noise }: NoisyProgram): Promise<LoadedProgram> => ({
    executable: await runtime.load(program),
    noise,
    inputs: new Set(program.inputs.map(({ name }) => name)),
    outputs: new Set(program.outputs.map(({ name }) => name)),
  });
  const once = (name: string, make: () => NoisyProgram): Promise<LoadedProgram> => {
    const program = programs.get(name) ?? load(make());
    programs.set(name, program);
    return program;
  };
  return {
    trainer: (batch) =>
      once(`train/${batch}`, () =>
        trainingProgram({
          ...common,
          optimizer,
          dataType: train.type,
          window: feeds.train.window,
          batch,
          threads: runtime.threads,
          ...(options.clipNorm !== undefined && { clipNorm: options.clipNorm }),
        }),
      ),
    tester: (kind, batch) =>
      once(`${kind}/${batch}`, () => {
        const make = kind === 'evaluate' ? evaluationProgram : auditProgram;
        return make({ ...common, dataType: test.type, window: feeds.test.window, batch });
      }),
    async close() {
      for (const ready of programs.values()) await (await ready).executable.release();
    },
  };
}

const scalar = (value: number): HostTensor => ({ type: 'int32', shape: [], values: Int32Array.of(value) });

/** The step of an epoch that a call begins at, and the names that go with it. */
export interface StepPosition {
  readonly epoch: number;
  /** Steps of this epoch done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Epochs of this stage done before this one. */
  readonly epochsDone: number;
}

/** Inputs that give a program its random numbers: the bank, and where each request reads it. */
type NoiseInputs = Readonly<Record<string, HostTensor | ResidentTensor>>;

/** One bank of random numbers on the runtime, for all programs of a session. */
export interface SessionNoise {
  /** For some steps of an epoch. */
  forSteps(noise: LoadedProgram['noise'], position: StepPosition, steps: number): Promise<NoiseInputs>;
  /** For the test at some place: the same in every epoch. */
  forTest(noise: LoadedProgram['noise'], place: number): Promise<NoiseInputs>;
  /** The bank, if anything was read from it. */
  held(): Promise<readonly ResidentTensor[]>;
}

/** Opens the bank when it is first read: the largest request of any program decides how much is needed. */
export function openNoise(
  runtime: Runtime,
  { options, feeds }: Pick<SessionProgramsOptions, 'options' | 'feeds'>,
  programs: SessionPrograms,
): SessionNoise {
  const { seed } = options;
  const fill = async (): Promise<{ rows: number; resident: ResidentTensor }> => {
    const needed = await Promise.all([
      programs.trainer(Math.min(options.batch, Math.max(...feeds.train.lengths))),
      programs.tester('evaluate', Math.min(EVALUATION_ROWS, Math.max(...feeds.test.lengths))),
    ]);
    const rows = bankRows(Math.max(0, ...needed.flatMap(({ noise }) => [...noise.values()])));
    const values = fillBank(rows, seed);
    return { rows, resident: await runtime.upload({ type: 'float32', shape: [rows, NOISE_ROW], values }, true) };
  };
  let bank: ReturnType<typeof fill> | undefined;
  const opened = (): ReturnType<typeof fill> => {
    bank ??= fill();
    return bank;
  };
  // Where each request reads at each step of an epoch: drawn once an epoch.
  let starts: { epoch: number; of: Map<string, Int32Array> } | undefined;
  return {
    async forSteps(noise, { epoch, step, stepsPerEpoch }, steps) {
      if (noise.size === 0) return {};
      const { rows, resident } = await opened();
      if (starts?.epoch !== epoch) starts = { epoch, of: new Map() };
      const inputs: Record<string, HostTensor | ResidentTensor> = { noise: resident };
      for (const [name, needed] of noise) {
        const drawn = starts.of.get(name) ?? noiseStarts(stepsPerEpoch, rows, needed, seed, `noise/${epoch}/${name}`);
        starts.of.set(name, drawn);
        inputs[noiseInput(name)] = { type: 'int32', shape: [steps], values: drawn.slice(step, step + steps) };
      }
      return inputs;
    },
    async forTest(noise, place) {
      if (noise.size === 0) return {};
      const { rows, resident } = await opened();
      const drawn = [...noise].map(([name, needed]) => {
        const start = noiseStarts(1, rows, needed, seed, `noise/test/${place}/${name}`);
        return [noiseInput(name), scalar(itemAt(start, 0))] as const;
      });
      return { noise: resident, ...Object.fromEntries(drawn) };
    },
    held: async () => (bank ? [(await bank).resident] : []),
  };
}
