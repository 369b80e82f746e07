import { createRandom, type Random } from '../../core/random.js';
import { dot, sumOf } from '../../core/vectors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { bootstrap, countDrawn, type Estimate, orderOf, percentileInterval, valuesAt } from '../statistics/estimate.js';
import type { CodeSpace } from './code-space.js';
import type { PlaceFigures } from './figures.js';
import { type GapReference, leastDistance, measurePlaces, type Trips, WITHIN } from './gap-reference.js';

export interface PlaceOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Of the bootstrap. Default 200. */
  readonly resamples?: number;
}

/** Values in their order, each with the unit that it belongs to, so that quantiles of resamples are found without sorting anew. */
interface Ordered {
  readonly values: Float64Array;
  readonly units: Int32Array;
}

/** @param perUnit consecutive values of one unit */
function ordered(values: Float64Array, perUnit = 1): Ordered {
  const order = orderOf(values);
  return { values: valuesAt(values, order), units: order.map((place) => Math.floor(place / perUnit)) };
}

/**
 * As `sortedQuantile`, of values that are there as often as their unit was drawn. It walks from the nearer end: limits
 * lie near the upper one.
 *
 * @param counts how often each unit was drawn
 */
function quantileOfDrawn({ values, units }: Ordered, counts: Int32Array, part: number): number {
  const total = (sumOf(counts) * values.length) / counts.length;
  const at = part * (total - 1);
  const isHigh = part > 0.5;
  // positions from the end that the walk starts at: the first is passed before the second, and both are wanted
  const [first, second] = isHigh
    ? [total - 1 - Math.ceil(at), total - 1 - Math.floor(at)]
    : [Math.floor(at), Math.ceil(at)];
  const share = isHigh ? Math.ceil(at) - at : at - Math.floor(at);
  let seen = 0;
  let found = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const place = isHigh ? values.length - 1 - i : i;
    const value = values[place] ?? Number.NaN;
    const next = seen + (counts[units[place] ?? -1] ?? Number.NaN);
    if (seen <= first && next > first) found = value;
    if (next > second) return found + share * (value - found);
    seen = next;
  }
  return found;
}

/** How often each unit is drawn when as many are drawn as there are, with replacement. */
function drawUnits(counts: Int32Array, random: Random): void {
  counts.fill(0);
  for (let i = 0; i < counts.length; i++) counts[random.integer(counts.length)]! += 1;
}

/** Places that count only where they lie within a region, which is as large as the codes say that it is. */
interface Within {
  /** [places] and [codes] how large the region has to be to hold each. */
  readonly places: Float64Array;
  readonly codes: Float64Array;
  /** The part of the codes that it holds. */
  readonly held: number;
}

/**
 * The figures of places that were measured, with intervals by drawing anew, with replacement, both the units of places
 * (those of one line stay together) and the codes that the limits come from.
 *
 * @param stream names the stream of random numbers
 * @param dependence.perUnit consecutive places that depend on each other; default 1
 * @param dependence.within for places of single units
 */
export function figuresOfPlaces(
  { roundTrips, distances }: Trips,
  reference: GapReference,
  { seed = 0, resamples = 200 }: Omit<PlaceOptions, 'runtime'>,
  stream: string,
  { perUnit = 1, within }: { readonly perUnit?: number; readonly within?: Within } = {},
): PlaceFigures {
  const least = leastDistance(reference.spread);
  const codes = { roundTrips: ordered(reference.roundTrips), distances: ordered(reference.distances) };
  const places = { roundTrips: ordered(roundTrips, perUnit), distances: ordered(distances, perUnit) };
  const region = within && ordered(within.codes);

  const statistics = (units: Int32Array, drawnCodes: Int32Array): Record<keyof PlaceFigures, number> => {
    const limit = (of: Ordered): number => Math.max(quantileOfDrawn(of, drawnCodes, WITHIN), least);
    const limits = { roundTrip: limit(codes.roundTrips), distance: limit(codes.distances) };
    if (within && region) {
      const size = quantileOfDrawn(region, drawnCodes, within.held);
      for (let i = 0; i < units.length; i++) if ((within.places[i] ?? Number.NaN) > size) units[i] = 0;
    }
    let [gaps, unfaithful, empty, total] = [0, 0, 0, 0];
    for (let i = 0; i < roundTrips.length; i++) {
      const times = units[Math.floor(i / perUnit)] ?? Number.NaN;
      const missed = (roundTrips[i] ?? Number.NaN) > limits.roundTrip;
      const far = (distances[i] ?? Number.NaN) > limits.distance;
      total += times;
      if (missed) unfaithful += times;
      if (far) empty += times;
      if (missed || far) gaps += times;
    }
    const spread = Math.sqrt(dot(drawnCodes, reference.squares) / drawnCodes.length);
    const usual = Math.max(quantileOfDrawn(codes.distances, drawnCodes, 0.5), least);
    return {
      gaps: gaps / total,
      unfaithful: unfaithful / total,
      empty: empty / total,
      roundTrip: quantileOfDrawn(places.roundTrips, units, 0.5) / (spread || 1),
      // where all codes are the same, there is no nearness to compare with
      distance: usual === 0 ? 1 : quantileOfDrawn(places.distances, units, 0.5) / usual,
    };
  };

  const units = new Int32Array(roundTrips.length / perUnit).fill(1);
  const drawnCodes = new Int32Array(reference.positions.length).fill(1);
  const value = statistics(units, drawnCodes);
  const random = createRandom(seed, `${stream}/bootstrap`);
  const drawn = Array.from({ length: resamples }, () => {
    drawUnits(units, random);
    drawUnits(drawnCodes, random);
    return statistics(units, drawnCodes);
  });
  const estimate = (name: keyof PlaceFigures): Estimate => ({
    value: value[name],
    interval: percentileInterval(Float64Array.from(drawn, (one) => one[name])),
  });
  return {
    gaps: estimate('gaps'),
    unfaithful: estimate('unfaithful'),
    empty: estimate('empty'),
    roundTrip: estimate('roundTrip'),
    distance: estimate('distance'),
  };
}

/** The median round trip of real codes over their spread, with its interval. */
export function codesRoundTrip(
  { roundTrips, squares }: GapReference,
  { seed = 0, resamples = 200 }: Omit<PlaceOptions, 'runtime'>,
): Estimate {
  const trips = ordered(roundTrips);
  const counts = new Int32Array(roundTrips.length);
  const statistic = (chosen: Int32Array): number => {
    countDrawn(counts, chosen);
    return quantileOfDrawn(trips, counts, 0.5) / (Math.sqrt(dot(counts, squares) / counts.length) || 1);
  };
  return bootstrap(counts.length, statistic, { seed, stream: 'gaps/codes/bootstrap', resamples });
}

/**
 * What any places are like beside real codes: draws of a density fitted to the codes, say, or of a prior.
 *
 * @param places [n, width] drawn independently of each other
 */
export async function placeFigures(
  space: CodeSpace,
  reference: GapReference,
  places: Float32Array,
  options: PlaceOptions,
): Promise<PlaceFigures> {
  const measured = await measurePlaces(space, reference, places, options.runtime);
  return figuresOfPlaces(measured, reference, options, 'places');
}
