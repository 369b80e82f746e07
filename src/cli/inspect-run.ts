// What inspect and compare do once their flags are read.
import { dirname, join } from 'node:path';
import type { OpenOptions } from '../data/open.js';
import { checkWritable, writeFileAtomic } from '../data/write.js';
import { badInput } from '../errors.js';
import type { Estimate } from '../latent/estimate.js';
import type { LatentFigures } from '../latent/figures.js';
import { inputSize } from '../models/specification.js';
import { count, figure, percent } from '../report/format.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { inspect } from '../tasks/inspect/inspect.js';
import type { InspectedRun } from '../tasks/inspect/inspection.js';
import { readSubject, sampledWords } from '../tasks/inspect/subject.js';
import { flagWords, shellWord } from './flags.js';
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

/** Lines that say what came out, for a terminal. */
function wordsOf(runs: readonly InspectedRun[]): string {
  const part = ({ value, interval }: Estimate) => `${percent(value)} (${interval.map(percent).join(' – ')})`;
  const number = ({ value, interval }: Estimate) =>
    `${figure(value)} (${interval.map((end) => figure(end)).join(' – ')})`;
  const row = (name: string, of: (figures: LatentFigures) => string): string[] => [
    name,
    ...runs.flatMap(({ figures, pca }) => [of(figures), of(pca)]),
  ];
  return aligned([
    ['', ...runs.flatMap(({ name, pca }) => [name, `PCA (${pca.width})`])],
    row('squared error', (one) => number(one.squaredError)),
    row('gaps on lines', (one) => part(one.gaps.lines.gaps)),
    row('gaps in the region', (one) => part(one.gaps.region.gaps)),
    row('k-NN accuracy', (one) => (one.separability.labelled ? part(one.separability.labelled.neighbours) : '–')),
    row('linear probe', (one) => (one.separability.labelled ? part(one.separability.labelled.probe) : '–')),
    row('components', (one) => count(one.discreteness.components.count)),
    row('largest jump / mean', (one) => number(one.discreteness.jump)),
    row('intrinsic dimension', (one) => number(one.shape.intrinsicDimension)),
    row('effective rank', (one) => number(one.shape.effectiveRank)),
  ]);
}

/** A run in JSON: figures and what they mean, without pictures. */
function recordOf(run: InspectedRun, path: string) {
  const { name, kind, parameters, figures, pca, verdicts, maps, drawn } = run;
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
    ...(drawn && { drawn: drawn.map(({ samples: _, ...one }) => one) }),
  };
}

/** `gargalo inspect` and `gargalo compare` */
export async function runInspect(command: InspectCommand, terminal: Terminal): Promise<void> {
  const { source, data, seed, runtime, speech, version } = command;
  const started = performance.now();
  const models: InspectedModel[] = [];
  for (const named of command.models) models.push(await openInspected(named));
  checkComparable(models);
  const first = models[0]!;
  const report =
    command.report ?? (command.command === 'inspect' ? join(dirname(first.path), 'inspect.html') : 'compare.html');
  await checkWritable(dirname(report));
  const opened = await openInspectedData(source, data, first);
  const names = distinct(models.map(({ name }) => name));
  const { runs, subject } = await longWork(speech, 'inspecting: step', async ({ signal, onProgress }) => {
    const subject = await readSubject(opened, first.model.specification.input.scaling, { runtime, signal });
    const runs: InspectedRun[] = [];
    for (const [i, { model, rates }] of models.entries()) {
      const run = await inspect(model, subject, {
        ...{ seed, runtime, signal, name: names[i], id: `run-${i + 1}` },
        onProgress: ({ done, total = 1 }) => onProgress?.({ done: i * total + done, total: models.length * total }),
      });
      runs.push({ ...run, ...(rates && { rates }) });
    }
    return { runs, subject };
  });
  const sampled = sampledWords(subject, opened.examples);
  const warnings = sampled === undefined ? [] : [sampled];
  for (const warning of warnings) terminal.warn(warning);
  const { renderLatentReport } = await import('../report/latent/report.js');
  const { reportInput } = await import('../report/latent/assemble.js');
  const repeated = [
    'gargalo',
    command.command,
    ...command.models,
    ...(command.command === 'inspect' ? [opened.source] : []),
  ];
  const flags = {
    ...(command.command === 'compare' && source !== undefined && { data: source }),
    ...givenOnly(data),
    ...(seed !== 0 && { seed }),
    out: report,
  };
  await writeFileAtomic(
    report,
    renderLatentReport(
      reportInput(subject, runs, {
        title:
          command.command === 'inspect'
            ? `The latent space of ${names[0]}`
            : `${count(runs.length)} latent spaces of ${subject.points.name}`,
        command: [...repeated, ...flagWords(flags)].map(shellWord).join(' '),
        version,
        warnings,
      }),
    ),
  );
  const about = { data: subject.points.name, examples: subject.measured, points: subject.points.length };
  const records = runs.map((run, i) => recordOf(run, models[i]!.path));
  terminal.result(
    {
      ...(command.command === 'inspect' ? { ...records[0], ...about } : { runs: records, ...about }),
      report,
      seconds: since(started),
    },
    [
      `${names.join(', ')} on ${count(subject.measured)} examples of ${subject.points.name}`,
      wordsOf(runs),
      ...runs.flatMap(({ name, verdicts }) =>
        verdicts.map(({ sentence }) => `${runs.length > 1 ? `${name}: ` : ''}${sentence}`),
      ),
      `report: ${report}`,
    ].join('\n'),
  );
}
