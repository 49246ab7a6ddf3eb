import { z } from 'zod';
import type { IndicatorType } from '../core/indicator.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Sample } from './log-signals.ts';
import { StepClock } from './log-step-clock.ts';

/** A line that names an indicator, as it is counted. */
export interface CountedMatch {
  /** Time of the line, ms. */
  readonly t: number;
  /** Whose line it is. */
  readonly entity: Labels;
  readonly feed: string;
  readonly type: IndicatorType;
}

/** Series that are counted at most: matches of more services are counted as those of none. */
const mostSeries = 2000;
const metric = 'foreshock_threat_matches';

const countSchema = z.strictObject({
  labels: z.record(z.string(), z.string()),
  end: z.number(),
  count: z.number(),
});
const stateSchema = z.strictObject({
  since: z.number().nullable(),
  closed: z.number().nullable(),
  open: z.array(countSchema),
});
/** Open steps, to be stored with the position of the lines. */
export type MatchState = z.output<typeof stateSchema>;

/** Counts lines of one source of logs that name indicators, by feed, type and whose they are, in steps as `LogSignals` has them. */
export class MatchSignals {
  readonly #clock: StepClock;
  readonly #open = new Map<string, z.output<typeof countSchema>>();
  readonly #seen = new Set<string>();

  constructor(step: number) {
    this.#clock = new StepClock(step);
  }

  add({ t, entity, feed, type }: CountedMatch): void {
    const told = { ...entity, feed, type, __name__: metric };
    const name = fingerprint(told);
    const isKnown = this.#seen.has(name) || this.#seen.size < mostSeries;
    if (isKnown) this.#seen.add(name);
    const labels = isKnown ? told : { feed, type, __name__: metric };
    const end = this.#clock.endOf(t);
    const key = `${end} ${isKnown ? name : fingerprint(labels)}`;
    const count = this.#open.get(key) ?? { labels, end, count: 0 };
    count.count++;
    this.#open.set(key, count);
  }

  /** Closes every step that ends at or before `until` (ms). Samples in order of time; none means 0. */
  close(until: number): Sample[] {
    const samples: Sample[] = [];
    const firstOpen = () =>
      [...this.#open.values()].reduce((first, { end }) => Math.min(first, end), Number.POSITIVE_INFINITY);
    this.#clock.closeUntil(until, firstOpen, closed => {
      for (const [key, { labels, end, count }] of this.#open) {
        if (end !== closed) continue;
        samples.push({ labels, t: end, v: count });
        this.#open.delete(key);
      }
    });
    return samples;
  }

  state(): MatchState {
    const known = (t: number) => (Number.isFinite(t) ? t : null);
    return {
      since: known(this.#clock.since),
      closed: known(this.#clock.closed),
      open: [...this.#open.values()],
    };
  }

  /** Goes on with what was stored; nothing was where it was made by a version without feeds. Throws a RangeError. */
  restore(stored: unknown): void {
    if (stored === undefined) return;
    const parsed = stateSchema.safeParse(stored);
    if (!parsed.success) throw new RangeError('the stored matches cannot be read', { cause: parsed.error });
    this.#clock.since = parsed.data.since ?? Number.NaN;
    this.#clock.closed = parsed.data.closed ?? Number.NEGATIVE_INFINITY;
    for (const count of parsed.data.open) this.#open.set(`${count.end} ${fingerprint(count.labels)}`, count);
  }
}
