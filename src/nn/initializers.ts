import type { Random } from '../core/random.js';
import { sidesOf, sizeOf } from '../graph/shape.js';

/** Fills a new parameter. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

function fill(shape: readonly number[], draw: () => number): Float32Array {
  return new Float32Array(sizeOf(shape)).map(draw);
}

/**
 * How many inputs and outputs a unit has: the first and the last axis of a dense weight [in, out]; for a kernel
 * [out, in, rows, columns] the channels times the receptive field, as in Keras. (A transposed kernel [in, out, …] gets
 * them the other way round, as it does there.)
 */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length === 4) {
    const [outputs, inputs, rows, columns] = sidesOf(shape, 4);
    return { fanIn: inputs * rows * columns, fanOut: outputs * rows * columns };
  }
  const fanOut = shape[shape.length - 1] ?? 1;
  const fanIn = sizeOf(shape.slice(0, -1));
  return { fanIn, fanOut };
}

export const zeros: Initializer = (shape) => fill(shape, () => 0);

/** Uniform within ±√(6 / (in + out)): keeps the variance of tanh-like units (Glorot & Bengio 2010). */
export const glorotUniform: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return fill(shape, () => limit * (2 * random.uniform() - 1));
};

/** Normal with standard deviation √(2 / in): keeps the variance of rectified units (He et al. 2015). */
export const heNormal: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / fans(shape).fanIn);
  return fill(shape, () => deviation * random.normal());
};

/** Standard normal. */
export const normal: Initializer = (shape, random) => fill(shape, () => random.normal());

/**
 * A random matrix with orthonormal rows, or columns where those are fewer, uniformly drawn: a signal that passes it
 * again and again neither grows nor dies (Saxe et al. 2014). Axes before the last count as rows.
 */
export const orthogonal: Initializer = (shape, random) => {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = sizeOf(shape.slice(0, -1));
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = new Float64Array(length).map(() => random.normal());
    // Gram and Schmidt's way, twice, because rounding spoils the first pass
    for (const other of [...vectors, ...vectors]) {
      const share = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
      for (let i = 0; i < length; i++) vector[i]! -= share * other[i]!;
    }
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((value) => value / norm));
  }
  const flat = vectors.flatMap((vector) => [...vector]);
  if (rows <= columns) return Float32Array.from(flat);
  return Float32Array.from(flat, (_, at) => flat[(at % columns) * rows + Math.floor(at / columns)]!);
};
