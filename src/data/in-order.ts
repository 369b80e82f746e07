/**
 * Makes something of each item, several at a time, and gives the results in the order of the items. An error comes when its
 * turn does; what was begun by then is waited for.
 *
 * @param width how many are made at a time
 */
export async function* inOrder<T, U>(
  items: Iterable<T>,
  width: number,
  make: (item: T) => Promise<U>,
): AsyncGenerator<U, void> {
  const under: Promise<U>[] = [];
  try {
    for (const item of items) {
      if (under.length >= width) yield await (under.shift() as Promise<U>);
      const made = make(item);
      made.catch(() => undefined);
      under.push(made);
    }
    while (under.length > 0) yield await (under.shift() as Promise<U>);
  } finally {
    await Promise.allSettled(under);
  }
}
