import { z } from 'zod';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { LogEvent } from '../core/log-event.ts';
import type { Sample } from './log-signals.ts';
import { StepClock } from './log-step-clock.ts';

/** Actions of an entity with a series of their own, users and sources of a step that are told apart. */
const mostActions = 100;
const mostDistinct = 100_000;

export const eventSignalOptions = z.strictObject({
  step: z.int().min(1000).default(15_000).describe('Length of a step, ms; each closed step gives samples.'),
  entities: z
    .int()
    .min(1)
    .default(200)
    .describe('Topics and the like that are counted; events of more are refused.'),
});

/** An event as it is counted; `entity` holds the topic. */
export interface SignalEvent extends LogEvent {
  /** ms. */
  readonly t: number;
  readonly entity: Labels;
}

/** Users and sources as hashes: none of them is kept by name. */
interface EventStep {
  readonly counts: Map<string, { readonly labels: Labels; count: number }>;
  readonly users: Set<number>;
  readonly failingUsers: Set<number>;
  readonly sources: Set<number>;
}

const labelsSchema = z.record(z.string(), z.string());
const hashes = z.array(z.number());
const stepSchema = z.strictObject({
  end: z.number(),
  counts: z.array(z.strictObject({ labels: labelsSchema, count: z.number() })),
  users: hashes,
  failingUsers: hashes,
  sources: hashes,
});
const stateSchema = z.strictObject({
  since: z.number().nullable(),
  closed: z.number().nullable(),
  entities: z.array(
    z.strictObject({ labels: labelsSchema, actions: z.array(z.string()), open: z.array(stepSchema) }),
  ),
});
/** Open steps and what is known of entities, to be stored with the position of the events. */
export type EventSignalState = z.output<typeof stateSchema>;

interface EventEntity {
  readonly labels: Labels;
  readonly actions: Set<string>;
  readonly open: Map<number, EventStep>;
}

/**
 * Signals of security and audit events, on the time of the data and in steps as `LogSignals` has them: per topic how many by
 * action and outcome, and how many different users, users that fail, and sources. Users and sources are counted, never kept
 * beyond their step. Counts are sparse.
 */
export class EventSignals {
  readonly #clock: StepClock;
  readonly #most: number;
  readonly #entities = new Map<string, EventEntity>();
  #refused = 0;

  constructor(options: z.input<typeof eventSignalOptions> = {}) {
    const { step, entities } = eventSignalOptions.parse(options);
    this.#clock = new StepClock(step);
    this.#most = entities;
  }

  get counts(): { readonly late: number; readonly ahead: number; readonly refused: number } {
    const { late, ahead } = this.#clock;
    return { late, ahead, refused: this.#refused };
  }

  add({ t, entity: labels, action, outcome, user, source }: SignalEvent): void {
    const entity = this.#entityOf(labels);
    if (entity === undefined || !Number.isFinite(t)) {
      this.#refused++;
      return;
    }
    if (entity.actions.size < mostActions) entity.actions.add(action);
    const named = entity.actions.has(action) ? action : 'other';
    const step = stepOf(entity, this.#clock.endOf(t));
    const labelsOf = { action: named, outcome };
    const key = keyOf(labelsOf);
    const count = step.counts.get(key) ?? { labels: labelsOf, count: 0 };
    count.count++;
    step.counts.set(key, count);
    note(step.users, user);
    note(step.sources, source);
    if (outcome === 'failure' || outcome === 'denied') note(step.failingUsers, user);
  }

  #entityOf(labels: Labels): EventEntity | undefined {
    const name = fingerprint(labels);
    const known = this.#entities.get(name);
    if (known !== undefined || this.#entities.size >= this.#most) return known;
    const entity: EventEntity = { labels, actions: new Set(), open: new Map() };
    this.#entities.set(name, entity);
    return entity;
  }

  /** Closes every step that ends at or before `until` (ms): no event up to there is to come. Samples in order of time. */
  close(until: number): Sample[] {
    const samples: Sample[] = [];
    const firstOpen = () => {
      const ends = [...this.#entities.values()].flatMap(({ open }) => [...open.keys()]);
      return ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    };
    this.#clock.closeUntil(until, firstOpen, end => {
      for (const entity of this.#entities.values()) closeStep(entity, end, samples);
    });
    return samples;
  }

  /** To be stored with the position of the events, in one transaction. */
  state(): EventSignalState {
    const entities = [...this.#entities.values()].map(({ labels, actions, open }) => ({
      labels,
      actions: [...actions],
      open: [...open].map(([end, { counts, users, failingUsers, sources }]) => ({
        end,
        counts: [...counts.values()],
        users: [...users],
        failingUsers: [...failingUsers],
        sources: [...sources],
      })),
    }));
    const known = (t: number) => (Number.isFinite(t) ? t : null);
    return { since: known(this.#clock.since), closed: known(this.#clock.closed), entities };
  }

  /** Goes on with what was stored. Throws a RangeError when it cannot be read. */
  restore(stored: unknown): void {
    const parsed = stateSchema.safeParse(stored);
    if (!parsed.success)
      throw new RangeError('the stored event signals cannot be read', { cause: parsed.error });
    const { since, closed, entities } = parsed.data;
    this.#clock.since = since ?? Number.NaN;
    this.#clock.closed = closed ?? Number.NEGATIVE_INFINITY;
    for (const { labels, actions, open } of entities)
      this.#entities.set(fingerprint(labels), {
        labels,
        actions: new Set(actions),
        open: new Map(open.map(step => [step.end, openStep(step)])),
      });
  }
}

function openStep({ counts, users, failingUsers, sources }: z.output<typeof stepSchema>): EventStep {
  return {
    counts: new Map(counts.map(count => [keyOf(count.labels), count])),
    users: new Set(users),
    failingUsers: new Set(failingUsers),
    sources: new Set(sources),
  };
}

function keyOf({ action, outcome }: Labels): string {
  return `${outcome} ${action}`;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function stepOf({ open }: EventEntity, end: number): EventStep {
  const step = open.get(end) ?? {
    counts: new Map(),
    users: new Set<number>(),
    failingUsers: new Set<number>(),
    sources: new Set<number>(),
  };
  open.set(end, step);
  return step;
}

function note(seen: Set<number>, value: string | undefined): void {
  if (value !== undefined && seen.size < mostDistinct) seen.add(hashOf(value));
}

function closeStep(entity: EventEntity, end: number, samples: Sample[]): void {
  const step = entity.open.get(end);
  if (step === undefined) return;
  entity.open.delete(end);
  const put = (__name__: string, v: number, labels: Labels = {}) => {
    if (v > 0) samples.push({ labels: { ...entity.labels, ...labels, __name__ }, t: end, v });
  };
  for (const { labels, count } of step.counts.values()) put('foreshock_log_events', count, labels);
  put('foreshock_log_event_users', step.users.size);
  put('foreshock_log_event_failing_users', step.failingUsers.size);
  put('foreshock_log_event_sources', step.sources.size);
}
