import { EQUAL_SHARE } from '../analysis/latent/fidelity.js';
import type { PcaErrors } from '../analysis/latent/pca-errors.js';
import type { CellFigures } from './cell-figures.js';

/** The squared error at a width. */
export interface RatePoint {
  readonly code: number;
  readonly squaredError: number;
  /** The part of the squared error of the mean of the data, which takes no code, that is taken away. */
  readonly explained: number;
}

/** What the widths of one kind tell. */
export interface KindFindings {
  readonly kind: string;
  /** By width. */
  readonly points: readonly RatePoint[];
  readonly best: RatePoint;
  /** The smallest width that explains at least 95 % of what the best explains. */
  readonly knee: RatePoint;
  /** From each width to the next: the part of the error that doubling the width takes away. */
  readonly gains: readonly { readonly from: number; readonly to: number; readonly perDoubling: number }[];
  /** Of the widths at which the error is at least 2 % below that of PCA, the first and the last; null where there is none. */
  readonly aheadOfPca: { readonly from: number; readonly to: number } | null;
  /** The smallest width from which on it is ahead of PCA at none; null where it is ahead at the largest. */
  readonly pcaCatchesUp: number | null;
}

/** Of what the best width explains, this part is nearly all. */
const NEARLY_ALL = 0.95;

/** What came of a cell, as far as findings need it. */
interface Measured {
  readonly cell: { readonly kind: string; readonly code: number };
  readonly figures?: Pick<CellFigures, 'testSquaredError'>;
}

/**
 * Where the widths of each kind stop paying and where they stop being ahead of PCA; of kinds that have a figure. Kinds come in
 * the order of the cells.
 */
export function sweepFindings(
  cells: readonly Measured[],
  { errors, meanSquaredError }: Pick<PcaErrors, 'errors' | 'meanSquaredError'>,
): KindFindings[] {
  const linear = new Map(errors.map(({ width, squaredError }) => [width, squaredError]));
  const kinds = [...new Set(cells.map(({ cell }) => cell.kind))];
  return kinds.flatMap((kind) => {
    const points = cells
      .flatMap(({ cell, figures }): RatePoint[] => {
        const squaredError = figures?.testSquaredError;
        if (cell.kind !== kind || squaredError === undefined || !Number.isFinite(squaredError)) return [];
        return [
          { code: cell.code, squaredError, explained: meanSquaredError > 0 ? 1 - squaredError / meanSquaredError : 0 },
        ];
      })
      .sort((a, b) => a.code - b.code);
    if (points.length === 0) return [];
    const best = points.reduce((least, point) => (point.squaredError < least.squaredError ? point : least));
    // Of less than nothing no part is nearly all.
    const enough = best.explained > 0 ? best.explained * NEARLY_ALL : best.explained;
    const knee = points.find(({ explained }) => explained >= enough)!;
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
