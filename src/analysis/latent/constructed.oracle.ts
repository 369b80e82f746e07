/**
 * Code spaces made so that what is true of them is known: the measures of latent spaces are tried on these. Their codes
 * lie on a support (discs, a circle, a rolled sheet); the encoder gives the nearest point of the support, so that
 * φ(ψ(z)) = z on the support and only there; the decoder lays the code space isometrically into more dimensions.
 */
import { createRandom, type Random } from '../../core/random.js';
import type { CodeSpace } from './code-space.js';

export interface ConstructedSpace extends CodeSpace {
  readonly name: string;
  /** [n, width] */
  readonly codes: Float32Array;
  /** [n, size] what the codes decode to. */
  readonly examples: Float32Array;
  /** [n] the island, the arc or the stretch that a code lies in: 0 … classes − 1. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** [n, 2] where on the unrolled sheet each code lies; of the swiss roll. */
  readonly sheet?: Float32Array;
}

export interface ConstructedOptions {
  /** Default 1000. */
  readonly count?: number;
  /** Of the codes; the construction itself is the same for all seeds. */
  readonly seed?: number;
  /**
   * What becomes of a place off the support. `smooth` (default): something between its neighbours. `sudden`: the same
   * as of the nearest point of the support, so that the output jumps half-way between two islands.
   */
  readonly decoder?: 'smooth' | 'sudden';
  /** The encoder misses by that much, in a direction that changes smoothly with the place; default 0. */
  readonly wobble?: number;
}

/** Where codes lie, and the nearest such point to any place. */
interface Support {
  readonly name: string;
  readonly width: number;
  readonly classes: number;
  draw(random: Random): {
    readonly code: readonly number[];
    readonly label: number;
    readonly sheet?: readonly number[];
  };
  nearest(place: readonly number[]): readonly number[];
}

/** Values of an example beyond those of a code. */
const EXTRA = 3;

/** `count` orthonormal rows of `size` numbers, by Gram & Schmidt on normal ones. */
export function orthonormalRows(count: number, size: number, random: Random): number[][] {
  const rows: number[][] = [];
  while (rows.length < count) {
    let row = Array.from({ length: size }, () => random.normal());
    for (const other of rows) {
      const along = other.reduce((sum, value, k) => sum + value * row[k]!, 0);
      row = row.map((value, k) => value - along * other[k]!);
    }
    const length = Math.hypot(...row);
    if (length > 1e-3) rows.push(row.map((value) => value / length));
  }
  return rows;
}

/** A function of rows, over all rows of a flat array. */
function overRows(values: Float32Array, from: number, to: number, map: (row: number[]) => readonly number[]) {
  const out = new Float32Array((values.length / from) * to);
  for (let n = 0; n * from < values.length; n++) {
    out.set(map(Array.from(values.subarray(n * from, (n + 1) * from))), n * to);
  }
  return out;
}

function construct(support: Support, options: ConstructedOptions): ConstructedSpace {
  const { count = 1000, seed = 1, decoder = 'smooth', wobble = 0 } = options;
  const { name, width, classes } = support;
  const size = width + EXTRA;
  const rows = orthonormalRows(width, size, createRandom(7, `constructed/${name}`));
  const lay = (z: readonly number[]): number[] =>
    Array.from({ length: size }, (_, i) => z.reduce((sum, value, k) => sum + value * rows[k]![i]!, 0));
  const take = (x: readonly number[]): number[] =>
    rows.map((row) => row.reduce((sum, value, i) => sum + value * x[i]!, 0));
  const decodeOne = (z: readonly number[]): number[] => lay(decoder === 'sudden' ? support.nearest(z) : z);
  const encodeOne = (x: readonly number[]): number[] => {
    const z = support.nearest(take(x));
    return wobble === 0 ? [...z] : z.map((value, k) => value + wobble * Math.sin(3 * z[(k + 1) % width]! + k));
  };
  const random = createRandom(seed, `codes/${name}`);
  const drawn = Array.from({ length: count }, () => support.draw(random));
  const codes = Float32Array.from(drawn.flatMap(({ code }) => code));
  const sheet = Float32Array.from(drawn.flatMap((one) => one.sheet ?? []));
  return {
    name,
    width,
    size,
    codes,
    examples: overRows(codes, width, size, lay),
    labels: Int32Array.from(drawn, ({ label }) => label),
    classes,
    ...(sheet.length > 0 && { sheet }),
    encode: async (examples) => overRows(examples, size, width, encodeOne),
    decode: async (places) => overRows(places, width, size, decodeOne),
    roundTrip: async (places) => overRows(places, width, width, (z) => encodeOne(decodeOne(z))),
  };
}

