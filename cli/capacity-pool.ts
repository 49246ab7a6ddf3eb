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
  make(batch: CapacityBatch): Promise<readonly CapacityForecast[]>;
  /** Gives the memory back; the next batch begins anew. */
  rest(): Promise<void>;
}

const beside = new URL('./capacity-worker.js', import.meta.url);

/** A maker in a thread of its own: passes go on while it computes. It is there between the first batch and `rest`. */
export function createCapacityThread(entry = beside): CapacityMaker {
  let worker: Worker | undefined;
  return {
    make: batch =>
      new Promise((resolve, reject) => {
        const thread = worker ?? new Worker(entry);
        worker = thread;
        const end = (act: () => void) => {
          thread.removeAllListeners();
          act();
        };
        const died = (error: Error) =>
          end(() => {
            worker = undefined;
            reject(error);
          });
        thread.on('error', died);
        thread.on('exit', code => died(new Error(`the forecasting thread ended with ${code}`)));
        thread.on('message', (word: CapacityWord) =>
          end(() => (word.kind === 'made' ? resolve(word.forecasts) : reject(new Error(word.message)))),
        );
        thread.postMessage(batch);
      }),
    async rest() {
      const ended = worker;
      worker = undefined;
      await ended?.terminate();
    },
  };
}
