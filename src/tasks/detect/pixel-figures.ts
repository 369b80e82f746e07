import { badInput } from '../../core/errors.js';

/** How well errors pixel by pixel tell anomalous pixels from the others. */
export interface PixelFigures {
  /** Pixels whose kind is known. */
  readonly anomalous: number;
  readonly normal: number;
  /** Connected anomalous regions, of pixels that touch each other at a side or a corner. */
  readonly regions: number;
  /** The probability that the error of an anomalous pixel is above that of a normal one, ties counted half. */
  readonly rocAuc: number;
  /**
   * Per-region overlap (Bergmann et al. 2020): the mean over the regions of the part of each that lies above a threshold, a
   * region counting the same whatever its size; the area below it up to 30 % of the normal pixels above the threshold, over 0.3.
   */
  readonly regionOverlap: number;
}

/** The largest part of normal pixels above the threshold that the region overlap looks at. */
const MOST_ALARMS = 0.3;

/** Errors share a bin where the leading 19 bits of their floats agree: steps of 1/2048. The order of floats ≥ 0 is that of their bits. */
const DROPPED_BITS = 12;
const BINS = (0x7f800000 >>> DROPPED_BITS) + 1;

/** For each pixel of a mask the number of its region, from 1; 0 of normal ones. Regions touch at sides and corners. */
export function regionsOf(mask: Uint8Array, width: number): { readonly regions: Int32Array; readonly sizes: number[] } {
  const regions = new Int32Array(mask.length);
  const height = mask.length / width;
  const sizes: number[] = [];
  const waiting: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || regions[start] !== 0) continue;
    const region = sizes.push(0);
    regions[start] = region;
    waiting.push(start);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      sizes[region - 1]!++;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (mask[next] === 0 || regions[next] !== 0) continue;
          regions[next] = region;
          waiting.push(next);
        }
      }
    }
  }
  return { regions, sizes };
}

/** Takes errors image by image; memory does not grow with them. */
export function openPixelFigures() {
  const [normal, anomalous, overlap] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  let regionCount = 0;
  return {
    /**
     * @param errors [height, width] none negative; NaN where nothing is known
     * @param mask 1 for an anomalous pixel, else 0
     */
    add(errors: Float32Array, mask: Uint8Array | 'normal', width: number): void {
      if (mask !== 'normal' && mask.length !== errors.length) {
        throw badInput('mask', `expected ${errors.length} pixels, as its image has, got ${mask.length}`);
      }
      const isSeen = (i: number) => !Number.isNaN(errors[i]);
      const seen = mask === 'normal' ? undefined : mask.map((value, i) => (isSeen(i) ? value : 0));
      const found = seen && regionsOf(seen, width);
      regionCount += found?.sizes.length ?? 0;
      for (const [i, error] of errors.entries()) {
        if (Number.isNaN(error)) continue;
        float[0] = error;
        const bin = Math.min(bits[0]! >>> DROPPED_BITS, BINS - 1);
        const region = found?.regions[i] ?? 0;
        if (region === 0) normal[bin]!++;
        else {
          anomalous[bin]!++;
          overlap[bin]! += 1 / found!.sizes[region - 1]!;
        }
      }
    },
    /** @returns undefined where there are not both kinds of pixels */
    finish(): PixelFigures | undefined {
      const [normals, anomalies] = [normal, anomalous].map((bins) => bins.reduce((sum, count) => sum + count, 0)) as [
        number,
        number,
      ];
      if (normals === 0 || anomalies === 0) return undefined;
      // from the highest errors down: the parts above the threshold, and the areas below their curves over the false alarms
      let [alarms, hits, covered, area, overlapArea] = [0, 0, 0, 0, 0];
      for (let bin = BINS - 1; bin >= 0; bin--) {
        const more = normal[bin]! / normals;
        const nextHits = hits + anomalous[bin]!;
        const nextCovered = covered + overlap[bin]! / regionCount;
        area += (normal[bin]! * (hits + nextHits)) / 2;
        const part = Math.min(more, Math.max(0, MOST_ALARMS - alarms));
        if (part > 0) {
          const end = covered + (nextCovered - covered) * (part / more);
          overlapArea += (part * (covered + end)) / 2;
        }
        [alarms, hits, covered] = [alarms + more, nextHits, nextCovered];
      }
      return {
        anomalous: anomalies,
        normal: normals,
        regions: regionCount,
        rocAuc: area / (normals * anomalies),
        regionOverlap: Math.min(1, overlapArea / MOST_ALARMS),
      };
    },
  };
}
