// What `gargalo sweep` does once its flags are read.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, GargaloError } from '../core/errors.js';
import { count, figure } from '../core/format.js';
import { type OpenOptions, openData } from '../data/read/open.js';
import { kindNamed } from '../models/kinds/index.js';
import { flagName } from '../models/options.js';
import { inputSize } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { findingWords } from '../tasks/finding-words.js';
import { type SweepEvent, type SweepOptions, type SweepResult, sweep } from '../tasks/sweep.js';
import type { SweptCell } from '../tasks/sweep-figures.js';
import type { TrainedModel } from '../train/fit.js';
import type { Preparation } from '../train/train.js';
import { flagWords, shellWord } from './flags.js';
import { endNow, onInterrupt } from './interrupt.js';
import { sweepRecipeWords } from './recipe-words.js';
import { freshRunPath, nameOfSource, openRunFolder, readCheckpoint, readConfiguration } from './run-folder.js';
import { describeData, givenOnly, openRecorder, type RunRecorder, versionsOf, writeRunReport } from './run-record.js';
import {
  type CellRecord,
  openSweepFolder,
  type SweepFolder,
  type SweepRecord,
  type SweepSummary,
} from './sweep-folder.js';
import { openSweepProgress } from './sweep-progress.js';
import { aligned, type Terminal } from './terminal.js';

/** What was asked for on the command line. */
export interface SweepCommand {
  readonly source: string;
  readonly code: readonly number[];
  readonly kind: readonly string[];
  readonly data: OpenOptions;
  /** Options of kinds and of training, as far as given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly runtime: RuntimeOptions;
  readonly jobs: number | undefined;
  readonly out: string | undefined;
  /** Whether each cell gets a report of its own. */
  readonly reports: boolean;
  readonly quiet: boolean;
  readonly version: string;
}

