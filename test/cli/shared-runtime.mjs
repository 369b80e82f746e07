// What the built modules import as #runtime in the host of commands.
import { GargaloError } from '../../dist/core/errors.js';
import { createRuntime as open } from '../../dist/runtime/node.js';
import { runtimePool } from '../runtime-pool.mjs';

export { availableThreads } from '../../dist/runtime/node.js';
export const createRuntime = runtimePool(open, () => new GargaloError('cancelled', 'runtime', 'closed'));
