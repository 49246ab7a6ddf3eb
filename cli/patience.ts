import { setMaxListeners } from 'node:events';
import { joinSignal } from '../core/joined-signal.ts';

/**
 * Does work under a signal that aborts with its parent or when `patience` (ms) is over. However many requests of the work listen to
 * it, none of them stays with the parent.
 */
export async function withPatience<T>(
  parent: AbortSignal,
  patience: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const joint = joinSignal(parent);
  setMaxListeners(0, joint.signal);
  const timer = setTimeout(joint.abort, patience).unref();
  try {
    return await work(joint.signal);
  } finally {
    clearTimeout(timer);
    joint.letGo();
  }
}
