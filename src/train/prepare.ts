// What is settled before the first step: the split, the scaling, the network and how it is trained.
import { availableMemory } from '#runtime';
import { badInput } from '../core/errors.js';
import { count } from '../core/format.js';
import { stopWhereAborted, type WorkOptions } from '../core/work.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { digestOfParts } from '../data/fingerprint.js';
import { isLarge } from '../data/large.js';
import { refuseNotFinite, type Scaling, type ScalingMethod } from '../data/scaling.js';
import { sliceDataset } from '../data/slice.js';
import { splitDataset } from '../data/split.js';
import { readBlocks } from '../data/stream.js';
import { filled, learnFills } from '../data/table/fill.js';
import { isOpen } from '../data/table/schema.js';
import { checkInput } from '../models/autoencoder.js';
import type { Kind } from '../models/kind.js';
import { kindNamed } from '../models/kinds/index.js';
import { completeOptions, type Option } from '../models/options.js';
import { refuseContradiction, unusedError, unusedSettings } from '../models/settings.js';
import { isBounded, type Specification, specificationWarnings } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import {
  beyondRange,
  describeData,
  describeInput,
  HALF_A_BYTE,
  holdsSmallNumbers,
  withNames,
} from './describe-input.js';
import type { TrainedModel, TrainingRequest } from './events.js';
import { type CompleteTrainingOptions, trainingOptions } from './options.js';
import { recipe } from './recipe.js';
import { countParameters, type Preparation } from './train.js';
import { scalingWarnings, wildWarnings } from './warnings.js';
import { withoutWild } from './wild.js';

/** 32-bit numbers in the 2 GB that a file of ONNX may have, less what else is in it. */
const MOST_PARAMETERS = 500_000_000;
/** What a parameter takes in training: itself, its gradient, what the optimizer keeps, the best so far, and copies on their way (measured: 56). */
const BYTES_A_PARAMETER = 60;
/** So much is tried whatever is said to be free. */
const SMALL_BYTES = 1e9;

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
  const { from } = earlier;
  return { kind: earlier.kind, values: { ...earlier.values, ...now.values }, ...(from && { from }) };
}

/** What is tested on where nothing is set aside. */
const lastTwentieth = (data: Dataset): Dataset =>
  sliceDataset(data, Math.floor(0.95 * data.length), data.length, `${data.name}/trained on`);

/** A model whose parameters a training starts from. */
export interface StartModel {
  readonly model: TrainedModel;
  /** Its file, for the record. */
  readonly path?: string;
}

/** What is left to a caller of {@link prepare}. */
export interface PrepareOptions extends Pick<WorkOptions, 'signal'> {
  /** Gives what the recipe computes with, where it does; by default a runtime of its own. */
  readonly runtime?: () => Promise<RuntimeOptions>;
  /** The model to start from. */
  readonly from?: StartModel | undefined;
  /** Whether the options are for trainings of several kinds, some of which may have no use for them. */
  readonly shared?: boolean;
}

