import type { PcaErrors } from '../../../analysis/latent/pca-errors.js';
import type { CellFigures } from '../../../tasks/cell-figures.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import type { SweepCell } from '../../../tasks/sweep.js';
import type { Specimen } from '../training/input.js';

/** What became of one training. */
export interface SweptCell extends SweepCell {
  readonly status: 'finished' | 'failed' | 'stopped';
  readonly figures?: CellFigures;
  /** What went wrong, in one line. */
  readonly problem?: string;
}

/** The shown examples at one width. */
export interface ShownWidth {
  readonly code: number;
  /** [examples, input size], scaled units */
  readonly network: Float32Array;
  readonly pca: Float32Array;
}

/** What one kind makes of the shown examples, at its smallest, a middle and its largest width. */
export interface ShownKind {
  readonly kind: string;
  readonly widths: readonly ShownWidth[];
}

/** Everything that the report of a sweep shows. */
export interface SweepReportInput {
  readonly title: string;
  /** When it ended. */
  readonly date: Date;
  readonly shape: readonly number[];
  readonly columns?: readonly string[];
  readonly sequence?: boolean;
  /** By kind, then by width. */
  readonly cells: readonly SweptCell[];
  readonly pca: PcaErrors;
  readonly findings: readonly KindFindings[];
  /** The first test examples, in scaled units. */
  readonly examples: readonly Pick<Specimen, 'index' | 'label' | 'input'>[];
  readonly shown: readonly ShownKind[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly command?: string;
  readonly version?: string;
}
