import type { Dataset } from '../data/dataset.js';
import { sizeOf } from '../graph/shape.js';
import { parametersOf, type Weights } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import type { ParameterDefinition } from '../nn/scope.js';
import type { StepNumbers } from '../optim/optimizer.js';
import type { Executable, HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import { type Feed, type FeedBlock, openFeed } from './feed.js';
import { type Layout, type LayoutOptions, planLayout } from './layout.js';
import { type CompleteTrainingOptions, optimizerOf } from './options.js';
import { evaluationProgram, stateName, trainingProgram } from './step.js';

/** Parameters and optimiser state as handles of tensors that stay with the runtime. */
export type ResidentState = ReadonlyMap<string, ResidentTensor>;

/** Mean errors over a data set. */
export interface Evaluation {
  /** Mean per element, the sum of all terms. */
  readonly loss: number;
  /** Each term's mean. */
  readonly terms: Readonly<Record<string, number>>;
  /** Summed per example, mean over the examples. */
  readonly squaredError: number;
}

/** Examples evaluated at once. */
const EVALUATION_ROWS = 1000;

/** A training at work on a runtime: it holds programs, data and state there, and runs steps on them. */
export interface TrainingSession {
  readonly definitions: readonly ParameterDefinition[];
  readonly feed: Feed;
  readonly state: ResidentState;
  /**
   * Runs one step for each row of batch indices.
   *
   * @param indices [steps, batch] int32 positions in the block
   * @param numbers the optimizer's, one for each step
   * @returns the loss of each step
   */
  run(block: FeedBlock, indices: Int32Array, batch: number, numbers: readonly StepNumbers[]): Promise<Float32Array>;
  /** Errors on the test data; every example counts once. */
  evaluate(): Promise<Evaluation>;
  /** Keeps the present state from being freed until {@link release}. */
  hold(): ResidentState;
  release(state: ResidentState): void;
  /** The parameters in a state. */
  weights(state: ResidentState): Promise<Weights>;
  /** What the optimizer keeps, by `parameter#state`. */
  optimizerState(state: ResidentState): Promise<Map<string, Float32Array>>;
}

export interface SessionOptions {
  readonly specification: Specification;
  readonly options: CompleteTrainingOptions;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly weights: Weights;
  /** By `parameter#state`; zeros where nothing is given. */
  readonly optimizerState?: ReadonlyMap<string, Float32Array>;
  readonly blockBytes: number;
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

/** Sets up a training on a runtime. */
export async function openSession(runtime: Runtime, context: SessionOptions): Promise<TrainingSession> {
  const { specification, options, train, test, blockBytes } = context;
  const definitions = parametersOf(specification);
  const layout = planLayout(definitions, context.layout);
  const optimizer = optimizerOf(options);

  const initial = new Map<string, ResidentTensor>();
  const upload = async (name: string, shape: readonly number[], values: Float32Array): Promise<void> => {
    initial.set(name, await runtime.upload({ type: 'float32', shape, values }, true));
  };
  const weights = packed(layout, definitions, (name) => context.weights.get(name));
  for (const { name, shape } of layout.slots) await upload(name, shape, weights.get(name)!);
  for (const kept of optimizer.state) {
    const values = packed(layout, definitions, (name) => context.optimizerState?.get(stateName(name, kept)));
    for (const { name, shape } of layout.slots) await upload(stateName(name, kept), shape, values.get(name)!);
  }

  let state: ResidentState = initial;
  const held = new Set<ResidentState>();
  const outputs = [...state.keys()].map((name) => `next/${name}`);
  const feed = openFeed(runtime, train, blockBytes);
  const testFeed = openFeed(runtime, test, blockBytes);

  // A program for whole batches, and one for each size of a last, smaller one.
  const programs = new Map<number, Promise<Executable>>();
  const programFor = (batch: number): Promise<Executable> => {
    let program = programs.get(batch);
    if (!program) {
      const { clipNorm } = options;
      const dataType = train.type;
      const limit = clipNorm === undefined ? {} : { clipNorm };
      program = runtime.load(trainingProgram({ specification, optimizer, layout, batch, dataType, ...limit }));
      programs.set(batch, program);
    }
    return program;
  };
  let evaluation: Promise<Executable> | undefined;

  const free = (old: ResidentState): void => {
    if (old !== state && !held.has(old)) void runtime.free([...old.values()]).catch(() => undefined);
  };
  const fetchSlots = async (
    from: ResidentState,
    nameOf: (slot: string) => string,
  ): Promise<Map<string, Float32Array>> => {
    const slots = new Map<string, Float32Array>();
    for (const { name } of layout.slots) {
      slots.set(name, (await runtime.download(from.get(nameOf(name))!)).values as Float32Array);
    }
    return layout.unpack(slots);
  };

  return {
    definitions,
    feed,
    get state() {
      return state;
    },
    async run(block, indices, batch, numbers) {
      const program = await programFor(batch);
      const steps = numbers.length;
      const feeds: Record<string, HostTensor | ResidentTensor> = {
        steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps)) },
        data: block.data,
        indices: { type: 'int32', shape: [steps, batch], values: indices },
      };
      for (const name of Object.keys(numbers[0]!)) {
        const values = Float32Array.from(numbers, (at) => at[name]!);
        feeds[`schedule/${name}`] = { type: 'float32', shape: [steps], values };
      }
      for (const [name, tensor] of state) feeds[name] = tensor;
      const { fetched, kept } = await program.run(feeds, outputs);
      const old = state;
      state = new Map(outputs.map((output) => [output.slice('next/'.length), kept[output]!]));
      free(old);
      return fetched.loss!.values as Float32Array;
    },
    async evaluate() {
      evaluation ??= runtime.load(evaluationProgram(specification, layout, test.type));
      const program = await evaluation;
      const slots = Object.fromEntries(layout.slots.map(({ name }) => [name, state.get(name)!]));
      const sums = new Map<string, number>();
      for await (const block of testFeed.blocks(testFeed.lengths.keys())) {
        for (let start = 0; start < block.length; start += EVALUATION_ROWS) {
          const count = Math.min(EVALUATION_ROWS, block.length - start);
          const rows = Int32Array.from({ length: count }, (_, i) => start + i);
          const { fetched } = await program.run({
            ...slots,
            data: block.data,
            rows: { type: 'int32', shape: [count], values: rows },
          });
          for (const [name, { values }] of Object.entries(fetched)) {
            // A term is one mean for the whole batch.
            const weight = name.startsWith('term/') ? count : 1;
            let sum = sums.get(name) ?? 0;
            for (const value of values) sum += Number(value) * weight;
            sums.set(name, sum);
          }
        }
      }
      const mean = (name: string): number => (sums.get(name) as number) / test.length;
      const others = [...sums.keys()].filter((name) => name.startsWith('term/'));
      const terms = {
        reconstruction: mean('reconstruction-error'),
        ...Object.fromEntries(others.map((name) => [name.slice('term/'.length), mean(name)])),
      };
      const loss = Object.values(terms).reduce((sum, term) => sum + term, 0);
      return { loss, terms, squaredError: mean('squared-error') };
    },
    hold() {
      held.add(state);
      return state;
    },
    release(released) {
      held.delete(released);
      free(released);
    },
    weights: (from) => fetchSlots(from, (slot) => slot),
    async optimizerState(from) {
      const values = new Map<string, Float32Array>();
      for (const kept of optimizer.state) {
        for (const [parameter, kepts] of await fetchSlots(from, (slot) => stateName(slot, kept))) {
          values.set(stateName(parameter, kept), kepts);
        }
      }
      return values;
    },
  };
}
