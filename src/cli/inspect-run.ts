// What inspect and compare do once their flags are read.
import { dirname, join } from 'node:path';
import type { LatentFigures } from '../analysis/latent/figures.js';
import { type LatentMetric, type LatentMetricName, latentMetrics } from '../analysis/metrics.js';
import { badInput } from '../core/errors.js';
import { count, figure, percent } from '../core/format.js';
import type { WorkOptions } from '../core/work.js';
import type { OpenOptions } from '../data/read/open.js';
import { checkWritable, writeFileAtomic } from '../data/write/write.js';
import { inputSize } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { inspect } from '../tasks/inspect/inspect.js';
import type { InspectedRun, SampledFrom } from '../tasks/inspect/inspection.js';
import { readSubject, sampledWords } from '../tasks/inspect/subject.js';
import { flagWords, shellWord } from './flags.js';
import { type Mending, offerOf, offerWords, repaired, trainOffer } from './inspect-mending.js';
import { type InspectedModel, openInspected, openInspectedData } from './inspected-model.js';
import { longWork } from './long-work.js';
import { since } from './model-run.js';
import { givenOnly } from './run-record.js';
import type { Speech } from './shared-flags.js';
import { aligned, type Terminal } from './terminal.js';

/** What was asked of `gargalo inspect` and `gargalo compare`. */
export interface InspectCommand {
  readonly command: 'inspect' | 'compare';
  /** Model files or run folders. */
  readonly models: readonly string[];
  /** The data; those that the first run was tested on where they are not named. */
  readonly source: string | undefined;
  readonly data: OpenOptions;
  readonly report: string | undefined;
  readonly mending: Mending;
  readonly seed: number;
  readonly runtime: RuntimeOptions;
  readonly speech: Speech;
  readonly version: string;
}

/** Names that differ: where runs of one name come from several folders, their number is added. */
function distinct(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const twins = names.flatMap((other, at) => (other === name ? [at] : []));
    return twins.length > 1 ? `${name} (${twins.indexOf(i) + 1})` : name;
  });
}

/** Refuses models whose examples are not of one size. */
function checkComparable(models: readonly InspectedModel[]): void {
  const [first, ...others] = models;
  const size = inputSize(first!.model.specification);
  for (const { path, model } of others) {
    const got = inputSize(model.specification);
    if (got === size) continue;
    throw badInput(
      path,
      `expected examples of ${size} values as ${first!.path} has them, got ${got}`,
      'compare models of the same data',
    );
  }
}

/** The figures that a terminal shows, with the heading of each where runs stand below one another. */
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
];
const shown = headings.map(([name, heading]): LatentMetric & { heading: string } => ({
  ...latentMetrics[name],
  heading,
}));

/** A figure of a space, with its interval where there is room for that. */
function written({ of, format }: LatentMetric, figures: LatentFigures, withInterval: boolean): string {
  const estimate = of(figures);
  if (estimate === undefined) return '–';
  const value = format(estimate.value);
  return withInterval ? `${value} (${estimate.interval.map((end) => format(end)).join(' – ')})` : value;
}

/** A run beside PCA, each figure with its interval. */
function besidePca({ name, figures, pca }: InspectedRun): string {
  return aligned([
    ['', name, `PCA (${pca.width})`],
    ...shown.map((metric) => [metric.name, written(metric, figures, true), written(metric, pca, true)]),
  ]);
}

