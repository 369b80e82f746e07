// What the sources import as #runtime in tests: see vitest.config.ts.
import { GargaloError } from '../src/core/errors.js';
import { lendRuntime } from '../src/runtime/lend.js';
import { createRuntime as open } from '../src/runtime/node.js';
import type { Runtime, RuntimeOptions } from '../src/runtime/runtime.js';
import { runtimePool } from './runtime-pool.mjs';

export { availableMemory, availableThreads } from '../src/runtime/node.js';

const pooled = runtimePool(open, () => new GargaloError('cancelled', 'runtime', 'closed'), lendRuntime);
/** How many runtimes were opened so far: those that are lent do not count. */
export const openings = { count: 0 };

export function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  if (!options.opened) openings.count++;
  return pooled(options);
}
