// What `gargalo train` does once its flags are read.

import { causeWords } from '../analysis/training/comparison.js';
import { badInput, GargaloError } from '../core/errors.js';
import { count, duration, figure, several } from '../core/format.js';
import { isLarge } from '../data/large.js';
import { type OpenOptions, openData } from '../data/read/open.js';
import { sampleOfLarge } from '../data/runs.js';
import { seriesOf } from '../data/series.js';
import { openAutoencoder } from '../models/autoencoder.js';
import type { Pca } from '../models/pca.js';
import type { Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { calibrate } from '../tasks/detect/calibrate.js';
import type { RunSummary } from '../tasks/training-figures.js';
import { suggestedThreads } from '../train/cost.js';
import type { TrainingEvent } from '../train/events.js';
import { modelOf, prepare, type TrainedModel } from '../train/fit.js';
import { type Preparation, totalEpochs, train } from '../train/train.js';
import { shellWord } from './flags.js';
import { endNow, onInterrupt } from './interrupt.js';
import { openProgress, type Progress } from './progress.js';
import { recipeWords } from './recipe-words.js';
import { freshRunPath, openRunFolder, type RunConfiguration, readCheckpoint, readConfiguration } from './run-folder.js';
import { givenOnly, openRecorder, type RunRecorder, writeRunReport } from './run-record.js';
import { aligned, type Terminal } from './terminal.js';

/** What was asked for on the command line. */
export interface TrainingCommand {
  readonly source: string;
  readonly data: OpenOptions;
  readonly kind: string | undefined;
  /** Options of the kind and of training, as far as given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly runtime: RuntimeOptions;
  readonly out: string | undefined;
  readonly resume: boolean;
  readonly quiet: boolean;
  readonly version: string;
  /** The command that is left to do once an interrupted training was gone on with, of the run's model. */
  readonly afterwards?: ((model: string) => string) | undefined;
}

/** What a training came to. */
export interface FinishedRun {
  readonly path: string;
  readonly summary: RunSummary & { readonly recipe: Readonly<Record<string, unknown>> | null };
  /** The same for people. */
  readonly words: string;
}

type Start = Extract<TrainingEvent, { type: 'start' }>;
type End = Extract<TrainingEvent, { type: 'end' }>;

/** The model to go on with, its configuration and where both lie. */
interface Earlier {
  readonly model: TrainedModel;
  readonly configuration: RunConfiguration | undefined;
}

async function readEarlier(asked: TrainingCommand): Promise<Earlier | undefined> {
  if (!asked.resume) return undefined;
  if (asked.out === undefined) {
    throw badInput('--resume', 'expected --out with the folder of the run to go on with, got none');
  }
  const configuration = await readConfiguration(asked.out);
  return { configuration, model: await readCheckpoint(asked.out) };
}

/** Reading the data of a run again takes what it was told then, unless it is told otherwise now. */
function dataOptions(asked: TrainingCommand, earlier: Earlier | undefined): OpenOptions {
  const before = earlier?.configuration?.data;
  return givenOnly({ ...before, ...asked.data });
}

/** Everything between the first step and the last. */
async function follow(
  events: AsyncIterable<TrainingEvent>,
  {
    recorder,
    progress,
    begin,
    warn,
  }: { recorder: RunRecorder; progress: Progress; begin: (start: Start) => void; warn: (message: string) => void },
): Promise<End> {
  for await (const event of events) {
    if (event.type === 'start') begin(event);
    if (event.type === 'end') progress.stop();
    await recorder.record(event);
    if (event.type === 'start') progress.start(event);
    else if (event.type === 'progress') progress.step(event);
    else if (event.type === 'epoch') progress.epoch(event.record);
    else if (event.type === 'warning') warn(event.message);
    else return event;
  }
  throw new GargaloError('internal', 'train', 'training ended without saying so');
}

/** Which weights the model has, where they are not the last. */
function keptWords({ epochs, keptEpoch }: Pick<RunSummary, 'epochs' | 'keptEpoch'>): string {
  if (keptEpoch === epochs) return '';
  return keptEpoch === 0 ? '  (the start is kept)' : `  (the weights of epoch ${count(keptEpoch)} are kept)`;
}

function words(summary: RunSummary, { loss: measure }: Pick<Specification, 'loss'>, unit: string): string {
  const loss = measure === 'bce' ? 'nats (bce)' : '(mse)';
  const { sentence, causes } = summary.comparison;
  const floor =
    summary.bceFloor === null || measure !== 'bce' ? '' : `  (a perfect rebuild: ${figure(summary.bceFloor, 4)})`;
  return [
    aligned([
      ['kind', summary.kind],
      ['parameters', count(summary.parameters)],
      ['epochs', `${count(summary.epochs)}${keptWords(summary)}`],
      ...(summary.trainLoss === null ? [] : [['train loss', `${figure(summary.trainLoss, 4)} ${loss}`]]),
      ['test loss', `${figure(summary.testLoss, 4)} ${summary.terms ? '' : loss}${floor}`],
      ...Object.entries(summary.terms ?? {}).map(([name, value]) => [
        `  ${name}`,
        `${figure(value, 4)}${name === 'reconstruction' ? ` ${loss}` : ''}`,
      ]),
      [
        'squared error',
        `${figure(summary.testSquaredError, 4)}  (PCA at the same width: ${figure(summary.pcaSquaredError, 4)})`,
      ],
      ['speed', `${count(summary.examplesPerSecond)} ${unit}/s`],
      ['time', duration(summary.seconds)],
      ['model', summary.model],
      ['report', summary.report],
    ]),
    `${sentence}.`,
    ...causes.map((cause) => `- ${causeWords(cause)}.`),
  ].join('\n');
}

/** The model with what its errors on the training data are like. */
async function calibrated(
  model: TrainedModel,
  { train: data, test, options }: Preparation,
  runtime: RuntimeOptions,
): Promise<TrainedModel> {
  const autoencoder = openAutoencoder(model, runtime);
  try {
    const overlapping = data.sequence && seriesOf(data);
    const calibration = overlapping
      ? await calibrate(autoencoder, data)
      : await calibrate(autoencoder, sampleOfLarge(data, options.seed), {
          heldOut: options.validation === 0 ? undefined : sampleOfLarge(test, options.seed),
        });
    // Errors beyond all bounds are no measure of anything: detect will say that there is none.
    const sound = Object.values(calibration.scores).every(({ mean }) => Number.isFinite(mean));
    return sound ? { ...model, calibration } : model;
  } finally {
    await autoencoder.close();
  }
}

/** `gargalo train` */
export async function runTraining(asked: TrainingCommand, terminal: Terminal): Promise<void> {
  const { summary, words } = await trainRun(asked, terminal);
  terminal.result(summary, words);
}

/** Trains as asked and leaves a run folder. */
export async function trainRun(asked: TrainingCommand, terminal: Terminal): Promise<FinishedRun> {
  const abort = new AbortController();
  let phase: 'preparing' | 'training' | 'reporting' = 'preparing';
  let progress: Progress | undefined;
  let resumeCommand = '';
  let discard = async (): Promise<void> => undefined;
  const interrupted = (where: string, what: string) =>
    new GargaloError('cancelled', where, `interrupted ${what}`, resumeCommand && `go on with: ${resumeCommand}`);
  const stop = (): void => {
    if (phase === 'training') {
      abort.abort();
      progress?.stop();
      terminal.note('stopping …  (Ctrl-C again quits at once)');
      return;
    }
    const said =
      phase === 'preparing'
        ? 'before training began; nothing was written'
        : 'while the report was made; the model is written';
    process.stderr.write(`gargalo: ${interrupted(asked.out ?? asked.source, said).message}\n`);
    endNow();
  };
  const unwatch = onInterrupt(stop, () => progress?.stop());

  try {
    const earlier = await readEarlier(asked);
    const kind = asked.kind ?? earlier?.model.training?.request.kind ?? 'basic';
    const options = dataOptions(asked, earlier);
    const opened = await openData(asked.source, options);
    if (!earlier && isLarge(opened.train) && opened.train.type === 'float32') {
      terminal.note(`${asked.source}: looking at all of it once, for the scaling …`);
    }
    const settled = await prepare(opened, { kind, values: asked.values }, earlier?.model);
    // What goes on has the recipe that it was started with.
    const recipe = settled.recipe ?? earlier?.configuration?.recipe;
    const prepared = { ...settled, ...(recipe && { recipe }) };
    const path = asked.out ?? (await freshRunPath(asked.source, prepared.request.kind));
    const run = openRunFolder(path);
    const before = earlier ? undefined : await readConfiguration(path);
    discard = await run.create();
    for (const note of opened.train.notes ?? []) terminal.note(`${asked.source}: ${note}`);
    for (const warning of prepared.warnings) terminal.warn(warning);
    if (settled.recipe) terminal.note(recipeWords(settled.recipe, prepared.options));
    const afterwards = asked.afterwards ? ` and then ${asked.afterwards(run.model)}` : '';
    resumeCommand = `gargalo train ${shellWord(asked.source)} --out ${shellWord(path)} --resume${afterwards}`;

    // The same device and threads, because with others the last digits would be others too.
    const threads = suggestedThreads(prepared.specification, prepared.options.batch);
    const runtime: RuntimeOptions = { device: 'cpu', threads, ...earlier?.configuration?.runtime, ...asked.runtime };
    const resume = earlier?.model.training;
    const unit = prepared.train.sequence ? 'windows' : prepared.train.shape.length > 1 ? 'images' : 'rows';
    progress = await openProgress(asked.quiet, unit);
    phase = 'training';
    const context = { runtime, signal: abort.signal, ...(resume && { resume }) };
    // Called once data and checkpoint are known to fit each other.
    let pca: Pca | undefined;
    const begin = (start: Start): void => {
      pca = start.pca;
      if (before) terminal.note(`${path}: replacing an earlier run  (--resume would go on with it)`);
      if (resume && resume.epoch >= totalEpochs(prepared.specification, prepared.options)) {
        terminal.note(
          `${path}: has ${count(resume.epoch)} epochs already, nothing to train; --epochs ${resume.epoch * 2} would go on`,
        );
      } else if (resume) {
        terminal.note(`${path}: going on after epoch ${count(resume.epoch)}`);
      }
    };
    const warnings = [...prepared.warnings];
    // Told once the display of progress is over, which a line in between would tear apart.
    const warn = (message: string): void => void warnings.push(message);
    const { source, version } = asked;
    const flags = { ...asked.runtime, out: asked.out };
    const recorder = openRecorder(run, { source, data: options, prepared, runtime, flags, version }, resume);
    const end = await follow(train(prepared, context), { recorder, progress, begin, warn });
    for (const warning of warnings.slice(prepared.warnings.length)) terminal.warn(warning);

    const { state } = end;
    let model = modelOf(prepared.specification, state);
    if (end.problem) throw end.problem;
    if (abort.signal.aborted) {
      if (state.epoch === 0) {
        resumeCommand = '';
        throw interrupted(path, 'before the first epoch was finished; there is nothing to go on with');
      }
      throw interrupted(
        path,
        `after epoch ${state.epoch} of ${totalEpochs(prepared.specification, prepared.options)}; model.onnx and checkpoint are written`,
      );
    }
    phase = 'reporting';
    if (end.reason === 'stopped-early') {
      const epoch = state.best?.epoch;
      const kept = epoch === 0 ? 'the start is kept' : `the weights of epoch ${epoch} are kept`;
      terminal.note(`stopped early: no better test loss for ${prepared.options.patience} epochs; ${kept}`);
    }
    terminal.note('scoring training data, for what anomalies are compared with …');
    model = await calibrated(model, prepared, runtime);
    const { references, patterns } = model.calibration ?? {};
    const kept = references?.count ?? patterns?.count;
    if (kept !== undefined) {
      terminal.note(
        `${run.model} holds ${several(kept, references ? 'training row' : 'training window')}, which detect compares others with: whoever gets the file gets them`,
      );
    }
    await run.writeModel(model);
    terminal.note('making the report, with PCA at the same width …');
    const summary = await writeRunReport({
      run,
      source,
      version,
      configuration: recorder.configuration,
      prepared: { ...prepared, warnings },
      state,
      model,
      pca,
    });
    return {
      path,
      summary: { ...summary, recipe: recipe?.values ?? null },
      words: words(summary, prepared.specification, unit),
    };
  } finally {
    progress?.stop();
    unwatch();
    await discard();
  }
}
