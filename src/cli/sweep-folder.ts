import { join } from 'node:path';
import { badInput } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { writeFileAtomic } from '../data/write/write.js';
import { kinds } from '../models/kinds/index.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { CellFigures } from '../tasks/cell-figures.js';
import type { KindFindings } from '../tasks/rate-distortion.js';
import type { SweepCell } from '../tasks/sweep.js';
import { type DataDescription, type RunConfiguration, readRecord, writeJson } from './run-folder.js';

const files = { record: 'sweep.json', report: 'report.html' } as const;

/** A cell as `sweep.json` has it; its run folder has the name of the cell. */
export interface CellRecord extends SweepCell, Partial<CellFigures> {
  /** `waiting`, `running`, `finished`, `stopped` (goes on when the sweep is run again) or `failed`. */
  readonly status: 'waiting' | 'running' | 'finished' | 'stopped' | 'failed';
  /** What went wrong, in one line. */
  readonly problem?: string;
}

/** PCA at one width. */
export interface PcaRecord {
  readonly code: number;
  /** As a cell's. */
  readonly testSquaredError: number;
  readonly testBce: number | null;
}

/** What a sweep came to: the fields of `gargalo sweep --json`, and of `sweep.json` once it is finished. */
export interface SweepSummary {
  /** By kind, then by width. */
  readonly cells: readonly CellRecord[];
  /** By width. */
  readonly pca: readonly PcaRecord[];
  /** The squared error of the mean of the training data, which takes no code. */
  readonly meanSquaredError: number;
  /** bce of a perfect reconstruction; null where the data leave 0 … 1. */
  readonly bceFloor: number | null;
  /** For each kind: knee, best, gain per doubling, where it is ahead of PCA. */
  readonly findings: readonly KindFindings[];
  readonly sweep: string;
  readonly report: string;
}

/** What `sweep.json` holds: what was asked for and what has come of it so far. */
export interface SweepRecord extends Partial<Omit<SweepSummary, 'sweep' | 'report'>> {
  readonly tool: 'gargalo';
  /** The version of this file's fields. */
  readonly sweepFormat: 1;
  /** The command that goes on with the sweep, or repeats it in an empty folder. */
  readonly command: string;
  readonly data: DataDescription;
  /** Options of kinds and of training, for every cell, as far as given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly runtime: RuntimeOptions;
  readonly versions: RunConfiguration['versions'];
  readonly cells: readonly CellRecord[];
  readonly started: string;
  readonly finished?: string;
}

export type SweepFolder = ReturnType<typeof openSweepFolder>;

/** The folder of a sweep. Files appear whole or not at all. */
export function openSweepFolder(path: string) {
  const record = join(path, files.record);
  const report = join(path, files.report);
  return {
    path,
    record,
    report,
    /** The run folder of a cell. */
    cell: ({ kind, code }: Pick<SweepCell, 'kind' | 'code'>) => join(path, `${kind}-${code}`),
    /**
     * What is there from before.
     *
     * @throws GargaloError `bad-input` for a damaged record, or files that a sweep would overwrite and that are no sweep's
     */
    async read(): Promise<SweepRecord | undefined> {
      const text = await readRecord(path, files.record, 'sweep');
      return text === undefined ? undefined : parseRecord(text, record);
    },
    write: (content: SweepRecord) => writeJson(record, content),
    writeReport: (html: string) => writeFileAtomic(report, html),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the text of a `sweep.json`; of what it says of cells only which they are is taken, the rest is measured again.
 *
 * @throws GargaloError `bad-input` where it is no record of a sweep
 */
export function parseRecord(text: string, where: string): SweepRecord {
  let record: unknown;
  try {
    record = parseJson(text);
  } catch {
    throw noRecord(where, 'no JSON');
  }
  const problem = problemOf(record);
  if (problem !== undefined) throw noRecord(where, problem);
  return record as SweepRecord;
}

const noRecord = (where: string, got: string): Error =>
  badInput(where, `expected the record of a sweep, got ${got}`, 'choose another folder with --out');

/** What keeps a value from being a record. */
function problemOf(record: unknown): string | undefined {
  if (!isRecord(record) || record.tool !== 'gargalo') return 'a file that no sweep of gargalo left';
  if (record.sweepFormat !== 1) return 'one of another version of gargalo';
  const { data, values, runtime, cells } = record;
  if (!isRecord(data) || !isRecord(values) || !isRecord(runtime)) return 'one without its options';
  if (typeof data.fingerprint !== 'string') return 'one without the fingerprint of its data';
  if (!Array.isArray(cells) || cells.length === 0 || !cells.every(isCell)) {
    return 'one whose cells are no kinds and widths';
  }
  if (!cells.every(({ kind }) => kinds.some(({ name }) => name === kind)))
    return 'one with kinds that are unknown here';
  return undefined;
}

function isCell(cell: unknown): cell is CellRecord {
  return isRecord(cell) && typeof cell.kind === 'string' && Number.isSafeInteger(cell.code) && Number(cell.code) >= 1;
}