/** A place moved into a disc, straight towards its centre. */
function intoDisc([x, y]: readonly number[], [a, b]: readonly number[], radius: number): number[] {
  const far = Math.hypot(x! - a!, y! - b!) / radius;
  return far <= 1 ? [x!, y!] : [a! + (x! - a!) / far, b! + (y! - b!) / far];
}

/** Discs of the same size that do not touch; each is a class. */
function discs(name: string, centres: readonly (readonly number[])[], radius: number, uniform: boolean): Support {
  return {
    name,
    width: 2,
    classes: centres.length,
    draw(random) {
      const label = random.integer(centres.length);
      for (;;) {
        // a blob is a normal distribution that ends at its radius, three standard deviations from the middle
        const at = [0, 1].map(() => (uniform ? radius * (2 * random.uniform() - 1) : (radius / 3) * random.normal()));
        if (Math.hypot(...at) <= radius) return { label, code: at.map((value, k) => value + centres[label]![k]!) };
      }
    },
    nearest(place) {
      const distances = centres.map((centre) => Math.hypot(place[0]! - centre[0]!, place[1]! - centre[1]!));
      return intoDisc(place, centres[distances.indexOf(Math.min(...distances))]!, radius);
    },
  };
}

/**
 * Two round heaps of radius 3 (normal, σ = 1, cut off there), 12 apart: 2 components, half of the way between is empty.
 */
export const blobs = (options: ConstructedOptions = {}): ConstructedSpace =>
  construct(
    discs(
      'blobs',
      [
        [-6, 0],
        [6, 0],
      ],
      3,
      false,
    ),
    options,
  );

/** side × side uniform discs of radius 1, their centres 4 apart: as many components as islands. */
export function islands(options: ConstructedOptions & { readonly side?: number } = {}): ConstructedSpace {
  const { side = 3 } = options;
  const centres = Array.from({ length: side * side }, (_, i) => [4 * (i % side), 4 * Math.floor(i / side)]);
  return construct(discs(`islands-${side}`, centres, 1, true), options);
}

/** Uniform on a disc of radius 1: no gaps, 1 component, 2 dimensions. Labels are halves. */
export function disc(options: ConstructedOptions = {}): ConstructedSpace {
  const whole = discs('disc', [[0, 0]], 1, true);
  const halves = (code: readonly number[]): number => (code[0]! > 0 ? 1 : 0);
  const draw: Support['draw'] = (random) => {
    const { code } = whole.draw(random);
    return { code, label: halves(code) };
  };
  return construct({ ...whole, classes: 2, draw }, options);
}

/**
 * A circle of radius 1, or with a thickness the ring around it: 1 component with a hole that nearly all lines cross; a
 * circle has 1 dimension. Labels are quarters.
 */
export function ring(options: ConstructedOptions & { readonly thickness?: number } = {}): ConstructedSpace {
  const { thickness = 0 } = options;
  const [inner, outer] = [1 - thickness / 2, 1 + thickness / 2];
  const support: Support = {
    name: 'ring',
    width: 2,
    classes: 4,
    draw(random) {
      const turn = random.uniform();
      const radius = Math.sqrt(inner ** 2 + random.uniform() * (outer ** 2 - inner ** 2));
      const angle = 2 * Math.PI * turn;
      return { code: [radius * Math.cos(angle), radius * Math.sin(angle)], label: Math.floor(4 * turn) };
    },
    nearest([x, y]) {
      const radius = Math.hypot(x!, y!);
      if (radius === 0) return [inner, 0];
      const factor = Math.min(Math.max(radius, inner), outer) / radius;
      return [x! * factor, y! * factor];
    },
  };
  return construct(support, options);
}

const ROLL = { from: 1.5 * Math.PI, to: 4.5 * Math.PI, height: 21 } as const;
/** Length of the spiral r = t from 0 to t. */
const spiral = (t: number): number => (t * Math.sqrt(1 + t * t) + Math.asinh(t)) / 2;

