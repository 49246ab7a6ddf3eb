import { QueryTimeout } from './query-gate.ts';
import { parameters } from './query-params.ts';
import type { Desk, Exchange } from './query-reply.ts';

/** Longest time for one query, ms, as in Prometheus; `timeout` may ask for less. */
const longestQueryTime = 120_000;

/** A turn at the gate; it ends once, however often `end` is called. */
export interface Turn {
  /** Aborts with a QueryTimeout when the time is over, and when nobody listens any more. */
  readonly signal: AbortSignal;
  /** Lets the next in. */
  end(): void;
}

/**
 * Waits until a request may be worked on. Rejects with a QueryTimeout when that is not within its time; who hangs up gives the turn
 * back.
 */
export async function takeTurn({ gate }: Pick<Desk, 'gate'>, { request, reply }: Exchange): Promise<Turn> {
  const timeout = Math.min(parameters(request).timeout() ?? longestQueryTime, longestQueryTime);
  const controller = new AbortController();
  const stop = () => controller.abort(new QueryTimeout('expression evaluation'));
  const timer = setTimeout(stop, timeout).unref();
  if (timeout <= 0) stop();
  let leave: (() => void) | undefined;
  const end = () => {
    clearTimeout(timer);
    leave?.();
  };
  reply.raw.once('close', () => {
    stop();
    end();
  });
  try {
    leave = await gate.enter(controller.signal);
  } finally {
    if (leave === undefined) end();
  }
  return { signal: controller.signal, end };
}
