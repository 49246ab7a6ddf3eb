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

export interface WorkerOptions {
  /** Told of queries that the worker made. */
  readonly queries?: (source: string, outcome: string, count: number) => void;
  /** The module of the thread; the one beside this one when not given. */
  readonly entry?: URL;
}

interface Job {
  readonly progress: (share: number) => void;
  readonly resolve: (trained: TrainedClass | UntrainedClass | undefined) => void;
  readonly reject: (error: Error) => void;
}

const beside = new URL('./training-worker.js', import.meta.url);

function failure({ message, retryable }: TrainingWord & { readonly kind: 'failed' }): Error {
  return retryable === undefined ? new Error(message) : new SourceError(message, { retryable });
}

/**
 * A trainer in a thread of its own, which reads the sources itself: passes go on while it fits. One job at a time; the
 * thread is there while jobs follow each other and ends with its memory when none has come for a minute.
 */
export function createTrainingWorker(loaded: Loaded, options: WorkerOptions = {}): Trainer {
  let worker: Worker | undefined;
  let job: Job | undefined;
  let idle: NodeJS.Timeout | undefined;
  const finish = (): Job | undefined => {
    const ended = job;
    job = undefined;
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
    const next = new Worker(options.entry ?? beside, { workerData: loaded });
    next.on('message', hear);
    next.on('error', error => finish()?.reject(error));
    next.on('exit', code => {
      if (worker === next) worker = undefined;
      finish()?.reject(new Error(`the training thread ended with ${code}`));
    });
    worker = next;
    return next;
  };
  const close = async (): Promise<void> => {
    clearTimeout(idle);
    await worker?.terminate();
  };
  return {
    train(wanted: TrainingJob, progress) {
      if (job !== undefined) return Promise.reject(new RangeError('a class is being trained already'));
      clearTimeout(idle);
      return new Promise<TrainedClass | UntrainedClass | undefined>((resolve, reject) => {
        job = { progress, resolve, reject };
        started().postMessage(wanted);
      }).finally(() => {
        idle = setTimeout(() => void close(), 60_000);
        idle.unref();
      });
    },
    close,
  };
}
