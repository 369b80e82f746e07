import { badInput } from '../../core/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { quantileOf } from '../statistics/estimate.js';
import { nearestNeighbours } from '../statistics/neighbours.js';
import { centreOf, countCodes, rowsAt, samplePositions, squaredRowDistances } from '../statistics/rows.js';
import type { CodeSpace } from './code-space.js';

/** What all but 1 % of real codes keep to. */
export interface GapLimits {
  /** Of ‖φ(ψ(z)) − z‖, in units of the code. */
  readonly roundTrip: number;
  /** Of the distance to the nearest other code. */
  readonly distance: number;
}

/** What is measured of codes and of places alike. */
export interface Trips {
  /** [n] ‖φ(ψ(z)) − z‖, 0 where that is rounding. */
  readonly roundTrips: Float64Array;
  /** [n] distance to the nearest code, of a code to the nearest other. */
  readonly distances: Float64Array;
}

/** Real codes, and what places are held against. */
export interface GapReference extends Trips {
  readonly width: number;
  /** [n, width] the nearest code is looked for among these. */
  readonly codes: Float32Array;
  /** [n] where these stood among all codes. */
  readonly positions: Int32Array;
  readonly limits: GapLimits;
  /** Root mean square distance of the codes from their mean. */
  readonly spread: number;
  /** [n] square of the distance of each code from their mean. */
  readonly squares: Float64Array;
}

/** How deep places lie in gaps: up to 1 is what all but 1 % of codes keep to, more is a gap. */
export interface GapDepths {
  /** [n] round trip over its limit. */
  readonly roundTrip: Float64Array;
  /** [n] distance to the nearest code over its limit. */
  readonly distance: Float64Array;
  /** [n] the larger of the two. */
  readonly depth: Float64Array;
}

export interface GapReferenceOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes that places are held against, at most; drawn at random where there are more. Default 10,000. */
  readonly points?: number;
}

/** The part of real codes that keeps to a limit. */
export const WITHIN = 0.99;
/** Round trips and limits below this part of the spread are rounding: single precision does no better. */
const ROUNDING = 1e-4;

/** The least that counts as a distance, of codes with that spread. */
export const leastDistance = (spread: number): number => ROUNDING * spread;

async function roundTripsOf(space: CodeSpace, codes: Float32Array, spread: number): Promise<Float64Array> {
  const trips = squaredRowDistances(await space.roundTrip(codes), codes, space.width).map(Math.sqrt);
  const row = trips.findIndex((trip) => !Number.isFinite(trip));
  if (row >= 0) {
    throw badInput(`codes, row ${row + 1}`, `expected a finite code after decoding and encoding, got ${trips[row]}`);
  }
  return trips.map((trip) => (trip < leastDistance(spread) ? 0 : trip));
}

/**
 * What real codes are like, so that places can be held against them: the round trip ‖φ(ψ(z)) − z‖ and the distance to
 * the nearest other code that all but 1 % of the codes keep to. Of one-hot or quantized codes, most of which have a
 * twin, every place beside a code is far from them.
 *
 * @param codes [n, width] at least 2
 * @throws GargaloError `bad-input` where there are fewer, or a value is not finite
 */
export async function gapReference(
  space: CodeSpace,
  codes: Float32Array,
  { runtime, seed = 0, points = 10_000 }: GapReferenceOptions,
): Promise<GapReference> {
  const { width } = space;
  const positions = samplePositions(countCodes(codes, width, 2), points, seed, 'gaps/reference');
  const sample = rowsAt(codes, width, positions);
  const { spread, squares } = centreOf(sample, width);
  const roundTrips = await roundTripsOf(space, sample, spread);
  const { distances } = await nearestNeighbours(runtime, sample, width, 1);
  const limit = (values: Float64Array): number => Math.max(quantileOf(values, WITHIN), leastDistance(spread));
  const limits = { roundTrip: limit(roundTrips), distance: limit(distances) };
  return { width, codes: sample, positions, limits, spread, squares, roundTrips, distances };
}

/** Round trips and distances of places [n, width]. */
export async function measurePlaces(
  space: CodeSpace,
  reference: GapReference,
  places: Float32Array,
  runtime: Runtime,
): Promise<Trips> {
  countCodes(places, space.width, 1);
  const roundTrips = await roundTripsOf(space, places, reference.spread);
  const { distances } = await nearestNeighbours(runtime, reference.codes, space.width, 1, { queries: places });
  return { roundTrips, distances };
}

/**
 * How deep any places of a code space lie in gaps: to shade pictures by, and to tell whether a place is in one.
 *
 * @param places [n, width]
 */
export async function gapDepths(
  space: CodeSpace,
  reference: GapReference,
  places: Float32Array,
  { runtime }: { readonly runtime: Runtime },
): Promise<GapDepths> {
  const { roundTrips, distances } = await measurePlaces(space, reference, places, runtime);
  const { limits } = reference;
  // a limit is 0 where all codes are the same; whatever is not there is beyond it
  const over = (value: number, limit: number): number =>
    limit > 0 ? value / limit : value > 0 ? Number.POSITIVE_INFINITY : 0;
  const roundTrip = roundTrips.map((value) => over(value, limits.roundTrip));
  const distance = distances.map((value) => over(value, limits.distance));
  return { roundTrip, distance, depth: roundTrip.map((value, i) => Math.max(value, distance[i] ?? Number.NaN)) };
}