/** Runs by code width, PCA last in each; a line each. */
function sideBySide(runs: readonly InspectedRun[]): string {
  const widths = [...new Set(runs.map(({ figures }) => figures.width))].sort((a, b) => a - b);
  const spaces = widths.flatMap((width) => {
    const same = runs.filter(({ figures }) => figures.width === width);
    const linear = same[0]!.pca;
    return [...same, { name: `PCA (${linear.width})`, figures: linear }];
  });
  return aligned([
    ['', ...shown.map(({ heading }) => heading)],
    ...spaces.map(({ name, figures }) => [name, ...shown.map((metric) => written(metric, figures, false))]),
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

/** The command that makes the page again. */
function repeatedWords(
  { command, models, source, data, mending, seed }: InspectCommand,
  own: string,
  report: string,
): string {
  const isOne = command === 'inspect';
  const { repair, save, retrain } = mending;
  const flags = {
    ...(!isOne && source !== undefined && { data: source }),
    ...givenOnly(data),
    ...(seed !== 0 && { seed }),
    ...(repair && { repair }),
    ...(retrain && { retrain }),
    save,
    out: report,
  };
  return ['gargalo', command, ...models, ...(isOne ? [own] : []), ...flagWords(flags)].map(shellWord).join(' ');
}

/** `gargalo inspect` and `gargalo compare` */
export async function runInspect(command: InspectCommand, terminal: Terminal): Promise<void> {
  const { source, data, mending, seed, runtime, speech, version } = command;
  const started = performance.now();
  const isOne = command.command === 'inspect';
  const models: InspectedModel[] = [];
  for (const named of command.models) models.push(await openInspected(named));
  checkComparable(models);
  const first = models[0]!;
  const report = command.report ?? (isOne ? join(dirname(first.path), 'inspect.html') : 'compare.html');
  for (const path of [report, ...(mending.save === undefined ? [] : [mending.save])])
    await checkWritable(dirname(path));
  const opened = await openInspectedData(source, data, first);
  const { scaling } = first.model.specification.input;
  const looked = <T>(work: (options: Required<WorkOptions>) => Promise<T>) =>
    longWork(speech, 'inspecting: step', work);
  const subject = await looked(({ signal }) => readSubject(opened, scaling, { runtime, signal }));
  const names = distinct(models.map(({ name }) => name));

  /** Looks at a model, and repairs it where that was asked for. */
  const look = (inspected: InspectedModel, i: number, save?: string): Promise<InspectedRun> =>
    looked(async (work) => {
      const name = names[i] ?? inspected.name;
      const found = await inspect(inspected.model, subject, { ...work, seed, runtime, name, id: `run-${i + 1}` });
      const run = mending.repair
        ? await repaired(found, inspected, opened, subject, save, { ...work, seed, runtime })
        : found;
      const offer = await offerOf(run, inspected);
      const { rates } = inspected;
      return { ...run, ...(rates && { rates }), ...(offer && { offer: { kind: offer.kind, command: offer.command } }) };
    });

  const runs: InspectedRun[] = [];
  for (const [i, inspected] of models.entries()) runs.push(await look(inspected, i, mending.save));
  const offer = mending.retrain ? await offerOf(runs[0]!, first) : undefined;
  if (mending.retrain && !offer)
    terminal.warn(`${first.path}: there is nothing to retrain: ${whyNoOffer(runs[0]!, first)}`);
  if (offer) {
    terminal.note(`training ${offer.out}: ${offer.command}`);
    const trained = await trainOffer(offer, { runtime, quiet: speech.quiet || speech.json, version }, terminal);
    models.push(await openInspected(trained));
    runs.push(await look(models.at(-1)!, models.length - 1));
  }

  const sampled = sampledWords(subject, opened.examples);
  const warnings = sampled === undefined ? [] : [sampled];
  for (const warning of warnings) terminal.warn(warning);
  const { renderLatentReport } = await import('../report/pages/latent/report.js');
  const { reportInput } = await import('../report/pages/latent/assemble.js');
  const title = isOne
    ? `The latent space of ${names[0]}`
    : `${count(runs.length)} latent spaces of ${subject.points.name}`;
  const words = { title, command: repeatedWords(command, opened.source, report), version, warnings };
  await writeFileAtomic(report, renderLatentReport(reportInput(subject, runs, words)));

  const about = { data: subject.points.name, examples: subject.measured, points: subject.points.length };
  const records = runs.map((run, i) => recordOf(run, models[i]!.path));
  const save = mending.repair && mending.save !== undefined ? { saved: mending.save } : {};
  const single = { ...records[0], ...about, ...(records[1] && { retrained: records[1] }), ...save };
  terminal.result(
    { ...(isOne ? single : { runs: records, ...about }), report, seconds: since(started) },
    [
      `${runs.map(({ name }) => name).join(', ')} on ${count(subject.measured)} examples of ${subject.points.name}`,
      ...(runs.length === 1
        ? [besidePca(runs[0]!), ...runs[0]!.verdicts.map(({ sentence }) => sentence)]
        : [sideBySide(runs), ...runs.map(({ name, verdicts }) => `${name}: ${verdicts[0]!.sentence}`)]),
      ...runs.flatMap(drawnWords),
      ...(isOne && runs.length === 1 && runs[0]!.offer ? [offerWords(runs[0]!.offer.command)] : []),
      `report: ${report}`,
    ].join('\n'),
  );
}
