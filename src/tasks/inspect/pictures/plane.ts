import type { CodeSpace } from '../../../analysis/latent/code-space.js';
import type { LatentMap } from '../../../analysis/latent/figures.js';
import { codeAtPlace } from '../../../analysis/latent/map-codes.js';
import { rangeOf } from '../../../analysis/statistics/rows.js';
import { columnOf } from '../../../core/vectors.js';
import type { DecodedPlane } from '../inspection.js';
import type { DepthOf } from './depth.js';

type Extent = DecodedPlane['extent'];

/** Values that the decoded places of one plane may have together. */
const OUTPUT_VALUES = 600_000;
/** Cells of the shading along the longer side. */
const SHADED = 72;
/** Cells with a picture along the longer side, at most and at least. */
const [MOST, FEWEST] = [22, 6];

/** The part of the plane that holds the points, with a margin; never without width or height. */
export function extentOf(points: Float32Array): Extent {
  const ends = [0, 1].map((axis) => {
    const [low, high] = rangeOf(columnOf(points, 2, axis));
    const margin = (high - low) * 0.04 || Math.max(Math.abs(high), 1) * 0.5;
    return { low: low - margin, high: high + margin };
  });
  return { left: ends[0]!.low, right: ends[0]!.high, bottom: ends[1]!.low, top: ends[1]!.high };
}

/** Columns and rows of cells that are about square. */
function gridOf({ left, right, bottom, top }: Extent, longer: number): { columns: number; rows: number } {
  const ratio = (top - bottom) / (right - left);
  const shorter = (by: number) => Math.max(Math.ceil(longer / 4), Math.round(longer * by));
  return ratio > 1 ? { columns: shorter(1 / ratio), rows: longer } : { columns: longer, rows: shorter(ratio) };
}

/** The codes in the middle of the cells of a grid, row by row from the top. */
function codesOfGrid(
  map: LatentMap,
  codes: Float32Array,
  width: number,
  { left, right, bottom, top }: Extent,
  { columns, rows }: { columns: number; rows: number },
): Float32Array {
  const all = new Float32Array(columns * rows * width);
  for (let row = 0; row < rows; row++) {
    const up = top - ((row + 0.5) / rows) * (top - bottom);
    for (let column = 0; column < columns; column++) {
      const across = left + ((column + 0.5) / columns) * (right - left);
      all.set(codeAtPlace(map, codes, width, [across, up]), (row * columns + column) * width);
    }
  }
  return all;
}

/**
 * What lies behind a map: the decoder's outputs at the cells of a grid, and on a finer one how deep the places lie in gaps.
 *
 * @param codes [n, width] of the map's points
 */
export async function decodedPlane(
  map: LatentMap,
  codes: Float32Array,
  space: CodeSpace,
  depthOf: DepthOf,
): Promise<DecodedPlane> {
  const extent = extentOf(map.points);
  const cells = Math.floor(Math.sqrt(OUTPUT_VALUES / space.size));
  const grid = gridOf(extent, Math.max(FEWEST, Math.min(MOST, cells)));
  const shading = gridOf(extent, SHADED);
  const depths = await depthOf(codesOfGrid(map, codes, space.width, extent, shading));
  return {
    method: map.method,
    ...grid,
    extent,
    outputs: await space.decode(codesOfGrid(map, codes, space.width, extent, grid)),
    gaps: {
      ...shading,
      depth: Uint8Array.from(depths, (depth) => (depth <= 1 ? 0 : Math.ceil(255 * (1 - 1 / depth)))),
    },
  };
}
