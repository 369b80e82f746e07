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
import type { EndReason, EpochRecord, TrainingEvent, TrainingRequest, TrainingState } from './events.js';
import { type FeedOptions, openFeed } from './feed.js';
import type { CompleteTrainingOptions } from './options.js';
import type { Recipe } from './recipe.js';
import { runStage, stepsPerEpoch } from './run-stage.js';
import { EVALUATION_ROWS, type Evaluation, openSession, type ResidentState } from './session.js';
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
  /** What was chosen for this training by the data; none where a training goes on, or nothing was to be chosen. */
  readonly recipe?: Recipe;
  /** For people, in plain words. */
  readonly warnings: readonly string[];
}

export interface TrainContext {
  /** Go on from here instead of from the start. */
  readonly resume?: TrainingState;
  /** Stops between two calls of the runtime. */
  readonly signal?: AbortSignal;
  readonly runtime?: RuntimeOptions;
  /** Size of a data block in bytes, the same where a training is resumed; see {@link FeedOptions}. */
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

/**
 * The weights that a training begins with: {@link initialWeights}, and where there is a linear path, PCA of the training data
 * in it (of a sample of at most 100,000 examples where they are beyond 256 MiB).
 */
async function startingWeights(
  runtime: Runtime,
  specification: Specification,
  data: Dataset,
  seed: number,
): Promise<{ weights: Weights; pca?: Pca }> {
  const weights = initialWeights(specification, seed);
  if (!specification.linearPath) return { weights };
  const { scaling } = specification.input;
  const width = Math.min(specification.code.width, inputSize(specification));
  // Reports show some more components than a narrow code has.
  const pca = await fitPcaOn(runtime, sampleOfLarge(data), { width, scaling, maximumComponents: SHOWN_COMPONENTS });
  return { weights: startAtPca(specification, weights, pca), pca };
}

/** Whether the best weights are wanted instead of the last. */
export function keepsBest(options: CompleteTrainingOptions): boolean {
  return options.best || options.patience !== undefined;
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

/** What is known when one stage follows another. */
interface Progress {
  weights: Weights;
  optimizer: ReadonlyMap<string, Float32Array> | undefined;
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
  const threads = context.runtime?.threads ?? suggestedThreads(specification, options.batch);
  const runtime = await createRuntime({ ...context.runtime, threads });
  try {
    const { blockBytes } = context;
    const feeds = {
      train: openFeed(runtime, data, { blockBytes, batch: options.batch }),
      test: openFeed(runtime, test, { blockBytes, batch: EVALUATION_ROWS }),
    };
    const steps = stepsPerEpoch({ feed: feeds.train }, options);
    const stages = stagesOf(specification, options);
    const history: EpochRecord[] = [...(resume?.history ?? [])];
    const last = stages.length - 1;

    const begun = resume ?? (await startingWeights(runtime, specification, data, options.seed));
    yield {
      type: 'start',
      ...('pca' in begun && begun.pca && { pca: begun.pca }),
      epochs: totalEpochs(specification, options),
      firstEpoch: history.length + 1,
      stepsPerEpoch: steps,
      parameters: countParameters(specification),
    };

    let reason: EndReason = 'completed';
    let problem: GargaloError | undefined;
    const progress: Progress = {
      weights: begun.weights,
      optimizer: resume?.optimizer,
    };
    // The best state, of the training of the whole: here, or from before.
    let best: { epoch: number; testLoss: number; state?: ResidentState; weights?: Weights } | undefined = resume?.best;
    let start: TrainingState['start'] = resume?.start;
    let snapshot: (() => Promise<TrainingState>) | undefined;

    const total = totalEpochs(specification, options);
    const isLastEpoch = ({ epoch }: EpochRecord): boolean => epoch === total;
    let epochsBefore = 0;
    training: for (const [index, stage] of stages.entries()) {
      const epochsDone = Math.max(0, history.length - epochsBefore);
      const isOver = epochsDone >= stage.epochs;
      if (isOver && index < last) {
        epochsBefore += stage.epochs;
        continue;
      }
      if (index > 0 && epochsDone === 0) progress.weights = unrolled(specification, progress.weights);
      const session = await openSession(runtime, {
        specification,
        stage,
        definitions: asked(specification, stage),
        options,
        train: data,
        test,
        feeds,
        weights: progress.weights,
        ...(progress.optimizer && epochsDone > 0 && { optimizerState: progress.optimizer }),
      });
      // The state after the last whole epoch, which snapshots are taken of.
      let epochState = session.hold();
      const merged = async (state: ResidentState): Promise<Weights> =>
        new Map([...progress.weights, ...(await session.weights(state))]);
      const take = async (): Promise<TrainingState> => {
        if (best?.state) best.weights ??= await merged(best.state);
        return {
          options,
          request,
          data: hash,
          epoch: history.length,
          step: history.length * steps,
          weights: await merged(epochState),
          optimizer: await session.optimizerState(epochState),
          ...(best?.weights && { best: { epoch: best.epoch, testLoss: best.testLoss, weights: best.weights } }),
          ...(start && { start }),
          history: [...history],
        };
      };
      snapshot = take;
      if (specification.linearPath && history.length === 0) {
        // The start counts as an epoch of its own: what is kept is never worse than PCA on the test data.
        const evaluation = await session.evaluate(signal);
        if (evaluation) {
          start = startFigures(evaluation);
          if (keepsBest(options)) best = { epoch: 0, testLoss: evaluation.loss, state: epochState };
        }
      }
      const isPatient = (): boolean =>
        index < last ||
        options.patience === undefined ||
        best === undefined ||
        history.length - best.epoch < options.patience;
      if (!isPatient()) {
        reason = 'stopped-early';
        break;
      }
      const hasPrior = specification.code.type === 'gaussian';
      const run = { session, stage, options, epochsBefore, epochsDone, hasPrior, ...(signal && { signal }) };
      for await (const event of runStage(run)) {
        if (event.type === 'progress') {
          yield event;
        } else if (event.type === 'epoch') {
          const { record } = event;
          history.push(record);
          const previous = epochState;
          epochState = session.hold();
          if (index === last && keepsBest(options) && (!best || record.testLoss < best.testLoss)) {
            const outdone = best?.state;
            best = { epoch: record.epoch, testLoss: record.testLoss, state: epochState };
            if (outdone && outdone !== previous) session.release(outdone);
          }
          if (previous !== best?.state) session.release(previous);
          yield { type: 'epoch', record, snapshot: take };
          const stops = !isPatient() && history.length < epochsBefore + stage.epochs;
          if (index === last && (stops || isLastEpoch(record))) {
            // What holds at the end: an early look may be stale by then.
            const found = epochWarnings(specification, record);
            found.push(...weightWarnings(specification, await merged(epochState)));
            for (const message of found) yield { type: 'warning', message };
          }
          if (stops) {
            reason = 'stopped-early';
            break training;
          }
        } else {
          if (event.type === 'diverged') problem = event.problem;
          reason = event.type;
          break training;
        }
      }
      if (index === last) break;
      progress.weights = await merged(epochState);
      progress.optimizer = undefined;
      epochsBefore += stage.epochs;
      await session.close();
    }
    if (!snapshot) throw new GargaloError('internal', 'train', 'expected at least one stage, got none');
    yield { type: 'end', reason, state: await snapshot(), ...(problem && { problem }) };
  } finally {
    await runtime.close();
  }
}

/** The number of values that follow the gradient or that the trained model is made of: a codebook counts too. */
export function countParameters(specification: Specification): number {
  const used = new Set(inferenceParametersOf(specification).map(({ name }) => name));
  return parametersOf(specification)
    .filter(({ name, trained }) => trained || used.has(name))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
