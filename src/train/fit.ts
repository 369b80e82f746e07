import { badInput, GargaloError } from '../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../core/work.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { datasetOf, type Examples } from '../data/in-memory.js';
import { sampleDataset } from '../data/runs.js';
import { fitScaling, type Scaling, type ScalingMethod } from '../data/scaling.js';
import { sliceDataset } from '../data/slice.js';
import { splitDataset } from '../data/split.js';
import { filled, learnFills } from '../data/table/fill.js';
import { type Autoencoder, type Model, openAutoencoder } from '../models/autoencoder.js';
import type { InputDescription, Kind, SocketValues } from '../models/kind.js';
import { type KindName, kindNamed } from '../models/kinds/index.js';
import { completeOptions, type Option } from '../models/options.js';
import { fitPca } from '../models/pca.js';
import { type Specification, specificationWarnings } from '../models/specification.js';
import { type RuntimeOptions, runtimeOptionsOf } from '../runtime/runtime.js';
import type { EndReason, EpochRecord, TrainingEvent, TrainingRequest, TrainingState } from './events.js';
import { type CompleteTrainingOptions, type TrainingOptions, trainingOptions } from './options.js';
import { type DataDescription, recipe, wantsUnexplained } from './recipe.js';
import { keepsBest, type Preparation, train } from './train.js';
import { scalingWarnings, wildWarnings } from './warnings.js';
import { withoutWild } from './wild.js';

/** A model with what is needed to train it on. */
export interface TrainedModel extends Model {
  readonly training?: TrainingState;
}

/** Options of a kind (`code`, `encoder`, `loss`, …) and of training (`epochs`, `batch`, …), by name. */
export interface FitOptions extends Omit<TrainingOptions, 'validation'>, SocketValues, RuntimeOptions {
  /** The kind of autoencoder (default: basic, or that of the model to go on with). */
  readonly kind?: KindName | undefined;
  /** Examples to test on, or the part of the data to set aside for it; default a tenth. */
  readonly validation?: Examples | number | undefined;
  /** Go on with this model: its options hold, but for the number of epochs (the total) and patience. */
  readonly resume?: TrainedModel;
  readonly signal?: AbortSignal;
  /** Called for each event; training waits for what it returns. */
  readonly onEvent?: (event: TrainingEvent) => void | Promise<void>;
  /**
   * Size of a data block in bytes: smaller ones bound the memory tighter. By default data of up to 256 MiB are one block, and
   * larger ones come in blocks of 128 MiB, two of them in memory at a time.
   */
  readonly blockBytes?: number;
}

async function describeInput(dataset: Dataset, method: ScalingMethod, seed: number): Promise<InputDescription> {
  const scaling = await fitScaling(method, dataset, seed);
  const { shape, sequence, table } = dataset;
  const form = { shape, ...(sequence && { sequence }), ...(table && { table }) };
  if (method === 'bytes' || method === 'min-max') return { ...form, scaling, bounded: true };
  if (method === 'standard' || method === 'robust') return { ...form, scaling, bounded: false };
  const { offset, scale } = await fitScaling('min-max', dataset);
  const bounded = offset.every((low, i) => low >= 0 && low + 1 / scale[i]! <= 1 + 1e-6);
  return { ...form, scaling, bounded };
}

/** Half of what a byte holds. */
const HALF_A_BYTE = 128;

/** Whether rows of bytes are small numbers, such as counts and levels, and no brightness: all below 128. */
async function holdsSmallNumbers(data: Dataset): Promise<boolean> {
  if (data.shape.length > 1) return false;
  const { offset, scale } = await fitScaling('min-max', data);
  return offset.every((low, i) => low + 1 / scale[i]! < HALF_A_BYTE);
}

/** Examples that the variance beyond a code's width is measured on. */
const PCA_SAMPLE = 5000;

async function describeData(
  train: Dataset,
  input: InputDescription,
  kind: Kind,
  values: SocketValues,
  runtime: PrepareOptions['runtime'],
): Promise<DataDescription> {
  const { length, overlap } = train;
  const data = { ...input, examples: length, ...(overlap && { overlap }) };
  if (!wantsUnexplained(input, kind, { ...values })) return data;
  const size = exampleSize(train);
  const { width } = kind.specify(input, { code: values.code }).code;
  if (width >= size) return data;
  const sample = length > PCA_SAMPLE ? sampleDataset(train, PCA_SAMPLE) : train;
  const { variances, totalVariance } = await fitPca(sample, {
    width,
    scaling: input.scaling,
    ...(runtime && { runtime: await runtime() }),
  });
  const explained = variances.slice(0, width).reduce((sum, variance) => sum + variance, 0);
  return { ...data, unexplained: Math.max(0, totalVariance - explained) / (size - width) };
}

/** The same data, whose reading a signal ends: what looks at all of them once may take long. */
function stoppable(dataset: Dataset, signal: AbortSignal | undefined): Dataset {
  if (!signal) return dataset;
  return {
    ...dataset,
    async block(start, end) {
      stopWhereAborted(signal, dataset.name);
      return dataset.block(start, end);
    },
  };
}

