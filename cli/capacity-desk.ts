import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { CapacityForecast, ForecastOutcome } from '../core/capacity.ts';
import { includes } from '../core/labels.ts';
import { type CapacityThresholds, levelAfter, sayCapacity } from './capacity-alerts.ts';
import type { CapacityBook } from './capacity-book.ts';
import { adapted, fleetRate, type Judged, joinedFactors, missShares } from './capacity-calibration.ts';
import { type CapacityEntry, entryKey } from './capacity-entry.ts';
import type { CapacityHow } from './capacity-forecast.ts';
import { joinHistory, lastDay } from './capacity-history.ts';
import { type CapacityHints, howNow } from './capacity-how.ts';
import { judgedEntry, withForecast } from './capacity-past.ts';
import type { CapacityMaker } from './capacity-pool.ts';
import type { CapacityStage } from './capacity-progress.ts';
import { type DailyRead, day, type ResourceRead, readResource } from './capacity-reads.ts';
import type { WatchedResource } from './capacity-resources.ts';
import type { CapacityTrouble } from './capacity-warnings.ts';
import type { Log } from './log.ts';

/** What the desk tells of its work, for metrics. */
export interface CapacityEvent {
  /** Outcomes of earlier forecasts that came in. */
  readonly judged: readonly Judged[];
  /** Resources that were left out as there are too many. */
  readonly leftOut: number;
  /** How long the refresh took, ms. */
  readonly took: number;
}

/** Everything that the desk needs; times in ms, `random` in [0, 1). */
export interface CapacityDeskOptions extends CapacityHints {
  readonly resources: readonly WatchedResource[];
  readonly book: CapacityBook;
  readonly maker: CapacityMaker;
  readonly history: number;
  readonly thresholds: CapacityThresholds;
  readonly series: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly observe: (event: CapacityEvent) => void;
  /** Told how far a refresh is. */
  readonly progress?: (stage: CapacityStage) => void;
  /** Takes what is full soon after each look, whether it is news or not. */
  readonly tell: (troubles: readonly CapacityTrouble[], now: number) => void;
}

/** A day is read so long after its end: what came late is in it. */
const settled = 600_000;
/** Days that are read of what is known already: what was missing then may be there now. */
const readAgain = 30;
/** Without a sample for so long a resource is not forecast any more, and after longer it is forgotten. */
const goneAfter = 7 * day;
const forgottenAfter = 60 * day;
/** Resources that are forecast and kept at once. */
const batch = 32;
const firstWait = 60_000;
const longestWait = 6 * 3_600_000;

const resourceKey = ({ pack, resource, source }: WatchedResource) => `${pack}/${resource}@${source.name}`;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Reads the resources of the packs once a day, forecasts them, and looks at what came of earlier forecasts. Made at the start with
 * what is stored, run beside the passes, read by the API, the report and the alerts.
 */
