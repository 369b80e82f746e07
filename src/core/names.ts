import { itemAt } from './collections.js';
import { badInput } from './errors.js';

/** How many letters are to be put in, taken out or exchanged to make one word of another (Levenshtein 1966). */
function distance(from: string, to: string): number {
  // a row of the table of distances between the beginnings of the two words
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 0; row < from.length; row++) {
    const line = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const exchanged = itemAt(above, column) + (from[row] === to[column] ? 0 : 1);
      line.push(Math.min(exchanged, itemAt(above, column + 1) + 1, itemAt(line, column) + 1));
    }
    above = line;
  }
  return itemAt(above, -1);
}

/** Of some names the one that a mistyped one is closest to, if it is close at all. */
export function nearest(wrong: string, names: readonly string[]): string | undefined {
  const best = names
    .map((name) => ({ name, steps: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps)[0];
  return best && best.steps <= Math.max(2, Math.floor(wrong.length / 2)) ? best.name : undefined;
}

/** An error for a name that is none of those known. */
export function unknownName(where: string, wrong: string, names: readonly string[]): Error {
  const close = nearest(wrong, names);
  return badInput(where, `expected one of ${names.join(', ')}, got "${wrong}"`, close && `did you mean "${close}"?`);
}

/**
 * Refuses keys of an options object that are no options: nothing would come of them.
 *
 * @throws GargaloError `bad-input` with the nearest name
 */
export function refuseUnknownKeys(where: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !names.includes(key));
  if (unknown !== undefined) throw unknownName(where, unknown, names);
}
