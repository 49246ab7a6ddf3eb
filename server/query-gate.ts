import { performance } from 'node:perf_hooks';
import type { Pace } from '../promql/evaluate/steps.ts';

/** Queries that are worked on at the same time; further ones wait. */
const atOnce = 4;

/** Longest turn of a query before others may go on, ms: with all at work a turn of everybody is below 100 ms. */
const turn = 20;

/** The query was not answered in its time. */
export class QueryTimeout extends Error {
  constructor(where: 'expression evaluation' | 'query queue') {
    super(`query timed out in ${where}`);
    this.name = 'QueryTimeout';
  }
}

/** A pace in turns of 20 ms: between two of them the event loop serves all else that waits. */
export function createPace(): Pace {
  let since = performance.now();
  return {
    due: () => performance.now() - since >= turn,
    async pause() {
      await new Promise<void>(resolve => setImmediate(resolve));
      since = performance.now();
    },
  };
}

/** Lets so many queries in at a time. */
export interface QueryGate {
  /** Resolves with what lets the next in; rejects with a QueryTimeout when the turn does not come until `signal` aborts. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createQueryGate(most = atOnce): QueryGate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    inside--;
    waiting.shift()?.();
  };
  const entered = () => {
    inside++;
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (inside < most) return entered();
      await new Promise<void>((resolve, reject) => {
        const go = () => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const stop = () => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(new QueryTimeout('query queue'));
        };
        waiting.push(go);
        signal.addEventListener('abort', stop, { once: true });
      });
      return entered();
    },
  };
}