export class CapacityDesk {
  readonly #options: CapacityDeskOptions;
  readonly #complaints = new Map<string, string>();
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: CapacityDeskOptions) {
    this.#options = options;
  }

  /** The newest forecasts of all that is there. */
  forecasts(): readonly CapacityForecast[] {
    return this.#present().flatMap(({ forecast }) => forecast ?? []);
  }

  /** What came of earlier forecasts for days from `since` (ms) on. */
  outcomes(since: number): readonly ForecastOutcome[] {
    return this.#options.book
      .all()
      .flatMap(({ judged }) => judged.map(({ outcome }) => outcome))
      .filter(({ madeAt, ahead }) => madeAt + ahead >= since);
  }

  /** What is full soon. */
  troubles(): readonly CapacityTrouble[] {
    const actions = new Map(
      this.#options.resources.map(each => [`${each.pack}/${each.resource}`, each.action]),
    );
    return this.#present().flatMap(
      ({ level, forecast, history: { pack, resource, entity } }): CapacityTrouble[] => {
        if (level.level === 'none' || forecast === undefined) return [];
        const critical = level.level === 'critical';
        return [
          {
            alertname: critical ? 'ForeshockResourceAlmostFull' : 'ForeshockResourceFilling',
            labels: { ...entity, pack, resource },
            severity: level.level,
            summary: sayCapacity(forecast, actions.get(`${pack}/${resource}`) ?? ''),
            since: level.since,
          },
        ];
      },
    );
  }

  /** Whether the newest refresh failed, wholly or in part. */
  get isBehind(): boolean {
    return this.#failures > 0;
  }

  /** Refreshes when a day has ended, and says what failed; that is tried again later. Then it tells what is full soon. */
  async step(signal: AbortSignal): Promise<void> {
    const { clock, log, tell } = this.#options;
    await this.#tryRefresh(clock(), signal);
    if (signal.aborted) return;
    try {
      tell(this.troubles(), clock());
    } catch (error) {
      log.error(`capacity: what is full soon cannot be told, it is tried again: ${messageOf(error)}`);
    }
  }

  async #tryRefresh(now: number, signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#options;
    if (now < this.#notBefore) return;
    try {
      await this.#refresh(now, signal);
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const wait = Math.min(longestWait, firstWait * 2 ** this.#failures) * (0.5 + random() / 2);
      this.#failures = Math.min(this.#failures + 1, 20);
      this.#notBefore = clock() + wait;
      log.warn(
        `capacity: not all resources could be read or forecast, it is tried again: ${messageOf(error)}`,
      );
    }
  }

  /** Steps until the signal aborts, the first time after `first` ms: a start has enough to read. */
  async run(signal: AbortSignal, first: number): Promise<void> {
    const { maker } = this.#options;
    await sleep(first, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      await this.step(signal);
      await sleep(30_000, undefined, { signal }).catch(() => undefined);
    }
    await maker.rest();
  }

  #present(): readonly CapacityEntry[] {
    const { book, resources } = this.#options;
    const newest = Math.max(...Object.values(book.state.done), Number.NEGATIVE_INFINITY);
    const watched = new Set(resources.map(({ pack, resource }) => `${pack}/${resource}`));
    return book
      .all()
      .filter(({ history: h }) => watched.has(`${h.pack}/${h.resource}`) && lastDay(h) > newest - goneAfter);
  }

  async #refresh(now: number, signal: AbortSignal): Promise<void> {
    const { resources, book, observe, clock, maker, progress, log } = this.#options;
    const end = Math.floor((now - settled) / day) * day;
    const due = resources.filter(resource => !((book.state.done[resourceKey(resource)] ?? 0) >= end));
    if (due.length === 0) return;
    const failed: string[] = [];
    const judged: Judged[] = [];
    let leftOut = 0;
    const how = await howNow(this.#options, now, message => log.warn(message));
    for (const [k, resource] of due.entries()) {
      const stage = { resource: resourceKey(resource), number: k + 1, of: due.length };
      try {
        progress?.(stage);
        const read = await this.#read(resource, end, signal);
        leftOut += await this.#take(resource, read, { judged, end });
        await this.#forecast(resource, { how, end, stage }, signal);
        book.state = { ...book.state, done: { ...book.state.done, [resourceKey(resource)]: end } };
      } catch (error) {
        signal.throwIfAborted();
        failed.push(`${resourceKey(resource)}: ${messageOf(error)}`);
      }
    }
    const missed = missShares(judged);
    if (missed !== undefined)
      book.state = { ...book.state, fleet: adapted(book.state.fleet, missed, fleetRate) };
    book.keep();
    this.#forget(end - forgottenAfter);
    await maker.rest();
    observe({ judged, leftOut, took: clock() - now });
    if (failed.length > 0) throw new Error(failed.join('; '));
  }

  async #read(resource: WatchedResource, end: number, signal: AbortSignal): Promise<ResourceRead> {
    const { book, history, log } = this.#options;
    const key = resourceKey(resource);
    const days = book.state.done[key] === undefined ? Math.ceil(history / day) : readAgain;
    const gap = Math.ceil((end - (book.state.done[key] ?? end)) / day);
    const start = end - (Math.max(days, gap) - 1) * day;
    const read = await readResource(resource, { start, end, signal });
    const complaint = read.complaint ?? '';
    if (complaint !== '' && complaint !== this.#complaints.get(key))
      log.warn(`capacity of ${key}: ${complaint}`);
    this.#complaints.set(key, complaint);
    return read;
  }

  /** Puts what was read to what is known, and judges forecasts whose day has come. Answers how many were too many. */
  async #take(
    { pack, resource: name }: WatchedResource,
    read: ResourceRead,
    { judged, end }: { readonly judged: Judged[]; readonly end: number },
  ): Promise<number> {
    const { book, series, log } = this.#options;
    let leftOut = 0;
    const isThere = ({ used }: DailyRead) => used.from + (used.v.length - 1) * day > end - goneAfter;
    const keyOf = ({ entity }: DailyRead) => entryKey({ pack, resource: name, entity });
    const fresh = read.entities.filter(each => isThere(each) && book.get(keyOf(each)) === undefined).length;
    // What is gone gives way to what is there.
    if (book.size + fresh > series) this.#forget(end - goneAfter);
    for (let from = 0; from < read.entities.length; from += batch) {
      const changed: CapacityEntry[] = [];
      let added = 0;
      for (const each of read.entities.slice(from, from + batch)) {
        const old = book.get(keyOf(each));
        if (old === undefined && !isThere(each)) continue;
        if (old === undefined && book.size + added >= series) {
          leftOut++;
          continue;
        }
        if (old === undefined) added++;
        const history = joinHistory(old?.history, each, { pack, resource: name });
        const { entry, news } = judgedEntry(old, history);
        judged.push(...news);
        changed.push(entry);
      }
      book.put(changed);
      await nextTurn();
    }
    if (leftOut > 0)
      log.warn(`capacity: ${leftOut} of ${pack}/${name} are left out, more than forecast.series (${series})`);
    return leftOut;
  }

  async #forecast(
    { pack, resource, unit, labels }: WatchedResource,
    { how, end, stage }: { readonly how: CapacityHow; readonly end: number; readonly stage: CapacityStage },
    signal: AbortSignal,
  ): Promise<void> {
    const { book, maker, thresholds, progress } = this.#options;
    const entries = book
      .all()
      .filter(({ history: h }) => h.pack === pack && h.resource === resource && includes(h.entity, labels))
      .filter(({ history: h }) => lastDay(h) > end - goneAfter);
    for (let from = 0; from < entries.length; from += batch) {
      signal.throwIfAborted();
      const some = entries.slice(from, from + batch);
      const tasks = some.map(({ history, own }) => {
        return { history, unit, factors: joinedFactors(own, book.state.fleet) };
      });
      const forecasts = await maker.make({ tasks, how }, signal);
      book.put(
        some.map((entry, i) => {
          const forecast = forecasts[i]!;
          return { ...withForecast(entry, forecast), level: levelAfter(entry.level, forecast, thresholds) };
        }),
      );
      const done = Math.min(entries.length, from + batch);
      progress?.({ ...stage, forecast: { done, total: entries.length } });
      await nextTurn();
    }
  }

  /** Forgets of what nothing was seen after `since` (ms). */
  #forget(since: number): void {
    const { book } = this.#options;
    const gone = book.all().filter(({ history }) => lastDay(history) <= since);
    if (gone.length > 0) book.drop(gone.map(({ history }) => entryKey(history)));
  }
}
