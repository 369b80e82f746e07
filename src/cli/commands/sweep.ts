import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, GargaloError } from '../../core/errors.js';
import { count, figure } from '../../core/format.js';
import { flagName } from '../../core/option-flags.js';
import { openData } from '../../data/read/open.js';
import type { KindName } from '../../models/kinds/index.js';
import { inputSize } from '../../models/specification.js';
import { usualDevice } from '../../runtime/node.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { findingWords } from '../../tasks/finding-words.js';
import { type SweepOptions, type SweepResult, sweep } from '../../tasks/sweep.js';
import { sweptCells } from '../../tasks/sweep-figures.js';
import type { TrainedModel } from '../../train/events.js';
import type { Preparation } from '../../train/train.js';
import { aligned } from '../aligned.js';
import { defineCommand, list, type Options, parseNames, pick, text } from '../command.js';
import {
  kindList,
  machineOptions,
  parseKind,
  readingGroups,
  readingOf,
  trainingGroups,
  trainingValuesOf,
} from '../options.js';
import { openSweepProgress } from '../progress.js';
import {
  freshRunName,
  type HeldFolder,
  nameOfSource,
  openRunFolder,
  readCheckpoint,
  readConfiguration,
  takeFolder,
} from '../run-folder.js';
import { writeRunReport } from '../run-record.js';
import { type Session, watchTraining } from '../session.js';
import {
  type CellRecord,
  openSweepFolder,
  type SweepFolder,
  type SweepRecord,
  type SweepSummary,
} from '../sweep-folder.js';
import { openSweepRecorder, type SweepAtWork, type SweepCommand, type SweepRecorder } from '../sweep-record.js';

const defaultKinds: readonly KindName[] = ['basic'];

const gridOptions = {
  code: { type: 'integers', default: [2, 4, 8, 16, 32, 64], minimum: 1, description: 'widths of the code' },
  kind: {
    ...list('<a,b,…>', `kinds, each at every width: of ${kindList} (default: basic)`),
    parse: (given: string): readonly KindName[] => [...new Set(parseNames(given).map(parseKind))],
  },
} as const satisfies Options;

const jobOptions = {
  jobs: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'trainings at the same time (default: the cores, divided by --threads)',
  },
} as const satisfies Options;

const runOptions = {
  out: text(
    '<folder>',
    'the folder of the sweep (default: runs/<data>-sweep-<date-time>); a sweep in it goes on: what is done is not trained again, and a larger grid adds to it',
  ),
  reports: { type: 'flag', default: false, description: 'make a report of every training too' },
} as const satisfies Options;

/** Refuses what would make cells of one folder incomparable: only the grid may change. */
function refuseOthers(
  before: SweepRecord,
  { values, data }: Pick<SweepCommand, 'values' | 'data'>,
  path: string,
): void {
  const then: Readonly<Record<string, unknown>> = { ...before.values, ...readingOf(before.data) };
  const now: Readonly<Record<string, unknown>> = { ...values, ...data };
  const text = (value: unknown) => (value === undefined ? 'none' : `${JSON.stringify(value)}`);
  for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
    if (text(then[name]) === text(now[name])) continue;
    throw badInput(
      `--${flagName(name)}`,
      `expected ${text(then[name])} as the sweep in ${path} was started with, got ${text(now[name])}`,
      'give the same options as then, or choose another folder with --out',
    );
  }
}

/** The model that a cell of an earlier sweep stopped with. */
async function readCell(path: string): Promise<TrainedModel | undefined> {
  const there = await stat(join(path, 'checkpoint')).catch(() => undefined);
  return there && readCheckpoint(path);
}

function summaryOf(
  { pcaErrors, findings }: SweepResult,
  cells: readonly CellRecord[],
  folder: SweepFolder,
): SweepSummary {
  return {
    cells,
    pca: pcaErrors.errors.map(({ width, squaredError, bce }) => ({
      code: width,
      testSquaredError: squaredError,
      testBce: bce,
    })),
    meanSquaredError: pcaErrors.meanSquaredError,
    bceFloor: pcaErrors.bceFloor,
    findings,
    sweep: folder.record,
    report: folder.report,
  };
}

