import { itemAt } from '../core/collections.js';
import type { GargaloError } from '../core/errors.js';
import { createRandom, permutation } from '../core/random.js';
import type { Stage } from '../models/objective.js';
import { learningRateAt, type Schedule } from '../optim/schedule.js';
import { activityRecord, termRecords } from './activity.js';
import { diverged } from './diverged.js';
import type { EpochRecord, TrainingEvent } from './events.js';
import type { FeedBlock } from './feed.js';
import { type CompleteTrainingOptions, optimizerOf } from './options.js';
import type { Evaluation, StepFigures, TrainingSession } from './session.js';

/** A call should take about this long: seldom enough to cost nothing, often enough for progress and cancelling. */
const CALL_MILLISECONDS = 250;
/** Steps of the first call, before their time is known: few, so that progress shows early. */
const FIRST_CALL_STEPS = 8;

export interface StageRun {
  readonly session: TrainingSession;
  readonly stage: Stage;
  readonly options: CompleteTrainingOptions;
  /** Epochs of earlier stages. */
  readonly epochsBefore: number;
  /** Epochs of this stage done already. */
  readonly epochsDone: number;
  /** Whether code variances are compared with that of a prior. */
  readonly hasPrior: boolean;
  readonly signal?: AbortSignal;
}

/** What a stage tells as it goes. */
export type StageEvent =
  | Omit<Extract<TrainingEvent, { type: 'progress' }>, 'weights'>
  | { readonly type: 'epoch'; readonly record: EpochRecord; readonly evaluation: Evaluation }
  | { readonly type: 'cancelled' }
  | { readonly type: 'diverged'; readonly problem: GargaloError };

/** Steps of one epoch: every block ends with a smaller batch where it must. */
export function stepsPerEpoch(
  session: Pick<TrainingSession, 'feed'>,
  { batch, passes }: Pick<CompleteTrainingOptions, 'batch' | 'passes'>,
): number {
  return passes * session.feed.lengths.reduce((sum, length) => sum + Math.ceil(length / batch), 0);
}

/** The blocks of all passes of an epoch; each pass has an order of its own. */
async function* shuffledPasses(
  { feed }: Pick<TrainingSession, 'feed'>,
  { seed, passes }: CompleteTrainingOptions,
  epoch: number,
  signal?: AbortSignal,
): AsyncGenerator<FeedBlock & { readonly pass: number }, void> {
  for (let i = 1; i <= passes; i++) {
    const pass = (epoch - 1) * passes + i;
    for await (const block of feed.shuffled(seed, pass, signal)) yield { ...block, pass };
  }
}

/** The sums over the steps of an epoch under way. */
class EpochSums {
  /** Steps and examples so far, and what they took. */
  steps = 0;
  examples = 0;
  milliseconds = 0;
  loss = 0;
  readonly #terms = new Map<string, number>();

  /** Adds what some steps gave. */
  add({ loss, terms }: StepFigures, batch: number, milliseconds: number): void {
    const sumOf = (values: Float32Array): number => values.reduce((total, value) => total + value, 0) * batch;
    this.loss += sumOf(loss);
    for (const [name, values] of terms) this.#terms.set(name, (this.#terms.get(name) ?? 0) + sumOf(values));
    this.steps += loss.length;
    this.examples += loss.length * batch;
    this.milliseconds += milliseconds;
  }

