import { isDeepStrictEqual } from 'node:util';
import type { Labels } from '../core/labels.ts';
import type { SeriesSet } from '../core/series.ts';
import type { Store } from '../core/store.ts';
import type { Change } from '../core/topology.ts';
import { changeQueries } from './change-queries.ts';
import { ChangeStates } from './change-states.ts';
import { Errand } from './errand.ts';
import type { NamedSource } from './sources.ts';

/** Changes as metrics show them, asked for beside the passes, so that no pass waits for it. */
export interface ChangeWatch {
  /** What has come since the last call; asks anew when it is time, for all steps since the last answer. */
  at(t: number): readonly Change[];
}

export interface ChangeWatchOptions {
  readonly store: Store;
  readonly step: number;
  readonly signal: AbortSignal;
  /** Told of what cannot be read: once, until it changes or goes away. */
  readonly warn: (message: string) => void;
}

/** A place that is asked, and the labels of all that is watched there. */
export interface ChangeSource extends NamedSource {
  readonly labels: Labels;
}

/** After a time without answers it is asked so far back, ms. */
const farthest = 3_600_000;

/** One source, and the states that it told. */
class Asked {
  readonly #source: ChangeSource;
  readonly #options: ChangeWatchOptions;
  readonly #errand = new Errand<readonly PromiseSettledResult<SeriesSet>[]>(Date.now);
  readonly #states: readonly ChangeStates[];
  #askedAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #failure = '';

  constructor(source: ChangeSource, options: ChangeWatchOptions) {
    this.#source = source;
    this.#options = options;
    const table = options.store.values('change-states');
    this.#states = changeQueries.map(query => new ChangeStates(query, table, source.name));
  }

  take(): readonly Change[] {
    const outcome = this.#errand.take();
    if (outcome?.ok !== true) return [];
    const answers = outcome.value;
    this.#say(answers);
    if (answers.every(({ status }) => status === 'fulfilled')) this.#answeredAt = this.#askedAt;
    const byQuery = this.#options.store.transaction(() =>
      this.#states.map((states, k) => {
        const answer = answers[k]!;
        return answer.status === 'fulfilled' ? states.learn(answer.value.series, this.#askedAt) : [];
      }),
    );
    const { labels } = this.#source;
    return withoutScaling(byQuery).map(change => ({ ...change, entity: { ...change.entity, ...labels } }));
  }

  ask(t: number): void {
    const { step, signal } = this.#options;
    // Every other pass: a change is to be known before what it did is told.
    if (this.#errand.open || t - this.#askedAt < 2 * step) return;
    this.#askedAt = t;
    const start = Number.isFinite(this.#answeredAt) ? Math.max(this.#answeredAt + step, t - farthest) : t;
    const asked = changeQueries.map(({ via }) => ({ query: via, start, end: t, step, signal }));
    void this.#errand.begin(() =>
      Promise.allSettled(asked.map(range => this.#source.source.queryRange(range))),
    );
  }

  #say(answers: readonly PromiseSettledResult<SeriesSet>[]): void {
    const failed = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason] : []));
    const words = failed.map(reason => (reason instanceof Error ? reason.message : String(reason)));
    const failure = [...new Set(words)].join('; ');
    if (failure !== '' && failure !== this.#failure)
      this.#options.warn(`changes of ${this.#source.name}: ${failure}`);
    this.#failure = failure;
  }
}

/** Other replicas are another generation, too: that is told once, as scaling. */
export function withoutScaling(byQuery: readonly (readonly Change[])[]): readonly Change[] {
  const scaled = byQuery.flat().filter(({ kind }) => kind === 'scaling');
  const isScaling = ({ t, entity }: Change) =>
    scaled.some(other => other.t === t && isDeepStrictEqual(other.entity, entity));
  return byQuery.flatMap((changes, k) =>
    changeQueries[k]!.name === 'generation' ? changes.filter(change => !isScaling(change)) : changes,
  );
}

/** A watch over the metrics of these sources that goes on with the states in the store. */
export function createChangeWatch(
  sources: readonly ChangeSource[],
  options: ChangeWatchOptions,
): ChangeWatch {
  const asked = sources.map(source => new Asked(source, options));
  return {
    at(t) {
      const changes = asked.flatMap(one => one.take());
      for (const one of asked) one.ask(t);
      return changes;
    },
  };
}
