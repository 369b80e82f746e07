import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export default defineConfig(({ mode }) => ({
  // Tests run on the sources: package.json's "imports" have a condition for that.
  ssr: { resolve: { conditions: ['gargalo-source', 'node', 'import', 'module', 'default'] } },
  resolve: { alias: { '#runtime': path('test/shared-runtime.ts') } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './tools/count-reporter.mjs'],
    setupFiles: [path('test/setup.ts')],
    // npm run test:long is vitest in the mode "long"
    env: { GARGALO_TESTS: mode === 'long' ? 'long' : 'quick' },
    // The files of a worker share its modules and its runtimes: loading them again takes longer than most tests.
    isolate: false,
    // vitest would leave one core free, and much of the time of a test here is waiting for a worker or a page.
    maxWorkers: Math.max(2, availableParallelism()),
    // They end what hangs. A machine that is busy with other things may take its time.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 600_000 } },
  },
}));
