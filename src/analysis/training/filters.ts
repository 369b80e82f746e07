import { itemAt } from '../../core/collections.js';
import type { Model } from '../../models/autoencoder.js';
import { hasEmbedding } from '../../models/embedding.js';
import { decoderUnits, inputSize } from '../../models/specification.js';
import { type Codes, columnMeans } from '../statistics/code-columns.js';
import { isSparse } from './sparsity.js';

/** A set of filters. */
export interface FilterBank {
  readonly count: number;
  /** [count, input size] */
  readonly values: Float32Array;
  /** Where there are more units than filters: how many. */
  readonly of?: number;
  /** Mean activity of each unit, where the filters are sorted by it. */
  readonly use?: readonly number[];
}

/** More than this nobody looks at. */
const FILTERS = 64;

/** Some units' filters, each `size` values; `at` says where a unit keeps which. */
function bank(
  weight: Float32Array,
  size: number,
  at: (unit: number, i: number) => number,
  use: readonly number[] | undefined,
): FilterBank {
  const units = weight.length / size;
  const order = Array.from({ length: units }, (_, unit) => ({ unit, use: use?.[unit] ?? 0 }));
  const shown = order.sort((a, b) => b.use - a.use).slice(0, FILTERS);
  const values = new Float32Array(shown.length * size);
  for (const [k, { unit }] of shown.entries()) {
    for (let i = 0; i < size; i++) values[k * size + i] = itemAt(weight, at(unit, i));
  }
  return {
    count: shown.length,
    values,
    ...(units > shown.length && { of: units }),
    ...(use && { use: shown.map((filter) => filter.use) }),
  };
}

/**
 * The weights of a dense network as filters: those of the first layer, and what each code value adds to the output, where
 * one dense layer makes it of a code that is sparse or as wide as the input. Where units are code values that not every
 * example uses, the most used come first.
 */
export function filtersOf(model: Model, codes: Codes): { filters?: FilterBank; atoms?: FilterBank } {
  const { weights, specification } = model;
  const { body, code } = specification;
  if (body.type !== 'dense' || hasEmbedding(specification.input)) return {};
  const size = inputSize(specification);
  const use = isSparse(specification) || code.width >= size ? columnMeans(codes, Math.abs) : undefined;
  const direct = weights.get('encoder/code/weight');
  const first = weights.get('encoder/0/weight') ?? direct;
  if (!first) return {};
  const units = first.length / size;
  const byColumn = (unit: number, i: number) => i * units + unit;
  const isCode = body.encoder.length === 0;
  const filters = bank(first, size, byColumn, isCode ? use : undefined);
  if (!use || decoderUnits(body).length > 0) return { filters };
  // The same weights, transposed, are no second picture.
  const back = body.tied ? undefined : weights.get('decoder/output/weight');
  return { filters, ...(back && { atoms: bank(back, size, (unit, i) => unit * size + i, use) }) };
}
