import { Worker } from 'node:worker_threads';
import type { ReportMaker } from './report-making.ts';
import type { ReportWanted, ReportWord } from './report-worker.ts';

const beside = new URL('./report-worker.js', import.meta.url);

/** Makes a report in a thread that lives as long as that takes: passes go on meanwhile. */
export const makeInThread: ReportMaker = (inputs, formats) =>
  new Promise((resolve, reject) => {
    const thread = new Worker(beside);
    const end = (act: () => void) => {
      thread.removeAllListeners();
      void thread.terminate();
      act();
    };
    thread.on('error', error => end(() => reject(error)));
    thread.on('exit', code => end(() => reject(new Error(`the thread of the report ended with ${code}`))));
    thread.on('message', (word: ReportWord) =>
      end(() => (word.kind === 'made' ? resolve(word.made) : reject(new Error(word.message)))),
    );
    thread.postMessage({ inputs, formats } satisfies ReportWanted);
  });
