import { Worker } from 'node:worker_threads';
import type { IncidentOddsModel } from '../forecasters/incident-odds.ts';
import type { HourlyPast } from '../forecasters/incident-odds-past.ts';

/** What the thread learns from: pasts, as they were known before `until` (ms). */
export interface OddsLesson {
  readonly pasts: readonly HourlyPast[];
  readonly until: number;
}

export type OddsWord =
  | { readonly kind: 'learned'; readonly model: IncidentOddsModel }
  | { readonly kind: 'failed'; readonly message: string };

/** Learns the odds of incidents; what it is given is copied. */
export type OddsLearner = (lesson: OddsLesson, signal: AbortSignal) => Promise<IncidentOddsModel>;

const beside = new URL('./odds-worker.js', import.meta.url);

/** A learner in a thread of its own, there while it learns: passes go on. Rejects with what went wrong in it, or when `signal` aborts. */
export function createOddsThread(entry = beside): OddsLearner {
  return async (lesson, signal) => {
    signal.throwIfAborted();
    const worker = new Worker(entry);
    try {
      return await new Promise<IncidentOddsModel>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        worker.once('error', reject);
        worker.once('exit', code => reject(new Error(`the thread that learns odds ended with ${code}`)));
        worker.once('message', (word: OddsWord) =>
          word.kind === 'learned' ? resolve(word.model) : reject(new Error(word.message)),
        );
        worker.postMessage(lesson);
      });
    } finally {
      await worker.terminate();
    }
  };
}