function words(summary: SweepSummary, { pcaErrors, cells }: SweepResult): string[] {
  const kinds = [...new Set(summary.cells.map(({ kind }) => kind))];
  const swept = sweptCells(cells);
  const error = (kind: string, code: number): string => {
    const cell = summary.cells.find((one) => one.kind === kind && one.code === code);
    if (!cell) return '–';
    return cell.testSquaredError === undefined ? cell.status : figure(cell.testSquaredError, 4);
  };
  return [
    'squared error of a test example, by the width of the code',
    ...aligned([
      ['code', ...kinds, 'PCA'],
      ...summary.pca.map(({ code, testSquaredError }) => [
        count(code),
        ...kinds.map((kind) => error(kind, code)),
        figure(testSquaredError, 4),
      ]),
    ]),
    ...summary.findings.map((found) => {
      const { enough, pca } = findingWords(found, swept, pcaErrors);
      return `${kinds.length > 1 ? `${found.kind}: ` : ''}${enough} ${pca}`;
    }),
    `report  ${summary.report}`,
  ];
}

type OpenedData = Awaited<ReturnType<typeof openData>>;

/** Writes the page and the record of a sweep that is through. */
async function reportSweep(
  { asked, session, folder, runtime }: SweepAtWork,
  { cells, record, first, warnings }: SweepRecorder,
  result: SweepResult,
  computing: RuntimeOptions,
): Promise<SweepSummary> {
  session.note('making the report …');
  const summary = summaryOf(result, cells.all, folder);
  const { sweep: _sweep, report: _report, ...figures } = summary;
  const date = new Date();
  const [{ measureSweep }, { renderSweepReport }] = await Promise.all([
    import('../../tasks/sweep-figures.js'),
    import('../../report/pages/sweep/report.js'),
  ]);
  const { versions, data } = record;
  const page = renderSweepReport({
    ...(await measureSweep(result, computing)),
    title: `${nameOfSource(asked.source)}, ${count(inputSize(first.specification))} values through ${asked.code.map(count).join(', ')}`,
    date,
    configuration: { training: first.options, options: asked.values, data, runtime, versions },
    warnings: warnings(),
    command: asked.command,
    version: session.version,
  });
  await folder.writeReport(page);
  await folder.write({ ...record, ...figures, finished: date.toISOString() });
  return summary;
}

/** A sweep before its folder is known. */
type AskedSweep = Omit<SweepCommand, 'path' | 'command'> & { readonly out: string | undefined };

/** Trains a grid as asked and leaves a folder of run folders with what they come to. */
async function runSweep({ out, ...request }: AskedSweep, session: Session): Promise<void> {
  const { source, code, kind } = request;
  const progress = await openSweepProgress(session.quiet);
  const watch = watchTraining(
    session,
    () => held?.path ?? out ?? source,
    'the models are',
    () => progress.stop(),
  );
  let recorder: SweepRecorder | undefined;
  let held: HeldFolder | undefined;
  try {
    if (out !== undefined) held = await takeFolder(out, out, 'sweep');
    const before = held && (await openSweepFolder(held.path).read());
    if (held && before) refuseOthers(before, request, held.path);
    const opened = await openData(source, request.data);
    held ??= await takeFolder(undefined, freshRunName(source, 'sweep'), 'sweep');
    const { path } = held;
    const folder = openSweepFolder(path);
    const command = session.commandWith({ code, kind, out: path });
    const asked: SweepCommand = { ...request, path, command };
    if (asked.values.validation !== undefined && opened.test) {
      session.warn(`${source}: has test data of its own, which are tested on: \`validation\` sets nothing aside`);
    }
    const { device = usualDevice(session.note), ...others } = { ...before?.runtime, ...asked.runtime };
    const runtime: RuntimeOptions = { device, threads: 1, ...others };
    const computing = await session.runtime(runtime);
    const work: SweepAtWork = { asked, session, folder, before, runtime };
    let result: SweepResult | undefined;
    for await (const event of sweep(opened.train, sweepOptions(work, opened, computing, watch.signal))) {
      if (event.type === 'start') {
        recorder = await openSweepRecorder(work, event, opened.train.notes);
        watch.goOn = command;
        watch.enter('training');
      } else if (event.type === 'end') result = event.result;
      await recorder?.follow(event);
      progress.look(event);
    }
    progress.stop();
    for (const warning of recorder?.later ?? []) session.warn(warning);
    if (!result || !recorder) {
      const done = `${count(recorder?.cells.having('finished') ?? 0)} of ${count(recorder?.cells.all.length ?? 0)}`;
      watch.goOn = command;
      throw watch.interrupted(`with ${done} cells finished; what is done is kept`);
    }
    watch.enter('reporting');
    const summary = await reportSweep(work, recorder, result, computing);
    if (asked.reports) await writeReports(work, result, recorder.prepared, computing);
    session.result(summary, words(summary, result));
    const failed = result.cells.filter(({ status }) => status === 'failed');
    const problem = failed[0]?.problem;
    if (problem) {
      const many = `${count(failed.length)} of ${count(result.cells.length)} cells failed; ${failed[0]?.cell.name}, ${problem.where}`;
      throw new GargaloError(problem.code, many, problem.problem, problem.remedy);
    }
  } finally {
    progress.stop();
    watch.close();
    await recorder?.discard();
    held?.release();
  }
}

