import type { Picture } from '../data/write/picture-sheet.js';

/** Squares laid over an image of any size so that each pixel lies well inside of some. */
export interface Tiling {
  /** Tiles across and down. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels from the image's border to that of the first tile, outwards. */
  readonly margin: readonly [x: number, y: number];
  /** Pixels from tile to tile. */
  readonly step: readonly [x: number, y: number];
}

/** What a tile is taken from and laid into. */
export type Sides = Pick<Picture, 'width' | 'height'>;

/**
 * Tiles half a tile apart, the first ones half outside of the image: the border of a tile, where a network sees least around it,
 * is the middle of another.
 */
export function tilingOf(image: Sides, tile: Sides): Tiling {
  const along = (side: number, length: number): readonly [step: number, margin: number, count: number] => {
    const step = Math.max(1, Math.floor(length / 2));
    const margin = length - step;
    // the last tile reaches as far out as the first
    return [step, margin, Math.ceil((side + 2 * margin - length) / step) + 1];
  };
  const [stepX, marginX, columns] = along(image.width, tile.width);
  const [stepY, marginY, rows] = along(image.height, tile.height);
  return { columns, rows, margin: [marginX, marginY], step: [stepX, stepY] };
}

/** A place on a line that goes on beyond its ends as in mirrors. */
export function mirrored(place: number, length: number): number {
  const period = 2 * length;
  const within = ((place % period) + period) % period;
  return within < length ? within : period - 1 - within;
}

/** A raised cosine over a tile, never 0 (Hann's window): what lies at the border counts little. */
export function raisedCosine(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length));
}

/** Values of an image, [height, width, channels]. */
export interface ImageValues extends Sides {
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** Cuts tile after tile, row by row; what lies outside of the image is its mirror image. */
export function cutTile(image: ImageValues, tile: Sides, tiling: Tiling, index: number, into: Float32Array): void {
  const { width, height, channels, data } = image;
  const [left, top] = placeOf(tiling, index);
  let to = 0;
  for (let y = 0; y < tile.height; y++) {
    const row = mirrored(top + y, height) * width;
    for (let x = 0; x < tile.width; x++) {
      const from = (row + mirrored(left + x, width)) * channels;
      for (let channel = 0; channel < channels; channel++) into[to++] = data[from + channel]!;
    }
  }
}

function placeOf({ columns, margin, step }: Tiling, index: number): readonly [left: number, top: number] {
  return [(index % columns) * step[0] - margin[0], Math.floor(index / columns) * step[1] - margin[1]];
}

/** Puts tiles together again, each weighed by a raised cosine. */
export function openBlend(image: Sides & { readonly channels: number }, tile: Sides, tiling: Tiling) {
  const { width, height, channels } = image;
  const sums = new Float32Array(width * height * channels);
  const across = raisedCosine(tile.width);
  const down = raisedCosine(tile.height);
  return {
    /** @param values [tile.height, tile.width, channels] */
    add(values: Float32Array, index: number): void {
      const [left, top] = placeOf(tiling, index);
      for (let y = Math.max(0, -top); y < Math.min(tile.height, height - top); y++) {
        for (let x = Math.max(0, -left); x < Math.min(tile.width, width - left); x++) {
          const weight = down[y]! * across[x]!;
          const to = ((top + y) * width + left + x) * channels;
          const from = (y * tile.width + x) * channels;
          for (let channel = 0; channel < channels; channel++) sums[to + channel]! += weight * values[from + channel]!;
        }
      }
    },
    /** The image; nothing can be added after it. */
    finish(): Float32Array {
      const wide = weights(width, across, tiling.columns, tiling.margin[0], tiling.step[0]);
      const high = weights(height, down, tiling.rows, tiling.margin[1], tiling.step[1]);
      let at = 0;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const weight = high[y]! * wide[x]!;
          for (let channel = 0; channel < channels; channel++) sums[at++]! /= weight;
        }
      }
      return sums;
    },
  };
}

/** What the windows of all tiles add up to along a side: a product of two of these is the weight of a pixel. */
function weights(length: number, window: Float32Array, count: number, margin: number, step: number): Float64Array {
  const sums = new Float64Array(length);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < window.length; i++) {
      const place = n * step - margin + i;
      if (place >= 0 && place < length) sums[place]! += window[i]!;
    }
  }
  return sums;
}
