// What inspect and compare do: one page and the figures of one latent space, or of several.
import { basename, dirname, join } from 'node:path';
import type { LatentFigures } from '../analysis/latent/figures.js';
import { interval, written } from '../analysis/latent/metrics.js';
import { type LatentMetric, type LatentMetricName, latentMetrics } from '../analysis/metrics.js';
import type { Estimate } from '../analysis/statistics/estimate.js';
import { badInput } from '../core/errors.js';
import { count, figure, percent, several } from '../core/format.js';
import type { WorkOptions } from '../core/work.js';
import { checkWritable, writeFileAtomic } from '../data/write/write.js';
import { inputSize } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { inspect } from '../tasks/inspect/inspect.js';
import type { InspectedRun, SampledFrom } from '../tasks/inspect/inspection.js';
import { repair } from '../tasks/inspect/repair.js';
import { mendedRequest, worstMended } from '../tasks/inspect/retrain.js';
import { readSubject, type Subject, sampledWords } from '../tasks/inspect/subject.js';
import { saveModel } from '../train/model-file.js';
import { trainingOptions } from '../train/options.js';
import { aligned } from './aligned.js';
import type { Options } from './command.js';
import { trainRun } from './commands/train.js';
import {
  type InspectedData,
  type InspectedModel,
  openInspected,
  openInspectedData,
  readingOfRun,
} from './inspected-model.js';
import { noteModel, since } from './model-work.js';
import type { Reading } from './options.js';
import { freePath } from './run-folder.js';
import { trainCommand } from './run-record.js';
import type { Session } from './session.js';

/** What inspect and compare can both be asked for. */
export const figureOptions = {
  seed: { ...trainingOptions.seed, default: 0, description: 'seed of samples, draws and maps' },
} as const satisfies Options;

/** What was asked of `gargalo inspect` and `gargalo compare`. */
export interface InspectCommand {
  readonly command: 'inspect' | 'compare';
  /** Model files or run folders. */
  readonly models: readonly [string, ...string[]];
  /** The data; those that the first run was tested on where they are not named. */
  readonly source: string | undefined;
  readonly data: Reading;
  readonly report: string | undefined;
  readonly mending: Mending;
  readonly seed: number;
  readonly runtime: RuntimeOptions;
}

/** What was asked to be done about weaknesses. */
export interface Mending {
  /** Fit a density to the codes, and draw from it. */
  readonly repair: boolean;
  /** Where the model goes with that density in it. */
  readonly save?: string | undefined;
  /** Train the kind that mends the worst weakness, and look at it too. */
  readonly retrain: boolean;
}

/** The training that mends the worst weakness of a run. */
type Offer = NonNullable<Awaited<ReturnType<typeof offerOf>>>;

/** What can be offered; nothing where nothing was found to mend, or nobody knows what the model was trained on. */
async function offerOf(run: InspectedRun, inspected: InspectedModel) {
  const worst = worstMended(run.verdicts);
  const reading = readingOfRun(inspected);
  if (!worst || !reading || !inspected.model.training) return undefined;
  const { mend } = worst;
  const request = mendedRequest(inspected.model, mend);
  const folder = dirname(inspected.path);
  const out = await freePath(join(dirname(folder), `${basename(folder)}-${mend.kind}`));
  const { source, validation, data } = reading;
  const command = trainCommand(source, request, data, { ...(validation !== undefined && { validation }), out });
  return { kind: mend.kind, request, ...reading, out, command };
}

/** Names that differ: where runs of one name come from several folders, their number is added. */
function distinct(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const twins = names.flatMap((other, at) => (other === name ? [at] : []));
    return twins.length > 1 ? `${name} (${twins.indexOf(i) + 1})` : name;
  });
}

type Inspected = readonly [InspectedModel, ...InspectedModel[]];
type Runs = readonly [InspectedRun, ...InspectedRun[]];

/** Refuses models whose examples are not of one size. */
function checkComparable([first, ...others]: Inspected): void {
  const size = inputSize(first.model.specification);
  for (const { path, model } of others) {
    const got = inputSize(model.specification);
    if (got === size) continue;
    throw badInput(
      path,
      `expected examples of ${size} values as ${first.path} has them, got ${got}`,
      'compare models of the same data',
    );
  }
}

/** The metrics that a terminal shows, with the heading of each where runs stand below one another. */
const headings: readonly (readonly [LatentMetricName, heading: string])[] = [
  ['error', 'error'],
  ['lines.gaps', 'gaps: lines'],
  ['region.gaps', 'region'],
  ['neighbours', 'k-NN'],
  ['probe', 'probe'],
  ['clusters', 'clusters'],
  ['components', 'islands'],
  ['jump', 'jump'],
  ['dimension', 'dimension'],
  ['rank', 'rank'],
  ['codebook.share', 'codebook'],
  ['codebook.perplexity', 'perplexity'],
];

