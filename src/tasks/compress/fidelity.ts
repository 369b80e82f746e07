import { structuralSimilarity, windowSide } from '../../analysis/statistics/ssim.js';
import { lookOf } from '../../data/look.js';
import { inputSize, isBounded, type Specification } from '../../models/specification.js';
import { scalesOf } from '../detect/scoring.js';

/** How near what comes back is to what was there. */
export interface Fidelity {
  /** Mean squared error of a value, in scaled units: of bytes in 0 … 1. */
  readonly mse: number;
  /** Peak signal-to-noise ratio of that error, in dB; where scaled values lie in 0 … 1. */
  readonly psnr?: number;
  /** Mean over the examples; of pictures whose scaled values lie in 0 … 1. See structuralSimilarity. */
  readonly ssim?: number;
  /** Side of the window that it was measured with. */
  readonly ssimWindow?: number;
}

/** Collects the figures of examples, some at a time. */
export interface FidelityMeter {
  /**
   * @param originals [n, input size], raw units
   * @param restored the same, as they come out of the decoder; bytes are rounded here
   */
  add(originals: ArrayLike<number>, restored: Float32Array): void;
  value(): Fidelity;
}

/** Reconstructions as they are written: bytes, or the numbers themselves. */
export function written(restored: Float32Array, type: 'uint8' | 'float32'): Uint8ClampedArray | Float32Array {
  // a clamped array rounds and clips
  return type === 'uint8' ? Uint8ClampedArray.from(restored) : restored;
}

/**
 * @param type what examples are written as
 */
export function createFidelityMeter(
  specification: Specification,
  type: 'uint8' | 'float32',
  { ssim: wanted = true }: { readonly ssim?: boolean } = {},
): FidelityMeter {
  const { shape, sequence, scaling } = specification.input;
  const size = inputSize(specification);
  const bounded = isBounded(specification);
  const look = lookOf(shape, sequence);
  const picture = wanted && bounded && look.kind === 'picture' ? look : undefined;
  let [values, squares, examples, similarity] = [0, 0, 0, 0];
  const scales = scalesOf(specification);
  const offsets = scales.map((_, i) => scaling.offset[i % scaling.offset.length]!);
  const [scaled, scaledBack] = [new Float64Array(size), new Float64Array(size)];
  return {
    add(originals, restored) {
      const back = written(restored, type);
      for (let start = 0; start < back.length; start += size) {
        for (let i = 0; i < size; i++) {
          const offset = offsets[i]!;
          const before = (originals[start + i]! - offset) * scales[i]!;
          const after = (back[start + i]! - offset) * scales[i]!;
          scaled[i] = before;
          scaledBack[i] = after;
          squares += (before - after) ** 2;
        }
        if (picture) similarity += structuralSimilarity(scaled, scaledBack, picture, 1);
        examples++;
      }
      values += back.length;
    },
    value() {
      const mse = squares / Math.max(1, values);
      return {
        mse,
        ...(bounded && { psnr: -10 * Math.log10(mse) }),
        ...(picture && { ssim: similarity / Math.max(1, examples), ssimWindow: windowSide(picture) }),
      };
    },
  };
}
