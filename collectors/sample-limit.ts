import { type RangeQuery, TooManySamples } from '../core/series.ts';
import { selectorsOf } from '../promql/selectors.ts';

/** How many steps of a query may be asked for at once, so that its series x steps stay below a limit. */
export interface SampleLimit {
  /** Rejects with TooManySamples where a single step reads more than the limit. */
  stepsAtOnce(range: RangeQuery): Promise<number>;
}

/** So long a count holds, ms of the data's time. */
const countHolds = 86_400_000;

/**
 * Counts the series that a query reads, not those that it answers, by a cheap instant query the first time and once a
 * day. `count` answers the value of such a query at a time (ms); without any series it is 0.
 */
export function createSampleLimit(
  most: number,
  count: (query: string, at: number, signal?: AbortSignal) => Promise<number>,
): SampleLimit {
  const counted = new Map<string, { readonly series: number; readonly at: number }>();
  return {
    async stepsAtOnce({ query, end, samplesPerStep = 1, signal }) {
      const known = counted.get(query);
      let series = known?.series;
      if (known === undefined || series === undefined || Math.abs(end - known.at) > countHolds) {
        const sums = selectorsOf(query).map(selector => count(`count(${selector})`, end, signal));
        series = (await Promise.all(sums)).reduce((sum, one) => sum + one, 0);
        counted.set(query, { series, at: end });
      }
      const samples = series * samplesPerStep;
      const each = samplesPerStep === 1 ? '' : ` of ${samplesPerStep} samples each`;
      if (samples > most) throw new TooManySamples(`${series} series${each}`, most);
      return series === 0 ? Number.POSITIVE_INFINITY : Math.floor(most / samples);
    },
  };
}