/** Those metrics, as far as one of the spaces has them. */
const shownMetrics = (spaces: readonly LatentFigures[]): readonly (LatentMetric & { readonly heading: string })[] =>
  headings
    .map(([name, heading]) => ({ ...latentMetrics[name], heading }))
    .filter(({ of }) => spaces.some((figures) => of(figures) !== undefined));

/** A run beside PCA, each figure with its interval. */
function besidePca({ name, figures, pca }: InspectedRun): string[] {
  const withInterval = (metric: LatentMetric, estimate: Estimate | undefined): string => {
    const range = interval(metric, estimate);
    return `${written(metric, estimate?.value)}${range === '' ? '' : ` (${range})`}`;
  };
  return aligned([
    ['', name, `PCA (${pca.width})`],
    ...shownMetrics([figures, pca]).map((metric) => [
      metric.name,
      withInterval(metric, metric.of(figures)),
      withInterval(metric, metric.of(pca)),
    ]),
  ]);
}

/** Runs by code width, PCA last in each; a line each. */
function sideBySide(runs: readonly InspectedRun[]): string[] {
  const widths = [...new Set(runs.map(({ figures }) => figures.width))].sort((a, b) => a - b);
  const spaces = widths.flatMap((width) => {
    const same = runs.filter(({ figures }) => figures.width === width);
    const linear = same.slice(0, 1).map(({ pca }) => ({ name: `PCA (${pca.width})`, figures: pca }));
    return [...same, ...linear];
  });
  const shown = shownMetrics(spaces.map(({ figures }) => figures));
  return aligned([
    ['', ...shown.map(({ heading }) => heading)],
    ...spaces.map(({ name, figures }) => [name, ...shown.map((metric) => written(metric, metric.of(figures)?.value))]),
  ]);
}

/** What was drawn before and after a repair, and real examples in the same place. */
const waysOf = ({ drawn = [], heldOut }: InspectedRun): readonly SampledFrom[] =>
  heldOut ? [...drawn, heldOut] : drawn;

/** What drawn examples are like. */
function drawnWords(run: InspectedRun): string[] {
  return waysOf(run).map(({ name: from, figures: { gaps, precision, recall, frechet } }) => {
    const figures = `precision ${percent(precision.value)}, recall ${percent(recall.value)}, Fréchet distance ${figure(frechet.value)}`;
    return `${run.name}, examples from ${from}: ${figures}, in gaps ${percent(gaps.value)}`;
  });
}

/** Why no other training is offered. */
function whyNoOffer({ verdicts }: InspectedRun, { configuration, model }: InspectedModel): string {
  if (!configuration || !model.training) return 'the model is in no run folder, so nobody knows what it was trained on';
  return verdicts.some(({ severity }) => severity > 0) ? 'no kind is known to mend what is weak' : 'nothing is weak';
}

/** A run in JSON: figures and what they mean, without pictures. */
function recordOf(run: InspectedRun, path: string) {
  const { name, kind, parameters, figures, pca, verdicts, maps, offer, drawn } = run;
  return {
    name,
    model: path,
    kind,
    parameters,
    width: figures.width,
    figures,
    pca,
    verdicts,
    maps: maps.map(({ method, explained, preservation }) => ({ method, explained: explained ?? null, preservation })),
    ...(offer && { offer }),
    ...(drawn && { drawn: waysOf(run).map(({ name: from, figures: quality }) => ({ from, ...quality })) }),
  };
}

/** What all models are looked at through. */
interface Look {
  readonly command: InspectCommand;
  readonly session: Session;
  readonly runtime: RuntimeOptions;
  readonly data: InspectedData;
  readonly subject: Subject;
}

const workOf = <T>({ work }: Session, doing: (options: Required<WorkOptions>) => Promise<T>): Promise<T> =>
  work('inspecting: step', doing, { endsAtOnce: true });

/** Looks at a model, and repairs it where that was asked for. */
function lookAt(
  { command: { mending, seed }, session, runtime, data, subject }: Look,
  inspected: InspectedModel,
  { name, id, save }: { readonly name: string; readonly id: string; readonly save: string | undefined },
): Promise<InspectedRun> {
  const { model, rates } = inspected;
  return workOf(session, async (work) => {
    const options = { ...work, seed, runtime };
    /** The run with what is drawn before and after a repair. */
    const repaired = async (run: InspectedRun): Promise<InspectedRun> => {
      const { mixture, drawn, heldOut } = await repair(model, data.train ?? data.examples, subject, {
        ...options,
        name,
      });
      if (save !== undefined) await saveModel(save, { ...model, mixture }, runtime);
      return { ...run, drawn, heldOut };
    };
    const plain = await inspect(model, subject, { ...options, name, id });
    const run = mending.repair ? await repaired(plain) : plain;
    const offer = await offerOf(run, inspected);
    return { ...run, ...(rates && { rates }), ...(offer && { offer: { kind: offer.kind, command: offer.command } }) };
  });
}

