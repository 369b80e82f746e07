// What the sources import as #runtime in tests: see vitest.config.ts.
import { GargaloError } from '../src/core/errors.js';
import { lendRuntime } from '../src/runtime/lend.js';
import { createRuntime as open } from '../src/runtime/node.js';
import { runtimePool } from './runtime-pool.mjs';

export { availableThreads } from '../src/runtime/node.js';
export const createRuntime = runtimePool(open, () => new GargaloError('cancelled', 'runtime', 'closed'), lendRuntime);
