import { badInput } from '../../core/errors.js';
import type { ReconstructedBlock } from '../../models/autoencoder.js';
import type { Calibration, ScoreName } from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { whitener } from './whitening.js';

/** Above so many values of an example the correlation of their errors is not kept: it would be larger than the model. */
export const LARGEST_WHITENED = 256;

/**
 * Takes the errors of an example apart: writes the part that each of its values has in the score, none of them negative; their
 * sum is the score.
 *
 * @param error [size] in scaled units
 */
export type Contributions = (error: Float64Array, into: Float64Array) => void;

/** [size] what each value of an example is multiplied by when it is scaled. */
export const scalesOf = ({ input }: Pick<Specification, 'input'>): Float64Array =>
  Float64Array.from({ length: inputSize({ input }) }, (_, i) => input.scaling.scale[i % input.scaling.scale.length]!);

/**
 * Writes the errors of an example, (rebuilt − original) in scaled units.
 *
 * @returns takes originals and rebuilt examples in raw units, [n, size], and where the example begins in them
 */
export function errorsOf({ input }: Pick<Specification, 'input'>) {
  const size = inputSize({ input });
  const scales = scalesOf({ input });
  return (original: Uint8Array | Float32Array, rebuilt: Float32Array, at: number, into: Float64Array): void => {
    for (let i = 0; i < size; i++) into[i] = (rebuilt[at + i]! - original[at + i]!) * scales[i]!;
  };
}

/** ‖scaled x − scaled x'‖² of each example of a block. */
export function squaredErrorsOf(specification: Pick<Specification, 'input'>) {
  const toErrors = errorsOf(specification);
  const errors = new Float64Array(inputSize(specification));
  return ({ start, end, values, reconstruction }: Omit<ReconstructedBlock, 'code'>): Float32Array =>
    Float32Array.from({ length: end - start }, (_, row) => {
      toErrors(values, reconstruction, row * errors.length, errors);
      return errors.reduce((sum, error) => sum + error ** 2, 0);
    });
}

/** Takes examples in raw units, [n, size], and gives them in scaled units. */
export function scaledBy({ input }: Pick<Specification, 'input'>) {
  const { scale, offset } = input.scaling;
  return (original: Uint8Array | Float32Array): Float32Array =>
    Float32Array.from(original, (value, i) => (value - offset[i % offset.length]!) * scale[i % scale.length]!);
}

/**
 * How a score is made of the errors of an example alone.
 *
 * @throws GargaloError `bad-input` where the calibration has nothing to make it with
 */
export function contributionsOf(
  specification: Pick<Specification, 'input'>,
  score: Exclude<ScoreName, 'combined' | 'pattern'>,
  calibration?: Pick<Calibration, 'errors' | 'whitening' | 'codes'>,
): Contributions {
  const size = inputSize(specification);
  if (score === 'bounded' && !calibration?.codes) {
    throw badInput(
      'score',
      'expected a model of windows of a series that knows the range of its codes, got another',
      'use `score: "error"`, or calibrate it: `calibrate` <data>',
    );
  }
  if (score !== 'mahalanobis') {
    return (error, into) => {
      squareShares(error, into);
    };
  }
  if (!calibration?.errors || !calibration.whitening) {
    throw badInput(
      'score',
      `expected a model that was told how its errors go together, which is kept for examples of up to ${LARGEST_WHITENED} values, got one of ${size}`,
      'use `score: "error"`',
    );
  }
  const turn = whitener({ ...calibration.errors, triangle: calibration.whitening });
  return (error, into) => {
    turn(error, into);
    squareShares(into, into);
  };
}

/** Writes the part that each value has in the mean of the squares. */
export function squareShares(values: Float64Array, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = values[i]! ** 2 / into.length;
}

/** Σ of some values. */
export function total(values: Float64Array, start = 0, end = values.length): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i]!;
  return sum;
}

/**
 * Adds a part of an example's score to its values, in the proportion in which they made it; in equal parts where none of them did.
 *
 * @param terms [size] what each value adds to the quantity that the part is made of, none negative
 * @param into [size]
 */
export function addPart(score: number, terms: Float64Array, into: Float64Array): void {
  const whole = total(terms);
  for (let i = 0; i < into.length; i++) into[i]! += score * (whole > 0 ? terms[i]! / whole : 1 / into.length);
}