/**
 * Of data beyond 256 MiB no more examples than this are set aside, where nobody says how many: they are looked at after each
 * epoch, and give the loss to a third of a percent.
 */
const MOST_VALIDATION = 100_000;

/**
 * The examples to train on and those to test on, where they are given: in memory or a source. Test examples are read as those for
 * training were, and all of them as the model that goes on takes them.
 */
export async function trainingData(
  data: Examples,
  validation: Examples | number | undefined,
  resume?: Model,
): Promise<{ readonly train: Dataset; readonly test?: Dataset }> {
  const like = resume?.specification.input;
  const train = await datasetOf(data, { name: 'training data', ...(like && { like }) });
  if (typeof validation !== 'object') return { train };
  const { shape, columns, table } = train;
  const form = { shape, ...(columns && { columns }), ...(table && { table }) };
  return { train, test: await datasetOf(validation, { name: 'validation data', like: like ?? form }) };
}

/** Options that may change when a training goes on; any other change would make it another training. */
const changeable = new Set(['epochs', 'patience']);

/** What is to be said where a training goes on for more epochs than it was laid out for. */
function resumeWarnings(earlier: CompleteTrainingOptions, now: CompleteTrainingOptions): string[] {
  const isLaidOut = now.schedule !== 'constant';
  if (!isLaidOut || earlier.epochs === now.epochs) return [];
  return [
    `the ${now.schedule} of the learning rate was laid out over ${earlier.epochs} epochs and goes on as one over ${now.epochs}: the weights are not those that ${now.epochs} epochs from the start give`,
  ];
}

/** The request to go on with: what was asked for then, and what is asked for now where that may change. */
function mergeRequests(
  earlier: TrainingRequest,
  now: TrainingRequest,
  options: CompleteTrainingOptions,
): TrainingRequest {
  if (now.kind !== earlier.kind) throw badInput('kind', `expected "${earlier.kind}" to go on with, got "${now.kind}"`);
  const { options: kindOptions, adjust }: { options: Readonly<Record<string, Option>>; adjust?: Kind['adjust'] } =
    kindNamed(earlier.kind);
  const settled: Readonly<Record<string, unknown>> = { ...options, ...adjust?.(earlier.values), ...earlier.values };
  for (const [name, value] of Object.entries(now.values)) {
    if (changeable.has(name)) continue;
    const before = settled[name] ?? kindOptions[name]?.default;
    if (JSON.stringify(value) === JSON.stringify(before)) continue;
    throw badInput(
      name,
      `expected ${JSON.stringify(before) ?? 'the default'} as the run was started with, got ${JSON.stringify(value)}`,
      'leave it out to go on, or start a new run',
    );
  }
  return { kind: earlier.kind, values: { ...earlier.values, ...now.values } };
}

/** What is tested on where nothing is set aside. */
const lastTwentieth = (data: Dataset): Dataset =>
  sliceDataset(data, Math.floor(0.95 * data.length), data.length, `${data.name}/trained on`);

/** What is left to a caller of {@link prepare}. */
export interface PrepareOptions extends Pick<WorkOptions, 'signal'> {
  /** Gives what the recipe computes with, where it does; by default a runtime of its own. */
  readonly runtime?: () => Promise<RuntimeOptions>;
}

/**
 * Settles everything that follows from data and options: the split, what missing cells count as and the scaling (both learned
 * from the training part only), the specification.
 *
 * @param resume the model to go on with
 * @throws GargaloError `bad-input` for unknown or unfitting options, naming them
 */
