import { createRandom, type Random } from '../../core/random.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type Estimate, sortedQuantile } from '../statistics/estimate.js';
import type { CodeSpace } from './code-space.js';
import type { PlaceFigures } from './figures.js';
import { type GapReference, leastDistance, measurePlaces, type Trips, WITHIN } from './gap-reference.js';

export interface PlaceOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Of the bootstrap. Default 200. */
  readonly resamples?: number;
}

/** Values with their order, so that quantiles of resamples are found without sorting anew. */
interface Ordered {
  readonly values: Float64Array;
  readonly order: Int32Array;
}

function ordered(values: Float64Array): Ordered {
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  return { values, order };
}

/**
 * As `sortedQuantile`, of values that are there as often as their unit was drawn. It walks from the nearer end: limits
 * lie near the upper one.
 *
 * @param counts how often each unit was drawn
 * @param perUnit consecutive values of one unit
 */
function quantileOfDrawn({ values, order }: Ordered, counts: Int32Array, perUnit: number, part: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]! * perUnit;
  const at = part * (total - 1);
  const isHigh = part > 0.5;
  // positions from the end that the walk starts at: the first is passed before the second, and both are wanted
  const [first, second] = isHigh
    ? [total - 1 - Math.ceil(at), total - 1 - Math.floor(at)]
    : [Math.floor(at), Math.ceil(at)];
  const share = isHigh ? Math.ceil(at) - at : at - Math.floor(at);
  let seen = 0;
  let found = Number.NaN;
  for (let i = 0; i < order.length; i++) {
    const one = order[isHigh ? order.length - 1 - i : i]!;
    const next = seen + counts[perUnit === 1 ? one : Math.floor(one / perUnit)]!;
    if (seen <= first && next > first) found = values[one]!;
    if (next > second) return found + share * (values[one]! - found);
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
  const places = { roundTrips: ordered(roundTrips), distances: ordered(distances) };

  const region = within && ordered(within.codes);

  const statistics = (units: Int32Array, drawnCodes: Int32Array): Record<keyof PlaceFigures, number> => {
    const limit = (of: Ordered): number => Math.max(quantileOfDrawn(of, drawnCodes, 1, WITHIN), least);
    const limits = { roundTrip: limit(codes.roundTrips), distance: limit(codes.distances) };
    if (within && region) {
      const size = quantileOfDrawn(region, drawnCodes, 1, within.held);
      for (let i = 0; i < units.length; i++) if (within.places[i]! > size) units[i] = 0;
    }
    let [gaps, unfaithful, empty, total] = [0, 0, 0, 0];
    for (let i = 0; i < roundTrips.length; i++) {
      const times = units[Math.floor(i / perUnit)]!;
      const missed = roundTrips[i]! > limits.roundTrip;
      const far = distances[i]! > limits.distance;
      total += times;
      if (missed) unfaithful += times;
      if (far) empty += times;
      if (missed || far) gaps += times;
    }
    let squares = 0;
    for (let i = 0; i < drawnCodes.length; i++) squares += drawnCodes[i]! * reference.squares[i]!;
    const spread = Math.sqrt(squares / drawnCodes.length);
    const usual = Math.max(quantileOfDrawn(codes.distances, drawnCodes, 1, 0.5), least);
    return {
      gaps: gaps / total,
      unfaithful: unfaithful / total,
      empty: empty / total,
      roundTrip: quantileOfDrawn(places.roundTrips, units, perUnit, 0.5) / (spread || 1),
      // where all codes are the same, there is no nearness to compare with
      distance: usual === 0 ? 1 : quantileOfDrawn(places.distances, units, perUnit, 0.5) / usual,
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
  const estimate = (name: keyof PlaceFigures): Estimate => {
    const sorted = Float64Array.from(drawn, (one) => one[name]).sort();
    return { value: value[name], interval: [sortedQuantile(sorted, 0.025), sortedQuantile(sorted, 0.975)] };
  };
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
  const counts = new Int32Array(roundTrips.length).fill(1);
  const statistic = (): number => {
    let sum = 0;
    for (let i = 0; i < counts.length; i++) sum += counts[i]! * squares[i]!;
    return quantileOfDrawn(trips, counts, 1, 0.5) / (Math.sqrt(sum / counts.length) || 1);
  };
  const value = statistic();
  const random = createRandom(seed, 'gaps/codes/bootstrap');
  const drawn = new Float64Array(resamples).map(() => {
    drawUnits(counts, random);
    return statistic();
  });
  drawn.sort();
  return { value, interval: [sortedQuantile(drawn, 0.025), sortedQuantile(drawn, 0.975)] };
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
