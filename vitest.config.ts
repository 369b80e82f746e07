import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run on the sources: package.json's "imports" have a condition for that.
  ssr: { resolve: { conditions: ['gargalo-source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './tools/count-reporter.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
