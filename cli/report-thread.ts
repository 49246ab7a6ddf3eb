import { Worker } from 'node:worker_threads';
import type { ReportMaker } from './report-making.ts';
import type { ReportWanted, ReportWord } from './report-worker.ts';

const beside = new URL('./report-worker.js', import.meta.url);

/** Makes reports, each in a thread that lives as long as that takes: passes go on meanwhile. */
export function createReportThread(entry = beside): ReportMaker {
  return async (inputs, formats, signal) => {
    signal.throwIfAborted();
    const thread = new Worker(entry);
    const stopped = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const { signal: once } = stopped;
        signal.addEventListener('abort', () => reject(signal.reason), { signal: once });
        thread.once('error', reject);
        thread.once('exit', code => reject(new Error(`the thread of the report ended with ${code}`)));
        thread.once('message', (word: ReportWord) =>
          word.kind === 'made' ? resolve(word.made) : reject(new Error(word.message)),
        );
        thread.postMessage({ inputs, formats } satisfies ReportWanted);
      });
    } finally {
      stopped.abort();
      await thread.terminate();
    }
  };
}
