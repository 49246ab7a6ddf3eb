import { defineConfig } from 'vitest/config';
import { summaryReporter } from './test/summary.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['kernels/build.mjs'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', summaryReporter()],
  },
});
