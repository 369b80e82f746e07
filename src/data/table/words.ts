import { numberOf } from './cells.js';

// What the text of a cell says.
const infinite = /^[+-]?inf(inity)?$/i;

/** Whether the text stands for infinity. */
export const isInfinite = (text: string): boolean => infinite.test(text);

/** Words that say yes or no, in pairs. */
const truths = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
  ['off', 'on'],
] as const;

/** Writes a word as another one is written: in capitals, or with one. */
function inCase(word: string, like: string): string {
  if (like === like.toLowerCase()) return word;
  return like === like.toUpperCase() && (like.length > 1 || word.length === 1)
    ? word.toUpperCase()
    : word.slice(0, 1).toUpperCase() + word.slice(1);
}

/**
 * The texts of false and true, where all of these words are one of a pair; the one that never occurs as the other is
 * written.
 */
export function truthLevels(words: readonly string[]): [string, string] | undefined {
  const pair = truths.find((both) => words.every((word) => both.some((truth) => truth === word.toLowerCase())));
  const [first] = words;
  if (!pair || first === undefined) return undefined;
  const of = (wanted: string) => words.find((word) => word.toLowerCase() === wanted) ?? inCase(wanted, first);
  return [of(pair[0]), of(pair[1])];
}

/** Names with their numbers, in the order of {@link sortedNames}. */
export function inNameOrder(pairs: readonly (readonly [string, number])[]): (readonly [string, number])[] {
  const places = new Map(sortedNames(pairs.map(([name]) => name)).map((name, place) => [name, place]));
  return pairs.toSorted(([one], [other]) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
}

/** Names in order; by their values, where all are numbers. */
export function sortedNames(found: readonly string[]): string[] {
  return found.every((name) => Number.isFinite(numberOf(name)))
    ? found.toSorted((a, b) => numberOf(a) - numberOf(b))
    : found.toSorted();
}