/** Refuses what would make cells of one folder incomparable: only the grid may change. */
function refuseOthers(path: string, before: SweepRecord, asked: SweepCommand): void {
  const then: Readonly<Record<string, unknown>> = { ...before.values, ...givenOnly(before.data) };
  const now: Readonly<Record<string, unknown>> = { ...asked.values, ...givenOnly(asked.data) };
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

/** The command that goes on with a sweep. */
function commandOf(asked: SweepCommand, path: string): string {
  const { code, kind, values, data, runtime, jobs, reports } = asked;
  const flags = { code, kind, ...values, ...givenOnly(data), ...runtime, jobs, reports, out: path };
  return ['gargalo', 'sweep', asked.source, ...flagWords(flags)].map(shellWord).join(' ');
}

/** The model that a cell of an earlier sweep stopped with. */
async function readCell(path: string): Promise<TrainedModel | undefined> {
  const there = await stat(join(path, 'checkpoint')).catch(() => undefined);
  return there && readCheckpoint(path);
}

/** The cells of a sweep as its record has them. */
function openCells(start: Extract<SweepEvent, { type: 'start' }>) {
  const cells = new Map<string, CellRecord>();
  for (const { cell } of start.cells) cells.set(cell.name, { ...cell, status: 'waiting' });
  return {
    look(event: SweepEvent): void {
      if (event.type === 'cell-start') cells.set(event.cell.name, { ...event.cell, status: 'running' });
      if (event.type !== 'cell-end') return;
      const { cell, status, figures, problem } = event;
      cells.set(cell.name, { ...cell, status, ...(problem && { problem: problem.message }), ...figures });
    },
    get all() {
      return [...cells.values()];
    },
    having: (status: CellRecord['status']) => [...cells.values()].filter((cell) => cell.status === status).length,
  };
}

/** Warnings before training, each once with the cells that it is about. */
function warningsOf(cells: readonly { cell: { name: string }; prepared: Preparation }[]): string[] {
  const names = new Map<string, string[]>();
  for (const { cell, prepared } of cells) {
    for (const warning of prepared.warnings) names.set(warning, [...(names.get(warning) ?? []), cell.name]);
  }
  return [...names].map(([text, about]) => (about.length === cells.length ? text : `${about.join(', ')}: ${text}`));
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

function words(summary: SweepSummary, { pcaErrors, cells }: SweepResult): string {
  const kinds = [...new Set(summary.cells.map(({ kind }) => kind))];
  const swept: SweptCell[] = cells.map(({ cell, status, figures }) => ({
    ...cell,
    status,
    ...(figures && { figures }),
  }));
  const error = (kind: string, code: number): string => {
    const cell = summary.cells.find((one) => one.kind === kind && one.code === code);
    if (!cell) return '–';
    return cell.testSquaredError === undefined ? cell.status : figure(cell.testSquaredError, 4);
  };
  return [
    'squared error of a test example, by the width of the code',
    aligned([
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
  ].join('\n');
}

/** Trains a grid as asked and leaves a folder of run folders with what they come to. */
export async function runSweep(asked: SweepCommand, terminal: Terminal): Promise<void> {
  const abort = new AbortController();
  let phase: 'preparing' | 'training' | 'reporting' = 'preparing';
  let discard = async (): Promise<void> => undefined;
  const progress = await openSweepProgress(asked.quiet);
  const path = asked.out ?? (await freshRunPath(asked.source, 'sweep'));
  const command = commandOf(asked, path);
  const interrupted = (what: string, mend?: string) =>
    new GargaloError('cancelled', path, `interrupted ${what}`, mend && `go on with: ${mend}`);
  const stop = (): void => {
    if (phase === 'training') {
      abort.abort();
      progress.stop();
      terminal.note('stopping …  (Ctrl-C again quits at once)');
      return;
    }
    const error =
      phase === 'preparing'
        ? interrupted('before training began; nothing was written')
        : interrupted('while the report was made; the models are written', command);
    process.stderr.write(`gargalo: ${error.message}\n`);
    endNow();
  };
  const unwatch = onInterrupt(stop, () => progress.stop());

  try {
    const folder = openSweepFolder(path);
    const before = await folder.read();
    if (before) refuseOthers(path, before, asked);
    const opened = await openData(asked.source, asked.data);
    const runtime: RuntimeOptions = { device: 'cpu', threads: 1, ...before?.runtime, ...asked.runtime };
    const values = asked.values as Partial<SweepOptions>;
    const test = opened.test ?? values.validation;
    const options: SweepOptions = {
      ...values,
      ...runtime,
      code: asked.code,
      kind: asked.kind.map((name) => kindNamed(name).name),
      signal: abort.signal,
      ...(before && { more: before.cells }),
      ...(test !== undefined && { validation: test }),
      ...(asked.jobs !== undefined && { jobs: asked.jobs }),
      earlier: async (cell) =>
        before?.cells.some(({ kind, code }) => kind === cell.kind && code === cell.code)
          ? readCell(folder.cell(cell))
          : undefined,
    };

    let record: SweepRecord | undefined;
    let cells: ReturnType<typeof openCells> | undefined;
    let result: SweepResult | undefined;
    const prepared = new Map<string, Preparation>();
    const recorders = new Map<string, RunRecorder>();
    const warnings: string[] = [];
    let toldBefore = 0;
    for await (const event of sweep(opened.train, options)) {
      if (event.type === 'start') {
        if (before && before.data.fingerprint !== event.fingerprint) {
          throw badInput(
            asked.source,
            `expected the data that the sweep in ${path} was started with, got others`,
            'choose another folder with --out',
          );
        }
        for (const { cell } of event.cells) await readConfiguration(folder.cell(cell));
        discard = await folder.create();
        cells = openCells(event);
        for (const { cell, prepared: own } of event.cells) prepared.set(cell.name, own);
        for (const note of opened.train.notes ?? []) terminal.note(`${asked.source}: ${note}`);
        warnings.push(...warningsOf(event.cells));
        for (const warning of warnings) terminal.warn(warning);
        toldBefore = warnings.length;
        const recipes = event.cells.map(({ cell, prepared: own }) => ({ ...own, name: cell.name }));
        const recipe = sweepRecipeWords(recipes, event.jobs);
        if (recipe !== undefined) terminal.note(recipe);
        const data = describeData(asked.source, asked.data, event.cells[0]!.prepared);
        record = {
          tool: 'gargalo',
          sweepFormat: 1,
          command,
          data: { ...data, fingerprint: event.fingerprint },
          values: asked.values,
          runtime,
          versions: versionsOf(asked.version),
          started: before?.started ?? new Date().toISOString(),
          cells: cells.all,
        };
        await folder.write(record);
        if (before) terminal.note(`${path}: going on with a sweep`);
        phase = 'training';
      } else if (event.type === 'cell-start') {
        const { cell, earlier } = event;
        const run = openRunFolder(folder.cell(cell));
        await run.create();
        const flags = { ...runtime, out: run.path };
        const { source, data, version } = asked;
        const plan = { source, data, prepared: prepared.get(cell.name)!, runtime, flags, version };
        const recorder = openRecorder(run, plan, earlier?.training);
        await recorder.record(event.event);
        recorders.set(cell.name, recorder);
      } else if (event.type === 'cell-progress') {
        await recorders.get(event.cell.name)!.record(event.event);
        if (event.event.type === 'warning') warnings.push(`${event.cell.name}: ${event.event.message}`);
      } else if (event.type === 'end') {
        result = event.result;
      }
      cells?.look(event);
      progress.look(event);
      if (event.type !== 'cell-start' && event.type !== 'cell-end') continue;
      record = { ...record!, cells: cells!.all };
      await folder.write(record);
    }
    progress.stop();
    for (const warning of warnings.slice(toldBefore)) terminal.warn(warning);
    if (!result || !record || !cells) {
      const done = `${count(cells?.having('finished') ?? 0)} of ${count(cells?.all.length ?? 0)}`;
      throw interrupted(`with ${done} cells finished; what is done is kept`, command);
    }

    phase = 'reporting';
    terminal.note('making the report …');
    const summary = summaryOf(result, cells.all, folder);
    const { sweep: _sweep, report: _report, ...figures } = summary;
    const date = new Date();
    const [{ measureSweep }, { renderSweepReport }] = await Promise.all([
      import('../tasks/sweep-figures.js'),
      import('../report/pages/sweep/report.js'),
    ]);
    const [first] = prepared.values() as Iterable<Preparation>;
    const { values: _values, versions, data } = record;
    const page = renderSweepReport({
      ...(await measureSweep(result, runtime)),
      title: `${nameOfSource(asked.source)}, ${count(inputSize(first!.specification))} values through ${asked.code.map(count).join(', ')}`,
      date,
      configuration: { training: first!.options, options: asked.values, data, runtime, versions },
      warnings,
      command,
      version: asked.version,
    });
    await folder.writeReport(page);
    await folder.write({ ...record, ...figures, finished: date.toISOString() });
    if (asked.reports) await writeReports(asked, folder, result, prepared, terminal);
    terminal.result(summary, words(summary, result));
    const failed = result.cells.filter(({ status }) => status === 'failed');
    const problem = failed[0]?.problem;
    if (problem) {
      const many = `${count(failed.length)} of ${count(result.cells.length)} cells failed; ${failed[0]?.cell.name}, ${problem.where}`;
      throw new GargaloError(problem.code, many, problem.problem, problem.remedy);
    }
  } finally {
    progress.stop();
    unwatch();
    await discard();
  }
}

/** A report for every finished cell. */
async function writeReports(
  { source, version }: SweepCommand,
  folder: SweepFolder,
  { cells }: SweepResult,
  prepared: ReadonlyMap<string, Preparation>,
  terminal: Terminal,
): Promise<void> {
  for (const { cell, status, model } of cells) {
    const state = model?.training;
    const run = openRunFolder(folder.cell(cell));
    const configuration = await readConfiguration(run.path);
    if (status !== 'finished' || !state || !configuration) continue;
    terminal.note(`making the report of ${cell.name} …`);
    const own = prepared.get(cell.name)!;
    await writeRunReport({ run, source, version, configuration, prepared: own, state, model });
  }
}
