import { Worker } from 'node:worker_threads';
import type { OutlookHistory, OutlookOptions } from '../correlators/escalation-outlook.ts';

/** What an outlook is learned from, and how. */
export interface OutlookJob {
  readonly history: OutlookHistory;
  readonly options: OutlookOptions;
}

/** Fits outlooks beside the passes. Made once, asked for one at a time, closed at the end. */
export interface OutlookFitter {
  /** The model as bytes; rejects when the thread dies or is ended. */
  fit(job: OutlookJob): Promise<Uint8Array>;
  close(): Promise<void>;
}

const beside = new URL('./escalation-worker.js', import.meta.url);
/** A fit that takes longer is given up, ms: it takes a minute for thousands of incidents. */
const patience = 1_800_000;

/** A fitter whose thread lives as long as one fit; `entry` is the module of the thread. */
export function createOutlookFitter(entry: URL = beside): OutlookFitter {
  let running: Worker | undefined;
  return {
    fit: job =>
      new Promise((resolve, reject) => {
        const worker = new Worker(entry, { workerData: job });
        running = worker;
        const timer = setTimeout(() => void worker.terminate(), patience);
        timer.unref();
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', code => {
          clearTimeout(timer);
          running = undefined;
          reject(new Error(`the thread that learns the odds of incidents ended with ${code}`));
        });
      }),
    async close() {
      await running?.terminate();
    },
  };
}
