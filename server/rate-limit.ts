/** Answers whether a request at `now` (ms) may pass. */
export type RateLimit = (now: number) => boolean;

/** A bucket that holds `burst` requests and gets one back each `interval` ms; undefined where the interval is 0. */
export function createRateLimit(options: {
  readonly interval: number;
  readonly burst: number;
}): RateLimit | undefined {
  const { interval, burst } = options;
  if (interval === 0) return undefined;
  let left = burst;
  let filledAt: number | undefined;
  return now => {
    left = Math.min(burst, left + Math.max(0, now - (filledAt ?? now)) / interval);
    filledAt = now;
    if (left < 1) return false;
    left--;
    return true;
  };
}
