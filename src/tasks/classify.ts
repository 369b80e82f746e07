import { createRuntime } from '#runtime';
import { badInput } from '../core/errors.js';
import type { Dataset } from '../data/dataset.js';
import { fitScaling, type Scaling } from '../data/scaling.js';
import * as op from '../graph/ops/index.js';
import { isOperator, type Tensor, topologicalOrder, variable } from '../graph/tensor.js';
import { checkInput, type Model, parametersAsked, runtimeFor, type Weights } from '../models/autoencoder.js';
import { symbolicContext } from '../models/context.js';
import type { Objective, Stage } from '../models/objective.js';
import { completeOptions } from '../models/options.js';
import { inputSize, type Specification } from '../models/specification.js';
import { classificationError, crossEntropy } from '../nn/losses.js';
import type { Scope } from '../nn/scope.js';
import { type RuntimeOptions, runtimeOptionsOf } from '../runtime/runtime.js';
import { suggestedThreads } from '../train/cost.js';
import type { TrainingEvent } from '../train/events.js';
import { openFeed } from '../train/feed.js';
import { type CompleteTrainingOptions, type TrainingOptions, trainingOptions } from '../train/options.js';
import { runStage } from '../train/run-stage.js';
import { openSession } from '../train/session.js';
import { EVALUATION_ROWS } from '../train/session-programs.js';
import { initialWeights } from '../train/train.js';
import {
  type Classifier,
  featuresOf,
  featureTable,
  type Predictions,
  predictClasses,
  softmaxLayer,
} from './classifier.js';

/** One epoch of a classifier's training. */
export interface ClassifierEpoch {
  readonly epoch: number;
  /** Mean cross-entropy over the epoch's batches, each before its step, in nats, with what `l2` adds. */
  readonly trainLoss: number;
  /** Mean cross-entropy over the test examples, in nats. */
  readonly testLoss: number;
  /** The part of the test examples that is classified wrongly, 0 … 1. */
  readonly testError: number;
  readonly seconds: number;
}

/** What training a classifier tells as it goes. */
export type ClassifierEvent =
  | Omit<Extract<TrainingEvent, { type: 'progress' }>, 'weights'>
  | { readonly type: 'epoch'; readonly record: ClassifierEpoch };

/** How a classifier is trained: `epochs`, `batch`, `learningRate`, `seed`, `optimizer`, `schedule` … as everywhere. */
export interface ClassifierOptions
  extends Omit<TrainingOptions, 'scaling' | 'validation' | 'patience' | 'best'>,
    RuntimeOptions {
  /** The autoencoder whose encoder is used. */
  readonly model: Model;
  /** Examples with labels; none may be unknown. */
  readonly train: Dataset;
  readonly test: Dataset;
  /** Whether the encoder's weights follow too; else only the softmax layer is trained, on codes that stay. */
  readonly fineTune?: boolean;
  /** Whether to start from the model's weights; else from random ones: what pretraining is compared with. */
  readonly pretrained?: boolean;
  /** What the softmax layer sees: `code` (the default) or a hidden layer of the encoder, `encoder/0`. */
  readonly layer?: string;
  /** Weight of the sum of squares of all trained weights, without biases. */
  readonly l2?: number;
  /** Called for each event; training waits for what it returns. */
  readonly onEvent?: (event: ClassifierEvent) => void | Promise<void>;
  /** Stops between two calls of the runtime: what there is after the last whole epoch is given. */
  readonly signal?: AbortSignal;
}

/** What {@link trainClassifier} gives. */
export interface ClassifierResult extends Classifier {
  /** The part of the test examples that is classified wrongly after the last epoch, 0 … 1. */
  readonly testError: number;
  readonly history: readonly ClassifierEpoch[];
  /** Classes and probabilities of examples in raw units. */
  predict(examples: Dataset): Promise<Predictions>;
}

/** Passes over the data where nobody says how many: a softmax layer alone converges late, but its epochs are short. */
const EPOCHS = { frozen: 30, fineTuned: 20 };

