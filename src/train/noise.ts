import { createRandom } from '../core/random.js';
import * as op from '../graph/ops/index.js';
import { type Shape, sizeOf, staticSides } from '../graph/shape.js';
import { constant, type Tensor, variable } from '../graph/tensor.js';

/**
 * Random numbers in a program come out of one bank of standard normal ones, read from another place at each step:
 * generators inside the runtime are serial and slower than a whole step, and another one in every runtime; a bank is the
 * same everywhere, and a position in it can be named, so that resuming is exact.
 */
export interface NoiseSource {
  /** The bank, [rows, {@link NOISE_ROW}]; an input of the program if anything was asked for. */
  readonly bank: Tensor<'Variable'>;
  /** Where each request starts to read, as a row of the bank: inputs of the program, by the request's name. */
  readonly starts: ReadonlyMap<string, { readonly variable: Tensor<'Variable'>; readonly rows: number }>;
  /** Standard normal numbers for a request. */
  readonly draw: (name: string, shape: Shape) => Tensor;
}

/** The numbers in a row of the bank. */
export const NOISE_ROW = 32;
/** The bank has at least that many rows (a million numbers), and this many times what one request reads. */
const ROWS = 2 ** 15;
const SPARE = 4;

/** The name of the program's input that says where a request reads. */
export function noiseInput(request: string): string {
  return `noise/${request}`;
}

/**
 * A source of noise for a program.
 *
 * @param iteration the step within a call, where the program has several; starts are [steps] then, else scalars
 */
export function noiseSource(iteration?: Tensor): NoiseSource {
  const bank = variable('noise', ['noise rows', NOISE_ROW]);
  const starts = new Map<string, { variable: Tensor<'Variable'>; rows: number }>();
  const drawn = new Map<string, Tensor>();
  return {
    bank,
    starts,
    draw(name, shape) {
      const known = drawn.get(name);
      if (known) return known;
      const size = sizeOf(staticSides(shape));
      const rows = Math.ceil(size / NOISE_ROW);
      const start = variable(noiseInput(name), iteration ? ['steps'] : [], 'int32');
      starts.set(name, { variable: start, rows });
      const first = iteration ? op.Gather(start, iteration, 0) : start;
      const positions = op.Add(
        constant(
          Int32Array.from({ length: rows }, (_, i) => i),
          [rows],
          'int32',
        ),
        first,
      );
      const flat = op.Reshape(op.Gather(bank, positions, 0), [rows * NOISE_ROW]);
      const exact = size === rows * NOISE_ROW ? flat : op.Slice(flat, 0, 0, size);
      const tensor = op.Reshape(exact, shape);
      drawn.set(name, tensor);
      return tensor;
    },
  };
}

/** The rows that a bank needs for requests of up to that many. */
export function bankRows(largest: number): number {
  return Math.max(ROWS, SPARE * largest);
}

/** Fills a bank. */
export function fillBank(rows: number, seed: number): Float32Array {
  const random = createRandom(seed, 'noise');
  return new Float32Array(rows * NOISE_ROW).map(() => random.normal());
}

/**
 * Where a request reads at each of some steps.
 *
 * @param stream names the position, as `noise/3`
 */
export function noiseStarts(count: number, rows: number, needed: number, seed: number, stream: string): Int32Array {
  const random = createRandom(seed, stream);
  return new Int32Array(count).map(() => random.integer(rows - needed + 1));
}
