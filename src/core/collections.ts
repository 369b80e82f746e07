// Lists and maps of which something must be there: where it is not, that is an error of ours, said at once.
import { GargaloError } from './errors.js';

/** Pairs of what stands at the same place of two lists of one length. */
export function zip<A, B>(left: readonly A[], right: readonly B[]): (readonly [A, B])[] {
  if (left.length !== right.length) {
    throw new GargaloError('internal', 'zip', `expected lists of one length, got ${left.length} and ${right.length}`);
  }
  return left.map((item, i) => [item, right[i] as B] as const);
}

/** The item at a place that a list has; negative places count from the end. Not for loops over numbers, nor just before one: what `at` gives slows a loop that compares with it by a third. */
export function itemAt<Item>(
  list: { readonly length: number; at(index: number): Item | undefined },
  place: number,
): Item {
  const item = list.at(place);
  if (item === undefined) {
    throw new GargaloError('internal', 'list', `expected an item at ${place}, got ${list.length} items`);
  }
  return item;
}

/** What a map holds under a key that it has. */
export function entryOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new GargaloError('internal', 'map', `expected an entry for "${key}", got none`);
  return value;
}

/** What a record holds under a name that it has. */
export function fieldOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value {
  const value = record[name];
  if (value === undefined) throw new GargaloError('internal', 'record', `expected a field "${name}", got none`);
  return value;
}

/** Lists of the items that have the same key, in the order in which keys come first. */
export function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
