// Inspected runs made up for tests: spots on pictures of 8 × 8, whose place is all there is to know of them.

import type { LatentFigures, LatentMap, PlaceFigures } from '../../../analysis/latent/figures.js';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { createRandom } from '../../../core/random.js';
import { Add, Exp, MatMul, Mul, Tanh } from '../../../graph/ops/index.js';
import { constant, variable } from '../../../graph/tensor.js';
import { encodeProgram } from '../../../onnx/encode.js';
import type { DecodedPlane, InspectedRun, Kin, LatentReportInput, SampledFrom, Strip, Traversal } from './input.js';

const SIDE = 8;
const SIZE = SIDE * SIDE;
/** Where the four classes lie. */
const CENTRES = [-1.4, -1.2, 1.5, -0.9, -0.9, 1.5, 1.1, 1.2];
const NAMES = ['low left', 'low right', 'high left', 'high right'];
const LIMITS = { roundTrip: 0.12, distance: 0.45 };

const estimate = (value: number, spread = 0.02): Estimate => ({ value, interval: [value - spread, value + spread] });

/** Encoder and decoder in closed form: a code is the place of a spot, turned into `width` numbers. */
class SpotSpace {
  /** [2, width] with orthonormal rows. */
  readonly basis: Float32Array;

  constructor(readonly width: number) {
    const random = createRandom(5, `basis/${width}`);
    const [a, b] = [0, 1].map(() => Array.from({ length: width }, () => random.normal())) as [number[], number[]];
    const along = (u: number[], v: number[]): number => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
    const unit = (u: number[]): number[] => u.map((value) => value / Math.sqrt(along(u, u)));
    const first = width === 2 ? [1, 0] : unit(a);
    const rest = width === 2 ? [0, 1] : unit(b.map((value, i) => value - along(b, first) * first[i]!));
    this.basis = Float32Array.from([...first, ...rest]);
  }

  codeOf(x: number, y: number): Float32Array {
    return Float32Array.from({ length: this.width }, (_, i) => x * this.basis[i]! + y * this.basis[this.width + i]!);
  }

  placeOf(code: ArrayLike<number>): [number, number] {
    let [x, y] = [0, 0];
    for (let i = 0; i < this.width; i++) {
      x += code[i]! * this.basis[i]!;
      y += code[i]! * this.basis[this.width + i]!;
    }
    return [x, y];
  }

  /** [SIZE] a spot at the place, 0 … 1. */
  decode(code: ArrayLike<number>): Float32Array {
    const [x, y] = this.placeOf(code);
    return Float32Array.from({ length: SIZE }, (_, i) => {
      const [dx, dy] = [x - column(i), y - row(i)];
      return Math.exp(-(dx * dx + dy * dy));
    });
  }

  /** φ(ψ(code)): places far from the middle are drawn nearer, and what lies beside the plane of places is lost. */
  back(code: ArrayLike<number>): Float32Array {
    const [x, y] = this.placeOf(code);
    return this.codeOf(4 * Math.tanh(x / 4), 4 * Math.tanh(y / 4));
  }

  /** The same as ONNX. */
  decoder(): Uint8Array {
    const { width, basis } = this;
    const code = variable('code', ['batch', width]);
    const across = Float32Array.from({ length: 2 * width }, (_, i) => basis[(i % 2) * width + Math.floor(i / 2)]!);
    const place = MatMul(code, constant(across, [width, 2]));
    const linear = Float32Array.from({ length: 2 * SIZE }, (_, i) => 2 * (i < SIZE ? column(i) : row(i - SIZE)));
    const offset = Float32Array.from({ length: SIZE }, (_, i) => -(column(i) ** 2 + row(i) ** 2));
    const squares = MatMul(Mul(place, place), constant(new Float32Array(2 * SIZE).fill(-1), [2, SIZE]));
    const output = Exp(Add(Add(squares, MatMul(place, constant(linear, [2, SIZE]))), constant(offset, [SIZE])));
    const four = (value: number) => constant(Float32Array.of(value), [1]);
    const back = MatMul(Mul(Tanh(Mul(place, four(1 / 4))), four(4)), constant(basis, [2, width]));
    return encodeProgram({ name: 'decoder', inputs: [code], outputs: { output, back } }).bytes;
  }
}

