import { penaltyOf, type Specification } from '../../models/specification.js';
import { codeActivity } from '../latent/codes.js';
import { type Codes, columnsOf, type Histogram, histogramOf } from '../statistics/code-columns.js';

/** What the units of a sparse code do over test examples. */
export interface SparsityFigures {
  readonly examples: number;
  /** [width] mean activity. */
  readonly mean: Float64Array;
  /** [width] part of the examples in which the unit is not 0. */
  readonly active: Float64Array;
  /** Units that give the same value for every example; and those that hardly move, the former among them. */
  readonly dead: number;
  readonly inactive: number;
  /** The mean activity asked for, where one was. */
  readonly target?: number;
  /** Of a top-k code: how many values were asked for and the fewest and most that are not 0. */
  readonly kept?: { readonly asked: number; readonly fewest: number; readonly most: number };
  /** The part of all values that are 0; and the values of all units that are not. */
  readonly zeros: number;
  readonly histogram: Histogram;
}

/** A unit with less than this part of the largest variance hardly moves. */
const INACTIVE_VARIANCE = 0.01;
const BINS = 40;

/** Whether something in the specification makes the code sparse. */
export function isSparse(specification: Specification): boolean {
  const { code } = specification;
  return (
    code.type === 'top-k' || ['l1', 'sparsity'].some((type) => specification.penalties.some((p) => p.type === type))
  );
}

/** What the units of a sparse code do; undefined for other codes. */
export function sparsityOf(specification: Specification, codes: Codes): SparsityFigures | undefined {
  if (!isSparse(specification) || codes.values.length === 0) return undefined;
  const { code } = specification;
  const { values, width } = codes;
  const examples = values.length / width;
  const columns = columnsOf(codes);
  const { frequencies, deadUnits, variances } = codeActivity(values, width, Number.MIN_VALUE);
  let [fewest, most] = [width, 0];
  for (let row = 0; row < examples; row++) {
    const kept = values.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + Number(value !== 0), 0);
    fewest = Math.min(fewest, kept);
    most = Math.max(most, kept);
  }
  const limit = INACTIVE_VARIANCE * Math.max(...variances);
  const low = Math.min(...columns.map(({ lowest }) => lowest), 0);
  const high = Math.max(...columns.map(({ highest }) => highest));
  const zeros = values.reduce((sum, value) => sum + Number(value === 0), 0);
  const target = penaltyOf(specification, 'sparsity')?.target;
  return {
    examples,
    mean: Float64Array.from(columns, ({ mean }) => mean),
    active: frequencies,
    dead: deadUnits,
    inactive: variances.filter((variance) => variance < limit || variance === 0).length,
    ...(target !== undefined && { target }),
    ...(code.type === 'top-k' && { kept: { asked: code.active, fewest, most } }),
    zeros: zeros / values.length,
    histogram: histogramOf(
      zeros > 0 ? values.filter((value) => value !== 0) : values,
      low,
      high > low ? high : low + 1,
      BINS,
    ),
  };
}
