// Data sets that are looked at in pieces, and what is found there.
import type { Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import { joined } from '../../data/stream.js';
import { rowMeans } from './row-means.js';
import type { WindowPlace } from './series.js';

/** Pieces of a data set that is too long to look at as a whole: many small ones, or few long ones of a series. */
export const PIECES = { examples: 1000, series: 20 };

/** A piece of a data set and where it begins in it. */
export interface Piece {
  readonly from: number;
  readonly part: Dataset;
}

/** A data set as a whole or, where it is longer than the limit, pieces all over it. */
export function piecesOf(dataset: Dataset, limit: number, pieces: number): Piece[] {
  const { length } = dataset;
  if (length <= limit) return [{ from: 0, part: dataset }];
  const count = Math.max(1, Math.min(pieces, limit));
  const size = Math.floor(limit / count);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * (length - size)) / Math.max(1, count - 1));
    return { from, part: sliceDataset(dataset, from, from + size) };
  });
}

/** Examples in raw units, [n, size], and what the model makes of them. */
export interface RebuiltRows {
  readonly rows: Float32Array;
  readonly rebuilt: Float32Array;
}

/** The errors of the examples of a piece and, of a series, where its windows lie. */
export interface PieceErrors {
  readonly errors: readonly Float64Array[];
  /** The examples themselves, where they are asked for. */
  readonly kept?: RebuiltRows;
  readonly places?: readonly WindowPlace[];
  /** Where the piece begins. */
  readonly from: number;
}

/** How many rows lie in a window. */
export function rowsHeld(places: readonly WindowPlace[]): number {
  let [held, end] = [0, 0];
  for (const { start, rows } of places) {
    held += Math.max(0, start + rows - Math.max(end, start));
    end = Math.max(end, start + rows);
  }
  return held;
}

/** Of each row that lies in a window the mean over the windows that hold it. */
export function rowsFrom(scores: Float64Array, places: readonly WindowPlace[], window: number): Float64Array {
  const means = rowMeans(window, 1, 1);
  const whole = new Float64Array(window);
  for (const [i, { start, rows }] of places.entries()) means.add(start, [whole.fill(scores[i]!)], [], rows);
  return means.take().means[0]!.filter((mean) => !Number.isNaN(mean));
}

/** The examples of all pieces, one after the other. */
export function joinedRows(pieces: readonly PieceErrors[]): RebuiltRows {
  const all = pieces.flatMap(({ kept }) => kept ?? []);
  return { rows: joined(all.map(({ rows }) => rows)), rebuilt: joined(all.map(({ rebuilt }) => rebuilt)) };
}
