// Requests that come close to each other, run together.

/** How requests are put together. */
export interface BatchOptions<Job> {
  /** Milliseconds that the first request of a batch waits for others, where nothing is running. */
  readonly wait: number;
  /** Rows of a batch, at most; a larger job is one by itself. */
  readonly rows: number;
  readonly rowsOf: (job: Job) => number;
  /** Told of each batch. */
  readonly onBatch?: (jobs: number, rows: number) => void;
}

/**
 * Puts jobs that come within a few milliseconds into one call of `work`, one call after the other; those that come while a call runs
 * are the next batch. Where a batch fails, its jobs are done one by one, so that each has its own answer.
 *
 * @param work an answer for each job, in their order
 */
export function inBatches<Job, Result>(
  work: (jobs: readonly Job[]) => Promise<readonly Result[]>,
  { wait, rows, rowsOf, onBatch }: BatchOptions<Job>,
): (job: Job) => Promise<Result> {
  interface Waiting {
    readonly job: Job;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let rowsWaiting = 0;
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;

  function take(): Waiting[] {
    let [count, taken] = [0, 0];
    for (const { job } of waiting) {
      if (count > 0 && taken + rowsOf(job) > rows) break;
      taken += rowsOf(job);
      count++;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    rowsWaiting -= taken;
    onBatch?.(count, taken);
    return batch;
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await work(batch.map(({ job }) => job));
      for (const [i, { resolve }] of batch.entries()) resolve(results[i]!);
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await run([one]);
      else batch[0]?.reject(error);
    }
  }

  async function start(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    isRunning = true;
    while (waiting.length > 0) await run(take());
    isRunning = false;
  }

  return (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      rowsWaiting += rowsOf(job);
      if (isRunning) return;
      if (rowsWaiting >= rows) void start();
      else timer ??= setTimeout(start, wait);
    });
}
