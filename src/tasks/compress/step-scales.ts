import { columnMeans, rowsAt } from '../../analysis/statistics/rows.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import { scalesOf } from '../detect/scoring.js';
import { nearestScale } from './quantizer.js';
import type { CodedSample } from './sample-codes.js';

/** Codes that the decoder is asked for, at most. */
const ASKED = 16_384;
/** Examples that each place is tried on, at most. */
const EXAMPLES = 64;
/** Of a place that the decoder does not look at, how much larger its step is than that of the others. */
const DEAF = 64;

/**
 * How much larger the step of each place of a code may be: the error that rounding makes is Σ Δ² g / 12 with the mean squared
 * change g of the output for a change of 1 at the place, and for a given number of bits it is smallest where all places
 * contribute alike, Δ ∝ 1/√g (as bits are given to the coefficients of a transform, Huang & Schultheiss 1963). g is taken from
 * differences, half a deviation wide.
 *
 * @returns [width], for a quantizer; undefined where all are about the same
 */
export async function sensitivityScales(
  autoencoder: Pick<Autoencoder, 'decode' | 'specification'>,
  { codes, count }: CodedSample,
): Promise<Int8Array | undefined> {
  const { specification } = autoencoder;
  const { width } = specification.code;
  const scales = scalesOf(specification);
  const asked = Math.max(1, Math.min(EXAMPLES, count, Math.floor(ASKED / width)));
  // spread over the sample
  const rows = Array.from({ length: asked }, (_, i) => Math.floor((i * count) / asked));
  const deviations = deviationsOf(codes, width);
  const base = rowsAt(codes, width, rows);
  const outputs = await autoencoder.decode(base);
  const factors = new Float64Array(width);
  for (const [place, deviation] of deviations.entries()) {
    const change = deviation / 2;
    if (!(change > 0)) continue;
    const moved = base.slice();
    for (let row = 0; row < asked; row++) moved[row * width + place]! += change;
    const there = await autoencoder.decode(moved);
    let squares = 0;
    for (let at = 0; at < there.length; at++) {
      squares += ((there[at]! - outputs[at]!) * scales[at % scales.length]!) ** 2;
    }
    if (squares > 0) factors[place] = change / Math.sqrt(squares / asked);
  }
  const heard = factors.filter((factor) => factor > 0);
  if (heard.length === 0) return undefined;
  const mean = Math.exp(heard.reduce((sum, factor) => sum + Math.log(factor), 0) / heard.length);
  const steps = Int8Array.from(factors, (factor) => nearestScale(factor > 0 ? factor / mean : DEAF));
  return steps.every((value) => Math.abs(value) <= 1) ? undefined : steps;
}

/** Standard deviation of each place. */
export function deviationsOf(codes: Float32Array, width: number): Float64Array {
  const count = codes.length / width;
  const means = columnMeans(codes, width);
  const squares = new Float64Array(width);
  for (let at = 0; at < codes.length; at++) squares[at % width]! += (codes[at]! - means[at % width]!) ** 2;
  return squares.map((sum) => Math.sqrt(sum / count));
}
