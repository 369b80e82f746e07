import { createRuntime } from '#runtime';
import { badInput, GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import type { Dataset } from '../data/dataset.js';
import { fingerprint } from '../data/fingerprint.js';
import { sampleOfLarge } from '../data/runs.js';
import { sizeOf } from '../graph/shape.js';
import { variable } from '../graph/tensor.js';
import {
  checkInput,
  inferenceParametersOf,
  parametersAsked,
  parametersOf,
  type Weights,
} from '../models/autoencoder.js';
import { symbolicContext } from '../models/context.js';
import { startAtPca } from '../models/linear-path.js';
import { type Stage, stagesOf } from '../models/objective.js';
import { fitPcaOn, type Pca } from '../models/pca.js';
import { unrolled } from '../models/pretraining.js';
import { inputSize, type Specification } from '../models/specification.js';
import type { ParameterDefinition } from '../nn/scope.js';
import type { Runtime, RuntimeOptions } from '../runtime/runtime.js';
import { suggestedThreads } from './cost.js';
import { divergence } from './diverged.js';
import type { EndReason, EpochRecord, TrainingEvent, TrainingRequest, TrainingState } from './events.js';
import { type FeedOptions, openFeed } from './feed.js';
import { keepsBest } from './kept.js';
import type { CompleteTrainingOptions } from './options.js';
import type { Recipe } from './recipe.js';
import { runStage, type StageRun, stepsPerEpoch } from './run-stage.js';
import { type Evaluation, openSession, type TrainingSession } from './session.js';
import { EVALUATION_ROWS } from './session-programs.js';
import type { ResidentState } from './session-state.js';
import { epochWarnings, weightWarnings } from './warnings.js';

/** Components that reports show. */
export const SHOWN_COMPONENTS = 32;

/** What is decided before training starts. */
export interface Preparation {
  readonly specification: Specification;
  readonly options: CompleteTrainingOptions;
  readonly request: TrainingRequest;
  readonly train: Dataset;
  readonly test: Dataset;
  /** Parameters to start from, where that is another model. */
  readonly from?: Weights;
  /** What was chosen for this training by the data; none where a training goes on, or nothing was to be chosen. */
  readonly recipe?: Recipe;
  /** For people, in plain words. */
  readonly warnings: readonly string[];
}

/** What a training runs on, and where it goes on from. */
export interface TrainContext {
  /** Go on from here instead of from the start. */
  readonly resume?: TrainingState;
  /** Stops between two calls of the runtime. */
  readonly signal?: AbortSignal;
  readonly runtime?: RuntimeOptions;
  /** Size of a data block in bytes, the same where a training is resumed; see {@link FeedOptions}. */
  readonly blockBytes?: number;
}

/** The initial weights of a specification by parameter, each drawn from a random stream of its own. */
export function initialWeights(specification: Specification, seed: number): Weights {
  return new Map(
    parametersOf(specification).map(({ name, shape, initializer }) => [
      name,
      initializer(shape, createRandom(seed, `initialize/${name}`)),
    ]),
  );
}

/**
 * The weights that a training begins with: {@link initialWeights}, and where there is a linear path, PCA of the training data
 * in it (of a sample of at most 100,000 examples where they are beyond 256 MiB); or those of another model.
 */
async function startingWeights(
  runtime: Runtime,
  { specification, train: data, options: { seed }, from }: Preparation,
  signal: AbortSignal | undefined,
): Promise<{ weights: Weights; pca?: Pca }> {
  const weights = initialWeights(specification, seed);
  if (from) return { weights: new Map([...weights, ...from]) };
  if (!specification.linearPath) return { weights };
  const { scaling } = specification.input;
  const width = Math.min(specification.code.width, inputSize(specification));
  // Reports show some more components than a narrow code has.
  const pca = await fitPcaOn(runtime, sampleOfLarge(data), {
    width,
    scaling,
    maximumComponents: SHOWN_COMPONENTS,
    signal,
  });
  return { weights: startAtPca(specification, weights, pca), pca };
}

/** The epochs of all stages together. */
export function totalEpochs(specification: Specification, options: CompleteTrainingOptions): number {
  return stagesOf(specification, options).reduce((sum, { epochs }) => sum + epochs, 0);
}

/** Whether a training has come to its end: nothing would be trained by going on. */
export function isOver(specification: Specification, { options, epoch, best }: TrainingState): boolean {
  const { patience } = options;
  const impatient = patience !== undefined && best !== undefined && epoch - best.epoch >= patience;
  return impatient || epoch >= totalEpochs(specification, options);
}

/** The parameters that a stage's objective asks for. */
function asked(specification: Specification, { objective }: Stage): ParameterDefinition[] {
  return parametersAsked((scope) => {
    objective(scope, variable('x', [2, inputSize(specification)]), symbolicContext()).measures();
  });
}

/**
 * The parameters whose optimizer state a training needs to go on after some epochs: those that the stage it is in
 * trains; at the border of two stages none, since the next one starts afresh.
 */
export function parametersToGoOn(
  specification: Specification,
  options: CompleteTrainingOptions,
  epochsDone: number,
): ParameterDefinition[] {
  const stages = stagesOf(specification, options);
  let before = 0;
  for (const [index, stage] of stages.entries()) {
    const end = index === stages.length - 1 ? Number.POSITIVE_INFINITY : before + stage.epochs;
    if (epochsDone < end) return epochsDone === before ? [] : trainedBy(specification, stage);
    before = end;
  }
  return [];
}

function trainedBy(specification: Specification, stage: Stage): ParameterDefinition[] {
  return asked(specification, stage).filter(({ name, trained }) => trained && stage.trains(name));
}

function startFigures({ loss, terms, measures }: Evaluation): TrainingState['start'] {
  return { testLoss: loss, testSquaredError: measures['squared-error'] ?? Number.NaN, terms };
}

/** The best state of the training of the whole: here, or from before. */
interface Best {
  readonly epoch: number;
  readonly testLoss: number;
  readonly state?: ResidentState;
  weights?: Weights;
}

/** A training as far as it has come, from stage to stage. */
interface Course {
  readonly preparation: Preparation;
  /** Fingerprint of the training data. */
  readonly data: string;
  readonly stepsPerEpoch: number;
  readonly history: EpochRecord[];
  weights: Weights;
  optimizer: ReadonlyMap<string, Float32Array> | undefined;
  best: Best | undefined;
  start: TrainingState['start'];
}

/** The states of a stage that may be asked for: that after the last whole epoch, and the best. */
type StageStates = ReturnType<typeof stageStates>;

function stageStates(session: TrainingSession, course: Course) {
  const { preparation, data, stepsPerEpoch, history } = course;
  const { options, request } = preparation;
  let epochState = session.hold();
  const weightsOf = async (state: ResidentState): Promise<Weights> =>
    new Map([...course.weights, ...(await session.weights(state))]);
  /** The weights after the last whole epoch: those of the stage, and those of stages before. */
  const weights = (): Promise<Weights> => weightsOf(epochState);
  return {
    weights,
    /** The weights after the last step. */
    now: (): Promise<Weights> => weightsOf(session.state),
    /** What a training goes on from later. */
    async snapshot(): Promise<TrainingState> {
      const { best, start } = course;
      if (best?.state) best.weights ??= await weightsOf(best.state);
      return {
        options,
        request,
        data,
        epoch: history.length,
        step: history.length * stepsPerEpoch,
        weights: await weights(),
        optimizer: await session.optimizerState(epochState),
        ...(best?.weights && { best: { epoch: best.epoch, testLoss: best.testLoss, weights: best.weights } }),
        ...(start && { start }),
        history: [...history],
      };
    },
    /** The start counts as an epoch of its own: what is kept is never worse than PCA on the test data. */
    takeStart(evaluation: Evaluation): void {
      course.start = startFigures(evaluation);
      if (keepsBest(options)) course.best = { epoch: 0, testLoss: evaluation.loss, state: epochState };
    },
    /** Takes the state after an epoch, which may be the best. */
    takeEpoch({ epoch, testLoss }: EpochRecord, mayBeBest: boolean): void {
      const previous = epochState;
      epochState = session.hold();
      const { best } = course;
      if (mayBeBest && (!best || testLoss < best.testLoss)) {
        course.best = { epoch, testLoss, state: epochState };
        if (best?.state && best.state !== previous) session.release(best.state);
      }
      if (previous !== course.best?.state) session.release(previous);
    },
  };
}

/** Refuses data that do not fit the specification, or are not those that a training was started with. */
async function checkData({ specification, train: data, test }: Preparation, resume?: TrainingState): Promise<string> {
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
  return hash;
}

/** How a stage ended; where there is nothing to stop for, `completed`. */
interface StageEnd {
  readonly reason: EndReason;
  readonly problem?: GargaloError;
}

/** The epochs of a stage, with the states that are kept of them. */
async function* trainStage(
  course: Course,
  states: StageStates,
  run: StageRun,
  isLast: boolean,
): AsyncGenerator<TrainingEvent, StageEnd> {
  const { history, preparation } = course;
  const { specification, options } = preparation;
  const { patience } = options;
  const isPatient = (): boolean => {
    const { best } = course;
    return !isLast || patience === undefined || best === undefined || history.length - best.epoch < patience;
  };
  if (!isPatient()) return { reason: 'stopped-early' };
  const total = totalEpochs(specification, options);
  for await (const event of runStage(run)) {
    if (event.type === 'progress') {
      yield { ...event, weights: () => states.now() };
    } else if (event.type === 'epoch') {
      const { record } = event;
      history.push(record);
      states.takeEpoch(record, isLast && keepsBest(options));
      yield { type: 'epoch', record, snapshot: () => states.snapshot() };
      const stops = !isPatient() && history.length < run.epochsBefore + run.stage.epochs;
      if (isLast && (stops || record.epoch === total)) {
        // What holds at the end: an early look may be stale by then.
        const messages = epochWarnings(specification, record, preparation.test.length);
        messages.push(...weightWarnings(specification, await states.weights()));
        for (const message of messages) yield { type: 'warning', message };
      }
      if (stops) return { reason: 'stopped-early' };
    } else {
      return event.type === 'diverged' ? { reason: event.type, problem: event.problem } : { reason: event.type };
    }
  }
  return { reason: 'completed' };
}

/**
 * Trains, and tells about it: an event at the start, after each call of the runtime, after each epoch and at the end.
 * With the same seed, data, machine and thread count the results are the same, digit for digit, however often training
 * was stopped and resumed. A loss that becomes NaN or infinite ends it with the state of the epoch before.
 *
 * @throws GargaloError `bad-input` where data and specification do not fit each other
 */
export async function* train(
  preparation: Preparation,
  context: TrainContext = {},
): AsyncGenerator<TrainingEvent, void> {
  const { specification, options } = preparation;
  const data = await checkData(preparation, context.resume);
  const threads = context.runtime?.threads ?? suggestedThreads(specification, options.batch);
  const runtime = await createRuntime({ ...context.runtime, threads });
  try {
    yield* trainStages(runtime, preparation, context, data);
  } finally {
    await runtime.close();
  }
}

async function* trainStages(
  runtime: Runtime,
  preparation: Preparation,
  { resume, signal, blockBytes }: TrainContext,
  data: string,
): AsyncGenerator<TrainingEvent, void> {
  const { specification, options, train: trainData, test } = preparation;
  const feeds = {
    train: openFeed(runtime, trainData, { blockBytes, batch: options.batch }),
    test: openFeed(runtime, test, { blockBytes, batch: EVALUATION_ROWS }),
  };
  const begun = resume ?? (await startingWeights(runtime, preparation, signal));
  const history = [...(resume?.history ?? [])];
  const steps = stepsPerEpoch({ feed: feeds.train }, options);
  yield {
    type: 'start',
    ...('pca' in begun && begun.pca && { pca: begun.pca }),
    epochs: totalEpochs(specification, options),
    firstEpoch: history.length + 1,
    stepsPerEpoch: steps,
    parameters: countParameters(specification),
  };
  const course: Course = {
    preparation,
    data,
    stepsPerEpoch: steps,
    history,
    weights: begun.weights,
    optimizer: resume?.optimizer,
    best: resume?.best,
    start: resume?.start,
  };
  const hasPrior = specification.code.type === 'gaussian';
  const stages = stagesOf(specification, options);
  let epochsBefore = 0;
  for (const [index, stage] of stages.entries()) {
    const isLast = index === stages.length - 1;
    const epochsDone = Math.max(0, history.length - epochsBefore);
    if (isLast || epochsDone < stage.epochs) {
      if (index > 0 && epochsDone === 0) course.weights = unrolled(specification, course.weights);
      const session = await openSession(runtime, {
        specification,
        stage,
        definitions: asked(specification, stage),
        options,
        train: trainData,
        test,
        feeds,
        weights: course.weights,
        ...(course.optimizer && epochsDone > 0 && { optimizerState: course.optimizer }),
      });
      const states = stageStates(session, course);
      if ((specification.linearPath || preparation.from) && history.length === 0) {
        const evaluation = await session.evaluate(signal);
        if (evaluation) states.takeStart(evaluation);
      }
      const run = { session, stage, options, epochsBefore, epochsDone, hasPrior, ...(signal && { signal }) };
      const end = yield* trainStage(course, states, run, isLast);
      if (isLast || end.reason !== 'completed') {
        const state = await states.snapshot();
        const isThrough = isLast && !end.problem && end.reason !== 'cancelled' && !signal?.aborted;
        const found = isThrough ? await divergence(preparation, state) : undefined;
        if (found) yield { type: 'warning', message: found.message };
        yield { type: 'end', ...end, ...(found?.isKept && { reason: 'diverged' }), state };
        return;
      }
      course.weights = await states.weights();
      course.optimizer = undefined;
      await session.close();
    }
    epochsBefore += stage.epochs;
  }
  throw new GargaloError('internal', 'train', 'expected at least one stage, got none');
}

/** The number of values that follow the gradient or that the trained model is made of: a codebook counts too. */
export function countParameters(specification: Specification): number {
  const used = new Set(inferenceParametersOf(specification).map(({ name }) => name));
  return parametersOf(specification)
    .filter(({ name, trained }) => trained || used.has(name))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
