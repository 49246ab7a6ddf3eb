import { Worker } from 'node:worker_threads';
import { SourceError } from '../core/series.ts';
import type { TrainedClass, Trainer, TrainingJob, UntrainedClass } from './class-training.ts';
import type { Loaded } from './load.ts';

/** What a training worker says of the job that it was given. */
export type TrainingWord =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'queries'; readonly source: string; readonly outcome: string; readonly count: number }
  | { readonly kind: 'done'; readonly trained: TrainedClass | UntrainedClass | undefined }
  | { readonly kind: 'failed'; readonly message: string; readonly retryable: boolean | undefined };

/** What a training thread is given at its start: the config, and how many there may be for the source. */
export interface TrainingThreadData {
  readonly loaded: Loaded;
  readonly threads: number;
}

export interface PoolOptions {
  /** How many threads there may be; 1 unless given. */
  readonly threads?: number;
  /** Told of queries that a worker made. */
  readonly queries?: (source: string, outcome: string, count: number) => void;
  /** The module of the threads; the one beside this one when not given. */
  readonly entry?: URL;
}

interface Job {
  readonly wanted: TrainingJob;
  readonly progress: (share: number) => void;
  readonly resolve: (trained: TrainedClass | UntrainedClass | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** One thread of a pool, there while jobs follow each other. */
interface Thread {
  readonly busy: boolean;
  run(job: Job): void;
  close(): Promise<void>;
}

const beside = new URL('./training-worker.js', import.meta.url);
const idleFor = 60_000;
/** Of a machine's cores one is left to the passes; more threads than this ask the sources too much at once. */
const mostThreads = 4;

/** How many threads train at once on a machine of so many cores, shared by so many sources. */
export function trainingThreads(cores: number, sources: number): number {
  return Math.max(1, Math.floor(Math.min(cores - 1, mostThreads) / Math.max(1, sources)));
}

function failure({ message, retryable }: TrainingWord & { readonly kind: 'failed' }): Error {
  return retryable === undefined ? new Error(message) : new SourceError(message, { retryable });
}

/** A thread that is started by its first job, and ends with its memory when none has come for a minute, or when it dies. */
function createThread(loaded: Loaded, options: PoolOptions, freed: () => void): Thread {
  let worker: Worker | undefined;
  let job: Job | undefined;
  let idle: NodeJS.Timeout | undefined;
  const finish = (): Job | undefined => {
    const ended = job;
    job = undefined;
    idle = setTimeout(() => void close(), idleFor);
    idle.unref();
    queueMicrotask(freed);
    return ended;
  };
  const hear = (word: TrainingWord): void => {
    if (word.kind === 'progress') job?.progress(word.share);
    if (word.kind === 'queries') options.queries?.(word.source, word.outcome, word.count);
    if (word.kind === 'done') finish()?.resolve(word.trained);
    if (word.kind === 'failed') finish()?.reject(failure(word));
  };
  const started = (): Worker => {
    if (worker !== undefined) return worker;
    const next = new Worker(options.entry ?? beside, {
      workerData: { loaded, threads: options.threads ?? 1 } satisfies TrainingThreadData,
    });
    const died = (error: Error): void => {
      if (worker !== next) return;
      worker = undefined;
      if (job !== undefined) finish()?.reject(error);
    };
    next.on('message', word => {
      if (worker === next) hear(word);
    });
    next.on('error', died);
    next.on('exit', code => died(new Error(`the training thread ended with ${code}`)));
    worker = next;
    return next;
  };
  const close = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    if (job !== undefined) finish()?.reject(new Error('the training thread was ended'));
    clearTimeout(idle);
    await ended?.terminate();
  };
  return {
    get busy() {
      return job !== undefined;
    },
    run(next) {
      clearTimeout(idle);
      job = next;
      started().postMessage(next.wanted);
    },
    close,
  };
}

/**
 * A trainer in threads of its own, which read the sources themselves: passes go on while it fits. Jobs wait until a thread is
 * free, in order. A thread that dies takes its own job with it and no other; the next job gets a new one.
 */
export function createTrainingPool(loaded: Loaded, options: PoolOptions = {}): Trainer {
  const { threads: atOnce = 1 } = options;
  const waiting: Job[] = [];
  let closed = false;
  const next = (): void => {
    for (const thread of threads) {
      if (closed || thread.busy) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      thread.run(job);
    }
  };
  const threads = Array.from({ length: atOnce }, () => createThread(loaded, options, next));
  return {
    atOnce,
    train: (wanted, progress) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error('the training threads have ended'));
          return;
        }
        waiting.push({ wanted, progress, resolve, reject });
        next();
      }),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the training threads have ended'));
      await Promise.all(threads.map(thread => thread.close()));
    },
  };
}
