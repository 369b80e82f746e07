import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run on the sources: package.json's "imports" have a condition for that.
  ssr: { resolve: { conditions: ['gargalo-source', 'node', 'import', 'module', 'default'] } },
  resolve: { alias: { '#runtime': fileURLToPath(new URL('test/shared-runtime.ts', import.meta.url)) } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './tools/count-reporter.mjs'],
    // The files of a worker share its modules and its runtimes: loading them again takes longer than most tests.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
