import { parentPort } from 'node:worker_threads';
import { incidentOddsOptions, learnIncidentOdds } from '../forecasters/incident-odds.ts';
import { liveSignals } from './odds-pasts.ts';
import type { OddsLesson, OddsWord } from './odds-thread.ts';

const port = parentPort;
if (port === null) throw new Error('odds-worker.ts is a worker thread: it is started by odds-thread.ts');

port.on('message', ({ pasts, until }: OddsLesson) => {
  let word: OddsWord;
  try {
    const settings = { ...incidentOddsOptions.parse({}), until, signals: liveSignals };
    word = { kind: 'learned', model: learnIncidentOdds(pasts, settings) };
  } catch (error) {
    word = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(word);
});
