import type { Incident } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import { peerOf, placeLabels } from '../correlators/place.ts';
import type { LogView } from '../server/model.ts';
import type { LogGlance } from './log-glance.ts';
import type { SampledSeries } from './sampled-series.ts';

const before = 600_000;
const after = 300_000;
/** Counts of so much time lie in memory, ms; what is older was read before. */
const atHand = 3_600_000;

/** Where lines of logs and their counts lie. */
export interface ReadLogs {
  readonly glances: readonly Pick<LogGlance, 'around'>[];
  readonly series: SampledSeries;
}

/** All names under which services of an incident may write logs. */
function servicesOf({ members, suspects }: Incident): ReadonlySet<string> {
  const namesIn = (labels: Labels) =>
    [...placeLabels.map(name => labels[name]), peerOf(labels)].filter(name => name !== undefined);
  return new Set([
    ...suspects.flatMap(({ entity }) => namesIn(entity)),
    ...members.flatMap(({ alert }) => namesIn(alert.labels)),
  ]);
}

const isError = ({ level }: Labels): boolean => level === 'error' || level === 'fatal';

type Range = { readonly start: number; readonly end: number };

function countsOf(series: SampledSeries, services: ReadonlySet<string>, { start, end }: Range) {
  const sums = new Map<number, number>();
  for (const { labels, t, v } of series.select(['foreshock_log_lines'], start, end)) {
    if (!isError(labels) || !services.has(labels.service ?? '')) continue;
    for (let i = 0; i < t.length; i++)
      if (t[i]! >= start && t[i]! <= end) sums.set(t[i]!, (sums.get(t[i]!) ?? 0) + v[i]!);
  }
  return sums;
}

/**
 * What the logs say of the services of an incident up to `now` (ms). `known` is what was read of it before: it keeps what is
 * no more at hand.
 */
export function readIncidentLogs(
  incident: Incident,
  { glances, series }: ReadLogs,
  { now, known }: { readonly now: number; readonly known?: LogView | undefined },
): LogView {
  const services = servicesOf(incident);
  const end = Math.min(now, (incident.endsAt ?? now) + after);
  const range = { services, start: incident.startsAt - before, end };
  const lines = glances.map(glance => glance.around(range));
  const fresh = lines.flatMap(each => each.fresh).sort((a, b) => a.at - b.at);
  const errors = lines.flatMap(each => each.errors).sort((a, b) => b.at - a.at);
  const start = known === undefined ? range.start : Math.max(range.start, now - atHand);
  const old = Array.from(known?.counts.t ?? [], (t, i) => [t, known!.counts.v[i]!] as const);
  const sums = new Map([...old.filter(([t]) => t < start), ...countsOf(series, services, { start, end })]);
  const steps = [...sums].sort(([a], [b]) => a - b);
  return {
    fresh: fresh.length > 0 ? fresh : (known?.fresh ?? []),
    errors: errors.length > 0 ? errors : (known?.errors ?? []),
    counts: {
      t: Float64Array.from(steps, ([t]) => t),
      v: Float64Array.from(steps, ([, v]) => v),
    },
  };
}
