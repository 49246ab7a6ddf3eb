import type { Labels } from '../../core/labels.ts';
import type { Series, SeriesSource } from '../../core/series.ts';

const day = 86_400_000;

/** A thing with a resource: what is used and what there is at the end of a day (days since 1970); NaN is no sample. */
export interface Thing {
  readonly labels: Labels;
  readonly used: (day: number) => number;
  readonly limit: (day: number) => number;
}

/** A source that knows the things day by day, as Prometheus answers `max_over_time((disk_used)[1d:1h])`, up to a day. */
export class DailySource implements SeriesSource {
  things: readonly Thing[];
  /** What it says instead of an answer. */
  failure: Error | undefined;
  readonly asked: string[] = [];

  constructor(things: readonly Thing[]) {
    this.things = things;
  }

  async queryRange({ query, start, end }: Parameters<SeriesSource['queryRange']>[0]) {
    this.asked.push(query);
    if (this.failure !== undefined) throw this.failure;
    const which = query.includes('disk_limit') ? 'limit' : 'used';
    const series = this.things.flatMap((thing): Series[] => {
      const days = Array.from({ length: Math.floor((end - start) / day) + 1 }, (_, i) => start / day + i);
      const known = days.filter(d => !Number.isNaN(thing[which](d)));
      if (known.length === 0) return [];
      const t = Float64Array.from(known, d => d * day);
      return [{ labels: thing.labels, t, v: Float64Array.from(known, thing[which]) }];
    });
    return { series, warnings: [], partial: false };
  }
}
