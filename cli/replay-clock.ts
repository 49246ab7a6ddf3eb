import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between the steps of a replay. Real time passes `speed` times slower than virtual time; 0 = not at all. */
export function createPacer(speed: number): (virtualMs: number, signal?: AbortSignal) => Promise<void> {
  let debt = 0;
  let last = performance.now();
  return async (virtualMs, signal) => {
    if (speed === 0) return;
    const now = performance.now();
    debt += virtualMs / speed - (now - last);
    last = now;
    // Work that took longer than its share of time is made up for, not waited on top.
    if (debt < 1) return;
    await sleep(debt, undefined, signal === undefined ? {} : { signal });
  };
}
