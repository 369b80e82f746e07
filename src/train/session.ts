import type { StepNumbers } from '../optim/optimizer.js';
import type { HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import { floatsOf } from '../runtime/runtime.js';
import type { Feed, FeedBlock } from './feed.js';
import { type LayoutOptions, planLayout } from './layout.js';
import { optimizerOf } from './options.js';
import {
  EVALUATION_ROWS,
  openNoise,
  openPrograms,
  type SessionProgramsOptions,
  type StepPosition,
} from './session-programs.js';
import { type InitialState, openState, type StateKeeper } from './session-state.js';

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

/** Examples looked at in an audit: enough for shares and dead units, few enough to cost one epoch in a hundred. */
const AUDIT_ROWS = 512;

/** A stage of a training at work on a runtime: it holds programs, data and state there, and runs steps on them. */
export interface TrainingSession
  extends Pick<StateKeeper, 'state' | 'hold' | 'release' | 'weights' | 'optimizerState'> {
  readonly feed: Feed;
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
  /** Frees what the session holds. */
  close(): Promise<void>;
}

export interface SessionOptions extends Omit<SessionProgramsOptions, 'layout' | 'optimizer'>, InitialState {
  readonly layout?: LayoutOptions;
}

/** Means over test examples, as they are summed up batch by batch. */
class TestMeans {
  readonly #sums = new Map<string, number>();

  /** Adds the figures of a batch: of each example for a measure, and for a term its mean over the batch. */
  add(fetched: Readonly<Record<string, HostTensor>>, count: number): void {
    for (const [name, { values: figures }] of Object.entries(fetched)) {
      const weight = name.startsWith('measure/') ? 1 : count;
      let sum = this.#sums.get(name) ?? 0;
      for (const value of figures) sum += Number(value) * weight;
      this.#sums.set(name, sum);
    }
  }

  over(examples: number): Evaluation {
    const means = (prefix: string): Record<string, number> =>
      Object.fromEntries(
        [...this.#sums]
          .filter(([name]) => name.startsWith(`${prefix}/`))
          .map(([name, sum]) => [name.slice(prefix.length + 1), sum / examples]),
      );
    const terms = means('term');
    const loss = Object.values(terms).reduce((sum, term) => sum + term, 0);
    return { loss, terms: { ...terms, ...means('auxiliary') }, measures: means('measure') };
  }
}

const floatRow = (values: Float32Array): HostTensor => ({ type: 'float32', shape: [values.length], values });

/** The optimizer's numbers as inputs: a row over the steps for each. */
function scheduleInputs(numbers: readonly StepNumbers[]): Record<string, HostTensor> {
  const rows: Record<string, Float32Array> = {};
  for (const [i, ofStep] of numbers.entries()) {
    for (const [name, number] of Object.entries(ofStep)) {
      rows[name] ??= new Float32Array(numbers.length);
      rows[name][i] = number;
    }
  }
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [`schedule/${name}`, floatRow(row)]));
}

/** Sets up a stage of a training on a runtime. */
export async function openSession(runtime: Runtime, context: SessionOptions): Promise<TrainingSession> {
  const { stage, options, test, feeds } = context;
  const definitions = context.definitions.map((definition) => ({
    ...definition,
    trained: definition.trained && stage.trains(definition.name),
  }));
  const layout = planLayout(definitions, context.layout);
  const optimizer = optimizerOf(options);
  const keeper = await openState(runtime, layout, optimizer, { ...context, definitions });
  const programs = openPrograms(runtime, { ...context, layout, optimizer });
  const noise = openNoise(runtime, context, programs);

  const labelsOf = ({ labels }: FeedBlock): Record<string, ResidentTensor> =>
    stage.labels && labels ? { labels } : {};
  /** Runs a test program on some examples of a block. */
  const runTest = async (kind: 'evaluate' | 'audit', block: FeedBlock, examples: Int32Array, place: number) => {
    const program = await programs.tester(kind, examples.length);
    const { fetched } = await program.executable.run({
      ...keeper.parameters(),
      ...labelsOf(block),
      ...(await noise.forTest(program.noise, place)),
      data: block.data,
      rows: { type: 'int32', shape: [examples.length], values: block.rowsOf(examples) },
    });
    return fetched;
  };

  return {
    feed: feeds.train,
    get state() {
      return keeper.state;
    },
    async run(block, indices, batch, numbers, position) {
      const { executable, inputs, outputs, noise: needed } = await programs.trainer(batch);
      const steps = numbers.length;
      const epochAt = (i: number): number => position.epochsDone + (position.step + i) / position.stepsPerEpoch;
      const moved = [...keeper.state.keys()].map((name) => `next/${name}`).filter((name) => outputs.has(name));
      const { fetched, kept } = await executable.run(
        {
          steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps)) },
          data: block.data,
          indices: { type: 'int32', shape: [steps, batch], values: block.rowsOf(indices) },
          ...labelsOf(block),
          ...scheduleInputs(numbers),
          ...(inputs.has('epochs') && { epochs: floatRow(Float32Array.from(numbers, (_, i) => epochAt(i))) }),
          ...(await noise.forSteps(needed, position, steps)),
          ...Object.fromEntries(keeper.state),
        },
        moved,
      );
      keeper.advance(kept);
      const terms = Object.entries(fetched).filter(([name]) => name.startsWith('term/'));
      return {
        loss: floatsOf(fetched.loss),
        terms: new Map(terms.map(([name, values]) => [name.slice('term/'.length), floatsOf(values)])),
      };
    },
    async evaluate(signal) {
      const means = new TestMeans();
      let place = 0;
      let examples = 0;
      for await (const block of feeds.test.inOrder(signal)) {
        examples += block.length;
        for (let start = 0; start < block.length; start += EVALUATION_ROWS) {
          const count = Math.min(EVALUATION_ROWS, block.length - start);
          const positions = Int32Array.from({ length: count }, (_, i) => start + i);
          means.add(await runTest('evaluate', block, positions, place++), count);
        }
      }
      return examples < test.length ? undefined : means.over(test.length);
    },
    async audit() {
      for await (const block of feeds.test.inOrder()) {
        const count = Math.min(AUDIT_ROWS, block.length);
        const positions = Int32Array.from({ length: count }, (_, i) => Math.floor((i * block.length) / count));
        const fetched = await runTest('audit', block, positions, 0);
        return new Map(Object.entries(fetched).map(([name, figures]) => [name, floatsOf(figures)]));
      }
      return new Map();
    },
    hold: keeper.hold,
    release: keeper.release,
    weights: keeper.weights,
    optimizerState: keeper.optimizerState,
    async close() {
      await programs.close();
      await keeper.close();
      await runtime.free(await noise.held());
    },
  };
}
