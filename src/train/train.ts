import { availableThreads, createRuntime } from '#runtime';
import type { Dataset } from '../data/dataset.js';
import { fingerprint } from '../data/fingerprint.js';
import { badInput, GargaloError } from '../errors.js';
import { sizeOf } from '../graph/shape.js';
import { checkInput, parametersOf, type Weights } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { learningRateAt, type Schedule } from '../optim/schedule.js';
import { createRandom, permutation } from '../random.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { EndReason, EpochRecord, TrainingEvent, TrainingRequest, TrainingState } from './events.js';
import { type CompleteTrainingOptions, optimizerOf } from './options.js';
import { openSession, type ResidentState } from './session.js';

/** A call should take about this long: seldom enough to cost nothing, often enough for progress and cancelling. */
const CALL_MILLISECONDS = 250;
/** Steps of the first call, before their time is known: few, so that progress shows early. */
const FIRST_CALL_STEPS = 8;
/** Data of up to this size stay with the runtime as one block. */
const BLOCK_BYTES = 256 * 2 ** 20;

/** What is decided before training starts. */
export interface Preparation {
  readonly specification: Specification;
  readonly options: CompleteTrainingOptions;
  readonly request: TrainingRequest;
  readonly train: Dataset;
  readonly test: Dataset;
  /** For people, in plain words. */
  readonly warnings: readonly string[];
}

export interface TrainContext {
  /** Go on from here instead of from the start. */
  readonly resume?: TrainingState;
  /** Stops between two calls of the runtime. */
  readonly signal?: AbortSignal;
  readonly runtime?: RuntimeOptions;
  /** Size of a data block in bytes; smaller ones bound the memory tighter. Default 256 MiB. */
  readonly blockBytes?: number;
}

/** The initial weights of a specification: each parameter has a random stream of its own. */
export function initialWeights(specification: Specification, seed: number): Weights {
  return new Map(
    parametersOf(specification).map(({ name, shape, initializer }) => [
      name,
      initializer(shape, createRandom(seed, `initialize/${name}`)),
    ]),
  );
}

/** Whether the best weights are wanted instead of the last. */
export function keepsBest(options: CompleteTrainingOptions): boolean {
  return options.best || options.patience !== undefined;
}

/**
 * Trains, and tells about it: an event at the start, after each call of the runtime, after each epoch and at the end.
 * With the same seed, data, machine and thread count the results are the same, digit for digit, however often training
 * was stopped and resumed. A loss that becomes NaN or infinite ends it with the state of the epoch before.
 *
 * @throws GargaloError `bad-input` where data and specification do not fit each other
 */
