import { GargaloError } from '../core/errors.js';
import { sizeOf } from './shape.js';

/** A value in double precision, whatever type it stands for; int64 is exact up to 2⁵³. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The number at a flat position, which must lie inside. */
export function numberAt(data: Float64Array, position: number): number {
  const number = data[position];
  if (number === undefined) {
    throw new GargaloError('internal', 'evaluate', `expected a position below ${data.length}, got ${position}`);
  }
  return number;
}

export function zeros(shape: readonly number[]): Value {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}
