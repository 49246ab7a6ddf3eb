import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreatFeedConfig } from '../config/threat-block.ts';
import { type FeedCollector, type FeedPage, indicatorTypes } from '../core/indicator.ts';
import type { Store } from '../core/store.ts';
import { IndicatorTable } from '../detectors/indicator-table.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';
import type { LogSample } from './log-series.ts';
import { FeedAges } from './threat-ages.ts';
import { type FeedHead, ThreatStore } from './threat-store.ts';

/** A feed with what it needs; times in ms. */
export interface ThreatFeedOptions {
  readonly feed: Omit<ThreatFeedConfig, 'taxii' | 'misp'>;
  readonly collector: FeedCollector;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: () => number;
}

/** Expired indicators leave so often. */
const expireEvery = 60_000;
const turn = () => new Promise<void>(resolve => setImmediate(resolve));
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * One feed of indicators: read at its interval, kept in a table and in the store, each page with its position in one
 * transaction, so that a restart reads on and a crash loses nothing.
 */
export class ThreatFeed {
  readonly name: string;
  readonly table: IndicatorTable;
  readonly #options: ThreatFeedOptions;
  readonly #stored: ThreatStore;
  readonly #ages: FeedAges;
  readonly #said = new Set<string>();
  readonly #startedAt: number;
  #head: FeedHead;
  #trouble: string | undefined;
  #expiredAt = Number.NEGATIVE_INFINITY;
  #evicted = 0;

  constructor(options: ThreatFeedOptions) {
    const { feed, store, clock } = options;
    this.name = feed.name;
    this.#options = options;
    const { max_indicators: most, max_age: maxAge, confidence } = feed;
    this.table = new IndicatorTable({ most, maxAge, confidence });
    this.#stored = new ThreatStore(store, feed.name);
    this.#head = this.#stored.head();
    this.#startedAt = clock();
    try {
      this.#stored.restore(this.table);
    } catch (error) {
      throw new RangeError(
        `threat feed ${feed.name}: ${reasonOf(error)}: move the store away, or give the feed another name`,
      );
    }
    this.table.expire(this.#startedAt);
    this.#ages = new FeedAges(feed.name, this.table);
    this.#measure();
  }

  /** Reads until the signal aborts; never rejects for what is outside. */
  async run(signal: AbortSignal): Promise<void> {
    const { feed, collector } = this.#options;
    while (!signal.aborted) {
      await this.poll(signal);
      const wait = feed.poll_interval ?? feed.interval / 4;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
    await collector.close();
  }

  /** One poll: all that is new. */
  async poll(signal: AbortSignal): Promise<void> {
    const { collector, metrics, clock, log } = this.#options;
    try {
      for await (const page of collector.poll(this.#head.position, signal)) {
        this.#take(page);
        await turn();
      }
      this.#keepHead({ polledAt: clock() });
      if (this.#trouble !== undefined) log.info(`threat feed ${this.name}: can be read again`);
      this.#trouble = undefined;
      metrics.threatPolls.inc({ feed: this.name, outcome: 'ok' });
    } catch (error) {
      if (signal.aborted) return;
      const message = reasonOf(error);
      if (message !== this.#trouble) log.error(`threat feed ${this.name}: ${message}`);
      this.#trouble = message;
      metrics.threatPolls.inc({ feed: this.name, outcome: 'failed' });
    }
    this.#measure();
  }

  #take({ updates, refused, position }: FeedPage): void {
    const { store, clock, metrics, feed } = this.#options;
    const now = clock();
    const parts: Float64Array[] = [];
    let isNew = false;
    for (const update of updates) {
      const isWanted =
        (update.confidence ?? feed.confidence) >= feed.min_confidence &&
        (feed.labels.length === 0 || update.labels.some(label => feed.labels.includes(label)));
      // What is no longer wanted withdraws what was.
      const { applied, rows, types } = this.table.apply(
        isWanted ? update : { ...update, revoked: true },
        now,
      );
      if (rows.length > 0) parts.push(rows);
      isNew ||= applied === 'new' || applied === 'revoked';
      metrics.threatObjects.inc({ feed: this.name, outcome: isWanted ? applied : 'unwanted' });
      if (applied === 'invalid')
        this.#refuse('invalid_value', `${update.id.slice(0, 80)} names what is no address, name or hash`);
      for (const type of types) this.#ages.added(type);
    }
    for (const { reason, what } of refused) this.#refuse(reason, what);
    store.transaction(() => {
      for (const rows of parts.length > 0 ? [joined(parts)] : []) this.#stored.add(rows);
      this.#keepHead(isNew ? { position, newAt: now } : { position });
    });
    this.#tellEvicted();
  }

  #refuse(reason: string, what: string): void {
    this.#options.metrics.threatRefused.inc({ feed: this.name, reason });
    if (this.#said.has(reason)) return;
    this.#said.add(reason);
    this.#options.log.warn(
      `threat feed ${this.name}: ${printable(what)} (${reason}; more of it is only counted)`,
    );
  }

  #tellEvicted(): void {
    const { metrics, log, feed } = this.#options;
    const more = this.table.evicted - this.#evicted;
    if (more <= 0) return;
    if (this.#evicted === 0)
      log.warn(
        `threat feed ${this.name}: more than max_indicators (${feed.max_indicators}): the oldest leave`,
      );
    this.#evicted += more;
    metrics.threatObjects.inc({ feed: this.name, outcome: 'evicted' }, more);
  }

  #keepHead(head: FeedHead): void {
    this.#head = { ...this.#head, ...head };
    this.#stored.setHead(this.#head);
  }

  /** Forgets what has expired at `t` (ms), and answers the samples of the step that ends then; within the caller's transaction. */
  step(t: number): readonly LogSample[] {
    if (Math.abs(t - this.#expiredAt) >= expireEvery) {
      this.#expiredAt = t;
      const expired = this.table.expire(t);
      for (const [type, count] of expired) {
        this.#ages.expired(type, count);
        this.#options.metrics.threatObjects.inc({ feed: this.name, outcome: 'expired' }, count);
      }
      this.#stored.tidy(this.table);
      this.#ages.look(t);
      this.#measure();
    }
    return this.#ages.samples(t);
  }

  #measure(): void {
    const { metrics } = this.#options;
    const { name: feed } = this;
    for (const type of indicatorTypes) metrics.threatIndicators.set({ feed, type }, this.table.count(type));
    metrics.threatUp.set({ feed }, this.#trouble === undefined && this.#head.polledAt !== undefined ? 1 : 0);
    const { polledAt, newAt } = this.#head;
    if (polledAt !== undefined) metrics.threatPolledAt.set({ feed }, polledAt / 1000);
    if (newAt !== undefined) metrics.threatNewAt.set({ feed }, newAt / 1000);
  }

  /** Since when (ms) it breaks its promise at `now`, and how; undefined while it keeps it. */
  stale(now: number): { readonly since: number; readonly why: string } | undefined {
    const { interval } = this.#options.feed;
    const { polledAt, newAt } = this.#head;
    const silent = (at: number | undefined) => (at ?? this.#startedAt) + interval;
    if (now > silent(polledAt))
      return {
        since: silent(polledAt),
        why: `it could not be read (${printable(this.#trouble ?? 'no poll has ended')})`,
      };
    if (now > silent(newAt)) return { since: silent(newAt), why: 'it brought nothing new' };
    return undefined;
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a feed says may hold anything: control characters go, and it is cut. */
function printable(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').slice(0, 300);
}
