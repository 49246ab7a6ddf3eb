import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { joinSignal } from '../core/joined-signal.ts';
import { SourceError } from '../core/series.ts';

/** Something to be brought to one place; of two with the same key only the newer one is done. */
export interface Job {
  readonly key: string;
  /** Goes before those that are not. */
  readonly urgent: boolean;
  /** Not before this time, ms. */
  readonly notBefore: number;
  /** May be done twice. Rejects with a retryable SourceError when doing it again may help. */
  run(signal: AbortSignal): Promise<void>;
}

/** `failing` and `recovered` once each, `retry` for each further failure, `dropped` for a job that can never be done. */
export interface LaneEvent {
  readonly kind: 'failing' | 'retry' | 'recovered' | 'dropped';
  readonly message: string;
}

/** `clock` in ms, `random` in [0, 1). */
export interface JobLaneOptions {
  readonly clock: () => number;
  readonly random: () => number;
  readonly observe: (event: LaneEvent) => void;
}

const longestBackoff = 300_000;
const longestSleep = 60_000;

/** Jobs for one place, one at a time, with a growing wait after each failure. Nobody waits for it but its own `run`. */
export class JobLane {
  readonly #options: JobLaneOptions;
  readonly #jobs = new Map<string, Job>();
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #wake = (): void => undefined;

  constructor(options: JobLaneOptions) {
    this.#options = options;
  }

  put(job: Job): void {
    this.#jobs.set(job.key, job);
    this.#wake();
  }

  /** Does what is there and what comes, until the signal aborts; what is under way then is ended by it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const job = this.#due();
      if (job === undefined) await this.#rest(signal);
      else await this.#attempt(job, signal);
      // Jobs may be all computing and no waiting: passes go first.
      await pause();
    }
  }

  #due(): Job | undefined {
    const now = this.#options.clock();
    if (now < this.#notBefore) return undefined;
    const due = [...this.#jobs.values()].filter(job => job.notBefore <= now);
    return due.find(job => job.urgent) ?? due[0];
  }

  async #rest(signal: AbortSignal): Promise<void> {
    const next = Math.min(...[...this.#jobs.values()].map(job => job.notBefore));
    const wait = Math.max(next, this.#notBefore) - this.#options.clock();
    const stop = joinSignal(signal);
    this.#wake = stop.abort;
    const ms = Math.min(longestSleep, Math.max(1, wait));
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    this.#wake = () => undefined;
    stop.letGo();
  }

  async #attempt(job: Job, signal: AbortSignal): Promise<void> {
    const { observe } = this.#options;
    this.#jobs.delete(job.key);
    try {
      await job.run(signal);
      if (this.#failures > 0) observe({ kind: 'recovered', message: '' });
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      if (!(error instanceof SourceError) || !error.retryable) return observe({ kind: 'dropped', message });
      if (!this.#jobs.has(job.key)) this.#jobs.set(job.key, job);
      this.#backOff(message);
    }
  }

  #backOff(message: string): void {
    const { clock, random, observe } = this.#options;
    observe({ kind: this.#failures === 0 ? 'failing' : 'retry', message });
    this.#notBefore = clock() + Math.min(longestBackoff, 1000 * 2 ** this.#failures) * (0.5 + random() / 2);
    this.#failures = Math.min(this.#failures + 1, 20);
  }
}
