import type { CapacityForecast } from '../core/capacity.ts';
import { cutSamples } from '../core/cut-samples.ts';
import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import { daysUntilFull } from './capacity-alerts.ts';
import { day } from './capacity-reads.ts';
import type { AskedSeries, SampledSeries } from './sampled-series.ts';

const hour = 3_600_000;

/** Names of the series that this file makes. */
const names = {
  used: 'foreshock_capacity_used',
  limit: 'foreshock_capacity_limit',
  forecast: 'foreshock_capacity_forecast',
  days: 'foreshock_capacity_days_until_full',
} as const;

/** How long a sample of a series counts, ms: daily ones until the next, others as in Prometheus. */
export function lookbackOf(asked: readonly string[]): number {
  const daily: readonly string[] = Object.values(names);
  return asked.length > 0 && asked.every(name => daily.includes(name)) ? day : 300_000;
}

/** Whether a series is one of these. */
export function isOfCapacity({ __name__: name = '' }: Labels): boolean {
  return name.startsWith('foreshock_capacity_');
}

interface Column {
  readonly name: string;
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

function quantileColumns({ forecast: { t, yhat, intervals } }: CapacityForecast): Column[] {
  const of = (quantile: number, v: Float64Array): Column => {
    return { name: names.forecast, labels: { quantile: String(Number(quantile.toFixed(6))) }, t, v };
  };
  return [
    of(0.5, yhat),
    ...intervals.flatMap(({ level, lower, upper }) => [
      of((1 - level) / 2, lower),
      of((1 + level) / 2, upper),
    ]),
  ];
}

/** Days until it is full, hour by hour while the forecast is the newest: median, and the ends of 80 %. */
function dayColumns(made: CapacityForecast): Column[] {
  const t = Float64Array.from({ length: 49 }, (_, i) => made.madeAt + i * hour);
  const { exhaustion } = made;
  const at = (bound: string, days: (now: number) => number): Column => {
    return { name: names.days, labels: { bound }, t, v: t.map(days) };
  };
  if (exhaustion.state !== 'fills') {
    if (daysUntilFull(made, made.madeAt) === undefined) return [];
    return [at('median', now => daysUntilFull(made, now) ?? Number.NaN)];
  }
  const until = (date: number) => (now: number) =>
    Number.isNaN(date) ? Number.POSITIVE_INFINITY : (date - now) / day;
  const { median, earliest, latest } = exhaustion.date;
  return [at('earliest', until(earliest)), at('median', until(median)), at('latest', until(latest))];
}

function limitColumn({ history, forecast, limit }: CapacityForecast): Column[] {
  if (!Number.isFinite(limit)) return [];
  const t = Float64Array.of(...history.t, ...forecast.t);
  return [{ name: names.limit, labels: {}, t, v: new Float64Array(t.length).fill(limit) }];
}

function columnsOf(made: CapacityForecast, asked: readonly string[]): Column[] {
  const wanted = (name: string) => asked.length === 0 || asked.includes(name);
  const { history } = made;
  return [
    ...(wanted(names.used) ? [{ name: names.used, labels: {}, t: history.t, v: history.v }] : []),
    ...(wanted(names.limit) ? limitColumn(made) : []),
    ...(wanted(names.forecast) ? quantileColumns(made) : []),
    ...(wanted(names.days) ? dayColumns(made) : []),
  ];
}

/** Labels that a column adds to those of its resource. */
const ownLabels = ['quantile', 'bound', '__name__'];

/** What was used, limits, forecasts (samples in the future) and days until full, as series of ours. */
export function capacitySeries(forecasts: () => readonly CapacityForecast[]): SampledSeries {
  const matching = ({ names: asked, start, end, matches }: AskedSeries) => {
    if (asked.length > 0 && !asked.some(name => isOfCapacity({ __name__: name }))) return [];
    return forecasts().flatMap((made): Series[] => {
      const { entity, pack, resource } = made;
      const of = { ...entity, pack, resource };
      if (!matches(of, ownLabels)) return [];
      return columnsOf(made, asked).flatMap(({ name, labels, t, v }) => {
        const own = { ...of, ...labels, __name__: name };
        return matches(own) ? [{ labels: own, ...cutSamples({ t, v }, start, end) }] : [];
      });
    });
  };
  return { matching, select: (names, start, end) => matching({ names, start, end, matches: () => true }) };
}
