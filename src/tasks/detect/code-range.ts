import { EigenvalueDecomposition } from 'ml-matrix';
import { alongAxes } from '../../analysis/statistics/principal-axes.js';
import { addRow, columnOf } from '../../analysis/statistics/rows.js';
import { addProducts, matrixOf } from '../../analysis/statistics/triangles.js';
import type { WorkOptions } from '../../core/work.js';
import { arrayDataset } from '../../data/dataset.js';
import { type ExampleSource, joined } from '../../data/stream.js';
import type { Autoencoder, ReconstructedBlock } from '../../models/autoencoder.js';
import type { CodeRange } from '../../models/calibration.js';
import { triangleSize } from '../../models/mixture.js';
import type { Specification } from '../../models/specification.js';

/** Codes wider than this keep no range: the axes of it would be larger than what they are for. */
const WIDEST = 64;
/** The part of the training data that lies beyond either end of the usual range, along each axis. */
const BEYOND = 0.1;

/** Whether codes are numbers that can be moved a little: not the entries of a codebook, nor the k largest of many. */
export function hasCodeRange({ code }: Pick<Specification, 'code'>): boolean {
  return code.width <= WIDEST && (code.type === 'plain' || code.type === 'gaussian');
}

/** The principal axes of codes, one after the other. */
function principalAxes(codes: Float32Array, center: readonly number[]): number[] {
  const width = center.length;
  const covariance = new Float64Array(triangleSize(width));
  const centred = Float64Array.from(codes, (value, at) => value - center[at % width]!);
  for (let at = 0; at < codes.length; at += width) addProducts(covariance, 0, centred, at, width);
  const { eigenvectorMatrix } = new EigenvalueDecomposition(matrixOf(covariance, width, 'mirrored'), {
    assumeSymmetric: true,
  });
  return Array.from({ length: width }, (_, k) => eigenvectorMatrix.getColumn(k)).flat();
}

/** Where codes lie along the axes, from the centre: [n, axes]. */
const along = ({ center, axes }: Pick<CodeRange, 'center' | 'axes'>, codes: Float32Array): Float64Array =>
  alongAxes(
    { mean: center, axes: center.map((_, k) => axes.slice(k * center.length, (k + 1) * center.length)) },
    codes,
  );

/**
 * The range in which the codes of training data usually lie, along their principal axes: between the tenth and the ninetieth
 * hundredth. Data that hold some anomalies have codes of those too; a tenth at either end leaves them out.
 *
 * @param codes [n, width], at least one
 */
export function fitCodeRange(codes: Float32Array, width: number): CodeRange {
  const count = codes.length / width;
  const sums = new Float64Array(width);
  for (let at = 0; at < codes.length; at += width) addRow(sums, 0, codes, at, width);
  const short = (value: number) => Number(value.toPrecision(9));
  const center = Array.from(sums, (sum) => short(sum / count));
  const axes = principalAxes(codes, center).map(short);
  const places = along({ center, axes }, codes);
  const sorted = center.map((_, k) => columnOf(places, width, k).sort());
  const at = (part: number) =>
    sorted.map((column) => short(column[Math.min(count - 1, Math.floor(part * count))] ?? Number.NaN));
  return { center, axes, low: at(BEYOND), high: at(1 - BEYOND) };
}

/** Codes brought back into their usual range, along every axis. */
export function boundCodes(codes: Float32Array, range: CodeRange): Float32Array {
  const { axes, low, high } = range;
  const width = low.length;
  const bound = codes.slice();
  for (const [at, place] of along(range, codes).entries()) {
    const k = at % width;
    const back = Math.min(high[k]!, Math.max(low[k]!, place)) - place;
    if (back !== 0) addRow(bound, at - k, axes, k * width, width, back);
  }
  return bound;
}

/**
 * What a model makes of examples block by block: their reconstruction or, with a range, that from codes which were brought
 * back into it.
 */
export async function* rebuiltBlocks(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  range: CodeRange | undefined,
  options: WorkOptions = {},
): AsyncGenerator<ReconstructedBlock, void> {
  if (!range) {
    yield* autoencoder.blocks(examples, options);
    return;
  }
  const shape = [range.low.length];
  for await (const block of autoencoder.codes(examples, options)) {
    const codes = arrayDataset(boundCodes(block.code, range), { name: 'codes', shape });
    const reconstruction: Float32Array[] = [];
    for await (const part of autoencoder.decoded(codes)) reconstruction.push(part.reconstruction);
    yield { ...block, reconstruction: reconstruction.length === 1 ? reconstruction[0]! : joined(reconstruction) };
  }
}