export async function* train(
  { specification, options, request, train: data, test }: Preparation,
  context: TrainContext = {},
): AsyncGenerator<TrainingEvent, void> {
  const { resume, signal } = context;
  for (const part of [data, test]) {
    checkInput(specification, part);
    if (part.length === 0) throw badInput(part.name, 'expected at least one example, got none');
  }
  const hash = await fingerprint(data);
  if (resume && resume.data !== hash) {
    throw badInput(
      data.name,
      'expected the data that the run was started with, got others',
      'resume with the same data and options',
    );
  }
  const optimizer = optimizerOf(options);
  const threads = context.runtime?.threads ?? suggestedThreads(specification, options.batch);
  const runtime = await createRuntime({ ...context.runtime, threads });
  try {
    const session = await openSession(runtime, {
      specification,
      options,
      train: data,
      test,
      weights: resume?.weights ?? initialWeights(specification, options.seed),
      ...(resume && { optimizerState: resume.optimizer }),
      blockBytes: context.blockBytes ?? BLOCK_BYTES,
    });
    const { feed } = session;
    const stepsPerEpoch = feed.lengths.reduce((sum, length) => sum + Math.ceil(length / options.batch), 0);
    const schedule: Schedule = {
      name: options.schedule,
      learningRate: options.learningRate,
      warmupSteps: Math.round(options.warmup * stepsPerEpoch),
      totalSteps: options.epochs * stepsPerEpoch,
    };

    const history: EpochRecord[] = [...(resume?.history ?? [])];
    // The state after the last whole epoch, which snapshots are taken of, and the best one: here, or from before.
    let epochState = session.hold();
    let best: { epoch: number; testLoss: number; state?: ResidentState; weights?: Weights } | undefined = resume?.best;

    const snapshot = async (): Promise<TrainingState> => {
      if (best?.state) best.weights ??= await session.weights(best.state);
      return {
        options,
        request,
        data: hash,
        epoch: history.length,
        step: history.length * stepsPerEpoch,
        weights: await session.weights(epochState),
        optimizer: await session.optimizerState(epochState),
        ...(best?.weights && { best: { epoch: best.epoch, testLoss: best.testLoss, weights: best.weights } }),
        history: [...history],
      };
    };

    yield {
      type: 'start',
      epochs: options.epochs,
      firstEpoch: history.length + 1,
      stepsPerEpoch,
      parameters: countParameters(specification),
    };

    let millisecondsPerStep: number | undefined;
    let reason: EndReason = 'completed';
    let problem: GargaloError | undefined;
    training: for (let epoch = history.length + 1; epoch <= options.epochs; epoch++) {
      if (options.patience !== undefined && best && history.length - best.epoch >= options.patience) {
        reason = 'stopped-early';
        break;
      }
      const started = performance.now();
      let lossSum = 0;
      let examples = 0;
      let trainingMilliseconds = 0;
      let epochStep = 0;
      const order = permutation(feed.lengths.length, createRandom(options.seed, `blocks/${epoch}`));
      for await (const block of feed.blocks(order)) {
        const rows = permutation(block.length, createRandom(options.seed, `shuffle/${epoch}/${block.index}`));
        for (let at = 0; at < block.length; ) {
          const batch = Math.min(options.batch, block.length - at);
          const wanted = millisecondsPerStep ? Math.ceil(CALL_MILLISECONDS / millisecondsPerStep) : FIRST_CALL_STEPS;
          const steps = Math.min(wanted, Math.floor((block.length - at) / batch));
          const before = (epoch - 1) * stepsPerEpoch + epochStep;
          const numbers = Array.from({ length: steps }, (_, i) =>
            optimizer.numbers(before + i + 1, learningRateAt(schedule, before + i + 1)),
          );
          const callStarted = performance.now();
          const losses = await session.run(block, rows.slice(at, at + steps * batch), batch, numbers);
          const milliseconds = performance.now() - callStarted;
          const bad = losses.findIndex((loss) => !Number.isFinite(loss));
          if (bad >= 0) {
            problem = diverged(epoch, epochStep + bad + 1, losses[bad] as number, options);
            break training;
          }

          const sum = losses.reduce((total, loss) => total + loss, 0);
          lossSum += sum * batch;
          examples += steps * batch;
          at += steps * batch;
          epochStep += steps;
          trainingMilliseconds += milliseconds;
          if (batch === options.batch) millisecondsPerStep = milliseconds / steps;
          yield {
            type: 'progress',
            epoch,
            step: epochStep,
            steps: stepsPerEpoch,
            loss: sum / steps,
            examplesPerSecond: (examples / trainingMilliseconds) * 1000,
          };
          if (signal?.aborted) {
            reason = 'cancelled';
            break training;
          }
        }
      }

      const evaluation = await session.evaluate();
      if (!Number.isFinite(evaluation.loss)) {
        problem = diverged(epoch, epochStep, evaluation.loss, options);
        break;
      }
      history.push({
        epoch,
        trainLoss: lossSum / examples,
        testLoss: evaluation.loss,
        testSquaredError: evaluation.squaredError,
        learningRate: learningRateAt(schedule, epoch * stepsPerEpoch),
        examplesPerSecond: (examples / trainingMilliseconds) * 1000,
        seconds: (performance.now() - started) / 1000,
      });
      const previous = epochState;
      epochState = session.hold();
      if (keepsBest(options) && (!best || evaluation.loss < best.testLoss)) {
        const outdone = best?.state;
        best = { epoch, testLoss: evaluation.loss, state: epochState };
        if (outdone && outdone !== previous) session.release(outdone);
      }
      if (previous !== best?.state) session.release(previous);
      yield { type: 'epoch', record: history[history.length - 1]!, snapshot };
      if (signal?.aborted) {
        reason = 'cancelled';
        break;
      }
    }
    yield { type: 'end', reason: problem ? 'diverged' : reason, state: await snapshot(), ...(problem && { problem }) };
  } finally {
    await runtime.close();
  }
}

/** Multiplications a step and pass from which a second thread pays. */
const WORK_FOR_TWO = 4_000_000;

/**
 * The threads that a training gets where nobody says: two, from the size of 784-32-784 with a batch of 256 on, where
 * the second was measured to add 20 % (a network of 2.8 million parameters: 80 %); one below, where handing out the
 * work costs more than it saves. More than two were never measured to pay on networks of this kind, and threads that
 * wait for each other suffer from every other busy program.
 */
export function suggestedThreads(specification: Specification, batch: number): number {
  return countParameters(specification) * batch >= WORK_FOR_TWO ? Math.min(2, availableThreads()) : 1;
}

/** The number of trained values. */
export function countParameters(specification: Specification): number {
  return parametersOf(specification).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function diverged(epoch: number, step: number, loss: number, options: CompleteTrainingOptions): GargaloError {
  return new GargaloError(
    'diverged',
    `epoch ${epoch}, step ${step}`,
    `expected a finite loss, got ${loss}${epoch > 1 ? '; the weights of the epoch before are kept' : ''}`,
    `lower the learning rate, now ${options.learningRate}, or limit the gradient with --clip-norm 1`,
  );
}
