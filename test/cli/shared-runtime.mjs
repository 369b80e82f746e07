// What the built modules import as #runtime in the host of commands.
import { GargaloError } from '../../dist/core/errors.js';
import { lendRuntime } from '../../dist/runtime/lend.js';
import { createRuntime as open } from '../../dist/runtime/node.js';
import { runtimePool } from '../runtime-pool.mjs';

export { availableMemory, availableThreads } from '../../dist/runtime/node.js';

const borrow = runtimePool(open, () => new GargaloError('cancelled', 'runtime', 'closed'), lendRuntime);

/** How many runtimes the commands of this process have opened so far. */
export let openedRuntimes = 0;

export function createRuntime(options) {
  if (!options?.opened) openedRuntimes += 1;
  return borrow(options);
}
