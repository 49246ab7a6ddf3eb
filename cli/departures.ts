import type { Batch, Entity } from '../core/batch.ts';
import { fingerprint } from '../core/labels.ts';
import type { SeriesSource } from '../core/series.ts';
import type { ClassWatch } from './class-watch.ts';
import { createWhereabouts, readTargets, type Whereabouts } from './whereabouts.ts';

/**
 * Tells what is gone from what is absent, before a batch is judged. Gone, and no page: its target left service discovery, or
 * a rollout put others in its place. Absent: its target is down, or neither can be told.
 */
export interface Departures {
  /** Asks only where an entity of the batch loses signals or is gone; a source that fails tells nothing. */
  settle(
    watch: ClassWatch,
    batch: Batch,
    how: { readonly source: SeriesSource; readonly signal?: AbortSignal },
  ): Promise<void>;
}

/** An entity that came within so long (ms) may have taken another's place. */
const rolloutFor = 900_000;

interface Arrival {
  readonly entity: Entity;
  readonly t: number;
}

/** Who came to a class, and when; those of its first batch were there before. */
class Arrivals {
  #entities: readonly Entity[] | undefined;
  #keys: ReadonlySet<string> = new Set();
  #recent: readonly Arrival[] = [];

  see({ entities, t }: Batch): readonly Arrival[] {
    this.#recent = this.#recent.filter(each => t - each.t <= rolloutFor);
    if (entities === this.#entities) return this.#recent;
    const fresh = entities.filter(entity => !this.#keys.has(fingerprint(entity)));
    if (this.#entities !== undefined)
      this.#recent = [...this.#recent, ...fresh.map(entity => ({ entity, t }))];
    this.#keys = new Set(entities.map(fingerprint));
    this.#entities = entities;
    return this.#recent;
  }
}

/** Equal but for one label: both may be replicas of one thing. */
function isSibling(a: Entity, b: Entity): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter(name => a[name] !== b[name]).length === 1;
}

/** The reason when as many siblings came as went, or at least half of them; undefined when fewer did. */
export function rolloutReason(
  entity: Entity,
  went: readonly Entity[],
  came: readonly Entity[],
): string | undefined {
  const siblings = came.filter(each => isSibling(each, entity)).length;
  const lost = 1 + went.filter(each => isSibling(each, entity) && !came.includes(each)).length;
  if (siblings === 0 || 2 * siblings < lost) return undefined;
  return `replaced by a rollout: ${siblings} like it came as ${lost} went`;
}

const isEmpty = ({ values }: Batch): boolean => values.every(value => Number.isNaN(value));

/** `scrapeInterval` is that of the source, ms; a class may have another one. */
export function createDepartures(scrapeInterval: number): Departures {
  const arrivals = new Map<ClassWatch, Arrivals>();
  const cameTo = (watch: ClassWatch, batch: Batch): readonly Entity[] => {
    const known = arrivals.get(watch) ?? new Arrivals();
    arrivals.set(watch, known);
    return known.see(batch).map(each => each.entity);
  };
  const decide = (
    entity: Entity,
    { kind, reason }: Whereabouts,
    { went, came }: { readonly went: readonly Entity[]; readonly came: readonly Entity[] },
  ): string | undefined => {
    if (kind === 'left') return reason;
    return kind === 'unknown' ? rolloutReason(entity, went, came) : undefined;
  };
  return {
    async settle(watch, batch, { source, signal }) {
      const came = cameTo(watch, batch);
      const dark = isEmpty(batch);
      const doubt = dark ? watch.entities : watch.inDoubt(batch);
      if (!watch.fitted || doubt.length === 0) return;
      const interval = watch.watch.interval ?? scrapeInterval;
      const at = { t: batch.t, scrapeInterval: interval, ...(signal === undefined ? {} : { signal }) };
      const targets = await readTargets(source, at).catch(() => undefined);
      signal?.throwIfAborted();
      if (targets === undefined) return;
      const whereabouts = createWhereabouts(targets);
      const found = doubt.map(entity => ({ entity, where: whereabouts(entity) }));
      if (dark && found.some(({ where }) => where.kind === 'down')) watch.holes.trust(batch);
      for (const { entity, where } of found)
        watch.depart(entity, decide(entity, where, { went: doubt, came }));
    },
  };
}
