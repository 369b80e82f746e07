import type { Runtime, RuntimeOptions } from '../src/runtime/runtime.js';

type OpenRuntime = (options?: RuntimeOptions) => Promise<Runtime>;

export function runtimePool(
  open: OpenRuntime,
  closed: () => Error,
  lend: (runtime: Runtime, threads?: number) => Runtime,
): OpenRuntime;
