/**
 * Runs several works at once, each a generator of events, and tells their events as they come. Each work runs at most one
 * event ahead: it goes on once its last event has been looked at, which holds up none of the others.
 *
 * @param works each is started when its turn comes, in order
 * @param jobs how many run at the same time, at least 1
 * @param starts asked before a work is started; those that are not started are left out
 */
export async function* sideBySide<T>(
  works: Iterable<() => AsyncGenerator<T, void>>,
  jobs: number,
  starts: () => boolean = () => true,
): AsyncGenerator<T, void> {
  const waiting = works[Symbol.iterator]();
  const running = new Map<AsyncGenerator<T, void>, Promise<Step<T>>>();
  const advance = (work: AsyncGenerator<T, void>): void => {
    const step = work.next().then((result) => ({ work, result }));
    // What goes wrong is told when its turn comes.
    step.catch(() => undefined);
    // At the end of the line, so that no work is asked twice while another has something to tell.
    running.delete(work);
    running.set(work, step);
  };
  try {
    while (true) {
      while (running.size < jobs && starts()) {
        const next = waiting.next();
        if (next.done) break;
        advance(next.value());
      }
      if (running.size === 0) return;
      const { work, result } = await Promise.race(running.values());
      if (result.done) {
        running.delete(work);
      } else {
        yield result.value;
        advance(work);
      }
    }
  } finally {
    await Promise.allSettled([...running.keys()].map((work) => work.return()));
  }
}

interface Step<T> {
  readonly work: AsyncGenerator<T, void>;
  readonly result: IteratorResult<T, void>;
}