/** The angle of the point of the spiral nearest to a place in its plane: the best of a grid, then Newton's method. */
function nearestAngle(x: number, y: number): number {
  const square = (t: number): number => (t * Math.cos(t) - x) ** 2 + (t * Math.sin(t) - y) ** 2;
  let best = ROLL.from;
  for (let i = 1; i <= 300; i++) {
    const t = ROLL.from + (i / 300) * (ROLL.to - ROLL.from);
    if (square(t) < square(best)) best = t;
  }
  for (let i = 0; i < 8; i++) {
    const [c, s] = [Math.cos(best), Math.sin(best)];
    const [dx, dy] = [best * c - x, best * s - y];
    const [px, py] = [c - best * s, s + best * c];
    const slope = dx * px + dy * py;
    const bend = px * px + py * py + dx * (-2 * s - best * c) + dy * (2 * c - best * s);
    if (bend <= 0) break;
    best = Math.min(Math.max(best - slope / bend, ROLL.from), ROLL.to);
  }
  return best;
}

/**
 * A sheet rolled up in three dimensions, uniform in area: 1 component of 2 dimensions, with gaps between its turns.
 * Labels are stretches.
 */
export function swissRoll(options: ConstructedOptions = {}): ConstructedSpace {
  const [start, end] = [spiral(ROLL.from), spiral(ROLL.to)];
  const support: Support = {
    name: 'swiss-roll',
    width: 3,
    classes: 4,
    draw(random) {
      const part = random.uniform();
      const length = start + part * (end - start);
      let t = Math.sqrt(2 * length);
      for (let i = 0; i < 8; i++) t -= (spiral(t) - length) / Math.sqrt(1 + t * t);
      const height = ROLL.height * random.uniform();
      return {
        code: [t * Math.cos(t), height, t * Math.sin(t)],
        label: Math.floor(4 * part),
        sheet: [length - start, height],
      };
    },
    nearest([x, y, z]) {
      const t = nearestAngle(x!, z!);
      return [t * Math.cos(t), Math.min(Math.max(y!, 0), ROLL.height), t * Math.sin(t)];
    },
  };
  return construct(support, options);
}

/** N(0, I): no gaps, 1 component, as many dimensions as its width. Labels are the sides of the first value. */
export function gaussian(options: ConstructedOptions & { readonly width?: number } = {}): ConstructedSpace {
  const { width = 2 } = options;
  const support: Support = {
    name: `gaussian-${width}`,
    width,
    classes: 2,
    draw(random) {
      const code = Array.from({ length: width }, () => random.normal());
      return { code, label: code[0]! > 0 ? 1 : 0 };
    },
    nearest: (place) => place,
  };
  return construct(support, options);
}

/** The same space with its codes turned, scaled and moved: what no figure may depend on. */
export function moved(
  space: ConstructedSpace,
  { seed = 1, scale = 1, offset = 0 }: { readonly seed?: number; readonly scale?: number; readonly offset?: number },
): ConstructedSpace {
  const { width, size } = space;
  const rows = orthonormalRows(width, width, createRandom(seed, 'turn'));
  const shift = Array.from({ length: width }, (_, k) => offset * (1 + k));
  const there = (z: readonly number[]): number[] =>
    rows.map((row, i) => shift[i]! + scale * row.reduce((sum, value, k) => sum + value * z[k]!, 0));
  const back = (z: readonly number[]): number[] =>
    z.map((_, k) => rows.reduce((sum, row, i) => sum + (row[k]! * (z[i]! - shift[i]!)) / scale, 0));
  const all = (values: Float32Array, map: typeof there): Float32Array => overRows(values, width, width, map);
  return {
    ...space,
    width,
    size,
    codes: all(space.codes, there),
    encode: async (examples) => all(await space.encode(examples), there),
    decode: (codes) => space.decode(all(codes, back)),
    roundTrip: async (codes) => all(await space.roundTrip(all(codes, back)), there),
  };
}

/** Labels that have nothing to do with anything. */
export function randomLabels(count: number, classes: number, seed = 1): Int32Array {
  const random = createRandom(seed, 'random-labels');
  return Int32Array.from({ length: count }, () => random.integer(classes));
}
