import { feedCollectors } from '../collectors/threat-feeds.ts';
import type { ThreatFeedConfig } from '../config/threat-block.ts';
import type { FeedCollector, IndicatorType } from '../core/indicator.ts';
import type { LineMatch, LineWatch, WatchedLine } from '../core/line-watch.ts';
import type { Store } from '../core/store.ts';
import { type ScanSink, scanIndicators } from '../detectors/indicator-scan.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';
import type { LogSample } from './log-series.ts';
import { type ThreatAlertOptions, ThreatAlerts } from './threat-alerts.ts';
import { ThreatFeed } from './threat-feed.ts';

export interface ThreatDeskOptions extends Omit<ThreatAlertOptions, 'table' | 'warn'> {
  readonly feeds: readonly ThreatFeedConfig[];
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: () => number;
}

/** Of a text that is longer only the beginning is looked through. */
const longestText = 65_536;

/** The collector of a feed; its options were checked with the config. */
function collectorOf({ name, taxii, misp }: ThreatFeedConfig): FeedCollector {
  if (taxii !== undefined)
    return feedCollectors.taxii.create(feedCollectors.taxii.options.parse({ ...taxii, name }), undefined);
  return feedCollectors.misp.create(feedCollectors.misp.options.parse({ ...misp, name }), undefined);
}

/**
 * All threat feeds of a run: reads them beside the passes (`run`), looks lines of logs through for what they list (`look`), and
 * gives what they come to in numbers and alerts with each `step`.
 */
export class ThreatDesk implements LineWatch {
  readonly #feeds: readonly ThreatFeed[];
  readonly #alerts: ThreatAlerts;
  readonly #metrics: Metrics;
  readonly #sink: ScanSink;
  #t = 0;
  #found: LineMatch[] = [];

  constructor(options: ThreatDeskOptions) {
    const { feeds, store, metrics, log } = options;
    this.#metrics = metrics;
    this.#feeds = feeds.map(feed => new ThreatFeed({ ...options, feed, collector: collectorOf(feed) }));
    const table = store.values('threat-matches');
    this.#alerts = new ThreatAlerts({ ...options, table, warn: message => log.warn(message) });
    this.#sink = {
      prefixes: type => this.#prefixes(type),
      found: (type, value) => this.#lookUp(type, value),
    };
  }

  /** Whether there is any feed. */
  get isOn(): boolean {
    return this.#feeds.length > 0;
  }

  /** Reads all feeds until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#feeds.map(feed => feed.run(signal)));
  }

  /** One poll of all feeds. */
  async poll(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#feeds.map(feed => feed.poll(signal)));
  }

  #prefixes(type: 'ipv4' | 'ipv6'): Iterable<number> {
    const [first, ...others] = this.#feeds;
    if (first === undefined || others.length === 0) return first?.table.prefixes(type) ?? [];
    return new Set(this.#feeds.flatMap(({ table }) => [...table.prefixes(type)]));
  }

  #lookUp(type: IndicatorType, value: string): void {
    for (const { name: feed, table } of this.#feeds) {
      const known = table.find(type, value, this.#t);
      if (known === undefined) continue;
      const match = { feed, type, value, confidence: known.confidence };
      const k = this.#found.findIndex(other => other.feed === feed && other.type === type);
      if (k < 0) this.#found.push(match);
      else if (match.confidence > this.#found[k]!.confidence) this.#found[k] = match;
    }
  }

  look(line: WatchedLine): readonly LineMatch[] {
    if (this.#feeds.every(({ table }) => table.size === 0)) return [];
    this.#t = line.t;
    this.#found = [];
    scanIndicators(line.text, this.#sink, 0, Math.min(line.text.length, longestText));
    for (const name in line.attributes) scanIndicators(line.attributes[name]!, this.#sink);
    const found = this.#found;
    for (const match of found) {
      this.#alerts.note(line, match);
      this.#metrics.threatMatches.inc({ feed: match.feed, type: match.type });
    }
    return found;
  }

  /** Samples of the step that ends at `t` (ms); what matched since the last one is told. Within the caller's transaction. */
  step(t: number): readonly LogSample[] {
    this.#alerts.step(t);
    return this.#feeds.flatMap(feed => feed.step(t));
  }

  /** What each feed promises and breaks at `now` (ms). */
  stale(
    now: number,
  ): readonly { readonly feed: string; readonly since: number | undefined; readonly why: string }[] {
    return this.#feeds.map(feed => ({ feed: feed.name, since: undefined, why: '', ...feed.stale(now) }));
  }
}
