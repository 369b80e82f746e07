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
  const under = new Set<Promise<U>>();
  /** The result of the first. */
  async function* first(): AsyncGenerator<U, void> {
    for (const made of under) {
      under.delete(made);
      yield await made;
      return;
    }
  }
  try {
    for (const item of items) {
      if (under.size >= width) yield* first();
      const made = make(item);
      made.catch(() => undefined);
      under.add(made);
    }
    while (under.size > 0) yield* first();
  } finally {
    await Promise.allSettled(under);
  }
}
