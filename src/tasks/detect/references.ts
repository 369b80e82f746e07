import { createRuntime } from '#runtime';
import { type NeighbourSearch, type Neighbours, openNeighbours } from '../../analysis/statistics/neighbours.js';
import { badInput } from '../../core/errors.js';
import { floatsFromBase64, floatsToBase64 } from '../../data/base64.js';
import { neighboursOf, REFERENCE_NEIGHBOURS, type References, type ScorePart } from '../../models/calibration.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { fitCoordinates } from './coordinates.js';
import { fitMarginal } from './marginal.js';
import { total } from './scoring.js';

/** Rows and values of rows that are kept, at most: 1 MiB of 32-bit floats. */
const MOST_ROWS = 10_000;
const MOST_VALUES = 2 ** 18;

/** How many rows of that size are kept at most; fewer than 2 are no use. */
export const mostReferences = (size: number): number => Math.min(MOST_ROWS, Math.floor(MOST_VALUES / size));

/** The parts of the combined score that come from reference rows alone. */
export type ComparedPart = Exclude<ScorePart, 'error'>;

/**
 * What reference rows say of other rows, [n] for each part. 'distance': the distance from the k-th nearest reference row, each column
 * at deviation 1. 'relative': distances from the nearest reference rows over the distances of those rows from their own, in the
 * coordinates of {@link fitCoordinates}: the geometric mean over the first, second, … k-th neighbour. It is above 1 where a row lies
 * apart from a place whose own rows lie close together (Breunig et al. 2000, the local outlier factor). 'marginal': how rare the
 * values are, each in its column, see {@link fitMarginal}.
 */
export type Compared = Readonly<Record<ComparedPart, Float64Array>>;

/** How rows lie to the reference rows. */
export interface Comparison {
  readonly found: Compared;
  /** [n, size] what each column adds to each part; to the distances, its squared differences from the k nearest rows. */
  readonly terms: Compared;
}

/** Reference rows at work. */
export interface ReferenceSearch {
  /**
   * @param rows [n, size] in scaled units
   */
  compare(rows: Float32Array): Promise<Comparison>;
  close(): Promise<void>;
}

/** What spacings count as at least beside each rank's usual one: no place is endlessly dense. */
interface Usual {
  /** [k] the median of the spacings at each rank, or their mean where that is 0. */
  readonly spacing: Float64Array;
}

function usualSpacings(spacings: ArrayLike<number>, k: number): Usual {
  const count = spacings.length / k;
  return {
    spacing: Float64Array.from({ length: k }, (_, rank) => {
      const own = Float64Array.from({ length: count }, (_, i) => spacings[i * k + rank]!).sort();
      return own[(count - 1) >> 1]! || own.reduce((sum, value) => sum + value / count, 0) || 1;
    }),
  };
}

/** A distance of nearly 0 counts as so much of the usual spacing. */
const NEARLY_NONE = 1e-3;

function relativeDistances(
  { k, indices, distances }: Neighbours,
  spacings: ArrayLike<number>,
  { spacing: usual }: Usual,
): Float64Array {
  return Float64Array.from({ length: distances.length / k }, (_, n) => {
    let sum = 0;
    for (let rank = 0; rank < k; rank++) {
      let own = 0;
      for (let i = 0; i <= rank; i++) own += spacings[indices[n * k + i]! * k + rank]! / (rank + 1);
      sum += Math.log(distances[n * k + rank]! + NEARLY_NONE * usual[rank]!) - Math.log(own + usual[rank]!);
    }
    return Math.exp(sum / k);
  });
}

/** Squared differences from the neighbours by column; the groups of `width` coordinates are added up by column. */
function termsOf(
  { k, indices }: Neighbours,
  queries: Float32Array,
  points: Float32Array,
  width: number,
  size: number,
): Float64Array {
  const count = queries.length / width;
  const terms = new Float64Array(count * size);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < k; i++) {
      const other = indices[n * k + i]! * width;
      for (let start = 0; start < width; start += size) {
        const [at, from] = [n * width + start, other + start];
        for (let j = 0; j < size; j++) {
          const difference = queries[at + j]! - points[from + j]!;
          terms[n * size + j]! += difference * difference;
        }
      }
    }
  }
  return terms;
}

