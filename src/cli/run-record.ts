// What a training leaves in its run folder, whether it was asked for alone or as a cell of a sweep.

import { systemCode } from '../core/errors.js';
import { count } from '../core/format.js';
import type { WorkOptions } from '../core/work.js';
import type { Pca } from '../models/pca.js';
import { inputSize } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { RunSummary } from '../tasks/training-figures.js';
import type { TrainedModel, TrainingEvent, TrainingRequest, TrainingState } from '../train/events.js';
import { modelOf } from '../train/fit.js';
import type { Preparation } from '../train/train.js';
import { commandLine } from './command.js';
import { type Reading, readingOf, readingOptions } from './options.js';
import { type DataDescription, nameOfSource, type RunConfiguration, type RunFolder } from './run-folder.js';

/** Checkpoints are written this far apart; what a killed process loses is no more than that. */
const CHECKPOINT_MILLISECONDS = 5000;

/** What a run is made of. */
export interface RunPlan {
  readonly source: string;
  /** The data to test on, where they are named. */
  readonly validation?: string | undefined;
  /** How the data were read. */
  readonly data: Reading;
  readonly prepared: Preparation;
  /** Where it is trained. */
  readonly runtime: RuntimeOptions;
  /** The flags of the machine and --out, as a command that repeats the run gives them. */
  readonly flags: RuntimeOptions & { readonly out: string | undefined };
  readonly version: string;
}

/** What was read, and how. */
export function describeData(
  source: string,
  reading: Reading,
  { train, test }: Pick<Preparation, 'train' | 'test'>,
  validation?: string,
): DataDescription {
  return {
    source,
    ...(validation !== undefined && { validation }),
    ...readingOf(reading),
    trainExamples: train.length,
    testExamples: test.length,
    shape: train.shape,
    type: train.type,
  };
}

/** What made a run. */
export function versionsOf(version: string): RunConfiguration['versions'] {
  return { gargalo: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
}

/** The command that makes a training of some data. */
export function trainCommand(source: string, request: TrainingRequest, data: Reading, flags: object = {}): string {
  const { kind, values: options, from } = request;
  const values = { kind, ...options, ...readingOf(data), from: from?.model, ...flags };
  return commandLine('train', [source], values, readingOptions);
}

/** What `config.json` says when a run begins. Its command makes the run from its start, also where it was made in several parts. */
function configurationOf({ source, validation, data, prepared, runtime, flags, version }: RunPlan): RunConfiguration {
  const { request, specification, options, recipe } = prepared;
  return {
    tool: 'gargalo',
    command: trainCommand(source, request, data, {
      ...flags,
      ...(validation !== undefined && { validation }),
    }),
    specification,
    training: options,
    ...(recipe && { recipe }),
    request,
    data: describeData(source, data, prepared, validation),
    runtime,
    versions: versionsOf(version),
    started: new Date().toISOString(),
  };
}

export type RunRecorder = ReturnType<typeof openRecorder>;

/**
 * Writes down what a training tells: metrics by the epoch, checkpoints, and model and checkpoint at the end.
 *
 * @param runtime where saved models are tried
 * @param resume what the training goes on with; without it an earlier run in the folder is replaced at the end, if there is something to keep
 * @param isLast whether nothing follows the training; else its end does not replace an earlier run yet, which what follows does
 */
export function openRecorder(
  run: RunFolder,
  plan: RunPlan,
  runtime: RuntimeOptions,
  resume: TrainingState | undefined,
  isLast = true,
) {
  const { specification } = plan.prepared;
  let configuration = configurationOf(plan);
  let saved = Number.NEGATIVE_INFINITY;
  let checkpointed = 0;
  return {
    /** What `config.json` says. */
    configuration: () => configuration,
    /** To be called with every event, and waited for. */
    async record(event: TrainingEvent): Promise<void> {
      if (event.type === 'start') {
        if (!resume) await run.stage();
        await run.writeConfiguration(configuration);
        await run.writeMetrics(resume?.history ?? []);
      } else if (event.type === 'epoch') {
        run.appendMetrics(event.record);
        if (performance.now() - saved < CHECKPOINT_MILLISECONDS) return;
        await run.writeCheckpoint(modelOf(specification, await event.snapshot()));
        saved = performance.now();
        checkpointed = event.record.epoch;
      } else if (event.type === 'end' && event.state.epoch > 0 && !(event.problem && run.isStaged())) {
        const model = modelOf(specification, event.state);
        await run.writeModel(model, runtime);
        if (checkpointed < event.state.epoch) await run.writeCheckpoint(model);
        if (event.reason !== 'cancelled' && !event.problem) {
          const data = { ...configuration.data, fingerprint: event.state.data };
          configuration = { ...configuration, data, finished: new Date().toISOString() };
          await run.writeConfiguration(configuration);
        }
        if (isLast || event.reason === 'cancelled' || event.problem) await run.settle();
      }
    },
    /** To be called at the end, whatever it was: a training that came to nothing leaves an earlier run as it was. */
    discard: () => run.discard(),
  };
}

/** What a disk says that takes no more. */
const fullDisk: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/**
 * Finishes a run that has learned, and lets it take the place of an earlier one. Where that fails or is stopped the weights are worth
 * keeping all the same, unless the disk has no room for the rest: then the earlier run stays, which is whole.
 */
export async function replacing<T>(run: RunFolder, finish: () => Promise<T>): Promise<T> {
  try {
    const made = await finish();
    await run.settle();
    return made;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (run.isStaged() && !fullDisk.has(systemCode(cause) ?? systemCode(error))) await run.settle();
    throw error;
  }
}

/** Shortens what nobody reads in a report: an offset and a scale for each of 784 pixels. */
function readable(configuration: RunConfiguration, { specification }: Preparation): Record<string, unknown> {
  const { request: _request, command: _command, tool: _tool, recipe: _recipe, ...rest } = configuration;
  const { columns: _columns, ...input } = specification.input;
  return { ...rest, specification: { ...specification, input: { ...input, scaling: input.scaling.method } } };
}

/** Makes the report of a finished run. */
export async function writeRunReport(context: {
  readonly run: RunFolder;
  readonly plan: Pick<RunPlan, 'source' | 'version'>;
  readonly runtime: RuntimeOptions;
  readonly configuration: RunConfiguration;
  readonly prepared: Preparation;
  readonly state: TrainingState;
  readonly model: TrainedModel;
  /** What training began with, where that was PCA. */
  readonly pca?: Pca | undefined;
  /** Called while PCA is fitted. */
  readonly onProgress?: WorkOptions['onProgress'];
}): Promise<RunSummary> {
  const { run, plan, runtime, configuration, prepared, state, model, pca, onProgress } = context;
  // Drawing takes libraries that training can start without.
  const [{ measureTraining }, { renderReport }] = await Promise.all([
    import('../tasks/measure-training.js'),
    import('../report/pages/training/report.js'),
  ]);
  const { specification, train, test } = prepared;
  const paths = { model: run.model, report: run.report };
  const figures = await measureTraining({ model, state, pca, train, test, paths, runtime, onProgress });
  const page = renderReport({
    ...figures,
    title: `${nameOfSource(plan.source)}, ${count(inputSize(specification))} values through ${count(specification.code.width)}`,
    date: new Date(),
    configuration: readable(configuration, prepared),
    warnings: prepared.warnings,
    command: configuration.command,
    version: plan.version,
  });
  await run.writeReport(page);
  return figures.summary;
}
