import { setTimeout as wait } from 'node:timers/promises';
import { SourceError } from '../core/series.ts';

/** A failure after which the other side named a time to wait, in ms. */
export class RetryLater extends SourceError {
  readonly after: number | undefined;
  constructor(message: string, after: number | undefined) {
    super(message, { retryable: true });
    this.after = after;
  }
}

/** How often and how long: `base` ms doubles each time; `random` in [0, 1) spreads it. */
export interface RetryPolicy {
  readonly retries: number;
  readonly base: number;
  readonly random: () => number;
}

const longestWait = 30_000;

/** Runs `attempt` again after a retryable SourceError, at most `policy.retries` times; `signal` ends the waiting. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const again = error instanceof SourceError && error.retryable && tries < policy.retries;
      if (!again || signal?.aborted === true) throw error;
      const named = error instanceof RetryLater ? error.after : undefined;
      const spread = policy.base * 2 ** tries * (0.5 + policy.random());
      await wait(Math.min(named ?? spread, longestWait), undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** `Retry-After` in ms: seconds, or a date against the answer's own `Date`; undefined when it names none. */
export function retryAfter(header: string | undefined, date: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const ms = Date.parse(header) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
