import { rowsAt } from '../../analysis/statistics/rows.js';
import { badInput } from '../../core/errors.js';
import { squaredDistance } from '../../core/vectors.js';
import type { Model } from '../../models/autoencoder.js';
import { LARGEST } from './integers.js';

/** How the numbers of a code become whole ones, and numbers again. */
export type Quantizer =
  /** Multiples of a step, which may be another one at each place. */
  | {
      readonly type: 'steps';
      /** A 32-bit float above 0. */
      readonly step: number;
      /** [width] by how many eighths of an octave the step of each place is larger; without it: all the same. */
      readonly scales?: Int8Array;
    }
  /** Each part of the code is an entry of the model's codebook, and its position there is the number. */
  | { readonly type: 'entries'; readonly vectors: number; readonly entries: number };

/** 2^(i/8), written out: powers of other libraries may differ in their last bit. */
const eighths = [
  1,
  1.0905077326652577,
  1.189207115002721,
  1.2968395546510096,
  Math.SQRT2,
  1.5422108254079407,
  1.681792830507429,
  1.8340080864093424,
] as const;

/** The step of each place of a code; doubles. */
export function stepsOf({ step, scales }: Extract<Quantizer, { type: 'steps' }>, width: number): Float64Array {
  return Float64Array.from({ length: width }, (_, place) => {
    const scale = scales?.[place] ?? 0;
    // the powers of two are exact
    return step * 2 ** Math.floor(scale / 8) * eighths[((scale % 8) + 8) % 8]!;
  });
}

/** The scale that is nearest to a factor; see {@link Quantizer}. */
export function nearestScale(factor: number): number {
  return Math.min(Math.max(Math.round(8 * Math.log2(factor)), -128), 127);
}

/** How many whole numbers a code is. */
export function placesOf(quantizer: Quantizer, width: number): number {
  return quantizer.type === 'steps' ? width : quantizer.vectors;
}

/** The codebook of a model, [entries, length]. */
function codebookOf({ specification, weights }: Model): Float32Array {
  const vectors = weights.get('codebook/vectors');
  const { code } = specification;
  if (code.type !== 'vector-quantized' || vectors?.length !== (code.entries * code.width) / code.vectors) {
    throw badInput('model', `expected a codebook for codes that are entries of one, got a ${code.type} code`);
  }
  return vectors;
}

function refuse(value: number, width: number, at: number, step: number): never {
  const place = `code of example ${Math.floor(at / width) + 1}, value ${(at % width) + 1}`;
  if (Number.isFinite(value)) {
    throw badInput(place, `expected at most ${LARGEST} steps of ${step}, got ${value}`, 'use larger steps');
  }
  throw badInput(place, `expected a finite number, got ${value}`, 'the model or the example is not sound');
}

/**
 * Codes to whole numbers.
 *
 * @param code [n, width] row-major
 * @returns [n, places]
 * @throws GargaloError `bad-input` for NaN, infinity, and numbers too large for the step
 */
export function quantize(code: Float32Array, quantizer: Quantizer, model: Model): Int32Array {
  const { width } = model.specification.code;
  if (quantizer.type === 'entries') return nearestEntries(code, codebookOf(model), quantizer.vectors, width);
  const steps = stepsOf(quantizer, width);
  const values = new Int32Array(code.length);
  for (let at = 0; at < code.length; at++) {
    const number = code[at]!;
    const step = steps[at % width]!;
    const value = Math.round(number / step);
    values[at] = Math.abs(value) <= LARGEST ? value : refuse(number, width, at, step);
  }
  return values;
}

/** The position of each vector in the codebook: it is one of its entries. */
function nearestEntries(code: Float32Array, book: Float32Array, vectors: number, width: number): Int32Array {
  const length = width / vectors;
  const entries = book.length / length;
  return Int32Array.from({ length: code.length / length }, (_, vector) => {
    let [nearest, smallest] = [-1, Number.POSITIVE_INFINITY];
    for (let entry = 0; entry < entries && smallest > 0; entry++) {
      const distance = squaredDistance(code, vector * length, book, entry * length, length);
      if (distance < smallest) [nearest, smallest] = [entry, distance];
    }
    if (nearest < 0) refuse(code[vector * length]!, width, vector * length, 1);
    return nearest;
  });
}

/**
 * What the decoder gets for whole numbers: each product is rounded to 32 bits once, the same everywhere.
 *
 * @param values [n, places]
 * @returns [n, width]
 */
export function dequantize(values: Int32Array, quantizer: Quantizer, model: Model): Float32Array {
  const { width } = model.specification.code;
  if (quantizer.type === 'steps') {
    const steps = stepsOf(quantizer, width);
    return Float32Array.from(values, (value, at) => value * steps[at % width]!);
  }
  return rowsAt(codebookOf(model), width / quantizer.vectors, values);
}
