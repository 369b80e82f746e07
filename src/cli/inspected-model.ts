// Models to look at, with what their run folders tell of them.
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badInput } from '../core/errors.js';
import type { Dataset } from '../data/dataset.js';
import { asDataset } from '../data/read/open.js';
import { limited } from '../data/stream.js';
import type { InspectedRun } from '../tasks/inspect/inspection.js';
import type { TrainedModel } from '../train/events.js';
import { loadModel, modelFileOf, modelsOfRun } from '../train/model-file.js';
import { prepare } from '../train/prepare.js';
import { openFor, openTraining } from './model-work.js';
import { type Reading, readingOf } from './options.js';
import { type RunConfiguration, readConfiguration } from './run-folder.js';
import { parseRecord } from './sweep-folder.js';

/** A model that was named on the command line. */
export interface InspectedModel {
  /** The model file. */
  readonly path: string;
  /** What people call it: the name of its run folder, or of its file. */
  readonly name: string;
  readonly model: TrainedModel;
  /** Of a model in its run folder. */
  readonly configuration?: RunConfiguration;
  /** Of a cell of a sweep. */
  readonly rates?: InspectedRun['rates'];
}

/** The errors that a sweep found, by kind and width. */
async function ratesOf(folder: string): Promise<InspectedRun['rates']> {
  const path = join(folder, 'sweep.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { findings, pca, meanSquaredError } = parseRecord(text, path);
  if (!findings || !pca || meanSquaredError === undefined) return undefined;
  const linear = pca.map(({ code, testSquaredError: squaredError }) => {
    return { code, squaredError, explained: 1 - squaredError / meanSquaredError };
  });
  return {
    kinds: [...findings.map(({ kind, points }) => ({ name: kind, points })), { name: 'PCA', points: linear }],
  };
}

/**
 * Opens a model by its file or its run folder.
 *
 * @throws GargaloError `bad-input` where there is none
 */
export async function openInspected(named: string): Promise<InspectedModel> {
  const path = await modelFileOf(named);
  const model = await loadModel(path);
  const folder = dirname(path);
  const isRun = modelsOfRun.some((name) => name === basename(path));
  const configuration = isRun ? await readConfiguration(folder).catch(() => undefined) : undefined;
  const rates = await ratesOf(dirname(folder));
  return {
    path,
    name: isRun ? basename(await realpath(folder)) : basename(path).replace(/\.onnx$/, ''),
    model,
    ...(configuration && { configuration }),
    ...(rates && { rates }),
  };
}

/** The data of a run as they were read then; of a model in no run folder nobody knows. */
export function readingOfRun({
  configuration,
}: InspectedModel):
  | { readonly source: string; readonly validation: string | undefined; readonly data: Reading }
  | undefined {
  if (!configuration) return undefined;
  const { source, validation } = configuration.data;
  return { source, validation, data: readingOf(configuration.data) };
}

/** Examples to look at, and those that PCA is fitted to. */
export interface InspectedData {
  readonly examples: Dataset;
  readonly train?: Dataset;
  /** How they were named, for a command that repeats it. */
  readonly source: string;
}

/**
 * Opens the data to look at: what was named, else the examples that the run tested on.
 *
 * @param options.limit of the examples that are looked at
 * @throws GargaloError `bad-input` where nothing is named and the model is in no run folder
 */
export async function openInspectedData(
  source: string | undefined,
  { limit, ...options }: Reading,
  inspected: InspectedModel,
): Promise<InspectedData> {
  const { path, model, configuration } = inspected;
  const like = model.specification.input;
  if (source !== undefined) {
    const opened = await openFor(model.specification, source, options);
    const { test } = opened;
    const train = await asDataset(opened.train);
    return { examples: limited(test ?? train, limit), ...(test && { train }), source };
  }
  const reading = readingOfRun(inspected);
  if (!configuration || !reading) {
    throw badInput(path, 'expected a model in its run folder, or data to look at it through', 'name the data after it');
  }
  const opened = await openTraining(reading.source, reading.data, reading.validation, like);
  const { train, test } = await prepare(opened, configuration.request);
  return { examples: limited(test, limit), train, source: reading.source };
}
