import { codeAtPlace } from '../../analysis/latent/map-codes.js';
import { rowAt } from '../../core/vectors.js';
import { type InlineProgram, openInline, provideWasm } from '../../runtime/inline.js';
import { exampleName } from '../kit/names.js';
import type { Grid, LiveData, LiveMap, LiveRun } from '../pages/latent/live-data.js';
import { once, readCodes, readExamples, readIsland, readLabels, readPoints, together } from './islands.js';

/** A place: in pixels, in units of the frame, or of a map. */
export type At = readonly [x: number, y: number];

/** A place of a latent space that somebody asked about. */
export interface Place {
  readonly code: Float32Array;
  /** Where it lies on the map that it was picked on. */
  readonly at: At;
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

/** The latent space of one run, as far as it travels with the page. */
export type Space = ReturnType<typeof openSpace>;

const provide = once(async () => provideWasm((await readIsland('wasm')).buffer));

/** An example as it is shown: what it is called, its class, and its values in scaled units where they travel with the page. */
export async function exampleOf({ names, shown, size, range }: LiveData, example: number) {
  const label = names?.[(await readLabels())[example] ?? -1];
  const values = example < shown ? fromBytes(rowAt(await readExamples(), size, example), range) : undefined;
  return { name: exampleName(example, label), label, values };
}

export function fromBytes(bytes: Uint8Array, [low, high]: readonly [number, number]): Float32Array {
  return Float32Array.from(bytes, (value) => low + (value / 255) * (high - low));
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
function cellAt({ left, right, bottom, top }: LiveMap['view'], { columns, rows }: Grid, [x, y]: At): number {
  const column = Math.floor(((x - left) / (right - left)) * columns);
  const row = Math.floor(((top - y) / (top - bottom)) * rows);
  return Math.max(0, Math.min(rows - 1, row)) * columns + Math.max(0, Math.min(columns - 1, column));
}

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

/** Opens the space of a run. Everything is read when it is first asked for. */
export function openSpace(data: LiveData, run: LiveRun) {
  const { id, width, limits } = run;
  const { size, range } = data;
  const isLive = run.decoder === 'live';
  const codes = once(() => readCodes(run));
  /** Those that places are held against: with more of them, the nearest would be nearer than the limit knows. */
  const reference = once(async () => (await codes()).subarray(0, limits.codes * width));
  const points = once((method: string) => readPoints(run, mapNamed(run, method)));
  /** Outputs at the cells of the plane behind a map, bytes of the range. */
  const plane = once((method: string) => readIsland(`plane/${id}/${method}`));
  /** Depths, see the task's DecodedPlane. */
  const shading = once((method: string) => readIsland(`gaps/${id}/${method}`));
  const program = once(async (): Promise<InlineProgram> => {
    await provide();
    return openInline(new Uint8Array(together(await readIsland(`decoder/${id}`), 4)));
  });
  const codeOf = async (example: number): Promise<Float32Array> => rowAt(await codes(), width, example).slice();
  const depthOf = (missed: number, distance: number): number =>
    Math.max(overLimit(missed, limits.roundTrip), overLimit(distance, limits.distance));

  /** [rows, width] to [rows, size] and [rows, width]. */
  const decode = async (values: Float32Array) => {
    const { output, back } = await (await program()).run(values, values.length / width);
    if (!output || !back) throw new Error('expected output and back of the decoder');
    return { outputs: output, back };
  };

  /** What was decoded beforehand nearest to a place of a map with a decoded plane. */
  const precomputed = async ({ method, decoded }: LiveMap, at: At): Promise<Partial<Answer>> => {
    if (!decoded) return {};
    const { extent, cells, shading: grid } = decoded;
    const depth = (await shading(method))[cellAt(extent, grid, at)] ?? 0;
    return {
      output: fromBytes(rowAt(await plane(method), size, cellAt(extent, cells, at)), range),
      depth: 1 / (1 - Math.min(depth, 254) / 255),
    };
  };

  return {
    ...{ data, run, isLive, codeOf, points, plane, shading, decode },
    /** Outputs of the strips one after another, bytes of the range; where there is no decoder. */
    strips: once(() => readIsland(`strips/${id}`)),
    /** Gets the decoder ready. */
    warm() {
      // What goes wrong is told to whoever waits for an answer.
      if (isLive) program().catch(() => undefined);
    },
    /** The code of a place on a map. */
    async placeAt(map: LiveMap, at: At): Promise<Place> {
      const where = { points: await points(map.method), plane: map.plane };
      return { at, code: codeAtPlace(where, await codes(), width, at) };
    },
    async placeOf({ method }: LiveMap, example: number): Promise<Place> {
      const [x = 0, y = 0] = rowAt(await points(method), 2, example);
      return { at: [x, y], code: await codeOf(example), example };
    },
    async answer(map: LiveMap, place: Place): Promise<Answer> {
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
    /** Whether codes lie in gaps, by what they and their outputs encode to. */
    async gaps(values: Float32Array, back: Float32Array): Promise<boolean[]> {
      const all = await reference();
      return Array.from({ length: values.length / width }, (_, row) => {
        const code = rowAt(values, width, row);
        const missed = Math.sqrt(squaredDistance(code, back, row * width));
        return depthOf(missed, nearestCode(all, code).distance) > 1;
      });
    },
  };
}
