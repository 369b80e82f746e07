import type { Dataset } from '../data/dataset.js';
import { sizeOf } from '../graph/shape.js';
import type { Weights } from '../models/autoencoder.js';
import type { Stage } from '../models/objective.js';
import type { Specification } from '../models/specification.js';
import type { ParameterDefinition } from '../nn/scope.js';
import type { StepNumbers } from '../optim/optimizer.js';
import type { Executable, HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import type { Feed, FeedBlock } from './feed.js';
import { type Layout, type LayoutOptions, planLayout } from './layout.js';
import { bankRows, fillBank, NOISE_ROW, noiseInput, noiseStarts } from './noise.js';
import { type CompleteTrainingOptions, optimizerOf } from './options.js';
import { auditProgram, evaluationProgram, type NoisyProgram, stateName, trainingProgram } from './step.js';

/** Parameters and optimiser state as handles of tensors that stay with the runtime. */
export type ResidentState = ReadonlyMap<string, ResidentTensor>;

/** Means over a data set. */
export interface Evaluation {
  /** The sum of all terms. */
  readonly loss: number;
  /** Each term's mean. */
  readonly terms: Readonly<Record<string, number>>;
  /** Each measure's mean over the examples: `squared-error`, summed per example. */
  readonly measures: Readonly<Record<string, number>>;
}

/** The figures of an audit, as {@link auditProgram} names them; vectors with a value for each unit. */
export type AuditFigures = ReadonlyMap<string, Float32Array>;

/** What some steps gave: a value for each. */
export interface StepFigures {
  readonly loss: Float32Array;
  /** By term; where there is but one, it is the loss. */
  readonly terms: ReadonlyMap<string, Float32Array>;
}

/** The step of an epoch that a call begins at, and the names that go with it. */
export interface StepPosition {
  readonly epoch: number;
  /** Steps of this epoch done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Epochs of this stage done before this one. */
  readonly epochsDone: number;
}

/** Examples evaluated at once. */
export const EVALUATION_ROWS = 1000;
/** Examples looked at in an audit: enough for shares and dead units, few enough to cost one epoch in a hundred. */
const AUDIT_ROWS = 512;

/** A stage of a training at work on a runtime: it holds programs, data and state there, and runs steps on them. */
export interface TrainingSession {
  readonly feed: Feed;
  readonly state: ResidentState;
  /**
   * Runs one step for each row of batch indices.
   *
   * @param indices [steps, batch] int32 positions in the block
   * @param numbers the optimizer's, one for each step
   */
  run(
    block: FeedBlock,
    indices: Int32Array,
    batch: number,
    numbers: readonly StepNumbers[],
    position: StepPosition,
  ): Promise<StepFigures>;
  /** Errors on the test data; every example counts once. Undefined where the signal stopped it between two blocks. */
  evaluate(signal?: AbortSignal): Promise<Evaluation | undefined>;
  /** Gradients and activities on some of the test data. */
  audit(): Promise<AuditFigures>;
  /** Keeps the present state from being freed until {@link release}. */
  hold(): ResidentState;
  release(state: ResidentState): void;
  /** The parameters in a state. */
  weights(state: ResidentState): Promise<Weights>;
  /** What the optimizer keeps, by `parameter#state`. */
  optimizerState(state: ResidentState): Promise<Map<string, Float32Array>>;
  /** Frees what the session holds. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly specification: Pick<Specification, 'input'>;
  readonly stage: Stage;
  /** All parameters that the stage's objective asks for; those that it does not train stay as they are. */
  readonly definitions: readonly ParameterDefinition[];
  readonly options: CompleteTrainingOptions;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly feeds: { readonly train: Feed; readonly test: Feed };
  readonly weights: Weights;
  /** By `parameter#state`; zeros where nothing is given. */
  readonly optimizerState?: ReadonlyMap<string, Float32Array>;
  readonly layout?: LayoutOptions;
}

/** Brings weights, or zeros where there are none, into slots. */
function packed(
  layout: Layout,
  definitions: readonly ParameterDefinition[],
  values: (parameter: string) => Float32Array | undefined,
): Map<string, Float32Array> {
  return layout.pack(
    new Map(definitions.map(({ name, shape }) => [name, values(name) ?? new Float32Array(sizeOf(shape))])),
  );
}

interface Loaded {
  readonly executable: Executable;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  /** The rows of noise that each request reads. */
  readonly noise: ReadonlyMap<string, number>;
}

const scalar = (value: number): HostTensor => ({ type: 'int32', shape: [], values: Int32Array.of(value) });

/** Sets up a stage of a training on a runtime. */
export async function openSession(runtime: Runtime, context: SessionOptions): Promise<TrainingSession> {
  const { specification, stage, options, train, test, feeds } = context;
  const definitions = context.definitions.map((definition) => ({
    ...definition,
    trained: definition.trained && stage.trains(definition.name),
  }));
  const layout = planLayout(definitions, context.layout);
  const optimizer = optimizerOf(options);

  const initial = new Map<string, ResidentTensor>();
  const upload = async (name: string, shape: readonly number[], values: Float32Array): Promise<void> => {
    initial.set(name, await runtime.upload({ type: 'float32', shape, values }, true));
  };
  const all = [...layout.slots, ...layout.kept];
  const weights = packed(layout, definitions, (name) => context.weights.get(name));
  for (const { name, shape } of all) await upload(name, shape, weights.get(name)!);
  for (const kept of optimizer.state) {
    const values = packed(layout, definitions, (name) => context.optimizerState?.get(stateName(name, kept)));
    for (const { name, shape } of layout.slots) await upload(stateName(name, kept), shape, values.get(name)!);
  }

  let state: ResidentState = initial;
  const held = new Set<ResidentState>();

  const loaded: Promise<Loaded>[] = [];
  const load = (made: NoisyProgram): Promise<Loaded> => {
    const { program, noise } = made;
    const ready = runtime.load(program).then((executable) => ({
      executable,
      noise,
      inputs: new Set(program.inputs.map(({ name }) => name)),
      outputs: new Set(program.outputs.map(({ name }) => name)),
    }));
    loaded.push(ready);
    return ready;
  };
  const common = { specification, stage, layout };
  const trainExamples = { dataType: train.type, window: feeds.train.window };
  const testExamples = { dataType: test.type, window: feeds.test.window };
  // A program for whole batches, and one for each size of a last, smaller one.
  const programs = new Map<string, Promise<Loaded>>();
  const once = (name: string, make: () => NoisyProgram): Promise<Loaded> => {
    let program = programs.get(name);
    if (!program) {
      program = load(make());
      programs.set(name, program);
    }
    return program;
  };
  const trainer = (batch: number): Promise<Loaded> =>
    once(`train/${batch}`, () => {
      const { clipNorm } = options;
      const limit = clipNorm === undefined ? {} : { clipNorm };
      return trainingProgram({
        ...common,
        optimizer,
        ...trainExamples,
        batch,
        threads: runtime.threads,
        ...limit,
      });
    });
  const tester = (kind: 'evaluate' | 'audit', batch: number): Promise<Loaded> =>
    once(`${kind}/${batch}`, () => {
      const make = kind === 'evaluate' ? evaluationProgram : auditProgram;
      return make({ ...common, ...testExamples, batch });
    });

  // One bank for all programs: the largest request of each decides how much is needed.
  let bank: Promise<ResidentTensor> | undefined;
  let rows = 0;
  const largestBatch = Math.min(options.batch, Math.max(...feeds.train.lengths));
  const bankFor = async (): Promise<ResidentTensor> => {
    bank ??= (async () => {
      const needed = await Promise.all([
        trainer(largestBatch),
        tester('evaluate', Math.min(EVALUATION_ROWS, Math.max(...feeds.test.lengths))),
      ]);
      rows = bankRows(Math.max(0, ...needed.flatMap(({ noise }) => [...noise.values()])));
      const values = fillBank(rows, options.seed);
      return runtime.upload({ type: 'float32', shape: [rows, NOISE_ROW], values }, true);
    })();
    return bank;
  };

  // Where each request reads at each step of an epoch: drawn once an epoch.
  let starts: { epoch: number; of: Map<string, Int32Array> } | undefined;
  const startsOf = (
    noise: ReadonlyMap<string, number>,
    { epoch, step, stepsPerEpoch }: StepPosition,
    steps: number,
  ): Record<string, HostTensor> => {
    if (starts?.epoch !== epoch) starts = { epoch, of: new Map() };
    const { of } = starts;
    return Object.fromEntries(
      [...noise].map(([name, needed]) => {
        let drawn = of.get(name);
        if (!drawn) {
          drawn = noiseStarts(stepsPerEpoch, rows, needed, options.seed, `noise/${epoch}/${name}`);
          of.set(name, drawn);
        }
        const values = drawn.slice(step, step + steps);
        return [noiseInput(name), { type: 'int32', shape: [steps], values } satisfies HostTensor];
      }),
    );
  };
  const testNoise = async (
    noise: ReadonlyMap<string, number>,
    at: number,
  ): Promise<Record<string, HostTensor | ResidentTensor>> => {
    if (noise.size === 0) return {};
    const resident = await bankFor();
    const drawn = [...noise].map(([name, needed]) => {
      const [start] = noiseStarts(1, rows, needed, options.seed, `noise/test/${at}/${name}`);
      return [noiseInput(name), scalar(start as number)] as const;
    });
    return { noise: resident, ...Object.fromEntries(drawn) };
  };

  const free = (old: ResidentState): void => {
    if (old === state || held.has(old)) return;
    // What stays as it is, is the same tensor in every state.
    const living = new Set([state, ...held].flatMap((other) => [...other.values()]));
    void runtime.free([...old.values()].filter((tensor) => !living.has(tensor))).catch(() => undefined);
  };
  const fetchSlots = async (
    from: ResidentState,
    slots: Layout['slots'],
    nameOf: (slot: string) => string,
  ): Promise<Map<string, Float32Array>> => {
    const fetched = new Map<string, Float32Array>();
    for (const { name } of slots) {
      fetched.set(name, (await runtime.download(from.get(nameOf(name))!)).values as Float32Array);
    }
    return layout.unpack(fetched);
  };
  const parametersNow = (): Record<string, ResidentTensor> =>
    Object.fromEntries(all.map(({ name }) => [name, state.get(name)!]));
  const labelsOf = ({ labels }: FeedBlock): Record<string, ResidentTensor> =>
    stage.labels && labels ? { labels } : {};

  return {
    feed: feeds.train,
    get state() {
      return state;
    },
    async run(block, indices, batch, numbers, position) {
      const { executable, inputs, outputs, noise } = await trainer(batch);
      const steps = numbers.length;
      const row = (at: (step: number) => number): HostTensor => ({
        type: 'float32',
        shape: [steps],
        values: Float32Array.from(numbers, (_, i) => at(i)),
      });
      const feed: Record<string, HostTensor | ResidentTensor> = {
        steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps)) },
        data: block.data,
        indices: { type: 'int32', shape: [steps, batch], values: block.rowsOf(indices) },
        ...labelsOf(block),
      };
      for (const name of Object.keys(numbers[0]!)) feed[`schedule/${name}`] = row((i) => numbers[i]![name]!);
      if (inputs.has('epochs')) {
        feed.epochs = row((i) => position.epochsDone + (position.step + i) / position.stepsPerEpoch);
      }
      if (noise.size > 0) {
        feed.noise = await bankFor();
        Object.assign(feed, startsOf(noise, position, steps));
      }
      const moved = [...state.keys()].filter((name) => outputs.has(`next/${name}`));
      for (const [name, tensor] of state) feed[name] = tensor;
      const { fetched, kept } = await executable.run(
        feed,
        moved.map((name) => `next/${name}`),
      );
      const old = state;
      state = new Map([...state].map(([name, tensor]) => [name, kept[`next/${name}`] ?? tensor]));
      free(old);
      const terms = Object.entries(fetched).filter(([name]) => name.startsWith('term/'));
      return {
        loss: fetched.loss!.values as Float32Array,
        terms: new Map(terms.map(([name, { values }]) => [name.slice('term/'.length), values as Float32Array])),
      };
    },
    async evaluate(signal) {
      const sums = new Map<string, number>();
      let position = 0;
      let examples = 0;
      for await (const block of feeds.test.inOrder(signal)) {
        examples += block.length;
        for (let start = 0; start < block.length; start += EVALUATION_ROWS) {
          const count = Math.min(EVALUATION_ROWS, block.length - start);
          const { executable, noise } = await tester('evaluate', count);
          const values = Int32Array.from({ length: count }, (_, i) => start + i);
          const { fetched } = await executable.run({
            ...parametersNow(),
            ...labelsOf(block),
            ...(await testNoise(noise, position++)),
            data: block.data,
            rows: { type: 'int32', shape: [count], values: block.rowsOf(values) },
          });
          for (const [name, { values: figures }] of Object.entries(fetched)) {
            // A term is one mean for the whole batch.
            const weight = name.startsWith('measure/') ? 1 : count;
            let sum = sums.get(name) ?? 0;
            for (const value of figures) sum += Number(value) * weight;
            sums.set(name, sum);
          }
        }
      }
      if (examples < test.length) return undefined;
      const means = (prefix: string): Record<string, number> =>
        Object.fromEntries(
          [...sums]
            .filter(([name]) => name.startsWith(`${prefix}/`))
            .map(([name, sum]) => [name.slice(prefix.length + 1), sum / test.length]),
        );
      const terms = means('term');
      const loss = Object.values(terms).reduce((sum, term) => sum + term, 0);
      return { loss, terms: { ...terms, ...means('auxiliary') }, measures: means('measure') };
    },
    async audit() {
      for await (const block of feeds.test.inOrder()) {
        const count = Math.min(AUDIT_ROWS, block.length);
        const { executable, noise } = await tester('audit', count);
        const values = Int32Array.from({ length: count }, (_, i) => Math.floor((i * block.length) / count));
        const { fetched } = await executable.run({
          ...parametersNow(),
          ...labelsOf(block),
          ...(await testNoise(noise, 0)),
          data: block.data,
          rows: { type: 'int32', shape: [count], values: block.rowsOf(values) },
        });
        return new Map(Object.entries(fetched).map(([name, figures]) => [name, figures.values as Float32Array]));
      }
      return new Map();
    },
    hold() {
      held.add(state);
      return state;
    },
    release(released) {
      held.delete(released);
      free(released);
    },
    weights: (from) => fetchSlots(from, all, (slot) => slot),
    async optimizerState(from) {
      const values = new Map<string, Float32Array>();
      for (const kept of optimizer.state) {
        for (const [parameter, kepts] of await fetchSlots(from, layout.slots, (slot) => stateName(slot, kept))) {
          values.set(stateName(parameter, kept), kepts);
        }
      }
      return values;
    },
    async close() {
      for (const ready of loaded) await (await ready).executable.release();
      const tensors = new Set([state, ...held].flatMap((each) => [...each.values()]));
      if (bank) tensors.add(await bank);
      await runtime.free([...tensors]);
    },
  };
}
