import type { WorkOptions, WorkProgress } from '../core/work.js';
import { onInterrupt } from './interrupt.js';
import type { Speech } from './shared-flags.js';

/** Between two looks at the display. */
const MILLISECONDS = 200;

/** A line on a terminal that is written over as work goes on. */
function counter(doing: string): { show(progress: WorkProgress): void; clear(): void } {
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  const grouped = new Intl.NumberFormat('en-US');
  return {
    show({ done, total }) {
      const now = performance.now();
      if (now - last < MILLISECONDS) return;
      last = now;
      shown = true;
      const of = total === undefined ? '' : ` of ${grouped.format(total)}`;
      process.stderr.write(`\r\x1b[K${doing} ${grouped.format(done)}${of}`);
    },
    clear() {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}

/**
 * Does work that takes a while: the first Ctrl-C ends it between two blocks, so that it can clean up behind itself, a second one at
 * once; on a terminal it says how far it has come.
 *
 * @param doing what is done to examples: "compressing"
 */
export async function longWork<T>(
  { quiet }: Pick<Speech, 'quiet'>,
  doing: string,
  work: (options: Required<WorkOptions>) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const unwatch = onInterrupt(
    () => controller.abort(),
    () => undefined,
  );
  const display = process.stderr.isTTY && !quiet ? counter(doing) : undefined;
  try {
    return await work({ signal: controller.signal, onProgress: (progress) => display?.show(progress) });
  } finally {
    unwatch();
    display?.clear();
  }
}
