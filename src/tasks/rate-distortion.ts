import { EQUAL_SHARE } from '../latent/fidelity.js';
import type { PcaErrors } from '../latent/pca-errors.js';
import type { CellFigures } from './cell-figures.js';

/** The squared error at a width. */
export interface RatePoint {
  readonly code: number;
  readonly squaredError: number;
}

/** What the widths of one kind tell. */
export interface KindFindings {
  readonly kind: string;
  /** By width. */
  readonly points: readonly RatePoint[];
  readonly best: RatePoint;
  /** The smallest width whose error is within 5 % of the best. */
  readonly knee: RatePoint;
  /** From each width to the next: the part of the error that doubling the width takes away. */
  readonly gains: readonly { readonly from: number; readonly to: number; readonly perDoubling: number }[];
  /** Of the widths at which the error is at least 2 % below that of PCA, the first and the last; null where there is none. */
  readonly aheadOfPca: { readonly from: number; readonly to: number } | null;
  /** The smallest width from which on it is ahead of PCA at none; null where it is ahead at the largest. */
  readonly pcaCatchesUp: number | null;
}

/** Errors so much above the best still count as near it. */
const NEAR_BEST = 0.05;

/** What came of a cell, as far as findings need it. */
interface Measured {
  readonly cell: { readonly kind: string; readonly code: number };
  readonly figures?: Pick<CellFigures, 'testSquaredError'>;
}

/**
 * Where the widths of each kind stop paying and where they stop being ahead of PCA; of kinds that have a figure. Kinds come in
 * the order of the cells.
 */
export function sweepFindings(cells: readonly Measured[], pca: Pick<PcaErrors, 'errors'>): KindFindings[] {
  const linear = new Map(pca.errors.map(({ width, squaredError }) => [width, squaredError]));
  const kinds = [...new Set(cells.map(({ cell }) => cell.kind))];
  return kinds.flatMap((kind) => {
    const points = cells
      .flatMap(({ cell, figures }): RatePoint[] => {
        const squaredError = figures?.testSquaredError;
        if (cell.kind !== kind || squaredError === undefined || !Number.isFinite(squaredError)) return [];
        return [{ code: cell.code, squaredError }];
      })
      .sort((a, b) => a.code - b.code);
    if (points.length === 0) return [];
    const best = points.reduce((least, point) => (point.squaredError < least.squaredError ? point : least));
    const knee = points.find(({ squaredError }) => squaredError <= best.squaredError * (1 + NEAR_BEST))!;
    const gains = points.slice(1).map((point, i) => {
      const before = points[i]!;
      const ratio = before.squaredError > 0 ? point.squaredError / before.squaredError : 1;
      return { from: before.code, to: point.code, perDoubling: 1 - ratio ** (1 / Math.log2(point.code / before.code)) };
    });
    const isAhead = ({ code, squaredError }: RatePoint): boolean =>
      squaredError < (1 - EQUAL_SHARE) * (linear.get(code) ?? 0);
    const ahead = points.filter(isAhead);
    const first = ahead[0];
    const last = ahead.at(-1);
    return [
      {
        kind,
        points,
        best,
        knee,
        gains,
        aheadOfPca: first && last ? { from: first.code, to: last.code } : null,
        pcaCatchesUp: points.find(({ code }) => code > (last?.code ?? 0))?.code ?? null,
      },
    ];
  });
}
