// What a sweep leaves in its folder while its cells are trained.

import { badInput, GargaloError } from '../core/errors.js';
import { checkWritable } from '../data/write/write.js';
import type { KindName } from '../models/kinds/index.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { SweepCell, SweepEvent } from '../tasks/sweep.js';
import type { TrainingState } from '../train/events.js';
import { sweepRecipeWords } from '../train/recipe-words.js';
import type { Preparation } from '../train/train.js';
import type { Reading } from './options.js';
import { openRunFolder, readConfiguration } from './run-folder.js';
import { describeData, openRecorder, type RunRecorder, versionsOf } from './run-record.js';
import type { Session } from './session.js';
import type { CellRecord, SweepFolder, SweepRecord } from './sweep-folder.js';

/** A sweep that was asked for. */
export interface SweepCommand {
  readonly source: string;
  readonly code: readonly number[];
  readonly kind: readonly KindName[];
  readonly data: Reading;
  /** Options of kinds and of training, as far as given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly runtime: RuntimeOptions;
  readonly jobs: number | undefined;
  /** Whether each cell gets a report of its own. */
  readonly reports: boolean;
  readonly path: string;
  /** The command that goes on with it. */
  readonly command: string;
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

/** A sweep's folder while its cells are trained. */
export interface SweepAtWork {
  readonly asked: SweepCommand;
  readonly session: Session;
  readonly folder: SweepFolder;
  /** What was there from before. */
  readonly before: SweepRecord | undefined;
  /** As it is written down. */
  readonly runtime: RuntimeOptions;
}

type SweepStart = Extract<SweepEvent, { type: 'start' }>;

/** Says all that is known before training. */
function noteStart({ asked, session, before }: SweepAtWork, event: SweepStart, notes: readonly string[]): string[] {
  for (const note of notes) session.note(`${asked.source}: ${note}`);
  const warnings = warningsOf(event.cells);
  for (const warning of warnings) session.warn(warning);
  const recipes = event.cells.map(({ cell, prepared: own }) => ({ ...own, name: cell.name }));
  const recipe = sweepRecipeWords(recipes, event.jobs);
  if (recipe !== undefined) session.note(recipe);
  if (before) session.note(`${asked.path}: going on with a sweep`);
  return warnings;
}

/** Writes down what a sweep comes to: its record, and a run folder for each cell. */
export async function openSweepRecorder(work: SweepAtWork, event: SweepStart, notes: readonly string[] = []) {
  const { asked, session, folder, before, runtime } = work;
  if (before && before.data.fingerprint !== event.fingerprint) {
    throw badInput(
      asked.source,
      `expected the data that the sweep in ${asked.path} was started with, got others`,
      'choose another folder with --out',
    );
  }
  for (const { cell } of event.cells) await readConfiguration(folder.cell(cell));
  const cells = openCells(event);
  const prepared = new Map(event.cells.map(({ cell, prepared: own }) => [cell.name, own]));
  const [first] = event.cells;
  if (!first) throw new GargaloError('internal', 'sweep', 'expected cells, got none');
  const warnings = noteStart(work, event, notes);
  const record: SweepRecord = {
    tool: 'gargalo',
    sweepFormat: 1,
    command: asked.command,
    data: { ...describeData(asked.source, asked.data, first.prepared), fingerprint: event.fingerprint },
    values: asked.values,
    runtime,
    versions: versionsOf(session.version),
    started: before?.started ?? new Date().toISOString(),
    cells: cells.all,
  };
  await folder.write(record);
  const recorders = new Map<string, RunRecorder>();
  const later: string[] = [];
  /** What writes down one cell, in a run folder of its own. */
  const recorderOf = async (cell: SweepCell, where: RuntimeOptions, resume: TrainingState | undefined) => {
    const own = prepared.get(cell.name);
    const run = openRunFolder(folder.cell(cell));
    await checkWritable(run.path);
    const { source, data } = asked;
    const flags = { ...runtime, out: run.path };
    return (
      own && openRecorder(run, { source, data, prepared: own, runtime, flags, version: session.version }, where, resume)
    );
  };
  return {
    /** Takes away what came to nothing. */
    async discard() {
      for (const recorder of recorders.values()) await recorder.discard();
    },
    cells,
    prepared,
    record,
    first: first.prepared,
    /** All that were said, before training and in it. */
    warnings: (): readonly string[] => [...warnings, ...later],
    /** Those that were not said yet, since a line between would tear the display of progress apart. */
    later,
    async follow(event: SweepEvent): Promise<void> {
      if (event.type === 'cell-start') {
        const { cell, earlier } = event;
        const recorder = await recorderOf(cell, event.runtime, earlier?.training);
        await recorder?.record(event.event);
        if (recorder) recorders.set(cell.name, recorder);
      } else if (event.type === 'cell-progress') {
        await recorders.get(event.cell.name)?.record(event.event);
        if (event.event.type === 'warning') later.push(`${event.cell.name}: ${event.event.message}`);
      }
      // A process that ended between the last epoch and the last file left this to do.
      const state = event.type === 'cell-end' && event.status === 'finished' ? event.model?.training : undefined;
      if (event.type === 'cell-end' && state && !recorders.has(event.cell.name)) {
        const isWhole = (await readConfiguration(folder.cell(event.cell)))?.finished !== undefined;
        const recorder = isWhole ? undefined : await recorderOf(event.cell, await session.runtime(runtime), state);
        await recorder?.record({ type: 'end', reason: 'completed', state });
      }
      cells.look(event);
      if (event.type === 'cell-start' || event.type === 'cell-end') await folder.write({ ...record, cells: cells.all });
    },
  };
}

export type SweepRecorder = Awaited<ReturnType<typeof openSweepRecorder>>;
