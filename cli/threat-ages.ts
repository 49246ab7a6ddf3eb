import { type IndicatorType, indicatorTypes } from '../core/indicator.ts';
import type { IndicatorTable } from '../detectors/indicator-table.ts';
import { type LogSample, sourceLabel } from './log-series.ts';
import { threatSource } from './threat-source.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Ages by which indicators are told apart, the youngest first. */
const ages: readonly (readonly [name: string, below: number])[] = [
  ['1h', hour],
  ['1d', day],
  ['7d', 7 * day],
  ['30d', 30 * day],
  ['older', Number.POSITIVE_INFINITY],
];

/** The indicators of one feed in numbers: how many of each type and age there are, are new, and have expired. */
export class FeedAges {
  readonly #feed: string;
  readonly #table: IndicatorTable;
  readonly #counts = new Map<IndicatorType, number[]>();
  readonly #new = new Map<IndicatorType, number>();
  readonly #expired = new Map<IndicatorType, number>();

  constructor(feed: string, table: IndicatorTable) {
    this.#feed = feed;
    this.#table = table;
  }

  added(type: IndicatorType): void {
    this.#new.set(type, (this.#new.get(type) ?? 0) + 1);
  }

  expired(type: IndicatorType, count: number): void {
    this.#expired.set(type, (this.#expired.get(type) ?? 0) + count);
  }

  /** Counts by age at `now` (ms): dear where there are many, so not at every step. */
  look(now: number): void {
    this.#counts.clear();
    this.#table.ages(now, (type, age) => {
      const counts = this.#counts.get(type) ?? ages.map(() => 0);
      counts[ages.findIndex(([, below]) => age < below)]!++;
      this.#counts.set(type, counts);
    });
  }

  /** The samples of the step that ends at `t`. A type that the feed has none of has none. */
  samples(t: number): readonly LogSample[] {
    const samples: LogSample[] = [];
    const put = (name: string, v: number, more: { readonly type: IndicatorType; readonly age?: string }) =>
      samples.push({
        t,
        v,
        labels: { __name__: name, feed: this.#feed, ...more, [sourceLabel]: threatSource },
      });
    for (const type of indicatorTypes) {
      const counts = this.#counts.get(type);
      for (const [k, [age]] of ages.entries())
        if (counts !== undefined) put('foreshock_threat_indicators', counts[k]!, { type, age });
      const fresh = this.#new.get(type) ?? 0;
      if (fresh > 0) put('foreshock_threat_new_indicators', fresh, { type });
      const gone = this.#expired.get(type) ?? 0;
      if (gone > 0) put('foreshock_threat_expired_indicators', gone, { type });
    }
    this.#new.clear();
    this.#expired.clear();
    return samples;
  }
}
