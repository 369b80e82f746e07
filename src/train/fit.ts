import { GargaloError } from '../core/errors.js';
import type { Dataset } from '../data/dataset.js';
import { datasetOf, type Examples } from '../data/in-memory.js';
import { type Autoencoder, type Model, openAutoencoder } from '../models/autoencoder.js';
import type { SocketValues } from '../models/kind.js';
import type { KindName } from '../models/kinds/index.js';
import type { Specification } from '../models/specification.js';
import { type RuntimeOptions, runtimeOptionsOf } from '../runtime/runtime.js';
import type { EndReason, EpochRecord, TrainedModel, TrainingEvent, TrainingState } from './events.js';
import { keepsBest } from './kept.js';
import type { TrainingOptions } from './options.js';
import { prepare } from './prepare.js';
import { train } from './train.js';

/** Options of a kind (`code`, `encoder`, `loss`, …) and of training (`epochs`, `batch`, …), by name. */
export interface FitOptions extends Omit<TrainingOptions, 'validation'>, SocketValues, RuntimeOptions {
  /** The kind of autoencoder (default: basic, or that of the model to go on with). */
  readonly kind?: KindName | undefined;
  /** Examples to test on, or the part of the data to set aside for it; default a tenth. */
  readonly validation?: Examples | number | undefined;
  /** Go on with this model: its options hold, but for the number of epochs (the total) and patience. */
  readonly resume?: TrainedModel;
  /**
   * Start a new training from the parameters of this model. Its kind, layers, code, loss and, where no other is named, its scaling
   * hold; data are read by its columns and must be of its form. The optimizer starts afresh.
   */
  readonly from?: TrainedModel;
  readonly signal?: AbortSignal;
  /** Called for each event; training waits for what it returns. */
  readonly onEvent?: (event: TrainingEvent) => void | Promise<void>;
  /**
   * Size of a data block in bytes: smaller ones bound the memory tighter. By default data of up to 256 MiB are one block, and
   * larger ones come in blocks of 128 MiB, two of them in memory at a time.
   */
  readonly blockBytes?: number;
}

/**
 * The examples to train on and those to test on, where they are given: in memory or a source. Test examples are read as those for
 * training were, and all of them as the model that goes on, or that is started from, takes them.
 */
export async function trainingData(
  data: Examples,
  validation: Examples | number | undefined,
  model?: Model,
): Promise<{ readonly train: Dataset; readonly test?: Dataset }> {
  const like = model?.specification.input;
  const train = await datasetOf(data, { name: 'training data', ...(like && { like }) });
  if (typeof validation !== 'object') return { train };
  const { shape, columns, table, roles } = train;
  const form = { shape, ...(columns && { columns }), ...(table && { table }), ...(roles && { roles }) };
  return { train, test: await datasetOf(validation, { name: 'validation data', like: like ?? form }) };
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
    kind = options.resume?.training?.request.kind ?? options.from?.specification.kind ?? 'basic',
    validation,
    resume,
    from,
    signal,
    onEvent,
    device,
    threads,
    wasmPath,
    workerPath,
    opened,
    blockBytes,
    ...values
  } = options;
  const runtime = runtimeOptionsOf(options);
  const prepared = await prepare(
    await trainingData(data, validation, resume ?? from),
    { kind, values: { ...values, ...(typeof validation === 'number' && { validation }) } },
    resume,
    { signal, ...(opened && { runtime: async () => ({ opened }) }), ...(from && { from: { model: from } }) },
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