  /** The mean of each term; where there is but one, it is the loss. */
  termMeans(sole: string): Map<string, number> {
    if (this.#terms.size === 0) return new Map([[sole, this.loss / this.examples]]);
    return new Map([...this.#terms].map(([name, sum]) => [name, sum / this.examples]));
  }

  get examplesPerSecond(): number {
    return (this.examples / this.milliseconds) * 1000;
  }
}

/** A stage under way. */
interface StageCourse {
  readonly schedule: Schedule;
  readonly stepsPerEpoch: number;
  /** Its name, as events have it. */
  readonly named: { readonly stage?: string };
  /** Known after the first call. */
  millisecondsPerStep: number | undefined;
}

type Stopped = Extract<StageEvent, { type: 'cancelled' | 'diverged' }>;

/** The steps of an epoch: what stopped it, or undefined. `done` are the epochs of this stage before it. */
async function* trainEpoch(
  run: StageRun,
  course: StageCourse,
  done: number,
  sums: EpochSums,
): AsyncGenerator<StageEvent, Stopped | undefined> {
  const { session, options, epochsBefore, signal } = run;
  const { schedule, stepsPerEpoch: steps, named } = course;
  const optimizer = optimizerOf(options);
  const epoch = epochsBefore + done + 1;
  // Waiting for data is training too, where it is not done meanwhile.
  let waitingSince = performance.now();
  for await (const block of shuffledPasses(session, options, epoch, signal)) {
    sums.milliseconds += performance.now() - waitingSince;
    const rows = permutation(block.length, createRandom(options.seed, `shuffle/${block.pass}/${block.index}`));
    for (let at = 0; at < block.length; ) {
      const batch = Math.min(options.batch, block.length - at);
      const { millisecondsPerStep } = course;
      const wanted = millisecondsPerStep ? Math.ceil(CALL_MILLISECONDS / millisecondsPerStep) : FIRST_CALL_STEPS;
      const count = Math.min(wanted, Math.floor((block.length - at) / batch));
      const before = done * steps + sums.steps;
      const numbers = Array.from({ length: count }, (_, i) =>
        optimizer.numbers(before + i + 1, learningRateAt(schedule, before + i + 1)),
      );
      const position = { epoch, step: sums.steps, stepsPerEpoch: steps, epochsDone: done };
      const callStarted = performance.now();
      const figures = await session.run(block, rows.slice(at, at + count * batch), batch, numbers, position);
      const milliseconds = performance.now() - callStarted;
      for (const [i, loss] of figures.loss.entries()) {
        if (Number.isFinite(loss)) continue;
        return { type: 'diverged', problem: diverged(epoch, sums.steps + i + 1, loss, options) };
      }
      sums.add(figures, batch, milliseconds);
      at += count * batch;
      if (batch === options.batch) course.millisecondsPerStep = milliseconds / count;
      yield {
        type: 'progress',
        epoch,
        ...named,
        step: sums.steps,
        steps,
        loss: figures.loss.reduce((total, value) => total + value, 0) / count,
        examplesPerSecond: sums.examplesPerSecond,
      };
      if (signal?.aborted) return { type: 'cancelled' };
    }
    waitingSince = performance.now();
  }
  return undefined;
}

/** Trains one stage: epochs of steps, each followed by a test. Ends early when cancelled or diverged. */
export async function* runStage(run: StageRun): AsyncGenerator<StageEvent, void> {
  const { session, stage, options, epochsBefore, signal } = run;
  const steps = stepsPerEpoch(session, options);
  const course: StageCourse = {
    schedule: {
      name: options.schedule,
      learningRate: stage.learningRate,
      warmupSteps: Math.round(options.warmup * steps),
      totalSteps: stage.epochs * steps,
    },
    stepsPerEpoch: steps,
    named: stage.name === undefined ? {} : { stage: stage.name },
    millisecondsPerStep: undefined,
  };
  for (let done = run.epochsDone; done < stage.epochs; done++) {
    const epoch = epochsBefore + done + 1;
    const started = performance.now();
    const sums = new EpochSums();
    const stopped = yield* trainEpoch(run, course, done, sums);
    if (stopped) {
      yield stopped;
      return;
    }
    const evaluation = sums.steps === steps ? await session.evaluate(signal) : undefined;
    if (!evaluation) {
      // stopped while data were read
      yield { type: 'cancelled' };
      return;
    }
    if (!Number.isFinite(evaluation.loss)) {
      yield { type: 'diverged', problem: diverged(epoch, sums.steps, evaluation.loss, options) };
      return;
    }
    const audit = await session.audit();
    yield {
      type: 'epoch',
      evaluation,
      record: {
        epoch,
        ...course.named,
        trainLoss: sums.loss / sums.examples,
        testLoss: evaluation.loss,
        testSquaredError: evaluation.measures['squared-error'] ?? Number.NaN,
        terms: termRecords(sums.termMeans(itemAt(Object.keys(evaluation.terms), 0)), evaluation.terms, audit),
        activity: activityRecord(audit, run.hasPrior),
        learningRate: learningRateAt(course.schedule, (done + 1) * steps),
        examplesPerSecond: sums.examplesPerSecond,
        seconds: (performance.now() - started) / 1000,
      },
    };
    if (signal?.aborted) {
      yield { type: 'cancelled' };
      return;
    }
  }
}
