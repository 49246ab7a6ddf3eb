import { parentPort } from 'node:worker_threads';
import type { FittedDetector } from '../core/detector.ts';
import { windowOver } from '../core/window.ts';
import { detectorFromBytes } from '../detectors/scoring.ts';
import type { ScoringChunk, ScoringWord } from './scoring-pool.ts';

const port = parentPort;
if (port === null) throw new Error('scoring-worker.ts is a worker thread: it is started by scoring-pool.ts');
const models = new Map<string, readonly FittedDetector[]>();

function score({ name, model, window, out }: ScoringChunk): void {
  if (model !== undefined)
    models.set(
      name,
      model.map(each => detectorFromBytes(each.name, each.bytes)),
    );
  const rows = windowOver(window);
  models.get(name)?.forEach((fitted, i) => {
    fitted.score(rows, out[i]!);
  });
}

port.on('message', (chunk: ScoringChunk) => {
  let word: ScoringWord = { kind: 'scored' };
  try {
    score(chunk);
  } catch (error) {
    word = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(word);
});
