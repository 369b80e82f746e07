import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './tools/count-reporter.mjs'],
    testTimeout: 60_000,
  },
});