/** Trains what was offered, in a run folder of its own, as the command would. */
async function trainOffer(
  { request, source, validation, data, out, command }: Offer,
  look: Look,
): Promise<InspectedModel> {
  const { session } = look;
  session.note(`training ${out}: ${command}`);
  const { kind, values } = request;
  const quiet = session.quiet || session.json;
  const { runtime } = look.command;
  const asked = { source, validation, data, kind, values, runtime, out: undefined, fresh: out, resume: false };
  const { folder } = await trainRun(asked, { ...session, quiet });
  return openInspected(folder);
}

/** Looks at all models, and at the one that is trained to mend what is weak. */
async function lookAtAll(look: Look, models: Inspected, names: readonly string[]): Promise<readonly [Inspected, Runs]> {
  const { mending } = look.command;
  const [first, ...others] = models;
  const nameOf = (at: number, { name }: InspectedModel): string => names[at] ?? name;
  const at = (inspected: InspectedModel, place: number, save?: string): Promise<InspectedRun> =>
    lookAt(look, inspected, { name: nameOf(place, inspected), id: `run-${place + 1}`, save });
  const firstRun = await at(first, 0, mending.save);
  const runs: InspectedRun[] = [];
  for (const [i, inspected] of others.entries()) runs.push(await at(inspected, i + 1, mending.save));
  const offer = mending.retrain ? await offerOf(firstRun, first) : undefined;
  if (mending.retrain && !offer) {
    look.session.warn(`${first.path}: there is nothing to retrain: ${whyNoOffer(firstRun, first)}`);
  }
  if (!offer) return [models, [firstRun, ...runs]];
  const trained = await trainOffer(offer, look);
  return [
    [...models, trained],
    [firstRun, ...runs, await at(trained, models.length)],
  ];
}

/** What a terminal shows of it all. */
function wordsOf({ command, subject }: Look, runs: Runs, report: string): string[] {
  const [first, ...others] = runs;
  const isOne = command.command === 'inspect';
  return [
    `${runs.map(({ name }) => name).join(', ')} on ${several(subject.measured, 'example')} of ${subject.points.name}`,
    ...(others.length === 0
      ? [...besidePca(first), ...first.verdicts.map(({ sentence }) => sentence)]
      : [
          ...sideBySide(runs),
          ...runs.flatMap(({ name, verdicts: [worst] }) => (worst ? [`${name}: ${worst.sentence}`] : [])),
        ]),
    ...runs.flatMap(drawnWords),
    ...(isOne && others.length === 0 && first.offer
      ? ['what should mend the worst of it (--retrain trains that and looks at both):', `  ${first.offer.command}`]
      : []),
    `report: ${report}`,
  ];
}

/** Opens the models that were named. */
async function openModels([named, ...others]: InspectCommand['models']): Promise<Inspected> {
  const models: [InspectedModel, ...InspectedModel[]] = [await openInspected(named)];
  for (const other of others) models.push(await openInspected(other));
  checkComparable(models);
  return models;
}

/** `gargalo inspect` and `gargalo compare` */
export async function runInspect(command: InspectCommand, session: Session): Promise<void> {
  const { mending } = command;
  const started = performance.now();
  const isOne = command.command === 'inspect';
  const named = await openModels(command.models);
  const [first] = named;
  const report = command.report ?? (isOne ? join(dirname(first.path), 'inspect.html') : 'compare.html');
  for (const path of [report, mending.save]) if (path !== undefined) await checkWritable(dirname(path));
  const data = await openInspectedData(command.source, command.data, first);
  const runtime = await session.runtime(command.runtime);
  const { scaling } = first.model.specification.input;
  const subject = await workOf(session, ({ signal }) => readSubject(data, scaling, { runtime, signal }));
  const names = distinct(named.map(({ name }) => name));
  const look: Look = { command, session, runtime, data, subject };
  const [models, runs] = await lookAtAll(look, named, names);
  for (const [i, { path }] of named.entries()) noteModel(command.models[i] ?? path, path, session);

  const sampled = sampledWords(subject, data.examples);
  const warnings = sampled === undefined ? [] : [sampled];
  for (const warning of warnings) session.warn(warning);
  const { renderLatentReport } = await import('../report/pages/latent/report.js');
  const { reportInput } = await import('../report/pages/latent/assemble.js');
  const title = isOne
    ? `The latent space of ${names[0]}`
    : `${count(runs.length)} latent spaces of ${subject.points.name}`;
  const again = session.commandWith({ out: report, ...(isOne && { data: data.source }) });
  const shownWith = { title, command: again, version: session.version, warnings };
  await writeFileAtomic(report, renderLatentReport(reportInput(subject, runs, shownWith)));

  const about = { data: subject.points.name, examples: subject.measured, points: subject.points.length };
  const records = runs.map((run, i) => recordOf(run, models[i]?.path ?? ''));
  const saved = mending.repair && mending.save !== undefined ? { saved: mending.save } : {};
  const single = { ...records[0], ...about, ...(records[1] && { retrained: records[1] }), ...saved };
  session.result(
    { ...(isOne ? single : { runs: records, ...about }), report, seconds: since(started) },
    wordsOf(look, runs, report),
  );
}
