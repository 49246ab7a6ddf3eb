import { createRandom } from '../../core/random.ts';
import type { RangeQuery, SeriesSource } from '../../core/series.ts';

const day = 86_400_000;

/** Where the samples of one service lie, ms. */
export interface Life {
  readonly service: string;
  readonly from: number;
  readonly until: number;
}

/** Normal life of one service: about 60 with a rhythm of a day and noise that is the same each time it is asked for. */
export function normalLife(service: string, t: number): number {
  const noise = createRandom(Math.floor(t / 1000) * 31 + service.length + service.charCodeAt(0))();
  return 60 + 10 * Math.sin((2 * Math.PI * t) / day) + 4 * noise;
}

/** A source that answers every query with `lives`, and writes down what it was asked. */
export function createPast(lives: readonly Life[]): SeriesSource & { readonly asked: RangeQuery[] } {
  const asked: RangeQuery[] = [];
  return {
    asked,
    async queryRange(query) {
      asked.push(query);
      const { start, end, step } = query;
      const series = lives.map(({ service, from, until }) => {
        const first = start + Math.max(0, Math.ceil((from - start) / step)) * step;
        const count = Math.max(0, Math.floor((Math.min(end, until) - first) / step) + 1);
        const t = Float64Array.from({ length: count }, (_, i) => first + i * step);
        return { labels: { service }, t, v: t.map(at => normalLife(service, at)) };
      });
      return { series: series.filter(each => each.t.length > 0), warnings: [], partial: false };
    },
  };
}
