import type { WorkOptions } from '../../core/work.js';
import { arrayDataset } from '../../data/dataset.js';
import { type ExampleSource, joined } from '../../data/stream.js';
import type { Autoencoder, ReconstructedBlock } from '../../models/autoencoder.js';
import type { CodeRange } from '../../models/calibration.js';
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
async function principalAxes(codes: Float32Array, center: readonly number[]): Promise<number[]> {
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const width = center.length;
  const covariance = Matrix.zeros(width, width);
  for (let at = 0; at < codes.length; at += width) {
    for (let a = 0; a < width; a++) {
      const own = codes[at + a]! - center[a]!;
      for (let b = 0; b <= a; b++) covariance.set(a, b, covariance.get(a, b) + own * (codes[at + b]! - center[b]!));
    }
  }
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) covariance.set(b, a, covariance.get(a, b));
  const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  return Array.from({ length: width }, (_, k) => eigenvectorMatrix.getColumn(k)).flat();
}

/** Where a code lies along axis k, from the centre. */
function along({ center, axes }: Pick<CodeRange, 'center' | 'axes'>, codes: Float32Array, at: number, k: number) {
  const from = k * center.length;
  let sum = 0;
  for (let i = 0; i < center.length; i++) sum += (codes[at + i]! - center[i]!) * axes[from + i]!;
  return sum;
}

/**
 * The range in which the codes of training data usually lie, along their principal axes: between the tenth and the ninetieth
 * hundredth. Data that hold some anomalies have codes of those too; a tenth at either end leaves them out.
 *
 * @param codes [n, width], at least one
 */
export async function fitCodeRange(codes: Float32Array, width: number): Promise<CodeRange> {
  const count = codes.length / width;
  const sums = new Float64Array(width);
  for (const [i, value] of codes.entries()) sums[i % width]! += value;
  const short = (value: number) => Number(value.toPrecision(9));
  const center = Array.from(sums, (sum) => short(sum / count));
  const axes = (await principalAxes(codes, center)).map(short);
  const ends = Array.from({ length: width }, (_, k) => {
    const places = Float64Array.from({ length: count }, (_, i) => along({ center, axes }, codes, i * width, k)).sort();
    const at = (part: number) => short(places[Math.min(count - 1, Math.floor(part * count))]!);
    return [at(BEYOND), at(1 - BEYOND)] as const;
  });
  return { center, axes, low: ends.map(([low]) => low), high: ends.map(([, high]) => high) };
}

/** Codes brought back into their usual range, along every axis. */
export function boundCodes(codes: Float32Array, range: CodeRange): Float32Array {
  const { center, axes, low, high } = range;
  const width = center.length;
  const bound = codes.slice();
  for (let at = 0; at < codes.length; at += width) {
    for (let k = 0; k < width; k++) {
      const place = along(range, codes, at, k);
      const back = Math.min(high[k]!, Math.max(low[k]!, place)) - place;
      if (back === 0) continue;
      for (let i = 0; i < width; i++) bound[at + i]! += back * axes[k * width + i]!;
    }
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
  work: WorkOptions = {},
): AsyncGenerator<ReconstructedBlock, void> {
  // What overflows the network has an infinite score.
  const options = { ...work, ensureFinite: 'input' } as const;
  if (!range) {
    yield* autoencoder.blocks(examples, options);
    return;
  }
  const shape = [range.low.length];
  for await (const block of autoencoder.codes(examples, options)) {
    const codes = arrayDataset(boundCodes(block.code, range), { name: 'codes', shape });
    const reconstruction: Float32Array[] = [];
    for await (const part of autoencoder.decoded(codes, { ensureFinite: false }))
      reconstruction.push(part.reconstruction);
    yield { ...block, reconstruction: reconstruction.length === 1 ? reconstruction[0]! : joined(reconstruction) };
  }
}
