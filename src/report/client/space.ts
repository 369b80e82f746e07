import { codeAtPlace } from '../../analysis/latent/map-codes.js';
import { type InlineProgram, openInline, provideWasm } from '../../runtime/inline.js';
import type { LiveData, LiveMap, LiveRun } from '../pages/latent/live-data.js';
import { once, onceEach, readCodes, readExamples, readIsland, readLabels, readPoints, together } from './islands.js';

/** A place of a latent space that somebody asked about. */
export interface Place {
  readonly code: Float32Array;
  /** Where it lies on the map that it was picked on. */
  readonly at: readonly [number, number];
  /** The example whose code it is. */
  readonly example?: number;
}

/** What the decoder makes of a place. */
export interface Answer {
  readonly place: Place;
  /** [size] in scaled units; absent where nothing was decoded there. */
  readonly output?: Float32Array;
  /** Whether it was decoded for this place, or beforehand for one near it. */
  readonly isLive: boolean;
  /** Whether there is a decoder, but none that this browser can run. */
  readonly isBroken?: boolean;
  /** φ(ψ(code)) and how far it is off. */
  readonly back?: Float32Array;
  readonly roundTrip?: number;
  /** The nearest code of another example. */
  readonly nearest: { readonly example: number; readonly distance: number };
  /** How deep in a gap: up to 1 as good as the codes of examples. */
  readonly depth?: number;
}

/** What a batch of codes decodes to. */
export interface Decoded {
  readonly outputs: Float32Array;
  readonly back: Float32Array;
}

/** The latent space of one run, as far as it travels with the page. Everything is read when it is first asked for. */
export interface Space {
  readonly data: LiveData;
  readonly run: LiveRun;
  readonly isLive: boolean;
  readonly codeOf: (example: number) => Promise<Float32Array>;
  readonly points: (method: string) => Promise<Float32Array>;
  /** Outputs at the cells of the plane behind a map, bytes of the range. */
  readonly plane: (method: string) => Promise<Uint8Array>;
  /** Depths, see the task's DecodedPlane. */
  readonly shading: (method: string) => Promise<Uint8Array>;
  /** Outputs of the strips one after another, bytes of the range; where there is no decoder. */
  readonly strips: () => Promise<Uint8Array>;
  /** Gets the decoder ready. */
  readonly warm: () => void;
  /** [rows, width] to [rows, size] and [rows, width]. */
  readonly decode: (codes: Float32Array) => Promise<Decoded>;
  /** The code of a place on a map. */
  readonly placeAt: (map: LiveMap, at: readonly [number, number]) => Promise<Place>;
  readonly placeOf: (map: LiveMap, example: number) => Promise<Place>;
  readonly answer: (map: LiveMap, place: Place) => Promise<Answer>;
  /** The same for many codes, without what is decoded from elsewhere. */
  readonly depths: (codes: Float32Array, back: Float32Array) => Promise<Float32Array>;
}

const provide = once(async () => provideWasm((await readIsland('wasm')).buffer));

/** An example as it is shown, in scaled units. */
export async function exampleValues(data: LiveData, example: number): Promise<Float32Array | undefined> {
  if (example >= data.shown) return undefined;
  const bytes = (await readExamples()).subarray(example * data.size, (example + 1) * data.size);
  return fromBytes(bytes, data.range);
}

export function fromBytes(bytes: Uint8Array, [low, high]: readonly [number, number]): Float32Array {
  return Float32Array.from(bytes, (value) => low + (value / 255) * (high - low));
}

/** The class of an example in words. */
export async function labelOf(data: LiveData, example: number): Promise<string | undefined> {
  if (!data.names) return undefined;
  return data.names[(await readLabels())[example] ?? -1];
}

/** The squared distance of a code from that at a place of others; no more than that it is beyond a limit, where it is. */
function squaredDistance(code: Float32Array, others: Float32Array, at = 0, limit = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (let k = 0; k < code.length && sum < limit; k++) sum += (others[at + k]! - code[k]!) ** 2;
  return sum;
}

/** The nearest of all codes but one. */
function nearestCode(codes: Float32Array, code: Float32Array, except = -1): Answer['nearest'] {
  let [example, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0, at = 0; at < codes.length; i++, at += code.length) {
    const squared = squaredDistance(code, codes, at, least);
    if (squared < least && i !== except) [example, least] = [i, squared];
  }
  return { example, distance: Math.sqrt(least) };
}

/** The cell of a grid over an extent that a place lies in, or nearest to. */
function cellAt(
  { left, right, bottom, top }: LiveMap['view'],
  columns: number,
  rows: number,
  [x, y]: readonly [number, number],
): number {
  const column = Math.floor(((x - left) / (right - left)) * columns);
  const row = Math.floor(((top - y) / (top - bottom)) * rows);
  return Math.max(0, Math.min(rows - 1, row)) * columns + Math.max(0, Math.min(columns - 1, column));
}

