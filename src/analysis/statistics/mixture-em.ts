// Expectation and maximisation for mixtures of normal distributions (Dempster, Laird & Rubin 1977), in double precision and
// in one walk over the codes: no table of responsibilities is kept.

import type { Random } from '../../core/random.js';
import { addRow, rowAt, sumOf } from '../../core/vectors.js';
import { triangleSize } from '../../models/mixture.js';
import { addProducts, diagonalOf, factorize } from './triangles.js';

/** A mixture at work, see models/mixture.ts. */
export interface Components {
  readonly width: number;
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly factors: Float64Array;
}

/** A component whose density lies e^−20 (2e-9) below the largest one's has no part in a code. */
const NEGLIGIBLE = 20;
/** The least a pivot of a covariance may be, in the units of its prior. */
const LEAST_PIVOT = 1e-3;

/** What the densities of components are made of beside the squares: log w − Σ log Lᵢᵢ − d/2 log 2π. */
function constantsOf({ width, weights, factors }: Components): Float64Array {
  const triangle = triangleSize(width);
  return weights.map((weight, k) => {
    let sum = Math.log(weight) - (width / 2) * Math.log(2 * Math.PI);
    for (const pivot of diagonalOf(factors, width, k * triangle)) sum -= Math.log(pivot);
    return sum;
  });
}

/** L⁻¹ of each component, as lower triangles too: products with it, unlike solving with L, need not wait for each other. */
function inverses({ width, weights, factors }: Components): Float64Array {
  const inverse = new Float64Array(factors.length);
  for (let k = 0, base = 0; k < weights.length; k++, base += triangleSize(width)) {
    for (let i = 0; i < width; i++) {
      const row = base + triangleSize(i);
      const pivot = factors[row + i] ?? Number.NaN;
      for (let c = 0; c <= i; c++) {
        let sum = i === c ? 1 : 0;
        for (let j = c; j < i; j++) {
          sum -= (factors[row + j] ?? Number.NaN) * (inverse[base + triangleSize(j) + c] ?? Number.NaN);
        }
        inverse[row + c] = sum / pivot;
      }
    }
  }
  return inverse;
}

/** Densities of one code after the other under the components, largest terms found first. */
export interface Densities {
  /** How many components have a part in the code that was looked at last. */
  readonly count: number;
  /** Those components and log(w N(z)) of each. */
  readonly which: Int32Array;
  readonly logs: Float64Array;
  /** [components, width] z − mean; of those components. */
  readonly differences: Float64Array;
  /** Looks at a code. @returns log Σ w N(z) */
  at(codes: Float64Array, position: number): number;
}

export function densitiesUnder(components: Components): Densities {
  const { width, weights, means } = components;
  const many = weights.length;
  const triangle = triangleSize(width);
  const constants = constantsOf(components);
  const inverse = inverses(components);
  const which = new Int32Array(many);
  const logs = new Float64Array(many);
  const differences = new Float64Array(many * width);
  let count = 0;
  let likeliest = 0;

  /** log(w N(z)), or −∞ as soon as it is known to be below `floor`: squares only add up. */
  function logOf(codes: Float64Array, start: number, k: number, floor: number): number {
    const constant = constants[k] ?? Number.NaN;
    if (!(constant >= floor)) return Number.NEGATIVE_INFINITY;
    const most = 2 * (constant - floor);
    const mean = k * width;
    let square = 0;
    for (let i = 0, at = k * triangle; i < width; i++) {
      differences[mean + i] = (codes[start + i] ?? Number.NaN) - (means[mean + i] ?? Number.NaN);
      let y = 0;
      for (let j = mean; j <= mean + i; j++, at++) y += (inverse[at] ?? Number.NaN) * (differences[j] ?? Number.NaN);
      square += y * y;
      if (square > most) return Number.NEGATIVE_INFINITY;
    }
    return constant - square / 2;
  }

  return {
    get count() {
      return count;
    },
    which,
    logs,
    differences,
    at(codes, position) {
      const start = position * width;
      // Neighbouring codes of sorted data share a component; of shuffled ones the largest is as good a start as any.
      let best = logOf(codes, start, likeliest, Number.NEGATIVE_INFINITY);
      count = 1;
      which[0] = likeliest;
      logs[0] = best;
      const first = likeliest;
      for (let k = 0; k < many; k++) {
        if (k === first) continue;
        const log = logOf(codes, start, k, best - NEGLIGIBLE);
        if (log === Number.NEGATIVE_INFINITY) continue;
        which[count] = k;
        logs[count++] = log;
        if (log > best) {
          best = log;
          likeliest = k;
        }
      }
      let sum = 0;
      for (let n = 0; n < count; n++) sum += Math.exp((logs[n] ?? Number.NaN) - best);
      return best + Math.log(sum);
    },
  };
}

/** Weighted sums over codes of each component, of their differences from its mean and of the products of these. */
const emptySums = (many: number, width: number) => ({
  weights: new Float64Array(many),
  first: new Float64Array(many * width),
  second: new Float64Array(many * triangleSize(width)),
});
type Sums = ReturnType<typeof emptySums>;

/** Adds a code's part in a component. */
function addTo(sums: Sums, k: number, weight: number, differences: Float64Array, width: number): void {
  const { weights, first, second } = sums;
  weights[k]! += weight;
  const start = k * width;
  // Both sums in one walk: this is half of the time that a fit takes.
  for (let i = 0, at = k * triangleSize(width); i < width; i++) {
    const part = weight * (differences[start + i] ?? Number.NaN);
    first[start + i]! += part;
    for (let j = 0; j <= i; j++, at++) second[at]! += part * (differences[start + j] ?? Number.NaN);
  }
}