/** The names of the classes, and whether every example has one. */
function classesOf(train: Dataset, test: Dataset): readonly string[] {
  for (const { name, length, labels } of [train, test]) {
    if (length === 0) throw badInput(name, 'expected at least one example, got none');
    if (!labels) throw badInput(name, 'expected a label for each example, got none', 'name the column of labels');
    const unknown = labels.values.findIndex((value) => value < 0 || value >= labels.names.length);
    if (unknown >= 0) {
      throw badInput(name, `expected a label for each example, got none for example ${unknown + 1}`, 'leave it out');
    }
  }
  const [known, tested] = [train.labels!.names, test.labels!.names];
  if (known.join('\n') !== tested.join('\n')) {
    throw badInput(test.name, `expected the classes of ${train.name}, ${known.join(', ')}, got ${tested.join(', ')}`);
  }
  return known;
}

/**
 * Cross-entropy of a softmax layer on features, and the squares of the weights.
 *
 * @param features from scaled examples [batch, size] to what the layer sees [batch, width]
 */
export function classifierObjective(options: {
  readonly features: (scope: Scope, x: Tensor) => Tensor;
  readonly classes: number;
  readonly l2: number;
  /** Whose squares count. */
  readonly decays: (parameter: string) => boolean;
}): Objective {
  const { features, classes, l2, decays } = options;
  return (scope, x, { labels }) => {
    if (!labels) throw badInput('classifier', 'expected labels, got none');
    const code = features(scope, x);
    const logits = softmaxLayer(scope, code, classes);
    const losses = crossEntropy(logits, labels);
    const squares = [...scope.asked()]
      .filter(({ definition }) => definition.decays && definition.trained && decays(definition.name))
      .map(({ tensor }) => op.ReduceSum(op.Mul(tensor, tensor)));
    return {
      terms: {
        'cross-entropy': op.ReduceMean(losses),
        ...(l2 > 0 && {
          l2: op.Mul(
            squares.reduce((sum, square) => op.Add(sum, square)),
            l2,
          ),
        }),
      },
      auxiliary: {},
      updates: [],
      hidden: {},
      code,
      measures: () => ({ error: classificationError(logits, labels), 'cross-entropy': losses }),
    };
  };
}

/** Whether a parameter is the softmax layer's. */
const isOwn = (parameter: string): boolean => parameter.startsWith('classifier/');

/** The parameters of the encoder by name, and those among them that a layer's output depends on. */
function layerParameters(
  specification: Specification,
  layer: string,
): { names: ReadonlySet<string>; used: ReadonlySet<string> } {
  let reached: Tensor[] = [];
  const definitions = parametersAsked((scope) => {
    const x = variable('x', ['batch', inputSize(specification)]);
    reached = topologicalOrder([featuresOf(specification, layer, scope, x)]);
  });
  const used = reached.flatMap((tensor) => (isOperator(tensor, 'Variable') ? [tensor.attributes.name] : []));
  return { names: new Set(definitions.map(({ name }) => name)), used: new Set(used) };
}

/** Brings a softmax layer that was trained on scaled features back to the features as they are. */
function unscaled(weights: Weights, { offset, scale }: Scaling, classes: number): Weights {
  const weight = Float64Array.from(weights.get('classifier/weight')!);
  const bias = Float64Array.from(weights.get('classifier/bias')!);
  const at = (values: readonly number[], i: number): number => values[values.length === 1 ? 0 : i] as number;
  for (let i = 0; i < weight.length / classes; i++) {
    for (let j = 0; j < classes; j++) {
      weight[i * classes + j]! *= at(scale, i);
      bias[j]! -= at(offset, i) * weight[i * classes + j]!;
    }
  }
  return new Map([
    ['classifier/weight', Float32Array.from(weight)],
    ['classifier/bias', Float32Array.from(bias)],
  ]);
}