/** The sweep as the library takes it; cells that an earlier one stopped with go on. */
function sweepOptions(
  { asked, folder, before }: SweepAtWork,
  opened: OpenedData,
  computing: RuntimeOptions,
  signal: AbortSignal,
): SweepOptions {
  const { values, code, kind, jobs } = asked;
  const test = opened.test ?? (typeof values.validation === 'number' ? values.validation : undefined);
  return {
    ...values,
    ...computing,
    code,
    kind,
    signal,
    ...(before && { more: before.cells }),
    ...(test !== undefined && { validation: test }),
    ...(jobs !== undefined && { jobs }),
    earlier: async (cell) =>
      before?.cells.some(({ kind: name, code: width }) => name === cell.kind && width === cell.code)
        ? readCell(folder.cell(cell))
        : undefined,
  };
}

/** A report for every finished cell. */
async function writeReports(
  { asked: { source }, session, folder }: SweepAtWork,
  { cells }: SweepResult,
  prepared: ReadonlyMap<string, Preparation>,
  runtime: RuntimeOptions,
): Promise<void> {
  for (const { cell, status, model } of cells) {
    const state = model?.training;
    const run = openRunFolder(folder.cell(cell));
    const configuration = await readConfiguration(run.path);
    const own = prepared.get(cell.name);
    if (status !== 'finished' || !state || !configuration || !own) continue;
    session.note(`making the report of ${cell.name} …`);
    const plan = { source, version: session.version };
    await writeRunReport({ run, plan, runtime, configuration, prepared: own, state, model });
  }
}

/** `gargalo sweep <data>` */
export const define = defineCommand({
  arguments: { '<data>': 'what to train on, as gargalo train takes it' },
  options: {
    'Grid:': gridOptions,
    ...trainingGroups('code'),
    ...readingGroups,
    'Run:': runOptions,
    'Machine:': { ...jobOptions, ...machineOptions },
  },
  notes: `Trainings run side by side, of one thread each unless --threads says otherwise. The folder holds sweep.json,
report.html (error against code width, beside PCA, with pictures of too small and too large a code) and a run folder
for each training, named like basic-32: model.onnx, metrics.jsonl, config.json and checkpoint. Ctrl-C keeps every
training's last whole epoch; the same command with the same --out goes on.

sweep.json and --json hold: cells (name, kind, code, status, parameters, epochs, trainLoss, testLoss,
testSquaredError, testBce, contrast, seconds), pca (code, testSquaredError, testBce), meanSquaredError, bceFloor and
findings (kind, points, best, knee, gains, aheadOfPca, pcaCatchesUp). knee is the smallest width that explains at least
95 % of what the kind's best width explains of the data's variance. Each width has the recipe of its own training;
gargalo data suggests a width to start from.`,
  examples: [
    'gargalo sweep mnist --code 2,4,8,16,32,64 --epochs 10 --out runs/widths',
    'gargalo sweep mnist --code 8,32 --kind basic,denoising,sparse --seed 1',
    'gargalo sweep sensors.csv --code 1,2,3,4,6,8',
  ],
  async run(asked, session) {
    const { data: source, code = gridOptions.code.default, kind = defaultKinds, jobs, reports = false } = asked;
    const { code: _, kind: _kind, ...values } = trainingValuesOf(asked);
    const [data, runtime] = [readingOf(asked), pick(asked, machineOptions)];
    await runSweep({ source, code, kind, data, values, runtime, jobs, reports, out: asked.out }, session);
  },
});
