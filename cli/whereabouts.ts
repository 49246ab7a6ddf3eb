import type { Entity } from '../core/batch.ts';
import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import type { SeriesSource } from '../core/series.ts';

/** The scrape targets as Prometheus' `up` shows them: those of now with their value, and all of the last hour. */
export interface Targets {
  readonly now: readonly { readonly labels: Labels; readonly up: boolean }[];
  readonly before: readonly Labels[];
}

/**
 * What the targets tell of an entity: `up` or `down` = one of its targets is scraped or failing; `left` = it had targets, now
 * it has none, and its neighbours still do; `unknown` = it has no labels of a target, or more went than itself.
 */
export interface Whereabouts {
  readonly kind: 'up' | 'down' | 'left' | 'unknown';
  readonly reason: string;
}

const hour = '1h';
const unknown: Whereabouts = { kind: 'unknown', reason: '' };

/** Asks who is scraped at `t` (ms). A target is one for two scrape intervals after its last scrape. */
export async function readTargets(
  source: SeriesSource,
  at: { readonly t: number; readonly scrapeInterval: number; readonly signal?: AbortSignal },
): Promise<Targets> {
  const { t, scrapeInterval, signal } = at;
  const ask = (query: string) =>
    source.queryRange({ query, start: t, end: t, step: 1000, ...(signal === undefined ? {} : { signal }) });
  const [now, before] = await Promise.all([
    ask(`last_over_time(up[${formatDuration(2 * scrapeInterval)}])`),
    ask(`max_over_time(up[${hour}])`),
  ]);
  return {
    now: now.series.map(({ labels, v }) => ({ labels, up: v[0] === 1 })),
    before: before.series.map(({ labels }) => labels),
  };
}

interface Index {
  readonly shared: readonly string[];
  readonly now: ReadonlyMap<string, Targets['now']>;
  readonly before: ReadonlyMap<string, readonly Labels[]>;
}

function groupBy<T>(all: readonly T[], keyFor: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyFor(one));
    if (group === undefined) groups.set(keyFor(one), [one]);
    else group.push(one);
  }
  return groups;
}

const keyOf = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map(name => labels[name] ?? null));

const jobOf = ({ job = '' }: Labels): string => job;

/** The targets by the labels that they share with an entity. */
function indexOf({ now, before }: Targets, entity: Entity): Index {
  const shared = Object.keys(entity).filter(name => before.some(labels => labels[name] !== undefined));
  return {
    shared,
    now: groupBy(now, ({ labels }) => keyOf(labels, shared)),
    before: groupBy(before, labels => keyOf(labels, shared)),
  };
}

/** Where the entities of one class are, by the labels that they share with targets. */
export function createWhereabouts(targets: Targets): (entity: Entity) => Whereabouts {
  let index: Index | undefined;
  const inJob = groupBy(targets.now, ({ labels }) => jobOf(labels));
  const wasInJob = groupBy(targets.before, jobOf);
  return entity => {
    index ??= indexOf(targets, entity);
    if (index.shared.length === 0) return unknown;
    const key = keyOf(entity, index.shared);
    const current = index.now.get(key) ?? [];
    if (current.some(({ up }) => up)) return { kind: 'up', reason: 'its target is scraped' };
    if (current.length > 0) return { kind: 'down', reason: 'its target is down' };
    const lost = index.before.get(key) ?? [];
    const jobs = [...new Set(lost.map(jobOf))];
    const others = jobs.reduce((sum, job) => sum + (inJob.get(job)?.length ?? 0), 0);
    const had = jobs.reduce((sum, job) => sum + (wasInJob.get(job)?.length ?? 0), 0);
    const only = lost.length === 1 && had === 1 && targets.now.length > 0;
    if (lost.length === 0 || (others === 0 && !only)) return unknown;
    const stay = others === 1 ? '1 other is' : `${others} others are`;
    const rest = others === 0 ? 'it was the only target of' : `${stay} still scraped in`;
    return { kind: 'left', reason: `its target left service discovery; ${rest} job ${jobs.join(', ')}` };
  };
}