/** Where the middle of a pixel lies: −2.8 … 2.8, the top row highest. */
const column = (i: number): number => 0.8 * ((i % SIDE) - 3.5);
const row = (i: number): number => -0.8 * (Math.floor(i / SIDE) - 3.5);

function distanceBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

const joined = (rows: readonly ArrayLike<number>[]): Float32Array =>
  Float32Array.from(rows.flatMap((values) => Array.from(values)));

/** How far a place is from being as good as a code: 1 is the limit. */
function badness(space: SpotSpace, codes: readonly Float32Array[], place: Float32Array): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const code of codes) nearest = Math.min(nearest, distanceBetween(code, place));
  const roundTrip = distanceBetween(space.back(place), place);
  return Math.max(roundTrip / LIMITS.roundTrip, nearest / LIMITS.distance);
}

/** The same as a byte of a decoded plane: 0 up to the limit, 128 at twice the limit. */
const shadingOf = (depth: number): number => (depth <= 1 ? 0 : Math.ceil(255 * (1 - 1 / depth)));

function placeFigures(gaps: number): PlaceFigures {
  return {
    gaps: estimate(gaps),
    unfaithful: estimate(gaps * 0.7),
    empty: estimate(gaps * 0.8),
    roundTrip: estimate(0.08 + gaps / 4, 0.01),
    distance: estimate(1 + gaps * 2, 0.1),
  };
}

function figures(width: number, examples: number, gaps: number): LatentFigures {
  const preservation = {
    k: 10,
    trustworthiness: estimate(0.97 - gaps / 10),
    continuity: estimate(0.96),
    points: examples,
  };
  return {
    width,
    examples,
    squaredError: estimate(1.2 + 10 / width, 0.1),
    gaps: {
      lines: placeFigures(gaps),
      region: placeFigures(Math.min(1, gaps * 1.5)),
      codesRoundTrip: estimate(0.04, 0.004),
    },
    separability: {
      labelled: {
        points: examples,
        classes: 4,
        chance: 0.25,
        k: 15,
        neighbours: estimate(0.95 - gaps / 8),
        probe: estimate(0.9),
        silhouette: estimate(0.41),
      },
      clusters: { points: examples, count: 4, silhouette: estimate(0.52), stability: estimate(0.93) },
    },
    discreteness: {
      components: { count: 3, interval: [3, 4], level: 0.9, parts: [0.5, 0.26, 0.24] },
      jump: estimate(2.1 + gaps, 0.2),
      steps: 32,
    },
    shape: {
      intrinsicDimension: estimate(2.05, 0.1),
      effectiveRank: estimate(1.9, 0.05),
      activeUnits: Math.min(width, 12),
      variances: Array.from({ length: width }, (_, i) => 1.6 / (i + 1) ** 2),
    },
    preservation,
  };
}

function mapsOf(space: SpotSpace, places: readonly (readonly [number, number])[], examples: number): LatentMap[] {
  const preservation = figures(space.width, examples, 0.2).preservation;
  const points = Float32Array.from(places.flat());
  const plane = { origin: new Float32Array(space.width), across: space.codeOf(1, 0), up: space.codeOf(0, 1) };
  if (space.width === 2) return [{ method: 'code', points, plane, preservation }];
  const bent = points.map((value, i) => 3 * value + Math.sin(2 * points[i ^ 1]!));
  return [
    { method: 'pca', points, explained: 0.83, plane, preservation },
    { method: 'umap', points: bent, preservation },
  ];
}

function planeOf(space: SpotSpace, codes: readonly Float32Array[], method: LatentMap['method']): DecodedPlane {
  const extent = { left: -3.2, right: 3.2, bottom: -3.2, top: 3.2 };
  const grid = (side: number): Float32Array[] =>
    Array.from({ length: side * side }, (_, i) =>
      space.codeOf(
        extent.left + (((i % side) + 0.5) / side) * (extent.right - extent.left),
        extent.top - ((Math.floor(i / side) + 0.5) / side) * (extent.top - extent.bottom),
      ),
    );
  const known = codes.slice(0, 400);
  return {
    method,
    columns: 16,
    rows: 16,
    extent,
    outputs: joined(grid(16).map((code) => space.decode(code))),
    gaps: {
      columns: 48,
      rows: 48,
      depth: Uint8Array.from(grid(48), (code) => shadingOf(badness(space, known, code))),
    },
  };
}