/** Whether the only place of a batch lies in a gap. */
export const isInGap = ([depth = 0]: Iterable<number>): boolean => depth > 1;

/** How many times a limit something is; a limit is 0 where all codes are the same. */
export function overLimit(value: number, limit: number): number {
  return limit > 0 ? value / limit : value > 0 ? Number.POSITIVE_INFINITY : 0;
}

/** A map of a run: the first, or that of a method. */
export function mapNamed({ maps, id }: LiveRun, method?: string): LiveMap {
  const map = method === undefined ? maps[0] : maps.find((other) => other.method === method);
  if (!map) throw new Error(`expected a map ${method} of ${id}`);
  return map;
}

/** Opens the space of a run. */
export function openSpace(data: LiveData, run: LiveRun): Space {
  const { width, limits } = run;
  const { size } = data;
  const codes = once(() => readCodes(run));
  /** Those that places are held against: with more of them, the nearest would be nearer than the limit knows. */
  const reference = once(async () => (await codes()).subarray(0, limits.codes * width));
  const points = onceEach((method) => readPoints(run, mapNamed(run, method)));
  const plane = onceEach((method) => readIsland(`plane/${run.id}/${method}`));
  const shading = onceEach((method) => readIsland(`gaps/${run.id}/${method}`));
  const program = once(async (): Promise<InlineProgram> => {
    await provide();
    return openInline(new Uint8Array(together(await readIsland(`decoder/${run.id}`), 4)));
  });
  const codeOf = async (example: number): Promise<Float32Array> =>
    (await codes()).slice(example * width, (example + 1) * width);
  const isLive = run.decoder === 'live';
  const depthOf = (missed: number, distance: number): number =>
    Math.max(overLimit(missed, limits.roundTrip), overLimit(distance, limits.distance));

  const decode = async (values: Float32Array): Promise<Decoded> => {
    const { output, back } = await (await program()).run(values, values.length / width);
    if (!output || !back) throw new Error('expected output and back of the decoder');
    return { outputs: output, back };
  };

  /** What was decoded beforehand nearest to a place of a map with a decoded plane. */
  const precomputed = async ({ method, decoded }: LiveMap, at: readonly [number, number]): Promise<Partial<Answer>> => {
    if (!decoded) return {};
    const cell = cellAt(decoded.extent, decoded.cells.columns, decoded.cells.rows, at);
    const { columns, rows } = decoded.shading;
    const depth = (await shading(method))[cellAt(decoded.extent, columns, rows, at)] ?? 0;
    return {
      output: fromBytes((await plane(method)).subarray(cell * size, (cell + 1) * size), data.range),
      depth: 1 / (1 - Math.min(depth, 254) / 255),
    };
  };

  return {
    data,
    run,
    isLive,
    codeOf,
    points,
    plane,
    shading,
    strips: once(() => readIsland(`strips/${run.id}`)),
    warm() {
      // What goes wrong is told to whoever waits for an answer.
      if (isLive) program().catch(() => undefined);
    },
    decode,
    async placeAt(map, at) {
      const all = await codes();
      const { plane } = map;
      const typed = plane && {
        origin: Float32Array.from(plane.origin),
        across: Float32Array.from(plane.across),
        up: Float32Array.from(plane.up),
      };
      const where = { points: await points(map.method), ...(typed && { plane: typed }) };
      return { at, code: codeAtPlace(where, all, width, at) };
    },
    async placeOf({ method }, example) {
      const [code, places] = [await codeOf(example), await points(method)];
      return { at: [places[2 * example] ?? 0, places[2 * example + 1] ?? 0], code, example };
    },
    async answer(map, place) {
      const nearest = nearestCode(await reference(), place.code, place.example);
      const decoded = isLive ? await decode(place.code).catch(() => undefined) : undefined;
      if (!decoded) {
        return { place, nearest, isLive: false, isBroken: isLive, ...(await precomputed(map, place.at)) };
      }
      const { outputs, back } = decoded;
      const roundTrip = Math.sqrt(squaredDistance(place.code, back));
      const depth = depthOf(roundTrip, nearest.distance);
      return { place, output: outputs, isLive: true, back, roundTrip, nearest, depth };
    },
    async depths(values, back) {
      const all = await reference();
      return Float32Array.from({ length: values.length / width }, (_, row) => {
        const code = values.subarray(row * width, (row + 1) * width);
        const { distance } = nearestCode(all, code);
        const missed = Math.sqrt(squaredDistance(code, back, row * width));
        return depthOf(missed, distance);
      });
    },
  };
}
