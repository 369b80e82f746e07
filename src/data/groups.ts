import type { Carried, CarriedCells, Dataset, ExampleFacts } from './dataset.js';
import { nameInList } from './table/cells.js';

/** The group that each example belongs to, as an index into `names`. */
export interface Groups {
  /** The columns whose cells tell groups apart. */
  readonly columns: readonly string[];
  /** In the order in which they first come, by {@link groupName}. */
  readonly names: readonly string[];
  readonly values: Int32Array;
}

/** What a group is called where its cell is missing. */
const NAMELESS = '(missing)';

/** What a group is called: by its cells, of several columns separated by commas, and in quotes those that have commas themselves. */
export function groupName(cells: readonly unknown[]): string {
  const names = cells.map((cell) => String(cell ?? NAMELESS));
  return names.length === 1 ? names[0]! : names.map(nameInList).join(', ');
}

/** The groups of examples by the columns that they carry; undefined where none of these is one of groups. */
export function groupsOf(carried: readonly Carried[] | undefined): Groups | undefined {
  const columns = (carried ?? []).filter(({ role }) => role === 'group');
  const [first] = columns;
  if (!first) return undefined;
  const codes = new Map<string, number>();
  const names: string[] = [];
  const values = Int32Array.from({ length: first.values.length }, (_, i) => {
    const cells = columns.map((column) => column.values[i]);
    const key = groupName(cells);
    const code = codes.get(key);
    if (code !== undefined) return code;
    codes.set(key, names.length);
    return names.push(key) - 1;
  });
  return { columns: columns.map(({ name }) => name), names, values };
}

/** The examples of each group one after the other, each group in its old order; undefined where they are so already. */
export function groupOrder({ names, values }: Groups): Int32Array | undefined {
  if (values.every((code, i) => i === 0 || code >= values[i - 1]!)) return undefined;
  const next = new Int32Array(names.length + 1);
  for (const code of values) next[code + 1]!++;
  for (let code = 0; code < names.length; code++) next[code + 1]! += next[code]!;
  const order = new Int32Array(values.length);
  for (const [i, code] of values.entries()) order[next[code]!++] = i;
  return order;
}

const cellsAt = (values: CarriedCells, order: Int32Array): CarriedCells =>
  values instanceof Int32Array ? order.map((i) => values[i]!) : Array.from(order, (i) => values[i]);

/** What is known of examples, in another order. */
function factsAt({ labels, times, names, cells, carried, begins }: ExampleFacts, order: Int32Array): ExampleFacts {
  const width = cells && cells.length / order.length;
  return {
    ...(labels && { labels: { ...labels, values: order.map((i) => labels.values[i]!) } }),
    ...(times && { times: { ...times, values: Float64Array.from(order, (i) => times.values[i]!) } }),
    ...(names && { names: Array.from(order, (i) => names[i]!) }),
    ...(cells && {
      cells: Uint8Array.from(
        { length: cells.length },
        (_, at) => cells[order[Math.floor(at / width!)]! * width! + (at % width!)]!,
      ),
    }),
    ...(carried && { carried: carried.map((column) => ({ ...column, values: cellsAt(column.values, order) })) }),
    ...(begins && { begins: Uint8Array.from(order, (i) => begins[i]!) }),
  };
}

/** Where examples are so far apart, each is read by itself. */
const LOOSE = 64;

/**
 * The same examples in another order: a view. Examples that lie near each other are read at once.
 *
 * @param order the example of the data set that comes at each place; each once
 */
export function inOrderOf(dataset: Dataset, order: Int32Array): Dataset {
  const size = dataset.shape.reduce((product, side) => product * side, 1);
  const block: Dataset['block'] = async (start, end, into) => {
    if (end <= start) return dataset.block(0, 0);
    const places = order.subarray(start, end);
    const [first, last] = [places.reduce((a, b) => Math.min(a, b)), places.reduce((a, b) => Math.max(a, b)) + 1];
    if (last - first === end - start && places.every((place, i) => place === first + i)) {
      return dataset.block(first, last, into);
    }
    const isDense = last - first <= LOOSE * (end - start);
    const near = isDense ? await dataset.block(first, last) : undefined;
    const values =
      into ??
      (dataset.type === 'uint8' ? new Uint8Array(places.length * size) : new Float32Array(places.length * size));
    for (const [i, place] of places.entries()) {
      const one = near
        ? near.subarray((place - first) * size, (place - first + 1) * size)
        : await dataset.block(place, place + 1);
      values.set(one, i * size);
    }
    return values;
  };
  const { series: _, ...rest } = dataset;
  return { ...rest, ...factsAt(dataset, order), block };
}
