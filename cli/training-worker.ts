import { parentPort, workerData } from 'node:worker_threads';
import { SourceError } from '../core/series.ts';
import { createMetrics } from '../server/metrics.ts';
import { type TrainingJob, trainClass } from './class-training.ts';
import { createSources } from './sources.ts';
import type { TrainingThreadData, TrainingWord } from './worker.ts';

const port = parentPort;
if (port === null) throw new Error('training-worker.ts is a worker thread: it is started by worker.ts');
const { loaded, threads }: TrainingThreadData = workerData;
const { config } = loaded;
const metrics = createMetrics();
// The passes ask at the same time: half of the queries that a source may be asked at once are theirs. The threads share the rest.
const prometheus = config.prometheus.map(options => {
  const flying = options.queries_in_flight ?? config.limits.queries_in_flight;
  return { ...options, queries_in_flight: Math.max(1, Math.floor(flying / 2 / threads)) };
});
const sources = createSources({ ...config, prometheus }, metrics);
const say = (word: TrainingWord, handedOver: ArrayBuffer[] = []): void => port.postMessage(word, handedOver);

async function tellQueries(): Promise<void> {
  const { values } = await metrics.sourceQueries.get();
  metrics.sourceQueries.reset();
  for (const { labels, value } of values)
    say({ kind: 'queries', source: `${labels.source}`, outcome: `${labels.outcome}`, count: value });
}

async function run(job: TrainingJob): Promise<void> {
  let told = 0;
  const progress = (share: number) => {
    if (share < told + 0.01) return;
    told = share;
    say({ kind: 'progress', share });
  };
  try {
    const trained = await trainClass(loaded, job, { sources, progress });
    await tellQueries();
    // Megabytes of a large class change hands, they are not copied.
    const made = trained !== undefined && 'snapshot' in trained ? trained.snapshot.bytes.buffer : undefined;
    say({ kind: 'done', trained }, made instanceof ArrayBuffer ? [made] : []);
  } catch (error) {
    await tellQueries();
    const message = error instanceof Error ? error.message : String(error);
    say({ kind: 'failed', message, retryable: error instanceof SourceError ? error.retryable : undefined });
  }
}

port.on('message', (job: TrainingJob) => void run(job));