export async function prepare(
  data: { readonly train: Dataset; readonly test?: Dataset },
  asked: TrainingRequest,
  resume?: TrainedModel,
  { signal, runtime }: PrepareOptions = {},
): Promise<Preparation> {
  const earlier = resume?.training;
  if (resume && !earlier) {
    throw badInput('resume', 'expected a model with its training state, got one without');
  }
  const given = Object.fromEntries(Object.entries(asked.values).filter(([, value]) => value !== undefined));
  const request = earlier
    ? mergeRequests(earlier.request, { kind: asked.kind, values: given }, earlier.options)
    : { kind: asked.kind, values: given };
  const kind = kindNamed(request.kind);
  completeOptions({ ...kind.options, ...trainingOptions }, request.values);
  const pick = (values: Readonly<Record<string, unknown>>, names: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name in names));
  const { validation, seed, recipe: mode } = completeOptions(trainingOptions, pick(request.values, trainingOptions));
  let { train, test } = data;
  const most = request.values.validation === undefined ? MOST_VALIDATION : Number.POSITIVE_INFINITY;
  if (!test && validation === 0) test = lastTwentieth(train);
  else if (!test) ({ train, validation: test } = await splitDataset(train, validation, seed, most));

  // What missing cells count as is learned from the examples for training alone, as the scaling is.
  const table = resume ? resume.specification.input.table : await learnFills(stoppable(train, signal));
  [train, test] = [filled(train, table), filled(test, table)];
  const tamed = async (scaling: Scaling): Promise<string[]> => {
    const parts = [await withoutWild(stoppable(train, signal), scaling), await withoutWild(test!, scaling)] as const;
    [train, test] = [parts[0].dataset, parts[1].dataset];
    return parts.flatMap(({ warning }) => warning ?? []);
  };
  if (resume && earlier) {
    const left = await tamed(resume.specification.input.scaling);
    const options = completeOptions(trainingOptions, {
      ...earlier.options,
      ...Object.fromEntries(Object.entries(given).filter(([name]) => changeable.has(name))),
    });
    return {
      specification: resume.specification,
      options,
      request,
      train,
      test,
      warnings: [...left, ...resumeWarnings(earlier.options, options)],
    };
  }
  const { loss, scaling } = request.values;
  let readable = stoppable(train, signal);
  const isOpen = mode === 'auto' && scaling === undefined && train.type === 'uint8';
  const isSmall = isOpen && (await holdsSmallNumbers(readable));
  const method =
    (scaling as ScalingMethod | undefined) ??
    (train.type === 'uint8' && !isSmall ? 'bytes' : loss === 'bce' || train.picture ? 'min-max' : 'standard');
  const input = await describeInput(readable, method, seed);
  const left = await tamed(input.scaling);
  readable = stoppable(train, signal);
  const plan =
    mode === 'auto'
      ? recipe(await describeData(readable, input, kind, request.values, runtime), kind, request.values)
      : { values: kind.training?.defaults(train.length, request.values) ?? {} };
  const values = { ...plan.values, ...request.values };
  const options = completeOptions(trainingOptions, pick(values, trainingOptions));
  if (options.optimizer === 'adam' && options.weightDecay > 0) {
    throw badInput('weightDecay', 'expected an optimizer with weight decay, got adam', 'choose adamw or sgd');
  }
  const specification = withNames(kind.specify(input, pick(values, kind.options)), train);
  const warnings = [
    ...left,
    ...(isSmall
      ? [
          `the values are bytes below ${HALF_A_BYTE}, which are taken for numbers and not for brightness: scaling is ${method}; \`scaling: "bytes"\` takes them for brightness`,
        ]
      : []),
    ...specificationWarnings(specification),
    ...(await scalingWarnings(train, specification.input.scaling)),
    ...(await wildWarnings(readable, specification.input.scaling)),
  ];
  return { specification, options, request, train, test, warnings, ...('steps' in plan && { recipe: plan }) };
}

/** Lets a model know how its examples came about: windows, pictures; the columns where they have names and not just positions. */
function withNames(specification: Specification, data: Dataset): Specification {
  const { columns, sequence, picture, roles } = data;
  const named = columns?.some((name, i) => name !== String(i + 1));
  const input = {
    ...specification.input,
    ...(sequence && { sequence }),
    ...(named && { columns }),
    ...(picture && { picture }),
    ...(roles && { roles }),
  };
  return { ...specification, input };
}

/** The model that a state stands for: the best weights where those are kept, else the last. */
export function modelOf(specification: Specification, state: TrainingState): TrainedModel {
  const weights = keepsBest(state.options) && state.best ? state.best.weights : state.weights;
  return { specification, weights, training: state };
}

/** What {@link fit} gives. */
export interface FitResult {
  /** Close it when done. */
  readonly autoencoder: Autoencoder & TrainedModel;
  readonly history: readonly EpochRecord[];
  readonly reason: EndReason;
  readonly warnings: readonly string[];
}

/**
 * Trains an autoencoder.
 *
 * @example
 * const { autoencoder, history } = await fit(train, { kind: 'basic', code: 32, epochs: 10, validation: test });
 * @throws GargaloError `bad-input` for options and data that do not fit; `diverged` where the loss became NaN or
 *   infinite, with the model of the last whole epoch as the error's `cause`
 */
export async function fit(data: Examples, options: FitOptions = {}): Promise<FitResult> {
  const {
    kind = options.resume?.training?.request.kind ?? 'basic',
    validation,
    resume,
    signal,
    onEvent,
    device,
    threads,
    wasmPath,
    opened,
    blockBytes,
    ...values
  } = options;
  const runtime = runtimeOptionsOf(options);
  const prepared = await prepare(
    await trainingData(data, validation, resume),
    { kind, values: { ...values, ...(typeof validation === 'number' && { validation }) } },
    resume,
    { signal, ...(opened && { runtime: async () => ({ opened }) }) },
  );
  const { specification } = prepared;
  const warnings = [...prepared.warnings];
  for await (const event of train(prepared, {
    runtime,
    ...(resume?.training && { resume: resume.training }),
    ...(signal && { signal }),
    ...(blockBytes !== undefined && { blockBytes }),
  })) {
    await onEvent?.(event);
    if (event.type === 'warning') warnings.push(event.message);
    if (event.type !== 'end') continue;
    const { state, reason, problem } = event;
    const model = modelOf(specification, state);
    if (problem) throw new GargaloError(problem.code, problem.where, problem.problem, problem.remedy, model);
    const autoencoder = { ...openAutoencoder(model, runtime), training: state };
    return { autoencoder, history: state.history, reason, warnings };
  }
  throw new GargaloError('internal', 'fit', 'training ended without saying so');
}
