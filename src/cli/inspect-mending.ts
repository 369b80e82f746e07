// What gargalo inspect does about what it finds: a density fitted afterwards, and the training of another kind.
import { basename, dirname, join } from 'node:path';
import type { WorkOptions } from '../core/work.js';
import type { OpenOptions } from '../data/read/open.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { InspectedRun } from '../tasks/inspect/inspection.js';
import { repair } from '../tasks/inspect/repair.js';
import { mendedRequest, worstMended } from '../tasks/inspect/retrain.js';
import type { Subject } from '../tasks/inspect/subject.js';
import type { TrainingRequest } from '../train/events.js';
import { saveModel } from '../train/model-file.js';
import { type InspectedData, type InspectedModel, readingOf } from './inspected-model.js';
import { freePath } from './run-folder.js';
import { trainCommand } from './run-record.js';
import type { Terminal } from './terminal.js';

/** What was asked to be done about weaknesses. */
export interface Mending {
  /** Fit a density to the codes, and draw from it. */
  readonly repair: boolean;
  /** Where the model goes with that density in it. */
  readonly save?: string | undefined;
  /** Train the kind that mends the worst weakness, and look at it too. */
  readonly retrain: boolean;
}

/** A run with what is drawn before and after a repair. */
export async function repaired(
  run: InspectedRun,
  { model }: InspectedModel,
  { examples, train }: InspectedData,
  subject: Subject,
  save: string | undefined,
  options: WorkOptions & { readonly seed: number; readonly runtime: RuntimeOptions },
): Promise<InspectedRun> {
  const { mixture, drawn, heldOut } = await repair(model, train ?? examples, subject, { ...options, name: run.name });
  if (save !== undefined) await saveModel(save, { ...model, mixture });
  return { ...run, drawn, heldOut };
}

/** The training that mends the worst weakness of a run. */
export interface Offer {
  readonly kind: string;
  readonly request: TrainingRequest;
  readonly source: string;
  readonly data: OpenOptions;
  readonly out: string;
  /** As typed. */
  readonly command: string;
}

/** What can be offered; nothing where nothing was found to mend, or nobody knows what the model was trained on. */
export async function offerOf(run: InspectedRun, inspected: InspectedModel): Promise<Offer | undefined> {
  const worst = worstMended(run.verdicts);
  const reading = readingOf(inspected);
  if (!worst || !reading || !inspected.model.training) return undefined;
  const { mend } = worst;
  const request = mendedRequest(inspected.model, mend);
  const folder = dirname(inspected.path);
  const out = await freePath(join(dirname(folder), `${basename(folder)}-${mend.kind}`));
  const command = trainCommand(reading.source, request, reading.data, { out });
  return { kind: mend.kind, request, ...reading, out, command };
}

/** The words of an offer. */
export function offerWords(command: string): string {
  return `what should mend the worst of it (--retrain trains that and looks at both):\n  ${command}`;
}

/**
 * Trains what was offered, in a run folder of its own, as the command would.
 *
 * @returns the run folder
 */
export async function trainOffer(
  { request, source, data, out }: Offer,
  asked: { readonly runtime: RuntimeOptions; readonly quiet: boolean; readonly version: string },
  terminal: Terminal,
): Promise<string> {
  const { runTraining } = await import('./training-run.js');
  const { kind, values } = request;
  // What came out of it is said together with the rest.
  const silent = { ...terminal, result: () => undefined };
  await runTraining({ ...asked, source, data, kind, values, out, resume: false }, silent);
  return out;
}
