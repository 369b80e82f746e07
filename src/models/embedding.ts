import { itemAt, zip } from '../core/collections.js';
import { badInput } from '../core/errors.js';
import { featureStarts, type TableSchema } from '../data/table/schema.js';
import * as op from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import { normal } from '../nn/initializers.js';
import type { Scope } from '../nn/scope.js';
import type { Body, Pretraining, Specification } from './specification.js';

/** Whether the encoder sees learned vectors instead of some categories. */
export function hasEmbedding(input: { readonly table?: TableSchema }): boolean {
  return input.table?.columns.some((column) => column.type === 'category' && column.embedding !== undefined) ?? false;
}

/** The number of values that the encoder's first layer sees of so many features. */
export function embeddedSize({ table }: { readonly table?: TableSchema }, features: number): number {
  const narrowed = (table?.columns ?? []).map((column) =>
    column.type === 'category' && column.embedding !== undefined ? column.levels.length - column.embedding : 0,
  );
  return narrowed.reduce((size, less) => size - less, features);
}

/**
 * What the encoder's first layer sees: the features of each category with an embedding times a learned [levels, width]
 * matrix (Guo & Berkhahn 2016), so that a level is a row of it and an unknown one zeros; the other features as they are. The
 * matrices begin as N(0, 1), the size of standardised numbers.
 *
 * @param x [batch, features], scaled
 */
export function embedded({ input }: Pick<Specification, 'input'>, scope: Scope, x: Tensor): Tensor {
  const { table } = input;
  if (!table || !hasEmbedding(input)) return x;
  const starts = featureStarts(table);
  const parts: Tensor[] = [];
  // features since the last embedding, which go on as they are
  let from = 0;
  const keep = (to: number): void => void (to > from && parts.push(op.Slice(x, 1, from, to)));
  for (const [column, start] of zip(table.columns, starts.slice(0, -1))) {
    if (column.type !== 'category' || column.embedding === undefined) continue;
    keep(start);
    from = start + column.levels.length;
    const shape = [column.levels.length, column.embedding];
    const matrix = scope.within('embedding', (place) => place.parameter(column.name, shape, normal));
    parts.push(op.MatMul(op.Slice(x, 1, start, from), matrix));
  }
  keep(itemAt(starts, -1));
  return op.Concat(parts, 1);
}

/**
 * Refuses embeddings where there is no place for them.
 *
 * @throws GargaloError `bad-input` with the reason
 */
export function checkEmbedding(
  input: { readonly table?: TableSchema; readonly sequence?: boolean },
  body: Body,
  pretraining: Pretraining | undefined,
): void {
  if (!hasEmbedding(input)) return;
  const refuse = (what: string) => badInput('categories', `expected one-hot ${what}, got embedding`, 'leave it out');
  if (input.sequence) throw refuse('for windows of a series');
  if (body.type !== 'dense') throw refuse(`for a ${body.type} body`);
  if (body.tied) throw refuse('for tied weights, because the decoder gives all levels');
  if (pretraining) throw refuse('for training layer by layer, because the first layer has no counterpart');
}
