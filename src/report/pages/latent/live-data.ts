// What travels with the page for its script: an index as JSON, and bytes in islands beside it. Written by live.ts, read in page/.

import type { LatentMap } from '../../../analysis/latent/figures.js';
import type { Path } from '../../../analysis/latent/interpolate.js';
import type { Look } from '../../../data/look.js';
import type { Extent } from '../../kit/bounds.js';

/** Cells of a grid, row by row from the top. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

export interface LiveMap {
  readonly method: LatentMap['method'];
  /** That the positions in the island `map/<run>/<method>` are 65,535ths of. */
  readonly bounds: Extent;
  /** What is shown at first, 5 wide and 4 high. */
  readonly view: Extent;
  readonly plane?: {
    readonly origin: readonly number[];
    readonly across: readonly number[];
    readonly up: readonly number[];
  };
  /** Islands `plane/<run>/<method>`, outputs as bytes of the range, and `gaps/<run>/<method>`, depths. */
  readonly decoded?: { readonly extent: Extent; readonly cells: Grid; readonly shading: Grid };
}

export interface LiveStrip {
  readonly from: number;
  readonly to: number;
  readonly path: Path;
  /** Of each step 1 where it lies in a gap. */
  readonly gaps: readonly number[];
}

export interface LiveRun {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly gaussian: boolean;
  /** Island `decoder/<run>`; `none` was given, or it is too large to travel. */
  readonly decoder: 'live' | 'none' | 'large';
  /** The nearest code is looked for among the first `codes`. */
  readonly limits: { readonly roundTrip: number; readonly distance: number; readonly codes: number };
  /** Island `codes/<run>`: 65,535ths of each unit's range, or 32-bit floats. */
  readonly codes:
    | { readonly type: 'uint16'; readonly low: readonly number[]; readonly high: readonly number[] }
    | { readonly type: 'float32' };
  readonly maps: readonly LiveMap[];
  /** Without a decoder their outputs are in the island `strips/<run>`, bytes of the range. */
  readonly strips: readonly LiveStrip[];
  /** Units worth a slider, the most varied first: from the lowest value of the codes to the highest. */
  readonly units: readonly { readonly unit: number; readonly low: number; readonly high: number }[];
}

export interface LiveData {
  readonly look: Look;
  /** Of a window of a series: its time steps and the values at each. */
  readonly steps?: number;
  /** Values of an example. */
  readonly size: number;
  readonly points: number;
  /** Examples in the island `examples`, bytes of the range. */
  readonly shown: number;
  readonly range: readonly [number, number];
  /** Of the classes in the island `labels`, 16-bit whole numbers. */
  readonly names?: readonly string[];
  readonly runs: readonly LiveRun[];
}
