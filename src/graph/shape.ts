import { GargaloError } from '../core/errors.js';

/** A side of a shape: a number, or the name of a size that is known only when the program runs ("batch"). */
export type Dimension = number | string;
/** Sizes from the outermost axis inwards; [] is a scalar. */
export type Shape = readonly Dimension[];

let currentLayer = '';

/** Names the layer that `build` makes tensors for, so that errors can say where they happened. Nests: "encoder/0". */
export function inLayer<T>(name: string, build: () => T): T {
  const outer = currentLayer;
  currentLayer = outer ? `${outer}/${name}` : name;
  try {
    return build();
  } finally {
    currentLayer = outer;
  }
}

/** The layer being built now, "" outside of {@link inLayer}. */
export function layerName(): string {
  return currentLayer;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** An error that names the operator, its shapes and the layer. */
export function shapeError(operator: string, problem: string, ...shapes: Shape[]): GargaloError {
  const where = currentLayer ? `${operator} in layer "${currentLayer}"` : operator;
  return new GargaloError('bad-shape', where, `${problem}, got ${shapes.map(formatShape).join(' and ')}`);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}

/** Number of values, or undefined where a side is symbolic. */
export function sizeOf(shape: readonly number[]): number;
export function sizeOf(shape: Shape): number | undefined;
export function sizeOf(shape: Shape): number | undefined {
  let size = 1;
  for (const side of shape) {
    if (typeof side === 'string') return undefined;
    size *= side;
  }
  return size;
}

/** The side along an axis that the shape has; negative axes count from the end. */
export function sideOf<Side extends Dimension>(shape: readonly Side[], axis: number): Side {
  const side = shape.at(axis);
  if (side === undefined) throw shapeError('shape', `expected a side along axis ${axis}`, shape);
  return side;
}

/** The side along an axis, where it is known when the graph is made. */
export function staticSide(shape: Shape, axis: number): number {
  const side = sideOf(shape, axis);
  if (typeof side === 'string') throw shapeError('shape', `expected a static side along axis ${axis}`, shape);
  return side;
}

/** Sides, or other numbers of axes, in the order of a permutation. */
export function permuted<Side extends Dimension>(sides: readonly Side[], permutation: readonly number[]): Side[] {
  return permutation.map((axis) => sideOf(sides, axis));
}

/** The sides of a shape whose rank is known: destructure them. */
export function sidesOf<Rank extends keyof Sides<unknown>, Side extends Dimension>(
  shape: readonly Side[],
  rank: Rank,
): Sides<Side>[Rank] {
  if (shape.length !== rank) throw shapeError('shape', `expected rank ${rank}`, shape);
  return shape as unknown as Sides<Side>[Rank];
}
interface Sides<Side> {
  readonly 1: readonly [Side];
  readonly 2: readonly [Side, Side];
  readonly 3: readonly [Side, Side, Side];
  readonly 4: readonly [Side, Side, Side, Side];
}

/** The sides that are known only when the program runs. */
export function symbolsOf(shape: Shape): string[] {
  return shape.filter((side) => typeof side === 'string');
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((side) => typeof side === 'number');
}

/** NumPy's broadcasting, with symbolic sides equal to themselves only. */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw shapeError(operator, 'expected shapes that broadcast to each other', a, b);
    }
    result.push(left === 1 ? right : left);
  }
  return result;
}

/** Turns negative axes into positive ones and refuses those outside the shape. */
export function normalizeAxis(operator: string, axis: number, shape: Shape): number {
  const normalized = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= shape.length) {
    throw shapeError(
      operator,
      `expected an axis within ${-shape.length} … ${shape.length - 1} for axis ${axis}`,
      shape,
    );
  }
  return normalized;
}

/** A shape whose sides are all known when the graph is made. */
export function staticSides(shape: Shape, operator = 'shape', problem = 'expected a static shape'): readonly number[] {
  if (!isStatic(shape)) throw shapeError(operator, problem, shape);
  return shape;
}

/** Row-major strides of a static shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= sideOf(shape, axis);
  }
  return strides;
}
