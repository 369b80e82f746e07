import type { Runtime } from '../runtime/runtime.js';
import { countCodes, rowsAt, samplePositions } from './code-rows.js';
import { bootstrap, type Estimate } from './estimate.js';
import type { ShapeFigures } from './figures.js';
import { nearestNeighbours } from './neighbours.js';
import { principalAxes } from './principal-axes.js';

export interface ShapeOptions {
  /** The caller closes it. */
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes that are looked at, at most; drawn at random where there are more. Default 5000. */
  readonly points?: number;
}

/** The part of the largest ratios that Facco et al. leave out: those of outliers. */
const DISCARDED = 0.1;
/** Units with less variance than this part of the most varied one's carry nothing to speak of. */
const ACTIVE_PART = 0.01;

/**
 * The dimension by the two nearest neighbours (Facco, d'Errico, Rodriguez & Laio 2017): where density is constant over
 * the reach of two neighbours, μ = r₂/r₁ has the distribution 1 − μ^(−d), and the line through the origin of −log(1 − F)
 * over log μ has the slope d. The tenth of the largest ratios is left out, as in the paper.
 *
 * @param ratios log(r₂/r₁), rising
 */
function twoNeighbours(ratios: ArrayLike<number>): number {
  const kept = Math.max(1, Math.floor((1 - DISCARDED) * ratios.length));
  let [products, squares] = [0, 0];
  for (let i = 0; i < kept; i++) {
    const ratio = ratios[i]!;
    products += ratio * -Math.log(1 - (i + 1) / (ratios.length + 1));
    squares += ratio * ratio;
  }
  return squares > 0 ? products / squares : 0;
}

/** e to the entropy of the singular values (Roy & Vetterli 2007); 0 where all codes are the same. */
function effectiveRank(codes: Float32Array, width: number): number {
  const { deviations } = principalAxes(codes, width);
  const sum = deviations.reduce((total, one) => total + one, 0);
  if (sum === 0) return 0;
  return Math.exp(-deviations.reduce((total, one) => total + (one / sum) * Math.log(one / sum), 0));
}

/** [width] divided by n. */
function variancesOf(codes: Float32Array, width: number): number[] {
  const n = codes.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < codes.length; i++) mean[i % width]! += codes[i]! / n;
  const variances = new Array<number>(width).fill(0);
  for (let i = 0; i < codes.length; i++) variances[i % width]! += (codes[i]! - mean[i % width]!) ** 2 / n;
  return variances;
}

/**
 * The shape of codes, whatever they stand for: how many dimensions they fill, how evenly, and how many units take part.
 *
 * `intrinsicDimension` comes from the two nearest neighbours of each code; twins, which have no distance, are left out,
 * and it is 0 where nothing is left. The bootstrap draws ratios, not codes: a code drawn twice would be its own twin.
 * `effectiveRank` is not changed by turning or scaling the codes. `activeUnits` follows Burda, Grosse & Salakhutdinov (2016), with a limit that is
 * relative, as codes of most kinds have no scale of their own.
 *
 * @param codes [n, width] at least 3
 * @throws GargaloError `bad-input` where there are fewer, or a value is not finite
 */
export async function shapeFigures(
  codes: Float32Array,
  width: number,
  { runtime, seed = 0, points = 5000 }: ShapeOptions,
): Promise<ShapeFigures> {
  const positions = samplePositions(countCodes(codes, width, 3), points, seed, 'shape');
  const sample = rowsAt(codes, width, positions);
  const n = positions.length;
  const { distances } = await nearestNeighbours(runtime, sample, width, 2);
  const ratios: number[] = [];
  for (let i = 0; i < n; i++)
    if (distances[2 * i]! > 0) ratios.push(Math.log(distances[2 * i + 1]! / distances[2 * i]!));
  const dimensionOf = (chosen: ArrayLike<number>): number =>
    twoNeighbours(Float64Array.from({ length: chosen.length }, (_, i) => ratios[chosen[i]!]!).sort());
  const nothing: Estimate = { value: 0, interval: [0, 0] };
  if (codes.every((value, i) => value === codes[i % width])) {
    const variances = new Array<number>(width).fill(0);
    return { intrinsicDimension: nothing, effectiveRank: nothing, activeUnits: 0, variances };
  }
  const variances = variancesOf(codes, width);
  const most = Math.max(...variances);
  return {
    intrinsicDimension:
      ratios.length === 0 ? nothing : bootstrap(ratios.length, dimensionOf, { seed, stream: 'bootstrap/dimension' }),
    effectiveRank: bootstrap(n, (chosen) => effectiveRank(rowsAt(sample, width, chosen), width), {
      seed,
      stream: 'bootstrap/rank',
      resamples: 100,
    }),
    activeUnits: variances.filter((variance) => variance > ACTIVE_PART * most).length,
    variances,
  };
}
