import type { GargaloError } from '../core/errors.js';
import { createRandom, permutation } from '../core/random.js';
import type { Stage } from '../models/objective.js';
import { learningRateAt, type Schedule } from '../optim/schedule.js';
import { activityRecord, termRecords } from './activity.js';
import { diverged } from './diverged.js';
import type { EpochRecord, TrainingEvent } from './events.js';
import type { FeedBlock } from './feed.js';
import { type CompleteTrainingOptions, optimizerOf } from './options.js';
import type { Evaluation, TrainingSession } from './session.js';

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
  | Extract<TrainingEvent, { type: 'progress' }>
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

/** Trains one stage: epochs of steps, each followed by a test. Ends early when cancelled or diverged. */
export async function* runStage(run: StageRun): AsyncGenerator<StageEvent, void> {
  const { session, stage, options, epochsBefore, epochsDone, signal } = run;
  const optimizer = optimizerOf(options);
  const steps = stepsPerEpoch(session, options);
  const schedule: Schedule = {
    name: options.schedule,
    learningRate: stage.learningRate,
    warmupSteps: Math.round(options.warmup * steps),
    totalSteps: stage.epochs * steps,
  };
  const named = stage.name === undefined ? {} : { stage: stage.name };
  let millisecondsPerStep: number | undefined;
  for (let done = epochsDone; done < stage.epochs; done++) {
    const epoch = epochsBefore + done + 1;
    const started = performance.now();
    const sums = new Map<string, number>();
    let examples = 0;
    let trainingMilliseconds = 0;
    let epochStep = 0;
    // Waiting for data is training too, where it is not done meanwhile.
    let waitingSince = performance.now();
    for await (const block of shuffledPasses(session, options, epoch, signal)) {
      trainingMilliseconds += performance.now() - waitingSince;
      const rows = permutation(block.length, createRandom(options.seed, `shuffle/${block.pass}/${block.index}`));
      for (let at = 0; at < block.length; ) {
        const batch = Math.min(options.batch, block.length - at);
        const wanted = millisecondsPerStep ? Math.ceil(CALL_MILLISECONDS / millisecondsPerStep) : FIRST_CALL_STEPS;
        const count = Math.min(wanted, Math.floor((block.length - at) / batch));
        const before = done * steps + epochStep;
        const numbers = Array.from({ length: count }, (_, i) =>
          optimizer.numbers(before + i + 1, learningRateAt(schedule, before + i + 1)),
        );
        const position = { epoch, step: epochStep, stepsPerEpoch: steps, epochsDone: done };
        const callStarted = performance.now();
        const { loss, terms } = await session.run(block, rows.slice(at, at + count * batch), batch, numbers, position);
        const milliseconds = performance.now() - callStarted;
        const bad = loss.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0) {
          yield { type: 'diverged', problem: diverged(epoch, epochStep + bad + 1, loss[bad] as number, options) };
          return;
        }
        const add = (name: string, values: Float32Array): number => {
          const sum = values.reduce((total, value) => total + value, 0);
          sums.set(name, (sums.get(name) ?? 0) + sum * batch);
          return sum;
        };
        const sum = add('', loss);
        for (const [name, values] of terms) add(name, values);
        examples += count * batch;
        at += count * batch;
        epochStep += count;
        trainingMilliseconds += milliseconds;
        if (batch === options.batch) millisecondsPerStep = milliseconds / count;
        yield {
          type: 'progress',
          epoch,
          ...named,
          step: epochStep,
          steps,
          loss: sum / count,
          examplesPerSecond: (examples / trainingMilliseconds) * 1000,
        };
        if (signal?.aborted) {
          yield { type: 'cancelled' };
          return;
        }
      }
      waitingSince = performance.now();
    }

    const evaluation = epochStep === steps ? await session.evaluate(signal) : undefined;
    if (!evaluation) {
      // stopped while data were read
      yield { type: 'cancelled' };
      return;
    }
    if (!Number.isFinite(evaluation.loss)) {
      yield { type: 'diverged', problem: diverged(epoch, epochStep, evaluation.loss, options) };
      return;
    }
    const means = new Map([...sums].map(([name, sum]) => [name, sum / examples]));
    const trainLoss = means.get('') as number;
    const [sole] = Object.keys(evaluation.terms) as [string];
    const audit = await session.audit();
    yield {
      type: 'epoch',
      evaluation,
      record: {
        epoch,
        ...named,
        trainLoss,
        testLoss: evaluation.loss,
        testSquaredError: evaluation.measures['squared-error'] ?? Number.NaN,
        terms: termRecords(means.size > 1 ? means : new Map([[sole, trainLoss]]), evaluation.terms, audit),
        activity: activityRecord(audit, run.hasPrior),
        learningRate: learningRateAt(schedule, (done + 1) * steps),
        examplesPerSecond: (examples / trainingMilliseconds) * 1000,
        seconds: (performance.now() - started) / 1000,
      },
    };
    if (signal?.aborted) {
      yield { type: 'cancelled' };
      return;
    }
  }
}