function stripOf(
  space: SpotSpace,
  codes: readonly Float32Array[],
  [from, to]: readonly [number, number],
  path: Strip['path'],
): Strip {
  const steps = 13;
  const [a, b] = [codes[from]!, codes[to]!];
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const norms = Math.hypot(...a) * Math.hypot(...b);
  const angle = Math.acos(Math.min(1, Math.max(-1, dot / norms)));
  const between = Array.from({ length: steps }, (_, step) => {
    const t = step / (steps - 1);
    const curved = path === 'spherical' && Math.sin(angle) > 1e-6;
    const [u, v] = curved
      ? [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
      : [1 - t, t];
    return a.map((value, i) => u * value + v * b[i]!);
  });
  const outputs = between.map((code) => space.decode(code));
  const jumps = outputs.slice(1).map((output, i) => distanceBetween(output, outputs[i]!));
  return {
    from,
    to,
    path,
    codes: joined(between),
    outputs: joined(outputs),
    gaps: Uint8Array.from(between, (code) => (badness(space, codes.slice(0, 400), code) > 1 ? 1 : 0)),
    jump: Math.max(...jumps) / (jumps.reduce((sum, jump) => sum + jump, 0) / jumps.length || 1),
  };
}

function traversalOf(space: SpotSpace, code: Float32Array, unit: number): Traversal {
  const values = Float32Array.from({ length: 9 }, (_, i) => -2 + i / 2);
  const outputs = Array.from(values, (value) => space.decode(code.map((old, i) => (i === unit ? value : old))));
  const effect = distanceBetween(outputs[0]!, outputs[8]!) / Math.sqrt(SIZE);
  return { example: 3, unit, values, outputs: joined(outputs), effect };
}

function nearest(rows: readonly Float32Array[], to: number): number[] {
  return rows
    .map((values, i) => ({ i, distance: distanceBetween(values, rows[to]!) }))
    .filter(({ i }) => i !== to)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 8)
    .map(({ i }) => i);
}

function drawnFrom(space: SpotSpace, name: string, gaps: number): SampledFrom {
  const random = createRandom(3, name);
  const count = 32;
  const samples = Array.from({ length: count }, () =>
    space.decode(space.codeOf(1.5 * random.normal(), 1.5 * random.normal())),
  );
  return {
    name,
    model: 'basic',
    samples: joined(samples),
    figures: {
      gaps: estimate(gaps),
      precision: estimate(1 - gaps),
      recall: estimate(0.8),
      frechet: estimate(3 * gaps, 0.3),
    },
  };
}

/** What a fixture is made of. */
export interface FixtureOptions {
  /** Default 400. */
  readonly points?: number;
  /** Examples that travel with the page; default: all points. */
  readonly shown?: number;
  /** Default [2, 16]. */
  readonly widths?: readonly number[];
  /** Default true. */
  readonly live?: boolean;
  readonly labels?: boolean;
}