/**
 * The likeliest components for sums of differences from `means`: (S + prior I) / N is where N log|Σ| + tr((S + prior I) Σ⁻¹)
 * is smallest. A component with less than one code keeps its place and shape, which cannot lower the likelihood either.
 */
function likeliest(sums: Sums, earlier: Components, prior: number): Components {
  const { width } = earlier;
  const triangle = triangleSize(width);
  const total = sumOf(sums.weights);
  const weights = sums.weights.map((weight) => weight / total);
  const [means, factors] = [earlier.means.slice(), earlier.factors.slice()];
  for (const [k, weight] of sums.weights.entries()) {
    if (weight < 1) continue;
    const moved = rowAt(sums.first, width, k).map((sum) => sum / weight);
    addRow(means, k * width, moved, 0, width);
    const factor = rowAt(factors, triangle, k);
    factor.set(rowAt(sums.second, triangle, k).map((sum) => sum / weight));
    addProducts(factor, 0, moved, 0, width, -1);
    for (const [i, variance] of diagonalOf(factor, width).entries()) {
      factor[triangleSize(i + 1) - 1] = Math.max(variance, 0) + prior / weight;
    }
    factorize(factor, width, (LEAST_PIVOT * prior) / weight);
  }
  return { width, weights, means, factors };
}

/** Σ over the components of −½ prior tr(Σ⁻¹), which is ‖L⁻¹‖²: what the prior adds to the log likelihood. */
const priorOf = (components: Components, prior: number): number =>
  (-prior / 2) * inverses(components).reduce((sum, value) => sum + value * value, 0);

/** One iteration. */
export interface Step {
  readonly components: Components;
  /** Of the components before it: Σ log p(z), and with the prior's part, which no iteration lowers. */
  readonly logLikelihood: number;
  readonly objective: number;
}

/**
 * One iteration of expectation and maximisation.
 *
 * @param prior the strength of the prior on covariances, Σ −½ prior tr(Σ⁻¹): a ridge that keeps them from collapsing
 */
export function iterate(codes: Float64Array, components: Components, prior: number): Step {
  const { width } = components;
  const densities = densitiesUnder(components);
  const { which, logs, differences } = densities;
  const sums = emptySums(components.weights.length, width);
  let logLikelihood = 0;
  for (let n = 0; n * width < codes.length; n++) {
    const log = densities.at(codes, n);
    logLikelihood += log;
    for (let c = 0; c < densities.count; c++) {
      const own = logs[c] ?? Number.NaN;
      if (own > log - NEGLIGIBLE) addTo(sums, which[c] ?? -1, Math.exp(own - log), differences, width);
    }
  }
  return {
    components: likeliest(sums, components, prior),
    logLikelihood,
    objective: logLikelihood + priorOf(components, prior),
  };
}

/** Rounds of k-means after the seeding: EM does the rest. */
const ROUNDS = 3;

/**
 * Components to begin with: codes drawn far from each other (k-means++, Arthur & Vassilvitskii 2007), a few rounds of
 * k-means, and the covariance of each cluster. As many as were asked for, or as there are different codes.
 */
export function initial(codes: Float64Array, width: number, wanted: number, prior: number, random: Random): Components {
  const count = codes.length / width;
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const cluster = new Int32Array(count);
  const centers: Float64Array[] = [];

  /** Gives a center the codes that it is nearest to so far. */
  function assign(center: Float64Array, k: number): void {
    for (let n = 0; n < count; n++) {
      const most = nearest[n] ?? Number.NaN;
      let square = 0;
      for (let i = 0; i < width && square < most; i++) {
        square += ((codes[n * width + i] ?? Number.NaN) - (center[i] ?? Number.NaN)) ** 2;
      }
      if (square >= most) continue;
      nearest[n] = square;
      cluster[n] = k;
    }
  }
  const add = (position: number): void => {
    const center = rowAt(codes, width, position);
    assign(center, centers.push(center) - 1);
  };

  add(random.integer(count));
  while (centers.length < wanted) {
    let left = random.uniform() * sumOf(nearest);
    if (!(left > 0)) break; // no other code is left
    let position = 0;
    for (; position < count - 1; position++) {
      left -= nearest[position] ?? Number.NaN;
      if (left < 0) break;
    }
    add(position);
  }
  const many = centers.length;
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(many * width);
    const sizes = new Float64Array(many);
    for (const [n, k] of cluster.entries()) {
      sizes[k]! += 1;
      addRow(sums, k * width, codes, n * width, width);
    }
    for (const [k, size] of sizes.entries()) {
      if (size > 0) centers[k] = rowAt(sums, width, k).map((sum) => sum / size);
    }
    nearest.fill(Number.POSITIVE_INFINITY);
    for (const [k, center] of centers.entries()) assign(center, k);
  }

  const means = Float64Array.from(centers.flatMap((center) => [...center]));
  const sums = emptySums(many, width);
  const differences = new Float64Array(many * width);
  for (const [n, k] of cluster.entries()) {
    rowAt(differences, width, k).set(rowAt(codes, width, n));
    addRow(differences, k * width, means, k * width, width, -1);
    addTo(sums, k, 1, differences, width);
  }
  const unit = new Float64Array(many * triangleSize(width));
  for (let k = 0; k < many; k++) {
    for (let i = 1; i <= width; i++) unit[k * triangleSize(width) + triangleSize(i) - 1] = 1;
  }
  return likeliest(sums, { width, weights: new Float64Array(many).fill(1 / many), means, factors: unit }, prior);
}
