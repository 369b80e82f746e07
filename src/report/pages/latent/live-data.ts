// What travels with the page for its script: an index as JSON, and bytes in islands beside it, which live.ts writes. Read in client/.
import { sortedQuantile } from '../../../analysis/statistics/estimate.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf } from '../../../data/look.js';
import { boundsOf } from '../../kit/bounds.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { viewOf } from './view.js';

/** Bytes of a decoder that may travel with the page. */
export const LARGEST_DECODER = 8 * 2 ** 20;
/** Codes go as 16 bits where a step of them is less than this part of how far most values of a unit are apart. */
const FINE = 1 / 1000;
/** Values of a unit that are looked at to tell how far most are apart. */
const SAMPLED = 2000;
/** Units that get a slider. */
const MOST_UNITS = 64;

/** Lowest and highest value of each unit, and how far apart the middle 80 % of its values are, by some of them. */
function spreadOf(codes: Float32Array, width: number) {
  const count = codes.length / width;
  const every = Math.ceil(count / SAMPLED);
  return Array.from({ length: width }, (_, unit) => {
    const values = Float32Array.from({ length: count }, (_, i) => codes[i * width + unit]!);
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const some = values.filter((_, i) => i % every === 0).sort();
    return { unit, low, high, middle: sortedQuantile(some, 0.9) - sortedQuantile(some, 0.1) };
  });
}

/** Cells of a grid, row by row from the top. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

const gridOf = ({ columns, rows }: Grid): Grid => ({ columns, rows });

export type LiveMap = ReturnType<typeof liveMap>;

function liveMap({ planes }: InspectedRun, { method, points, plane }: InspectedRun['maps'][number]) {
  const bounds = boundsOf(points);
  const behind = planes.find((other) => other.method === method);
  return {
    method,
    /** That the positions in the island `map/<run>/<method>` are 65,535ths of. */
    bounds,
    /** What is shown at first, 5 wide and 4 high. */
    view: viewOf(behind?.extent ?? bounds),
    ...(plane && { plane: { origin: [...plane.origin], across: [...plane.across], up: [...plane.up] } }),
    /** Islands `plane/<run>/<method>`, outputs as bytes of the range, and `gaps/<run>/<method>`, depths. */
    ...(behind && { decoded: { extent: behind.extent, cells: gridOf(behind), shading: gridOf(behind.gaps) } }),
  };
}

export type LiveRun = ReturnType<typeof liveRun>;

function liveRun(run: InspectedRun) {
  const { id, name, gaussian, limits, figures } = run;
  const spread = spreadOf(run.codes, figures.width);
  const isFine = spread.every(({ low, high, middle }) => high - low <= 65_535 * FINE * middle || high === low);
  const decoder: 'none' | 'large' | 'live' = !run.decoder
    ? 'none'
    : run.decoder.length > LARGEST_DECODER
      ? 'large'
      : 'live';
  return {
    ...{ id, name, width: figures.width, gaussian },
    /** Island `decoder/<run>`; `none` was given, or it is too large to travel. */
    decoder,
    /** The nearest code is looked for among the first `codes`. */
    limits,
    /** Island `codes/<run>`: 65,535ths of each unit's range, or 32-bit floats. */
    codes: isFine
      ? { type: 'uint16' as const, low: spread.map(({ low }) => low), high: spread.map(({ high }) => high) }
      : { type: 'float32' as const },
    maps: run.maps.map((map) => liveMap(run, map)),
    /** Without a decoder their outputs are in the island `strips/<run>`, bytes of the range; gaps are 1. */
    strips: run.strips.map(({ from, to, path, gaps }) => ({ from, to, path, gaps: [...gaps] })),
    /** Units worth a slider, the most varied first: from the lowest value of the codes to the highest. */
    units: spread
      .filter(({ low, high }) => high > low)
      .sort((a, b) => b.middle - a.middle || b.high - b.low - (a.high - a.low))
      .slice(0, MOST_UNITS)
      .map(({ unit, low, high }) => ({ unit, low, high })),
  };
}

export type LiveData = ReturnType<typeof liveData>;

/** The index of all that travels. */
export function liveData(input: LatentReportInput) {
  const { shape, sequence, points, labels, examples, runs } = input;
  return {
    look: lookOf(shape, sequence),
    /** Of a window of a series: its time steps. */
    ...(sequence && { steps: shape[0] ?? 1 }),
    /** Values of an example. */
    size: exampleSize(input),
    points,
    /** Examples in the island `examples`, bytes of the range. */
    shown: examples.count,
    range: examples.range,
    /** Of the classes in the island `labels`, 16-bit whole numbers. */
    ...(labels && { names: labels.names }),
    runs: runs.map(liveRun),
  };
}
