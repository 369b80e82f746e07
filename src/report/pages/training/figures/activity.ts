import { codeActivity } from '../../../../analysis/latent/codes.js';
import { penaltyOf, type Specification } from '../../../../models/specification.js';
import type { CodeActivity } from '../input.js';
import { type Codes, columnsOf, histogramOf, rowsOf } from './codes.js';

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
export function activityOf(specification: Specification, codes: Codes): CodeActivity | undefined {
  if (!isSparse(specification) || codes.values.length === 0) return undefined;
  const { code } = specification;
  const { values, width } = codes;
  const examples = rowsOf(codes);
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
