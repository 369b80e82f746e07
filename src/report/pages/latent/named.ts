import { exampleSize } from '../../../data/dataset.js';
import { examplesFigure, type Range, rangeOf, spanOf } from '../../kit/examples.js';
import type { Html } from '../../kit/html.js';
import { exampleName as nameOf } from '../../kit/names.js';
import { lookOf } from '../../kit/picture.js';
import type { LatentReportInput } from './input.js';

type Labelled = Pick<LatentReportInput, 'labels'>;

/** The class of an example, where it has one. */
export function labelOf({ labels }: Labelled, example: number): string | undefined {
  return labels?.names[labels.values[example] ?? -1];
}

/** An example in words: "example 1,234, label 7". */
export const exampleName = (input: Labelled, example: number): string => nameOf(example, labelOf(input, example));

/** The values that decoded examples are drawn between: those of the data for pictures, else what they span. */
export function drawnRange(
  { shape, sequence, examples }: Pick<LatentReportInput, 'shape' | 'sequence' | 'examples'>,
  all: Iterable<Float32Array>,
): Range {
  const isPicture = lookOf(shape, sequence).kind === 'picture';
  return isPicture ? rangeOf([Float32Array.from(examples.range)]) : spanOf(all);
}

/** The values of examples that travel with the page, [count, size]; nothing where one of them does not. */
export function valuesOf(input: LatentReportInput, examples: readonly number[]): Float32Array | undefined {
  const { count: known, values, range } = input.examples;
  const size = exampleSize(input);
  if (examples.some((example) => example < 0 || example >= known)) return undefined;
  const [low, high] = range;
  return Float32Array.from(
    examples.flatMap((example) => [...values.subarray(example * size, (example + 1) * size)]),
    (value) => low + ((high - low) * value) / 255,
  );
}

/** An example itself, where it travels with the page. */
export function itself(input: LatentReportInput, example: number): Html | undefined {
  const values = valuesOf(input, [example]);
  if (!values) return undefined;
  const rows = { input, values, count: 1, columns: 1, range: input.examples.range, color: 'input' };
  return examplesFigure(rows, { says: exampleName(input, example) });
}
