import type { EpochRecord } from '../train/events.js';

/** What is known of a run at a glance. */
export interface RunSummary {
  /** Its folder, as a path from the folder of all runs with "/" between its parts. */
  readonly id: string;
  readonly kind: string;
  readonly data: string;
  /** Options that were given, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly started: string;
  readonly finished?: string;
  /** `stopped`: before its end, with or without a model. */
  readonly state: 'running' | 'ended' | 'stopped';
  readonly epochs: number;
  readonly last?: EpochRecord;
  readonly hasModel: boolean;
  readonly hasReport: boolean;
}

/** The runs that a folder holds. Nothing outside of it is reached by any id. */
export interface RunSource {
  /** The folder. */
  readonly root: string;
  /** All runs, the newest first. */
  list(): Promise<RunSummary[]>;
  find(id: string): Promise<RunSummary | undefined>;
  /** Where a file of a run lies; undefined where there is none. */
  fileOf(id: string, name: 'model' | 'report' | 'config'): Promise<string | undefined>;
  /** Where the metrics of a run grow. */
  metricsOf(id: string): Promise<string | undefined>;
  /** Deletes a run for good; false where there is none, or a training is at work in it. */
  remove(id: string): Promise<boolean>;
}
