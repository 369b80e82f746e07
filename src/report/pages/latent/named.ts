import { count } from '../../../core/format.js';
import type { Html } from '../../kit/html.js';
import type { LatentReportInput } from './input.js';
import { sizeOf, trayFigure } from './tray.js';

/** The class of an example, where it has one. */
export function labelOf({ labels }: Pick<LatentReportInput, 'labels'>, example: number): string | undefined {
  const label = labels?.values[example] ?? -1;
  return label < 0 ? undefined : labels?.names[label];
}

/** An example in words: "example 1,234, label 7". */
export function exampleName(input: Pick<LatentReportInput, 'labels'>, example: number): string {
  const label = labelOf(input, example);
  return `example ${count(example)}${label === undefined ? '' : `, label ${label}`}`;
}

/** The values of examples that travel with the page, [count, size]; nothing where one of them does not. */
export function valuesOf(input: LatentReportInput, examples: readonly number[]): Float32Array | undefined {
  const { count: known, values, range } = input.examples;
  const size = sizeOf(input);
  if (examples.some((example) => example < 0 || example >= known)) return undefined;
  const [low, high] = range;
  const out = new Float32Array(examples.length * size);
  for (const [n, example] of examples.entries()) {
    for (let i = 0; i < size; i++) out[n * size + i] = low + ((high - low) * values[example * size + i]!) / 255;
  }
  return out;
}

/** An example itself, where it travels with the page. */
export function itself(input: LatentReportInput, example: number): Html | undefined {
  const values = valuesOf(input, [example]);
  return (
    values &&
    trayFigure(
      { input, values, count: 1, columns: 1, range: input.examples.range, color: 'input' },
      exampleName(input, example),
    )
  );
}
