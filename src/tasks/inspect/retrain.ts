import { badInput, GargaloError } from '../../core/errors.js';
import type { Dataset } from '../../data/dataset.js';
import { kindNamed } from '../../models/kinds/index.js';
import type { Option } from '../../models/options.js';
import { bodyOptions } from '../../models/socket-options.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import type { TrainedModel, TrainingEvent, TrainingRequest } from '../../train/events.js';
import { fit } from '../../train/fit.js';
import { trainingOptions } from '../../train/options.js';
import type { Mend, Verdict } from './inspection.js';

/** A verdict that something was found for. */
export type Mended = Verdict & { readonly mend: Mend };

/**
 * The worst weakness that something was found for: at the same width where that can be, so that before and after can stand
 * side by side, and only then a wider code.
 */
export function worstMended(verdicts: readonly Verdict[]): Mended | undefined {
  const widens = ({ mend }: Mended): number => (mend.values?.code === undefined ? 0 : 1);
  return verdicts
    .filter((verdict): verdict is Mended => verdict.mend !== undefined)
    .sort((a, b) => widens(a) - widens(b) || b.severity - a.severity)[0];
}

/** Settings of the body that a kind chooses to suit itself. */
const ownToKinds: readonly string[] = ['activation'];

/**
 * The training that mends a weakness and leaves the rest as it was: width, layers, loss, epochs, seed and all else of body
 * and training. Settings of the other sockets are left behind where the kind is another.
 *
 * @throws GargaloError `bad-input` for a model without its training record
 */
export function mendedRequest(model: TrainedModel, mend: Mend): TrainingRequest {
  const { training, specification } = model;
  if (!training) {
    throw badInput('model', 'expected one with its training record, got one without', 'use the model.onnx of a run');
  }
  const { kind, values } = training.request;
  if (kind === mend.kind) return { kind, values: { ...values, ...mend.values } };
  const [before, after]: Readonly<Record<string, Option>>[] = [kindNamed(kind).options, kindNamed(mend.kind).options];
  const body = Object.keys(bodyOptions).flatMap((name) => {
    const asked =
      (name === 'encoder' ? specification.body.encoder : values[name]) ??
      (ownToKinds.includes(name) ? undefined : before![name]!.default);
    const isDefault = JSON.stringify(asked) === JSON.stringify(after![name]!.default);
    return asked === undefined || isDefault ? [] : [[name, asked] as const];
  });
  const trained = Object.entries(training.options).filter(([name, value]) => {
    const { default: usual }: Option = trainingOptions[name as keyof typeof trainingOptions];
    return value !== undefined && value !== usual;
  });
  const code = { code: specification.code.width };
  return {
    kind: mend.kind,
    values: { ...code, ...Object.fromEntries(body), ...Object.fromEntries(trained), ...mend.values },
  };
}

export interface RetrainOptions {
  readonly runtime?: RuntimeOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: TrainingEvent) => void | Promise<void>) | undefined;
}

/**
 * Trains what {@link mendedRequest} says, so that it can be inspected beside the model that it mends.
 *
 * @param data as the model itself was trained on; without a test set, a part of the data is set aside as it was then
 * @throws GargaloError `bad-input`; `diverged`; `cancelled` where the signal came before the end
 */
export async function retrain(
  request: TrainingRequest,
  data: { readonly train: Dataset; readonly test?: Dataset | undefined },
  { runtime, signal, onEvent }: RetrainOptions = {},
): Promise<TrainedModel> {
  const { autoencoder, reason } = await fit(data.train, {
    ...request.values,
    ...runtime,
    kind: kindNamed(request.kind).name,
    ...(data.test && { validation: data.test }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  await autoencoder.close();
  if (reason === 'cancelled') throw new GargaloError('cancelled', data.train.name, 'stopped on request');
  const { specification, weights, training } = autoencoder;
  return { specification, weights, ...(training && { training }) };
}
