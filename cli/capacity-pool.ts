import { Worker } from 'node:worker_threads';
import type { CapacityForecast } from '../core/capacity.ts';
import type { CapacityHow, CapacityTask } from './capacity-forecast.ts';

/** A batch of work as the thread takes it. */
export interface CapacityBatch {
  readonly tasks: readonly CapacityTask[];
  readonly how: CapacityHow;
}

export type CapacityWord =
  | { readonly kind: 'made'; readonly forecasts: readonly CapacityForecast[] }
  | { readonly kind: 'failed'; readonly message: string };

/** Forecasts batches of resources, one batch at a time. */
export interface CapacityMaker {
  /** Rejects with the reason of `signal` when it aborts, and computes no further. */
  make(batch: CapacityBatch, signal: AbortSignal): Promise<readonly CapacityForecast[]>;
  /** Gives the memory back; the next batch begins anew. */
  rest(): Promise<void>;
}

const beside = new URL('./capacity-worker.js', import.meta.url);

interface Waiting {
  readonly resolve: (forecasts: readonly CapacityForecast[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** A maker in a thread of its own: passes go on while it computes. It is there between the first batch and `rest`. */
export function createCapacityThread(entry = beside): CapacityMaker {
  let worker: Worker | undefined;
  let waiting: Waiting | undefined;
  const settle = (act: (one: Waiting) => void) => {
    const one = waiting;
    waiting = undefined;
    if (one !== undefined) act(one);
  };
  const start = (): Worker => {
    const thread = new Worker(entry);
    const died = (error: Error) => {
      if (worker !== thread) return;
      worker = undefined;
      settle(({ reject }) => reject(error));
    };
    thread.on('error', died);
    thread.on('exit', code => died(new Error(`the forecasting thread ended with ${code}`)));
    thread.on('message', (word: CapacityWord) =>
      settle(({ resolve, reject }) =>
        word.kind === 'made' ? resolve(word.forecasts) : reject(new Error(word.message)),
      ),
    );
    return thread;
  };
  const end = async (reason: unknown) => {
    const ended = worker;
    worker = undefined;
    settle(({ reject }) => reject(reason));
    await ended?.terminate();
  };
  return {
    async make(batch, signal) {
      signal.throwIfAborted();
      const stop = () => void end(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await new Promise((resolve, reject) => {
          waiting = { resolve, reject };
          worker ??= start();
          worker.postMessage(batch);
        });
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    rest: () => end(new Error('the forecasting thread was ended')),
  };
}
