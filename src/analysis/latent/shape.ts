import { type BootstrapOptions, bootstrap, type Estimate } from '../statistics/estimate.js';
import { alongAxes, principalAxes } from '../statistics/principal-axes.js';
import { countCodes } from '../statistics/rows.js';
import { codeActivity, perplexity } from './codes.js';
import type { ShapeFigures } from './figures.js';
import { type IntrinsicDimensionOptions, intrinsicDimension } from './intrinsic-dimension.js';

/** A unit is active where its variance is above that part of the most varied one's. */
const ACTIVE_PART = 0.01;

/**
 * How many directions codes vary in, counted by how much: e to the entropy of the singular values of the codes, their
 * mean taken away (Roy & Vetterli 2007, "The effective rank"), 1 … width; 0 where codes are all the same. For the
 * interval, codes are drawn anew and their spread taken along the principal axes of all of them, which is the same to
 * first order.
 *
 * @param codes [n, width]
 */
export function effectiveRank(codes: Float32Array, width: number, options: BootstrapOptions = {}): Estimate {
  const count = countCodes(codes, width, 1);
  const axes = principalAxes(codes, width);
  const along = alongAxes(axes, codes);
  const directions = axes.axes.length;
  const [sums, squares] = [new Float64Array(directions), new Float64Array(directions)];
  return bootstrap(
    count,
    (chosen) => {
      sums.fill(0);
      squares.fill(0);
      for (let i = 0; i < chosen.length; i++) {
        const from = (chosen[i] ?? -1) * directions;
        for (let j = 0; j < directions; j++) {
          const value = along[from + j] ?? Number.NaN;
          sums[j]! += value;
          squares[j]! += value * value;
        }
      }
      return perplexity(
        squares.map((square, j) => Math.sqrt(Math.max(0, square / count - ((sums[j] ?? Number.NaN) / count) ** 2))),
      );
    },
    { stream: 'effective-rank', ...options },
  );
}

/**
 * Units whose variance over the examples is above 0.01 of the most varied one's. Burda, Grosse & Salakhutdinov 2016
 * ("Importance weighted autoencoders", appendix C) have the limit at 0.01 itself, for codes near N(0, I); codes of
 * other kinds have any scale, so that here it follows the codes.
 *
 * @param variances [width]
 */
export function activeUnits(variances: ArrayLike<number>): number {
  const list = Array.from(variances);
  const most = Math.max(...list);
  return list.filter((variance) => variance > ACTIVE_PART * most).length;
}

/**
 * The shape of codes: how many dimensions they fill ({@link intrinsicDimension}), how many directions they vary in
 * ({@link effectiveRank}), and which units do.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there is no code, or a value is not finite
 */
export async function shapeFigures(
  codes: Float32Array,
  width: number,
  options: IntrinsicDimensionOptions,
): Promise<ShapeFigures> {
  const { seed, resamples } = options;
  countCodes(codes, width);
  const variances = Array.from(codeActivity(codes, width).variances);
  return {
    intrinsicDimension: await intrinsicDimension(codes, width, options),
    effectiveRank: effectiveRank(codes, width, {
      ...(seed !== undefined && { seed }),
      ...(resamples && { resamples }),
    }),
    activeUnits: activeUnits(variances),
    variances,
  };
}
