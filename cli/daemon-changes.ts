import type { Config } from '../config/schema.ts';
import type { Store } from '../core/store.ts';
import type { Change } from '../core/topology.ts';
import { type ChangeBook, createChangeBook } from './change-book.ts';
import { createChangeWatch } from './change-watch.ts';
import type { Log } from './log.ts';
import { identitiesOf, type Sources } from './sources.ts';

/** What changed, by whatever way it is known: told to us, or seen in metrics. */
export interface Changes {
  readonly book: ChangeBook;
  /** What is new for the pass at `t` (ms). */
  take(t: number): readonly Change[];
}

/** The changes of a daemon; those of an earlier run are handed to its first pass. */
export function createChanges(
  config: Config,
  parts: {
    readonly store: Store;
    readonly sources: Sources;
    readonly log: Log;
    readonly signal: AbortSignal;
  },
): Changes {
  const { store, sources, log, signal } = parts;
  const book = createChangeBook(store, message => log.error(message));
  const metrics = config.prometheus.map(({ name }) => name);
  const labelsOf = new Map(identitiesOf(config).map(({ name, labels }) => [name, labels]));
  const asked = sources.all
    .filter(({ name }) => config.changes.metrics && metrics.includes(name))
    .map(({ name, source }) => ({ name, source, labels: labelsOf.get(name) ?? {} }));
  const { step } = config.global;
  const watch = createChangeWatch(asked, { store, step, signal, warn: message => log.warn(message) });
  return {
    book,
    take(t) {
      // What was learned and what came of it are kept together, so that a crash loses no change.
      store.transaction(() => book.put(watch.at(t)));
      return book.take(t);
    },
  };
}
