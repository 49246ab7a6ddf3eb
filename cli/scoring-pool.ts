import { Worker } from 'node:worker_threads';
import type { WindowState } from '../core/window.ts';
import type { Member } from '../detectors/class-parts.ts';
import type { Scoring } from '../detectors/scoring.ts';

/** Rows that a thread scores before it is free for another class: a large class never keeps the threads from the others. */
const chunk = 128;

/** A chunk of work as a thread takes it; window and answers lie in shared memory. */
export interface ScoringChunk {
  /** Of the same name the model that was sent last is used. */
  readonly name: string;
  /** Fitted detectors as bytes, where the thread does not have them yet. */
  readonly model?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly window: WindowState;
  readonly out: readonly Float64Array[];
}

export type ScoringWord = { readonly kind: 'scored' } | { readonly kind: 'failed'; readonly message: string };

/** Scores batches in threads. */
export interface ScoringPool {
  /** Writes the scores of all rows of a class; rejects when a thread dies of it or the pool is closed. */
  score(name: string, scoring: Scoring): Promise<void>;
  close(): Promise<void>;
}

interface Task {
  readonly name: string;
  readonly scoring: Scoring;
  next: number;
  /** Chunks that are in threads. */
  flying: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Which model it has of each class. */
  readonly models: Map<string, readonly Member[]>;
  task: Task | undefined;
}

const beside = new URL('./scoring-worker.js', import.meta.url);

function chunkOf({ name, scoring, next }: Task, known: boolean): ScoringChunk {
  const { members, window, out } = scoring;
  const rows = Math.min(chunk, window.rows - next);
  return {
    name,
    ...(known
      ? {}
      : { model: members.map(member => ({ name: member.name, bytes: member.fitted.toBytes() })) }),
    window: rowsOf(window, next, rows),
    out: out.map(scores => scores.subarray(next, next + rows)),
  };
}

/** The window of `rows` rows from `from` on, over the same numbers. */
function rowsOf(window: WindowState, from: number, rows: number): WindowState {
  const { width, length, data, levels } = window;
  const of = (level: Float32Array) => level.subarray(from * width, (from + rows) * width);
  return {
    ...window,
    rows,
    data: data.subarray(from * length * width, (from + rows) * length * width),
    levels: { short: of(levels.short), long: of(levels.long), day: of(levels.day) },
  };
}

/**
 * Threads among which the rows of large classes are spread, a chunk at a time, class by class in turn: a slow class takes
 * longer itself, the others do not. The scores are those of scoring in place, to the last bit.
 */
export function createScoringPool(threads: number, entry = beside): ScoringPool {
  const tasks: Task[] = [];
  const all = new Set<Thread>();
  let closed = false;

  const give = (thread: Thread): void => {
    thread.task = undefined;
    const task = tasks.shift();
    if (task === undefined) return;
    const { name, scoring } = task;
    const known = thread.models.get(name) === scoring.members;
    thread.models.set(name, scoring.members);
    thread.task = task;
    thread.worker.postMessage(chunkOf(task, known));
    task.next += chunk;
    task.flying++;
    if (task.next < scoring.window.rows) tasks.push(task);
  };
  const fail = (task: Task, error: Error): void => {
    const at = tasks.indexOf(task);
    if (at >= 0) tasks.splice(at, 1);
    task.reject(error);
  };
  const hear = (thread: Thread, word: ScoringWord): void => {
    const { task } = thread;
    if (task !== undefined) {
      task.flying--;
      if (word.kind === 'failed') fail(task, new Error(word.message));
      else if (task.flying === 0 && task.next >= task.scoring.window.rows) task.resolve();
    }
    give(thread);
  };
  const lose = (thread: Thread, error: Error): void => {
    if (!all.delete(thread)) return;
    if (thread.task !== undefined) fail(thread.task, error);
    if (!closed && tasks.length > 0) start();
  };
  const start = (): void => {
    const thread: Thread = { worker: new Worker(entry), models: new Map(), task: undefined };
    all.add(thread);
    thread.worker.on('message', (word: ScoringWord) => hear(thread, word));
    thread.worker.on('error', error => lose(thread, error));
    thread.worker.on('exit', code => lose(thread, new Error(`the scoring thread ended with ${code}`)));
    thread.worker.unref();
    give(thread);
  };

  return {
    score: (name, scoring) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error('the scoring threads have ended'));
          return;
        }
        tasks.push({ name, scoring, next: 0, flying: 0, resolve, reject });
        for (const thread of all) if (thread.task === undefined) give(thread);
        while (all.size < threads && tasks.length > 0) start();
      }),
    async close() {
      closed = true;
      for (const task of tasks.splice(0)) task.reject(new Error('the scoring threads have ended'));
      await Promise.all([...all].map(thread => thread.worker.terminate()));
    },
  };
}
