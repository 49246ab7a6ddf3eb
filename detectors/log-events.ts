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

interface EventStep {
  readonly counts: Map<string, { readonly labels: Labels; count: number }>;
  readonly users: Set<string>;
  readonly failingUsers: Set<string>;
  readonly sources: Set<string>;
}

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
    const key = `${outcome} ${named}`;
    const count = step.counts.get(key) ?? { labels: { action: named, outcome }, count: 0 };
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
}

function stepOf({ open }: EventEntity, end: number): EventStep {
  const step = open.get(end) ?? {
    counts: new Map(),
    users: new Set<string>(),
    failingUsers: new Set<string>(),
    sources: new Set<string>(),
  };
  open.set(end, step);
  return step;
}

function note(seen: Set<string>, value: string | undefined): void {
  if (value !== undefined && seen.size < mostDistinct) seen.add(value);
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