/** Runs a stage to its end, or until it is cancelled: the weights after the last whole epoch. */
async function follow(
  stage: Stage,
  weights: Weights,
  { input, train, test }: { readonly input: Specification['input']; readonly train: Dataset; readonly test: Dataset },
  context: {
    readonly options: CompleteTrainingOptions;
    readonly runtime: RuntimeOptions;
    readonly onEvent: ClassifierOptions['onEvent'];
    readonly signal: AbortSignal | undefined;
  },
): Promise<{ weights: Weights; history: ClassifierEpoch[] }> {
  const { options, onEvent, signal } = context;
  const definitions = parametersAsked((scope) => {
    stage.objective(scope, variable('x', ['batch', inputSize({ input })]), symbolicContext());
  });
  const history: ClassifierEpoch[] = [];
  const runtime = await createRuntime(context.runtime);
  try {
    const feeds = {
      train: openFeed(runtime, train, { batch: options.batch }),
      test: openFeed(runtime, test, { batch: EVALUATION_ROWS }),
    };
    const specification = { input };
    const session = await openSession(runtime, {
      specification,
      stage,
      definitions,
      options,
      train,
      test,
      feeds,
      weights,
    });
    let last = session.hold();
    const run = { session, stage, options, epochsBefore: 0, epochsDone: 0, hasPrior: false, ...(signal && { signal }) };
    for await (const event of runStage(run)) {
      if (event.type === 'diverged') throw event.problem;
      if (event.type === 'cancelled') break;
      if (event.type === 'progress') {
        await onEvent?.(event);
        continue;
      }
      const { epoch, trainLoss, seconds } = event.record;
      const { measures } = event.evaluation;
      const [testLoss, testError] = [measures['cross-entropy'] as number, measures.error as number];
      const record = { epoch, trainLoss, testLoss, testError, seconds };
      history.push(record);
      const before = last;
      last = session.hold();
      session.release(before);
      await onEvent?.({ type: 'epoch', record });
    }
    return { weights: await session.weights(last), history };
  } finally {
    await runtime.close();
  }
}

/**
 * Trains a softmax classifier on an autoencoder's encoder. Frozen, it is a linear probe: codes are computed once, brought
 * to mean 0 and deviation 1, and the layer is trained on them as on a table. Fine-tuned, the encoder follows the
 * gradient too: supervised training that starts from what was learned without labels (Hinton & Salakhutdinov 2006; Vincent
 * et al. 2010; Rifai et al. 2011).
 *
 * @example
 * const { testError } = await trainClassifier({ model: autoencoder, train, test, fineTune: true, epochs: 20 });
 * @throws GargaloError `bad-input` where labels are missing or options do not fit; `diverged` where the loss became
 *   NaN or infinite
 */
export async function trainClassifier(settings: ClassifierOptions): Promise<ClassifierResult> {
  const { model, train, test, fineTune = false, pretrained = true, layer = 'code', l2 = 0, onEvent, signal } = settings;
  const { specification } = model;
  const options = completeOptions(trainingOptions, {
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => name in trainingOptions)),
    epochs: settings.epochs ?? (fineTune ? EPOCHS.fineTuned : EPOCHS.frozen),
  });
  if (!(l2 >= 0 && Number.isFinite(l2))) throw badInput('l2', `expected a number from 0 on, got ${l2}`);
  const classes = classesOf(train, test);
  for (const part of [train, test]) checkInput(specification, part);

  const encoder = layerParameters(specification, layer);
  const initial = pretrained ? model.weights : initialWeights(specification, options.seed);
  const weights = new Map([...initial].filter(([name]) => encoder.names.has(name)));
  const runtime: RuntimeOptions = {
    ...runtimeOptionsOf(settings),
    threads: settings.threads ?? (fineTune ? suggestedThreads(specification, options.batch) : 1),
  };
  const lent = await runtimeFor(model, runtime);

  let data = { input: specification.input, train, test };
  if (!fineTune) {
    const table = (dataset: Dataset) => featureTable({ specification, weights }, layer, dataset, lent);
    const codes = await table(train);
    const scaling = await fitScaling('standard', codes);
    data = { input: { shape: codes.shape, scaling }, train: codes, test: await table(test) };
  }
  const trains = (parameter: string): boolean => isOwn(parameter) || encoder.used.has(parameter);
  const stage: Stage = {
    epochs: options.epochs,
    learningRate: options.learningRate,
    labels: true,
    trains,
    objective: classifierObjective({
      features: (scope, x) => (fineTune ? featuresOf(specification, layer, scope, x) : x),
      classes: classes.length,
      l2,
      decays: trains,
    }),
  };
  // what has no weights yet, the softmax layer, starts at 0
  const { weights: trained, history } = await follow(stage, weights, data, { options, runtime: lent, onEvent, signal });
  const { scaling } = data.input;
  const classifier: Classifier = {
    specification,
    layer,
    classes,
    weights: new Map([...weights, ...(fineTune ? trained : unscaled(trained, scaling, classes.length))]),
  };
  return {
    ...classifier,
    history,
    testError: history.at(-1)?.testError ?? Number.NaN,
    predict: async (examples) => predictClasses(classifier, examples, await runtimeFor(model, runtime)),
  };
}
