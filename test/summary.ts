import type { Reporter, TestModule } from 'vitest/node';

/** Closes a run with the plain line `N passed, N failed, N skipped`; says loudly which tests did not run. */
export function summaryReporter(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandled) {
      const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
      const skipped: string[] = [];
      for (const module of modules) {
        if (module.errors().length > 0) count.failed++;
        for (const test of module.children.allTests()) {
          count[test.result().state]++;
          if (test.result().state === 'skipped') skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
        }
      }
      for (const name of skipped) console.log(`DID NOT RUN: ${name}`);
      if (skipped.length > 0 && process.env.CI) process.exitCode = 1;
      const failed = count.failed + unhandled.length;
      console.log(`${count.passed} passed, ${failed} failed, ${count.skipped + count.pending} skipped`);
    },
  };
}