/** What a request names as the model that it starts from. */
async function namedStart({ model, path }: StartModel): Promise<NonNullable<TrainingRequest['from']>> {
  const parts = [...model.weights].flatMap(([name, values]) => [
    new TextEncoder().encode(name),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
  return { ...(path !== undefined && { model: path }), parameters: `sha256:${await digestOfParts(parts)}` };
}

/** Refuses NaN and infinities while their places are those of the data as they were given. What is too large for memory is looked at as it is read. */
async function refuseBroken(data: Dataset, signal: AbortSignal | undefined): Promise<void> {
  if (data.type !== 'float32' || isLarge(data) || (data.table && isOpen(data.table))) return;
  for await (const { start, values } of readBlocks(data, undefined, signal)) {
    if (values instanceof Float32Array) refuseNotFinite(values, data.name, exampleSize(data), start, data.columns);
  }
}

/** What follows from the data and the request, before the network is settled. */
interface Settled {
  readonly kind: Kind;
  readonly request: TrainingRequest;
  readonly train: Dataset;
  readonly test: Dataset;
  /** The training data, whose reading a signal ends. */
  readonly readable: Dataset;
  readonly signal: AbortSignal | undefined;
}

const pick = (values: Readonly<Record<string, unknown>>, names: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name in names));

/** The options of a training, of which some do not go together. */
function trainingOptionsOf(
  values: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): CompleteTrainingOptions {
  const options = completeOptions(trainingOptions, pick(values, trainingOptions));
  if (options.optimizer === 'adam' && options.weightDecay > 0) {
    throw badInput('weightDecay', 'expected an optimizer with weight decay, got adam', 'choose adamw or sgd');
  }
  if (given.momentum !== undefined && options.optimizer !== 'sgd') {
    const mend = 'use `optimizer: "sgd"`, or leave it out';
    throw badInput('momentum', `expected the optimizer sgd for it, got ${options.optimizer}`, mend);
  }
  return options;
}

/** The network of another model with its parameters, to be trained on other data. */
async function prepareFrom(from: TrainedModel, settled: Settled): Promise<Preparation> {
  const { kind, request, readable } = settled;
  const { pretraining: _, ...own } = from.specification;
  const { values } = request;
  if (kind.name !== own.kind) {
    const mend = 'leave it out: the kind comes from the model';
    throw badInput('kind', `expected ${own.kind}, as the model to start from has it, got ${kind.name}`, mend);
  }
  refuseContradiction(own, values);
  if (own.code.type === 'vector-quantized' && !from.weights.has('codebook/counts')) {
    const mend = 'use the model.onnx of a run';
    throw badInput(
      'from',
      'expected a model with its training record, which the codebook follows, got one without',
      mend,
    );
  }
  checkInput(own, settled.train);
  const { seed, recipe: mode } = completeOptions(trainingOptions, pick(values, trainingOptions));
  const method = values.scaling as ScalingMethod | undefined;
  const wasBounded = isBounded(own);
  const { scaling, bounded } = method
    ? await describeInput(readable, method, seed)
    : { scaling: own.input.scaling, bounded: wasBounded };
  if (!bounded && (own.loss === 'bce' || own.output !== 'identity')) {
    const problem = `expected values in 0 … 1, which the output of the model to start from is limited to, got ${method}`;
    throw badInput('scaling', problem, 'use `scaling: "min-max"`, or leave it out');
  }
  const specification: Specification = { ...own, input: { ...own.input, scaling } };
  const { train, test, left } = await tamed(settled, scaling);
  const beyond = method === undefined && own.output !== 'identity' && (await beyondRange(readable, scaling));
  if (beyond && own.loss === 'bce')
    throw badInput(
      train.name,
      `expected values within the model's range for bce, got ${beyond} beyond it`,
      'use `scaling: "min-max"`',
    );
  const { length, overlap } = train;
  const data = { ...specification.input, bounded, examples: length, ...(overlap && { overlap }) };
  const plan =
    mode === 'auto'
      ? recipe(data, kind, values, specification)
      : { values: kind.training?.defaults(length, values) ?? {} };
  return {
    specification,
    options: trainingOptionsOf({ ...plan.values, ...values }, values),
    ...{ request, train, test, from: from.weights },
    warnings: [
      ...left,
      ...(beyond
        ? [
            `${beyond} of the data are beyond what the model's output is limited to; \`scaling: "min-max"\` learns the range anew`,
          ]
        : []),
      ...(await dataWarnings(readable, specification)),
    ],
    ...('steps' in plan && { recipe: plan }),
  };
}

/** The same without examples that have a wild value, where scaling is by the middle half. */
async function tamed({ train, test, signal }: Settled, scaling: Scaling) {
  const [trained, tested] = [await withoutWild(stoppable(train, signal), scaling), await withoutWild(test, scaling)];
  return {
    ...{ train: trained.dataset, test: tested.dataset, readable: stoppable(trained.dataset, signal) },
    left: [trained, tested].flatMap(({ warning }) => warning ?? []),
  };
}

/** Refuses a network that no file could hold. */
function refuseTooLarge(specification: Specification): void {
  const parameters = countParameters(specification);
  const mend = 'use a narrower `code` and fewer units in `encoder`';
  if (parameters > MOST_PARAMETERS) {
    const problem = `expected at most ${count(MOST_PARAMETERS)} parameters, as a model file of 2 GB holds, got ${count(parameters)}`;
    throw badInput('network', problem, mend);
  }
  const [needed, there] = [parameters * BYTES_A_PARAMETER, availableMemory()];
  if (needed > Math.max(there, SMALL_BYTES)) {
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    const problem = `expected a network that is trained in the ${gigabytes(there)} of memory that are free, got ${count(parameters)} parameters, which take about ${gigabytes(needed)}`;
    throw badInput('network', problem, mend);
  }
}

/** What a person should know about a specification and the data that it is to be trained on. */
async function dataWarnings(data: Dataset, specification: Specification): Promise<string[]> {
  const { scaling } = specification.input;
  return [
    ...specificationWarnings(specification),
    ...(await scalingWarnings(data, scaling)),
    ...(await wildWarnings(data, scaling)),
  ];
}

/** The network that options and data ask for. */
async function prepareNew(settled: Settled, { shared, ...work }: PrepareOptions): Promise<Preparation> {
  const { kind, request } = settled;
  const { loss, scaling } = request.values;
  const { seed, recipe: mode } = completeOptions(trainingOptions, pick(request.values, trainingOptions));
  const { type, picture } = settled.train;
  const isOpen = mode === 'auto' && scaling === undefined && type === 'uint8';
  const isSmall = isOpen && (await holdsSmallNumbers(settled.readable));
  const method =
    (scaling as ScalingMethod | undefined) ??
    (type === 'uint8' && !isSmall ? 'bytes' : loss === 'bce' || picture ? 'min-max' : 'standard');
  const input = await describeInput(settled.readable, method, seed);
  const { train, test, readable, left } = await tamed(settled, input.scaling);
  const plan =
    mode === 'auto'
      ? recipe(await describeData(readable, input, kind, request.values, work), kind, request.values)
      : { values: kind.training?.defaults(train.length, request.values) ?? {} };
  const values = { ...plan.values, ...request.values };
  const options = trainingOptionsOf(values, shared ? {} : request.values);
  const specification = withNames(kind.specify(input, pick(values, kind.options)), train);
  const [unused] = shared ? [] : unusedSettings(specification, request.values);
  if (unused !== undefined) throw unusedError(unused, specification);
  refuseTooLarge(specification);
  const bytesAsNumbers = `the values are bytes below ${HALF_A_BYTE}, which are taken for numbers and not for brightness: scaling is ${method}; \`scaling: "bytes"\` takes them for brightness`;
  const warnings = [...left, ...(isSmall ? [bytesAsNumbers] : []), ...(await dataWarnings(readable, specification))];
  return { specification, options, request, train, test, warnings, ...('steps' in plan && { recipe: plan }) };
}

/**
 * Settles everything that follows from data and options: the split, what missing cells count as and the scaling (both learned
 * from the training part only), the specification.
 *
 * @param resume the model to go on with
 * @throws GargaloError `bad-input` for unknown, unused or unfitting options, naming them
 */
export async function prepare(
  data: { readonly train: Dataset; readonly test?: Dataset },
  asked: TrainingRequest,
  resume?: TrainedModel,
  prepareOptions: PrepareOptions = {},
): Promise<Preparation> {
  const { signal, from } = prepareOptions;
  const earlier = resume?.training;
  if (resume && !earlier) {
    throw badInput('resume', 'expected a model with its training state, got one without');
  }
  if (resume && from) throw badInput('from', 'expected it or a training to go on with, got both', 'leave it out');
  const given = Object.fromEntries(Object.entries(asked.values).filter(([, value]) => value !== undefined));
  const request = earlier
    ? mergeRequests(earlier.request, { kind: asked.kind, values: given }, earlier.options)
    : { kind: asked.kind, values: given, ...(from && { from: await namedStart(from) }) };
  const kind = kindNamed(request.kind);
  completeOptions({ ...kind.options, ...trainingOptions }, request.values);
  const { validation, seed } = completeOptions(trainingOptions, pick(request.values, trainingOptions));
  let { train, test } = data;
  for (const part of [train, ...(test ? [test] : [])]) await refuseBroken(part, signal);
  const most = request.values.validation === undefined ? MOST_VALIDATION : Number.POSITIVE_INFINITY;
  if (!test && validation === 0) test = lastTwentieth(train);
  else if (!test) ({ train, validation: test } = await splitDataset(train, validation, seed, most));

  // What missing cells count as is learned from the examples for training alone, as the scaling is.
  const before = resume ?? from?.model;
  const table = before ? before.specification.input.table : await learnFills(stoppable(train, signal));
  [train, test] = [filled(train, table), filled(test, table)];
  const settled: Settled = { kind, request, train, test, readable: stoppable(train, signal), signal };
  if (resume && earlier) {
    const options = completeOptions(trainingOptions, {
      ...earlier.options,
      ...Object.fromEntries(Object.entries(given).filter(([name]) => changeable.has(name))),
    });
    const { specification } = resume;
    const { left, readable: _, ...parts } = await tamed(settled, specification.input.scaling);
    return {
      specification,
      options,
      request,
      ...parts,
      warnings: [...left, ...resumeWarnings(earlier.options, options)],
    };
  }
  return from ? prepareFrom(from.model, settled) : prepareNew(settled, prepareOptions);
}
