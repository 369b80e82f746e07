import { rowAt } from '../../core/vectors.js';
import { lookOf } from '../../data/look.js';
import type { Specification } from '../../models/specification.js';
import type { DetectedBlock } from './detect.js';

/** A value of an example and its part in the example's score. */
export interface Attribution {
  /** Its position in the example. */
  readonly value: number;
  /** Its part of the score, 0 … 1. */
  readonly share: number;
  /** In raw units: what is there, and what the model expects. */
  readonly observed: number;
  readonly expected: number;
}

/**
 * The values that made the score of an example, the largest part first.
 *
 * @param row from 0, in the block
 * @param most how many at most
 */
export function attribution(
  {
    contributions,
    observed,
    expected,
    scores,
  }: Pick<DetectedBlock, 'contributions' | 'observed' | 'expected' | 'scores'>,
  row: number,
  most = 3,
): Attribution[] {
  const size = contributions.length / scores.length;
  const score = scores[row]!;
  let chosen: { readonly value: number; readonly own: number }[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (const [value, own] of rowAt(contributions, size, row).entries()) {
    if (chosen.length >= most && own <= least) continue;
    chosen = [...chosen, { value, own }].sort((a, b) => b.own - a.own).slice(0, most);
    least = chosen.at(-1)?.own ?? least;
  }
  return chosen.map(({ value, own }) => ({
    value,
    share: score > 0 ? own / score : 0,
    observed: observed[row * size + value]!,
    expected: expected[row * size + value]!,
  }));
}

/** The names of the values that scores are taken apart into: the table's columns, of a window each at every step, else positions. */
export function valueNamesOf(size: number, columns?: readonly string[]): string[] {
  if (!columns || size % columns.length !== 0) return Array.from({ length: size }, (_, i) => String(i + 1));
  if (columns.length === size) return [...columns];
  return Array.from({ length: size }, (_, i) => `${columns[i % columns.length]} ${Math.floor(i / columns.length) + 1}`);
}

/** Where the values of a picture lie in it, from 1; nothing of other examples. */
export function pixelNames({ input }: Specification): string[] | undefined {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind !== 'picture') return undefined;
  const { width, height, channels } = look;
  const channel = (i: number) => (channels === 1 ? '' : ` ${['red', 'green', 'blue'][i % channels]}`);
  return Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return `row ${Math.floor(pixel / width) + 1} column ${(pixel % width) + 1}${channel(i)}`;
  });
}
