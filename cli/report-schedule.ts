import { Cron } from 'croner';
import { z } from 'zod';
import type { KeyValues } from '../core/store.ts';

/** When a report is due: cron's pattern in a time zone. Times in ms. */
export class ReportSchedule {
  readonly #cron: Cron;
  readonly #name: string;

  /** Throws for a pattern or a zone that cannot be read. */
  constructor(pattern: string, timeZone: string) {
    this.#cron = new Cron(pattern, { paused: true, mode: '5-part', timezone: timeZone });
    this.#name = `${pattern} ${timeZone}`;
  }

  /** The newest time at or before `now`; undefined where there was none. */
  last(now: number): number | undefined {
    // A run at the very time of the reference counts as a later one.
    return this.#cron.previousRuns(1, new Date(now + 1))[0]?.getTime();
  }

  next(now: number): number | undefined {
    return this.#cron.nextRun(new Date(now))?.getTime();
  }

  /** Tells one schedule from another one. */
  get name(): string {
    return this.#name;
  }
}

const keptSchema = z.object({ schedule: z.string(), at: z.number() });
const key = 'schedule';

/**
 * Which of the times of a schedule are done, kept over restarts. Those before the first start, and before a change of the
 * schedule, are nobody's; of several that were missed only the newest is due.
 */
export class DueReports {
  readonly #schedule: ReportSchedule;
  readonly #values: KeyValues;
  #doneAt: number;

  constructor(schedule: ReportSchedule, values: KeyValues, now: number) {
    this.#schedule = schedule;
    this.#values = values;
    const kept = this.#read();
    this.#doneAt = kept?.schedule === schedule.name ? Math.min(kept.at, now) : now;
    if (kept?.schedule !== schedule.name) this.done(now);
  }

  #read(): z.output<typeof keptSchema> | undefined {
    const bytes = this.#values.get(key);
    if (bytes === undefined) return undefined;
    try {
      return keptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return undefined;
    }
  }

  /** The time (ms) of the report that is to be made now, or undefined. */
  due(now: number): number | undefined {
    const last = this.#schedule.last(now);
    return last !== undefined && last > this.#doneAt ? last : undefined;
  }

  /** The report of this time is stored; may be part of a transaction of the store. */
  done(at: number): void {
    this.#doneAt = at;
    const kept = { schedule: this.#schedule.name, at };
    this.#values.set(key, new TextEncoder().encode(JSON.stringify(kept)));
  }
}
