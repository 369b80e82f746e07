import { numberOf } from './cells.js';

// What the text of a cell says.
const infinite = /^[+-]?inf(inity)?$/i;

/** Whether the text stands for infinity. */
export const isInfinite = (text: string): boolean => infinite.test(text);

const date =
  /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?:\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?))?$/i;

/**
 * The moment that a date stands for (ISO 8601, "2026-01-31 23:59:59", year first), in milliseconds since 1970; UTC where it
 * names no other zone. NaN where it is no such date.
 */
export function toTime(text: string): number {
  const parts = date.exec(text.trim());
  if (!parts) return Number.NaN;
  const part = (at: number) => Number(parts[at] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)] as const;
  const whole = new Date(0);
  whole.setUTCFullYear(year, month - 1, day);
  // 2026-02-30 is no day, though Date would take it for the second of March
  if (whole.getUTCMonth() !== month - 1 || whole.getUTCDate() !== day) return Number.NaN;
  if (hour > 24 || minute > 59 || second > 60) return Number.NaN;
  const fraction = Number(`0.${parts[7] ?? '0'}`) * 1000;
  const zone = (parts[9] === '-' ? -1 : 1) * (Number(parts[10] ?? 0) * 60 + Number(parts[11] ?? 0));
  return whole.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000 + fraction;
}

const dateLike = /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ,].*)?$/;

/** Whether the text looks like a date of any order, readable by {@link toTime} or not. */
export const isDateLike = (text: string): boolean => dateLike.test(text.trim());

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