/** The k-th distance of each row. */
const farthest = ({ k, distances }: Neighbours): Float64Array =>
  Float64Array.from({ length: distances.length / k }, (_, n) => distances[n * k + k - 1]!);

/** What is looked up of rows: both searches over them, and how often their values occur. */
async function openLookups(rows: Float32Array, size: number, k: number, options: RuntimeOptions | undefined) {
  const coordinates = fitCoordinates(rows, size);
  const [plain, bent] = [coordinates.plain(rows), coordinates.bent(rows)];
  const marginal = fitMarginal(rows, size);
  const runtime = await createRuntime(options);
  const searches: NeighbourSearch[] = [];
  try {
    searches.push(await openNeighbours(runtime, plain, size, k));
    searches.push(await openNeighbours(runtime, bent, 2 * size, k));
  } catch (cause) {
    await runtime.close();
    throw cause;
  }
  const [ofPlain, ofBent] = searches as [NeighbourSearch, NeighbourSearch];
  async function compare(asked: Float32Array, spacings: Float32Array, usual: Usual): Promise<Comparison> {
    const [plainly, bentAsked] = [coordinates.plain(asked), coordinates.bent(asked)];
    const near = await ofPlain.nearest(plainly);
    const nearBent = await ofBent.nearest(bentAsked);
    const terms = marginal.terms(asked);
    return {
      found: {
        distance: farthest(near),
        relative: relativeDistances(nearBent, spacings, usual),
        marginal: rowTotals(terms, size),
      },
      terms: {
        distance: termsOf(near, plainly, plain, size, size),
        relative: termsOf(nearBent, bentAsked, bent, 2 * size, size),
        marginal: terms,
      },
    };
  }
  return { marginal, ofPlain, ofBent, compare, close: () => runtime.close() };
}

/** Σ of each row of some values. */
const rowTotals = (values: Float64Array, size: number): Float64Array =>
  Float64Array.from({ length: values.length / size }, (_, n) => total(values, n * size, (n + 1) * size));

/**
 * Puts reference rows to work.
 *
 * @param references as {@link learnReferences} made them, for rows of that size
 */
export async function openReferences(
  references: Pick<References, 'count' | 'rows' | 'spacings'>,
  size: number,
  runtime?: RuntimeOptions,
): Promise<ReferenceSearch> {
  const k = neighboursOf(references);
  const rows = floatsFromBase64(references.rows);
  const spacings = floatsFromBase64(references.spacings);
  if (rows?.length !== references.count * size || spacings?.length !== references.count * k) {
    throw badInput('calibration', `expected reference rows of ${size} values, got damaged ones`);
  }
  const usual = usualSpacings(spacings, k);
  const { compare, close } = await openLookups(rows, size, k, runtime);
  return { compare: (asked) => compare(asked, spacings, usual), close };
}

/** What is learned of reference rows. */
export interface LearnedReferences {
  readonly references: Pick<References, 'count' | 'rows' | 'spacings'>;
  /** How each of them lies to the others. */
  readonly own: Compared;
  /** How other rows lie to them. */
  readonly others: Compared;
}

/**
 * Looks at how rows lie to each other, each compared with all the others, and how other rows lie to them.
 *
 * @param rows [n, size] in scaled units, at least 2
 * @param others [m, size] likewise, at least 1
 */
export async function learnReferences(
  rows: Float32Array,
  size: number,
  others: Float32Array,
  runtime?: RuntimeOptions,
): Promise<LearnedReferences> {
  const count = rows.length / size;
  const k = Math.min(REFERENCE_NEIGHBOURS, count - 1);
  const { marginal, ofPlain, ofBent, compare, close } = await openLookups(rows, size, k, runtime);
  try {
    const near = await ofPlain.nearest();
    const nearBent = await ofBent.nearest();
    const spacings = Float32Array.from(nearBent.distances);
    const usual = usualSpacings(spacings, k);
    const compared = await compare(others, spacings, usual);
    return {
      references: { count, rows: floatsToBase64(rows), spacings: floatsToBase64(spacings) },
      own: {
        distance: farthest(near),
        relative: relativeDistances(nearBent, spacings, usual),
        marginal: rowTotals(marginal.terms(rows, true), size),
      },
      others: compared.found,
    };
  } finally {
    await close();
  }
}