/** Two inspected runs, of widths 2 and 16, whose decoders are known in closed form. */
export function latentFixture(options: FixtureOptions = {}): LatentReportInput {
  const { points = 400, shown = points, widths = [2, 16], live = true, labels = true } = options;
  const random = createRandom(1, 'fixture');
  const classes = Int32Array.from({ length: points }, () => random.integer(4));
  const places = Array.from(classes, (label): [number, number] => [
    CENTRES[2 * label]! + 0.45 * random.normal(),
    CENTRES[2 * label + 1]! + 0.45 * random.normal(),
  ]);
  const spots = new SpotSpace(2);
  const pictures = places.slice(0, Math.max(shown, 400)).map((place) => spots.decode(place));
  const chosen = [3, 17, 40, 58].filter((i) => i < points);
  const pairs = [
    [3, 17],
    [40, 58],
    [5, 90],
  ].filter(([, b]) => b! < points) as [number, number][];

  const runs = widths.map((width): InspectedRun => {
    const space = new SpotSpace(width);
    const codes = places.map(([x, y]) => space.codeOf(x, y));
    const kind = width === 2 ? 'basic' : 'variational';
    const gaps = width === 2 ? 0.34 : 0.12;
    const few = codes.slice(0, 400);
    const maps = mapsOf(space, places, points);
    return {
      id: `${kind}-${width}`,
      name: `${kind}, ${width} numbers`,
      kind,
      gaussian: width !== 2,
      parameters: 4_000 + width * 130,
      figures: figures(width, points, gaps),
      pca: figures(width, points, 0.2),
      verdicts: [
        {
          weakness: 'gaps',
          beside: width === 2 ? 'worse' : 'better',
          severity: gaps,
          sentence: `${Math.round(100 * gaps)} % of the places on lines between two codes lie in a gap; with PCA it is 20 %.`,
          mend: { kind: 'variational', socket: 'code = gaussian' },
        },
        {
          weakness: 'discreteness',
          beside: 'same',
          severity: 0.2,
          sentence: 'The codes fall into 3 islands, as those of PCA do.',
          mend: { kind: 'variational', socket: 'code = gaussian' },
        },
        {
          weakness: 'separability',
          beside: 'same',
          severity: 0.1,
          sentence: 'A linear classifier on the codes is right for 90 % of the examples.',
          mend: { kind: 'sparse', socket: 'penalty = L1' },
        },
      ],
      codes: joined(codes),
      maps,
      planes: maps.filter(({ plane }) => plane).map(({ method }) => planeOf(space, codes, method)),
      strips: pairs.flatMap((pair) =>
        (width === 2 ? ['straight'] : ['straight', 'spherical']).map((path) =>
          stripOf(space, codes, pair, path as Strip['path']),
        ),
      ),
      traversals: Array.from({ length: Math.min(width, 8) }, (_, unit) => traversalOf(space, codes[3]!, unit)),
      kin: chosen.map(
        (example): Kin => ({ example, byCode: nearest(few, example), byValue: nearest(pictures, example) }),
      ),
      ...(width === 2
        ? { drawn: [drawnFrom(space, 'the prior N(0, I)', 0.31), drawnFrom(space, 'a mixture of 32 gaussians', 0.06)] }
        : {}),
      ...(live && { decoder: space.decoder() }),
      limits: { ...LIMITS, codes: codes.length },
    };
  });
  return {
    title: 'Spots through two numbers and through sixteen',
    date: new Date(Date.UTC(2026, 2, 7, 14, 5)),
    data: 'spots/test',
    shape: [SIDE, SIDE],
    points,
    ...(labels && { labels: { values: classes, names: NAMES } }),
    examples: {
      count: shown,
      values: Uint8Array.from(joined(pictures.slice(0, shown)), (value) => Math.round(255 * value)),
      range: [0, 1],
    },
    runs,
    command: 'gargalo compare runs/basic-2 runs/variational-16 spots/test --seed 1',
    version: '0.1.0',
    warnings: [],
  };
}

const fixtures = new Map<string, LatentReportInput>();
/** Runs made up once; without decoders, whose engine would be most of the page. */
export function knownFixture(options: FixtureOptions = {}): LatentReportInput {
  const key = JSON.stringify(options);
  const known = fixtures.get(key) ?? latentFixture({ live: false, ...options });
  fixtures.set(key, known);
  return known;
}

/** The fixture with more of what a page can show. */
export function full(): LatentReportInput {
  const input = knownFixture();
  const [first, second] = input.runs as [InspectedRun, InspectedRun];
  const points = [2, 4, 16].map((code) => ({ code, squaredError: 40 / code, explained: 1 - 1 / code }));
  const bank = Float32Array.from({ length: 3 * 64 }, (_, i) => Math.sin(i));
  return {
    ...input,
    runs: [
      {
        ...first,
        filters: { count: 3, learned: bank, components: bank },
        rates: { kinds: [first.kind, 'PCA'].map((name) => ({ name, points })) },
      },
      second,
    ],
  };
}

/** The same runs over rows of a table, or windows of a series: 64 values either way. */
export function profiles(sequence: boolean): LatentReportInput {
  return {
    ...full(),
    shape: sequence ? [32, 2] : [64],
    ...(sequence && { sequence }),
    columns: Array.from({ length: sequence ? 2 : 64 }, (_, i) => `column <${i}>`),
  };
}

/** Three runs of one width, whose gaps on lines are given. */
export function rivals(gaps: readonly Estimate[]): LatentReportInput {
  const input = knownFixture({ widths: [16] });
  const [run] = input.runs as [InspectedRun];
  return {
    ...input,
    runs: gaps.map((value, i) => {
      const { figures } = run;
      return {
        ...run,
        id: `run-${i}`,
        name: `run ${'abc'[i]}`,
        figures: { ...figures, gaps: { ...figures.gaps, lines: { ...figures.gaps.lines, gaps: value } } },
      };
    }),
  };
}
