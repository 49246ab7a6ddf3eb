import { parentPort } from 'node:worker_threads';
import { forecastCapacity } from './capacity-forecast.ts';
import type { CapacityBatch, CapacityWord } from './capacity-pool.ts';

const port = parentPort;
if (port === null)
  throw new Error('capacity-worker.ts is a worker thread: it is started by capacity-pool.ts');

port.on('message', ({ tasks, how }: CapacityBatch) => {
  let word: CapacityWord;
  try {
    word = { kind: 'made', forecasts: tasks.map(task => forecastCapacity(task, how)) };
  } catch (error) {
    word = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(word);
});
