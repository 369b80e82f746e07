import type { Labels } from '../../../data/dataset.js';
import type { InspectedRun } from '../../../tasks/inspect/inspection.js';

export type {
  DecodedPlane,
  InspectedRun,
  Kin,
  SampledFrom,
  Strip,
  Traversal,
  Verdict,
} from '../../../tasks/inspect/inspection.js';

/** Everything that the page of one or several latent spaces shows; values of examples in scaled units. */
export interface LatentReportInput {
  readonly title: string;
  readonly date: Date;
  readonly data: string;
  /** Shape of an example: [28, 28] and [h, w, 3] are drawn as pictures, others as profiles. */
  readonly shape: readonly number[];
  readonly sequence?: boolean;
  readonly columns?: readonly string[];
  /** Points on the maps: examples 0 … points − 1 of the data. */
  readonly points: number;
  readonly labels?: Labels;
  /** [shown, size] the first examples themselves, for as many as fit the page; 0 … 255 between the ends of `range`. */
  readonly examples: { readonly count: number; readonly values: Uint8Array; readonly range: readonly [number, number] };
  /** At least one. */
  readonly runs: readonly InspectedRun[];
  readonly command: string;
  readonly version?: string;
  readonly warnings: readonly string[];
}
